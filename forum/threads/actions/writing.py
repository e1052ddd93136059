"""Starting threads, commenting, editing, and taking one's words back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import sqlalchemy as sa

from forum.accounts.models import User
from forum.badges.queries import holds
from forum.cases import actions as cases
from forum.cases.models import SubjectKind
from forum.core import clock
from forum.core.actor import SLOW_MINUTES, Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, TooMany
from forum.core.i18n import _, language
from forum.core.markup import spoken
from forum.core.moments import moment
from forum.core.text import scrub, scrub_line, slug
from forum.drafts import actions as drafts
from forum.index.actions import put_comments
from forum.posts import actions as posts
from forum.posts import paths
from forum.posts import policy as post_policy
from forum.posts import queries as post_queries
from forum.posts.actions import Limits, Origin, Place, Text
from forum.posts.models import NOTE_LENGTH, Bearing, Post, PostState
from forum.sanctions.policy import slowed
from forum.spaces.queries import get_access
from forum.threads import policy
from forum.threads.actions import holding
from forum.threads.actions.counting import (
    add_to_counts,
    hold,
    lock,
    next_number,
    open_questions_of,
    recount,
    touch,
)
from forum.threads.actions.slowing import check_speed
from forum.threads.actions.tagging import put_tags
from forum.threads.effects import index_posts, index_thread
from forum.threads.models import Reading, Thread, ThreadKind
from forum.threads.queries import find_latest, get_comment, post_facts
from forum.threads.rows import Head

TITLE_LENGTHS = (3, 150)
QUESTION_LENGTH = 500
WORN = -1  # in place of a badge's id: the one that the opening wears, if it does
TITLE_TAKEN_BACK = "Taken back by its author"


@dataclass(frozen=True, slots=True)
class ThreadDraft:
    """A thread to start; `tags` are slugs or words of the vocabulary, one to five."""

    space_id: int
    kind: ThreadKind
    title: str
    source: str
    tags: tuple[str, ...]
    question: str = ""
    submit_key: str | None = None
    language: str | None = None  # of the text; None: nobody said
    content_note: str = ""
    draft_id: int | None = None
    badge_id: int | None = None  # of the author, to be worn with it
    written_in_id: int | None = None  # the thread whose comments `#7` means; None: its own


@dataclass(frozen=True, slots=True)
class OpeningDraft:
    """A new text for an opening; `revision` is the one that the author was looking at."""

    title: str
    source: str
    revision: int
    question: str = ""
    language: str | None = None
    content_note: str = ""
    badge_id: int | None = WORN


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A comment to add; `reply_to` 0 answers the thread itself.

    `badge_id` and `bearing` are chosen anew when it is edited.
    """

    source: str
    reply_to: int = 0
    is_question: bool = False
    submit_key: str | None = None
    language: str | None = None
    content_note: str = ""
    badge_id: int | None = None
    bearing: Bearing | None = None  # only in a thread that proposes something


@dataclass(frozen=True, slots=True)
class Written:
    """Where a post is: number 0 is a thread's opening."""

    thread_id: int
    number: int
    waits: bool = False  # for a review: nobody but the author and the reviewers sees it


def start_thread(
    actor: Actor,
    draft: ThreadDraft,
    limits: Limits,
    *,
    beside: Callable[[int], None] | None = None,
) -> Written:
    """Open a thread; the same form sent twice opens one.

    `beside` adds what a thread of some kind has beside its posts: it is given the new thread's id
    once the posts are there, and not called where nothing is opened.
    """
    access = get_access(actor, draft.space_id)
    policy.may_start(actor, access, draft.kind).enforce()
    hold_writer(actor)
    existing = _already(actor, draft.submit_key)
    if existing is not None:
        return existing
    posts.check_pace(actor, limits)
    _check_slow(actor, draft.space_id)
    now = clock.now()
    thread = Thread(
        space_id=draft.space_id,
        kind=draft.kind,
        title=checked_title(draft.title),
        slug="",
        author_id=member_id(actor),
        created_at=now,
        last_activity_at=now,
        last_author_id=member_id(actor),
    )
    thread.slug = slug(thread.title)
    db.session.add(thread)
    db.session.flush()  # its posts and tags need the thread's id
    put_tags(thread.id, draft.tags, draft.kind)
    opening = posts.write(
        Place(thread.id, 0, "", 0, written_in_id=draft.written_in_id),
        Origin(actor.id, now),
        Text(
            _checked_source(draft.source, draft.kind),
            _checked_question(draft.question, draft.kind),
            submit_key=draft.submit_key,
            language=draft.language,
            content_note=checked_note(draft.content_note),
            badge_id=_checked_badge(actor, draft.badge_id),
        ),
    )
    db.session.add(Reading(user_id=member_id(actor), thread_id=thread.id, at=now))
    if draft.draft_id is not None:
        drafts.drop_thread(actor, draft.draft_id)
    if beside is not None:
        beside(thread.id)
    said = holding.all_said(opening, thread.title)
    judgement = holding.judge(actor, access, opening, said)
    if judgement.waits:
        holding.hold_back(opening, judgement, draft.space_id)
        return Written(thread.id, 0, waits=True)
    holding.alert(opening, judgement, draft.space_id)
    index_posts(opening.id)
    touch(thread.id)
    return Written(thread.id, 0)


def add_comment(actor: Actor, thread_id: int, draft: CommentDraft, limits: Limits) -> Written:
    """Add a comment; the same form sent twice adds one."""
    hold_writer(actor)
    existing = _already(actor, draft.submit_key)
    if existing is not None:
        return existing
    (head,) = hold(actor, thread_id)
    policy.may_comment(actor, head.facts).enforce()
    parent = _parent(actor, thread_id, draft.reply_to)
    posts.check_pace(actor, limits)
    _check_slow(actor, head.access.space_id)
    check_speed(actor, head, parent)
    now = clock.now()
    number = next_number(thread_id)
    path = paths.below(parent.path if parent else "", number)
    post = posts.write(
        Place(thread_id, number, path, paths.depth(path), parent.id if parent else None),
        Origin(actor.id, now),
        Text(
            _checked_source(draft.source),
            is_question=draft.is_question,
            submit_key=draft.submit_key,
            content_note=checked_note(draft.content_note),
            language=draft.language,
            badge_id=_checked_badge(actor, draft.badge_id),
            bearing=checked_bearing(head, draft.bearing),
        ),
    )
    _read_own(actor, thread_id, number)
    drafts.drop_reply(actor, thread_id, draft.reply_to)
    said = holding.all_said(post)
    judgement = holding.judge(actor, head.access, post, said)
    if judgement.waits:
        holding.hold_back(post, judgement, head.space_id)
        return Written(thread_id, number, waits=True)
    holding.alert(post, judgement, head.space_id)
    add_to_counts(thread_id, comments=1, questions=1 if draft.is_question else 0)
    db.session.execute(
        sa.update(Thread)
        .where(Thread.id == thread_id)
        .values(last_activity_at=now, last_author_id=actor.id)
        .execution_options(synchronize_session=False)
    )
    put_comments([(post.id, spoken(post.html))])  # without asking: who comments here can be found
    touch(thread_id)
    return Written(thread_id, number)


def edit_comment(
    actor: Actor, thread_id: int, number: int, draft: CommentDraft, *, revision: int, limits: Limits
) -> Written:
    """Change the words of one's own comment; raises Conflict when another edit came first."""
    hold(actor, thread_id)
    head, post = get_comment(actor, thread_id, number, for_update=True)
    post_policy.may_edit(actor, post_facts(head, post)).enforce()
    text = Text(
        _checked_source(draft.source),
        language=draft.language,
        content_note=checked_note(draft.content_note),
        badge_id=_checked_badge(actor, draft.badge_id, worn=post.badge_id),
        bearing=checked_bearing(head, draft.bearing),
    )
    before = holding.all_said(post)
    posts.rewrite(post, text, revision=revision, grace=limits.grace)
    if post.revision != revision:
        is_waiting = post.state is PostState.WAITING
        cases.edited(SubjectKind.POST, post.id, actor.id, is_waiting=is_waiting)
    judgement = holding.judge(actor, head.access, post, holding.all_said(post), before=before)
    if judgement.waits:
        holding.hold_edited(db.session.get_one(Thread, thread_id), post, judgement)
        return Written(thread_id, number, waits=True)
    holding.alert(post, judgement, head.space_id)
    index_posts(post.id)
    touch(thread_id, lists=False)
    return Written(thread_id, number)


def edit_opening(actor: Actor, thread_id: int, draft: OpeningDraft, limits: Limits) -> Written:
    """Change title, text or question of one's own thread; raises Conflict as edit_comment."""
    hold(actor, thread_id)
    head, post = get_comment(actor, thread_id, 0, for_update=True)
    post_policy.may_edit(actor, post_facts(head, post)).enforce()
    return rewrite_opening(actor, head, post, draft, limits)


def rewrite_opening(
    actor: Actor, head: Head, post: Post, draft: OpeningDraft, limits: Limits
) -> Written:
    """The same, of an opening that the caller has locked and knows that the actor may change."""
    thread_id = head.id
    thread = db.session.get_one(Thread, thread_id)
    title = checked_title(draft.title)
    text = Text(
        _checked_source(draft.source, head.kind),
        _checked_question(draft.question, head.kind),
        language=draft.language,
        content_note=checked_note(draft.content_note),
        badge_id=_checked_badge(actor, draft.badge_id, worn=post.badge_id),
    )
    before = holding.all_said(post, thread.title)
    posts.rewrite(
        post,
        text,
        revision=draft.revision,
        grace=limits.grace,
        title=thread.title if title != thread.title else "",
    )
    thread.title = title
    thread.slug = slug(title)
    if post.revision != draft.revision:
        is_waiting = post.state is PostState.WAITING
        cases.edited(SubjectKind.POST, post.id, actor.id, is_waiting=is_waiting)
    said = holding.all_said(post, title)
    judgement = holding.judge(actor, head.access, post, said, before=before)
    if judgement.waits:
        holding.hold_edited(thread, post, judgement)
        return Written(thread_id, 0, waits=True)
    holding.alert(post, judgement, head.space_id)
    index_posts(post.id)
    touch(thread_id)
    return Written(thread_id, 0)


def take_back(actor: Actor, thread_id: int, number: int) -> None:
    """Take one's own words back for good; a short note and the replies stay."""
    hold(actor, thread_id)
    head, post = get_comment(actor, thread_id, number, for_update=True)
    post_policy.may_withdraw(actor, post_facts(head, post)).enforce()
    changed = _withdraw(post)
    if number == 0:
        thread = _forget_title(thread_id)
        if head.waits and head.comment_count:  # what others said is theirs, and goes on
            thread.deleted_at = None
            index_thread(thread_id)
    cases.taken_back(SubjectKind.POST, post.id, actor.id)
    index_posts(post.id, *changed)
    recount(thread_id)
    touch(thread_id, *changed.values())


def take_all_back(actor: Actor) -> None:
    """Take back every post of somebody who leaves; called with the deletion of the account."""
    changed: dict[int, int] = {}  # threads by post
    lock(*post_queries.threads_of(member_id(actor)))
    for post in post_queries.posts_of(member_id(actor)):
        changed.update({**_withdraw(post), post.id: post.thread_id})
        if post.number == 0:
            thread = _forget_title(post.thread_id)
            thread.deleted_at = thread.deleted_at or clock.now()
            index_thread(post.thread_id)
    cases.all_taken_back(SubjectKind.POST, member_id(actor))
    index_posts(*changed)
    touched = set(changed.values())
    for thread_id in sorted(touched):
        recount(thread_id)
    if touched:
        touch(*touched)


def checked_title(title: str) -> str:
    title = scrub_line(title)
    shortest, longest = TITLE_LENGTHS
    if not shortest <= len(title) <= longest:
        raise Invalid(
            _(
                "Please give a title of %(shortest)s to %(longest)s characters.",
                shortest=shortest,
                longest=longest,
            ),
            "title",
        )
    return title


def checked_bearing(head: Head, bearing: Bearing | None) -> Bearing | None:
    """How a comment bears on a proposal; Invalid in a thread that proposes nothing."""
    if bearing is not None and head.kind is not ThreadKind.PROPOSAL:
        raise Invalid(_("Only comments on a proposal support or oppose it."), "bearing")
    return bearing


def _checked_badge(actor: Actor, badge_id: int | None, *, worn: int | None = None) -> int | None:
    """The badge to wear: one's own that is in force, or the one that the post wears already."""
    if badge_id == WORN:
        return worn
    if badge_id is None or badge_id == worn or holds(actor, badge_id):
        return badge_id
    raise Invalid(_("This badge is not yours to wear, or it has ended."), "badge")


def _withdraw(post: Post) -> dict[int, int]:
    """Withdraw a post; returns the posts that quoted it and so have changed, with their threads."""
    open_questions_of(post)
    return {quoter.id: quoter.thread_id for quoter in posts.withdraw(post)}


def _forget_title(thread_id: int) -> Thread:
    """The title is the author's own words as well."""
    thread = db.session.get_one(Thread, thread_id)
    thread.title = TITLE_TAKEN_BACK
    thread.slug = slug(thread.title)
    return thread


def hold_writer(actor: Actor) -> None:
    """One post of a member at a time: two equal forms and the limit on posts depend on it."""
    # "Key share", because who mentions the member needs their row at the same time: with the full
    # lock, two people who name each other in one thread would wait for each other for good.
    db.session.execute(
        sa.select(User.id).where(User.id == member_id(actor)).with_for_update(key_share=True)
    )


def _check_slow(actor: Actor, space_id: int) -> None:
    """Raise TooMany, with the time to come back, when a sanction lets the actor write rarely."""
    slow = slowed(actor, space_id)
    if slow is None:
        return
    now, pause = clock.now(), timedelta(minutes=SLOW_MINUTES)
    latest = find_latest(member_id(actor), now - pause, space_id=slow.space_id)
    if latest is None:
        return
    back = latest + pause
    raise TooMany(
        _(
            "You can write one post every %(minutes)s minutes for now. You can post this at"
            " %(back)s; the text stays here. Your notifications say why.",
            minutes=SLOW_MINUTES,
            back=moment(back, actor.timezone, language()),
        ),
        retry_after=ceil((back - now).total_seconds()),
    )


def _already(actor: Actor, submit_key: str | None) -> Written | None:
    if not submit_key:
        return None
    post = post_queries.find_submitted(member_id(actor), submit_key)
    if post is None:
        return None
    return Written(post.thread_id, post.number, waits=post.state is PostState.WAITING)


def _parent(actor: Actor, thread_id: int, number: int) -> Post | None:
    """The comment to reply to; None for the thread itself."""
    if number == 0:
        return None
    head, parent = get_comment(actor, thread_id, number)
    if parent.state is not PostState.PUBLISHED:
        raise Conflict(
            _("The comment that you reply to was taken back or removed in the meantime.")
        )
    post_policy.may_reply(actor, post_facts(head, parent)).enforce()
    if parent.depth >= paths.DEEPEST:
        raise Invalid(
            _(
                "Replies go %(deepest)s levels deep, and this one would be deeper. Please "
                "answer the thread itself and quote what you mean.",
                deepest=paths.DEEPEST,
            ),
            "source",
        )
    return parent


def _checked_source(source: str, kind: ThreadKind = ThreadKind.DISCUSSION) -> str:
    source = scrub(source).strip("\n")
    if not source.strip() and kind is not ThreadKind.PROMPT:
        raise Invalid(_("Please write something first."), "source")
    return source


def _checked_question(question: str, kind: ThreadKind) -> str:
    if kind is not ThreadKind.PROMPT:
        return ""
    question = scrub_line(question)
    if not question:
        raise Invalid(_("A prompt asks a question. Please write it here."), "question")
    if len(question) > QUESTION_LENGTH:
        raise Invalid(
            _(
                "Please keep the question under %(question_length)s characters and put the rest"
                " into the background.",
                question_length=QUESTION_LENGTH,
            ),
            "question",
        )
    return question


def checked_note(note: str) -> str:
    note = scrub_line(note)
    if len(note) > NOTE_LENGTH:
        raise Invalid(
            _("Please keep the note under %(limit)s characters.", limit=NOTE_LENGTH),
            "content_note",
        )
    return note


def _read_own(actor: Actor, thread_id: int, number: int) -> None:
    """Whoever had read everything has still read everything after their own comment."""
    db.session.execute(
        sa.update(Reading)
        .where(
            Reading.user_id == actor.id,
            Reading.thread_id == thread_id,
            Reading.read_to == number - 1,
        )
        .values(read_to=number)
        .execution_options(synchronize_session=False)
    )
