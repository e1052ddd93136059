"""Starting an import, running it, and handing its authors over to the people they are."""

import hashlib
import io
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.audit.actions import record
from forum.core import clock, versions
from forum.core.actor import Actor, member_id
from forum.core.db import db, transaction
from forum.core.errors import DomainError, Invalid
from forum.core.i18n import _
from forum.core.text import scrub_line
from forum.imports import policy, queries, writing
from forum.imports.formats import PARSERS
from forum.imports.models import ClaimLink, ImportedItem, ImportRun, RunState
from forum.imports.writing import Progress, Report
from forum.jobs.actions import enqueue
from forum.posts.models import Post
from forum.spaces.queries import get_access
from forum.threads.models import Thread

JOB = "import"
CLAIM_DAYS = 30
_MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to import into a space; `format` is a name in imports/formats.py."""

    format: str
    space_id: int
    filename: str
    data: bytes
    is_dry: bool = False


def start_import(actor: Actor, upload: Upload, *, most_megabytes: int) -> int:
    """Keep an uploaded file and write the job that reads it; returns the run's id."""
    policy.may_import(actor).enforce()
    get_access(actor, upload.space_id)
    if not upload.data:
        raise Invalid(_("Please choose a file; this one is empty."), "file")
    if len(upload.data) > most_megabytes * _MEGABYTE:
        raise Invalid(
            _("The file is larger than %(most_megabytes)s MB.", most_megabytes=most_megabytes),
            "file",
        )
    run = ImportRun(
        format=upload.format,
        filename=scrub_line(upload.filename)[:255],
        space_id=upload.space_id,
        started_by_id=member_id(actor),
        is_dry=upload.is_dry,
        data=zlib.compress(upload.data, 1),
        created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()  # the job names the run
    enqueue(JOB, {"run": run.id}, dedupe=f"import:{run.id}")
    record(
        actor.id, "import.start", "import", run.id,
        after={"format": upload.format, "space": upload.space_id, "is_dry": upload.is_dry},
    )  # fmt: skip
    return run.id


def run_import(payload: Mapping[str, Any]) -> None:
    """The job: read the file of a run and write it, or say why not. Safe to run twice."""
    run_id = int(payload["run"])
    run = db.session.get(ImportRun, run_id)
    if run is None or run.data is None or run.state in {RunState.DONE, RunState.REFUSED}:
        return
    file_format, space_id, is_dry = run.format, run.space_id, run.is_dry
    data = zlib.decompress(run.data)

    def progress(done: int, total: int) -> None:
        with transaction():
            _note(run_id, state=RunState.RUNNING, done_count=done, total_count=total)

    try:
        report = import_file(
            Upload(file_format, space_id, "", data, is_dry=is_dry), progress=progress
        )
    except DomainError as refusal:
        with transaction():
            _end(run_id, RunState.REFUSED, message=refusal.message)
        return
    with transaction():
        _end(run_id, RunState.DONE, report=report.as_values())


def import_file(upload: Upload, *, progress: Progress) -> Report:
    """Read a file whole, then write it; a refused file has written nothing."""
    parsed = PARSERS[upload.format](io.BytesIO(upload.data))
    if upload.is_dry:
        return writing.foresee(parsed, upload.space_id)
    return writing.put(parsed, upload.space_id, progress)


def make_claim_link(actor: Actor, space_id: int, placeholder_id: int) -> str:
    """A secret that hands a placeholder's posts to whoever uses it signed in; shown once."""
    policy.may_hand_over(actor, get_access(actor, space_id)).enforce()
    waiting = queries.get_waiting(space_id, placeholder_id)
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        ClaimLink(
            placeholder_id=waiting.user_id,
            token_hash=digest(token),
            created_by_id=member_id(actor),
            created_at=now,
            expires_at=now + timedelta(days=CLAIM_DAYS),
        )
    )
    record(actor.id, "placeholder.link", "user", waiting.user_id)
    return token


def claim(actor: Actor, token: str) -> int:
    """Make the posts of a placeholder the actor's own; returns how many. The link is used up."""
    policy.may_claim(actor).enforce()
    link, placeholder, count = queries.claimable(digest(token), clock.now())
    me = member_id(actor)
    thread_ids = db.session.scalars(
        sa.select(Post.thread_id).where(Post.author_id == placeholder.id).distinct()
    ).all()
    for column in (Post.author_id, Thread.author_id, Thread.last_author_id, ImportedItem.user_id):
        db.session.execute(
            sa.update(column.class_)
            .where(column == placeholder.id)
            .values({column.key: me})
            .execution_options(synchronize_session=False)
        )
    link.used_at = clock.now()
    record(
        actor.id, "placeholder.claim", "user", placeholder.id,
        before={"name": placeholder.display_name}, after={"user": me, "posts": count},
    )  # fmt: skip
    db.session.flush()  # the link is marked before it goes with its placeholder
    db.session.execute(sa.delete(User).where(User.id == placeholder.id))
    versions.touch(
        versions.SITE,
        versions.LISTS,
        *(versions.thread_scope(thread_id) for thread_id in thread_ids),
    )
    return count


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _note(run_id: int, **values: object) -> None:
    db.session.execute(sa.update(ImportRun).where(ImportRun.id == run_id).values(**values))


def _end(run_id: int, state: RunState, **values: object) -> None:
    """The file itself is not kept any longer than it is needed."""
    _note(run_id, state=state, data=None, ended_at=clock.now(), **values)


HANDLERS: Mapping[str, Callable[[dict[str, Any]], None]] = MappingProxyType({JOB: run_import})
