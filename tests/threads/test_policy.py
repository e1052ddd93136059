"""Who may do what with a thread: every verb, person and state."""

import pytest

from forum.core.actor import Restraint
from forum.core.errors import Forbidden, NotFound
from forum.spaces.models import Circle, Visibility
from forum.threads import policy
from forum.threads.models import ThreadKind
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
    restrained,
    thread_facts,
)

OPEN, CLOSED, DELETED = {}, {"is_closed": True}, {"is_deleted": True}
WAITING = DELETED | {"opening_waits": True}
ANSWERED = {"has_comments": True}
NOBODY = frozenset()
KEEPERS = ARRANGERS | {"author"}

# verb, what is special about the thread, and who may
TABLE = [
    ("see", OPEN, EVERYONE),
    ("see", CLOSED, EVERYONE),
    ("see", DELETED, KEEPERS),
    ("see", DELETED | ANSWERED, EVERYONE),
    ("comment", OPEN, SIGNED_IN),
    ("comment", CLOSED, NOBODY),
    ("comment", DELETED, NOBODY),
    ("comment", DELETED | ANSWERED, NOBODY),
    ("delete", OPEN, KEEPERS),
    ("delete", CLOSED, KEEPERS),
    ("delete", ANSWERED, KEEPERS),
    ("delete", DELETED | ANSWERED, NOBODY),
    ("restore", OPEN, NOBODY),
    ("restore", DELETED, KEEPERS),
    ("restore", DELETED | ANSWERED, KEEPERS),
    ("see", WAITING, KEEPERS),
    ("see", WAITING | ANSWERED, EVERYONE),
    ("comment", WAITING | ANSWERED, NOBODY),
    ("delete", WAITING | ANSWERED, NOBODY),
    ("restore", WAITING, NOBODY),
    ("restore", WAITING | ANSWERED, NOBODY),
    ("arrange", OPEN, ARRANGERS),
    ("arrange", CLOSED, ARRANGERS),
    ("arrange", DELETED, ARRANGERS),
    ("set_tags", OPEN, KEEPERS),
    ("set_tags", CLOSED, KEEPERS),
    ("suggest_tags", OPEN, SIGNED_IN),
    ("suggest_tags", CLOSED, SIGNED_IN),
]


def _name(value) -> str:
    if isinstance(value, dict):
        return "-".join(value) or "open"
    return value if isinstance(value, str) else ""


def _may(verb, name, visibility, special):
    facts = thread_facts(access_of(name, visibility), **special)
    return getattr(policy, f"may_{verb}")(ACTORS[name], facts)


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize(("verb", "special", "allowed"), TABLE, ids=_name)
def test_each_verb_is_open_to_these_people_alone(verb, special, allowed, visibility):
    may = {name for name in NAMES if _may(verb, name, visibility, special)}

    assert may == allowed & SEES[visibility]


@pytest.mark.parametrize("visibility", [Visibility.MEMBERS, Visibility.PRIVATE])
@pytest.mark.parametrize(("verb", "special"), [row[:2] for row in TABLE], ids=_name)
def test_whoever_may_not_see_the_space_learns_nothing_of_the_thread(verb, special, visibility):
    for name in EVERYONE - SEES[visibility]:
        verdict = _may(verb, name, visibility, special)

        with pytest.raises(NotFound):
            verdict.enforce()


@pytest.mark.parametrize("verb", sorted({row[0] for row in TABLE}))
def test_an_unanswered_thread_taken_back_is_hidden_from_others(verb):
    for name in EVERYONE - KEEPERS:
        verdict = _may(verb, name, Visibility.PUBLIC, DELETED)

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
@pytest.mark.parametrize("kind", ThreadKind)
def test_threads_are_started_by_whom_the_space_says_and_prompts_by_facilitators(
    kind, circle, allowed
):
    may = {
        name
        for name in NAMES
        if policy.may_start(ACTORS[name], access_of(name, who_starts=circle), kind)
    }

    assert may == (allowed & ARRANGERS if kind is ThreadKind.PROMPT else allowed)


def test_a_prompt_in_a_hidden_space_is_hidden():
    verdict = policy.may_start(
        ACTORS["stranger"], access_of("stranger", Visibility.PRIVATE), ThreadKind.PROMPT
    )

    assert verdict.hidden


def test_a_thread_of_an_unknown_author_is_kept_by_facilitators_alone():
    for verb in ("delete", "set_tags"):
        may = {
            name
            for name in NAMES
            if getattr(policy, f"may_{verb}")(
                ACTORS[name], thread_facts(access_of(name), author_id=None)
            )
        }
        assert may == ARRANGERS


# -- Under a sanction ---------------------------------------------------------------------------

WRITES_NOT = {Restraint.MUTE, Restraint.SUSPEND, Restraint.EXCLUDE}
STANDS_BY = {Restraint.SUSPEND, Restraint.EXCLUDE}
# verb, who would do it, what is special about the thread, and which sanctions keep them from it
UNDER_SANCTION = [
    ("see", "author", OPEN, set()),
    ("comment", "member", OPEN, WRITES_NOT),
    ("suggest_tags", "member", OPEN, WRITES_NOT),
    ("set_tags", "author", OPEN, WRITES_NOT),
    ("set_tags", "facilitator", OPEN, STANDS_BY),
    ("delete", "author", OPEN, set()),
    ("delete", "facilitator", OPEN, STANDS_BY),
    ("arrange", "facilitator", OPEN, STANDS_BY),
]


@pytest.mark.parametrize("space_id", [SPACE, EVERYWHERE])
@pytest.mark.parametrize(("verb", "name", "special", "kept_by"), UNDER_SANCTION, ids=_name)
def test_sanctions_keep_people_from_these_verbs_alone(app, verb, name, special, kept_by, space_id):
    may = getattr(policy, f"may_{verb}")
    facts = thread_facts(access_of(name), **special)
    found = {
        kind for kind in Restraint if not may(restrained(name, kind, space_id=space_id), facts)
    }

    assert found == kept_by


@pytest.mark.parametrize("kind", [ThreadKind.DISCUSSION, ThreadKind.PROMPT])
def test_who_may_not_write_starts_no_thread(app, kind):
    access = access_of("facilitator")
    found = {
        each
        for each in Restraint
        if not policy.may_start(restrained("facilitator", each), access, kind)
    }

    assert found == WRITES_NOT
    assert policy.may_start(restrained("facilitator", *Restraint, space_id=ELSEWHERE), access, kind)
