"""Looks whether a forum is well: settings, tables, counters, the log, stored pages; mends some."""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from pysqlite3 import dbapi2 as pysqlite
from sqlalchemy.orm import aliased
from werkzeug.sansio.utils import host_is_trusted

from forum import paths, setup
from forum.accounts.models import User
from forum.audit.models import POSTGRESQL_TRIGGERS, SQLITE_TRIGGERS
from forum.audit.queries import verify
from forum.core import versions
from forum.core.db import SAFE_SQLITE, Base, db, sqlite_is_safe, transaction
from forum.core.errors import DomainError
from forum.core.markup import RENDERER_VERSION, render
from forum.index.models import is_known
from forum.posts import actions as posts
from forum.posts.models import PATH_STEP, Post
from forum.proposals.models import Proposal
from forum.search.queries import differences
from forum.spaces.models import Space
from forum.stances.actions import recount as recount_stances
from forum.stances.queries.counts import COUNTERS, current
from forum.threads.actions import recount
from forum.threads.actions.counting import touch
from forum.threads.effects import index_posts
from forum.threads.models import Thread
from forum.threads.queries import counts

_BATCH = 200  # texts rendered per transaction: writers wait for no longer than that
_NAMED = 10  # ids in one line of the report
_TRIGGER = re.compile(r"CREATE TRIGGER (\w+)")
_OWNER_ONLY = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or was until just now; a note is only worth knowing."""

    text: str
    is_mended: bool = False
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be changed on the way."""

    fix: bool = False
    rerender: bool = False


Check = Callable[[Wishes], Iterable[Finding]]


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Count again what was counted wrong.")
@click.option("--rerender", is_flag=True, help="Render texts again that an older version rendered.")
@with_appcontext
def doctor_command(*, fix: bool, rerender: bool) -> None:
    """Look whether all is well; exit code 1 when something is not."""
    is_well = True
    for name, findings in examine(Wishes(fix=fix, rerender=rerender)):
        wrong = [found for found in findings if not (found.is_mended or found.is_note)]
        click.echo(f"{'WRONG' if wrong else 'ok':5}  {name}")
        for found in findings:
            word = "mended: " if found.is_mended else "note: " if found.is_note else ""
            click.echo(f"       {word}{found.text}")
        is_well = is_well and not wrong
    if not is_well:
        raise SystemExit(1)


def examine(wishes: Wishes) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Run every check in turn; what reads the tables is left out when they are wrong."""
    yield "settings", tuple(_settings(wishes))
    tables = tuple(_tables(wishes))
    yield "tables", tables
    if any(not found.is_note for found in tables):
        return
    for name, check in CHECKS:
        yield name, tuple(check(wishes))
        db.session.rollback()  # the next check sees the newest state


def _settings(_wishes: Wishes) -> Iterator[Finding]:
    config = current_app.config
    base = urlsplit(config["BASE_URL"])
    if not host_is_trusted(base.netloc, config["TRUSTED_HOSTS"]):
        yield Finding("FORUM_BASE_URL names a host that FORUM_TRUSTED_HOSTS does not admit.")
    if config["ENV"] == "production" and base.scheme != "https":
        yield Finding("FORUM_BASE_URL does not start with https://, but this is production.")
    if not config["SMTP_HOST"]:
        yield Finding("FORUM_SMTP_HOST is empty, so no mail is sent.", is_note=True)
    for name in ("secret-key", "demo-accounts.txt", "forum.sqlite3"):
        yield from _file_findings(Path(config["INSTANCE_PATH"]) / name)
    if db.engine.dialect.name == "sqlite" and not sqlite_is_safe():
        yield Finding(
            f"SQLite {pysqlite.sqlite_version} can damage its file; it has to be"
            f" {'.'.join(map(str, SAFE_SQLITE))} or newer."
        )


def _file_findings(file: Path) -> Iterator[Finding]:
    if not file.exists():
        return
    is_secret = file.suffix != ".sqlite3"
    if is_secret and file.stat().st_mode & _OWNER_ONLY:
        yield Finding(f"{file.name} can be read by others. Do: chmod 600 {file.name}")
    if not os.access(file, os.R_OK | os.W_OK):
        yield Finding(f"{file.name} cannot be read and written by this user.")


def _tables(_wishes: Wishes) -> Iterator[Finding]:
    setup.load_models()
    context = MigrationContext.configure(
        db.session.connection(), opts={"compare_type": True, "include_name": is_known}
    )
    newest = set(ScriptDirectory(paths.MIGRATIONS).get_heads())
    if set(context.get_current_heads()) != newest:
        yield Finding("The tables are not of this version. Run: forum setup")
        return
    for difference in compare_metadata(context, Base.metadata):
        yield Finding(f"Not as the program expects: {_in_words(difference)}")


def _in_words(difference: Any) -> str:  # noqa: ANN401 - alembic's tuples of many shapes
    parts = difference[0] if isinstance(difference, list) else difference
    return " ".join(str(getattr(part, "name", part)) for part in parts if part is not None)


def _triggers(_wishes: Wishes) -> Iterator[Finding]:
    is_sqlite = db.engine.dialect.name == "sqlite"
    wanted = _TRIGGER.findall(" ".join(SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS))
    catalogue = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if not is_sqlite:
        catalogue = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    found = set(db.session.scalars(sa.text(catalogue)))
    for name in sorted(set(wanted) - found):
        yield Finding(f"The trigger {name} is missing, so the log could be changed.")


def _file(_wishes: Wishes) -> Iterator[Finding]:
    """The file of SQLite; PostgreSQL looks after its own."""
    if db.engine.dialect.name != "sqlite":
        return
    for row in db.session.scalars(sa.text("PRAGMA integrity_check")):
        if row != "ok":
            yield Finding(f"The database file is damaged: {row}")
    broken = db.session.execute(sa.text("PRAGMA foreign_key_check")).all()
    if broken:
        yield Finding(f"{len(broken)} rows refer to nothing, the first in {broken[0][0]}.")


def _thread_counters(wishes: Wishes) -> Iterator[Finding]:
    wrong = db.session.scalars(
        sa.select(Thread.id)
        .where(
            sa.or_(
                Thread.comment_count != counts.published_comments(),
                Thread.open_question_count != counts.open_questions(),
            )
        )
        .order_by(Thread.id)
    ).all()
    if not wrong:
        return
    if wishes.fix:
        with transaction():
            for thread_id in wrong:
                recount(thread_id)
            touch(*wrong)
    yield Finding(f"Comments or questions miscounted in {_ids('thread', wrong)}", wishes.fix)


def _agreement_counters(wishes: Wishes) -> Iterator[Finding]:
    wrong = db.session.execute(
        sa.select(Post.id, Post.thread_id)
        .where(Post.agreement_count != counts.agreements())
        .order_by(Post.id)
    ).all()
    if not wrong:
        return
    ids = [post_id for post_id, _ in wrong]
    if wishes.fix:
        with transaction():
            for start in range(0, len(ids), _BATCH):
                db.session.execute(
                    sa.update(Post)
                    .where(Post.id.in_(ids[start : start + _BATCH]))
                    .values(agreement_count=counts.agreements())
                    .execution_options(synchronize_session=False)
                )
            touch(*{thread_id for _, thread_id in wrong}, lists=False)
    yield Finding(f"Agreements miscounted at {_ids('post', ids)}", wishes.fix)


def _stance_counters(wishes: Wishes) -> Iterator[Finding]:
    wrong = db.session.scalars(
        sa.select(Proposal.thread_id)
        .where(sa.or_(*(counter != current(choice) for choice, counter in COUNTERS.items())))
        .order_by(Proposal.thread_id)
    ).all()
    if not wrong:
        return
    if wishes.fix:
        with transaction():
            for start in range(0, len(wrong), _BATCH):
                recount_stances(*wrong[start : start + _BATCH])
            touch(*wrong)
    yield Finding(f"Stances miscounted on {_ids('proposal', wrong)}", wishes.fix)


def _numbers(_wishes: Wishes) -> Iterator[Finding]:
    """Numbers and places of posts that no two writers can have left so."""
    highest = (
        sa.select(sa.func.max(Post.number)).where(Post.thread_id == Thread.id).scalar_subquery()
    )
    over = db.session.scalars(sa.select(Thread.id).where(Thread.last_number < highest)).all()
    if over:
        yield Finding(f"Numbers were given that are not counted in {_ids('thread', over)}")
    opening = sa.exists().where(Post.thread_id == Thread.id, Post.number == 0)
    headless = db.session.scalars(
        sa.select(Thread.id).where(~opening, Thread.merged_into_id.is_(None))
    ).all()
    if headless:
        yield Finding(f"Without an opening: {_ids('thread', headless)}")
    misplaced = db.session.scalars(
        sa.select(Post.id).where(sa.func.length(Post.path) != Post.depth * PATH_STEP)
    ).all()
    if misplaced:
        yield Finding(f"Path and depth disagree at {_ids('post', misplaced)}")
    for column, word in ((Post.parent_id, "a reply to"), (Post.answer_id, "answered by")):
        other = aliased(Post)
        strays = db.session.scalars(
            sa.select(Post.id)
            .join(other, other.id == column)
            .where(other.thread_id != Post.thread_id)
        ).all()
        if strays:
            yield Finding(f"In one thread but {word} a post of another: {_ids('post', strays)}")


def _log(_wishes: Wishes) -> Iterator[Finding]:
    broken = verify()
    if broken is not None:
        yield Finding(
            f"The log was changed outside the forum, at or before entry {broken}."
            " Run: forum audit verify"
        )


def _index(_wishes: Wishes) -> Iterator[Finding]:
    """Whether what can be read, and nothing else, can be found."""
    found = differences()
    for word, subjects in (
        ("not in it", found.missing),
        ("in it with other words", found.stale),
        ("in it and should not be", found.extra),
    ):
        if subjects:
            yield Finding(f"{len(subjects):,} {word}, the first {subjects[0]}.")
    if found.is_damaged:
        yield Finding("Its structure is damaged.")
    if found:
        yield Finding("Run: forum search rebuild")


def _texts(wishes: Wishes) -> Iterator[Finding]:
    """Texts whose stored HTML an older renderer made."""
    if wishes.rerender:
        done, refused = _render_again()
        if done:
            yield Finding(f"{done} texts rendered again.", is_mended=True)
        if refused:
            yield Finding(f"Too large to be rendered now, left as they were: {refused}")
        return
    stale = 0
    for model, version, source in _RENDERED:
        stale += (
            db.session.scalar(
                sa.select(sa.func.count())
                .select_from(model)
                .where(version < RENDERER_VERSION, source != "")
            )
            or 0
        )
    if stale:
        yield Finding(f"{stale} texts were rendered by an older version. Run with --rerender.")


def _render_again() -> tuple[int, int]:
    """Render what is stale, batch by batch; how many were, and how many could not be."""
    done = refused = 0
    for model, version, source in _RENDERED:
        last = 0
        while True:
            with transaction():
                batch = db.session.scalars(
                    sa.select(model)
                    .where(model.id > last, version < RENDERER_VERSION, source != "")
                    .order_by(model.id)
                    .limit(_BATCH)
                ).all()
                results = [_render_one(row) for row in batch]
                done += results.count(True)
                refused += results.count(False)
                index_posts(*(row.id for row in batch if isinstance(row, Post)))
                _touch_pages(batch)
            if not batch:
                break
            last = batch[-1].id
    return done, refused


def _render_one(row: Post | Space | User) -> bool:
    try:
        if isinstance(row, Post):
            posts.rerender(row)
        elif isinstance(row, Space):
            rendered = render(row.description_source)
            row.description_html = str(rendered.html)
            row.description_render_version = rendered.version
        else:
            rendered = render(row.about_source)
            row.about_html = str(rendered.html)
            row.about_render_version = rendered.version
    except DomainError:
        return False
    return True


def _touch_pages(rows: Iterable[Post | Space | User]) -> None:
    threads = {row.thread_id for row in rows if isinstance(row, Post)}
    if threads:
        touch(*threads)  # lists as well: feeds show openings whole
    if any(not isinstance(row, Post) for row in rows):
        versions.touch(versions.SITE)


def _ids(kind: str, ids: Iterable[int]) -> str:
    every = list(ids)
    some = ", ".join(map(str, every[:_NAMED]))
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return f"{kind} {some}{more}."


_RENDERED: tuple[tuple[Any, Any, Any], ...] = (
    (Post, Post.render_version, Post.source),
    (Space, Space.description_render_version, Space.description_source),
    (User, User.about_render_version, User.about_source),
)
CHECKS: tuple[tuple[str, Check], ...] = (
    ("database file", _file),
    ("triggers", _triggers),
    ("counters of threads", _thread_counters),
    ("counters of agreements", _agreement_counters),
    ("counters of stances", _stance_counters),
    ("numbers and places of posts", _numbers),
    ("log", _log),
    ("index of words", _index),
    ("stored texts", _texts),
)
