"""Forms of watched words."""

from collections.abc import Iterable
from typing import Protocol

from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from forum.core.i18n import lazy
from forum.core.text import scrub, scrub_line
from forum.safety.actions import MESSAGE_LENGTH, REASON_LENGTH, WordDraft
from forum.safety.models import WordAction
from forum.safety.patterns import LENGTH
from forum.web.forms import Form, offer

_TEXT_LENGTH = 20_000  # of what is tried out: as long as a post may be
EVERYWHERE = ""  # in the place of a space's slug

ACTIONS = {
    WordAction.HOLD: lazy("Hold it: it waits for a review before anybody else sees it"),
    WordAction.COVER: lazy("Cover it: the message below becomes its content note"),
    WordAction.REFUSE: lazy("Give it back: the author reads the message below, and keeps the text"),
    WordAction.ALERT: lazy("Let it stand, and open a case"),
}


class _Place(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...


def _line(text: str | None) -> str:
    return scrub_line(text or "")


def _text(text: str | None) -> str:
    return scrub(text or "")


class _ScopeForm(Form):
    space = SelectField(lazy("Where"))

    def offer_spaces(self, spaces: Iterable[_Place], *, everywhere: bool) -> None:
        """Let one of these spaces be chosen, or all of them at once."""
        places = tuple(spaces)
        self._ids: dict[str, int | None] = {place.slug: place.id for place in places}
        offer(self.space, places)
        if everywhere:
            self._ids[EVERYWHERE] = None
            self.space.choices = [
                SelectChoice(EVERYWHERE, lazy("In every space")),
                *self.space.choices,
            ]

    @property
    def space_id(self) -> int | None:
        return self._ids[self.space.data]


class WordForm(_ScopeForm):
    main_field = "phrase"
    phrase = StringField(
        lazy("What to look for"),
        description=lazy(
            "A word, or several in a row. Capitals and accents make no difference, and a star at"
            " the end of a word stands for any ending: traffick*"
        ),
        filters=[_line],
        validators=[DataRequired(lazy("Please say what to look for.")), Length(max=LENGTH)],
    )
    is_pattern = BooleanField(
        lazy("This is a pattern"),
        description=lazy(
            "For example [0-9]{3}-[0-9]{4}. Classes, a dot, ?, counts such as {2,5} and | between"
            " alternatives; no brackets around parts, no * and no +, so that no text can make it"
            " slow."
        ),
    )
    action = RadioField(
        lazy("A text that has it"),
        choices=[SelectChoice(action.value, label) for action, label in ACTIONS.items()],
        default=WordAction.HOLD.value,
    )
    told = StringField(
        lazy("Message"),
        description=lazy(
            "For a text that is given back, what its author reads; for one that is covered, its"
            " content note."
        ),
        filters=[_line],
        validators=[Length(max=MESSAGE_LENGTH)],
    )
    reason = StringField(
        lazy("Reason"),
        description=lazy("Why it is watched for, for those who come after you. It is logged."),
        filters=[_line],
        validators=[DataRequired(lazy("Please give a reason.")), Length(max=REASON_LENGTH)],
    )

    def to_draft(self) -> WordDraft:
        return WordDraft(
            phrase=self.phrase.data,
            is_pattern=self.is_pattern.data,
            action=WordAction(self.action.data),
            message=self.told.data,
            space_id=self.space_id,
            reason=self.reason.data,
        )


class WordRemovalForm(Form):
    main_field = "reason"
    reason = StringField(
        lazy("Reason"),
        description=lazy("Why it is no longer watched for. It is logged."),
        filters=[_line],
        validators=[DataRequired(lazy("Please give a reason.")), Length(max=REASON_LENGTH)],
    )


class TryForm(_ScopeForm):
    """Sent by POST, because what is tried has no place in an address; nothing is kept of it."""

    main_field = "text"
    text = TextAreaField(
        lazy("Text"),
        description=lazy("Write or paste what somebody might post. It is not kept."),
        filters=[_text],
        validators=[DataRequired(lazy("Please write something first.")), Length(max=_TEXT_LENGTH)],
    )
