"""Bring in discussions from other systems."""

import click


@click.group("import")
def import_command() -> None:
    """Bring in a discussion."""
