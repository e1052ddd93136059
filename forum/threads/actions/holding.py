"""What a text comes to as it is written: it stands, it is covered, it waits, or it is given back.

Asked after a post is written, in the same transaction, because only then it is known how it reads.
"""

from dataclasses import dataclass, replace

from forum.cases import actions as cases
from forum.cases.actions import Subject
from forum.cases.models import Lane, SubjectKind
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.markup import spoken
from forum.posts.models import NOTE_LENGTH, Post, PostState
from forum.safety.models import WordAction
from forum.safety.queries import Fired, found_in, watched_in
from forum.safety.signs import has_link, has_phone
from forum.sanctions.policy import held_by_sanction
from forum.spaces import policy as spaces
from forum.spaces.policy import SpaceAccess
from forum.threads.actions.reviewing import stand, standing
from forum.threads.models import Thread
from forum.threads.queries.trust import let_through

SANCTION, WORD, FIRST_POST, LINK, PHONE = "sanction", "word", "first_post", "link", "phone"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Why a text waits ("" when it stands), and the watched words that asked for a look."""

    cause: str = ""
    words: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        return bool(self.cause)


STANDS = Judgement()


def all_said(post: Post, title: str = "") -> str:
    """Everything in a post that words are watched for in: as it was written, and as it reads."""
    parts = (title, post.question, post.content_note, post.source, spoken(post.html))
    return "\n".join(filter(None, parts))


def judge(
    actor: Actor, access: SpaceAccess, post: Post, said: str, *, before: str | None = None
) -> Judgement:
    """Look at what was written; Invalid when a watched word gives it back.

    Those who run the space are trusted: their words are covered at most. `before` is what an
    edited post said: words that it had already were looked at then. At most two statements.
    """
    fired = found_in(said, watched_in(access.space_id))
    if before is not None and fired:
        known = {one.id for one in found_in(before, fired)}
        fired = tuple(one for one in fired if one.id not in known)
    cover = _first(fired, WordAction.COVER)
    if cover is not None and not post.content_note:
        post.content_note = cover.message[:NOTE_LENGTH]
    if spaces.may_facilitate(actor, access):
        return STANDS
    refusal = _first(fired, WordAction.REFUSE)
    if refusal is not None:
        raise Invalid(refusal.message, "source")
    if post.state is PostState.WAITING:
        return STANDS  # it waits already
    words = tuple(one.phrase for one in fired if one.action in {WordAction.HOLD, WordAction.ALERT})
    return Judgement(_cause(actor, access, post, said, fired, is_edit=before is not None), words)


def check_words(actor: Actor, access: SpaceAccess, said: str, field: str) -> None:
    """Give back what stands under a post and cannot wait, when a watched word asks for a look.

    Raises Invalid beside this field. Those who run the space are trusted. One statement.
    """
    if not said or spaces.may_facilitate(actor, access):
        return
    fired = found_in(said, watched_in(access.space_id))
    refusal = _first(fired, WordAction.REFUSE)
    if refusal is not None:
        raise Invalid(refusal.message, field)
    if _first(fired, WordAction.HOLD) is not None:
        raise Invalid(
            _(
                "There is a word in this that is looked at first in this space. Please write it as"
                " a comment, where it can wait for that, or say it in other words."
            ),
            field,
        )


def _cause(
    actor: Actor,
    access: SpaceAccess,
    post: Post,
    said: str,
    fired: tuple[Fired, ...],
    *,
    is_edit: bool,
) -> str:
    if held_by_sanction(actor, access.space_id):
        return SANCTION
    if _first(fired, WordAction.HOLD) is not None:
        return WORD
    sign = LINK if has_link(said) else PHONE if has_phone(said) else ""
    first_count = 0 if is_edit else access.hold_first
    if not sign and not first_count:
        return ""
    trust = let_through(post, access.space_id, first_count)
    if trust.here < first_count:
        return FIRST_POST
    return "" if trust.anywhere else sign


def _first(fired: tuple[Fired, ...], action: WordAction) -> Fired | None:
    return next((one for one in fired if one.action is action), None)


def hold_back(post: Post, judgement: Judgement, space_id: int) -> None:
    """Let a post that was written just now wait; nobody but its author has seen it."""
    post.state = PostState.WAITING
    if post.number == 0:
        thread = db.session.get_one(Thread, post.thread_id)
        thread.deleted_at = clock.now()
    _open_case(post, judgement, space_id, Lane.WAITING)


def hold_edited(thread: Thread, post: Post, judgement: Judgement) -> None:
    """Take a post out of sight that an edit has made one to look at."""
    _open_case(post, judgement, thread.space_id, Lane.WAITING)
    wanted = replace(standing(thread, post), state=PostState.WAITING, reason="")
    stand(thread, post, wanted)


def alert(post: Post, judgement: Judgement, space_id: int) -> None:
    """Open a case for a post that stands, when a watched word asks for it."""
    if judgement.words and not judgement.waits:
        _open_case(post, replace(judgement, cause=WORD), space_id, Lane.RULES)


def _open_case(post: Post, judgement: Judgement, space_id: int, lane: Lane) -> None:
    subject = Subject(SubjectKind.POST, post.id, post.revision, space_id, post.author_id)
    case = cases.open_case(subject, lane, cause=judgement.cause)
    if judgement.words:
        cases.add_event(case, None, "words", note=", ".join(judgement.words))
