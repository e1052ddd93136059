"""Commands about spaces."""

import click


@click.group("space")
def space_commands() -> None:
    """Spaces."""
