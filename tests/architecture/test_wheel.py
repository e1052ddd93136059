"""What a wheel holds, and that the forum runs from it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from forum import paths

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(folder), "."]
    subprocess.run(command, cwd=paths.ROOT, check=True)  # noqa: S603 - our own package
    return next(folder.glob("*.whl"))


def test_nothing_but_the_package_lands_in_site_packages(wheel: Path):
    tops = {entry.split("/")[0] for entry in zipfile.ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"forum"}


@pytest.mark.parametrize(
    "entry",
    [
        "forum/_bundled/config.py",
        "forum/_bundled/templates/base.html",
        "forum/_bundled/static/css/tokens.css",
        "forum/_bundled/migrations/env.py",
        "forum/demo/content.toml",
        "forum/tags/vocabulary.toml",
        "forum/translations/es/LC_MESSAGES/messages.po",
    ],
)
def test_the_wheel_holds(wheel: Path, entry: str):
    assert entry in zipfile.ZipFile(wheel).namelist()


def test_the_forum_sets_itself_up_from_the_wheel(wheel: Path, tmp_path: Path):
    """Unpacked beside the dependencies of this environment, away from the checkout."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "forum.cli", "setup"],
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(tmp_path / "installed"),
            "FORUM_INSTANCE_PATH": str(tmp_path / "instance"),
        },
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "instance" / "forum.sqlite3").exists()
