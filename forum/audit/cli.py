"""Commands about the audit log."""

import re

import click
from flask.cli import with_appcontext
from typing_extensions import override

from forum.audit import queries
from forum.audit.queries import Fault, Head, Wrong

_MOST = 20  # faults that are named one by one
_HEAD = re.compile(r"([0-9]{1,10}):([0-9a-f]{64})")
_WORDS = {
    Wrong.CHANGED: "it does not say what it said when it was written",
    Wrong.MOVED: "it stands in another place: it was written right after entry {other}",
    Wrong.UNLINKED: "entries before it are missing, or were written anew",
    Wrong.LOST: "it is missing, and so is what came after it",
    Wrong.REPLACED: "another entry has its number",
}


class _KeptHead(click.ParamType[Head]):
    name = "ID:HASH"

    @override
    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        found = _HEAD.fullmatch(value)
        if found is None:
            self.fail("give it as 'forum audit head' printed it", param, ctx)
        return Head(int(found[1]), found[2])


@click.group("audit")
def audit_commands() -> None:
    """The log of acts, which nobody can edit."""


@audit_commands.command("verify")
@click.option("--head", "kept", type=_KeptHead(), help="What 'forum audit head' printed once.")
@with_appcontext
def verify(*, kept: Head | None) -> None:
    """Look for entries that were changed, removed or put elsewhere; exit code 1 when there are."""
    count = 0
    for fault in queries.faults(kept):
        count += 1
        if count <= _MOST:
            click.echo(_in_words(fault))
    if count > _MOST:
        click.echo(f"And {count - _MOST} more.")
    if count:
        raise SystemExit(1)
    click.echo("The log is as it was written.")


def _in_words(fault: Fault) -> str:
    when = "" if fault.at is None else f" of {fault.at:%Y-%m-%d %H:%M:%S} UTC"
    return f"Entry {fault.entry_id}{when}: {_WORDS[fault.wrong].format(other=fault.other_id)}."


@audit_commands.command("head")
@with_appcontext
def head() -> None:
    """Print the newest entry's number and hash, to keep elsewhere and compare with later."""
    newest = queries.head()
    if newest is None:
        raise click.ClickException("The log is empty.")
    click.echo(f"{newest.entry_id}:{newest.hash}")
