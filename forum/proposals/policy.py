"""Who may do what with a proposal, and the written table of its states."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.posts import policy as posts
from forum.posts.models import PostState
from forum.posts.policy import PostFacts
from forum.proposals.models import LIVE, ClaimState, ProposalState
from forum.sanctions import policy as sanctions
from forum.spaces import policy as spaces
from forum.spaces.models import Visibility
from forum.spaces.policy import SpaceAccess
from forum.threads import policy as threads
from forum.threads.policy import ThreadFacts
from forum.threads.rows import Head


class Role(StrEnum):
    """In which role somebody changes a state."""

    AUTHOR = "author"  # or a co-author who accepted
    FACILITATOR = "facilitator"  # of the space
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True)
class SaidFacts:
    """What decides over a claim or an answer: whose it is, and whether others read it."""

    author_id: int | None
    is_there: bool


_S, _R = ProposalState, Role
_ALL = frozenset(Role)
_STAFF = frozenset({_R.FACILITATOR, _R.MODERATOR})
_AUTHORS = frozenset({_R.AUTHOR})

# Who may bring a proposal from one state into another; what is not here, nobody may by hand.
# A brief adopts, and retiring a proposal in favour of another merges: both have pages of their own.
TABLE: Mapping[tuple[ProposalState, ProposalState], frozenset[Role]] = {
    (_S.OPEN, _S.GATHERING): _ALL,
    (_S.OPEN, _S.REFINING): _ALL,
    (_S.OPEN, _S.EXISTS): _ALL,
    (_S.OPEN, _S.WITHDRAWN): _AUTHORS,
    (_S.GATHERING, _S.OPEN): _ALL,
    (_S.GATHERING, _S.REFINING): _ALL,
    (_S.GATHERING, _S.EXISTS): _ALL,
    (_S.GATHERING, _S.WITHDRAWN): _AUTHORS,
    (_S.REFINING, _S.OPEN): _ALL,
    (_S.REFINING, _S.GATHERING): _ALL,
    (_S.REFINING, _S.EXISTS): _ALL,
    (_S.REFINING, _S.WITHDRAWN): _AUTHORS,
    (_S.ADOPTED, _S.REFINING): _STAFF,
    (_S.ADOPTED, _S.EXISTS): _ALL,
    (_S.ADOPTED, _S.WITHDRAWN): _AUTHORS,
    (_S.EXISTS, _S.OPEN): _ALL,
    (_S.MERGED, _S.OPEN): _STAFF,
    (_S.WITHDRAWN, _S.OPEN): _AUTHORS,
}
BY_OTHER_MEANS = frozenset({_S.ADOPTED, _S.MERGED})

_SIGN_IN = refuse(lazy("Please sign in first."))
_NOT_AUTHOR = refuse(lazy("Only the authors of a proposal can do this."))
_GONE = refuse(lazy("This proposal is out of sight, so nothing about it changes for now."))
_CLOSED = refuse(lazy("This thread is closed, so nothing in it changes any more."))
_BRIEF = refuse(lazy("A proposal is adopted when a brief that it stands in is published."))
_RETIRE = refuse(
    lazy("To merge a proposal into another, retire it in favour of the other on its page.")
)
_OVER = refuse(lazy("This proposal is not open any more, so this cannot be said of it for now."))


def may_tend(actor: Actor, head: Head, authors: frozenset[int]) -> Verdict:
    """Change its text, answer what others say of it: its authors, while it is open to changes."""
    verdict = threads.may_see(actor, head.facts)
    if not verdict:
        return verdict
    if not actor.is_signed_in:
        return _SIGN_IN
    if actor.id not in authors:
        return _NOT_AUTHOR
    if head.is_deleted:
        return _GONE
    if head.is_closed:
        return _CLOSED
    return sanctions.may_write(actor, head.access.space_id)


def may_edit(actor: Actor, head: Head, post: PostFacts, authors: frozenset[int]) -> Verdict:
    """Edit the parts: its author as any post of theirs, co-authors while others read it."""
    if post.author_id is not None and post.author_id == actor.id:
        return posts.may_edit(actor, post)
    verdict = may_tend(actor, head, authors)
    if not verdict:
        return verdict
    return ALLOWED if post.state is PostState.PUBLISHED else _GONE


def roles_of(actor: Actor, head: Head, authors: frozenset[int]) -> frozenset[Role]:
    """The roles in which somebody may change states of this proposal now."""
    roles = set()
    if may_tend(actor, head, authors):
        roles.add(Role.AUTHOR)
    if not head.is_deleted and spaces.may_facilitate(actor, head.access):
        roles.add(Role.MODERATOR if actor.is_moderator else Role.FACILITATOR)
    return frozenset(roles)


def may_change_state(
    roles: frozenset[Role], before: ProposalState, after: ProposalState
) -> Verdict:
    """Whether somebody with these roles may bring it from one state into another."""
    if after in BY_OTHER_MEANS:
        return _BRIEF if after is ProposalState.ADOPTED else _RETIRE
    allowed = TABLE.get((before, after), frozenset())
    if roles & allowed:
        return ALLOWED
    if not roles:
        return refuse(lazy("Only its authors and facilitators can change the state of a proposal."))
    if allowed == _AUTHORS:
        return _NOT_AUTHOR
    if allowed:
        return refuse(lazy("Only facilitators and moderators can do this."))
    return refuse(lazy("A proposal cannot go from its present state into this one."))


def next_states(roles: frozenset[Role], state: ProposalState) -> tuple[ProposalState, ...]:
    """The states into which somebody with these roles may bring it from here."""
    return tuple(after for after in ProposalState if may_change_state(roles, state, after))


# Raising a proposal from a comment


def may_raise(actor: Actor, post: PostFacts) -> Verdict:
    """Make a comment that others can read a proposal: whoever may write somewhere at all."""
    verdict = posts.may_see(actor, post)
    if not verdict:
        return verdict
    if not actor.is_signed_in:
        return _SIGN_IN
    if post.number == 0:
        return refuse(lazy("A proposal is raised from a comment."))
    if post.state is not PostState.PUBLISHED:
        return refuse(lazy("These words were taken back or removed."))
    return ALLOWED


def may_raise_into(source: SpaceAccess, target: SpaceAccess) -> Verdict:
    """Whether a quote from one space may stand in another: it must reach nobody new."""
    is_wide = source.visibility is Visibility.PUBLIC
    is_as_wide = source.visibility is Visibility.MEMBERS and target.visibility is not (
        Visibility.PUBLIC
    )
    if source.space_id == target.space_id or is_wide or is_as_wide:
        return ALLOWED
    return refuse(
        lazy(
            "More people read this space than the one where the comment stands. Please choose"
            " the space of the comment."
        )
    )


# Co-authors


def may_invite(actor: Actor, head: Head, authors: frozenset[int]) -> Verdict:
    return may_tend(actor, head, authors)


def may_join(actor: Actor, head: Head) -> Verdict:
    """Accept an invitation: whoever may write there, while the proposal is in sight."""
    return _GONE if head.is_deleted else sanctions.may_write(actor, head.access.space_id)


# What exists already


def may_claim(actor: Actor, thread: ThreadFacts, state: ProposalState) -> Verdict:
    """Show a service that may be what is asked for: whoever may comment, while it is asked for."""
    verdict = threads.may_comment(actor, thread)
    if not verdict:
        return verdict
    return ALLOWED if state in LIVE else _OVER


def may_answer_claim(
    actor: Actor, head: Head, authors: frozenset[int], claim: ClaimState
) -> Verdict:
    verdict = may_tend(actor, head, authors)
    if not verdict:
        return verdict
    if claim is ClaimState.OPEN:
        return ALLOWED
    return refuse(lazy("This was answered or taken back in the meantime."))


# Answers


def may_answer(actor: Actor, head: Head, *, is_practitioner: bool) -> Verdict:
    """Answer a proposal as somebody who knows the field, or runs the space."""
    verdict = threads.may_see(actor, head.facts)
    if not verdict:
        return verdict
    if not actor.is_signed_in:
        return _SIGN_IN
    if not is_practitioner and not spaces.may_facilitate(actor, head.access):
        return refuse(lazy("Answers are given by practitioners and facilitators."))
    if head.is_deleted:
        return _GONE
    return sanctions.may_write(actor, head.access.space_id)


# What others say beside a proposal


def may_report(actor: Actor, head: Head, said: SaidFacts) -> Verdict:
    """Report a claim or an answer of somebody else, where one reads it."""
    verdict = threads.may_see(actor, head.facts)
    if not verdict:
        return verdict
    if not said.is_there or not head.has_opening:
        return HIDDEN
    if not actor.is_signed_in:
        return _SIGN_IN
    if said.author_id is not None and said.author_id == actor.id:
        return refuse(lazy("This is your own, so you cannot report it."))
    return ALLOWED
