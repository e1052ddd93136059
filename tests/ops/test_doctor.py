"""The doctor finds what is wrong, says so, and mends what can be counted again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from forum import paths
from forum.core.db import db, transaction
from forum.core.markup import RENDERER_VERSION
from forum.demo import actions
from forum.demo.content import load
from forum.doctor import Finding, Wishes, examine
from forum.posts.models import Post
from forum.proposals.models import Proposal
from forum.threads.models import Thread
from tests import factories
from tests.support.rollback import Stage


@pytest.fixture(scope="module")
def stage(site: Flask) -> Iterator[Stage[None]]:
    """A forum with a discussion in it, and tables that say that they are of the newest version."""
    found = Stage(site, _fill)
    yield found
    found.clear()


@pytest.fixture
def app(site: Flask, stage: Stage[None]) -> Iterator[Flask]:
    with stage.played_on():
        yield site


def _fill() -> None:
    context = MigrationContext.configure(db.session.connection())
    context.stamp(ScriptDirectory(paths.MIGRATIONS), "heads")
    content = load()
    talked = max(content.threads, key=lambda thread: len(thread.comments))
    with transaction():
        actions.fill(replace(content, threads=(talked,), reports=()), {})
    factories.proposal()


def findings(name: str, **wishes: bool) -> tuple[Finding, ...]:
    return dict(examine(Wishes(**wishes)))[name]


def change(statement: sa.Executable) -> None:
    with transaction():
        db.session.execute(statement)


def test_a_forum_that_is_well_has_no_findings(app: Flask):
    wrong = [found for _, found in examine(Wishes()) if any(not one.is_note for one in found)]

    assert wrong == []


BROKEN_COUNTERS = (
    pytest.param("counters of threads", sa.update(Thread).values(comment_count=99), id="comments"),
    pytest.param(
        "counters of threads", sa.update(Thread).values(open_question_count=99), id="questions"
    ),
    pytest.param(
        "counters of agreements", sa.update(Post).values(agreement_count=99), id="agreements"
    ),
    pytest.param("counters of stances", sa.update(Proposal).values(concern_count=99), id="stances"),
)


@pytest.mark.parametrize(("name", "damage"), BROKEN_COUNTERS)
def test_a_wrong_counter_is_found(app: Flask, name: str, damage: sa.Update):
    change(damage)

    assert "miscounted" in findings(name)[0].text


@pytest.mark.parametrize(("name", "damage"), BROKEN_COUNTERS)
def test_a_wrong_counter_is_mended_on_request(app: Flask, name: str, damage: sa.Update):
    change(damage)

    assert all(found.is_mended for found in findings(name, fix=True))
    assert findings(name) == ()


def test_a_text_of_an_older_renderer_is_found(app: Flask):
    change(sa.update(Post).values(render_version=RENDERER_VERSION - 1))

    assert "--rerender" in findings("stored texts")[0].text


def test_texts_are_rendered_again_on_request(app: Flask):
    before = db.session.scalars(sa.select(Post.html).order_by(Post.id)).all()
    change(sa.update(Post).values(render_version=RENDERER_VERSION - 1, html="old"))

    findings("stored texts", rerender=True)

    assert findings("stored texts") == ()
    assert db.session.scalars(sa.select(Post.html).order_by(Post.id)).all() == before


def test_a_number_beyond_the_last_one_given_is_found(app: Flask):
    change(sa.update(Thread).values(last_number=0))

    assert "not counted" in findings("numbers and places of posts")[0].text


def test_a_post_at_the_wrong_depth_is_found(app: Flask):
    change(sa.update(Post).where(Post.number == 1).values(depth=3))

    assert "Path and depth" in findings("numbers and places of posts")[0].text


def test_a_trigger_that_was_dropped_is_found(app: Flask):
    table = "" if db.engine.dialect.name == "sqlite" else " ON audit_entry"
    name = "audit_entry_no_update" if not table else "audit_entry_no_change"
    change(sa.text(f"DROP TRIGGER {name}{table}"))

    assert f"trigger {name} is missing" in findings("triggers")[0].text


def test_an_index_that_was_dropped_is_found(app: Flask):
    change(sa.text("DROP INDEX ix_post_agreed"))

    assert "ix_post_agreed" in findings("tables")[0].text


def test_a_changed_log_is_found(app: Flask):
    table = "" if db.engine.dialect.name == "sqlite" else " ON audit_entry"
    name = "audit_entry_no_update" if not table else "audit_entry_no_change"
    change(sa.text(f"DROP TRIGGER {name}{table}"))
    change(sa.text("UPDATE audit_entry SET reason = 'another one'"))

    assert "changed outside" in findings("log")[0].text


def test_a_key_file_that_others_can_read_is_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "secret-key").write_text("x")
    (tmp_path / "secret-key").chmod(0o644)
    monkeypatch.setitem(app.config, "INSTANCE_PATH", str(tmp_path))

    assert "chmod 600" in " ".join(found.text for found in findings("settings"))


def test_a_base_url_that_this_site_does_not_answer_to_is_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(app.config, "BASE_URL", "https://elsewhere.example.org")

    assert "FORUM_BASE_URL" in findings("settings")[0].text
