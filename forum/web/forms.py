"""What every form shares: the token, the choice between preview and post, and refusals."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectChoice, SelectField
from wtforms.i18n import get_translations
from wtforms.validators import Length

from forum.core import i18n
from forum.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, TooMany
from forum.core.i18n import WRITTEN, lazy

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Form(FlaskForm):
    """Base of all forms. `status` is the answer's status when the form is shown again.

    `message` is a refusal that belongs to no single field. Values that were typed stay in the
    fields, whatever the refusal.
    """

    status: int = 200
    message: str = ""
    retry_after: int | None = None
    main_field: str | None = None  # where an Invalid goes that names no field

    class Meta:
        csrf = True

        def get_translations(self, _form: object) -> Any:  # noqa: ANN401 - WTForms has no types
            """WTForms' own messages; Flask-WTF would read them from the disk for every form."""
            return _own_messages(i18n.language())

    @property
    def is_refused(self) -> bool:
        """Whether it was sent and something was wrong with it."""
        return self.status != HTTPStatus.OK

    @property
    def is_conflict(self) -> bool:
        """Whether somebody else was quicker: then the page shows what stands there now."""
        return self.status == HTTPStatus.CONFLICT

    def accepted(self) -> bool:
        """Sent and valid; sets the status to 422 when sent and not valid."""
        if request.method not in UNSAFE:
            return False
        if self.validate():
            return True
        self.status = 422
        return False

    def refuse(self, error: DomainError) -> None:
        """Take a refusal of an action into the form, beside the field that it is about."""
        field = getattr(error, "field", None)
        if field is None and isinstance(error, Invalid):
            field = self.main_field
        if field is not None and field in self._fields:
            self._fields[field].errors = [*self._fields[field].errors, error.message]
        else:
            self.message = error.message
        self.status = _status(error)
        self.retry_after = getattr(error, "retry_after", None)


@cache
def _own_messages(code: str) -> Any:  # noqa: ANN401
    return get_translations([code])


class WritingForm(Form):
    """A form that makes a post: it can be previewed, and its key makes sending it twice safe."""

    main_field = "source"
    language = SelectField(
        lazy("Language of the text"),
        choices=[
            SelectChoice("", lazy("Not said")),
            *(SelectChoice(code, name) for code, name in WRITTEN.items()),
        ],
        default="",
    )
    submit_key = HiddenField(validators=[Length(max=64)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.submit_key.data:
            self.submit_key.data = secrets.token_urlsafe(16)

    @property
    def is_preview(self) -> bool:
        return request.method in UNSAFE and request.form.get("do") == "preview"


def offer(field: SelectField, places: Iterable[Any]) -> None:
    """Let a field choose among things with a slug and a name."""
    field.choices = [SelectChoice(place.slug, place.name) for place in places]


@contextmanager
def refusals(form: Form) -> Iterator[None]:
    """Catch what an action refuses, so that the view shows the form again with the text in it.

    NotFound passes through: what may not be seen has no form to come back to.
    """
    try:
        yield
    except NotFound:
        raise
    except DomainError as error:
        form.refuse(error)


def _status(error: DomainError) -> int:
    for kind, status in ((Invalid, 422), (TooMany, 429), (Conflict, 409), (Forbidden, 403)):
        if isinstance(error, kind):
            return status
    return 400
