"""The style page looks as it did: small pictures of it, compared with those kept beside this file.

Text is set in boxes (tests/support/boxes.py) and pictures are averaged over blocks, so that they
are the same on any machine with this browser. When a change of the look is meant, look at the style
page and write the pictures again:
FORUM_TEST_WRITE_PICTURES=1 .venv/bin/pytest -n0 tests/browser/test_pictures.py
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from tests.support import boxes
from tests.support.server import Server

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).with_name("pictures")
SCALE = 0.5  # pixels of a picture for one of the page: half is drawn in a quarter of the time
BLOCK = 2  # pixels of a picture: the side of the squares that are averaged
NOTICED = 20  # of 255: how far the colour of a block may be off
TOLERATED = 0.0005  # of all blocks: what the drawing of curves and shadows may change

LOOKS: dict[str, dict[str, Any]] = {
    "desktop-light": {"width": 1280, "options": {"color_scheme": "light"}},
    "phone-dark": {"width": 360, "options": {"color_scheme": "dark"}},
    "phone-rtl": {"width": 320, "options": {"color_scheme": "light"}, "query": "?dir=rtl"},
    "phone-contrast": {"width": 360, "options": {"contrast": "more"}},
}


@pytest.fixture
def style_page(chromium_process: Browser, demo_server: Server) -> Iterator[Any]:
    """Opens the style page in a look, set in boxes."""
    contexts = []

    def opened(look: str) -> Page:
        wanted = LOOKS[look]
        context = chromium_process.new_context(
            base_url=demo_server.url,
            viewport={"width": wanted["width"], "height": 800},
            device_scale_factor=SCALE,
            reduced_motion="reduce",
            bypass_csp=True,  # for the style that brings the boxes
            **wanted["options"],
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"/styleguide{wanted.get('query', '')}")
        page.add_style_tag(content=boxes.style())
        page.evaluate(
            """async () => {
                document.activeElement.blur();
                await document.fonts.load("1rem Boxes");
                await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
            }"""
        )
        return page

    yield opened
    for context in contexts:
        context.close()


def picture(page: Page) -> Image.Image:
    """The whole page in averaged blocks."""
    shot = Image.open(BytesIO(page.screenshot(full_page=True)))
    return shot.convert("RGB").reduce(BLOCK)


def changed(one: Image.Image, other: Image.Image) -> float:
    """The share of blocks that differ visibly; 1 when the pages differ in size."""
    if one.size != other.size:
        return 1
    worst = ImageChops.difference(one, other).split()
    apart = ImageChops.lighter(ImageChops.lighter(worst[0], worst[1]), worst[2])
    return sum(apart.histogram()[NOTICED:]) / (one.width * one.height)


@pytest.mark.parametrize("look", LOOKS)
def test_the_style_page_looks_as_it_did(style_page: Any, tmp_path: Path, look: str) -> None:
    now, kept = picture(style_page(look)), FOLDER / f"{look}.png"
    if os.environ.get("FORUM_TEST_WRITE_PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        now.save(kept, optimize=True)
    now.save(tmp_path / kept.name)
    share = changed(now, Image.open(kept).convert("RGB"))
    assert share <= TOLERATED, f"{share:.2%} changed: compare {kept} and {tmp_path / kept.name}"


BROKEN = (
    ".knot { padding-inline-start: 2.4rem !important }",
    ".button { padding-block: .75rem !important }",
    ".tag.need { background: none !important }",
)


def test_one_broken_rule_is_seen(style_page: Any) -> None:
    page = style_page("phone-dark")
    kept = Image.open(FOLDER / "phone-dark.png").convert("RGB")
    shares = {}
    for rule in BROKEN:
        tag = page.add_style_tag(content=rule)
        shares[rule] = changed(picture(page), kept)
        tag.evaluate("style => style.remove()")
    assert min(shares.values()) > TOLERATED, shares
