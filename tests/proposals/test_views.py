"""The pages of proposals."""

from flask import Flask

from tests import factories
from tests.support.pages import Browser


def _need(*slugs: str) -> None:
    for slug in slugs:
        factories.tag(slug, is_need=True)


FORM = {
    "space": "commons",
    "title": "Beds for one night",
    "source": "A bed for the first night.",
    "tags": ["housing"],
    "do": "post",
}


def test_a_proposal_is_made_by_its_parts(browser: Browser):
    browser.sign_in(factories.user())
    page = browser.get("/proposals/new")
    assert page.status_code == 200
    sent = browser.post(
        "/proposals/new",
        {
            **FORM,
            "serves": "Adults.",
            "sources-0-title": "A study",
            "sources-0-url": "https://study.example/a",
        },
    )
    assert sent.status_code == 303
    shown = browser.get(sent.location)
    assert "Who it serves</h3>" in shown.text
    assert '<a href="https://study.example/a"' in shown.text
