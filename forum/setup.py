"""What every forum starts with: its tables, the vocabulary of needs, and the space Commons."""

import importlib.util
import pkgutil

import click
import flask_migrate
import sqlalchemy as sa
from flask.cli import with_appcontext
from sqlalchemy.engine import Connection

import forum
from forum.core.db import db, transaction
from forum.moderation.actions import plant_reasons
from forum.places.actions import plant_countries
from forum.search.actions import rebuild_if_empty
from forum.spaces.actions import plant_commons
from forum.tags.actions import plant_vocabulary

_LOCK_KEY = 7_301_966  # any number, the same for every node


def load_models() -> None:
    """Import the tables of every domain, also of those that no page has asked for yet."""
    for package in pkgutil.iter_modules(forum.__path__):
        name = f"forum.{package.name}.models"
        if package.ispkg and importlib.util.find_spec(name) is not None:
            importlib.import_module(name)


def take_turns(connection: Connection) -> None:
    """Let nodes that start at once set up one after the other; until the transaction's end.

    On SQLite the write lock does that already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))


def upgrade() -> None:
    """Bring the tables up to date; safe when several nodes start at once."""
    flask_migrate.upgrade()


def plant() -> None:
    """Add what is missing; what people changed since stays as it is."""
    with transaction():
        take_turns(db.session.connection())
        plant_vocabulary()
        plant_countries()
        plant_commons()
        plant_reasons()
    rebuild_if_empty()


@click.command("setup")
@with_appcontext
def setup_command() -> None:
    """Bring the database up to date and plant what every forum starts with."""
    upgrade()
    plant()
    click.echo("The database is up to date.")
