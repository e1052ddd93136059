"""Commands about people."""

import click


@click.group("user")
def user_commands() -> None:
    """People."""
