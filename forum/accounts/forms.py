"""Forms of accounts."""

from functools import cache
from zoneinfo import available_timezones

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from forum.accounts import names, passwords
from forum.accounts.actions import LONGEST_ABOUT, Preferences, Profile, Registration
from forum.accounts.models import Theme
from forum.core.actor import SiteRole
from forum.core.text import scrub_line
from forum.web.forms import Form

_LONGEST_IDENTIFIER = 320
_LONGEST_TYPED = 1_000  # a password longer than is allowed gets a sentence, not a hash
_NAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
_CURRENT = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}
_CODE = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_NEW_HINT = (
    f"At least {passwords.SHORTEST} characters. Four or more unrelated words are a good password;"
    " you can paste one from a password manager."
)


def _line(text: str | None) -> str:
    return scrub_line(text or "")


def _as_typed(text: str | None) -> str:
    return text or ""


class SignInForm(Form):
    username = StringField(
        "User name",
        filters=[_line],
        validators=[DataRequired("Please enter your name."), Length(max=_LONGEST_IDENTIFIER)],
        render_kw=_NAME,
    )
    password = PasswordField(
        "Password",
        validators=[InputRequired("Please enter your password."), Length(max=_LONGEST_TYPED)],
        render_kw=_CURRENT,
    )
    next = HiddenField(filters=[_as_typed])


class RegisterForm(Form):
    username = StringField(
        "User name",
        description="Others see it. It need not be your own name; letters, digits and - _ . do.",
        filters=[_as_typed],
        validators=[DataRequired("Please choose a user name."), Length(max=4 * names.LONGEST)],
        render_kw=_NAME,
    )
    display_name = StringField(
        "Name to be shown",
        description="Left empty, it is your user name. You can change it later.",
        filters=[_as_typed],
        validators=[Length(max=4 * names.LONGEST_DISPLAY)],
        render_kw={"autocomplete": "nickname"},
    )
    email = EmailField(
        "E-mail address",
        description="Only used to let you back in and to tell you when your account changes.",
        filters=[_line],
        validators=[Length(max=_LONGEST_IDENTIFIER)],
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        "Password",
        description=_NEW_HINT,
        validators=[InputRequired("Please choose a password."), Length(max=_LONGEST_TYPED)],
        render_kw=_NEW,
    )
    code = StringField(
        "Invitation or join code", filters=[_line], validators=[Length(max=60)], render_kw=_CODE
    )
    next = HiddenField(filters=[_as_typed])

    def to_draft(self) -> Registration:
        return Registration(
            username=self.username.data,
            display_name=self.display_name.data,
            email=self.email.data,
            code=self.code.data,
        )


class ConfirmForm(Form):
    """Asks somebody signed in for their password again."""

    password = PasswordField(
        "Password",
        validators=[InputRequired("Please enter your password."), Length(max=_LONGEST_TYPED)],
        render_kw=_CURRENT,
    )
    next = HiddenField(filters=[_as_typed])


class ResetForm(Form):
    username = StringField(
        "User name or e-mail address",
        filters=[_line],
        validators=[DataRequired("Please enter your name."), Length(max=_LONGEST_IDENTIFIER)],
        render_kw=_NAME,
    )


class NewPasswordForm(Form):
    password = PasswordField(
        "New password",
        description=_NEW_HINT,
        validators=[InputRequired("Please choose a password."), Length(max=_LONGEST_TYPED)],
        render_kw=_NEW,
    )


class CodeResetForm(NewPasswordForm):
    username = StringField(
        "User name",
        filters=[_line],
        validators=[DataRequired("Please enter your name."), Length(max=_LONGEST_IDENTIFIER)],
        render_kw=_NAME,
    )
    recovery_code = StringField(
        "Recovery code",
        description="One of the ten codes that you were shown. Each works once.",
        filters=[_line],
        validators=[DataRequired("Please enter a code."), Length(max=60)],
        render_kw=_CODE,
    )


class ChangePasswordForm(Form):
    current = PasswordField(
        "Your password now",
        validators=[InputRequired("Please enter your password."), Length(max=_LONGEST_TYPED)],
        render_kw=_CURRENT,
    )
    password = PasswordField(
        "New password",
        description=_NEW_HINT,
        validators=[InputRequired("Please choose a password."), Length(max=_LONGEST_TYPED)],
        render_kw=_NEW,
    )
    end_others = BooleanField("Sign out my other sessions", default=True)


class ProfileForm(Form):
    display_name = StringField(
        "Name to be shown",
        description="Your user name always stands beside it.",
        filters=[_as_typed],
        validators=[Length(max=4 * names.LONGEST_DISPLAY)],
        render_kw={"autocomplete": "nickname"},
    )
    about = TextAreaField(
        "In your own words",
        description="What others may know about you. Markdown works here. Please leave out"
        " whatever could identify you or somebody else in a way you do not want.",
        filters=[_as_typed],
        validators=[Length(max=LONGEST_ABOUT)],
    )

    def to_draft(self) -> Profile:
        return Profile(display_name=self.display_name.data, about=self.about.data)


@cache
def _zones() -> tuple[SelectChoice, ...]:
    """Time zones by continent; old and special names are left out."""
    left_out = {"Etc", "SystemV", "US", "Brazil", "Canada", "Chile", "Mexico", "posix", "right"}
    zones = [SelectChoice("UTC", "UTC", optgroup="Everywhere")]
    for name in sorted(available_timezones()):
        area, _, place = name.partition("/")
        if place and area not in left_out:
            label = place.replace("_", " ").replace("/", ", ")
            zones.append(SelectChoice(name, label, optgroup=area))
    return tuple(zones)


class PreferencesForm(Form):
    timezone = SelectField("Time zone", description="Times are shown in it.")
    theme = RadioField(
        "Light or dark",
        choices=(
            SelectChoice(Theme.AUTO.value, "As my device is set"),
            SelectChoice(Theme.LIGHT.value, "Light"),
            SelectChoice(Theme.DARK.value, "Dark"),
        ),
    )
    has_shortcuts = BooleanField(
        "Single keys act on the page of a thread",
        description="Such as j for the next comment; ? lists them. Turn this off when you speak to"
        " your computer, or when keys act by accident.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.timezone.choices = list(_zones())

    def to_draft(self) -> Preferences:
        return Preferences(
            timezone=self.timezone.data,
            theme=Theme(self.theme.data),
            has_shortcuts=self.has_shortcuts.data,
        )


class AddressForm(Form):
    email = EmailField(
        "E-mail address",
        description="A link goes there; the address counts once you have followed it.",
        filters=[_line],
        validators=[
            DataRequired("Please enter an address."),
            Length(max=_LONGEST_IDENTIFIER),
        ],
        render_kw={"autocomplete": "email"},
    )


KEEP = "keep"
REMOVE = "remove"


class DeleteForm(Form):
    posts = RadioField(
        "What you wrote",
        choices=(
            SelectChoice(KEEP, "Keep my posts, under the name “former member”"),
            SelectChoice(REMOVE, "Remove my posts, with a short note in the place of each"),
        ),
        validators=[InputRequired("Please choose what becomes of your posts.")],
    )
    password = PasswordField(
        "Password",
        validators=[InputRequired("Please enter your password."), Length(max=_LONGEST_TYPED)],
        render_kw=_CURRENT,
    )


class RoleForm(Form):
    role = RadioField(
        "Role on this site",
        choices=(
            SelectChoice(SiteRole.MEMBER.value, "Member"),
            SelectChoice(
                SiteRole.MODERATOR.value, "Moderator: sees every space, answers for what is in it"
            ),
            SelectChoice(
                SiteRole.ADMINISTRATOR.value, "Administrator: accounts, roles, imports as well"
            ),
        ),
    )


class InviteForm(Form):
    uses = IntegerField(
        "How many people can use it",
        default=1,
        validators=[InputRequired("Please give a number."), NumberRange(1, 200)],
    )
    days = IntegerField(
        "Days until it ends",
        default=14,
        validators=[InputRequired("Please give a number."), NumberRange(1, 90)],
    )
