"""What a refused request carried, and which addresses are followed."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.web import resume

_PARTS = st.sampled_from(
    ["/", "//", "\\", "http:", "https://", "javascript:", "evil.example", "@", "%2f", "%5c", "\t",
     "\n", " ", "\x00", "?", "#", "t", "12", ".", "..", ":", "é"]
)  # fmt: skip


@given(st.lists(_PARTS, max_size=8).map("".join))
@example("/\\evil.example")
@example("/%2F%2Fevil.example")
def test_only_paths_of_this_site_are_followed(target):
    found = resume.local_path(target, default="/")
    parts = urlsplit(found)
    assert (parts.scheme, parts.netloc) == ("", "")
    assert found.startswith("/")
    assert found[1:2] not in {"/", "\\"}
    assert not any(character in found for character in "\\\t\n \x00")
    assert found in {target, "/"}


@given(
    st.from_regex(
        r"/[a-z0-9-]{1,20}(/[a-z0-9-]{1,20}){0,3}(\?[a-z]=[a-z0-9%]{0,9})?", fullmatch=True
    )
)
def test_every_plain_path_is_followed(path):
    assert resume.local_path(path, default="") == path


def test_what_a_request_carried_keeps_its_order_and_every_value(app):
    data = {"tags": ["housing", "education"], "source": "Some words.", "do": "post"}
    with app.test_request_context("/t/1/reply?x=1", method="POST", data=data):
        made = resume.of_request()
    assert made.action == "/t/1/reply?x=1"
    assert made.fields == (
        ("tags", "housing"), ("tags", "education"), ("source", "Some words."), ("do", "post"),
    )  # fmt: skip
    assert made.texts == made.fields[:3]


@pytest.mark.parametrize(
    "name", ["password", "new_password", "current", "csrf_token", "recovery_code", "kept.source"]
)
def test_secrets_are_not_carried(app, name):
    with app.test_request_context("/x", method="POST", data={name: "secret", "a": "b"}):
        assert resume.of_request().fields == (("a", "b"),)


def test_what_a_form_carries_along_comes_back_as_it_was(app):
    made = resume.Resume("/t/1/reply", (("source", "Some words."), ("tags", "a"), ("tags", "b")))
    fields: dict[str, list[str]] = {}
    for name, value in made.hidden:
        fields.setdefault(name, []).append(value)
    with app.test_request_context("/sign-in", method="POST", data=fields):
        assert resume.carried() == made


@pytest.mark.parametrize("target", ["", "//evil.example", "https://evil.example", "t/1"])
def test_nothing_is_carried_to_another_site(app, target):
    with app.test_request_context("/sign-in", method="POST", data={"resume_to": target}):
        assert resume.carried() is None


def test_nested_carrying_is_not_unpacked(app):
    data = {"resume_to": "/t/1/reply", "kept.kept.source": "x", "kept.password": "y"}
    with app.test_request_context("/sign-in", method="POST", data=data):
        assert resume.carried() == resume.Resume("/t/1/reply", ())
