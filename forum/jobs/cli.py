"""Commands about jobs: the worker, and what it could not do."""

import os
import signal
import sys
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from forum.core.actor import Actor, SiteRole
from forum.core.db import transaction
from forum.core.errors import DomainError
from forum.jobs import actions, queries, worker

# Whoever can run commands on the machine may do what administrators may.
_OPERATOR = Actor(id=None, display_name="operator", role=SiteRole.ADMINISTRATOR)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@with_appcontext
def worker_command(*, once: bool) -> None:
    """Send mail and do the other work that waits, until SIGTERM; the job at hand is finished."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # By a thread: the signal may come while this one holds the lock of the event.
        signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001
    click.echo("The worker has started.")
    try:
        worker.run(app, stop=stop, once=once)
    except worker.WorkerStuckError:
        if stop.is_set() or once:
            raise click.ClickException("A job hung and was cut off.") from None
        click.echo("A job hung and was cut off. The worker starts afresh.", err=True)
        sys.stdout.flush()
        # Same process id, so that whoever supervises this process sees nothing; no thread is left.
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


@click.group("jobs")
def jobs_commands() -> None:
    """Work that waits, and dead letters: jobs that failed too often."""


@jobs_commands.command("list")
@with_appcontext
def list_command() -> None:
    """Show dead letters, and how many jobs wait."""
    cursor = None
    while True:
        page = queries.dead(cursor)
        for job in page.rows:
            click.echo(f"{job.id}\t{job.kind}\t{job.created_at:%Y-%m-%d %H:%M}\t{job.last_error}")
        cursor = page.next
        if cursor is None:
            break
    click.echo(f"{queries.waiting_count()} waiting")


@jobs_commands.command("retry")
@click.argument("job_id", type=int)
@with_appcontext
def retry_command(job_id: int) -> None:
    """Try the dead letter JOB_ID again."""
    try:
        with transaction():
            actions.retry(_OPERATOR, job_id)
    except DomainError as error:
        raise click.ClickException(error.message) from None
    click.echo("It will be tried again.")
