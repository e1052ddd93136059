"""The demo's proposals and what people say about them, read from proposals.toml."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from forum.demo.content import (
    ContentError,
    DemoComment,
    DemoContent,
    DemoThread,
    thread_problems,
)
from forum.demo.directory import DemoDirectory
from forum.posts.models import Bearing
from forum.proposals.models import ClaimState, ProposalState
from forum.proposals.parts import Parts, compose
from forum.stances.models import ConditionState, StanceChoice
from forum.threads.models import ThreadKind

_PROPOSALS = Path(__file__).with_name("proposals.toml")
_LANGUAGE = "en"  # what the demo is written in

_Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoRaised:
    """The comment that a proposal was raised from; `thread` is a title."""

    thread: str
    number: int


@dataclass(frozen=True, slots=True)
class DemoStance:
    """`number` is the comment with the reason, 0 where none was given."""

    member: str
    choice: StanceChoice
    after: timedelta
    number: int = 0


@dataclass(frozen=True, slots=True)
class DemoCondition:
    """The "if" of the stance in comment `number`; `joined` are the others, and when."""

    text: str
    author: str
    number: int
    after: timedelta
    state: ConditionState
    answer: str
    joined: tuple[tuple[str, timedelta], ...]


@dataclass(frozen=True, slots=True)
class DemoClaim:
    service: str
    by: str
    after: timedelta
    note: str
    state: ClaimState
    answer: str = ""


@dataclass(frozen=True, slots=True)
class DemoContext:
    """A context note under comment `number`; 0 is the opening."""

    number: int
    author: str
    text: str
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DemoAnswer:
    author: str
    text: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class DemoTurn:
    """The state that a proposal was brought to, unless it is open."""

    state: ProposalState
    by: str
    after: timedelta
    reason: str
    service: str = ""
    merged_into: str = ""  # a title


@dataclass(frozen=True, slots=True)
class DemoProposal:
    """A proposal: its thread, as every thread is, and what it has beside that.

    `bearings` are of comments by number, `adopted` who made a comment a reason of their own.
    """

    thread: DemoThread
    place: str
    turn: DemoTurn | None
    raised_from: DemoRaised | None
    coauthors: tuple[str, ...]
    bearings: dict[int, Bearing]
    adopted: dict[int, tuple[str, ...]]
    stances: tuple[DemoStance, ...]
    conditions: tuple[DemoCondition, ...]
    claims: tuple[DemoClaim, ...]
    context: tuple[DemoContext, ...]
    answer: DemoAnswer | None


@dataclass(frozen=True, slots=True)
class DemoBrief:
    """A published brief; `proposals` are titles."""

    title: str
    introduction: str
    by: str
    proposals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoDebate:
    """Proposals with all that is said about them, and the briefs that were made of them."""

    proposals: tuple[DemoProposal, ...] = ()
    briefs: tuple[DemoBrief, ...] = ()


NO_DEBATE = DemoDebate()


def load_debate(content: DemoContent, directory: DemoDirectory) -> DemoDebate:
    """Return the debate that comes with the forum, beside these. Raises ContentError."""
    return parse_debate(_PROPOSALS.read_text(encoding="utf-8"), content, directory)


def parse_debate(source: str, content: DemoContent, directory: DemoDirectory) -> DemoDebate:
    """Return the debate of a TOML text. Raises ContentError with every problem found."""
    try:
        tables = tomllib.loads(source)
        debate = DemoDebate(
            proposals=tuple(_proposal(table) for table in tables["proposals"]),
            briefs=tuple(_brief(table) for table in tables["briefs"]),
        )
    except KeyError as missing:
        raise ContentError(f"{missing} is missing") from missing
    except (TypeError, ValueError) as wrong:
        raise ContentError(str(wrong)) from wrong
    problems = tuple(_problems(debate, content, directory))
    if problems:
        raise ContentError("\n".join(problems))
    return debate


def _brief(table: _Table) -> DemoBrief:
    return DemoBrief(table["title"], table["introduction"], table["by"], tuple(table["proposals"]))


def _proposal(table: _Table) -> DemoProposal:
    comments = table.get("comments", [])
    return DemoProposal(
        thread=_thread(table),
        place=table["place"],
        turn=_turn(table),
        raised_from=DemoRaised(**table["raised_from"]) if "raised_from" in table else None,
        coauthors=tuple(table.get("coauthors", ())),
        bearings={row["number"]: Bearing(row["bearing"]) for row in comments if "bearing" in row},
        adopted={row["number"]: tuple(row.get("adopted_by", ())) for row in comments},
        stances=(*_reasoned(comments), *map(_stance, table.get("stances", ()))),
        conditions=tuple(_conditions(comments, table.get("joins", ()))),
        claims=tuple(_claim(row) for row in table.get("claims", ())),
        context=tuple(_context(row) for row in table.get("context", ())),
        answer=_answer(table),
    )


def _thread(table: _Table) -> DemoThread:
    texts = {field.name: table.get(field.name, "").strip() for field in fields(Parts)[:-1]}
    sources = tuple((title, url) for title, url in table.get("sources", ()))
    return DemoThread(
        space=table["space"],
        kind=ThreadKind.PROPOSAL,
        title=table["title"],
        tags=tuple(table["needs"]),
        author=table["author"],
        opened_ago=timedelta(days=table["days_ago"]),
        text=compose(Parts(**texts, sources=sources), _LANGUAGE),
        question="",
        comments=tuple(_comment(row) for row in table.get("comments", ())),
    )


def _comment(row: _Table) -> DemoComment:
    return DemoComment(
        number=row["number"],
        author=row["author"],
        text=row["text"].strip(),
        after=_minutes(row),
        reply_to=row.get("reply_to", 0),
        is_question=row.get("is_question", False),
        answered_by=row.get("answered_by"),
        agreed_by=tuple(row.get("agreed_by", ())),
    )


def _turn(table: _Table) -> DemoTurn | None:
    if "state" not in table:
        return None
    return DemoTurn(
        state=ProposalState(table["state"]),
        by=table["state_by"],
        after=timedelta(days=table["state_after"]),
        reason=table["state_reason"],
        service=table.get("service", ""),
        merged_into=table.get("merged_into", ""),
    )


def _reasoned(comments: list[_Table]) -> Iterator[DemoStance]:
    for row in comments:
        if "stance" in row:
            choice = StanceChoice(row["stance"])
            yield DemoStance(row["author"], choice, _minutes(row), row["number"])


def _stance(row: _Table) -> DemoStance:
    return DemoStance(row["member"], StanceChoice(row["choice"]), _minutes(row))


def _conditions(comments: list[_Table], joins: Collection[_Table]) -> Iterator[DemoCondition]:
    stated = (row for row in comments if "condition" in row)
    for number, row in enumerate(stated, start=1):
        yield DemoCondition(
            text=row["condition"],
            author=row["author"],
            number=row["number"],
            after=_minutes(row),
            state=ConditionState(row.get("condition_state", "open")),
            answer=row.get("condition_answer", ""),
            joined=tuple(
                (join["member"], _minutes(join)) for join in joins if join["condition"] == number
            ),
        )


def _claim(row: _Table) -> DemoClaim:
    return DemoClaim(
        service=row["service"],
        by=row["by"],
        after=_minutes(row),
        note=row["note"],
        state=ClaimState(row["state"]),
        answer=row.get("answer", ""),
    )


def _context(row: _Table) -> DemoContext:
    sources = tuple((title, url) for title, url in row["sources"])
    return DemoContext(row["number"], row["author"], row["text"], sources)


def _answer(table: _Table) -> DemoAnswer | None:
    if "answer" not in table:
        return None
    row = table["answer"]
    return DemoAnswer(row["author"], row["text"].strip(), timedelta(days=row["after"]))


def _minutes(row: _Table) -> timedelta:
    return timedelta(minutes=row["minutes"])


def _problems(debate: DemoDebate, content: DemoContent, directory: DemoDirectory) -> Iterator[str]:
    """What does not hold together, one line each."""
    accounts = {account.username: account for account in content.accounts}
    spaces = {space.slug: space for space in content.spaces}
    services = {service.draft.name for service in directory.services}
    places = {place.slug for place in directory.places}
    titles = {proposal.thread.title for proposal in debate.proposals}
    for brief in debate.briefs:
        if brief.by not in {name for space in content.spaces for name in space.facilitators}:
            yield f"{brief.title!r}: {brief.by!r} facilitates nothing"
        yield from (
            f"{brief.title!r}: no proposal {title!r}"
            for title in brief.proposals
            if title not in titles
        )
    for proposal in debate.proposals:
        thread = proposal.thread
        found = [
            *thread_problems(thread, spaces[thread.space], accounts),
            *_people_problems(proposal, accounts),
            *_stance_problems(proposal),
            *_turn_problems(proposal, titles, services),
        ]
        if proposal.place not in places:
            found.append(f"no place {proposal.place!r}")
        found += [
            f"no service {claim.service!r}"
            for claim in proposal.claims
            if claim.service not in services
        ]
        yield from (f"{thread.title!r}: {problem}" for problem in found)


def _people_problems(proposal: DemoProposal, accounts: Collection[str]) -> Iterator[str]:
    people = {
        *proposal.coauthors,
        *(stance.member for stance in proposal.stances),
        *(claim.by for claim in proposal.claims),
        *(note.author for note in proposal.context),
        *(username for adopters in proposal.adopted.values() for username in adopters),
    }
    yield from (f"no account {username!r}" for username in sorted(people.difference(accounts)))


def _stance_problems(proposal: DemoProposal) -> Iterator[str]:
    members = [stance.member for stance in proposal.stances]
    if len(set(members)) < len(members):
        yield "somebody takes two stances"
    if {proposal.thread.author, *proposal.coauthors} & set(members):
        yield "an author takes a stance"
    for stance in proposal.stances:
        if stance.choice not in {StanceChoice.AGREE, StanceChoice.UNSURE} and not stance.number:
            yield f"{stance.member!r} gives no reason"
    for condition in proposal.conditions:
        if condition.author in {member for member, _after in condition.joined}:
            yield f"{condition.author!r} joins a condition of their own"
        if (condition.state is ConditionState.DECLINED) is not bool(condition.answer):
            yield f"a declined condition has an answer, others have none: {condition.text!r}"


def _turn_problems(
    proposal: DemoProposal, titles: Collection[str], services: Collection[str]
) -> Iterator[str]:
    turn = proposal.turn
    if turn is None:
        return
    if turn.after > proposal.thread.opened_ago:
        yield "its state changes in the future"
    if (turn.state is ProposalState.EXISTS) is not (turn.service in services):
        yield "a proposal that exists already names a service"
    if (turn.state is ProposalState.MERGED) is not (turn.merged_into in titles):
        yield "a retired proposal names another"
