"""The demo: filled in once, into an empty forum, as if it had grown."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.accounts.models import User
from forum.accounts.passwords import verify
from forum.core.db import db, transaction
from forum.core.errors import Conflict
from forum.demo import actions, cli, logins
from forum.demo.content import DemoContent, load
from forum.threads.models import Thread
from tests import factories


@pytest.fixture(scope="module")
def content() -> DemoContent:
    return load()


def test_a_forum_with_people_is_left_alone(app: Flask, content: DemoContent):
    factories.user("somebody")

    with pytest.raises(Conflict, match="people in this forum already"), transaction():
        actions.fill(content, {})

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Thread)) == 0


def test_production_gets_no_demo(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "ENV", "production")

    with pytest.raises(Conflict, match="production"):
        cli.prepare()


def test_a_second_time_keeps_the_pass_phrases(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setitem(app.config, "INSTANCE_PATH", str(tmp_path))
    monkeypatch.setattr(cli, "hash_password", lambda password: f"hash of {password}")
    first = cli.prepare()

    assert cli.prepare() == first


def test_each_shown_pass_phrase_opens_its_account(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setitem(app.config, "INSTANCE_PATH", str(tmp_path))

    shown = cli.prepare()

    kept = dict(db.session.execute(sa.select(User.username, User.password_hash)).all())
    assert [
        login.username for login in shown if not verify(kept[login.username], login.password)
    ] == []


def test_pass_phrases_are_for_the_owner_of_the_file_only(tmp_path: Path, content: DemoContent):
    invented = logins.invent(content.accounts)
    logins.keep(tmp_path, invented)

    assert (tmp_path / "demo-accounts.txt").stat().st_mode & 0o777 == 0o600
    assert logins.kept(tmp_path) == invented


def test_no_two_pass_phrases_are_alike(content: DemoContent):
    phrases = [login.password for login in logins.invent(content.accounts)]

    assert len(set(phrases)) == len(phrases) == 6
