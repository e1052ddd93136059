"""Reads of summaries: what is drawn from a thread, and what its facilitators say of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.accounts.people import person
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.i18n import _, ngettext
from forum.core.links import service_path
from forum.core.markup import excerpt_of_html
from forum.posts.models import Bearing, Post, PostState
from forum.proposals.models import LEAST_SHOWN, ClaimState, ServiceClaim
from forum.proposals.queries import claim_stands
from forum.services.models import Service, ServiceState
from forum.stances.models import AdoptedPoint, ConditionState, StanceChoice
from forum.stances.queries import ConditionRow, Spread, find_debate
from forum.summaries.models import Section, SummaryLine
from forum.summaries.policy import may_read
from forum.summaries.rows import Line, Summary
from forum.threads.rows import Head, PostRef, comment_ref

EXCERPT = 200  # characters
_AGREED, _ADOPTED, _ASKED, _CLAIMS = 5, 8, 10, 20  # lines of each, at most
_LEAST_AGREEING = 2
Row = sa.Row[*tuple[Any, ...]]


def find_summary(viewer: Actor, head: Head) -> Summary:
    """What a thread comes to; NotFound where nothing is summed up. At most eight statements."""
    may_read(viewer, head.kind, head.facts).enforce()
    drawn = _drawn(viewer, head)
    rows = _rows_of(head.id)
    numbers = drawn.numbers.union(*(row.numbers for row in rows))
    posts = _posts(head.id, drawn.post_ids, numbers)
    lines = [
        line for seed in drawn.seeds if (line := _with_words(seed, posts, head.id)) is not None
    ]
    said = {(row.section, row.source_key): row for row in rows}
    lines = [_said(line, said.get((line.section, line.source_key)), posts, head) for line in lines]
    lines += [_said(_own(row), row, posts, head) for row in rows if row.source_key is None]
    return Summary(_in_order(lines))


def _in_order(lines: list[Line]) -> tuple[Line, ...]:
    """By section; in it those that were put in an order, then the others as they are drawn."""
    sections = list(Section)
    return tuple(
        sorted(
            lines,
            key=lambda line: (
                sections.index(line.section),
                line.position is None,
                line.position or 0,
            ),
        )
    )


# What facilitators say


def _rows_of(thread_id: int) -> tuple[SummaryLine, ...]:
    found = db.session.scalars(
        sa.select(SummaryLine).where(SummaryLine.thread_id == thread_id).order_by(SummaryLine.id)
    )
    return tuple(found)


def _own(row: SummaryLine) -> Line:
    return Line(row.section, None)


def _said(line: Line, row: SummaryLine | None, posts: "_Posts", head: Head) -> Line:
    """A line as its facilitators want it."""
    if row is None:
        return line
    line = replace(
        line,
        line_id=row.id,
        position=row.position,
        is_left_out=row.is_left_out,
        seen=row.edited_at.isoformat() if row.edited_at else "",
    )
    if not row.text:
        return line
    return replace(
        line,
        text=row.text,
        note="",
        language="",
        refs=tuple(posts.ref(number, head.id) for number in row.numbers) or line.refs,
        is_edited=True,
        waits=any(number not in posts.by_number for number in row.numbers),
    )


# What is drawn


@dataclass(frozen=True, slots=True)
class _Seed:
    """A line before its comments are read: the one that it excerpts, or numbers of others."""

    line: Line
    post_id: int | None = None
    numbers: tuple[int, ...] = ()


@dataclass(slots=True)
class _Drawn:
    seeds: list[_Seed] = field(default_factory=list)

    @property
    def post_ids(self) -> set[int]:
        return {seed.post_id for seed in self.seeds if seed.post_id is not None}

    @property
    def numbers(self) -> set[int]:
        return {number for seed in self.seeds for number in seed.numbers}


def _drawn(viewer: Actor, head: Head) -> _Drawn:
    drawn = _Drawn()
    debate = find_debate(viewer, head)
    if debate is None:
        drawn.seeds += [*_agreed(head.id, with_points=False), *_questions(head.id)]
        return drawn
    drawn.seeds += [
        *_stances(debate.spread),
        *_agreed(head.id, with_points=True),
        *_conditions(debate.conditions),
        *_questions(head.id),
        *_exists(head.id),
    ]
    return drawn


def _stances(spread: Spread) -> Iterator[_Seed]:
    """How stances are spread; before one's own without figures where the space wants it so."""
    if spread.total < LEAST_SHOWN:
        return
    line = Line(Section.AGREED, "stances")
    if spread.is_hidden:
        words = _("How stances are spread is shown to you once you have taken one.")
        yield _Seed(replace(line, figures=(words,)))
    else:
        counts = {share.choice: share.count for share in spread.shares}
        yield _Seed(replace(line, figures=(*_stances_told(counts),)))


def _stances_told(counts: Mapping[StanceChoice, int]) -> Iterator[str]:
    yield ngettext("%(num)s stance", "%(num)s stances", sum(counts.values()))
    if number := counts[StanceChoice.AGREE]:
        yield ngettext("%(num)s agrees", "%(num)s agree", number)
    if number := counts[StanceChoice.AGREE_IF]:
        yield ngettext("%(num)s agrees on a condition", "%(num)s agree on a condition", number)
    if number := counts[StanceChoice.UNSURE]:
        yield ngettext("%(num)s is unsure", "%(num)s are unsure", number)
    if number := counts[StanceChoice.DISAGREE]:
        yield ngettext("%(num)s disagrees", "%(num)s disagree", number)
    if number := counts[StanceChoice.CONCERN]:
        yield ngettext(
            "%(num)s is concerned about safety", "%(num)s are concerned about safety", number
        )


def _agreed(thread_id: int, *, with_points: bool) -> list[_Seed]:
    """The comments that most agree with, and those that members made reasons of their own."""
    published = sa.and_(
        Post.thread_id == thread_id, Post.number > 0, Post.state == PostState.PUBLISHED
    )
    found = db.session.execute(
        sa.select(Post.id, Post.bearing, Post.agreement_count, sa.literal(0).label("adopted"))
        .where(published, Post.agreement_count >= _LEAST_AGREEING)
        .order_by(Post.agreement_count.desc(), Post.number)
        .limit(_AGREED)
    ).all()
    rows = {row.id: row for row in found}
    if with_points:
        count = sa.func.count()
        adopted = db.session.execute(
            sa.select(Post.id, Post.bearing, Post.agreement_count, count.label("adopted"))
            .join(AdoptedPoint, AdoptedPoint.post_id == Post.id)
            .where(published)
            .group_by(Post.id, Post.bearing, Post.agreement_count, Post.number)
            .order_by(count.desc(), Post.number)
            .limit(_ADOPTED)
        ).all()
        rows |= {row.id: row for row in adopted}
    ranked = sorted(rows.values(), key=lambda row: -(row.agreement_count + row.adopted))
    return [
        _Seed(
            Line(Section.AGREED, f"post:{row.id}", figures=(*_agreement_told(row),)),
            row.id,
        )
        for row in ranked
    ]


def _agreement_told(row: Row) -> Iterator[str]:
    if row.agreement_count:
        yield ngettext("%(num)s agrees with it", "%(num)s agree with it", row.agreement_count)
    if not row.adopted:
        return
    number = row.adopted
    if row.bearing is Bearing.OPPOSES:
        yield ngettext(
            "a reason against it for %(num)s member",
            "a reason against it for %(num)s members",
            number,
        )
    elif row.bearing is Bearing.QUALIFIES:
        yield ngettext(
            "a reservation of %(num)s member", "a reservation of %(num)s members", number
        )
    elif row.bearing is Bearing.SUPPORTS:
        yield ngettext(
            "a reason for it for %(num)s member", "a reason for it for %(num)s members", number
        )
    else:
        yield ngettext("a reason of %(num)s member", "a reason of %(num)s members", number)


def _conditions(rows: Iterable[ConditionRow]) -> Iterator[_Seed]:
    for row in rows:
        if not row.waits:
            yield _Seed(
                Line(
                    Section.CONDITIONS,
                    f"condition:{row.id}",
                    row.text,
                    figures=(*_condition_told(row),),
                ),
                numbers=() if row.said_number is None else (row.said_number,),
            )


def _condition_told(row: ConditionRow) -> Iterator[str]:
    if row.backers:
        yield ngettext("asked for by %(num)s member", "asked for by %(num)s members", row.backers)
    if row.state is ConditionState.ADOPTED:
        yield _("adopted into the text")
    elif row.state is ConditionState.DECLINED:
        yield _("declined: %(why)s", why=row.answer)
    else:
        yield _("open")


def _questions(thread_id: int) -> list[_Seed]:
    """Open questions, and comments that question the proposal and that nobody has replied to."""
    reply = aliased(Post)
    replied = (
        sa.exists()
        .where(reply.parent_id == Post.id, reply.state == PostState.PUBLISHED)
        .correlate(Post)
    )
    open_question = sa.and_(Post.is_question, Post.answer_id.is_(None))
    doubted = sa.and_(Post.bearing == Bearing.QUESTIONS, ~Post.is_question, ~replied)
    found = db.session.execute(
        sa.select(Post.id, Post.is_question)
        .where(
            Post.thread_id == thread_id,
            Post.number > 0,
            Post.state == PostState.PUBLISHED,
            sa.or_(open_question, doubted),
        )
        .order_by(Post.number)
        .limit(_ASKED)
    )
    return [
        _Seed(
            Line(
                Section.QUESTIONS,
                f"post:{row.id}",
                figures=(_("an open question") if row.is_question else _("nobody has replied"),),
            ),
            row.id,
        )
        for row in found
    ]


def _exists(thread_id: int) -> list[_Seed]:
    found = db.session.execute(
        sa.select(
            ServiceClaim.id,
            ServiceClaim.state,
            ServiceClaim.note,
            ServiceClaim.answer,
            Service.id.label("service_id"),
            Service.slug,
            Service.name,
        )
        .join(Service, Service.id == ServiceClaim.service_id)
        .where(
            ServiceClaim.thread_id == thread_id,
            claim_stands(),
            Service.state == ServiceState.LISTED,
        )
        .order_by(ServiceClaim.id)
        .limit(_CLAIMS)
    )
    return [
        _Seed(
            Line(
                Section.EXISTS,
                f"claim:{row.id}",
                row.note,
                figures=(_claim_told(row.state, row.answer),),
                link=(row.name, service_path(row.service_id, row.slug)),
            )
        )
        for row in found
    ]


def _claim_told(state: ClaimState, answer: str) -> str:
    if state is ClaimState.ACCEPTED:
        return _("whoever proposes it says: this is it")
    if state is ClaimState.NOT_ENOUGH:
        return _("whoever proposes it says why that is not enough: %(why)s", why=answer)
    return _("not answered yet")


# The posts that lines stand on


@dataclass(frozen=True, slots=True)
class _Posts:
    """Published posts of the thread; the others are in neither."""

    by_id: Mapping[int, Row]
    by_number: Mapping[int, Row]

    def ref(self, number: int, thread_id: int) -> PostRef:
        row = self.by_number.get(number)
        return comment_ref(thread_id, number, "" if row is None else _name(row))


def _name(row: Row) -> str:
    return person(row.username, row.display_name, row.user_state).display_name


def _posts(thread_id: int, ids: Collection[int], numbers: Collection[int]) -> _Posts:
    if not ids and not numbers:
        return _Posts({}, {})
    found = db.session.execute(
        sa.select(
            Post.id,
            Post.number,
            Post.html,
            Post.content_note,
            Post.language,
            User.username,
            User.display_name,
            User.state.label("user_state"),
        )
        .outerjoin(User, User.id == Post.author_id)
        .where(
            Post.thread_id == thread_id,
            Post.state == PostState.PUBLISHED,
            sa.or_(Post.id.in_(ids), Post.number.in_(numbers)),
        )
    ).all()
    return _Posts({row.id: row for row in found}, {row.number: row for row in found})


def _with_words(seed: _Seed, posts: _Posts, thread_id: int) -> Line | None:
    """A drawn line with the first words of its comment, or that comment's content note."""
    if seed.post_id is None:
        refs = (posts.ref(number, thread_id) for number in seed.numbers)
        return replace(seed.line, refs=tuple(refs))
    row = posts.by_id.get(seed.post_id)
    if row is None:
        return None
    line = replace(seed.line, refs=(posts.ref(row.number, thread_id),))
    if row.content_note:
        return replace(line, note=row.content_note)
    return replace(line, text=excerpt_of_html(row.html, EXCERPT), language=row.language)


def unreadable_among(thread_id: int, numbers: Collection[int]) -> tuple[int, ...]:
    """Which of these are no numbers of comments that can be read."""
    found = set(
        db.session.scalars(
            sa.select(Post.number).where(
                Post.thread_id == thread_id,
                Post.number.in_(numbers),
                Post.state == PostState.PUBLISHED,
            )
        )
    )
    return tuple(sorted(set(numbers) - found))


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every line that a member wrote, for the download of one's own data."""
    for row in db.session.scalars(
        sa.select(SummaryLine).where(SummaryLine.edited_by_id == user_id).order_by(SummaryLine.id)
    ):
        yield (
            "summary_lines",
            {
                "thread": row.thread_id,
                "section": row.section.value,
                "text": row.text,
                "comments": row.numbers,
                "edited_at": row.edited_at.isoformat() if row.edited_at else None,
            },
        )
