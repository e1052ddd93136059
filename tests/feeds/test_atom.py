"""Atom documents from rows: complete, escaped, with whole links, whatever people wrote."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.markup import render
from forum.feeds.atom import Entry, Feed, absolute, write
from tests.support.feeds import ATOM, BASE, check, link, one

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def _entry(number: int = 1, **values) -> Entry:
    return Entry(
        **{
            "id": f"tag:forum.example,2026:t/1/c/{number}",
            "title": "A title",
            "url": f"{BASE}/t/1/c/{number}",
            "author": "Amina",
            "published": AT,
            "updated": AT,
            "html": "<p>Words.</p>",
            **values,
        }
    )


def _feed(*entries: Entry, **values) -> bytes:
    return write(
        Feed(
            **{
                "id": "tag:forum.example,2026:feed/site",
                "title": "New discussions",
                "author": "Common Thread",
                "url": f"{BASE}/feed",
                "page": f"{BASE}/",
                "entries": entries,
                **values,
            }
        )
    )


def test_a_feed_has_what_atom_requires():
    root = check(_feed(_entry(1, categories=("housing",)), _entry(2, updated=LATER)))
    assert one(root, "updated").text == "2026-03-02T09:30:00Z"
    assert link(root, "self").get("href") == f"{BASE}/feed"
    assert link(root, "self").get("type") == "application/atom+xml"
    entry = root.findall(f"{ATOM}entry")[0]
    assert one(entry, "category").get("term") == "housing"
    assert one(entry, "published").text == "2026-03-01T09:30:00Z"


def test_a_feed_without_entries_is_one_as_well_and_the_same_every_time():
    check(_feed())
    assert _feed() == _feed()


def test_html_is_escaped_and_comes_out_as_it_went_in():
    html = "<p>a &lt;b&gt; &amp; c</p></content><script>x</script>]]>"
    root = check(_feed(_entry(html=html)))
    assert one(root.findall(f"{ATOM}entry")[0], "content").text == html
    assert b"<script>" not in _feed(_entry(html=html))


@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"]
)
def test_characters_that_xml_forbids_are_left_out(character):
    words = f"a{character}b"
    document = _feed(
        _entry(title=words, author=words, html=f"<p>{words}</p>", categories=(words,)), title=words
    )
    entry = check(document).findall(f"{ATOM}entry")[0]
    assert one(entry, "title").text == one(one(entry, "author"), "name").text == "ab"
    assert one(entry, "content").text == "<p>ab</p>"
    assert one(entry, "category").get("term") == "ab"


@given(st.text(max_size=40))
def test_whatever_stands_in_a_title_the_feed_can_be_read(title):
    check(_feed(_entry(title=title), title=title))


LINKS = {
    "mention": (
        '<a class="mention" href="/u/amina">',
        f'<a class="mention" href="{BASE}/u/amina">',
    ),
    "elsewhere": ('<a href="https://x.example/a">', '<a href="https://x.example/a">'),
    "other host": ('<a href="//x.example/a">', '<a href="//x.example/a">'),
    "mail": ('<a href="mailto:a@x.example">', '<a href="mailto:a@x.example">'),
    "words": ('<code>&lt;a href="/x"&gt;</code>', '<code>&lt;a href="/x"&gt;</code>'),
}


@pytest.mark.parametrize(("html", "expected"), LINKS.values(), ids=LINKS)
def test_links_to_this_site_are_made_whole(html, expected):
    assert absolute(html, BASE) == expected


def test_links_that_the_renderer_makes_are_made_whole():
    html = str(render('[a](/t/1) and [b](https://x.example/?u=/t/1) `<a href="/x">`').html)
    made = absolute(html, BASE)
    assert f'href="{BASE}/t/1"' in made
    assert 'href="https://x.example/?u=/t/1"' in made
    assert made.count(BASE) == 1
