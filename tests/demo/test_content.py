"""The demo content and the vocabulary hold together and keep the product's manner of speaking."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise

import pytest

from forum.core.actor import SiteRole
from forum.core.markup import mentioned_names, name_key, quote, quoted_numbers, render
from forum.demo.content import ContentError, DemoThread, load, parse
from forum.spaces.models import Visibility
from forum.threads.models import ThreadKind

CONTENT = load()
CONTENT_FILE = files("forum") / "demo" / "content.toml"
VOCABULARY_FILE = files("forum") / "tags" / "vocabulary.toml"
NEEDS = {
    "mental-health", "medical-care", "housing", "food-and-clothing", "relocation", "education",
    "life-skills", "legal-status", "employment", "family-reunification", "support-groups",
    "community-acceptance", "case-support",
}  # fmt: skip

SMALL = """
[[accounts]]
username = "ada"
display_name = "Ada"
role = "member"
about = "Facilitates."
joined_days_ago = 9

[[accounts]]
username = "ben"
display_name = "Ben"
role = "member"
about = "Answers."
joined_days_ago = 9

[[accounts]]
username = "cleo"
display_name = "Cleo"
role = "member"
about = "Stands outside."
joined_days_ago = 9

[[spaces]]
slug = "room"
name = "Room"
description = "A room."
visibility = "private"
who_starts = "members"
who_comments = "members"
facilitators = ["ada"]
members = ["ben"]

[[threads]]
space = "room"
kind = "prompt"
title = "A question"
tags = ["housing"]
author = "ada"
days_ago = 3
minutes_ago = 0
text = "Background."
question = "What now?"
closed_by = "ada"
closed_after = 500
closed_reason = "Answered."

[[threads.comments]]
number = 1
author = "ben"
reply_to = 0
minutes = 10
is_question = true
answered_by = 2
agreed_by = ["ada"]
text = "When?"

[[threads.comments]]
number = 2
author = "ada"
reply_to = 1
minutes = 20
text_before = "Now"
edited_after = 30
text = "Today"

[[reports]]
thread = "A question"
number = 1
by = "ada"
reason = "worried"
note = ""
"""


def texts() -> Iterator[str]:
    for account in CONTENT.accounts:
        yield account.about
    for space in CONTENT.spaces:
        yield space.description
    for thread in CONTENT.threads:
        yield thread.text
        yield thread.question
        for comment in thread.comments:
            yield comment.text
            if comment.edit is not None:
                yield comment.edit.before


def thread_texts(thread: DemoThread) -> Iterator[str]:
    yield thread.text
    for comment in thread.comments:
        yield comment.text


def depths(thread: DemoThread) -> dict[int, int]:
    found = {0: 0}
    for comment in thread.comments:
        found[comment.number] = found[comment.reply_to] + 1
    return found


def vocabulary() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(VOCABULARY_FILE.read_text(encoding="utf-8"))


def test_there_are_three_spaces_one_of_each_visibility():
    assert {space.visibility for space in CONTENT.spaces} == set(Visibility)
    assert len(CONTENT.spaces) == 3


def test_the_commons_is_there_already_and_the_others_are_not():
    assert [space.slug for space in CONTENT.spaces if space.is_built_in] == ["commons"]


def test_the_private_space_has_a_join_code_that_fits():
    codes = [s.join_code for s in CONTENT.spaces if s.visibility is Visibility.PRIVATE]
    assert all(0 < len(code) <= 24 for code in codes)


def test_there_are_a_dozen_threads_half_of_them_in_the_commons():
    assert len(CONTENT.threads) >= 12
    assert Counter(thread.space for thread in CONTENT.threads)["commons"] >= 6


def test_six_accounts_are_shown_with_an_administrator_and_a_moderator_among_them():
    shown = [account for account in CONTENT.accounts if account.is_shown]
    assert len(shown) == 6
    assert {account.role for account in shown} == set(SiteRole)


def test_every_need_is_in_use():
    assert {slug for thread in CONTENT.threads for slug in thread.tags} >= NEEDS


@pytest.mark.parametrize("space", ["commons", "recovery-and-return"])
def test_a_prompt_has_fifteen_comments_of_every_sort(space: str):
    found = [
        thread
        for thread in CONTENT.threads
        if thread.space == space and thread.kind is ThreadKind.PROMPT and len(thread.comments) >= 15
    ]
    assert len(found) == 1
    (thread,) = found
    sources = list(thread_texts(thread))
    assert any(len(mentioned_names(source)) >= 3 for source in sources)
    assert any(" if " in source and "gree" in source for source in sources)
    assert any(comment.answered_by for comment in thread.comments)
    assert any(comment.is_question and not comment.answered_by for comment in thread.comments)
    assert any("https://example.org/" in source for source in sources)
    assert max(depths(thread).values()) == 5


def test_an_edit_leaves_a_history():
    assert [c for t in CONTENT.threads for c in t.comments if c.edit is not None]


@pytest.mark.parametrize("thread", CONTENT.threads, ids=lambda thread: thread.title)
def test_every_mention_names_somebody_in_the_space(thread: DemoThread):
    (space,) = (space for space in CONTENT.spaces if space.slug == thread.space)
    known = {name_key(username) for username in space.people}
    for source in thread_texts(thread):
        assert set(mentioned_names(source)) <= known


@pytest.mark.parametrize("thread", CONTENT.threads, ids=lambda thread: thread.title)
def test_every_reference_points_to_an_earlier_comment(thread: DemoThread):
    for number, source in enumerate(thread_texts(thread)):
        assert all(0 < int(found) < number for found in re.findall(r"#(\d+)", source))


@pytest.mark.parametrize("thread", CONTENT.threads, ids=lambda thread: thread.title)
def test_every_quote_says_what_its_source_says(thread: DemoThread):
    for comment in thread.comments:
        for number in quoted_numbers(comment.text):
            origin = thread.comments[number - 1]
            head, said = comment.text.split("\n", 2)[:2]
            assert said.removeprefix("> ") in origin.text
            assert quote("", number=number, username=origin.author).startswith(head)


@pytest.mark.parametrize("thread", CONTENT.threads, ids=lambda thread: thread.title)
def test_no_comment_is_written_in_the_minute_of_another(thread: DemoThread):
    assert all(a.after < b.after for a, b in pairwise(thread.comments))


def test_every_text_can_be_rendered():
    assert all(render(source).html for source in texts() if source)


def test_links_lead_to_example_pages_only():
    addresses = [found for source in texts() for found in re.findall(r"https?://[^)\s]+", source)]
    assert addresses
    assert all(address.startswith("https://example.org/") for address in addresses)


@pytest.mark.parametrize("path", [CONTENT_FILE, VOCABULARY_FILE], ids=["content", "vocabulary"])
def test_the_words_are_calm(path: Traversable):
    source = path.read_text(encoding="utf-8")
    assert "!" not in source
    assert "victim" not in source.casefold()
    assert not [sign for sign in source if unicodedata.category(sign) in {"So", "Cs", "Co"}]


def test_the_vocabulary_holds_the_thirteen_needs_with_a_description_each():
    needs = vocabulary()["needs"]
    assert {need["slug"] for need in needs} == NEEDS
    assert all(need["name"] and need["description"] for need in needs)


def test_no_word_of_the_vocabulary_leads_to_two_tags():
    found = vocabulary()
    words: Counter[str] = Counter()
    for tag in (*found["needs"], *found["tags"]):
        leading = {tag["slug"], str(tag["name"]).casefold().replace(" ", "-")}
        leading |= {str(word).replace(" ", "-") for word in tag["synonyms"]}
        words.update(str(word) for word in leading)
    assert [word for word, count in words.items() if count > 1] == []


def test_every_second_level_tag_stands_under_a_need():
    assert {tag["parent"] for tag in vocabulary()["tags"]} <= NEEDS


def test_a_small_content_is_read_whole():
    content = parse(SMALL)
    (thread,) = content.threads
    assert thread.closing is not None
    assert thread.comments[0].answered_by == 2
    assert thread.comments[1].edit is not None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('username = "ben"', 'username = "ada"', "a user name stands twice"),
        ('members = ["ben"]', 'members = ["zoe"]', "no account 'zoe'"),
        ('members = ["ben"]', 'members = ["ada", "ben"]', "belongs to it twice"),
        ('facilitators = ["ada"]', "facilitators = []", "nobody facilitates"),
        ('visibility = "private"', 'visibility = "secret"', "secret"),
        ('space = "room"', 'space = "hall"', "no space 'hall'"),
        ('title = "A question"', 'title = "A?"', "too short or too long"),
        ('tags = ["housing"]', "tags = []", "one to five"),
        ('tags = ["housing"]', 'tags = ["housing", "housing"]', "one to five"),
        ('tags = ["housing"]', 'tags = ["castles"]', "no tag 'castles'"),
        ('question = "What now?"', "", "prompts have a question"),
        ('kind = "prompt"', 'kind = "discussion"', "discussions have none"),
        ('kind = "prompt"', 'kind = "speech"', "speech"),
        ('author = "ada"\ndays_ago', 'author = "ben"\ndays_ago', "'ben' may not start"),
        ("days_ago = 3", "days_ago = 30", "wrote before joining"),
        ('closed_by = "ada"', 'closed_by = "ben"', "'ben' may not close"),
        ('closed_reason = "Answered."', 'closed_reason = ""', "without a reason"),
        ("closed_after = 500", "closed_after = 15", "closed before its last comment"),
        ("number = 2", "number = 3", "#3 stands where #2 belongs"),
        ('author = "ben"', 'author = "cleo"', "'cleo' may not comment"),
        ('author = "ben"', 'author = "zoe"', "no account 'zoe'"),
        ("reply_to = 1", "reply_to = 2", "does not come before its reply"),
        ("minutes = 20", "minutes = 5", "before the one above it"),
        ("answered_by = 2", "answered_by = 9", "only a question has an answer"),
        ("is_question = true", "is_question = false", "only a question has an answer"),
        ('agreed_by = ["ada"]', 'agreed_by = ["ben"]', "its author agrees"),
        ('agreed_by = ["ada"]', 'agreed_by = ["cleo"]', "'cleo' cannot agree"),
        ('agreed_by = ["ada"]', 'agreed_by = ["ada", "ada"]', "agrees twice"),
        ('text = "When?"', 'text = " "', "empty or too long"),
        ('text = "When?"', f'text = "{"a" * 20_001}"', "empty or too long"),
        ('text_before = "Now"', 'text_before = "Today"', "changes nothing"),
        ("edited_after = 30", "edited_after = 9", "too soon to show"),
        ('about = "Answers."', 'shoe_size = 39\nabout = "Answers."', "shoe_size"),
        ('about = "Answers."', "", "about"),
        ('name = "Room"', "name = ", "Invalid"),
        ("[[spaces]]", "[[places]]", "spaces"),
        ('thread = "A question"', 'thread = "Another"', "no thread 'Another'"),
        ("number = 1\nby", "number = 7\nby", "no comment #7"),
        ('by = "ada"\nreason', 'by = "ben"\nreason', "reports a comment of their own"),
        ('by = "ada"\nreason', 'by = "cleo"\nreason', "'cleo' cannot report"),
        ('reason = "worried"', 'reason = "dull"', "dull"),
    ],
)
def test_content_that_does_not_hold_together_is_refused(old: str, new: str, problem: str):
    assert old in SMALL
    with pytest.raises(ContentError, match=re.escape(problem)):
        parse(SMALL.replace(old, new, 1))


def test_a_second_space_of_the_same_name_in_the_address_is_refused():
    start = SMALL.index("[[spaces]]")
    space = SMALL[start : SMALL.index("[[threads]]")]
    with pytest.raises(ContentError, match="slug of a space stands twice"):
        parse(SMALL.replace(space, space + space))
