"""What becomes of conditions: adopted, declined, removed."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import VISITOR
from forum.core.db import db
from forum.core.errors import Conflict, DomainError, Forbidden, Invalid
from forum.notifications.models import Notification
from forum.posts.queries import get_post
from forum.proposals.models import Coauthor, CoauthorState, ProposalEvent, ProposalState
from forum.proposals.parts import parse
from forum.stances import actions
from forum.stances.actions import AdoptDraft
from forum.stances.models import ConditionState, StanceChoice
from tests import factories
from tests.stances.acts import debate, take
from tests.support.cast import cast
from tests.support.pages import Browser, actor_of
from tests.threads.acts import LIMITS, do, entries

TEXT = "Families are asked first, by somebody whom they know."


class Scene:
    """A proposal in which a member and a stranger agree if families are asked first."""

    def __init__(self, **space_values):
        self.people = cast(**space_values)
        at = clock.now() - timedelta(hours=1)  # edits of the first minutes leave no version
        author = self.people.user("author")
        self.thread_id = factories.proposal(self.people.space, author, at=at).id
        take(self.people["member"], self.thread_id, StanceChoice.AGREE_IF)
        take(self.people["stranger"], self.thread_id, StanceChoice.AGREE_IF, joined=(1,))

    def adopt(self, name="author", *, part="how", text=TEXT, revision=1, number=1):
        draft = AdoptDraft(part, text, revision)
        do(
            actions.adopt_condition, self.people[name], self.thread_id, number, draft, LIMITS
        )  # fmt: skip

    def decline(self, name="author", answer="There is no time for it."):
        do(actions.decline_condition, self.people[name], self.thread_id, 1, answer)

    def remove(self, name="moderator", reason="It names somebody."):
        do(actions.remove_condition, self.people[name], self.thread_id, 1, reason)

    def row(self, name="stranger"):
        return debate(self.people[name], self.thread_id).conditions[0]

    def told(self, kind):
        """Who was told so, by name."""
        ids = set(
            db.session.scalars(sa.select(Notification.user_id).where(Notification.kind == kind))
        )
        return {name for name, user in self.people.rows.items() if user.id in ids}

    def events(self):
        return db.session.execute(
            sa.select(ProposalEvent.verb, ProposalEvent.reason)
            .where(ProposalEvent.thread_id == self.thread_id)
            .order_by(ProposalEvent.id)
        ).all()


@pytest.fixture
def scene(app):
    return Scene()


def test_the_author_takes_a_condition_into_the_text(scene):
    scene.adopt()

    post = get_post(scene.thread_id, 0)
    assert parse(post.source).how == TEXT
    row = scene.row()
    assert (row.state, row.adopted_revision, row.backers) == (
        ConditionState.ADOPTED, post.revision, 2,
    )  # fmt: skip
    assert scene.told("condition.adopted") == {"member", "stranger"}
    assert ("condition.adopted", "") in [tuple(row) for row in scene.events()]
    assert debate(scene.people["member"], scene.thread_id).own.is_outdated


def test_who_asked_can_keep_their_stance_from_the_page_that_they_are_led_to(scene, app):
    scene.adopt()
    browser = Browser(app).sign_in(scene.people.user("member"))
    path = db.session.scalars(
        sa.select(Notification.path).where(Notification.kind == "condition.adopted")
    ).first()

    html = browser.get(path).text
    assert "I still think so" in html
    assert browser.post(f"{path}/confirm").status_code == 303
    assert not debate(scene.people["member"], scene.thread_id).own.is_outdated


def test_a_co_author_answers_conditions_too(scene):
    user = scene.people.user("facilitator")
    values = {"thread_id": scene.thread_id, "user_id": user.id, "at": user.created_at}
    factories._save(Coauthor(**values, state=CoauthorState.ACCEPTED))

    scene.adopt("facilitator")
    assert scene.row().state is ConditionState.ADOPTED


@pytest.mark.parametrize("name", ["member", "facilitator", "moderator", "stranger", "visitor"])
@pytest.mark.parametrize("act", ["adopt", "decline"])
def test_nobody_else_answers_them(scene, name, act):
    with pytest.raises(Forbidden):
        getattr(scene, act)(name)
    assert scene.row().is_open


def test_an_edit_that_came_first_is_a_conflict_and_nothing_is_adopted(scene):
    scene.adopt(revision=1)
    take(scene.people["member"], scene.thread_id, StanceChoice.AGREE_IF, condition="it is free")

    with pytest.raises(Conflict):
        scene.adopt(revision=1, number=2)
    assert [row.state for row in debate(scene.people["member"], scene.thread_id).conditions] == [
        ConditionState.OPEN, ConditionState.ADOPTED,
    ]  # fmt: skip


def test_the_page_keeps_the_words_after_a_conflict_and_shows_what_changed(scene, app):
    browser = Browser(app).sign_in(scene.people.user("author"))
    path = f"/t/{scene.thread_id}/conditions/2/adopt"
    take(scene.people["member"], scene.thread_id, StanceChoice.AGREE_IF, condition="it is free")
    html = browser.get(path).text
    assert "it is free" in html
    assert "A bed for the first night" in html
    scene.adopt()

    data = {"part": "risks", "text": "It costs nothing at all.", "revision": "1"}
    sent = browser.post(path, data)

    assert sent.status_code == 409
    assert "It costs nothing at all." in sent.text
    assert "<ins>" in sent.text
    assert 'name="revision" type="hidden" value="2"' in sent.text
    assert browser.post(path, {**data, "revision": "2"}).status_code == 303
    assert parse(get_post(scene.thread_id, 0).source).risks == "It costs nothing at all."


def test_a_condition_is_answered_once(scene):
    scene.adopt()

    with pytest.raises(Conflict):
        scene.adopt(revision=2)
    with pytest.raises(Conflict):
        scene.decline()
    with pytest.raises(DomainError):
        do(actions.join_condition, scene.people["member"], scene.thread_id, 1)


def test_the_author_says_why_not_and_those_who_ask_are_told(scene):
    scene.decline()

    row = scene.row()
    assert (row.state, row.answer) == (ConditionState.DECLINED, "There is no time for it.")
    assert scene.told("condition.declined") == {"member", "stranger"}
    assert ("condition.declined", "There is no time for it.") in [
        tuple(row) for row in scene.events()
    ]


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda scene: scene.decline(answer=" "), "answer"),
        (lambda scene: scene.decline(answer="a" * 501), "answer"),
        (lambda scene: scene.adopt(text=" \n "), "text"),
        (lambda scene: scene.remove(reason=" "), "reason"),
    ],
    ids=["no answer", "long answer", "no text", "no reason"],
)
def test_an_answer_says_something(scene, act, field):
    with pytest.raises(Invalid) as refused:
        act(scene)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "state", [ProposalState.EXISTS, ProposalState.MERGED, ProposalState.WITHDRAWN]
)
def test_what_is_over_is_answered_no_more(app, state):
    author = factories.user()
    thread_id = factories.proposal(author=author, state=state).id

    assert not debate(actor_of(author), thread_id).may_answer


@pytest.mark.parametrize("name", ["facilitator", "moderator", "administrator"])
def test_those_who_run_the_space_remove_a_condition_with_a_reason(scene, name):
    condition_id = scene.row().id

    scene.remove(name)

    assert debate(scene.people["author"], scene.thread_id).conditions == ()
    assert entries("condition", condition_id) == [("condition.remove", "It names somebody.")]
    assert scene.told("condition.removed") == {"member", "stranger"}


@pytest.mark.parametrize("name", ["author", "member", "stranger", "visitor"])
def test_others_remove_none(scene, name):
    with pytest.raises(Forbidden):
        scene.remove(name)


def test_whoever_lost_the_space_is_not_told(app):
    scene = Scene(visibility="public")
    scene.people.space.visibility = "private"
    db.session.commit()

    scene.adopt()

    assert scene.told("condition.adopted") == {"member"}


def _without_token(page: str) -> str:
    """A page without what is signed anew every second."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


def test_what_changed_since_ones_stance_is_shown_word_by_word(scene, app):
    scene.adopt()
    browser = Browser(app).sign_in(scene.people.user("member"))

    html = browser.get(f"/t/{scene.thread_id}/changes").text
    assert "families are asked first" in html
    assert "I still think so" in html
    again = browser.get(f"/t/{scene.thread_id}/changes?since=1").text
    assert _without_token(again) == _without_token(html)
    assert "It says what it said then." in browser.get(f"/t/{scene.thread_id}/changes?since=2").text
    assert "families are asked" in Browser(app).get(f"/t/{scene.thread_id}/changes").text
    for wrong in ("?since=x", "?since=-1"):
        path = f"/t/{scene.thread_id}/changes{wrong}"
        assert Browser(app).get(path).status_code == 404


def test_a_visitor_answers_nothing(scene):
    with pytest.raises(Forbidden):
        do(actions.join_condition, VISITOR, scene.thread_id, 1)
