"""Styles and scripts come joined, compressed, and under the hash of their content."""

import gzip
import re

import pytest

from forum import paths
from forum.web import assets
from tests import factories
from tests.support.pages import Browser
from tests.support.queries import statements

KB = 1024
GZIP = {"Accept-Encoding": "br, gzip"}


@pytest.mark.parametrize("name", assets.BUNDLES)
def test_a_joined_file_holds_all_its_parts_in_order(browser: Browser, name: str):
    text = browser.raw("GET", f"/assets/{name}").text
    parts = [(paths.STATIC / part).read_text() for part in assets.BUNDLES[name]]
    places = [text.find(part) for part in parts]

    assert places == sorted(places)
    assert -1 not in places


def test_it_is_kept_for_a_year_under_its_own_hash_alone(browser: Browser):
    address = assets.asset("site.css")
    kept, older = (
        browser.raw("GET", path) for path in (address, "/assets/site.css?v=0123456789ab")
    )

    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept.headers["Content-Type"] == "text/css; charset=utf-8"
    assert older.headers["Cache-Control"] == "public, no-cache"
    assert re.fullmatch(r"/assets/site\.css\?v=[0-9a-f]{12}", address)


@pytest.mark.parametrize("headers", [{}, GZIP], ids=["as it is", "compressed"])
def test_what_a_browser_has_is_not_sent_again(browser: Browser, headers: dict[str, str]):
    first = browser.raw("GET", "/assets/site.js", headers=headers)
    again = browser.raw(
        "GET", "/assets/site.js", headers={**headers, "If-None-Match": first.headers["ETag"]}
    )

    assert again.status_code == 304
    assert not again.data


def test_compressed_and_plain_are_the_same_with_etags_of_their_own(browser: Browser):
    plain = browser.raw("GET", "/assets/site.css")
    packed = browser.raw("GET", "/assets/site.css", headers=GZIP)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_it_asks_no_database_and_sets_no_cookie(browser: Browser):
    browser.sign_in(factories.user())
    with statements() as seen:
        answer = browser.raw("GET", "/assets/member.js")

    assert seen == []
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", ["none.css", "..", "tokens.css", "%2e%2e%2fconfig.py"])
def test_nothing_else_is_there(browser: Browser, name: str):
    assert browser.raw("GET", f"/assets/{name}").status_code == 404


def test_a_developer_sees_a_changed_part_at_once(app, browser, monkeypatch, tmp_path):
    for part in assets.BUNDLES["site.js"]:
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).write_text("// before\n")
    monkeypatch.setattr(assets.paths, "STATIC", tmp_path)
    monkeypatch.setitem(app.config, "DEBUG", value=True)
    before = browser.raw("GET", "/assets/site.js").text
    (tmp_path / "js/menus.js").write_text("// after\n")
    after = browser.raw("GET", "/assets/site.js").text
    assets.joined.cache_clear()

    assert "after" not in before
    assert "after" in after


def test_a_page_of_a_thread_names_one_style_and_one_script(browser: Browser):
    thread = factories.thread()
    for person in (None, factories.user()):
        if person is not None:
            browser.sign_in(person)
        page = browser.get(f"/t/{thread.id}-{thread.slug}").text
        assert len(re.findall(r'rel="stylesheet"', page)) == 1
        assert len(re.findall(r"<script", page)) == 1


@pytest.mark.parametrize("name", ["site.css", "thread.js", "thread-writing.js"])
def test_what_a_thread_page_needs_is_at_most_14_kb_compressed(name: str):
    assert len(assets.joined(name).compressed) <= 14 * KB


@pytest.mark.parametrize("is_member", [True, False], ids=["member", "visitor"])
def test_a_page_of_20_long_comments_is_at_most_20_kb_compressed(browser: Browser, is_member: bool):
    words = (paths.ROOT / "docs/operating.md").read_text().split()  # prose that does not repeat
    words = [word.strip("`*|[]()#<>") for word in words]
    thread = factories.thread()
    for number in range(20):
        made = factories.comment(thread, text=" ".join(words[number * 75 : number * 75 + 75]))
        factories.agree(made, factories.user())
    if is_member:
        browser.sign_in(factories.user())
    page = browser.get(f"/t/{thread.id}-{thread.slug}").data

    assert page.count(b'class="knot') == 20
    assert len(gzip.compress(page)) <= 20 * KB


def test_every_script_belongs_to_a_bundle_or_a_page():
    joined = {part for parts in assets.BUNDLES.values() for part in parts}
    templates = "".join(file.read_text() for file in paths.TEMPLATES.rglob("*.html"))
    named = set(re.findall(r"""asset\(["']([^"']+)["']\)""", templates))
    files = {
        str(file.relative_to(paths.STATIC))
        for kind in ("css", "js")
        for file in (paths.STATIC / kind).rglob("*.*")
    }

    assert files - joined - named == set()
