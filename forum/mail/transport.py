"""The way out: what the settings say about mail, and one SMTP conversation."""

import ipaddress
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

TIMEOUT_SECONDS = 10  # per step of the conversation
_FOR_GOOD = range(500, 600)


class RefusedForGoodError(Exception):
    """The other side will never take this message for this address."""


def is_configured() -> bool:
    return bool(current_app.config["SMTP_HOST"])


def sender() -> str:
    return str(current_app.config["MAIL_FROM"])


def words() -> Mapping[str, Any]:
    """What every template may use: `site_name` and `base_url` (without a slash at its end)."""
    config = current_app.config
    return {"site_name": config["SITE_NAME"], "base_url": config["BASE_URL"].rstrip("/")}


def own_name() -> str:
    """The site's host as mail servers want to hear it, from the settings and not from DNS."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"  # noqa: PLR2004


def send(message: EmailMessage) -> None:
    """Hand one message to the mail server; RefusedForGoodError when trying again is no use.

    Only a permanent no to this address or this text counts as such. A server that turns us away
    (sign-in, sender, greeting) is a matter of settings: the message waits until they are mended.
    """
    config = current_app.config
    try:
        with smtplib.SMTP(
            config["SMTP_HOST"],
            config["SMTP_PORT"],
            local_hostname=own_name(),
            timeout=TIMEOUT_SECONDS,
        ) as server:
            if config["SMTP_STARTTLS"]:
                server.starttls(context=ssl.create_default_context())
            if config["SMTP_USER"]:
                server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        if code in _FOR_GOOD:
            raise RefusedForGoodError(_words_of(code, said)) from error
        raise
    except smtplib.SMTPDataError as error:
        if error.smtp_code in _FOR_GOOD:
            raise RefusedForGoodError(_words_of(error.smtp_code, error.smtp_error)) from error
        raise


def _words_of(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"
