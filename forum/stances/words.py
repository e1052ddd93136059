"""What stances, conditions and groups are called on a page, and what each means."""

from forum.core.i18n import lazy
from forum.posts.models import Bearing
from forum.stances.models import ConditionState, StanceChoice
from forum.stances.perspectives import Group

CHOICES = {
    StanceChoice.AGREE: lazy("Agree"),
    StanceChoice.AGREE_IF: lazy("Agree if"),
    StanceChoice.UNSURE: lazy("Unsure"),
    StanceChoice.DISAGREE: lazy("Disagree"),
    StanceChoice.CONCERN: lazy("Safety concern"),
}
MEANINGS = {
    StanceChoice.AGREE: lazy("This should exist, as it is described."),
    StanceChoice.AGREE_IF: lazy("It should exist if something holds that you name below."),
    StanceChoice.UNSURE: lazy("You see both sides, or want to know more first."),
    StanceChoice.DISAGREE: lazy("This should not exist like this. Please say why."),
    StanceChoice.CONCERN: lazy("It could put somebody at risk. Please say how."),
}
NEEDS_REASON = frozenset({StanceChoice.AGREE_IF, StanceChoice.DISAGREE, StanceChoice.CONCERN})
# How the comment that gives the reason bears on the proposal.
BEARINGS = {
    StanceChoice.AGREE: Bearing.SUPPORTS,
    StanceChoice.AGREE_IF: Bearing.QUALIFIES,
    StanceChoice.UNSURE: None,
    StanceChoice.DISAGREE: Bearing.OPPOSES,
    StanceChoice.CONCERN: Bearing.OPPOSES,
}
CONDITION_STATES = {
    ConditionState.OPEN: lazy("Open"),
    ConditionState.ADOPTED: lazy("In the text"),
    ConditionState.DECLINED: lazy("Not taken up"),
    ConditionState.REMOVED: lazy("Removed"),
}
GROUPS = {
    Group.STUDENT: lazy("Students and others"),
    Group.PRACTITIONER: lazy("Practitioners"),
    Group.LIVED: lazy("Lived experience"),
}
