"""The command `forum`, run as an operator runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from forum import paths

COMMANDS = (
    "serve", "worker", "db", "user", "space", "import", "demo", "doctor", "routes", "setup",
)  # fmt: skip


def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "forum.cli", *words],
        env={"PATH": "/usr/bin:/bin", **settings},
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command(tmp_path: Path):
    shown = run("--help", FORUM_INSTANCE_PATH=str(tmp_path)).stdout

    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []


def test_a_misspelt_setting_stops_with_one_line_that_names_the_right_one(tmp_path: Path):
    done = run("routes", FORUM_INSTANCE_PATH=str(tmp_path), FORUM_REGISTRATON="open")

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Did you mean FORUM_REGISTRATION?" in done.stderr


@pytest.mark.parametrize("key", ["", "short", "a" * 64], ids=["missing", "short", "monotonous"])
def test_production_refuses_a_weak_key(tmp_path: Path, key: str):
    done = run(
        "routes", FORUM_INSTANCE_PATH=str(tmp_path), FORUM_ENV="production", FORUM_SECRET_KEY=key
    )

    assert done.returncode == 2
    assert "FORUM_SECRET_KEY is missing or weak" in done.stderr


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path):
    run("routes", FORUM_INSTANCE_PATH=str(tmp_path))
    file = tmp_path / "secret-key"
    first = file.read_text()

    run("routes", FORUM_INSTANCE_PATH=str(tmp_path))

    assert file.read_text() == first
    assert file.stat().st_mode & 0o777 == 0o600


def test_routes_shows_every_address(tmp_path: Path):
    assert "threads.show" in run("routes", FORUM_INSTANCE_PATH=str(tmp_path)).stdout


def test_setting_up_twice_is_fine_and_leaves_no_drift(tmp_path: Path):
    values = {"FORUM_INSTANCE_PATH": str(tmp_path)}
    run("setup", **values)

    assert run("setup", **values).returncode == 0
    assert run("db", "check", **values).returncode == 0
