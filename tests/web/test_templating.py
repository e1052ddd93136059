"""What templates know besides their own values."""

from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError

from forum.core.actor import VISITOR, Actor
from forum.web import templating
from tests import factories

AT = datetime(2011, 3, 24, 18, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "24 Mar 2011, 18:07"),
        ("Asia/Kathmandu", "24 Mar 2011, 23:52"),
        ("Pacific/Auckland", "25 Mar 2011, 07:07"),
        ("Nowhere/At-all", "24 Mar 2011, 18:07"),
        ("../../etc/passwd", "24 Mar 2011, 18:07"),
    ],
)
def test_times_are_shown_in_the_zone_of_who_looks(app, monkeypatch, zone, shown):
    monkeypatch.setattr(templating, "viewer", lambda: Actor(id=1, timezone=zone))
    assert templating.when(app.jinja_env, AT) == shown


def test_a_time_for_machines_is_utc():
    assert templating.iso(AT) == "2011-03-24T18:07:00Z"


def test_a_member_sees_times_in_their_zone(browser):
    thread = factories.thread(at=AT)
    browser.sign_in(factories.user(timezone="Pacific/Auckland"))
    assert "25 Mar 2011, 07:07" in browser.get(f"/t/{thread.id}-{thread.slug}").text


def test_a_name_that_nobody_gave_is_an_error(app):
    with app.test_request_context("/"), pytest.raises(UndefinedError):
        app.jinja_env.from_string("{{ missing }}").render()


def test_files_carry_the_hash_of_their_content():
    assert templating.asset("css/base.css").startswith("/static/css/base.css?v=")
    assert templating.asset("css/base.css") == templating.asset("css/base.css")
    assert templating.asset("css/base.css")[-12:] != templating.asset("css/tokens.css")[-12:]


def test_pages_for_everybody_are_made_as_for_a_visitor(app):
    with app.test_request_context("/"):
        templating.g.as_visitor = True
        assert templating.viewer() is VISITOR
