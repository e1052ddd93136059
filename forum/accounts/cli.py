"""Commands about people; the first administrator comes from here."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext

from forum.accounts import actions, passwords, queries
from forum.accounts.queries import Account
from forum.accounts.views.blueprint import rules
from forum.core.actor import SiteRole
from forum.core.db import transaction
from forum.core.errors import DomainError, NotFound

_ROLES = click.Choice([role.value for role in SiteRole])
_GENERATED_BYTES = 18


@click.group("user")
def user_commands() -> None:
    """People: add them, give them a role, let them back in."""


@user_commands.command("add")
@click.argument("username")
@click.option("--display-name", help="The name to be shown; the user name when left out.")
@click.option("--role", type=_ROLES, default=SiteRole.MEMBER.value, show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--generate", is_flag=True, help="Make a password and print it.")
@with_appcontext
def add(
    username: str,
    display_name: str | None,
    *,
    role: str,
    password_stdin: bool,
    generate: bool,
) -> None:
    """Add the member USERNAME; the password is asked for unless an option says otherwise."""
    if password_stdin and generate:
        raise click.UsageError("Choose one of --password-stdin and --generate.")
    password = _password(from_stdin=password_stdin, generated=generate)
    shown = display_name or username
    with _plain_errors():
        password_hash = passwords.protect(password, (username, shown, rules().site_name))
        with transaction():
            actions.add_member(username, shown, role=SiteRole(role), password_hash=password_hash)
    click.echo(f"Added {username} ({role}).")
    if generate:
        click.echo(f"Password: {password}")


def _password(*, from_stdin: bool, generated: bool) -> str:
    if generated:
        return secrets.token_urlsafe(_GENERATED_BYTES)
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@user_commands.command("promote")
@click.argument("username")
@click.argument("role", type=_ROLES)
@with_appcontext
def promote(username: str, role: str) -> None:
    """Give USERNAME the role ROLE on the whole site."""
    account = _account(username)
    with _plain_errors(), transaction():
        actions.promote(account.id, SiteRole(role))
    click.echo(f"{account.username} is now {role}.")


@user_commands.command("reset-link")
@click.argument("username")
@with_appcontext
def reset_link(username: str) -> None:
    """Print a link with which USERNAME sets a new password; it works once."""
    account = _account(username)
    with _plain_errors(), transaction():
        link = actions.make_reset_link_from_command_line(rules(), account)
    click.echo(link)


@user_commands.command("invite")
@click.option("--uses", type=int, default=1, show_default=True, help="How many people.")
@click.option("--days", type=int, default=14, show_default=True, help="How long it works.")
@with_appcontext
def invite(uses: int, days: int) -> None:
    """Print a code with which people register while registration is by invitation."""
    with _plain_errors(), transaction():
        code = actions.invite_from_command_line(uses=uses, days=days)
    click.echo(code)


def _account(username: str) -> Account:
    try:
        return queries.get_account(username)
    except NotFound:
        raise click.ClickException(f"There is no member called {username}.") from None


@contextmanager
def _plain_errors() -> Iterator[None]:
    """A refusal is one line and exit code 1."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(error.message) from None
