"""SECURITY.md 23, 29: nothing but allowed HTML leaves the renderer, whatever goes in."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core import markup
from forum.core.errors import Invalid
from forum.core.markup import Links, render

# Written out here rather than imported: a list that grows by mistake must fail these tests.
ALLOWED = {
    "a": {"class", "href", "rel"},
    "blockquote": {"class"},
    "code": {"class"},
    "ol": {"start"},
    "p": {"class"},
    "td": {"class"},
    "th": {"class"},
}
BARE = set("br em h3 h4 h5 h6 hr li pre s strong table tbody thead tr ul".split())  # noqa: SIM905
CLASSES = re.compile(
    r"mention|ref|quote|quote-from|align-(?:start|center|end)|language-[\w+#.-]{1,30}", re.ASCII
)
LINKS = Links(people={"amina": "amina"}, thread_id=12, own_hosts=frozenset({"forum.example"}))
PAYLOADS = [
    re.sub(
        r"\\(n|x[0-9a-f]{2}|u[0-9a-f]{4}|\\)",
        lambda found: found[0].encode().decode("unicode_escape"),
        line,
    )
    for line in Path(__file__).with_name("payloads.txt").read_text(encoding="utf-8").splitlines()
]


def check(html):
    """Every element, attribute and address that a browser would find in `html` is allowed."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    for element in parser.parseFragment(html).iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in ALLOWED or element.tag in BARE
        assert set(element.attrib) <= ALLOWED.get(element.tag, set())
        check_attributes(element.attrib)


def check_attributes(attributes):
    if "class" in attributes:
        assert CLASSES.fullmatch(attributes["class"])
    if "start" in attributes:
        assert attributes["start"].isdigit()
    if "href" in attributes:
        assert not re.search(r"[^!-~]|\\", attributes["href"])
        parts = urlsplit(attributes["href"])
        assert parts.scheme in {"http", "https", "mailto"} or re.match(r"/(?!/)", parts.path)
        assert parts.scheme or not parts.netloc


def check_rel(html):
    """Links to elsewhere, and only those, tell the browser and search engines so."""
    for anchor in html5lib.parseFragment(html, namespaceHTMLElements=False).iter("a"):
        parts = urlsplit(anchor.attrib["href"])
        is_foreign = parts.scheme in {"http", "https"} and parts.hostname != "forum.example"
        assert anchor.attrib.get("rel") == ("nofollow ugc noopener" if is_foreign else None)


def rendered(source):
    try:
        return str(render(source, links=LINKS).html)
    except Invalid:
        return ""


def test_the_corpus_is_large():
    assert len(set(PAYLOADS)) >= 100


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_becomes_harmless(payload):
    html = rendered(payload)
    assert html
    check(html)
    check_rel(html)


@pytest.mark.parametrize(
    "wrapping", ["> {}", "- {}", "**{}**", "[{}](/x)", "![{}](/x)", "a|b\n-|-\n{}|x"]
)
def test_a_payload_becomes_harmless_inside_other_markup(wrapping):
    for payload in PAYLOADS:
        check(rendered(wrapping.format(payload)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_each_wall_holds_without_the_markdown_before_it(payload):
    bleached = markup.Cleaner(
        tags=markup._TAGS,
        attributes=markup._is_allowed_by_bleach,
        protocols=markup._SCHEMES,
        strip=True,
        strip_comments=True,
    ).clean(payload)
    for html in (bleached, markup._clean_again(payload), markup._clean(payload)):
        check(html)


PIECES = st.sampled_from(
    [*PAYLOADS, *"<>\"'&`*_~[]()!#@\\/: \n|-=.", "@amina", "#7", "> #7:\n", "&#x", "javascript:"]
)
SOURCES = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=12).map("".join))


@given(SOURCES)
def test_no_text_at_all_makes_html_that_is_not_allowed(source):
    html = rendered(source)
    check(html)
    check_rel(html)


@given(SOURCES)
def test_what_is_stored_is_stable(source):
    html = rendered(source)
    assert markup._clean_again(html) == html


@given(SOURCES)
def test_cleaning_takes_nothing_from_what_markdown_made(source):
    try:
        tokens = markup._parse(source)
    except Invalid:
        return
    parser = markup._parser()
    for token in tokens:
        token.attrs.pop("style", None)
    html = parser.renderer.render(tokens, parser.options, {})
    html = re.sub(r"<img [^>]*>", "", html)
    cleaned = markup._clean(html)
    assert tree(cleaned) == tree(html)


def tree(html):
    """The tree a browser builds, with only the attributes that may stay."""
    document = html5lib.HTMLParser(namespaceHTMLElements=False).parseFragment(html)
    return [
        (
            element.tag,
            element.text,
            element.tail,
            {
                name: value
                for name, value in element.attrib.items()
                if markup._is_allowed(element.tag, name, value)
            },
        )
        for element in document.iter()
    ]
