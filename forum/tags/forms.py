"""Forms of tags."""

from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from forum.core.i18n import _, lazy
from forum.core.text import scrub, scrub_line
from forum.tags.actions import TagDraft
from forum.web.forms import Form

WORD_LENGTH = 60
DESCRIPTION_LENGTH = 1_000
MOST_SYNONYMS = 60


def _line(text: str | None) -> str:
    return scrub_line(text or "")


def _text(text: str | None) -> str:
    return scrub(text or "").strip()


def _words(lines: str) -> tuple[str, ...]:
    words = (scrub_line(line) for line in lines.split("\n"))
    return tuple(dict.fromkeys(word for word in words if word))


def _choices(tags: list[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in tags]


def _check_words(_form: Form, field: TextAreaField) -> None:
    words = _words(field.data)
    if len(words) > MOST_SYNONYMS:
        raise ValidationError(
            _("Please give at most %(most_synonyms)s words.", most_synonyms=MOST_SYNONYMS)
        )
    if any(len(word) > WORD_LENGTH for word in words):
        raise ValidationError(
            _("Please give words of at most %(word_length)s characters.", word_length=WORD_LENGTH)
        )


class TagForm(Form):
    name = StringField(
        lazy("Name"),
        filters=[_line],
        validators=[DataRequired(lazy("Please give the tag a name.")), Length(max=WORD_LENGTH)],
    )
    description = TextAreaField(
        lazy("Description"),
        description=lazy("One to three plain sentences: what it is, and who or what answers it."),
        filters=[_text],
        validators=[
            DataRequired(lazy("Please say what the tag means.")),
            Length(max=DESCRIPTION_LENGTH),
        ],
    )
    is_need = BooleanField(lazy("This tag names a need"))
    parent = SelectField(
        lazy("Stands beneath"),
        choices=[SelectChoice("", lazy("Nothing: it is on the first level"))],
    )
    synonyms = TextAreaField(
        lazy("Other words that lead here"),
        description=lazy("One on each line."),
        filters=[_text],
        validators=[_check_words],
    )

    def offer_parents(self, parents: list[tuple[str, str]]) -> None:
        """Let these tags, as (slug, name), be chosen as the parent."""
        self.parent.choices = [*self.parent.choices, *_choices(parents)]

    def to_draft(self) -> TagDraft:
        return TagDraft(
            name=self.name.data,
            description=self.description.data,
            is_need=self.is_need.data,
            parent_slug=self.parent.data,
            synonyms=_words(self.synonyms.data),
        )


class MergeForm(Form):
    into = SelectField(
        lazy("Merge it into"),
        description=lazy("Its discussions, its words and the tags beneath it go along."),
    )

    def offer_targets(self, targets: list[tuple[str, str]]) -> None:
        """Let these tags, as (number, name), be chosen."""
        self.into.choices = _choices(targets)
