"""Forms of spaces."""

from dataclasses import replace

from typing_extensions import override
from wtforms import IntegerField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from forum.core.i18n import WRITTEN, lazy
from forum.core.text import scrub, scrub_line
from forum.spaces.actions import HIDE_AT, MOST_HIDE_AT, CodeDraft, SpaceDraft
from forum.spaces.models import Circle, SpaceRole, Visibility
from forum.web.forms import Form

DESCRIPTION_LENGTH = 5_000
LONGEST_CODE_DAYS = 366
MOST_CODE_USES = 1_000

_VISIBILITIES = (
    SelectChoice(
        Visibility.PUBLIC.value, lazy("Public: anybody reads, with or without an account")
    ),
    SelectChoice(Visibility.MEMBERS.value, lazy("Members: everybody with an account reads")),
    SelectChoice(
        Visibility.PRIVATE.value, lazy("Private: only those who belong to it know that it is there")
    ),
)
_HIDES_STANCES = {"": None, "no": False, "yes": True}
_SPREAD = {
    "label": lazy("How stances on a proposal are spread"),
    "description": lazy(
        "What others think is easy to follow. It can be shown to members only after they have said"
        " what they think themselves."
    ),
}
_WHEN_SPREAD_IS_SHOWN = [
    SelectChoice("no", lazy("Shown at once")),
    SelectChoice("yes", lazy("Shown after one's own stance")),
]
_CIRCLES = (
    SelectChoice(Circle.EVERYONE.value, lazy("Everybody who can read here")),
    SelectChoice(Circle.MEMBERS.value, lazy("Those who have joined it")),
    SelectChoice(Circle.FACILITATORS.value, lazy("Its facilitators")),
)


def _line(text: str | None) -> str:
    return scrub_line(text or "")


def _text(text: str | None) -> str:
    return scrub(text or "").strip()


class SpaceForm(Form):
    name = StringField(
        lazy("Name"),
        filters=[_line],
        validators=[DataRequired(lazy("Please give the space a name.")), Length(max=80)],
    )
    description = TextAreaField(
        lazy("Description"),
        description=lazy("What the space is for, and for whom. Markdown works here."),
        filters=[_text],
        validators=[Length(max=DESCRIPTION_LENGTH)],
    )
    visibility = RadioField(
        lazy("Who can read it"), choices=_VISIBILITIES, default=Visibility.PUBLIC.value
    )
    who_starts = SelectField(
        lazy("Who may start discussions"),
        description=lazy("It always takes an account to write."),
        choices=_CIRCLES,
        default=Circle.EVERYONE.value,
    )
    who_comments = SelectField(
        lazy("Who may comment"), choices=_CIRCLES, default=Circle.EVERYONE.value
    )
    language = SelectField(
        lazy("Language"),
        description=lazy("What is mostly written here. People can say another for each post."),
        choices=[
            SelectChoice("", lazy("Any language")),
            *(SelectChoice(code, name) for code, name in WRITTEN.items()),
        ],
        default="",
    )

    hold_first = SelectField(
        lazy("First posts of an account"),
        description=lazy(
            "What somebody new to this space writes can wait until a facilitator has looked at it."
            " Its author sees it at once, and that it waits. Posts of facilitators never wait."
        ),
        choices=[
            SelectChoice("0", lazy("Appear at once")),
            SelectChoice("1", lazy("Wait for a review: the first one")),
            SelectChoice("3", lazy("Wait for a review: the first three")),
        ],
        default="0",
    )
    hides_stances = SelectField(
        **_SPREAD,
        choices=_WHEN_SPREAD_IS_SHOWN,
        default="no",
    )
    hide_at = IntegerField(
        lazy("How many people have to report a post to hide it"),
        description=lazy(
            "From 1 to 20; in a small circle fewer. A post that may identify somebody is hidden at"
            " the first report, and one whose author somebody worries about never is."
        ),
        default=HIDE_AT,
        validators=[Optional(), NumberRange(1, MOST_HIDE_AT)],
    )

    def to_draft(self) -> SpaceDraft:
        return SpaceDraft(
            name=self.name.data,
            description=self.description.data,
            visibility=Visibility(self.visibility.data),
            who_starts=Circle(self.who_starts.data),
            who_comments=Circle(self.who_comments.data),
            language=self.language.data or "",
            hide_at=self.hide_at.data or HIDE_AT,
            hold_first=int(self.hold_first.data),
            hides_stances=_HIDES_STANCES[self.hides_stances.data],
        )


class NewSpaceForm(SpaceForm):
    slug = StringField(
        lazy("Address"),
        description=lazy("The end of the space's address. Left empty, it is made from the name."),
        filters=[_line],
        validators=[Length(max=60)],
    )
    hides_stances = SelectField(
        **_SPREAD,
        choices=[
            SelectChoice("", lazy("At once where anybody reads, else after one's own stance")),
            *_WHEN_SPREAD_IS_SHOWN,
        ],
        default="",
    )
    facilitator = StringField(
        lazy("Facilitator"),
        description=lazy("The user name of the member who will run the space. Left empty: you."),
        filters=[_line],
        validators=[Length(max=60)],
    )

    @override
    def to_draft(self) -> SpaceDraft:
        return replace(super().to_draft(), slug=self.slug.data, facilitator=self.facilitator.data)


class JoinForm(Form):
    code = StringField(
        lazy("Join code"),
        description=lazy("Eight letters and digits. Spaces, hyphens and small letters do no harm."),
        filters=[_line],
        validators=[DataRequired(lazy("Please enter the code.")), Length(max=40)],
    )


class CodeForm(Form):
    days = IntegerField(
        lazy("Days until it ends"),
        default=14,
        description=lazy("Left empty, it does not end by itself."),
        validators=[Optional(), NumberRange(1, LONGEST_CODE_DAYS)],
    )
    uses = IntegerField(
        lazy("How many people can use it"),
        default=30,
        description=lazy("Left empty, there is no limit."),
        validators=[Optional(), NumberRange(1, MOST_CODE_USES)],
    )

    def to_draft(self) -> CodeDraft:
        return CodeDraft(self.days.data, self.uses.data)


class InvitationForm(Form):
    username = StringField(
        lazy("User name"),
        filters=[_line],
        validators=[DataRequired(lazy("Please enter a user name.")), Length(max=60)],
    )


class RoleForm(Form):
    role = RadioField(
        lazy("Role in this space"),
        choices=(
            SelectChoice(SpaceRole.MEMBER.value, lazy("Member")),
            SelectChoice(SpaceRole.FACILITATOR.value, lazy("Facilitator: runs the space")),
        ),
    )

    def to_role(self) -> SpaceRole:
        return SpaceRole(self.role.data)


class RemovalForm(Form):
    reason = StringField(
        lazy("Reason"),
        description=lazy("Kept in the log of what moderators and facilitators do."),
        filters=[_line],
        validators=[DataRequired(lazy("Please give a reason.")), Length(max=500)],
    )
