"""Watched words in what stands beneath posts and cannot wait: it is given back beside its field."""

import pytest
import sqlalchemy as sa

from forum.context_notes import actions as notes
from forum.context_notes.actions import NoteDraft
from forum.context_notes.models import Verdict
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.proposals import actions as proposals
from forum.proposals.actions import AnswerDraft, ClaimDraft, StateDraft
from forum.proposals.models import Answer, ProposalState, ServiceClaim
from forum.safety.models import WatchedWord, WordAction
from forum.stances import actions as stances
from forum.stances.models import StanceChoice
from tests import factories
from tests.stances.acts import take
from tests.support.pages import Browser, actor_of
from tests.threads.acts import do

BARE, WORD = "They open at night.", "They open at night, at the Harbour refuge."
SOURCES = (("Opening hours", "https://example.org/hours"),)


class Scene:
    """A proposal with a service shown, a condition, and a note on a comment of its author's."""

    def __init__(self):
        self.space = factories.space()
        self.author, self.member, self.holder, self.other = (factories.user() for _ in range(4))
        self.badge, _ = factories.badge(self.holder), factories.badge(self.other)
        made = factories.proposal(self.space, self.author)
        self.id = made.id
        self.into = factories.proposal(self.space).id
        do(proposals.claim_service, actor_of(self.member), self.id, self.a_claim())
        take(actor_of(self.member), self.id, StanceChoice.AGREE_IF)
        self.number = factories.comment(made, self.author).number
        self.note = self.add_note(BARE)

    @property
    def claim(self):
        return db.session.scalar(sa.select(sa.func.min(ServiceClaim.id)))

    def a_claim(self, text=""):
        return ClaimDraft(factories.service().id, text)

    def add_note(self, text, sources=SOURCES):
        draft = NoteDraft(text, sources, self.badge.id)
        return do(notes.add_note, actor_of(self.holder), self.id, self.number, draft)


# What is written, by the field that it is given back beside.
ACTS = {
    "a service shown:note": lambda scene, text: do(
        proposals.claim_service, actor_of(scene.member), scene.id, scene.a_claim(text)
    ),
    "why it is enough:reason": lambda scene, text: do(
        proposals.accept_claim, actor_of(scene.author), scene.id, scene.claim, text
    ),
    "why it is not enough:reason": lambda scene, text: do(
        proposals.refuse_claim, actor_of(scene.author), scene.id, scene.claim, text
    ),
    "why the state changes:reason": lambda scene, text: do(
        proposals.change_state, actor_of(scene.author), scene.id,
        StateDraft(ProposalState.REFINING, text),
    ),
    "why it is retired:reason": lambda scene, text: do(
        stances.retire, actor_of(scene.author), scene.id, scene.into, text
    ),
    "why not this condition:answer": lambda scene, text: do(
        stances.decline_condition, actor_of(scene.author), scene.id, 1, text
    ),
    "an answer to the proposal:source": lambda scene, text: do(
        proposals.save_answer, actor_of(scene.holder), scene.id,
        AnswerDraft(text, is_published=True), is_practitioner=True,
    ),
    "a note:text": lambda scene, text: scene.add_note(text),
    "the source of a note:text": lambda scene, text: scene.add_note(
        "More is known.", ((text, "https://example.org"),)
    ),
    "what is wrong with a note:reason": lambda scene, text: do(
        notes.judge_note, actor_of(scene.other), scene.id, scene.number, scene.note,
        Verdict.DISPUTE, text,
    ),
    "the answer to a note:answer": lambda scene, text: do(
        notes.answer_note, actor_of(scene.author), scene.id, scene.number, scene.note, text
    ),
}  # fmt: skip


@pytest.fixture
def scene(app):
    return Scene()


def _watch(action, message=""):
    db.session.add(
        WatchedWord(
            phrase="harbour refuge", action=action, message=message, reason="It is a hidden place.",
            created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()


@pytest.mark.parametrize("act", ACTS)
def test_a_watched_word_gives_it_back_beside_its_field(scene, act):
    _watch(WordAction.REFUSE, "Please leave out where it is.")
    name, field = act.split(":")
    with pytest.raises(Invalid, match="leave out where it is") as refused:
        ACTS[act](scene, WORD)
    assert refused.value.field == field
    ACTS[act](scene, BARE if name != "a note" else "They open late.")


@pytest.mark.parametrize("act", ACTS)
def test_what_would_wait_as_a_comment_is_led_there(scene, act):
    _watch(WordAction.HOLD)
    with pytest.raises(Invalid, match="as a comment"):
        ACTS[act](scene, WORD)


@pytest.mark.parametrize("action", [WordAction.COVER, WordAction.ALERT])
def test_words_that_ask_for_less_let_it_stand(scene, action):
    _watch(action, "places" if action is WordAction.COVER else "")
    ACTS["a service shown:note"](scene, WORD)


def test_those_who_run_the_space_are_trusted(scene):
    _watch(WordAction.REFUSE, "Please leave out where it is.")
    runs = actor_of(factories.facilitator(scene.space))
    do(proposals.change_state, runs, scene.id, StateDraft(ProposalState.REFINING, WORD))


def test_an_answer_is_looked_at_when_others_come_to_read_it(scene):
    _watch(WordAction.HOLD)
    save = (proposals.save_answer, actor_of(scene.holder), scene.id)
    do(*save, AnswerDraft(WORD), is_practitioner=True)
    with pytest.raises(Invalid):
        do(*save, AnswerDraft(WORD, 1, is_published=True), is_practitioner=True)
    assert db.session.scalar(sa.select(Answer.published_at)) is None


def test_the_form_keeps_the_text_and_says_what_to_do(browser: Browser, scene):
    _watch(WordAction.HOLD)
    browser.sign_in(scene.member)
    sent = browser.post(f"/t/{scene.id}/exists", {"service": factories.service().id, "note": WORD})
    assert sent.status_code == 422
    assert WORD in sent.text
    assert "as a comment, where it can wait" in sent.text
