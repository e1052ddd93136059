"""The checks of each page that tests fetch find what is wrong, on one much like a sound one too."""

import pytest

from tests.support.pages import check_page

SOUND = """<!doctype html>
<html lang="en" data-words='{"a": "b"}'><head><title>Rooms for one night</title></head>
<body><h1 id="top">Rooms</h1><p>It is &amp; stays <a href="/a?b=1&amp;c=2">here</a>.</p>
<label for="name">Name</label> <input id="name" name="name" value="Amina">
<ul> <li>One</li> </ul><script src="/static/a.js"></script></body></html>"""


@pytest.fixture(autouse=True)
def _known():
    check_page(SOUND, "/")


@pytest.mark.parametrize(
    ("part", "other"),
    [("stays", "goes, too,"), ("b=1", "b=77"), ("Amina", "Noor"), ("for one night", "for &lt;2")],
)
def test_other_words_are_as_good(part, other):
    assert part in SOUND
    check_page(SOUND.replace(part, other), "/")


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("<ul> ", "<table> words "),
        ("</ul>", ""),
        ("stays", "<b>stays"),
        ("stays", "\x01"),
        ("stays", "\ufffe"),
        ("stays", "&what;"),
        ("stays", "& <"),
        ('value="Amina"', 'value="\x01"'),
        ('value="Amina"', 'value="&what;"'),
        ("Rooms for one", "Beds for one"),
        ("Rooms</h1>", "Beds</h1>"),
        ("</ul>", "</ul><h1>Rooms</h1>"),
        ("<ul>", '<ul id="name">'),
        ("<ul>", '<ul style="color: red">'),
        ("<ul>", '<ul onclick="go()">'),
        ("<ul>", '<ul data-a=\'">\' onclick="go()">'),
        ("lang=", 'onclick="go()" lang='),
        ("<label for=", "<label data-for="),
        (' src="/static/a.js"', ""),
        ("<ul>", "<style>a {}</style><ul>"),
    ],
)
def test_what_is_wrong_is_found_where_the_words_are_the_same(part, other):
    assert part in SOUND
    with pytest.raises(AssertionError):
        check_page(SOUND.replace(part, other, 1), "/")
