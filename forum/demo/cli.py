"""The command that fills the demo in, and what starting with `--demo` shares with it."""

from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from forum.accounts.models import User
from forum.accounts.passwords import hash_password
from forum.core.db import db, transaction
from forum.core.errors import Conflict, DomainError
from forum.demo import actions, logins
from forum.demo.content import load
from forum.demo.directory import load_directory
from forum.demo.logins import Login
from forum.demo.proposals import load_debate


def prepare() -> tuple[Login, ...]:
    """Fill the demo in unless that was done before; returns how to sign in.

    Raises Conflict in production, and when the people here are not the demo's.
    """
    if current_app.config["ENV"] == "production":
        raise Conflict("Demo accounts are for trying things out; a production forum gets none.")
    folder = Path(current_app.config["INSTANCE_PATH"])
    known = logins.kept(folder)
    if known and _are_here(known):
        return known
    content = load()
    directory = load_directory(content)
    debate = load_debate(content, directory)
    invented = logins.invent(content.accounts)
    hashes = {login.username: hash_password(login.password) for login in invented}
    with transaction():
        actions.fill(content, hashes, directory=directory, debate=debate)
        logins.keep(folder, invented)  # before the commit: what cannot be shown is not made
    return invented


def _are_here(known: tuple[Login, ...]) -> bool:
    wanted = {login.username for login in known}
    found = set(db.session.scalars(sa.select(User.username).where(User.username.in_(wanted))))
    db.session.rollback()
    return found == wanted


def tell(known: tuple[Login, ...]) -> None:
    """Print how to sign in."""
    width = max(len(login.username) for login in known)
    phrase = max(len(login.password) for login in known)
    click.echo("Demo accounts (user name, pass phrase, what it is):")
    for login in known:
        click.echo(f"  {login.username:{width}}  {login.password:{phrase}}  {login.shown_as}")


@click.command("demo")
@with_appcontext
def demo_command() -> None:
    """Fill an empty forum with made-up people and discussions."""
    try:
        tell(prepare())
    except DomainError as error:
        raise click.ClickException(error.message) from None
