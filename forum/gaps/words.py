"""Figures in words; a map says the same numbers in hundreds of cells, so each is worded once."""

from functools import cache

from forum.core import i18n


class Said:
    """Numbers in the words of the moment's language; made for one page, and not kept for others.

    The catalogue is looked up once: asking the request for it took a quarter of a large map.
    """

    def __init__(self) -> None:
        code = i18n.language()
        words = i18n.catalogue(code)

        def with_number(text: str, count: int) -> str:
            return text % {"shown": i18n.number(count, code)}

        @cache
        def fresh(count: int) -> str:
            text = words.ngettext(
                "%(shown)s verified service", "%(shown)s verified services", count
            )
            return with_number(text, count)

        @cache
        def stale(count: int) -> str:
            text = words.ngettext(
                "%(shown)s may be out of date", "%(shown)s may be out of date", count
            )
            return with_number(text, count)

        @cache
        def proposals(count: int) -> str:
            text = words.ngettext("%(shown)s proposal", "%(shown)s proposals", count)
            return with_number(text, count)

        @cache
        def stances(count: int) -> str:
            text = words.ngettext("%(shown)s stance", "%(shown)s stances", count)
            return with_number(text, count)

        self.fresh = fresh
        self.stale = stale
        self.proposals = proposals
        self.stances = stances
