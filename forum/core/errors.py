"""What can go wrong in the domain, without HTTP; web/errors.py maps each to a page once."""

from forum.core.i18n import _


class DomainError(Exception):
    """A refusal with a sentence that the person at the screen reads."""

    def __init__(self, message: str | None = None) -> None:
        self.message = _("That did not work.") if message is None else str(message)
        super().__init__(self.message)


class NotFound(DomainError):
    """Does not exist, or this person may not know that it does: the same words for both."""

    def __init__(self, message: str | None = None) -> None:
        if message is None:
            message = _("There is no page here, or it is not open to you.")
        super().__init__(message)


class Forbidden(DomainError):
    """Exists and may be seen, but this act is not this person's to do."""


class Conflict(DomainError):
    """Somebody else changed the same thing first, or the thing is in another state by now."""


class Invalid(DomainError):
    """The input cannot be taken as it is; `field` names the form field it belongs to, if one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooMany(DomainError):
    """Too many of these in too short a time; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
