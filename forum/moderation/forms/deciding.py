"""Forms of whoever works on a case, and of whoever a decision is about."""

from collections.abc import Collection
from typing import Any

from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length

from forum.cases.models import NOTE_LENGTH
from forum.core.actor import Restraint
from forum.core.i18n import lazy
from forum.moderation.actions import AnswerDraft, DecisionDraft, Penalty, ReasonDraft
from forum.moderation.models import TEXT_LENGTH, Outcome, Verdict
from forum.moderation.words import OUTCOMES, RESTRAINTS, VERDICTS
from forum.threads.actions.reviewing import Words
from forum.web.forms import Form

LEAVE = "leave"  # nothing is done to the words: something else is
_DAYS = {
    Restraint.MUTE: (1, 3, 7, 30),
    Restraint.SUSPEND: (7, 30, 90),
}
_RADIO = (
    *(Outcome.NO_ACTION, Outcome.MENDED, Outcome.PUBLISH, Outcome.NOTE, Outcome.REDACT),
    *(Outcome.HIDE, Outcome.REMOVE),
)


def penalties() -> list[SelectChoice]:
    """Every sanction with every time that it can last."""
    found = [SelectChoice("", lazy("nothing"))]
    for kind, name in RESTRAINTS.items():
        if kind not in _DAYS:
            found.append(SelectChoice(kind.value, name))
        for days in _DAYS.get(kind, ()):
            words = lazy("%(what)s: %(days)s days", what=name, days=days)
            found.append(SelectChoice(f"{kind.value}-{days}", words))
    return found


def penalty(value: str | None, *, is_everywhere: bool) -> Penalty | None:
    """What a choice of `penalties` stands for."""
    if not value:
        return None
    kind, _dash, days = value.partition("-")
    return Penalty(Restraint(kind), int(days) if days else None, is_everywhere=is_everywhere)


class DecisionForm(Form):
    """What becomes of the words, of their thread and of their author; all in one step."""

    main_field = "outcome"
    outcome = RadioField(lazy("What becomes of it"), validate_choice=False)
    content_note = StringField(
        lazy("Content note"),
        description=lazy("A few words that stand before the text, such as “about violence”."),
        validators=[Length(max=200)],
    )
    title = StringField(lazy("Title as it shall stand"), validators=[Length(max=300)])
    source = TextAreaField(
        lazy("Text as it shall stand"),
        description=lazy(
            "Write it so that it reads as theirs: “a town in the north”, not a gap. The old words"
            " go from the post, its earlier versions and every quote."
        ),
    )
    question = StringField(lazy("Question as it shall stand"), validators=[Length(max=300)])
    close = BooleanField(lazy("Close the thread as well"))
    penalty = SelectField(lazy("What follows for the author"), choices=penalties, default="")
    is_everywhere = BooleanField(lazy("Everywhere, not only in this space"))
    reason = SelectField(
        lazy("Reason"), description=lazy("The author is sent its text."), default=""
    )
    note = TextAreaField(
        lazy("A line of your own"),
        description=lazy("To a person, in plain words. The author reads it."),
        validators=[Length(max=NOTE_LENGTH)],
    )
    are_unfounded = BooleanField(lazy("These reports should not have been made"))

    def offer(
        self, outcomes: Collection[Outcome], reasons: Collection[tuple[int, str, str]]
    ) -> None:
        """What this case can come to, and the list of reasons."""
        self.outcome.choices = [
            SelectChoice(one.value, OUTCOMES[one]) for one in _RADIO if one in outcomes
        ]
        if Outcome.SANCTION in outcomes:
            self.outcome.choices.append(SelectChoice(LEAVE, OUTCOMES[Outcome.SANCTION]))
        self.reason.choices = [
            SelectChoice("", lazy("Please choose")),
            *(SelectChoice(str(id_), name) for id_, name, _text in reasons),
        ]

    def to_draft(self) -> DecisionDraft:
        outcomes: list[Outcome] = []
        if self.outcome.data in [one.value for one in _RADIO]:
            outcomes.append(Outcome(self.outcome.data))
        content_note = (self.content_note.data or "").strip()
        if content_note and outcomes and Outcome.NOTE not in outcomes:
            outcomes.append(Outcome.NOTE)
        if self.close.data:
            outcomes.append(Outcome.CLOSE)
        given = penalty(self.penalty.data, is_everywhere=bool(self.is_everywhere.data))
        if given is not None:
            outcomes.append(Outcome.SANCTION)
        words = None
        if Outcome.REDACT in outcomes and self.source.raw_data:
            words = Words(self.source.data or "", self.question.data or "", self.title.data or "")
        return DecisionDraft(
            outcomes=tuple(outcomes),
            reason_id=int(self.reason.data) if self.reason.data else None,
            note=self.note.data or "",
            content_note=content_note,
            words=words,
            penalty=given,
            are_unfounded=bool(self.are_unfounded.data),
        )


class AnswerForm(DecisionForm):
    """The answer to an appeal; the rest counts where another decision takes its place."""

    verdict = RadioField(
        lazy("What the appeal comes to"),
        choices=[SelectChoice(one.value, VERDICTS[one]) for one in Verdict],
        validate_choice=False,
    )
    answer = TextAreaField(
        lazy("Why"),
        description=lazy("The person reads this."),
        validators=[Length(max=TEXT_LENGTH)],
    )

    def to_answer(self) -> AnswerDraft:
        verdict = Verdict(self.verdict.data)
        decision = self.to_draft() if verdict is Verdict.CHANGED else None
        return AnswerDraft(verdict, self.answer.data or "", decision)

    @property
    def has_verdict(self) -> bool:
        return self.verdict.data in list(Verdict)


class HandForm(Form):
    main_field = "hand_to"
    hand_to = StringField(lazy("To whom"), description=lazy("A user name."))
    hand_note = StringField(lazy("A word for them"), validators=[Length(max=NOTE_LENGTH)])


class NoteForm(Form):
    """A note, a question to a second person, or what the author is asked to change."""

    main_field = "text"
    text = TextAreaField(
        lazy("What you want to say"),
        description=lazy(
            "A note and a call for a second person are read by whoever handles this case; what you"
            " ask the author is read by them."
        ),
        validators=[Length(max=NOTE_LENGTH)],
    )


class UndoForm(Form):
    undo_note = StringField(
        lazy("Why it is undone"),
        description=lazy("The author reads this."),
        validators=[Length(max=NOTE_LENGTH)],
    )


class AppealForm(Form):
    main_field = "text"
    text = TextAreaField(
        lazy("Why do you think that this is wrong?"),
        description=lazy("Somebody else than who decided it will read this. You can send it once."),
        validators=[Length(max=TEXT_LENGTH)],
    )


class ReasonForm(Form):
    main_field = "name_en"
    name_en = StringField(lazy("Name in English"))
    name_es = StringField(lazy("Name in Spanish"))
    text_en = TextAreaField(lazy("What the author is sent, in English"))
    text_es = TextAreaField(lazy("What the author is sent, in Spanish"))
    is_active = BooleanField(lazy("New decisions can give it"), default=True)

    def to_draft(self) -> ReasonDraft:
        return ReasonDraft(
            name_en=self.name_en.data or "",
            name_es=self.name_es.data or "",
            text_en=self.text_en.data or "",
            text_es=self.text_es.data or "",
            is_active=bool(self.is_active.data),
        )


class SanctionForm(Form):
    main_field = "why"
    penalty = SelectField(lazy("What"), choices=penalties, default="")
    space = SelectField(lazy("Where"), default="")
    why = StringField(
        lazy("Why"), description=lazy("They read this."), validators=[Length(max=500)]
    )

    def offer_spaces(self, spaces: list[Any], *, can_be_everywhere: bool) -> None:
        """Spaces that the actor runs, by their ids."""
        everywhere = [SelectChoice("", lazy("everywhere"))] if can_be_everywhere else []
        self.space.choices = [
            *everywhere,
            *(SelectChoice(str(space.id), space.name) for space in spaces),
        ]


class LiftForm(Form):
    main_field = "lift_why"
    lift_why = StringField(
        lazy("Why it ends"), description=lazy("They read this."), validators=[Length(max=500)]
    )
