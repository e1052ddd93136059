"""Pages of tags, for readers and for the moderators who keep the vocabulary."""

import pytest

from forum.core.db import transaction
from forum.tags import actions, queries
from forum.tags.actions import TagDraft
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements


def _text(response) -> str:
    return response.get_data(as_text=True)


def _typed(**values) -> dict[str, str]:
    return {
        "name": "Child care",
        "description": "Somebody to look after a child.",
        "parent": "",
        "synonyms": "",
        **values,
    }


@pytest.fixture
def curator(browser) -> Browser:
    return browser.sign_in(factories.moderator())


def test_the_list_explains_every_need(browser):
    page = _text(browser.get("/tags"))
    for node in queries.vocabulary():
        assert f'href="{node.path}"' in page
        for child in node.children:
            assert f'href="{child.path}"' in page


def test_a_tag_page_explains_the_need(browser):
    page = _text(browser.get("/tags/employment"))
    tag = queries.get_tag("employment")
    assert tag.synonyms[0] in page
    assert tag.children[0].name in page
    child = _text(browser.get(tag.children[0].path))
    assert 'href="/tags/employment"' in child


@pytest.mark.parametrize("path", ["/tags/job", "/tags/JOB", "/tags/Employment"])
def test_another_word_redirects_to_the_tag(browser, path):
    response = browser.get(path)
    assert (response.status_code, response.location) == (301, "/tags/employment")


@pytest.mark.parametrize("path", ["/tags/no-such-word", "/tags/%25", "/tags/'"])
def test_an_unknown_word_is_not_there(browser, path):
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/tags", "/tags/housing"])
def test_visitors_get_the_same_bytes_without_a_cookie(browser, path):
    first, second = browser.get(path), Browser(browser.app).get(path)
    assert first.data == second.data
    assert "Set-Cookie" not in first.headers
    assert "csrf_token" not in _text(first)


@pytest.mark.parametrize(
    "path", ["/tags/new", "/tags/housing/edit", "/tags/housing/merge"], ids=lambda path: path
)
def test_only_moderators_reach_the_pages_that_change_tags(browser, path):
    assert browser.get(path).status_code == 303
    assert Browser(browser.app).sign_in(factories.user()).get(path).status_code == 404
    assert Browser(browser.app).sign_in(factories.user()).post(path).status_code == 404
    for person in (factories.moderator(), factories.administrator()):
        assert Browser(browser.app).sign_in(person).get(path).status_code == 200


def test_a_member_follows_mutes_and_lets_go_of_a_tag(browser):
    browser.sign_in(factories.user())
    assert "Stop" not in _text(browser.get("/tags/housing"))
    for value, offered in (("follow", "Stop following"), ("mute", "Stop muting")):
        response = browser.post("/tags/housing/attention", {"attention": value})
        assert response.location == "/tags/housing"
        assert offered in _text(browser.get("/tags/housing"))
    browser.post("/tags/housing/attention", {"attention": "none"})
    assert "Stop" not in _text(browser.get("/tags/housing"))


def test_a_moderator_makes_a_tag(curator):
    response = curator.post(
        "/tags/new", _typed(parent="case-support", synonyms="nursery\n\nday care")
    )
    assert response.location == "/tags/child-care"
    tag = queries.get_tag("nursery")
    assert (tag.parent_slug, tag.synonyms, tag.is_need) == (
        "case-support",
        ("day care", "nursery"),
        False,
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"name": ""}, "Please give the tag a name.", id="no name"),
        pytest.param({"name": "Housing"}, "already", id="taken"),
        pytest.param({"description": ""}, "Please say what the tag means.", id="no description"),
        pytest.param({"synonyms": "visa"}, "Legal status", id="word of another tag"),
        pytest.param({"synonyms": "x" * 61}, "at most 60 characters", id="long word"),
        pytest.param({"synonyms": "\n".join(map(str, range(61)))}, "at most 60 words", id="many"),
        pytest.param({"parent": "counselling"}, "Not a valid choice", id="third level"),
        pytest.param({"parent": "housing", "is_need": "y"}, "first level", id="need beneath"),
    ],
)
def test_a_refused_tag_keeps_what_was_typed(curator, values, message):
    response = curator.post("/tags/new", _typed(**{"synonyms": "kept word", **values}))
    assert response.status_code == 422
    assert message in _text(response)
    assert values.get("synonyms", "kept word")[:9] in _text(response)


def test_a_moderator_changes_a_tag_from_what_it_was(curator):
    page = _text(curator.get("/tags/housing/edit"))
    tag = queries.get_tag("housing")
    assert tag.synonyms[0] in page
    response = curator.post(
        "/tags/housing/edit",
        _typed(name="Housing", description="Changed.", is_need="y", synonyms="flat"),
    )
    assert response.location == "/tags/housing"
    assert "Changed." in _text(Browser(curator.app).get("/tags/housing"))
    assert queries.get_tag("housing").synonyms == ("flat",)


def test_a_merged_tag_redirects_for_everybody(curator):
    with transaction():
        old = actions.create_tag(
            actor_of(factories.moderator()), TagDraft("Child care", "Somebody to look after.")
        )
    target = queries.get_tag("case-support")
    response = curator.post("/tags/child-care/merge", {"into": str(target.id)})
    assert response.location == "/tags/case-support"
    visitor = Browser(curator.app)
    assert visitor.get(f"/tags/{old.slug}").location == "/tags/case-support"
    assert f'href="/tags/{old.slug}"' not in _text(visitor.get("/tags"))


def test_a_need_is_not_merged_away(curator):
    with transaction():
        other = actions.create_tag(
            actor_of(factories.moderator()), TagDraft("Child care", "Somebody to look after.")
        )
    response = curator.post("/tags/housing/merge", {"into": str(other.id)})
    assert response.status_code == 422
    assert "only be merged into another need" in _text(response)


@pytest.mark.parametrize("into", ["", "x", "999999", "-1"])
def test_a_merge_into_nothing_is_refused(curator, into):
    assert curator.post("/tags/housing/merge", {"into": into}).status_code == 422


def _cost(browser, path) -> int:
    browser.get(path)
    with statements() as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def test_pages_of_tags_cost_the_same_for_few_and_many(browser):
    browser.sign_in(factories.user())
    moderator = actor_of(factories.moderator())
    before = [_cost(browser, path) for path in ("/tags", "/tags/housing")]
    with transaction():
        for number in range(15):
            actions.create_tag(
                moderator,
                TagDraft(
                    f"Kind {number}", "A kind.", parent_slug="housing", synonyms=(f"k{number}",)
                ),
            )
    assert [_cost(browser, path) for path in ("/tags", "/tags/housing")] == before
    assert before[0] <= 3
    assert before[1] <= 8


def test_a_kept_page_costs_a_visitor_one_statement(browser):
    assert _cost(browser, "/tags") == 1
    assert _cost(browser, "/tags/housing") == 1
