"""The style page: there for builders, absent in production, and complete."""

import re

from forum import paths
from tests.support.pages import Browser


def test_it_shows_every_component(browser: Browser):
    page = (paths.TEMPLATES / "styleguide/show.html").read_text()
    shown = set(re.findall(r'from "components/(\w+)\.html"', page))
    inside = {"comment", "post_text", "thread_row", "form", "_foot", "_mark"}  # drawn by others
    alone = {
        "confirm",
        "tag_picker",
        "language_choice",
    }  # of real forms, with a token or a vocabulary
    there = {file.stem for file in (paths.TEMPLATES / "components").glob("*.html")}

    assert there - shown - inside - alone == set()
    assert browser.get("/styleguide").status_code == 200


def test_it_comes_in_the_order_of_arabic(browser: Browser):
    assert '<html lang="en" dir="rtl"' in browser.get("/styleguide?dir=rtl").text
    assert '<html lang="en" dir="ltr"' in browser.get("/styleguide").text


def test_there_is_none_in_production(app, browser: Browser, monkeypatch):
    monkeypatch.setitem(app.config, "ENV", "production")
    assert browser.get("/styleguide").status_code == 404


def test_it_leaves_no_cookie(browser: Browser):
    assert "Set-Cookie" not in browser.get("/styleguide").headers
