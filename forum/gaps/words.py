"""Figures in words; a map says the same numbers in hundreds of cells, so each is worded once."""

from functools import cache

from forum.core import i18n
from forum.core.i18n import ngettext


class Said:
    """Numbers in the words of the moment's language; made for one page, and not kept for others."""

    def __init__(self) -> None:
        code = i18n.language()

        def shown(count: int) -> str:
            return i18n.number(count, code)

        @cache
        def fresh(count: int) -> str:
            return ngettext(
                "%(shown)s verified service", "%(shown)s verified services", count,
                shown=shown(count),
            )  # fmt: skip

        @cache
        def stale(count: int) -> str:
            return ngettext(
                "%(shown)s may be out of date", "%(shown)s may be out of date", count,
                shown=shown(count),
            )  # fmt: skip

        @cache
        def proposals(count: int) -> str:
            return ngettext("%(shown)s proposal", "%(shown)s proposals", count, shown=shown(count))

        @cache
        def stances(count: int) -> str:
            return ngettext("%(shown)s stance", "%(shown)s stances", count, shown=shown(count))

        self.fresh = fresh
        self.stale = stale
        self.proposals = proposals
        self.stances = stances
