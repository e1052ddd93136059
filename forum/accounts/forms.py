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
from forum.accounts.actions import (
    LONGEST_ABOUT,
    LONGEST_FEED_NAME,
    Preferences,
    Profile,
    Registration,
)
from forum.accounts.models import Theme
from forum.core.actor import SiteRole
from forum.core.i18n import LANGUAGES, _, lazy
from forum.core.text import scrub_line
from forum.web.forms import Form

_LONGEST_IDENTIFIER = 320
_LONGEST_TYPED = 1_000  # a password longer than is allowed gets a sentence, not a hash
_NAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
_CURRENT = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}
_CODE = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_NEW_HINT = lazy(
    "At least %(shortest)s characters. Four or more unrelated words are a good password;"
    " you can paste one from a password manager.",
    shortest=passwords.SHORTEST,
)


def _line(text: str | None) -> str:
    return scrub_line(text or "")


def _as_typed(text: str | None) -> str:
    return text or ""


class SignInForm(Form):
    username = StringField(
        lazy("User name"),
        filters=[_line],
        validators=[DataRequired(lazy("Please enter your name.")), Length(max=_LONGEST_IDENTIFIER)],
        render_kw=_NAME,
    )
    password = PasswordField(
        lazy("Password"),
        validators=[InputRequired(lazy("Please enter your password.")), Length(max=_LONGEST_TYPED)],
        render_kw=_CURRENT,
    )
    next = HiddenField(filters=[_as_typed])


class RegisterForm(Form):
    username = StringField(
        lazy("User name"),
        description=lazy(
            "Others see it. It need not be your own name; letters, digits and - _ . do."
        ),
        filters=[_as_typed],
        validators=[
            DataRequired(lazy("Please choose a user name.")),
            Length(max=4 * names.LONGEST),
        ],
        render_kw=_NAME,
    )
    display_name = StringField(
        lazy("Name to be shown"),
        description=lazy("Left empty, it is your user name. You can change it later."),
        filters=[_as_typed],
        validators=[Length(max=4 * names.LONGEST_DISPLAY)],
        render_kw={"autocomplete": "nickname"},
    )
    email = EmailField(
        lazy("E-mail address"),
        description=lazy("Only used to let you back in and to tell you when your account changes."),
        filters=[_line],
        validators=[Length(max=_LONGEST_IDENTIFIER)],
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        lazy("Password"),
        description=_NEW_HINT,
        validators=[InputRequired(lazy("Please choose a password.")), Length(max=_LONGEST_TYPED)],
        render_kw=_NEW,
    )
    code = StringField(
        lazy("Invitation or join code"),
        filters=[_line],
        validators=[Length(max=60)],
        render_kw=_CODE,
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
        lazy("Password"),
        validators=[InputRequired(lazy("Please enter your password.")), Length(max=_LONGEST_TYPED)],
        render_kw=_CURRENT,
    )
    next = HiddenField(filters=[_as_typed])


class ResetForm(Form):
    username = StringField(
        lazy("User name or e-mail address"),
        filters=[_line],
        validators=[DataRequired(lazy("Please enter your name.")), Length(max=_LONGEST_IDENTIFIER)],
        render_kw=_NAME,
    )


class NewPasswordForm(Form):
    password = PasswordField(
        lazy("New password"),
        description=_NEW_HINT,
        validators=[InputRequired(lazy("Please choose a password.")), Length(max=_LONGEST_TYPED)],
        render_kw=_NEW,
    )


class CodeResetForm(NewPasswordForm):
    username = StringField(
        lazy("User name"),
        filters=[_line],
        validators=[DataRequired(lazy("Please enter your name.")), Length(max=_LONGEST_IDENTIFIER)],
        render_kw=_NAME,
    )
    recovery_code = StringField(
        lazy("Recovery code"),
        description=lazy("One of the ten codes that you were shown. Each works once."),
        filters=[_line],
        validators=[DataRequired(lazy("Please enter a code.")), Length(max=60)],
        render_kw=_CODE,
    )


class ChangePasswordForm(Form):
    current = PasswordField(
        lazy("Your password now"),
        validators=[InputRequired(lazy("Please enter your password.")), Length(max=_LONGEST_TYPED)],
        render_kw=_CURRENT,
    )
    password = PasswordField(
        lazy("New password"),
        description=_NEW_HINT,
        validators=[InputRequired(lazy("Please choose a password.")), Length(max=_LONGEST_TYPED)],
        render_kw=_NEW,
    )
    end_others = BooleanField(lazy("Sign out my other sessions"), default=True)


class ProfileForm(Form):
    display_name = StringField(
        lazy("Name to be shown"),
        description=lazy("Your user name always stands beside it."),
        filters=[_as_typed],
        validators=[Length(max=4 * names.LONGEST_DISPLAY)],
        render_kw={"autocomplete": "nickname"},
    )
    about = TextAreaField(
        lazy("In your own words"),
        description=lazy(
            "What others may know about you. Markdown works here. Please leave out"
            " whatever could identify you or somebody else in a way you do not want."
        ),
        filters=[_as_typed],
        validators=[Length(max=LONGEST_ABOUT)],
    )

    def to_draft(self) -> Profile:
        return Profile(display_name=self.display_name.data, about=self.about.data)


@cache
def _zones() -> tuple[SelectChoice, ...]:
    """Time zones by continent; old and special names are left out."""
    left_out = {"Etc", "SystemV", "US", "Brazil", "Canada", "Chile", "Mexico", "posix", "right"}
    zones = [SelectChoice("UTC", "UTC", optgroup=lazy("Everywhere"))]
    for name in sorted(available_timezones()):
        area, _, place = name.partition("/")
        if place and area not in left_out:
            label = place.replace("_", " ").replace("/", ", ")
            zones.append(SelectChoice(name, label, optgroup=area))
    return tuple(zones)


class PreferencesForm(Form):
    language = SelectField(
        lazy("Language"),
        description=lazy("Of the pages and of mail to you. What people wrote stays as it is."),
    )
    timezone = SelectField(lazy("Time zone"), description=lazy("Times are shown in it."))
    theme = RadioField(
        lazy("Light or dark"),
        choices=(
            SelectChoice(Theme.AUTO.value, lazy("As my device is set")),
            SelectChoice(Theme.LIGHT.value, lazy("Light")),
            SelectChoice(Theme.DARK.value, lazy("Dark")),
        ),
    )
    has_shortcuts = BooleanField(
        lazy("Single keys act on the page of a thread"),
        description=lazy(
            "Such as j for the next comment; ? lists them. Turn this off when you speak to your"
            " computer, or when keys act by accident."
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.timezone.choices = list(_zones())
        self.language.choices = [
            SelectChoice("", _("As my browser asks")),
            *(SelectChoice(code, name) for code, name in LANGUAGES.items()),
        ]

    def to_draft(self) -> Preferences:
        return Preferences(
            timezone=self.timezone.data,
            theme=Theme(self.theme.data),
            has_shortcuts=self.has_shortcuts.data,
            language=self.language.data or "",
        )


class AddressForm(Form):
    email = EmailField(
        lazy("E-mail address"),
        description=lazy("A link goes there; the address counts once you have followed it."),
        filters=[_line],
        validators=[
            DataRequired(lazy("Please enter an address.")),
            Length(max=_LONGEST_IDENTIFIER),
        ],
        render_kw={"autocomplete": "email"},
    )


class FeedForm(Form):
    name = StringField(
        lazy("Which program is it for?"),
        description=lazy(
            "A name by which you know it again in the list, such as “reader on my phone”."
        ),
        filters=[_line],
        validators=[DataRequired(lazy("Please give it a name.")), Length(max=LONGEST_FEED_NAME)],
        render_kw={"autocomplete": "off"},
    )


KEEP = "keep"
REMOVE = "remove"


class DeleteForm(Form):
    posts = RadioField(
        lazy("What you wrote"),
        choices=(
            SelectChoice(KEEP, lazy("Keep my posts, under the name “former member”")),
            SelectChoice(REMOVE, lazy("Remove my posts, with a short note in the place of each")),
        ),
        validators=[InputRequired(lazy("Please choose what becomes of your posts."))],
    )
    password = PasswordField(
        lazy("Password"),
        validators=[InputRequired(lazy("Please enter your password.")), Length(max=_LONGEST_TYPED)],
        render_kw=_CURRENT,
    )


class RoleForm(Form):
    role = RadioField(
        lazy("Role on this site"),
        choices=(
            SelectChoice(SiteRole.MEMBER.value, lazy("Member")),
            SelectChoice(
                SiteRole.MODERATOR.value,
                lazy("Moderator: sees every space, answers for what is in it"),
            ),
            SelectChoice(
                SiteRole.ADMINISTRATOR.value,
                lazy("Administrator: accounts, roles, imports as well"),
            ),
        ),
    )


class InviteForm(Form):
    uses = IntegerField(
        lazy("How many people can use it"),
        default=1,
        validators=[InputRequired(lazy("Please give a number.")), NumberRange(1, 200)],
    )
    days = IntegerField(
        lazy("Days until it ends"),
        default=14,
        validators=[InputRequired(lazy("Please give a number.")), NumberRange(1, 90)],
    )
