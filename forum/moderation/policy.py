"""Who handles which case, who decides about it, and who decides about that again; pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.cases.models import OPEN, CaseState, SubjectKind
from forum.core.actor import Actor, SiteRole
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.moderation.models import Outcome
from forum.posts.models import PostState
from forum.spaces.models import SpaceRole


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decides over one person and one case.

    `member_role` is theirs in the case's space, `author_role` and `author_facilitates` are of the
    person whose words or account it is about. `appealed_decider_id` is who made the decision that
    waits for the answer to an appeal; None when none does.
    """

    author_id: int | None
    space_id: int | None
    state: CaseState = CaseState.NEW
    author_role: SiteRole = SiteRole.MEMBER
    author_facilitates: bool = False
    member_role: SpaceRole | None = None
    has_reported: bool = False
    is_appealed: bool = False
    appealed_decider_id: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What decides over the undoing of a decision and over an appeal against it."""

    decided_by_id: int | None
    decided_at: datetime
    is_undone: bool
    is_latest: bool  # nothing was decided in its case since
    can_be_undone: bool  # False: what it took out is kept nowhere
    is_appealed: bool  # ever; one appeal is all there is
    concerns_id: int | None  # whose words or account it is about
    changed_something: bool


_REPORTED = refuse(lazy("You reported this yourself, so somebody else decides about it."))
_OWN_DECISION = refuse(lazy("This is an appeal against your own decision: somebody else answers."))
_ESCALATED = refuse(lazy("A moderator was asked to decide about this case."))
_CLOSED = refuse(lazy("This case is decided."))
_OTHERS_DECISION = refuse(lazy("Who decided this, or a moderator, can undo it."))
_UNDONE = refuse(lazy("This decision is undone already."))
_PAST = refuse(
    lazy("Something came after this decision, so it cannot be undone. Please decide anew.")
)
_GONE = refuse(lazy("What was taken out is kept nowhere, so this cannot be undone."))


def may_see_queue(actor: Actor, *, facilitates: bool) -> Verdict:
    """Whoever handles anything at all; for everybody else there is no queue."""
    return ALLOWED if actor.is_moderator or (actor.is_signed_in and facilitates) else HIDDEN


def may_handle(actor: Actor, case: CaseFacts) -> Verdict:
    """See a case and work on it.

    Nobody sees a case about themselves: it says who reported them. What is about somebody who
    runs the space, or the site, is for moderators.
    """
    if not actor.is_signed_in or (case.author_id is not None and case.author_id == actor.id):
        return HIDDEN
    if actor.is_moderator:
        return ALLOWED
    if case.space_id is None or case.member_role is not SpaceRole.FACILITATOR:
        return HIDDEN
    is_for_moderators = case.author_facilitates or case.author_role is not SiteRole.MEMBER
    return HIDDEN if is_for_moderators else ALLOWED


def may_see_reporters(actor: Actor) -> Verdict:
    """Read who reported; facilitators work without the names."""
    return ALLOWED if actor.is_moderator else HIDDEN


def may_take(actor: Actor, case: CaseFacts) -> Verdict:
    """Take an open case, also out of somebody else's hands."""
    verdict = may_handle(actor, case)
    if not verdict:
        return verdict
    if not case.is_open:
        return _CLOSED
    if case.state is CaseState.ESCALATED and not actor.is_moderator:
        return _ESCALATED
    return ALLOWED


def may_be_given(actor: Actor, case: CaseFacts) -> Verdict:
    """Have a case handed over to one: whoever could decide about it."""
    verdict = may_decide(actor, case)
    if verdict:
        return ALLOWED
    return refuse(lazy("This person cannot decide about this case. Please choose somebody else."))


def may_decide(actor: Actor, case: CaseFacts) -> Verdict:
    """Decide: not on what one reported, nor on an appeal against one's own decision."""
    verdict = may_take(actor, case)
    if not verdict:
        return verdict
    if case.has_reported:
        return _REPORTED
    if case.is_appealed and case.appealed_decider_id == actor.id:
        return _OWN_DECISION
    return ALLOWED


def may_undo(actor: Actor, case: CaseFacts, decision: DecisionFacts) -> Verdict:
    """Take a decision back: who made it, or a moderator, while nothing came after it."""
    verdict = may_handle(actor, case)
    if not verdict:
        return verdict
    is_own = decision.decided_by_id == actor.id
    is_past = not decision.is_latest or (case.is_open and not case.is_appealed)
    for applies, refusal in (
        (not is_own and not actor.is_moderator, _OTHERS_DECISION),
        (not is_own and case.has_reported, _REPORTED),
        (is_own and case.is_appealed, _OWN_DECISION),
        (decision.is_undone, _UNDONE),
        (is_past, _PAST),
        (not decision.can_be_undone, _GONE),
    ):
        if applies:
            return refusal
    return ALLOWED


def may_open_seal(actor: Actor, case: CaseFacts) -> Verdict:
    """Ask for what was taken out of a text, or agree that it is opened: moderators alone."""
    verdict = may_handle(actor, case)
    if not verdict:
        return verdict
    return ALLOWED if actor.is_moderator else HIDDEN


def may_see_decision(actor: Actor, decision: DecisionFacts) -> Verdict:
    """Read what was decided about oneself."""
    is_own = actor.is_signed_in and actor.id == decision.concerns_id
    return ALLOWED if is_own else HIDDEN


def may_appeal(actor: Actor, decision: DecisionFacts, *, now: datetime, days: int) -> Verdict:
    """Once per decision, within so many days."""
    verdict = may_see_decision(actor, decision)
    if not verdict:
        return verdict
    if decision.is_undone:
        return _UNDONE
    if decision.is_appealed:
        return refuse(lazy("You appealed this decision already. An appeal is made once."))
    if not decision.changed_something:
        return refuse(lazy("Nothing was changed, so there is nothing to appeal."))
    if now > appeal_until(decision.decided_at, days):
        return refuse(lazy("The time for an appeal is over."))
    return ALLOWED


def appeal_until(decided_at: datetime, days: int) -> datetime:
    return decided_at + timedelta(days=days)


def may_edit_reasons(actor: Actor) -> Verdict:
    """Change the list of reasons that decisions give."""
    return ALLOWED if actor.is_moderator else HIDDEN


# What a decision can do


@dataclass(frozen=True, slots=True)
class Rules:
    """What the site has settled: days for an appeal, and how long what is taken out is kept.

    `seal_days` None: what is taken out is gone at once.
    """

    appeal_days: int
    seal_days: int | None


_WORDS = frozenset({Outcome.NOTE, Outcome.REDACT, Outcome.HIDE, Outcome.REMOVE})
# Of these a decision has one at most: where the words stand afterwards.
PLACES = frozenset({Outcome.MENDED, Outcome.PUBLISH, Outcome.HIDE, Outcome.REMOVE})
# What the author can appeal, and what needs a reason.
CHANGING = _WORDS | {Outcome.CLOSE, Outcome.SANCTION}
_OF_POSTS = CHANGING | {Outcome.NO_ACTION}
_OF_OTHERS = frozenset({Outcome.NO_ACTION, Outcome.SANCTION})
_OF_KINDS = {
    SubjectKind.MEMBER: _OF_OTHERS | {Outcome.REDACT},
    SubjectKind.SUGGESTION: _OF_OTHERS | {Outcome.REMOVE},
    SubjectKind.CONTEXT_NOTE: _OF_OTHERS | {Outcome.REMOVE},
    SubjectKind.CLAIM: _OF_OTHERS | {Outcome.REMOVE},
    SubjectKind.ANSWER: _OF_OTHERS | {Outcome.REMOVE},
    SubjectKind.SERVICE: frozenset({Outcome.NO_ACTION, Outcome.REMOVE}),  # nobody's words
}


def outcomes_of(kind: SubjectKind, state: PostState | None) -> frozenset[Outcome]:
    """What a decision about such a subject can come to; `state` is a post's."""
    if kind is not SubjectKind.POST:
        return _OF_KINDS.get(kind, _OF_OTHERS)
    if state is PostState.WITHDRAWN:  # there are no words any more
        return _OF_OTHERS | {Outcome.CLOSE}
    if state is PostState.WAITING:
        return _OF_POSTS | {Outcome.PUBLISH, Outcome.MENDED}
    return _OF_POSTS


def fit_together(outcomes: Collection[Outcome]) -> bool:
    """Whether one decision can come to all of these."""
    chosen = set(outcomes)
    if not chosen or len(chosen & PLACES) > 1:
        return False
    return chosen == {Outcome.NO_ACTION} or Outcome.NO_ACTION not in chosen


def main_of(outcomes: Collection[Outcome]) -> Outcome:
    """What a decision is called that came to all of these: what weighs most for the author."""
    return min(outcomes, key=_BY_WEIGHT.index)


_BY_WEIGHT = (
    Outcome.REMOVE,
    Outcome.HIDE,
    Outcome.REDACT,
    Outcome.NOTE,
    Outcome.CLOSE,
    Outcome.SANCTION,
    Outcome.MENDED,
    Outcome.PUBLISH,
    Outcome.NO_ACTION,
)
