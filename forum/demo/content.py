"""The demo content as checked values, read from content.toml."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from forum.cases.models import ReportReason
from forum.core.actor import SiteRole
from forum.core.markup import MAX_LENGTH
from forum.spaces.models import Circle, Visibility
from forum.threads.models import ThreadKind

_CONTENT = Path(__file__).with_name("content.toml")
_VOCABULARY = Path(__file__).parent.parent / "tags" / "vocabulary.toml"

_TITLE_LENGTHS = range(3, 151)  # characters
_TAG_COUNTS = range(1, 6)
_GRACE = timedelta(minutes=10)  # an earlier edit would leave no trace, so it could not be shown

_Table = dict[str, Any]


class ContentError(ValueError):
    """The content does not hold together; the message has one line per problem."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """`about` is Markdown. `shown_as` is what the account is announced as, "" if it is not."""

    username: str
    display_name: str
    role: SiteRole
    about: str
    joined_ago: timedelta
    shown_as: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether the account gets a password and stands in the list at the start."""
        return bool(self.shown_as)


@dataclass(frozen=True, slots=True)
class DemoSpace:
    """People are user names; nobody is in both tuples. A built-in space is there already."""

    slug: str
    name: str
    description: str
    visibility: Visibility
    who_starts: Circle
    who_comments: Circle
    facilitators: tuple[str, ...]
    members: tuple[str, ...]
    join_code: str = ""
    is_built_in: bool = False

    @property
    def people(self) -> tuple[str, ...]:
        return self.facilitators + self.members


@dataclass(frozen=True, slots=True)
class DemoEdit:
    """The Markdown as it read before the edit, and how long after the writing it was made."""

    before: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class DemoComment:
    """A comment; `after` counts from the thread's opening and `reply_to` 0 is the thread."""

    number: int
    author: str
    text: str
    after: timedelta
    reply_to: int = 0
    is_question: bool = False
    answered_by: int | None = None
    agreed_by: tuple[str, ...] = ()
    edit: DemoEdit | None = None


@dataclass(frozen=True, slots=True)
class DemoClosing:
    """`after` counts from the thread's opening and lies behind its last comment."""

    by: str
    after: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class DemoThread:
    """`text` is Markdown, of a prompt its background; `question` is plain text, only a prompt's."""

    space: str
    kind: ThreadKind
    title: str
    tags: tuple[str, ...]
    author: str
    opened_ago: timedelta
    text: str
    question: str
    comments: tuple[DemoComment, ...]
    is_pinned: bool = False
    closing: DemoClosing | None = None


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What `by` reported about a comment; `thread` is the title."""

    thread: str
    number: int
    by: str
    reason: ReportReason
    note: str


@dataclass(frozen=True, slots=True)
class DemoContent:
    """Everything that a demo is filled with, in the order in which to make it."""

    accounts: tuple[DemoAccount, ...]
    spaces: tuple[DemoSpace, ...]
    threads: tuple[DemoThread, ...]
    reports: tuple[DemoReport, ...] = ()


def load() -> DemoContent:
    """Return the content that comes with the forum. Raises ContentError."""
    return parse(_CONTENT.read_text(encoding="utf-8"))


def parse(source: str) -> DemoContent:
    """Return the content of a TOML text. Raises ContentError with every problem found."""
    try:
        tables = tomllib.loads(source)
        content = DemoContent(
            accounts=tuple(_account(table) for table in tables["accounts"]),
            spaces=tuple(_space(table) for table in tables["spaces"]),
            threads=tuple(_thread(table) for table in tables["threads"]),
            reports=tuple(_report(table) for table in tables.get("reports", ())),
        )
    except KeyError as missing:
        raise ContentError(f"{missing} is missing") from missing
    except (TypeError, ValueError) as wrong:  # an unknown key, role or kind; not TOML at all
        raise ContentError(str(wrong)) from wrong
    problems = tuple(_problems(content))
    if problems:
        raise ContentError("\n".join(problems))
    return content


def _account(table: _Table) -> DemoAccount:
    rest = dict(table)
    return DemoAccount(
        role=SiteRole(rest.pop("role")),
        joined_ago=timedelta(days=rest.pop("joined_days_ago")),
        **rest,
    )


def _space(table: _Table) -> DemoSpace:
    rest = dict(table)
    return DemoSpace(
        visibility=Visibility(rest.pop("visibility")),
        who_starts=Circle(rest.pop("who_starts")),
        who_comments=Circle(rest.pop("who_comments")),
        facilitators=tuple(rest.pop("facilitators")),
        members=tuple(rest.pop("members")),
        **rest,
    )


def _thread(table: _Table) -> DemoThread:
    rest = dict(table)
    return DemoThread(
        kind=ThreadKind(rest.pop("kind")),
        tags=tuple(rest.pop("tags")),
        opened_ago=timedelta(days=rest.pop("days_ago"), minutes=rest.pop("minutes_ago")),
        text=rest.pop("text").strip(),
        question=rest.pop("question", "").strip(),
        closing=_closing(rest),
        comments=tuple(_comment(each) for each in rest.pop("comments", ())),
        **rest,
    )


def _closing(rest: _Table) -> DemoClosing | None:
    if "closed_by" not in rest:
        return None
    return DemoClosing(
        by=rest.pop("closed_by"),
        after=timedelta(minutes=rest.pop("closed_after")),
        reason=rest.pop("closed_reason"),
    )


def _comment(table: _Table) -> DemoComment:
    rest = dict(table)
    return DemoComment(
        text=rest.pop("text").strip(),
        after=timedelta(minutes=rest.pop("minutes")),
        agreed_by=tuple(rest.pop("agreed_by", ())),
        edit=_edit(rest),
        **rest,
    )


def _edit(rest: _Table) -> DemoEdit | None:
    if "text_before" not in rest:
        return None
    return DemoEdit(
        before=rest.pop("text_before").strip(),
        after=timedelta(minutes=rest.pop("edited_after")),
    )


def _report(table: _Table) -> DemoReport:
    rest = dict(table)
    return DemoReport(reason=ReportReason(rest.pop("reason")), **rest)


def _problems(content: DemoContent) -> Iterator[str]:
    accounts = {account.username: account for account in content.accounts}
    spaces = {space.slug: space for space in content.spaces}
    known_tags = tag_slugs()
    if len(accounts) < len(content.accounts):
        yield "a user name stands twice"
    if len(spaces) < len(content.spaces):
        yield "the slug of a space stands twice"
    for space in content.spaces:
        yield from _space_problems(space, accounts)
    for thread in content.threads:
        if thread.space not in spaces:
            yield f"{thread.title!r}: no space {thread.space!r}"
            continue
        for problem in thread_problems(thread, spaces[thread.space], accounts):
            yield f"{thread.title!r}: {problem}"
        for unknown in sorted(set(thread.tags) - known_tags):
            yield f"{thread.title!r}: no tag {unknown!r}"
    yield from _report_problems(content, accounts)


def _report_problems(content: DemoContent, accounts: dict[str, DemoAccount]) -> Iterator[str]:
    spaces = {space.slug: space for space in content.spaces}
    threads = {thread.title: thread for thread in content.threads}
    for report in content.reports:
        thread = threads.get(report.thread)
        if thread is None or thread.space not in spaces:
            yield f"a report: no thread {report.thread!r}"
            continue
        if not 1 <= report.number <= len(thread.comments):
            yield f"a report: no comment #{report.number} in {report.thread!r}"
            continue
        if report.by == thread.comments[report.number - 1].author:
            yield f"{thread.title!r}: {report.by!r} reports a comment of their own"
        is_in = _is_in(Circle.EVERYONE, report.by, spaces[thread.space])
        if report.by not in accounts or not is_in:
            yield f"{thread.title!r}: {report.by!r} cannot report in it"


def tag_slugs() -> frozenset[str]:
    vocabulary = tomllib.loads(_VOCABULARY.read_text(encoding="utf-8"))
    return frozenset(tag["slug"] for tag in (*vocabulary["needs"], *vocabulary["tags"]))


def _space_problems(space: DemoSpace, accounts: dict[str, DemoAccount]) -> Iterator[str]:
    for username in space.people:
        if username not in accounts:
            yield f"{space.name!r}: no account {username!r}"
    if len(set(space.people)) < len(space.people):
        yield f"{space.name!r}: somebody belongs to it twice"
    if not space.facilitators:
        yield f"{space.name!r}: nobody facilitates it"


def thread_problems(
    thread: DemoThread, space: DemoSpace, accounts: dict[str, DemoAccount]
) -> Iterator[str]:
    if len(thread.title) not in _TITLE_LENGTHS:
        yield "the title is too short or too long"
    if len(thread.tags) not in _TAG_COUNTS or len(set(thread.tags)) < len(thread.tags):
        yield "a thread has one to five different tags"
    yield from _text_problems("the opening", thread.text)
    if bool(thread.question) is not (thread.kind is ThreadKind.PROMPT):
        yield "prompts have a question, discussions have none"
    starters = Circle.FACILITATORS if thread.kind is ThreadKind.PROMPT else space.who_starts
    if not _is_in(starters, thread.author, space):
        yield f"{thread.author!r} may not start it"
    yield from _person_problems(thread.author, thread.opened_ago, accounts)
    yield from _closing_problems(thread, space, accounts)
    for position, comment in enumerate(thread.comments, start=1):
        if comment.number != position:
            yield f"#{comment.number} stands where #{position} belongs"
            return  # whatever refers to a number would be reported for the wrong reason
    for comment in thread.comments:
        for problem in _comment_problems(comment, thread, space, accounts):
            yield f"#{comment.number}: {problem}"


def _closing_problems(
    thread: DemoThread, space: DemoSpace, accounts: dict[str, DemoAccount]
) -> Iterator[str]:
    if thread.closing is None:
        return
    by = accounts.get(thread.closing.by)
    is_moderator = by is not None and by.role is not SiteRole.MEMBER
    if not (is_moderator or thread.closing.by in space.facilitators):
        yield f"{thread.closing.by!r} may not close it"
    if not thread.closing.reason:
        yield "it is closed without a reason"
    if not _last_after(thread) <= thread.closing.after <= thread.opened_ago:
        yield "it is closed before its last comment, or in the future"


def _comment_problems(
    comment: DemoComment, thread: DemoThread, space: DemoSpace, accounts: dict[str, DemoAccount]
) -> Iterator[str]:
    yield from _text_problems("the text", comment.text)
    yield from _person_problems(comment.author, thread.opened_ago - comment.after, accounts)
    if not _is_in(space.who_comments, comment.author, space):
        yield f"{comment.author!r} may not comment"
    if not 0 <= comment.reply_to < comment.number:
        yield f"#{comment.reply_to} does not come before its reply"
    previous = thread.comments[comment.number - 2].after if comment.number > 1 else timedelta()
    if not previous < comment.after < thread.opened_ago:
        yield "it was written before the one above it, or in the future"
    if comment.answered_by is not None and not (
        comment.is_question and comment.number < comment.answered_by <= len(thread.comments)
    ):
        yield "only a question has an answer, and the answer comes later"
    if comment.author in comment.agreed_by:
        yield "its author agrees with it"
    for username in comment.agreed_by:
        if username not in accounts or not _is_in(Circle.EVERYONE, username, space):
            yield f"{username!r} cannot agree with it"
    if len(set(comment.agreed_by)) < len(comment.agreed_by):
        yield "somebody agrees twice"
    yield from _edit_problems(comment, thread)


def _edit_problems(comment: DemoComment, thread: DemoThread) -> Iterator[str]:
    if comment.edit is None:
        return
    yield from _text_problems("the text before the edit", comment.edit.before)
    if comment.edit.before == comment.text:
        yield "the edit changes nothing"
    if not _GRACE < comment.edit.after < thread.opened_ago - comment.after:
        yield "it was edited too soon to show, or in the future"


def _text_problems(what: str, text: str) -> Iterator[str]:
    if not text or len(text) > MAX_LENGTH:
        yield f"{what} is empty or too long"


def _person_problems(
    username: str, ago: timedelta, accounts: dict[str, DemoAccount]
) -> Iterator[str]:
    if username not in accounts:
        yield f"no account {username!r}"
    elif accounts[username].joined_ago < ago:
        yield f"{username!r} wrote before joining"


def _is_in(circle: Circle, username: str, space: DemoSpace) -> bool:
    """Whether the person is in the circle and can see the space."""
    if circle is Circle.FACILITATORS:
        return username in space.facilitators
    if circle is Circle.MEMBERS or space.visibility is Visibility.PRIVATE:
        return username in space.people
    return True


def _last_after(thread: DemoThread) -> timedelta:
    return thread.comments[-1].after if thread.comments else timedelta()
