"""Forms of badges, and of what a member says of themselves alone."""

from wtforms import BooleanField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Length

from forum.badges.actions import BadgeDraft
from forum.badges.models import ORGANISATION_LENGTH, WORDS_LENGTH, WORK_LENGTH, BadgeKind
from forum.badges.words import KINDS
from forum.core.i18n import lazy
from forum.web.forms import Form


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
