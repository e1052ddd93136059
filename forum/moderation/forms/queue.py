"""The filters of the queue: a form whose address can be kept."""

from typing import Any

from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import Length

from forum.cases.models import OPEN, CaseState, Lane, ReportReason
from forum.cases.words import SHORT_REASONS
from forum.core.i18n import lazy
from forum.moderation.queries.queue import Wanted
from forum.moderation.words import LANES, STATES
from forum.web.forms import Form

DECIDED = "decided"
_AGES = {"1": lazy("a day"), "3": lazy("three days"), "7": lazy("a week"), "30": lazy("a month")}
_LONGEST_NAME = 60


def _choices(first: str, names: dict[Any, str]) -> list[SelectChoice]:
    return [SelectChoice("", first), *(SelectChoice(str(one), name) for one, name in names.items())]


class QueueForm(Form):
    lane = SelectField(lazy("Lane"), choices=_choices(lazy("all"), LANES), default="")
    state = SelectField(
        lazy("State"),
        choices=[
            *_choices(lazy("all that wait"), {state: STATES[state] for state in OPEN}),
            SelectChoice(DECIDED, lazy("all that are decided")),
            *(SelectChoice(state.value, STATES[state]) for state in CaseState if state not in OPEN),
        ],
        default="",
    )
    reason = SelectField(lazy("Reason"), choices=_choices(lazy("all"), SHORT_REASONS), default="")
    space = SelectField(lazy("Space"), default="")
    assignee = StringField(
        lazy("Taken by"),
        description=lazy("“me”, “nobody”, or a user name."),
        validators=[Length(max=_LONGEST_NAME)],
    )
    author = StringField(
        lazy("Author"),
        description=lazy("The user name of the person it is about."),
        validators=[Length(max=_LONGEST_NAME)],
    )
    age = SelectField(lazy("Older than"), choices=_choices(lazy("any age"), _AGES), default="")

    class Meta:
        csrf = False

    def offer_spaces(self, spaces: dict[str, str]) -> None:
        """Spaces by their slugs."""
        self.space.choices = _choices(lazy("all"), spaces)

    def to_wanted(self, space_ids: dict[str, int]) -> Wanted:
        state = self.state.data or ""
        is_state = state not in {"", DECIDED}
        return Wanted(
            lane=Lane(self.lane.data) if self.lane.data else None,
            state=CaseState(state) if is_state else None,
            is_decided=state == DECIDED,
            reason=ReportReason(self.reason.data) if self.reason.data else None,
            space_id=space_ids[self.space.data] if self.space.data else None,
            assignee=(self.assignee.data or "").strip(),
            author=(self.author.data or "").strip(),
            days=int(self.age.data) if self.age.data else None,
        )
