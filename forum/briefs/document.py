"""A brief as one plain document: blocks in an order, which each format writes in its own way.

Everything is said in the language of the moment, and nothing depends on who reads it, or when: the
same input gives the same document.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, cast

from forum.briefs.queries.figures import CHOICES
from forum.briefs.queries.words import Opening, Words
from forum.core.i18n import _, language, ngettext
from forum.core.links import comment_path, service_path, thread_path
from forum.core.markup import render
from forum.core.moments import moment
from forum.posts.models import Bearing
from forum.proposals.models import ClaimState, ProposalState
from forum.proposals.words import state_told
from forum.stances.models import ConditionState

_HEADING = re.compile(r"(</?)h[3-6]>")


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 2 is a proposal, level 3 a part of one."""

    shape: ClassVar[str] = "heading"
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`kind` "note" warns of what follows; "stub" stands for what is not there."""

    shape: ClassVar[str] = "paragraph"
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """Somebody's own text, as safe HTML; its headings are of level 4."""

    shape: ClassVar[str] = "prose"
    html: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A comment in its author's words; `warning`, if there is one, comes before them."""

    shape: ClassVar[str] = "quotation"
    html: str
    language: str
    warning: str
    by: str
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    text: str
    url: str = ""
    quote: Quotation | None = None


@dataclass(frozen=True, slots=True)
class Items:
    shape: ClassVar[str] = "items"
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    shape: ClassVar[str] = "facts"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    shape: ClassVar[str] = "table"
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Prose | Quotation | Items | Facts | Table


@dataclass(frozen=True, slots=True)
class Document:
    """`published_at` None: what it would be if it were published now."""

    title: str
    language: str
    published_at: datetime | None
    url: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of itself; `base_url` is without a slash at its end."""

    title: str
    introduction: str
    site_name: str
    base_url: str
    path: str
    version: int
    published_at: datetime | None


def build(about: About, proposals: Sequence[Mapping[str, Any]], words: Words) -> Document:
    """The document of what figures.frozen_proposals froze, with the words that stand today."""
    blocks: list[Block] = [Facts((*_about(about),))]
    blocks += [Paragraph(text) for text in _paragraphs(about.introduction)]
    for number, frozen in enumerate(proposals, start=1):
        blocks += _Proposal(about.base_url, frozen, words, number).blocks()
    blocks.append(Heading(2, _("About this brief")))
    blocks += [
        Paragraph(
            _(
                "Figures are as they were on the date above. People are quoted only where they"
                " agreed to it, and can take that back at any time."
            )
        ),
        Paragraph(
            _(
                "How many hold which stance is given from five people on, so that nobody is"
                " singled out."
            )
        ),
    ]
    url = about.base_url + about.path
    return Document(about.title, language(), about.published_at, url, tuple(blocks))


def _about(about: About) -> Iterator[tuple[str, str]]:
    if about.published_at is None:
        yield _("Date"), _("not published yet")
    else:
        yield _("Date"), moment(about.published_at, "UTC", language()) + " UTC"
        yield _("Version"), str(about.version)
    yield _("From"), about.site_name
    yield _("Address"), about.base_url + about.path


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())


@dataclass(slots=True)
class _Proposal:
    """One proposal on its way to blocks. `placed` are the quotes that stand somewhere already."""

    base_url: str
    frozen: Mapping[str, Any]
    words: Words
    number: int
    placed: set[int] = field(default_factory=set)

    def blocks(self) -> Iterator[Block]:
        opening = self.words.openings.get(self.frozen["thread_id"])
        if opening is None:
            yield Heading(2, _("%(number)s. A proposal that is gone", number=self.number))
            yield Paragraph(
                _("This proposal was taken back or removed after the brief was published."), "stub"
            )
            return
        yield Heading(2, _("%(number)s. %(title)s", number=self.number, title=opening.title))
        yield Facts((*self._facts(),))
        if opening.content_note:
            yield Paragraph(_warning(opening.content_note), "note")
        yield from self._part(_("The gap"), opening.parts.missing, opening)
        yield from self._part(_("Who is served"), opening.parts.serves, opening)
        yield from self._part(_("How it could work"), opening.parts.how, opening)
        yield from self._part(_("Who could run it"), opening.parts.who, opening)
        yield from self._part(_("What might go wrong"), opening.parts.risks, opening)
        yield from self._exists(opening)
        yield from self._stances()
        yield from self._arguments(_("Arguments for it"), (Bearing.SUPPORTS,))
        yield from self._arguments(
            _("Arguments against it, and reservations"), (Bearing.OPPOSES, Bearing.QUALIFIES)
        )
        yield from self._conditions()
        yield from self._dissent()
        yield from self._evidence(opening)
        yield from self._other_quotes()

    def _facts(self) -> Iterator[tuple[str, str]]:
        yield _("State"), state_told(ProposalState(self.frozen["state"]))
        if self.frozen["needs"]:
            yield _("Needs"), ", ".join(self.frozen["needs"])
        yield _("Where"), self.frozen["place"] or _("Anywhere")
        path = thread_path(self.frozen["thread_id"], self.frozen["slug"])
        yield _("Address"), self.base_url + path

    def _part(self, title: str, source: str, opening: Opening) -> Iterator[Block]:
        if source.strip():
            yield Heading(3, title)
            yield Prose(_html(source), opening.language)

    def _exists(self, opening: Opening) -> Iterator[Block]:
        services = self.frozen["services"]
        if not services and not opening.parts.exists.strip():
            return
        yield Heading(3, _("What exists already, and why it is not enough"))
        if opening.parts.exists.strip():
            yield Prose(_html(opening.parts.exists), opening.language)
        if services:
            yield Items(tuple(self._service(row) for row in services))

    def _service(self, row: Mapping[str, Any]) -> Item:
        note, answer = self.words.claims.get(row["id"], ("", ""))
        name = f"{row['name']} ({row['organisation']})" if row["organisation"] else row["name"]
        told = [name, self._verified(row["verified_at"])]
        if note:
            told.append(_("What is said of it: %(note)s", note=note))
        state = ClaimState(row["state"])
        if state is ClaimState.ACCEPTED:
            told.append(_("Whoever proposes it agrees that this is it."))
        elif state is ClaimState.NOT_ENOUGH:
            told.append(_("Why it is not enough: %(why)s", why=answer) if answer else "")
        else:
            told.append(_("Whoever proposes it has not answered yet."))
        url = self.base_url + service_path(row["service_id"], row["slug"])
        return Item(_sentences(told), url)

    def _verified(self, at: str | None) -> str:
        if at is None:
            return _("Nobody has made sure of it yet.")
        day = moment(datetime.fromisoformat(at), "UTC", language())
        return _("Last made sure of: %(day)s.", day=day)

    def _stances(self) -> Iterator[Block]:
        yield Heading(3, _("Where people stand"))
        counts = self.frozen["stances"]
        if counts is None:
            yield Paragraph(
                _("Fewer than five people have taken a stance, so no figures are given.")
            )
            return
        yield Table(
            _("Stances"),
            (_("Stance"), _("People")),
            tuple((_stance(choice), str(counts[choice])) for choice in CHOICES),
        )

    def _arguments(self, title: str, bearings: tuple[Bearing, ...]) -> Iterator[Block]:
        points = [row for row in self.frozen["points"] if row["bearing"] in bearings]
        if not points:
            return
        yield Heading(3, title)
        yield Items(tuple(self._point(row) for row in points))

    def _point(self, row: Mapping[str, Any]) -> Item:
        text = ngettext(
            "Comment #%(comment)s, a reason of %(num)s member",
            "Comment #%(comment)s, a reason of %(num)s members",
            row["adopted"],
            comment=row["number"],
        )
        if row["bearing"] == Bearing.QUALIFIES:
            text = _("%(point)s (a reservation)", point=text)
        return Item(text, self._url(row["number"]), self._quote(row["id"]))

    def _conditions(self) -> Iterator[Block]:
        titles = {
            ConditionState.ADOPTED: _("Conditions that are part of the text"),
            ConditionState.OPEN: _("Conditions that are open"),
            ConditionState.DECLINED: _("Conditions that were declined"),
        }
        for state, title in titles.items():
            items = tuple(
                self._condition(row) for row in self.frozen["conditions"] if row["state"] == state
            )
            if items:
                yield Heading(3, title)
                yield Items(items)

    def _condition(self, row: Mapping[str, Any]) -> Item:
        found = self.words.conditions.get(row["id"])
        if found is None:
            return Item(_("Condition %(number)s was taken back.", number=row["number"]))
        text, answer = found
        told = [
            _("Condition %(number)s: %(words)s", number=row["number"], words=text),
            ngettext(
                "Asked for by %(num)s member.", "Asked for by %(num)s members.", row["backers"]
            ),
        ]
        if answer and row["state"] == ConditionState.DECLINED:
            told.append(_("Why it was declined: %(why)s", why=answer))
        return Item(_sentences(told))

    def _dissent(self) -> Iterator[Block]:
        """What speaks against it is said whenever there is any, with figures where they may be."""
        counts = self.frozen["stances"] or {}
        disagree, concern = counts.get("disagree", 0), counts.get("concern", 0)
        opposing = self.frozen["opposing"]
        yield Heading(3, _("Dissent"))
        if not (disagree or concern or opposing):
            if self.frozen["stances"] is None:
                yield Paragraph(_("No comment opposes it."))
            else:
                yield Paragraph(_("Nobody disagrees, and no comment opposes it."))
            return
        if disagree or concern:
            total = sum(counts.values())
            yield Paragraph(
                _(
                    "Against it, of %(total)s stances: disagree %(disagree)s, concerned about"
                    " somebody's safety %(concern)s.",
                    total=total,
                    disagree=disagree,
                    concern=concern,
                )
            )
        if opposing:
            yield Paragraph(_("Comments that oppose it:"))
            yield Items(
                tuple(
                    Item(
                        _("Comment #%(number)s", number=row["number"]),
                        self._url(row["number"]),
                        self._quote(row["id"]),
                    )
                    for row in opposing
                )
            )

    def _evidence(self, opening: Opening) -> Iterator[Block]:
        if opening.parts.sources:
            yield Heading(3, _("Evidence"))
            yield Items(tuple(Item(title or url, url) for title, url in opening.parts.sources))

    def _other_quotes(self) -> Iterator[Block]:
        quotes = [
            quote for row in self.frozen["quotes"] if (quote := self._quote(row["id"])) is not None
        ]
        if quotes:
            yield Heading(3, _("In their own words"))
            yield from quotes

    def _quote(self, post_id: int) -> Quotation | None:
        """The words of a comment, where it is named first; None without its author's consent."""
        found = self.words.quotes.get(post_id)
        if found is None or post_id in self.placed:
            return None
        self.placed.add(post_id)
        return Quotation(
            _html(found.source),
            found.language,
            _warning(found.content_note),
            found.by,
            found.number,
            self._url(found.number),
        )

    def _url(self, number: int) -> str:
        return self.base_url + comment_path(self.frozen["thread_id"], number)


def _warning(note: str) -> str:
    return _("Content note: %(note)s", note=note) if note else ""


def _stance(choice: str) -> str:
    return {
        "agree": _("Agree"),
        "agree_if": _("Agree on a condition"),
        "unsure": _("Unsure"),
        "disagree": _("Disagree"),
        "concern": _("Concerned about safety"),
    }[choice]


def _sentences(told: Sequence[str]) -> str:
    """Pieces as sentences of one line."""
    return " ".join(
        piece if piece.endswith((".", "!", "?", "\u2026")) else f"{piece}."
        for piece in told
        if piece
    )


def _html(source: str) -> str:
    """Text from people as safe HTML, its headings below those of the document."""
    return _HEADING.sub(r"\1h4>", cast("str", render(source).html))
