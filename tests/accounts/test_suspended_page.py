"""The page of a suspension, with the way to appeal that moderation adds."""

from flask import render_template

from tests.support.pages import check_page

PAGE = {
    "form": None,
    "message": "This account is paused.",
    "reason": "<b>It hurt.</b>",
    "until": "8 Mar 2026, 13:00",
    "is_for_good": False,
    "token": "signed-token",
}


def test_the_form_of_an_appeal_carries_the_token(app):
    with app.test_request_context():
        page = render_template("accounts/suspended.html", **PAGE, appeal_path="/suspended/appeal")
    check_page(page, "the page of a suspension")
    assert 'action="/suspended/appeal"' in page
    assert 'name="token" value="signed-token"' in page
    assert "&lt;b&gt;It hurt.&lt;/b&gt;" in page


def test_without_a_route_for_appeals_there_is_no_form(app):
    with app.test_request_context():
        page = render_template("accounts/suspended.html", **PAGE, appeal_path="")
    check_page(page, "the page of a suspension")
    assert "signed-token" not in page
