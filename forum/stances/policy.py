"""Who may take part in the debate about a proposal, given what they may do in its thread."""

from dataclasses import dataclass

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.posts import policy as posts
from forum.posts.models import Bearing
from forum.posts.policy import PostFacts
from forum.proposals.models import LIVE, ProposalState
from forum.sanctions import policy as sanctions
from forum.spaces import policy as spaces
from forum.spaces.models import Visibility
from forum.threads import policy as threads
from forum.threads.models import ThreadKind
from forum.threads.policy import ThreadFacts


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What decisions about a debate depend on.

    `is_author` says that the actor is the proposal's author, or a co-author who accepted.
    """

    thread: ThreadFacts
    state: ProposalState
    is_author: bool
    hides_stances: bool = False


_SIGN_IN = refuse(lazy("Please sign in first."))
_OVER = refuse(
    lazy("This proposal is not open any more, so stances and conditions stay as they are.")
)
_OWN = refuse(
    lazy(
        "You wrote this proposal, or have a part in it, so your support goes without saying. The"
        " stances are those of everybody else."
    )
)
_NOT_AN_AUTHOR = refuse(lazy("Only the authors of a proposal answer its conditions."))
_NOT_TO_RETIRE = refuse(
    lazy("Only its authors, facilitators and moderators can retire a proposal.")
)
_OTHER_READERS = refuse(
    lazy(
        "Fewer people can read the other proposal than this one, so not everybody could follow."
        " Please choose one that the same people can read."
    )
)


def may_take_stance(actor: Actor, proposal: ProposalFacts) -> Verdict:
    """As whoever may comment, but for the authors; while the proposal is open."""
    verdict = threads.may_comment(actor, proposal.thread)
    if not verdict:
        return verdict
    if proposal.state not in LIVE:
        return _OVER
    return _OWN if proposal.is_author else ALLOWED


def may_withdraw_stance(actor: Actor, proposal: ProposalFacts) -> Verdict:
    """One's own stance can be withdrawn at any time, wherever the proposal can be seen."""
    verdict = threads.may_see(actor, proposal.thread)
    if not verdict:
        return verdict
    return ALLOWED if actor.is_signed_in else _SIGN_IN


def may_see_spread(actor: Actor, proposal: ProposalFacts, *, has_stance: bool) -> Verdict:
    """How stances are spread: in spaces that say so, only after taking one's own.

    Those who wrote the proposal take none, and those who run the space look after it.
    """
    if not proposal.hides_stances or has_stance or proposal.is_author:
        return ALLOWED
    return ALLOWED if spaces.may_facilitate(actor, proposal.thread.access) else HIDDEN


def may_answer_condition(actor: Actor, proposal: ProposalFacts) -> Verdict:
    """Adopt or decline what people ask for: the authors, while the proposal is open."""
    verdict = threads.may_see(actor, proposal.thread)
    if not verdict:
        return verdict
    if not proposal.is_author:
        return _NOT_AN_AUTHOR
    verdict = threads.may_comment(actor, proposal.thread)
    if not verdict:
        return verdict
    return ALLOWED if proposal.state in LIVE else _OVER


def may_remove_condition(actor: Actor, proposal: ProposalFacts) -> Verdict:
    """Take somebody's condition out of sight: facilitators and moderators."""
    return threads.may_arrange(actor, proposal.thread)


def may_retire(actor: Actor, proposal: ProposalFacts) -> Verdict:
    """Give a proposal up in favour of another: its authors, or those who run the space."""
    verdict = threads.may_see(actor, proposal.thread)
    if not verdict:
        return verdict
    runs = spaces.may_facilitate(actor, proposal.thread.access)
    if not (proposal.is_author or runs):
        return _NOT_TO_RETIRE
    if not runs and not (free := sanctions.may_write(actor, proposal.thread.access.space_id)):
        return free
    return ALLOWED if proposal.state in LIVE else _OVER


def may_lead_to(proposal: ProposalFacts, other: ProposalFacts) -> Verdict:
    """Whether whoever reads a proposal can read the other as well."""
    here, there = proposal.thread.access, other.thread.access
    if here.space_id == there.space_id or there.visibility is Visibility.PUBLIC:
        return ALLOWED
    is_for_members = there.visibility is Visibility.MEMBERS
    if is_for_members and here.visibility is not Visibility.PUBLIC:
        return ALLOWED
    return _OTHER_READERS


def may_adopt_point(
    actor: Actor, post: PostFacts, kind: ThreadKind, bearing: Bearing | None
) -> Verdict:
    """Make somebody else's comment a reason of one's own: as whoever may agree with it."""
    verdict = posts.may_agree(actor, post)
    if not verdict:
        return verdict
    if kind is ThreadKind.PROPOSAL and bearing is not None:
        return ALLOWED
    return refuse(lazy("Only comments that say what they do to a proposal can be adopted."))


def may_drop_point(actor: Actor, post: PostFacts) -> Verdict:
    """A reason is one's own: it can be let go wherever the comment can be seen."""
    return posts.may_stop_agreeing(actor, post)
