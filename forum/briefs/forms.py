"""Forms about briefs."""

from collections.abc import Sequence

from flask import request
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from forum.briefs.actions import BriefDraft
from forum.core.i18n import LANGUAGES, lazy
from forum.places.forms import PlaceField
from forum.web.forms import Form

_LONGEST_NUMBER = 4  # digits of a position


class BriefForm(Form):
    main_field = "title"
    title = StringField(
        lazy("Title"),
        description=lazy("What the brief is about, in 3 to 150 characters."),
        validators=[Length(max=1000)],
    )
    introduction = TextAreaField(
        lazy("Introduction"),
        description=lazy("Who it is for, and what it asks of them. You can leave it empty."),
        validators=[Length(max=10_000)],
    )
    language = SelectField(
        lazy("Language of the headings"),
        description=lazy("What people wrote stays in the language that they wrote it in."),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
    )

    def to_draft(self) -> BriefDraft:
        return BriefDraft(
            self.title.data or "", self.introduction.data or "", self.language.data or ""
        )


class EditForm(BriefForm):
    """Also holds the order: a field `position-<id>` each, and buttons `do` with "up-<id>"."""

    seen = HiddenField(validators=[Length(max=40)])

    def to_order(self, thread_ids: Sequence[int]) -> tuple[int, ...]:
        """The proposals as they are to stand: by the numbers that were typed, then one button."""
        places = [_position(thread_id, place) for place, thread_id in enumerate(thread_ids, 1)]
        keys = {
            # A number that was changed comes before the one that had it so far.
            thread_id: (typed, typed == place, place)
            for thread_id, (place, typed) in zip(thread_ids, enumerate(places, 1), strict=True)
        }
        order = sorted(thread_ids, key=lambda thread_id: keys[thread_id])
        verb, _, name = request.form.get("do", "").partition("-")
        if name.isascii() and name.isdigit() and int(name) in order:
            _move(order, int(name), verb)
        return tuple(order)


def _position(thread_id: int, place: int) -> int:
    """The number that was typed; what is none changes nothing."""
    typed = request.form.get(f"position-{thread_id}", "").strip()
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER
    return int(typed) if is_number else place


def _move(order: list[int], thread_id: int, verb: str) -> None:
    place = order.index(thread_id)
    if verb == "remove":
        order.remove(thread_id)
    elif verb == "up" and place > 0:
        order[place - 1], order[place] = order[place], order[place - 1]
    elif verb == "down" and place < len(order) - 1:
        order[place], order[place + 1] = order[place + 1], order[place]


class LookForm(Form):
    """What somebody looks for among proposals; it is sent with GET and changes nothing."""

    class Meta(Form.Meta):
        csrf = False

    q = StringField(lazy("Words of the title"))
    need = SelectField(lazy("Need"), default="", validate_choice=False)
    place = PlaceField(
        lazy("Place"),
        empty=lazy("Any place"),
        anywhere=lazy("Proposals for anywhere"),
        validate_choice=False,
    )
