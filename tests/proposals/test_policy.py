"""Who may do what with a proposal, as the written table says."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from forum import paths
from forum.accounts.people import PersonName
from forum.core.actor import Actor, Restraint, Restriction
from forum.posts.models import PostState
from forum.proposals import policy
from forum.proposals.models import LIVE, ProposalState
from forum.proposals.policy import (
    BY_OTHER_MEANS,
    TABLE,
    Role,
    SaidFacts,
    may_change_state,
    next_states,
)
from forum.spaces import policy as spaces
from forum.spaces.models import Visibility
from forum.threads.models import ThreadKind
from forum.threads.rows import Head
from tests.support.cast import ACTORS, NAMES, access_of

_AT = datetime(2026, 3, 1, tzinfo=UTC)
S = ProposalState
EVERY = frozenset(Role)
STAFF = frozenset({Role.FACILITATOR, Role.MODERATOR})
AUTHOR = frozenset({Role.AUTHOR})

# Written once more, as docs/proposals.md has it: what the table does not name is refused.
ALLOWED = {
    **{
        (one, other): EVERY
        for one, other in product((S.OPEN, S.GATHERING, S.REFINING), repeat=2)
        if one is not other
    },
    **{(one, S.EXISTS): EVERY for one in LIVE},
    **{(one, S.WITHDRAWN): AUTHOR for one in LIVE},
    (S.ADOPTED, S.REFINING): STAFF,
    (S.EXISTS, S.OPEN): EVERY,
    (S.MERGED, S.OPEN): STAFF,
    (S.WITHDRAWN, S.OPEN): AUTHOR,
}


def _head(name: str, visibility: Visibility = Visibility.PUBLIC, **changes) -> Head:
    values = {
        "id": 1, "kind": ThreadKind.PROPOSAL, "stored_title": "Beds", "slug": "beds",
        "space_id": 1, "space_slug": "one", "space_name": "One", "space_language": "",
        "access": access_of(name, visibility), "author_id": 1, "is_own": name == "author",
        "author": PersonName("Author"), "created_at": _AT, "last_activity_at": _AT,
        "last_number": 0, "comment_count": 1, "unanswered_count": 0, "is_pinned": False,
        "closed_at": None, "closed_reason": "", "deleted_at": None, "deleted_reason": "",
        "opening_id": 1, "opening_html": "", "opening_state": PostState.PUBLISHED,
        "opening_reason": "", "opening_revision": 1, "opening_edited_at": None,
        "stored_question": "", "opening_language": "", "opening_note": "", "read_to": 0,
        "read_all_at": None, "was_opened": True, "follow": None, **changes,
    }  # fmt: skip
    return Head(**values)


@pytest.mark.parametrize(
    ("before", "after", "role"), list(product(S, S, Role)), ids=lambda one: one.value
)
def test_a_state_follows_another_as_the_table_says(before: S, after: S, role: Role):
    may = bool(may_change_state(frozenset({role}), before, after))
    assert may is (role in ALLOWED.get((before, after), ()))
    assert not may_change_state(frozenset(), before, after)


def test_the_table_names_no_step_that_has_a_page_of_its_own():
    assert not {after for _before, after in TABLE} & BY_OTHER_MEANS
    assert "retire it" in str(may_change_state(EVERY, S.OPEN, S.MERGED).reason)
    assert "brief" in str(may_change_state(EVERY, S.OPEN, S.ADOPTED).reason)


def test_every_state_but_for_none_can_be_left_by_somebody():
    for state in S:
        assert next_states(EVERY, state), state


@pytest.mark.parametrize("visibility", list(Visibility), ids=lambda one: one.value)
@pytest.mark.parametrize("name", NAMES)
def test_authors_tend_a_proposal_and_staff_change_its_state(name: str, visibility: Visibility):
    actor, head = ACTORS[name], _head(name, visibility)
    authors = frozenset({1, 2})  # a member is co-author
    sees = bool(policy.threads.may_see(actor, head.facts))
    assert bool(policy.may_tend(actor, head, authors)) is (name in {"author", "member"} and sees)
    roles = policy.roles_of(actor, head, authors)
    assert (Role.AUTHOR in roles) is (name in {"author", "member"})
    assert bool(roles & STAFF) is (name in {"facilitator", "moderator", "administrator"})


@pytest.mark.parametrize(
    "change", [{"closed_at": _AT}, {"deleted_at": _AT}], ids=["closed", "gone"]
)
def test_authors_change_nothing_that_is_closed_or_gone(change: dict):
    head = _head("author", **change)
    assert not policy.may_tend(ACTORS["author"], head, frozenset({1}))
    assert Role.AUTHOR not in policy.roles_of(ACTORS["author"], head, frozenset({1}))


def test_a_muted_author_changes_nothing():
    muted = replace(
        ACTORS["author"], restrictions=(Restriction(Restraint.MUTE, None, None, "Loud."),)
    )
    assert not policy.may_tend(muted, _head("author"), frozenset({1}))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("knows", [True, False], ids=["practitioner", "other"])
def test_answers_are_given_by_practitioners_and_by_those_who_run_the_space(
    name: str, *, knows: bool
):
    may = policy.may_answer(ACTORS[name], _head(name), is_practitioner=knows)
    runs = name in {"facilitator", "moderator", "administrator"}
    assert bool(may) is (runs or (knows and name != "visitor"))


def test_a_visitor_is_asked_to_sign_in():
    assert "sign in" in str(policy.may_tend(Actor(id=None), _head("visitor"), frozenset()).reason)


@pytest.mark.parametrize("visibility", list(Visibility), ids=lambda one: one.value)
@pytest.mark.parametrize("name", NAMES)
def test_what_others_say_is_reported_by_whoever_reads_it_and_is_signed_in(
    name: str, visibility: Visibility
):
    head, theirs = _head(name, visibility), SaidFacts(99, is_there=True)
    reads = bool(spaces.may_see(ACTORS[name], head.access))
    may = policy.may_report(ACTORS[name], head, theirs)
    assert bool(may) is (reads and ACTORS[name].is_signed_in)
    assert may.hidden is not reads


@pytest.mark.parametrize(
    ("said", "change", "is_hidden"),
    [
        (SaidFacts(1, is_there=True), {}, False),
        (SaidFacts(99, is_there=False), {}, True),
        (SaidFacts(99, is_there=True), {"deleted_at": _AT}, True),
        (SaidFacts(None, is_there=False), {}, True),
    ],
    ids=["their own", "taken back or removed", "under an opening that is gone", "of nobody"],
)
def test_nobody_reports_what_is_their_own_or_not_there(
    said: SaidFacts, change: dict, *, is_hidden: bool
):
    verdict = policy.may_report(ACTORS["author"], _head("author", **change), said)
    assert not verdict
    assert verdict.hidden is is_hidden


def test_the_table_in_the_manual_is_the_one_that_holds():
    words = {"authors": Role.AUTHOR, "facilitators": Role.FACILITATOR, "moderators": Role.MODERATOR}
    lines = (paths.ROOT / "docs" / "proposals.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    told = {
        (S(before), S(after)): frozenset(words[who] for who in roles.split(", "))
        for before, after, roles in rows[2:]
    }
    assert told == dict(TABLE)
