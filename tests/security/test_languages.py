"""Every page in Spanish, for each kind of person: whole, marked as such, with no English left."""

import html
import re

import pytest
from flask import Flask

from forum import translating
from tests.security import scene as scenes
from tests.support.breadth import is_turn, wide
from tests.support.pages import check_page

PEOPLE = ("visitor", "member", "facilitator", "administrator")
SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
SHORTEST = 12  # characters; shorter texts are found inside of other words
NUMBER = re.compile(r"\d+")
TAG = re.compile(r"<[^>]*>")
# Texts that somebody typed, or that were stored in the language of whoever caused them.
TYPED = re.compile(
    r"<(?:code|del|ins)>[^<]*</(?:code|del|ins)>|<div class=\"prose\">.*?</div>"
    r"|<article class=\"brief\" lang=\"en\">.*?</article>",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def english() -> list[str]:
    """What the catalogue has another word for, as it stands on a page."""
    texts = []
    for message in translating.read("es"):
        if isinstance(message.id, str) and message.id and message.id != message.string:
            text = TAG.sub("", message.id)
            if len(text) >= SHORTEST and "%(" not in text:
                texts.append(text)
    return texts


@wide
@pytest.mark.parametrize("name", PEOPLE)
def test_no_page_mixes_languages(app: Flask, english: list[str], name: str):
    scene = scenes.build(app)
    person = scene.person(name)
    read = 0
    for path in scene.addresses():
        if not is_turn(app, NUMBER.sub("0", path), PEOPLE.index(name)):
            continue
        response = person.get(path, headers=SPANISH)
        # The style page is for developers: its samples stay English.
        if (
            path == "/styleguide"
            or response.mimetype != "text/html"
            or response.status_code in {301, 302, 303}
        ):
            continue
        read += 1
        page = response.text
        check_page(page, path)
        assert '<html lang="es" dir="ltr"' in page, path
        shown = html.unescape(TAG.sub("", TYPED.sub("", page)))
        assert [text for text in english if text in shown] == [], path
    assert read > 20
