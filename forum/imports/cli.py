"""`forum import blogger|wordpress FILE --space S`: bring in a discussion."""

from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from forum.core.db import db
from forum.core.errors import DomainError
from forum.imports.actions import Upload, import_file
from forum.imports.formats import PARSERS
from forum.imports.writing import Report
from forum.spaces.models import Space


@click.group("import")
def import_command() -> None:
    """Bring in a discussion from another system; running it twice adds nothing."""


def _bring_in(file_format: str, file: Path, space: str, *, is_dry: bool) -> None:
    most = current_app.config["MAX_UPLOAD_MB"]
    if file.stat().st_size > most * 2**20:
        raise click.ClickException(f"The file is larger than {most} MB.")
    space_id = db.session.scalar(sa.select(Space.id).where(Space.slug == space))
    if space_id is None:
        raise click.ClickException(
            f"There is no space {space}. Make it with: forum space add {space}"
        )
    upload = Upload(file_format, space_id, file.name, file.read_bytes(), is_dry=is_dry)
    with click.progressbar(length=1, label="Importing", show_eta=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total or 1
            bar.update(done - bar.pos)

        try:
            report = import_file(upload, progress=progress)
        except DomainError as refusal:
            raise click.ClickException(f"{refusal.message} Nothing was written.") from None
    _tell(report, is_dry=is_dry)


def _tell(report: Report, *, is_dry: bool) -> None:
    for warning in report.warnings:
        click.echo(f"Note: {warning}", err=True)
    verb = "Would add" if is_dry else "Added"
    click.echo(
        f"{verb} {report.threads} threads, {report.comments} comments and {report.authors} authors;"
        f" {report.unknown_authors} posts by unknown authors;"
        f" {report.already_there} were there already."
    )
    if report.suggestions:
        click.echo(f"Labels became tag suggestions on {report.suggestions} threads.")


def _command(file_format: str) -> click.Command:
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--space", required=True, help="Slug of the space to import into.")
    @click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would happen.")
    @with_appcontext
    def bring_in(file: Path, space: str, *, is_dry: bool) -> None:
        _bring_in(file_format, file, space, is_dry=is_dry)

    return click.command(file_format, help=f"Import a {file_format} export.")(bring_in)


for _format in PARSERS:
    import_command.add_command(_command(_format))
