"""Parameters of every wrong kind: an answer that fits, on both databases, and never a failure."""

import re

import pytest

from forum.core.paging import encode
from forum.web.converters import IdConverter
from tests.security.scene import FORMS, UNSAFE, routes
from tests.support.breadth import turns, wide

NUMBER = re.compile(r"\d+")
NAMES = ("after", "show", "order", "at", "q", "text", "code", "next", "space", "tag", "name",
         "verb", "kind", "id", "page")  # fmt: skip
CHOOSING = ("after", "show", "order", "at")
SEARCHES = [
    "'", '"', "%", "_", "*", "NEAR(", "col:", "' OR 1=1 --", "\\", "\\'", "%%%", "a%' ESCAPE '",
    "){(", "\x00", "a\x00b", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "9e9", "-1", "٣", "99999999999", "9" * 400, "1" * 5000, "true", "None", "NaN", "[]", "{}",
    "../../etc/passwd", "\r\nSet-Cookie: a=b", "x" * 3000,
]  # fmt: skip
CURSORS = [
    encode(("2026-01-01T00:00:00+00:00", 2**61)),
    encode(("2026-01-01T00:00:00", 1)),
    encode(("0001-01-01T00:00:00+14:00", 1)),
    encode(("9999-12-31T23:59:59-14:00", 1)),
    encode((1, "2026-01-01T00:00:00+00:00", 1)),
    encode((2**61, "x", 1)),
    encode(("' OR 1=1 --",)),
    encode((2**61,)),
    encode((-1,)),
    encode((2**61, "0001", "0001")),
    encode((None,)),
    encode(("a\x00b",)),
    "WyJcdWQ4MDAiXQ",
    "W1tbW1tbW1tbW1tbW1s",
    "====",
    "a b",
    "٣٣٣",
]
ODD_QUERIES = [
    "page=1&after=2",
    "after=1&after=2",
    "after[]=1",
    "id[]=1",
    "after=%ff%fe",
    "%00=%00",
    "=&&=;",
    "show=new&show=active",
    "at=1&at=2",
    "at=",
    "after=",
    "order=",
    "show=",
]
ODD_SEGMENTS = ["-1", "٣", "2147483648", "99999999999", "1%00", "1[]", "2147483647"]
# What is over when somebody presses the button twice is no error: nothing happens.
DONE_ALREADY = {"jobs.retry", "spaces.withdraw_invitation"}
ODD_VALUES = ["a\x00b", "٣", "9" * 30, "'"]
MARKER = 987654321
MORE_FIELDS = {
    "posts.reply": {"submit_key": "a"},
    "threads.new": {"submit_key": "b"},
    "threads.attend": {"attention": "follow"},
    "threads.attend_tag": {"attention": "follow"},
    "threads.mark_read": {"read_to": "1"},
    "accounts.sign_in": {"username": "a", "password": "b", "next": "/"},
    "accounts.reset_with_code": {"username": "a", "code": "b", "password": "c"},
}


def _shows(scene) -> list[str]:
    thread = scene.thread
    return [
        "/", "/spaces", f"/s/{scene.circle.slug}", f"/s/{scene.circle.slug}/members", "/tags",
        "/tags/housing", f"/t/{thread.id}-{thread.slug}", f"/t/{thread.id}/people",
        f"/t/{thread.id}/c/1/quote", f"/u/{scene.users['author'].username}",
        f"/u/{scene.users['author'].username}/comments",
        f"/u/{scene.users['author'].username}/agreements",
        "/admin/members", "/moderation/log", "/admin/jobs", "/admin/invitations", "/imports",
        "/threads/new", "/join", "/settings/sessions",
    ]  # fmt: skip


def _failures(person, path, queries):
    for query in queries:
        answer = person.get(path, query_string=query)
        if answer.status_code not in {200, 301, 302, 303, 400, 404, 422}:
            yield f"{path}?{query}: {answer.status_code}"


@wide
def test_no_value_of_a_parameter_makes_a_page_fail(scene):
    administrator = scene.person("administrator")
    # All names at once: what one page does not read, another does. Those that choose a page alone.
    free = [name for name in NAMES if name not in CHOOSING]
    queries = [dict.fromkeys(free, value) for value in SEARCHES[:12]]
    queries += [{name: value} for name in CHOOSING for value in ("'", "a\x00b", "٣", "9" * 11)]
    wrong = [
        failure
        for path in _shows(scene)
        for failure in _failures(administrator, path, turns(NUMBER.sub("0", path), queries, 10))
    ]
    assert not wrong


def test_no_search_for_people_fails(scene):
    person = scene.person("member")
    assert not list(
        _failures(person, f"/t/{scene.thread.id}/people", [{"q": value} for value in SEARCHES])
    )
    assert not list(
        _failures(scene.person("administrator"), "/admin/members", [{"name": v} for v in SEARCHES])
    )


@pytest.mark.parametrize("value", ["%", "_", "*", "\\"], ids=["percent", "line", "star", "slash"])
def test_a_wildcard_finds_nobody(scene, value):
    found = scene.person("member").get(f"/t/{scene.thread.id}/people", query_string={"q": value})
    assert found.get_json() == []


@wide
def test_no_cursor_makes_a_list_fail(scene):
    administrator = scene.person("administrator")
    thread = f"/t/{scene.thread.id}-{scene.thread.slug}"
    orders = [f"{thread}?order={order}" for order in ("oldest", "newest", "agreed", "time")]
    shows = ["/?show=new", "/?show=unanswered", "/?show=following"]
    wrong = []
    for path in [*_shows(scene), *orders, *shows]:
        base, _, kept = path.partition("?")
        for cursor in turns(NUMBER.sub("0", path), CURSORS, 6):
            query = f"{kept}&after={cursor}" if kept else f"after={cursor}"
            wrong += _failures(administrator, base, [query])
    assert not wrong


@wide
def test_parameters_that_are_repeated_or_misshapen_are_answered(scene):
    administrator = scene.person("administrator")
    wrong = [
        failure
        for path in _shows(scene)[:12]
        for failure in _failures(administrator, path, turns(NUMBER.sub("0", path), ODD_QUERIES, 4))
    ]
    assert not wrong


def test_a_comment_number_that_is_none_is_not_found(scene):
    path, person = f"/t/{scene.thread.id}-{scene.thread.slug}", scene.person("member")
    for number in ("9e9", "-1", "٣", "99999999999", "1.5", "99", "x", "1 OR 1=1"):
        assert person.get(path, query_string={"at": number}).status_code == 404, number


@wide
def test_an_id_that_is_none_is_not_found_on_any_route(scene):
    administrator, wrong = scene.person("administrator"), []
    for method, rule in routes(scene.app, "GET", *UNSAFE):
        for name in _numbers(rule):
            for segment in turns(f"{method} {rule.rule} {name}", ODD_SEGMENTS, 2):
                path = scene.path(rule, **{name: MARKER}).replace(str(MARKER), segment)
                answer = administrator.send(method, path, {"csrf_token": administrator.token})
                if answer.status_code != 404 and rule.endpoint not in DONE_ALREADY:
                    wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong


def _numbers(rule) -> list[str]:
    """The arguments of a route that are numbers; 0 is a comment number, the opening's."""
    kinds = rule._converters.items()
    return [name for name, kind in kinds if isinstance(kind, IdConverter)]


@wide
def test_no_odd_value_of_a_field_makes_a_form_fail(scene):
    """Each field of each form in its turn, the others as they should be."""
    administrator, wrong = scene.person("administrator"), []
    for _, rule in routes(scene.app, "POST"):
        good = {**FORMS.get(rule.endpoint, {}), **MORE_FIELDS.get(rule.endpoint, {})}
        for field in good:
            for value in turns(f"{rule.rule} {field}", ODD_VALUES):
                with scene.undone():
                    path = scene.path(rule)
                    answer = administrator.post(path, {**good, field: value})
                if answer.status_code >= 500:
                    wrong.append(f"{path} {field}={value!r}: {answer.status_code}")
    assert not wrong
