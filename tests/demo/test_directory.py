"""The demo's directory and its proposals hold together, or say what does not."""

import re
from pathlib import Path

import pytest

from forum.core.markup import render
from forum.demo import directory as module
from forum.demo.content import ContentError, load
from forum.demo.directory import load_directory, parse_directory
from forum.demo.proposals import load_debate, parse_debate
from forum.stances.models import ConditionState, StanceChoice

CONTENT = load()
DIRECTORY = load_directory(CONTENT)
PROPOSALS = load_debate(CONTENT, DIRECTORY).proposals
FOLDER = Path(module.__file__).parent
SERVICES = (FOLDER / "directory.toml").read_text(encoding="utf-8")
DEBATE = (FOLDER / "proposals.toml").read_text(encoding="utf-8")


def test_addresses_and_numbers_are_nobodys():
    for service in DIRECTORY.services:
        draft = service.draft
        assert draft.email == "" or draft.email.endswith(".example")
        assert draft.url == "" or re.fullmatch(r"https://[a-z-]+\.example/", draft.url)
        assert draft.phone == "" or re.fullmatch(
            r"\+1 202 555 01\d\d|\+44 1632 9601\d\d", draft.phone
        )


def test_the_directory_knows_fresh_entries_stale_ones_and_some_nobody_looked_at():
    ages = [service.verified_ago for service in DIRECTORY.services]

    assert any(age is None for age in ages)
    assert any(age is not None and age.days > 200 for age in ages)
    assert any(age is not None and age.days < 100 for age in ages)


@pytest.mark.parametrize("source", [SERVICES, DEBATE], ids=["directory", "proposals"])
def test_the_words_are_calm(source: str):
    assert "!" not in source
    assert "victim" not in source.casefold()


def test_the_debate_has_conditions_of_every_sort_and_dissent():
    states = {condition.state for proposal in PROPOSALS for condition in proposal.conditions}
    choices = {stance.choice for proposal in PROPOSALS for stance in proposal.stances}

    assert states >= {ConditionState.OPEN, ConditionState.ADOPTED, ConditionState.DECLINED}
    assert choices == set(StanceChoice)


def test_every_text_can_be_rendered():
    for proposal in PROPOSALS:
        assert render(proposal.thread.text).html
        assert all(render(comment.text).html for comment in proposal.thread.comments)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('parent = "alder-county"', 'parent = "nowhere"', "no place 'nowhere'"),
        ('needs = ["legal-status", "legal-advice"]', "needs = []", "it answers no need"),
        ('needs = ["identity-documents"]', 'needs = ["castles"]', "no tag 'castles'"),
        ('verified_by = "priya"', "", "belong together"),
        ('verified_by = "priya"', 'verified_by = "zoe"', "no account 'zoe'"),
        ('name = "Second Key"', 'name = "Tidewater House"', "stands twice"),
        ('kind = "region"', 'kind = "valley"', "valley"),
        ('username = "dalia"', 'username = "zoe"', "no account 'zoe'"),
        ("ended_days_ago = 5", "ended_days_ago = 400", "ended before it was granted"),
        ("[[badges]]", "[[medals]]", "'badges' is missing"),
    ],
)
def test_a_directory_that_does_not_hold_together_is_refused(old: str, new: str, problem: str):
    assert old in SERVICES
    changed = SERVICES.replace(old, new, -1 if old == "[[badges]]" else 1)
    with pytest.raises(ContentError, match=re.escape(problem)):
        parse_directory(changed, CONTENT)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('place = "alder-county"', 'place = "nowhere"', "no place 'nowhere'"),
        ('author = "hanna"', 'author = "zoe"', "no account 'zoe'"),
        ('coauthors = ["dalia"]', 'coauthors = ["amina"]', "an author takes a stance"),
        ('coauthors = ["dalia"]', 'coauthors = ["zoe"]', "no account 'zoe'"),
        ('member = "mateus"', 'member = "amina"', "two stances"),
        ('choice = "unsure"', 'choice = "disagree"', "gives no reason"),
        ('member = "amina"\n  condition = 1', 'member = "linh"\n  condition = 1', "of their own"),
        ('condition_state = "declined"', 'condition_state = "open"', "others have none"),
        ("state_after = 6", "state_after = 60", "in the future"),
        ('\nservice = "Dentist on Wheels"', "", "names a service"),
        ('merged_into = "One worker', 'merged_into = "No worker', "names another"),
        ('service = "One Worker, Two Years"', 'service = "Nothing"', "no service 'Nothing'"),
        ('state = "gathering"', 'state = "dreaming"', "dreaming"),
        ('by = "oluchi"\nintroduction', 'by = "amina"\nintroduction', "facilitates nothing"),
        ('proposals = ["A phone', 'proposals = ["No phone', "no proposal 'No phone"),
        ('title = "A family desk', 'heading = "A family desk', "'title' is missing"),
    ],
)
def test_proposals_that_do_not_hold_together_are_refused(old: str, new: str, problem: str):
    assert old in DEBATE
    with pytest.raises(ContentError, match=re.escape(problem)):
        parse_debate(DEBATE.replace(old, new, 1), CONTENT, DIRECTORY)
