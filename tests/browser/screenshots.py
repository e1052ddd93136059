"""Takes the pictures in docs/screenshots/: python -m tests.browser.screenshots

Serves the demo from an empty folder, and looks at its pages as its people do, on a phone and on a
desk, by day and by night. Pictures have few colours, so that each stays below 200 kB.
"""

import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from forum.accounts.models import User
from forum.core.db import db
from forum.threads.models import Thread
from tests.support.required import chromium
from tests.support.server import Server, serving

FOLDER = Path(__file__).parents[2] / "docs/screenshots"
LARGEST = 200_000  # bytes
COLOURS = 128
SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PROMPT = "The first ordinary Monday"
PROPOSAL = "A home that does not end"


@dataclass(frozen=True)
class Shot:
    """A page as somebody sees it, after a button; `show` scrolls to what it is about."""

    name: str
    path: str
    who: str | None = None
    show: str = ""
    press: str = ""


SHOTS = (
    Shot("home", "/", "mateus"),
    Shot("thread", "{prompt}", "mateus"),
    Shot("comments", "{prompt}", "mateus", "#comments"),
    Shot("visitor", "{prompt}", None, "#c2"),
    Shot("compose", "{prompt}", "mateus", "#compose"),
    Shot("proposals", "/proposals"),
    Shot("proposal", "{proposal}"),
    Shot("debate", "{proposal}", "tomasz", "#debate"),
    Shot("points", "{proposal}/points"),
    Shot("propose", "/proposals/new", "mateus"),
    Shot("services", "/services?need=housing"),
    Shot("map", "/map", None, "#map-table"),
    Shot("need", "/needs/housing"),
    Shot("brief", "/briefs/1"),
    Shot("needs", "/tags"),
    Shot("space", "/s/commons"),
    Shot("settings", "/settings/preferences", "mateus"),
    Shot("register", "/register"),
    Shot("report", "{prompt}/c/5/report", "mateus"),
    Shot("queue", "/moderation", "leilani"),
    Shot("case", "/moderation/cases/1", "leilani"),
    Shot("decide", "/moderation/cases/1", "leilani", "#deciding", "Show the words"),
    Shot("transparency", "/transparency"),
)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), "--demo") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        paths = {"prompt": _path(server, PROMPT), "proposal": _path(server, PROPOSAL)}
        for shot in SHOTS:
            for size in SIZES:
                for scheme in SCHEMES:
                    _take(browser, server, shot, shot.path.format(**paths), size, scheme)
        browser.close()


def _path(server: Server, title: str) -> str:
    with server.at_hand():
        found = db.session.scalars(sa.select(Thread.id).where(Thread.title.startswith(title))).one()
    return f"/t/{found}"


def _take(
    browser: Browser,
    server: Server,
    shot: Shot,
    path: str,
    size: str,
    scheme: Literal["light", "dark"],
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    if shot.who:
        with server.at_hand():
            user = db.session.scalars(sa.select(User).where(User.username == shot.who)).one()
            context.add_cookies([server.cookie(user)])
    page = context.new_page()
    page.goto(path)
    if shot.press:
        page.get_by_role("button", name=shot.press).click()
    if shot.show:
        page.locator(shot.show).evaluate("element => element.scrollIntoView({ block: 'start' })")
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    context.close()
    file = FOLDER / f"{shot.name}-{size}-{scheme}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > LARGEST:
        sys.exit(f"{file.name} is larger than {LARGEST} bytes")


if __name__ == "__main__":
    main()
