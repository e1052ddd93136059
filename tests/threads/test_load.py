"""A thread of ten thousand comments opens about as fast as a short one."""

import time
from functools import partial

import pytest
import sqlalchemy as sa

from forum.core.actor import VISITOR
from forum.core.db import db
from forum.threads.queries import comments_page, get_head, standing
from forum.threads.rows import Order
from tests.threads.trees import plant

pytestmark = pytest.mark.load

SIZE = 10_000
SHAPES = {
    "flat": [0] * SIZE,
    "bushy": [0 if number % 10 == 0 else number - number % 3 for number in range(SIZE)],
    "one-branch": [0, *[1] * (SIZE - 1)],
}


def _fastest(call) -> float:
    """Seconds of the best of a few calls, so that a busy machine does not decide."""
    times = []
    for _ in range(15):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def _threads(parents):
    # Ten comments agree with another: an order that has something to order.
    agreed = [number % 7 for number in range(len(parents))]
    long, _ = plant(parents, agreed)
    short, _ = plant(parents[:20], agreed[:20])
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()
    return get_head(VISITOR, long.id), get_head(VISITOR, short.id)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_long_thread_opens_within_five_times_of_a_short_one(app, shape):
    long, short = _threads(SHAPES[shape])
    slow = {}
    for order in Order:
        for short_at, long_at in ((None, None), (20, SIZE // 2), (20, SIZE)):
            base = _fastest(partial(comments_page, VISITOR, short, order=order, at=short_at))
            taken = _fastest(partial(comments_page, VISITOR, long, order=order, at=long_at))
            if taken > 5 * base:
                slow[order.value, long_at] = round(taken / base, 1)
    base, taken = _fastest(partial(standing, short)), _fastest(partial(standing, long))
    if taken > 5 * base:
        slow["standing"] = round(taken / base, 1)

    assert slow == {}
