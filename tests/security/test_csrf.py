"""No form works without its token; that reading changes nothing is shown in test_crawl.py."""

import pytest

from forum.core.db import Base
from tests.security.scene import FORMS, UNSAFE, dump, routes


@pytest.mark.parametrize("token", ["", "made-up"], ids=["none", "made-up"])
def test_every_unsafe_route_refuses_a_form_without_a_good_token(scene, token):
    administrator, wrong = scene.person("administrator"), []
    before = dump()
    assert len(before) == len(Base.metadata.sorted_tables)
    for method, rule in routes(scene.app, *UNSAFE):
        path = scene.path(rule)
        data = {**FORMS.get(rule.endpoint, {}), "csrf_token": token}
        answer = administrator.send(method, path, data)
        if answer.status_code != 400:
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong
    assert dump() == before


def test_the_token_of_another_session_is_no_token(scene):
    member, other = scene.person("member"), scene.person("author")
    data = {"csrf_token": other.token, "source": "Some words."}
    answer = member.send("POST", f"/t/{scene.thread.id}/reply", data)
    assert answer.status_code == 400


def test_no_page_takes_the_method_from_a_field_or_a_header(scene):
    member = scene.person("member")
    path = f"/t/{scene.thread.id}/c/1/agree?_method=POST"
    before = dump()
    answer = member.get(path, headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 405
    assert dump() == before
