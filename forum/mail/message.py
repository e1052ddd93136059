"""From a template and its values to a message with safe headers."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from forum import paths
from forum.core import i18n
from forum.core.text import scrub, scrub_line
from forum.web.translating import speak, teach

_SUBJECT = "Subject: "


class TemplateError(Exception):
    """A mail template that is not written as all are: "Subject: ..." first, then the text."""


class AddressError(ValueError):
    """Not one plain mail address."""


def message_id(event: str, recipient: str, *, host: str) -> str:
    """The Message-ID of a delivery: the same for every copy, so that mail programs show one."""
    digest = hashlib.sha256(f"{event}\n{recipient}".encode()).hexdigest()
    return f"<{digest[:40]}@{host}>"


def build(  # noqa: PLR0913 - the parts of a message
    kind: str,
    context: Mapping[str, Any],
    *,
    recipient: str,
    sender: str,
    message_id: str,
    at: datetime,
    words: Mapping[str, Any],
    language: str = i18n.DEFAULT,
) -> EmailMessage:
    """The message of templates/mail/<kind>.txt; `words` are the same in every message.

    A value with line breaks stays inside its header. AddressError for what is no address.
    """
    subject, body = _templates(kind, language)
    values = {**words, **context}
    message = EmailMessage()
    message["Subject"] = scrub_line(subject.render(values))
    message["From"] = scrub_line(sender)
    message["To"] = _address(recipient)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # no answers from holiday programs
    text = scrub(body.render(values)).strip() + "\n"
    message.set_content(text, cte="quoted-printable")
    message["Content-Language"] = language  # last: what sets the content drops such headers
    return message


def _address(recipient: str) -> Address:
    try:
        return Address(addr_spec=recipient)
    except (ValueError, HeaderParseError) as error:
        raise AddressError(f"not an address: {error}") from error


@cache
def _templates(kind: str, language: str) -> tuple[Template, Template]:
    """Subject and body, apart: a line break in the subject's values cannot reach the body."""
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES / "mail"),
        autoescape=select_autoescape(default_for_string=False),  # it is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    teach(environment)
    speak(environment, language)
    name = f"{kind}.txt"
    source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
    first, _, rest = source.partition("\n")
    if not first.startswith(_SUBJECT):
        raise TemplateError(f"templates/mail/{name} must start with {_SUBJECT!r}")
    return environment.from_string(first.removeprefix(_SUBJECT)), environment.from_string(rest)
