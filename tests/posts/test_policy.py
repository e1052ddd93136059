"""Who may do what to a post: every verb, person and state."""

import pytest

from forum.core.actor import Restraint
from forum.core.errors import Forbidden, NotFound
from forum.posts import policy
from forum.posts.models import PostState
from forum.spaces.models import Circle, Visibility
from tests.support.cast import (
    ACTORS,
    ARRANGERS,
    ELSEWHERE,
    EVERYONE,
    EVERYWHERE,
    NAMES,
    SEES,
    SIGNED_IN,
    SPACE,
    access_of,
    post_facts,
    restrained,
)

OPEN, CLOSED, DELETED = {}, {"is_closed": True}, {"is_deleted": True}
OPENING = {"number": 0}
WAITING, BEHIND = {"state": PostState.WAITING}, {"is_deleted": True, "opening_waits": True}
WITHDRAWN, REMOVED = {"state": PostState.WITHDRAWN}, {"state": PostState.REMOVED}
QUESTION = {"is_question": True}
NOBODY = frozenset()
AUTHOR = frozenset({"author"})

# verb, what is special about the post, and who may
TABLE = [
    ("see", OPEN, EVERYONE),
    ("see", WITHDRAWN, EVERYONE),
    ("see", DELETED, EVERYONE),
    ("reply", OPEN, SIGNED_IN),
    ("reply", CLOSED, NOBODY),
    ("reply", DELETED, NOBODY),
    ("reply", WITHDRAWN, NOBODY),
    ("reply", REMOVED, NOBODY),
    ("reply", OPENING, SIGNED_IN),
    ("reply", OPENING | WITHDRAWN, SIGNED_IN),
    ("reply", WAITING, NOBODY),
    ("reply", BEHIND, NOBODY),
    ("reply", OPENING | WAITING | BEHIND, NOBODY),
    ("agree", WAITING, NOBODY),
    ("agree", BEHIND, NOBODY),
    ("edit", WAITING, AUTHOR),
    ("edit", WAITING | CLOSED, AUTHOR),
    ("edit", WAITING | BEHIND, AUTHOR),
    ("edit", OPENING | WAITING | BEHIND, AUTHOR),
    ("edit", WAITING | DELETED, NOBODY),
    ("edit", BEHIND, NOBODY),
    ("withdraw", WAITING, AUTHOR),
    ("withdraw", OPENING | WAITING | BEHIND, AUTHOR),
    ("mark_question", WAITING, NOBODY),
    ("remove", WAITING, NOBODY),
    ("restore", WAITING, NOBODY),
    ("read_history", WAITING, AUTHOR),
    ("read_history", OPENING | WAITING | BEHIND, AUTHOR),
    ("report", OPEN, SIGNED_IN - AUTHOR),
    ("report", OPENING, SIGNED_IN - AUTHOR),
    ("report", CLOSED, SIGNED_IN - AUTHOR),
    ("report", DELETED, SIGNED_IN - AUTHOR),
    ("report", OPENING | DELETED, NOBODY),
    ("report", WAITING, NOBODY),
    ("report", WITHDRAWN, NOBODY),
    ("report", REMOVED, NOBODY),
    ("agree", OPEN, SIGNED_IN - AUTHOR),
    ("agree", OPENING, NOBODY),
    ("agree", CLOSED, NOBODY),
    ("agree", DELETED, NOBODY),
    ("agree", WITHDRAWN, NOBODY),
    ("agree", REMOVED, NOBODY),
    ("edit", OPEN, AUTHOR),
    ("edit", OPENING, AUTHOR),
    ("edit", CLOSED, NOBODY),
    ("edit", DELETED, NOBODY),
    ("edit", WITHDRAWN, NOBODY),
    ("edit", REMOVED, NOBODY),
    ("withdraw", OPEN, AUTHOR),
    ("withdraw", CLOSED, AUTHOR),
    ("withdraw", DELETED, AUTHOR),
    ("withdraw", REMOVED, AUTHOR),
    ("withdraw", WITHDRAWN, NOBODY),
    ("mark_question", OPEN, ARRANGERS | AUTHOR),
    ("mark_question", OPENING, NOBODY),
    ("mark_question", CLOSED, NOBODY),
    ("mark_question", DELETED, NOBODY),
    ("mark_question", REMOVED, NOBODY),
    ("mark_answer", OPEN, NOBODY),
    ("mark_answer", QUESTION, ARRANGERS | AUTHOR),
    ("mark_answer", QUESTION | CLOSED, NOBODY),
    ("remove", OPEN, ARRANGERS),
    ("remove", CLOSED, ARRANGERS),
    ("remove", REMOVED, NOBODY),
    ("remove", WITHDRAWN, NOBODY),
    ("restore", REMOVED, ARRANGERS),
    ("restore", OPEN, NOBODY),
    ("restore", WITHDRAWN, NOBODY),
    ("read_history", OPEN, EVERYONE),
    ("read_history", CLOSED, EVERYONE),
    ("read_history", WITHDRAWN, NOBODY),
    ("read_history", REMOVED, NOBODY),
]


def _name(value) -> str:
    if isinstance(value, dict):
        return "-".join(f"{key}={part}" for key, part in value.items()) or "published"
    return value if isinstance(value, str) else ""


def _may(verb, name, visibility, special):
    facts = post_facts(access_of(name, visibility), **special)
    return getattr(policy, f"may_{verb}")(ACTORS[name], facts)


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize(("verb", "special", "allowed"), TABLE, ids=_name)
def test_each_verb_is_open_to_these_people_alone(verb, special, allowed, visibility):
    may = {name for name in NAMES if _may(verb, name, visibility, special)}

    assert may == allowed & SEES[visibility]


@pytest.mark.parametrize("visibility", [Visibility.MEMBERS, Visibility.PRIVATE])
@pytest.mark.parametrize(("verb", "special"), [row[:2] for row in TABLE], ids=_name)
def test_whoever_may_not_see_the_space_learns_nothing_of_the_post(verb, special, visibility):
    for name in EVERYONE - SEES[visibility]:
        verdict = _may(verb, name, visibility, special)

        with pytest.raises(NotFound):
            verdict.enforce()


@pytest.mark.parametrize(("verb", "special"), [row[:2] for row in TABLE], ids=_name)
def test_a_refusal_says_why_in_a_sentence(verb, special):
    for name in NAMES:
        verdict = _may(verb, name, Visibility.PUBLIC, special)
        if not verdict and not verdict.hidden:
            with pytest.raises(Forbidden, match=r"^[A-Z].*\.$"):
                verdict.enforce()


@pytest.mark.parametrize(
    ("circle", "allowed"),
    [
        (Circle.EVERYONE, SIGNED_IN),
        (Circle.MEMBERS, ARRANGERS | {"author", "member"}),
        (Circle.FACILITATORS, ARRANGERS),
    ],
    ids=lambda value: str(value) if isinstance(value, Circle) else "",
)
def test_replies_are_open_to_whom_the_space_says(circle, allowed):
    may = {
        name
        for name in NAMES
        if policy.may_reply(ACTORS[name], post_facts(access_of(name, who_comments=circle)))
    }

    assert may == allowed


def test_a_post_of_an_unknown_author_is_nobodys_own():
    for name in NAMES:
        facts = post_facts(access_of(name), author_id=None)

        assert not policy.may_edit(ACTORS[name], facts)
        assert not policy.may_withdraw(ACTORS[name], facts)


# -- Under a sanction ---------------------------------------------------------------------------

WRITES_NOT = {Restraint.MUTE, Restraint.SUSPEND, Restraint.EXCLUDE}
STANDS_BY = {Restraint.SUSPEND, Restraint.EXCLUDE}
# verb, who would do it, and which sanctions keep them from it
UNDER_SANCTION = [
    ("see", "author", set()),
    ("reply", "member", WRITES_NOT),
    ("edit", "author", WRITES_NOT),
    ("agree", "member", STANDS_BY),
    ("stop_agreeing", "member", set()),
    ("withdraw", "author", set()),
    ("mark_question", "author", STANDS_BY),
    ("remove", "facilitator", STANDS_BY),
    ("read_history", "member", set()),
]


@pytest.mark.parametrize("space_id", [SPACE, EVERYWHERE])
@pytest.mark.parametrize(("verb", "name", "kept_by"), UNDER_SANCTION)
def test_sanctions_keep_people_from_these_verbs_alone(app, verb, name, kept_by, space_id):
    may = getattr(policy, f"may_{verb}")
    facts = post_facts(access_of(name))
    found = {
        kind for kind in Restraint if not may(restrained(name, kind, space_id=space_id), facts)
    }

    assert found == kept_by


@pytest.mark.parametrize(("verb", "name", "_kept_by"), UNDER_SANCTION)
def test_what_holds_in_another_space_keeps_from_nothing_here(verb, name, _kept_by):
    actor = restrained(name, *Restraint, space_id=ELSEWHERE)

    assert getattr(policy, f"may_{verb}")(actor, post_facts(access_of(name)))


@pytest.mark.parametrize("kind", list(Restraint))
def test_what_waits_for_a_review_is_mended_under_any_sanction_as_without_one(app, kind):
    waiting = post_facts(access_of("author"), state=PostState.WAITING)

    free = policy.may_edit(ACTORS["author"], waiting)
    assert policy.may_edit(restrained("author", kind), waiting) == free


def test_a_sanction_is_named_before_what_else_forbids_it(app):
    muted = restrained("member", Restraint.MUTE)
    closed = post_facts(access_of("member"), is_closed=True)

    assert "cannot write in this space" in policy.may_reply(muted, closed).reason


def test_who_may_not_see_the_space_is_told_of_no_sanction(app):
    muted = restrained("stranger", Restraint.MUTE)

    assert policy.may_reply(muted, post_facts(access_of("stranger", Visibility.PRIVATE))).hidden
