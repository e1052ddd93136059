"""Gives back what a refused request carried, so that one press sends it once more."""

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict

# "current" is the present password where a new one is chosen.
_SECRET_WORDS = ("password", "current", "csrf", "token", "recovery", "kept.", "resume_to")
PREFIX = "kept."
# What forms hold for themselves: nobody typed it.
_MACHINERY = frozenset(
    {"do", "submit_key", "revision", "next", "language", "draft", "draft_version"}
)


@dataclass(frozen=True, slots=True)
class Resume:
    """A request to be made again: a local path and the fields that go there."""

    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """The fields as a sign-in form carries them along, with where they belong."""
        kept = tuple((PREFIX + name, value) for name, value in self.fields)
        return (("resume_to", self.action), *kept)

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """What a person typed, without machinery such as keys and buttons."""
        return tuple(
            (name, value) for name, value in self.fields if value.strip() and name not in _MACHINERY
        )


def of_request() -> Resume:
    """What the current request carried, without its secrets."""
    return Resume(request.full_path.rstrip("?"), _harmless(request.form))


def carried() -> Resume | None:
    """The request that a sign-in form carried along; None when there is none."""
    action = local_path(request.form.get("resume_to", ""), default="")
    if not action:
        return None
    fields = MultiDict(
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    )
    return Resume(action, _harmless(fields))


def local_path(target: str, *, default: str = "/") -> str:
    """`target` when it is a plain path of this site, else `default`; nothing else is followed."""
    is_plain = target.startswith("/") and not target.startswith(("//", "/\\"))
    if not is_plain or "\\" in target or "://" in target.split("?", 1)[0]:
        return default
    if any(ord(character) <= 32 or ord(character) == 127 for character in target):  # noqa: PLR2004 - ASCII controls
        return default
    if target.lower().startswith(("/%2f", "/%5c")):
        return default
    return target


def _harmless(fields: MultiDict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value)
        for name, value in fields.items(multi=True)
        if not any(word in name.lower() for word in _SECRET_WORDS)
    )
