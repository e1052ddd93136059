"""The command `forum worker` as a process of its own, with jobs that misbehave on demand.

Run with one argument: a JSON object of the settings, `folder` for marks, and `longest` seconds.
"""

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.cli import ScriptInfo

from forum.app import create_app
from forum.core import versions
from forum.core.db import transaction
from forum.jobs import worker
from forum.jobs.cli import worker_command

FOREVER = 60


def main(given: dict[str, Any]) -> None:
    folder = Path(given["folder"])
    worker.LONGEST = timedelta(seconds=given["longest"])
    app = create_app(given["settings"])

    def mark(name: str) -> bool:
        """Leave a mark; False when it was there already."""
        try:
            (folder / name).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def note(payload: dict[str, Any]) -> None:
        """One line at the start and one at the end; lines of several processes do not mix."""
        for moment in ("start", "end"):
            with (folder / "notes").open("a") as notes:
                notes.write(f"{moment} {payload['number']} {os.getpid()}\n")
            time.sleep(0.005)

    def stumble(_payload: dict[str, Any]) -> None:
        """Count once, but the first time stay in the middle of it."""
        with transaction():
            versions.touch("counted")
            if mark("stumbling"):
                time.sleep(FOREVER)

    def last(payload: dict[str, Any]) -> None:
        """Take a moment, so that a signal comes in the middle."""
        mark("last")
        time.sleep(0.5)
        note(payload)

    def hang(_payload: dict[str, Any]) -> None:
        if mark("hanging"):
            time.sleep(FOREVER)

    app.extensions["job_handlers"].update(note=note, stumble=stumble, last=last, hang=hang)
    worker_command.main(
        args=given["arguments"], obj=ScriptInfo(create_app=lambda: app), prog_name="worker"
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
