"""What lists and thread pages show: plain rows with all that a template needs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from forum.accounts.people import PersonName
from forum.badges.queries import BadgeChip
from forum.cases.words import waiting_for
from forum.core import clock
from forum.core.actor import Actor
from forum.core.i18n import _
from forum.core.links import comment_path, space_path, thread_path
from forum.posts.models import Bearing, PostState
from forum.posts.policy import PostFacts
from forum.posts.words import BEARINGS
from forum.spaces.policy import SpaceAccess
from forum.tags.queries import TagChip
from forum.threads.models import Attention, ThreadKind
from forum.threads.policy import ThreadFacts


class Order(StrEnum):
    OLDEST = "oldest"  # as a tree
    NEWEST = "newest"  # branches newest first, replies in reading order
    AGREED = "agreed"  # branches by agreement with their first comment
    TIME = "time"  # no tree: as written


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread in a list. `new_count` is None for visitors."""

    id: int
    title: str
    path: str
    kind: ThreadKind
    space_name: str
    space_path: str
    tags: tuple[TagChip, ...]
    author: PersonName
    created_at: datetime
    comment_count: int
    new_count: int | None
    is_new: bool
    unanswered_count: int
    last_activity_at: datetime
    last_by: PersonName | None
    is_pinned: bool
    is_closed: bool
    follow: Attention | None


@dataclass(frozen=True, slots=True)
class Head:
    """A thread with its opening, its space, and how far the viewer has read.

    `is_own` says that the viewer wrote the opening: while that waits for a review, they alone read
    it, and the title.
    """

    id: int
    kind: ThreadKind
    stored_title: str
    slug: str
    space_id: int
    space_slug: str
    space_name: str
    space_language: str
    access: SpaceAccess
    author_id: int | None
    is_own: bool
    author: PersonName
    created_at: datetime
    last_activity_at: datetime
    last_number: int
    comment_count: int
    unanswered_count: int
    is_pinned: bool
    closed_at: datetime | None
    closed_reason: str
    deleted_at: datetime | None
    deleted_reason: str
    opening_id: int
    opening_html: str
    opening_state: PostState
    opening_reason: str
    opening_revision: int
    opening_edited_at: datetime | None
    stored_question: str
    opening_language: str
    opening_note: str
    read_to: int
    read_all_at: datetime | None
    was_opened: bool
    follow: Attention | None
    slow_minutes: int = 0
    slow_until: datetime | None = None
    worn: BadgeChip | None = None

    @property
    def badge(self) -> BadgeChip | None:
        """The badge that the opening was written with, where its words can be read."""
        return self.worn if self.has_opening else None

    @property
    def is_slow(self) -> bool:
        """Whether each member can write here only once in `slow_minutes`, for now."""
        return self.slow_until is not None and self.slow_until > clock.now()

    @property
    def title(self) -> str:
        if self.shows_title:
            return self.stored_title
        if self.waits:
            return _("A thread that waits for a review")
        if self.deleted_reason:
            return _("A thread that was removed")
        return _("A thread that its author took back")

    @property
    def path(self) -> str:
        return thread_path(self.id, self.slug if self.shows_title else "")

    @property
    def shows_title(self) -> bool:
        return not self.is_deleted or (self.waits and self.is_own)

    @property
    def waits(self) -> bool:
        """Whether the opening, and so the whole thread, waits for a review."""
        return self.opening_state is PostState.WAITING

    @property
    def why_waiting(self) -> str:
        """For the author of an opening that waits: why; empty for everybody else."""
        return waiting_for(self.opening_reason) if self.waits and self.is_own else ""

    @property
    def base(self) -> str:
        """What the addresses of acts on this thread begin with."""
        return f"/t/{self.id}"

    @property
    def space_path(self) -> str:
        return space_path(self.space_slug)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def has_unread(self) -> bool:
        """Whether a member has comments left that they have not read."""
        is_past = self.read_all_at is not None and self.last_activity_at <= self.read_all_at
        return self.last_number > self.read_to and not is_past

    @property
    def has_opening(self) -> bool:
        """Whether the viewer can read the opening."""
        if self.waits:
            return self.is_own
        return self.opening_state is PostState.PUBLISHED and not self.is_deleted

    @property
    def question(self) -> str:
        return self.stored_question if self.has_opening else ""

    @property
    def opening_stub(self) -> str:
        if self.waits or not self.is_deleted:
            return stub(self.opening_state, self.opening_reason)
        state = PostState.REMOVED if self.deleted_reason else PostState.WITHDRAWN
        return stub(state, self.deleted_reason)

    @property
    def facts(self) -> ThreadFacts:
        return ThreadFacts(
            author_id=self.author_id,
            is_closed=self.is_closed,
            is_deleted=self.is_deleted,
            has_comments=self.comment_count > 0,
            opening_waits=self.waits,
            access=self.access,
        )

    def facts_of_post(
        self, author_id: int | None, number: int, state: PostState, *, is_question: bool
    ) -> PostFacts:
        """What the policy of posts asks about one of its posts."""
        return PostFacts(
            author_id=author_id,
            number=number,
            state=state,
            is_question=is_question,
            is_closed=self.is_closed,
            is_deleted=self.is_deleted,
            opening_waits=self.waits,
            access=self.access,
        )


def default_language(author: Actor, head: Head) -> str:
    """What a new post is likely written in: what is written there, or what its author reads."""
    return head.space_language or author.language


@dataclass(frozen=True, slots=True)
class Card:
    """What other sites may show of a public thread: never who wrote it, nor what is marked."""

    title: str
    path: str
    description: str
    published_at: datetime
    modified_at: datetime
    tags: tuple[TagChip, ...]


@dataclass(frozen=True, slots=True)
class PostRef:
    """A comment that another row points to."""

    number: int
    path: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Powers:
    """What the viewer may do with a comment."""

    reply: bool = False
    agree: bool = False
    edit: bool = False
    withdraw: bool = False
    mark_question: bool = False
    mark_answer: bool = False
    remove: bool = False
    restore: bool = False
    report: bool = False
    split: bool = False
    raise_it: bool = False  # as a proposal
    annotate: bool = False  # add context, with a badge

    @property
    def more(self) -> bool:
        """Whether there is anything for the menu of rarer acts."""
        return (
            self.edit or self.withdraw or self.mark_question or self.remove
            or self.restore or self.split or self.raise_it
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpeningPowers:
    """What the viewer may do with a thread and its opening."""

    reply: bool = False
    edit: bool = False
    delete: bool = False
    restore: bool = False
    arrange: bool = False
    report: bool = False
    annotate: bool = False

    @property
    def more(self) -> bool:
        return self.edit or self.delete or self.restore or self.arrange


@dataclass(slots=True)
class CommentRow:
    """A comment in display order; `opens` and `closes` say how the nested lists go on before it.

    The first reply of a long branch says in `folds` how many fold away with it, and in `unfolded`
    whether they are in sight all the same; `ends_fold` is true for the row after them. `level` is
    the depth shown, 1 to 4; deeper replies stay at 4 and say what they answer.
    """

    id: int
    number: int
    path: str
    author: PersonName
    created_at: datetime
    is_edited: bool
    html: str
    language: str
    state: PostState
    stub: str
    agreement_count: int
    agrees: bool
    is_question: bool
    answer: PostRef | None
    answers: PostRef | None
    in_reply_to: PostRef | None
    is_new: bool
    is_own: bool
    may: Powers
    level: int = 1
    opens: int = 0
    closes: int = 0
    folds: int = 0
    unfolded: bool = False
    ends_fold: bool = False
    agreed_by: tuple[str, ...] = ()
    was_raised: bool = False  # a proposal was made of it, which the viewer may not see
    raised_as: tuple[tuple[str, str], ...] = ()  # titles and paths of proposals made of it
    content_note: str = ""
    why_waiting: str = ""  # for its author, while it waits for a review
    badge: BadgeChip | None = None
    bearing: Bearing | None = None  # on what the thread proposes
    notes: tuple[object, ...] = ()  # `context_notes.queries.NoteRow`s beneath it

    @property
    def bearing_name(self) -> str:
        """The bearing in a word; empty without one."""
        return str(BEARINGS[self.bearing]) if self.bearing else ""


@dataclass(frozen=True, slots=True)
class Comments:
    """One page of a thread's comments.

    `begins_inside` names the comment under which the first row hangs when that is on an earlier
    page. `read_to` is how far this page lets the viewer say they have read. `ends_folded` says that
    the last branch folds.
    """

    rows: tuple[CommentRow, ...]
    tail_closes: int
    ends_folded: bool
    next: str | None
    previous: str | None
    is_first: bool
    begins_inside: PostRef | None
    read_to: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a thread stands: what most agree with, and which questions are open."""

    agreed: tuple[tuple[PostRef, int], ...]
    questions: tuple[PostRef, ...]


def stub(state: PostState, reason: str) -> str:
    """The words that stand for a post without its text; empty when it has its text."""
    if state is PostState.WAITING:
        return _("Waiting for a review.")
    if state is PostState.WITHDRAWN:
        return _("Taken back by its author.")
    if state is PostState.REMOVED:
        if not reason:
            return _("Removed by a facilitator.")
        return _("Removed by a facilitator: %(reason)s", reason=reason)
    return ""


def comment_ref(thread_id: int, number: int, name: str = "") -> PostRef:
    return PostRef(number, comment_path(thread_id, number), name)
