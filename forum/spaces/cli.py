"""Commands about spaces."""

import click
from flask.cli import with_appcontext

from forum.core.db import transaction
from forum.core.errors import DomainError
from forum.spaces import actions
from forum.spaces.actions import SpaceDraft
from forum.spaces.models import Visibility


@click.group("space")
def space_commands() -> None:
    """Spaces."""


@space_commands.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="What the space is called.")
@click.option(
    "--visibility",
    type=click.Choice([visibility.value for visibility in Visibility]),
    required=True,
    help="Who can read it.",
)
@click.option("--facilitator", required=True, help="User name of the member who runs it.")
@with_appcontext
def add(slug: str, name: str, visibility: str, facilitator: str) -> None:
    """Add the space SLUG, run by a member who exists."""
    draft = SpaceDraft(
        name=name,
        description="",
        visibility=Visibility(visibility),
        slug=slug,
        facilitator=facilitator,
    )
    try:
        with transaction():
            space = actions.add_space(draft)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Added the space {space.name} at /s/{space.slug}.")
