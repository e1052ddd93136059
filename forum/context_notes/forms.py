"""Forms of context notes."""

from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Length

from forum.badges.forms import BadgeField
from forum.context_notes.actions import LINK_LENGTH, TITLE_LENGTH, NoteDraft
from forum.context_notes.models import TEXT_LENGTH, Verdict
from forum.core.i18n import lazy
from forum.web.forms import Form

_TITLE = {"label": lazy("Title"), "validators": [Length(max=TITLE_LENGTH)]}
_URL = {"label": lazy("Address"), "validators": [Length(max=LINK_LENGTH)]}


class NoteForm(Form):
    main_field = "text"
    text = TextAreaField(
        lazy("What should readers know?"),
        description=lazy("At most 500 characters. Say what is so, not what somebody got wrong."),
        validators=[Length(max=TEXT_LENGTH)],
    )
    title_1, url_1 = StringField(**_TITLE), StringField(**_URL)
    title_2, url_2 = StringField(**_TITLE), StringField(**_URL)
    title_3, url_3 = StringField(**_TITLE), StringField(**_URL)
    badge = BadgeField(
        label=lazy("Your badge"), description=lazy("It stands beside your name on the note.")
    )

    def to_draft(self) -> NoteDraft:
        pairs = (
            (self.title_1, self.url_1), (self.title_2, self.url_2), (self.title_3, self.url_3)
        )  # fmt: skip
        return NoteDraft(
            text=self.text.data or "",
            sources=tuple((title.data or "", url.data or "") for title, url in pairs),
            badge_id=self.badge.badge_id,
        )


class VerdictForm(Form):
    main_field = "reason"
    verdict = RadioField(
        lazy("What do you say to it?"),
        choices=[
            SelectChoice(Verdict.CONFIRM.value, lazy("It is right")),
            SelectChoice(Verdict.DISPUTE.value, lazy("It is wrong, or leaves out too much")),
        ],
        default=Verdict.CONFIRM.value,
    )
    reason = TextAreaField(
        lazy("Reason"),
        description=lazy("Needed when you dispute it. Readers of the note see it."),
        validators=[Length(max=TEXT_LENGTH)],
    )


class AnswerForm(Form):
    main_field = "answer"
    answer = TextAreaField(
        lazy("Your answer"),
        description=lazy("It stands beneath the note. You can answer once, in 500 characters."),
        validators=[Length(max=TEXT_LENGTH)],
    )
