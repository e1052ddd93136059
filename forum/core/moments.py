"""How a time is written for somebody: in their zone, in words of their language."""

from datetime import datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forum.core import i18n


@lru_cache(maxsize=10_000)
def moment(at: datetime, zone: str, code: str) -> str:
    """Day and time: "24 Mar 2011, 18:07"; in UTC for a zone that is not known.

    Shown with every comment, so kept; Babel's own formatting would cost ten times this.
    """
    local = at if zone == "UTC" else at.astimezone(_zone(zone))
    pattern, months = _calendar(code)
    return pattern % {
        "day": local.day,
        "month": months[local.month - 1],
        "year": local.year,
        "time": f"{local.hour:02}:{local.minute:02}",
    }


@lru_cache(maxsize=600)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@cache
def _calendar(code: str) -> tuple[str, tuple[str, ...]]:
    """How a language writes a day and a time, and its short names of months."""
    # Translators: where day, month, year and time stand in "24 Mar 2011, 18:07".
    pattern = i18n.catalogue(code).gettext("%(day)s %(month)s %(year)s, %(time)s")
    return pattern, i18n.month_names(code)
