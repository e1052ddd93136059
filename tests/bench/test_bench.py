"""The bench: its data set is what the forum itself would have written."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from pysqlite3 import dbapi2 as pysqlite

BENCH = Path(__file__).parents[2] / "bench"
_WRONG = {
    "comments": "SELECT count(*) FROM thread WHERE comment_count !="
    " (SELECT count(*) FROM post WHERE thread_id = thread.id AND number > 0)",
    "highest number": "SELECT count(*) FROM thread WHERE last_number !="
    " (SELECT max(number) FROM post WHERE thread_id = thread.id)",
    "open questions": "SELECT count(*) FROM thread WHERE open_question_count !="
    " (SELECT count(*) FROM post WHERE thread_id = thread.id AND is_question"
    " AND answer_id IS NULL)",
    "agreements": "SELECT count(*) FROM post WHERE agreement_count !="
    " (SELECT count(*) FROM agreement WHERE post_id = post.id)",
    "own agreements": "SELECT count(*) FROM agreement JOIN post ON post.id = post_id"
    " WHERE user_id = author_id",
    "paths": "SELECT count(*) FROM post JOIN post AS parent ON parent.id = post.parent_id"
    " WHERE substr(post.path, 1, length(parent.path)) != parent.path",
    "latest activity": "SELECT count(*) FROM thread WHERE last_activity_at !="
    " (SELECT max(created_at) FROM post WHERE thread_id = thread.id)",
}


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCH / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> sa.Engine:
    """A database filled by the command, with few threads."""
    folder = tmp_path_factory.mktemp("bench")
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    done = _run("data.py", "--database-url", url, "--threads", "12", "--long-thread", "60")
    assert done.returncode == 0, done.stderr
    return sa.create_engine(url, module=pysqlite)


@pytest.mark.parametrize("what", _WRONG)
def test_no_count_of_the_data_set_is_wrong(filled, what):
    with filled.connect() as connection:
        assert connection.execute(sa.text(_WRONG[what])).scalar_one() == 0


def test_the_data_set_has_as_many_rows_as_was_asked_for(filled):
    with filled.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM thread")).scalar_one() == 13
        assert connection.execute(sa.text("SELECT count(*) FROM user_account")).scalar_one() == 200


def test_a_database_that_holds_people_is_not_filled_again(filled):
    url = filled.url.render_as_string()
    done = _run("data.py", "--database-url", url, "--threads", "1")
    assert done.returncode != 0
    assert "the database is not empty" in done.stderr


def test_the_bench_says_how_it_is_used():
    assert "--large" in _run("run.py", "--help").stdout
