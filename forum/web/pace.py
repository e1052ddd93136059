"""How often somebody may ask for what costs much: counted in memory, per process.

Reading writes nothing to the database, so these counts are no lock: they keep a script from
taking a machine for itself. What guards accounts is counted in the database.
"""

import threading
import time
from collections import OrderedDict

from flask import Flask, current_app

from forum.core.errors import TooMany
from forum.core.i18n import _

WINDOW = 60  # seconds
_MOST_KEPT = 10_000  # people and networks; who asked longest ago is forgotten first


class Pace:
    """Counts within windows of a minute; safe to share between threads."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, who: str, *, most: int) -> None:
        """Count one; TooMany with the seconds to wait when it is one too many in this minute."""
        now = int(time.monotonic())
        with self._lock:
            start, count = self._counts.pop(who, (now, 0))
            if now - start >= WINDOW:
                start, count = now, 0
            self._counts[who] = (start, count + 1)
            if len(self._counts) > _MOST_KEPT:
                self._counts.popitem(last=False)
        if count >= most:
            raise TooMany(
                _("That was a lot of searching in a short time. Please wait a minute."),
                retry_after=start + WINDOW - now,
            )


def keep(who: str, *, most: int) -> None:
    pace: Pace = current_app.extensions["pace"]
    pace.count(who, most=most)


def init_app(app: Flask) -> None:
    app.extensions["pace"] = Pace()
