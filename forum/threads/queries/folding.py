"""Which branches of a page fold: those with many replies, unless somebody looks for one of them."""

from collections.abc import Sequence
from itertools import pairwise

from forum.threads.rows import CommentRow

LONG = 8  # replies below one top-level comment, on one page


def fold(rows: Sequence[CommentRow], at: int | None) -> bool:
    """Mark the rows at which folds begin and end; returns whether one lasts to the end.

    A branch with something new for the viewer, or with the comment `at`, is in sight.
    """
    tops = [*(index for index, row in enumerate(rows) if row.level == 1), len(rows)]
    for top, end in pairwise(tops):
        replies = rows[top + 1 : end]
        if len(replies) < LONG:
            continue
        replies[0].folds = len(replies)
        replies[0].unfolded = any(row.is_new or row.number == at for row in replies)
        if end == len(rows):
            return True
        rows[end].ends_fold = True
    return False
