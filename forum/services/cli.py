"""`forum services import FILE` and `forum services export`: the directory as files."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from forum.core.db import transaction
from forum.core.errors import DomainError
from forum.services.actions.importing import Fate, Options, Outcome, bring_in_as
from forum.services.formats import hsds, read_file, spreadsheet
from forum.services.queries import Filters
from forum.services.queries.records import records


@click.group("services")
def service_commands() -> None:
    """The directory of services as files: CSV, or JSON of Open Referral's HSDS 3."""


@service_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would happen.")
@click.option("--partial", "is_partial", is_flag=True, help="Leave out rows that fail.")
@with_appcontext
def import_services(file: Path, *, is_dry: bool, is_partial: bool) -> None:
    """Bring a file in, by its ending; nothing is written when a row fails, unless --partial."""
    try:
        rows = read_file(file.name, file.read_bytes())
        with transaction():
            outcome = bring_in_as(None, rows, Options(file.name, is_dry, is_partial))
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.message} Nothing was written.") from None
    _tell(outcome)
    if outcome.failed and not outcome.is_written and not is_dry:
        raise click.ClickException("Nothing was written. --partial leaves such rows out.")


def _tell(outcome: Outcome) -> None:
    for number, name, problem in outcome.problems:
        column = f", {problem.field}" if problem.field else ""
        click.echo(f"Row {number}{column} ({name}): {problem.message}", err=True)
    counts = outcome.counts
    verb = "" if outcome.is_written else "Would be: "
    click.echo(verb + ", ".join(f"{counts[fate]} {fate.value}" for fate in Fate) + ".")


@service_commands.command("export")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv")
@click.option("--need", default="", help="Slug of a need.")
@click.option("--place", default="", help="Slug of a place.")
@with_appcontext
def export_services(kind: str, need: str, place: str) -> None:
    """Write listed services to standard output."""
    found = records(Filters(need=need, place=place))
    if kind == "json":
        click.echo(hsds.written(found, current_app.extensions["site"].base_url))
        return
    for line in spreadsheet.written(found):
        click.echo(line, nl=False)
