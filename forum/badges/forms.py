"""Forms of badges, and of what a member says of themselves alone."""

from collections.abc import Iterable
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

from forum.badges.actions import BadgeDraft
from forum.badges.models import ORGANISATION_LENGTH, WORDS_LENGTH, WORK_LENGTH, BadgeKind
from forum.badges.queries import BadgeChip, BadgeRow
from forum.badges.words import KINDS
from forum.core.errors import Invalid
from forum.core.i18n import _, lazy
from forum.web.forms import Form

_LONGEST_NUMBER = 9  # digits


class BadgeField(SelectField):
    """Which of one's badges to wear with a post; nothing to choose for who has none.

    Whether the badge is the author's own is asked by the action.
    """

    def __init__(self, **kwargs: Any) -> None:
        label = lazy("Show a badge")
        description = lazy("Beside your name, with this text alone.")
        super().__init__(
            **{"label": label, "description": description, "validate_choice": False, **kwargs}
        )
        self.choices = [SelectChoice("", lazy("None"))]

    def offer(self, badges: Iterable[BadgeRow], worn: tuple[int, BadgeChip] | None = None) -> None:
        """Let the author choose among these, and the one that the post wears (its id and chip)."""
        found = {badge.id: badge.label for badge in badges}
        if worn is not None:
            found.setdefault(worn[0], worn[1].label)
        self.choices += [SelectChoice(str(id_), label) for id_, label in found.items()]

    @property
    def is_offered(self) -> bool:
        return len(self.choices) > 1 or bool(self.errors)

    @property
    def badge_id(self) -> int | None:
        """The badge that was chosen; Invalid for what names none."""
        text = self.data or ""
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST_NUMBER:
            raise Invalid(_("This badge is not yours to wear, or it has ended."), "badge")
        return int(text)


class BadgeForm(Form):
    main_field = "organisation"
    kind = RadioField(
        lazy("Kind of badge"),
        choices=[SelectChoice(kind.value, name) for kind, name in KINDS.items()],
        default=BadgeKind.PRACTITIONER.value,
    )
    organisation = StringField(
        lazy("Organisation"),
        description=lazy("Stands on the badge, as in “Practitioner · Harbour Legal Aid”."),
        validators=[Length(max=ORGANISATION_LENGTH)],
    )
    role = StringField(
        lazy("Your role there"),
        description=lazy("For example “case worker”. Stands on your profile."),
        validators=[Length(max=ORGANISATION_LENGTH)],
    )
    work = StringField(
        lazy("Kind of work"),
        description=lazy("For example “legal advice” or “housing”. Stands on your profile."),
        validators=[Length(max=WORK_LENGTH)],
    )
    proof_url = StringField(
        lazy("Where this can be confirmed"),
        description=lazy(
            "The address of a page, such as your organisation's list of staff. Moderators alone"
            " see it, and this site never opens it."
        ),
        validators=[Length(max=500)],
    )
    comment = TextAreaField(
        lazy("Comment to the moderators"),
        description=lazy(
            "Nobody else sees it. It is deleted with the address above, 30 days after the decision."
        ),
        validators=[Length(max=WORDS_LENGTH)],
    )

    def offer_kinds(self, *, facilitates: bool, moderates: bool) -> None:
        """Leave out the kinds that this member cannot ask for."""
        offered = {
            BadgeKind.PRACTITIONER: True,
            BadgeKind.FACILITATOR: facilitates,
            BadgeKind.MODERATOR: moderates,
        }
        self.kind.choices = [
            SelectChoice(kind.value, name) for kind, name in KINDS.items() if offered[kind]
        ]

    def to_draft(self) -> BadgeDraft:
        return BadgeDraft(
            kind=BadgeKind(self.kind.data),
            organisation=self.organisation.data or "",
            role=self.role.data or "",
            work=self.work.data or "",
            proof_url=self.proof_url.data or "",
            comment=self.comment.data or "",
        )


class DecideForm(Form):
    """Grants or refuses, by the button that was pressed."""

    main_field = "words"
    words = TextAreaField(
        lazy("Words to the member"),
        description=lazy("Needed for a refusal: why, and what would help."),
        validators=[Length(max=WORDS_LENGTH)],
    )


class EndForm(Form):
    main_field = "reason"
    reason = StringField(
        lazy("Reason"),
        description=lazy("The member reads it, and it stands in the log."),
        validators=[Length(max=500)],
    )


class ExperienceForm(Form):
    is_declared = BooleanField(lazy("I have lived experience"))
