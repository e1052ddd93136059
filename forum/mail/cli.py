"""Commands about mail."""

import secrets
from smtplib import SMTPException

import click
from flask.cli import with_appcontext

from forum.core import clock
from forum.mail import message, transport


@click.group("mail")
def mail_commands() -> None:
    """Mail."""


@mail_commands.command("test")
@click.argument("address")
@with_appcontext
def test_command(address: str) -> None:
    """Send a message to ADDRESS now, to see whether the settings of mail are right."""
    if not transport.is_configured():
        raise click.ClickException("FORUM_SMTP_HOST is not set, so no mail is sent.")
    try:
        transport.send(
            message.build(
                "test",
                {},
                recipient=address,
                sender=transport.sender(),
                message_id=message.message_id(
                    secrets.token_hex(16), address, host=transport.own_name()
                ),
                at=clock.now(),
                words=transport.words(),
            )
        )
    except (transport.RefusedForGoodError, SMTPException, OSError, ValueError) as error:
        raise click.ClickException(f"It was not sent: {error}") from None
    click.echo("The mail server took it.")
