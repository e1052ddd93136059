"""Commands about the index: make it anew, and look whether it is right."""

import click
from flask.cli import with_appcontext

from forum.search import actions, queries

_NAMED = 10  # things in one line of the report


@click.group("search")
def search_commands() -> None:
    """The index of words: make it anew, or look whether it is right."""


@search_commands.command("rebuild")
@with_appcontext
def rebuild_command() -> None:
    """Make the whole index anew; the forum can go on meanwhile."""
    shown = -1

    def show(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // max(total, 1)
        if percent // 10 != shown:
            shown = percent // 10
            click.echo(f"{percent} %")

    actions.rebuild(show)
    click.echo("The index is new.")


@search_commands.command("check")
@with_appcontext
def check_command() -> None:
    """Compare the index with what can be read; exit code 1 when they differ."""
    found = queries.differences()
    for word, subjects in (
        ("Not in the index", found.missing),
        ("In the index with other words", found.stale),
        ("In the index and should not be", found.extra),
    ):
        if subjects:
            click.echo(f"{word}: {shortened(subjects)}")
    if found.is_damaged:
        click.echo("The structure of the index is damaged.")
    if found:
        click.echo("Run: forum search rebuild")
        raise SystemExit(1)
    click.echo("The index is right.")


def shortened(subjects: list[str]) -> str:
    some = ", ".join(subjects[:_NAMED])
    more = f" and {len(subjects) - _NAMED:,} more" if len(subjects) > _NAMED else ""
    return f"{some}{more}"
