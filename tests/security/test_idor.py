"""What belongs to others is not there: the same answer as for what does not exist."""

import re

from forum.accounts.models import UserSession
from forum.core.db import db
from forum.spaces.models import Membership, SpaceRole, Visibility
from tests import factories
from tests.security.scene import CIRCLE_WORDS, FORMS, UNSAFE, comparable, dump, routes
from tests.support.pages import Browser

_ABSENT = 2**31 - 2
_BELONGS_TO_A_SPACE = re.compile(r"<thread:thread_id>|/s/<name:slug>")


def _of_the_circle(scene, *methods):
    return [
        (method, rule)
        for method, rule in routes(scene.app, *methods)
        if _BELONGS_TO_A_SPACE.search(rule.rule)
    ]


def test_every_address_inside_a_private_space_answers_strangers_as_if_it_did_not_exist(scene):
    outsider, wrong = scene.person("outsider"), []
    before = dump()
    for method, rule in _of_the_circle(scene, "GET", *UNSAFE):
        there = scene.path(rule)
        nowhere = scene.path(rule, thread_id=_ABSENT, slug="no-such-space")
        data = {"csrf_token": outsider.token, **FORMS.get(rule.endpoint, {})}
        sent = None if method == "GET" else data
        found, missing = (outsider.send(method, path, sent) for path in (there, nowhere))
        same = found.status_code == missing.status_code and comparable(found) == comparable(missing)
        if rule.endpoint != "spaces.decline" and (found.status_code != 404 or not same):
            wrong.append(f"{method} {there}: {found.status_code}, {missing.status_code}")
    assert not wrong
    assert dump() == before


def test_visitors_cannot_tell_a_private_thread_from_none(scene):
    visitor = scene.person("visitor")
    for _, rule in _of_the_circle(scene, "GET"):
        there = visitor.get(scene.path(rule))
        nowhere = visitor.get(scene.path(rule, thread_id=_ABSENT, slug="no-such-space"))
        assert there.status_code == nowhere.status_code
        if there.status_code == 404:
            assert comparable(there) == comparable(nowhere)


def test_counts_say_nothing_about_private_threads(scene):
    hidden = scene.person("outsider").get("/tags/housing").get_data()
    with scene.undone():
        factories.thread(scene.circle, scene.users["author"], tags=("housing",))
        scene.app.extensions["page_cache"].clear()
        after = scene.person("outsider").get("/tags/housing").get_data()
    assert comparable_bytes(hidden) == comparable_bytes(after)


def comparable_bytes(page: bytes) -> bytes:
    return re.sub(rb'name="csrf_token" value="[^"]*"', b"", page)


def test_a_name_from_a_private_thread_does_not_come_first_elsewhere(scene):
    """Completion orders by who wrote in this thread, so it must not look into others."""
    public = factories.thread(is_anonymous=True)
    people = scene.person("outsider").get(f"/t/{public.id}/people?q=").get_json()
    names = [person["username"] for person in people]
    assert names == sorted(names)


def test_somebody_elses_session_cannot_be_ended(scene):
    theirs = db.session.query(UserSession.id).filter_by(user_id=scene.users["author"].id)
    scene.person("author")
    session_id = theirs.scalar()
    answer = scene.person("member").post(f"/settings/sessions/{session_id}/end")
    assert answer.status_code == 404
    assert theirs.scalar() == session_id


def test_ids_of_one_space_open_nothing_in_another(scene):
    """Codes, invitations and imported authors are asked for with their own space."""
    outsider = scene.users["outsider"]
    membership = db.session.query(Membership).filter_by(user_id=outsider.id).one()
    assert membership.role is SpaceRole.FACILITATOR
    own = factories.space("own-space", visibility=Visibility.PRIVATE)
    factories.membership(own, outsider, SpaceRole.FACILITATOR)
    person, values = scene.person("outsider"), scene.values
    before = dump()
    for path in (
        f"codes/{values['code_id']}/revoke",
        f"invitations/{values['invitation_id']}/withdraw",
        f"imported-authors/{values['user_id']}",
        f"members/{scene.users['member'].username}",
    ):
        answer = person.post(f"/s/own-space/{path}", {"role": "member"})
        assert answer.status_code == 404 or path.startswith("invitations")
    assert dump() == before


def test_suggestions_are_decided_in_their_own_thread(scene):
    own = factories.thread(factories.space(), scene.users["member"])
    factories.membership(factories.space("another"), scene.users["outsider"], SpaceRole.FACILITATOR)
    path = f"/t/{own.id}/suggestions/{scene.values['suggestion_id']}/accept"
    assert scene.person("moderator").post(path).status_code == 404


def test_a_demoted_moderator_loses_the_rights_in_running_sessions(scene):
    moderator = scene.person("moderator")
    path = f"/s/{CIRCLE_WORDS['slug']}"
    assert moderator.get(path).status_code == 200
    scene.users["moderator"].role = "member"
    db.session.commit()
    assert moderator.get(path).status_code == 404
    assert moderator.get("/tags/new").status_code == 404


def test_a_suspended_member_is_nobody_with_the_next_request(scene):
    member = scene.person("member")
    assert member.get("/settings").status_code == 200
    scene.users["member"].state = "suspended"
    db.session.commit()
    assert member.get("/settings").status_code == 303
    assert member.post(f"/t/{scene.thread.id}/reply", {"source": "x"}).status_code == 401


def test_who_leaves_a_private_space_sees_it_no_longer(scene):
    browser = Browser(scene.app).sign_in(scene.users["member"])
    assert browser.get(f"/t/{scene.thread.id}-{scene.thread.slug}").status_code == 200
    browser.post(f"/s/{scene.circle.slug}/leave")
    assert browser.get(f"/t/{scene.thread.id}-{scene.thread.slug}").status_code == 404


def test_a_mention_does_not_show_a_private_thread_to_the_one_named(scene):
    outsider = scene.users["outsider"]
    factories.comment(scene.thread, scene.users["member"], f"Ask @{outsider.username} about it.")
    person = scene.person("outsider")
    pages = "".join(person.get(path).text for path in ("/", "/?show=following", "/settings"))
    assert CIRCLE_WORDS["title"] not in pages
