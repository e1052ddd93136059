"""What facilitators do with threads and comments: each with a reason, each in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.audit.actions import record
from forum.cases import actions as cases
from forum.cases.models import SubjectKind
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _
from forum.core.links import comment_path
from forum.core.text import scrub_line, slug
from forum.index.actions import remove_comments
from forum.notifications.actions import notify
from forum.posts import actions as posts
from forum.posts import paths
from forum.posts import policy as post_policy
from forum.posts.models import Post, PostState
from forum.spaces import policy as space_policy
from forum.spaces.models import Visibility
from forum.spaces.policy import role_in
from forum.spaces.queries import get_access
from forum.threads import policy
from forum.threads.actions.counting import (
    hold,
    next_numbers,
    open_questions_of,
    recount,
    recount_after_move,
    touch,
)
from forum.threads.actions.reviewing import make_stale, quoted_anew
from forum.threads.actions.tagging import put_tags
from forum.threads.actions.writing import Written, checked_note, checked_title
from forum.threads.effects import index_posts, index_thread
from forum.threads.models import (
    MovedPost,
    Reading,
    TagSuggestion,
    Thread,
    ThreadKind,
    ThreadTag,
)
from forum.threads.queries import get_comment, post_facts, quotes_from_elsewhere
from forum.threads.rows import Head

REASON_LENGTH = 500

# What cases can be about and hangs on a thread; some of it is above this package.
_NOTE = sa.table("context_note", sa.column("id"), sa.column("post_id"))
_OF_THREADS = {
    SubjectKind.SUGGESTION: TagSuggestion.__table__,
    SubjectKind.CLAIM: sa.table("service_claim", sa.column("id"), sa.column("thread_id")),
    SubjectKind.ANSWER: sa.table("answer", sa.column("id"), sa.column("thread_id")),
}

_FOLLOW_ALONG = sa.text(
    "INSERT INTO reading (user_id, thread_id, read_to, attention)"
    " SELECT user_id, :target, 0, attention FROM reading"
    " WHERE thread_id = :source AND attention = 'follow'"
    " ON CONFLICT (user_id, thread_id) DO UPDATE SET attention = excluded.attention"
    " WHERE reading.attention IS NULL"
)


@dataclass(frozen=True, slots=True)
class SplitDraft:
    """A thread made of a comment and everything below it."""

    title: str
    tags: tuple[str, ...]
    reason: str


def pin_thread(actor: Actor, thread_id: int) -> None:
    """Keep a thread at the top of its space."""
    _set_pin(actor, thread_id, is_pinned=True)


def unpin_thread(actor: Actor, thread_id: int) -> None:
    _set_pin(actor, thread_id, is_pinned=False)


def _set_pin(actor: Actor, thread_id: int, *, is_pinned: bool) -> None:
    head, thread = _held(actor, thread_id)
    if head.is_pinned is is_pinned:
        return
    thread.is_pinned = is_pinned
    record(
        actor.id, "thread.pin" if is_pinned else "thread.unpin", "thread", thread_id,
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    touch(thread_id)


def close_thread(actor: Actor, thread_id: int, reason: str) -> None:
    """Let nobody comment any more; the reason stands on the page."""
    reason = _checked_reason(reason)
    head, thread = _held(actor, thread_id)
    if head.is_closed:
        raise Conflict(_("This thread was closed in the meantime."))
    thread.closed_at = clock.now()
    thread.closed_reason = reason
    record(
        actor.id, "thread.close", "thread", thread_id,
        reason=reason, role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    touch(thread_id)


def reopen_thread(actor: Actor, thread_id: int) -> None:
    head, thread = _held(actor, thread_id)
    if not head.is_closed:
        return
    thread.closed_at = None
    thread.closed_reason = ""
    record(
        actor.id, "thread.reopen", "thread", thread_id,
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    touch(thread_id)


def delete_thread(actor: Actor, thread_id: int, reason: str = "") -> None:
    """Take a thread out of every list: one's own, or somebody's with a reason.

    Where others answered, their comments stay under a stub; it can be restored.
    """
    (head,) = hold(actor, thread_id)
    policy.may_delete(actor, head.facts).enforce()
    is_own = head.author_id == actor.id
    reason = scrub_line(reason)[:REASON_LENGTH] if is_own else _checked_reason(reason)
    thread = db.session.get_one(Thread, thread_id)
    thread.deleted_at = clock.now()
    thread.deleted_by_id = actor.id
    thread.deleted_reason = "" if is_own else reason
    if not is_own:
        record(
            actor.id, "thread.remove", "thread", thread_id,
            reason=reason, role=role_in(actor, head.access), space_id=head.space_id,
        )  # fmt: skip
    index_thread(thread_id)
    touch(thread_id)


def restore_thread(actor: Actor, thread_id: int) -> None:
    """Bring a thread back; what a facilitator took out, only facilitators bring back."""
    (head,) = hold(actor, thread_id)
    policy.may_restore(actor, head.facts).enforce()
    thread = db.session.get_one(Thread, thread_id)
    if thread.deleted_by_id != actor.id:
        policy.may_arrange(actor, head.facts).enforce()
        record(
            actor.id, "thread.restore", "thread", thread_id,
            role=role_in(actor, head.access), space_id=head.space_id,
        )  # fmt: skip
    if head.opening_state is PostState.WITHDRAWN:
        raise Conflict(_("The words were taken back for good, so there is nothing to restore."))
    thread.deleted_at = None
    thread.deleted_by_id = None
    thread.deleted_reason = ""
    index_thread(thread_id)
    touch(thread_id)


def remove_comment(actor: Actor, thread_id: int, number: int, reason: str) -> None:
    """Take somebody's comment out of sight, with a reason that stands in its place."""
    reason = _checked_reason(reason)
    hold(actor, thread_id)
    head, post = get_comment(actor, thread_id, number, for_update=True)
    post_policy.may_remove(actor, post_facts(head, post)).enforce()
    posts.remove(post, reason)
    open_questions_of(post)
    quoters = quoted_anew(post)
    record(
        actor.id, "post.remove", "post", post.id,
        reason=reason, role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    index_posts(post.id, *quoters)
    recount(thread_id)
    make_stale(head.id, *quoters)


def note_post(actor: Actor, thread_id: int, number: int, note: str, reason: str) -> None:
    """Put a content note before somebody's words, or another one; the author is told why."""
    reason = _checked_reason(reason)
    note = checked_note(note)
    if not note:
        raise Invalid(_("Please write the content note."), "content_note")
    hold(actor, thread_id)
    head, post = get_comment(actor, thread_id, number, for_update=True)
    post_policy.may_note(actor, post_facts(head, post)).enforce()
    before = post.content_note
    if before == note:
        return
    post.content_note = note
    index_posts(post.id)
    if post.author_id is not None and post.author_id != actor.id:
        path = comment_path(thread_id, number)
        notify([post.author_id], "post.noted", "post", post.id, path=path, values={"why": reason})
    record(
        actor.id, "post.note", "post", post.id,
        before={"content_note": before}, after={"content_note": note}, reason=reason,
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    touch(thread_id)


def restore_comment(actor: Actor, thread_id: int, number: int) -> None:
    hold(actor, thread_id)
    head, post = get_comment(actor, thread_id, number, for_update=True)
    post_policy.may_restore(actor, post_facts(head, post)).enforce()
    posts.restore(post)
    quoters = quoted_anew(post)
    record(
        actor.id, "post.restore", "post", post.id,
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    index_posts(post.id, *quoters)
    recount(thread_id)
    make_stale(head.id, *quoters)


def move_thread(actor: Actor, thread_id: int, space_id: int, reason: str) -> None:
    """Put a thread into another space; the actor facilitates both.

    Into a space that more people read, only moderators move it, as with opening a space.
    """
    reason = _checked_reason(reason)
    head, thread = _held(actor, thread_id)
    target = get_access(actor, space_id)
    space_policy.may_facilitate(actor, target).enforce()
    space_policy.may_change_visibility(actor, head.access, target.visibility).enforce()
    if head.space_id == space_id:
        raise Invalid(_("The thread is in this space already."), "space")
    if head.kind is ThreadKind.PROPOSAL and quotes_from_elsewhere(thread_id, target):
        raise Invalid(
            _(
                "This proposal quotes a comment that fewer people can read than this space."
                " Please take the quote out first."
            ),
            "space",
        )
    thread.space_id = space_id
    thread.is_pinned = False
    _move_cases(thread_id, space_id)
    record(
        actor.id, "thread.move", "thread", thread_id,
        before={"space": head.space_id}, after={"space": space_id}, reason=reason,
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    touch(thread_id)


def merge_threads(actor: Actor, thread_id: int, into_id: int, reason: str) -> Written:
    """Append a thread to another: its opening becomes a comment there, its comments the replies.

    Every old link leads to the new place.
    """
    reason = _checked_reason(reason)
    if thread_id == into_id:
        raise Invalid(_("A thread cannot be merged into itself."), "into")
    source, target = hold(actor, thread_id, into_id)
    if source.kind is ThreadKind.PROPOSAL:
        policy.may_arrange(actor, source.facts).enforce()
        raise Invalid(
            _("A proposal is not merged into a thread: retire it in favour of another instead."),
            "into",
        )
    for head in (source, target):
        policy.may_arrange(actor, head.facts).enforce()
        if head.is_deleted:
            raise Conflict(_("One of the threads was taken back."))
    if not _have_the_same_readers(source, target):
        raise Invalid(
            _(
                "These threads are open to different people. Please move one to the other's space"
                " first, so that this is a step of its own."
            ),
            "into",
        )
    moved = _posts_below(thread_id, "")
    opening = moved[0]
    _relocate(moved, into_id, as_opening=False)
    if opening.question:
        opening.source = f"{opening.source}\n\n**{opening.question}**".strip()
        opening.question = ""
        posts.rerender(opening)
    thread = db.session.get_one(Thread, thread_id)
    thread.merged_into_id = into_id
    thread.closed_at = thread.closed_at or clock.now()
    thread.is_pinned = False
    db.session.execute(sa.delete(ThreadTag).where(ThreadTag.thread_id == thread_id))
    db.session.execute(_FOLLOW_ALONG, {"source": thread_id, "target": into_id})
    db.session.execute(sa.delete(Reading).where(Reading.thread_id == thread_id))
    index_thread(thread_id)
    index_posts(opening.id, *(post.id for post in moved))
    recount_after_move(into_id)
    recount(thread_id)
    if target.space_id != source.space_id:
        _move_cases(into_id, target.space_id)
    record(
        actor.id, "thread.merge", "thread", thread_id,
        after={"into": into_id, "as": opening.number}, reason=reason,
        role=role_in(actor, source.access), space_id=source.space_id,
    )  # fmt: skip
    touch(thread_id, into_id)
    return Written(into_id, opening.number)


def split_comments(actor: Actor, thread_id: int, number: int, draft: SplitDraft) -> Written:
    """Make a comment and everything below it a thread of its own, in the same space."""
    reason = _checked_reason(draft.reason)
    title = checked_title(draft.title)
    (head,) = hold(actor, thread_id)
    policy.may_arrange(actor, head.facts).enforce()
    _head, root = get_comment(actor, thread_id, number, for_update=True)
    if root.number == 0 or root.state is not PostState.PUBLISHED:
        raise Conflict(_("This comment cannot open a thread: it was taken back or removed."))
    moved = _with_replies_beside(_posts_below(thread_id, root.path))
    thread = Thread(
        space_id=head.space_id,
        kind=ThreadKind.DISCUSSION,
        title=title,
        slug=slug(title),
        author_id=root.author_id,
        created_at=root.created_at,
        last_activity_at=root.created_at,
        last_author_id=root.author_id,
    )
    db.session.add(thread)
    db.session.flush()  # its posts and tags need the thread's id
    put_tags(thread.id, draft.tags)
    _relocate(moved, thread.id, as_opening=True)
    remove_comments([root.id])
    index_posts(root.id)
    recount_after_move(thread_id)
    recount_after_move(thread.id)
    record(
        actor.id, "thread.split", "thread", thread_id,
        before={"number": number}, after={"thread": thread.id}, reason=reason,
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    touch(thread_id, thread.id)
    return Written(thread.id, 0)


def _held(actor: Actor, thread_id: int) -> tuple[Head, Thread]:
    (head,) = hold(actor, thread_id)
    policy.may_arrange(actor, head.facts).enforce()
    return head, db.session.get_one(Thread, thread_id)


def _move_cases(thread_id: int, space_id: int) -> None:
    """Whoever runs the space where a thread is now answers for the cases about what is in it."""
    posted = sa.select(Post.id).where(Post.thread_id == thread_id)
    cases.moved(SubjectKind.POST, posted, space_id)
    noted = sa.select(_NOTE.c.id).where(_NOTE.c.post_id.in_(posted))
    cases.moved(SubjectKind.CONTEXT_NOTE, noted, space_id)
    for kind, table in _OF_THREADS.items():
        cases.moved(kind, sa.select(table.c.id).where(table.c.thread_id == thread_id), space_id)


def _checked_reason(reason: str) -> str:
    reason = scrub_line(reason)
    if not reason:
        raise Invalid(_("Please say why, in a few words that the author can read."), "reason")
    if len(reason) > REASON_LENGTH:
        raise Invalid(
            _(
                "Please keep the reason under %(reason_length)s characters.",
                reason_length=REASON_LENGTH,
            ),
            "reason",
        )
    return reason


def _have_the_same_readers(one: Head, other: Head) -> bool:
    """Whether two threads are open to the same people; two private spaces never surely are."""
    if one.space_id == other.space_id:
        return True
    visibility = one.access.visibility
    return visibility is other.access.visibility and visibility is not Visibility.PRIVATE


def _posts_below(thread_id: int, path: str) -> list[Post]:
    """A post and everything below it, in the order of the tree."""
    statement = sa.select(Post).where(Post.thread_id == thread_id)
    if path:
        statement = statement.where(Post.path >= path, Post.path < path + paths.AFTER_ALL)
    return list(db.session.scalars(statement.order_by(Post.path, Post.number).with_for_update()))


def _with_replies_beside(moved: list[Post]) -> list[Post]:
    """A branch with the replies that stand beside what they answer, for want of depth."""
    deepest = [post.id for post in moved if post.depth == paths.DEEPEST]
    while deepest:
        beside = db.session.scalars(
            sa.select(Post)
            .where(
                Post.parent_id.in_(deepest),
                Post.thread_id == moved[0].thread_id,
                Post.id.not_in([post.id for post in moved]),
            )
            .order_by(Post.number)
            .with_for_update()
        ).all()
        moved += beside
        deepest = [post.id for post in beside]
    return moved


def _parents_first(moved: Sequence[Post]) -> list[Post]:
    """The same posts, each after the one that it answers."""
    ids = {post.id for post in moved}
    replies: dict[int | None, list[Post]] = {}
    for post in moved:
        replies.setdefault(post.parent_id if post.parent_id in ids else None, []).append(post)
    found = list(replies[None])
    for post in found:  # grows while it is walked
        found += replies.get(post.id, ())
    return found


def _relocate(moved: Sequence[Post], thread_id: int, *, as_opening: bool) -> None:
    """Give posts new numbers and paths in another thread, and remember where each was.

    The first one becomes the opening there, or a comment; what answered its thread answers it.
    Where the tree would grow too deep, a reply goes beside what it answers. Numbers follow the
    order in which the posts were written.
    """
    first = moved[0]
    old_places = [(post.thread_id, post.number, post.id) for post in moved]
    in_time = sorted(moved, key=lambda post: (post is not first, post.created_at, post.number))
    given = next_numbers(thread_id, len(moved) - as_opening)
    new_numbers = [0, *given] if as_opening else given
    numbers = {post.id: number for post, number in zip(in_time, new_numbers, strict=True)}
    new_paths: dict[int, str] = {}
    for post in _parents_first(moved):
        number = numbers[post.id]
        if post is first:
            path = "" if as_opening else paths.below("", number)
            post.parent_id = None
        else:
            parent_id = post.parent_id if post.parent_id in new_paths else first.id
            path = paths.below(paths.shallow(new_paths[parent_id]), number)
            post.parent_id = None if as_opening and parent_id == first.id else parent_id
        new_paths[post.id] = path
        post.thread_id, post.number = thread_id, number
        post.path, post.depth = path, paths.depth(path)
    if as_opening:
        first.is_question = False
        first.answer_id = None
    db.session.flush()  # what follows reads the rows
    _remember(old_places)
    _part_answers(old_places[0][0], thread_id)


def _remember(places: Sequence[tuple[int, int, int]]) -> None:
    db.session.execute(
        sa.insert(MovedPost),
        [
            {"thread_id": thread_id, "number": number, "post_id": post_id}
            for thread_id, number, post_id in places
        ],
    )


def _part_answers(*thread_ids: int) -> None:
    """A question whose answer is in another thread by now is open again."""
    answer = aliased(Post)
    db.session.execute(
        sa.update(Post)
        .where(
            Post.thread_id.in_(thread_ids),
            sa.exists().where(answer.id == Post.answer_id, answer.thread_id != Post.thread_id),
        )
        .values(answer_id=None)
        .execution_options(synchronize_session=False)
    )
