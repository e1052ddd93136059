"""Long branches fold with a count; what is new or asked for stays in sight; places are kept."""

import re

import html5lib

from tests import factories
from tests.support.pages import Browser


def _branch(thread, replies: int) -> None:
    first = factories.comment(thread)
    for _ in range(replies):
        factories.comment(thread, reply_to=first.number)


def _tree(browser: Browser, thread, query: str = ""):
    page = browser.get(f"/t/{thread.id}-{thread.slug}{query}").text
    return html5lib.parse(page, namespaceHTMLElements=False).find(".//div[@class='tree']")


def _folds(tree) -> list[tuple[str, bool, list[str]]]:
    """Of each fold its words, whether it is open, and the comments in it."""
    return [
        (
            "".join(fold.find("summary").itertext()),
            "open" in fold.attrib,
            [item.get("id") for item in fold.iter("li")],
        )
        for fold in tree.iter("details")
        if fold.get("class") == "fold"
    ]


def test_a_long_branch_is_folded_and_says_how_many(browser):
    thread = factories.thread()
    _branch(thread, 8)
    _branch(thread, 7)
    _branch(thread, 2)
    tree = _tree(browser, thread)

    assert _folds(tree) == [("8 replies", False, [f"c{number}" for number in range(2, 10)])]
    assert [item.get("id") for item in tree.findall("ol/li")] == ["c1", "c10", "c18"]


def test_the_last_branch_folds_as_well(browser):
    thread = factories.thread()
    _branch(thread, 9)
    tree = _tree(browser, thread)

    assert [(words, len(inside)) for words, _, inside in _folds(tree)] == [("9 replies", 9)]
    assert [item.get("id") for item in tree.findall("ol/li")] == ["c1"]


def test_a_comment_that_is_asked_for_is_in_sight(browser):
    thread = factories.thread()
    _branch(thread, 8)

    assert [is_open for _, is_open, _ in _folds(_tree(browser, thread, "?at=5"))] == [True]
    assert [is_open for _, is_open, _ in _folds(_tree(browser, thread, "?at=1"))] == [False]


def test_what_is_new_to_a_member_is_in_sight_until_it_was_read(browser):
    thread, member = factories.thread(), factories.user()
    _branch(thread, 8)
    browser.sign_in(member)

    assert _folds(_tree(browser, thread))[0][1]
    browser.post(f"/t/{thread.id}/read", {"read_to": "9"})
    assert not _folds(_tree(browser, thread))[0][1]


def test_in_order_of_time_nothing_folds(browser):
    thread = factories.thread()
    _branch(thread, 9)

    assert _folds(_tree(browser, thread, "?order=time")) == []


def test_a_comment_of_the_first_page_is_shown_on_the_first_page(browser):
    """Whoever answers or agrees keeps what stood above."""
    thread = factories.thread()
    for _ in range(30):
        factories.comment(thread)

    def shown(number: int) -> list[str]:
        page = browser.get(f"/t/{thread.id}-{thread.slug}?at={number}").text
        return re.findall(r'id="(c\d+)"', page)

    assert shown(20)[:2] == ["c1", "c2"]
    assert shown(25)[:2] == ["c1", "c2"]
    assert shown(26)[0] == "c26"
