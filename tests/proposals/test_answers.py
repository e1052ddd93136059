"""Answers to proposals: written privately, published once, edited afterwards."""

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.core.db import db
from forum.core.errors import Conflict, Forbidden
from forum.notifications.models import Notification
from forum.proposals.actions import AnswerDraft, save_answer
from forum.proposals.models import Answer, ProposalEvent
from forum.spaces.models import Visibility
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.threads.acts import do

WORDS = "The city plans such rooms for next year."


def _told() -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Notification.user_id).where(Notification.kind == "proposal.answered")
        )
    )


def _page(browser: Browser, thread_id: int) -> str:
    return browser.get(browser.get(f"/t/{thread_id}").location).text


@pytest.fixture
def scene(app: Flask):
    space = factories.space()
    author = factories.user()
    return factories.proposal(space, author), author, factories.facilitator(space)


def test_an_answer_is_its_authors_own_until_it_is_published(browser: Browser, scene):
    made, author, facilitator = scene
    browser.sign_in(facilitator)
    data = {"source": WORDS, "revision": "0", "do": "save"}
    assert browser.post(f"/t/{made.id}/answer", data).status_code == 303
    assert "Your answer, not published yet" in _page(browser, made.id)
    for reader in (Browser(browser.app), Browser(browser.app).sign_in(author)):
        assert WORDS not in _page(reader, made.id)
    assert _told() == []
    publish = {**data, "revision": "1", "do": "publish"}
    assert browser.post(f"/t/{made.id}/answer", publish).status_code == 303
    for reader in (Browser(browser.app), Browser(browser.app).sign_in(author)):
        assert WORDS in _page(reader, made.id)
    assert _told() == [author.id]


def test_a_preview_keeps_nothing(browser: Browser, scene):
    made, _author, facilitator = scene
    browser.sign_in(facilitator)
    data = {"source": f"**{WORDS}**", "revision": "0", "do": "preview"}
    assert f"<strong>{WORDS}</strong>" in browser.post(f"/t/{made.id}/answer", data).text
    assert db.session.scalars(sa.select(Answer)).all() == []


def test_a_later_change_is_seen_at_once_and_told_to_nobody(browser: Browser, scene):
    made, _author, facilitator = scene
    for revision, words in enumerate((WORDS, "Next year, in two places.")):
        draft = AnswerDraft(words, revision, is_published=True)
        do(save_answer, actor_of(facilitator), made.id, draft, is_practitioner=False)
    assert "Next year, in two places." in _page(browser, made.id)
    assert len(_told()) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProposalEvent)) == 1


def test_two_windows_do_not_overwrite_each_other(browser: Browser, scene):
    made, _author, facilitator = scene
    browser.sign_in(facilitator)
    first = {"source": WORDS, "revision": "0", "do": "save"}
    assert browser.post(f"/t/{made.id}/answer", first).status_code == 303
    late = browser.post(f"/t/{made.id}/answer", {**first, "source": "Something else."})
    assert late.status_code == 409
    assert "Something else." in late.text
    assert WORDS in late.text


def test_practitioners_answer_with_their_badge(browser: Browser, scene):
    made, _author, _facilitator = scene
    practitioner = factories.user()
    badge = factories.badge(practitioner)
    browser.sign_in(practitioner)
    assert "Answer it officially" in _page(browser, made.id)
    data = {"source": WORDS, "revision": "0", "badge": badge.id, "do": "publish"}
    assert browser.post(f"/t/{made.id}/answer", data).status_code == 303
    assert badge.organisation in _page(Browser(browser.app), made.id)


def test_nobody_wears_a_badge_of_somebody_else(browser: Browser, scene):
    made, _author, facilitator = scene
    badge = factories.badge(factories.user())
    browser.sign_in(facilitator)
    data = {"source": WORDS, "revision": "0", "badge": badge.id, "do": "publish"}
    assert browser.post(f"/t/{made.id}/answer", data).status_code == 422


def test_others_do_not_answer(browser: Browser, scene):
    made, author, _facilitator = scene
    assert browser.sign_in(author).get(f"/t/{made.id}/answer").status_code == 403
    with pytest.raises(Forbidden):
        do(save_answer, actor_of(author), made.id, AnswerDraft(WORDS), is_practitioner=False)
    hidden = factories.proposal(factories.space(visibility=Visibility.PRIVATE))
    assert browser.get(f"/t/{hidden.id}/answer").status_code == 404


def test_an_answer_can_be_taken_back(browser: Browser, scene):
    made, _author, facilitator = scene
    draft = AnswerDraft(WORDS, is_published=True)
    do(save_answer, actor_of(facilitator), made.id, draft, is_practitioner=False)
    with pytest.raises(Conflict):
        do(save_answer, actor_of(facilitator), made.id, draft, is_practitioner=False)
    browser.sign_in(facilitator)
    assert browser.post(f"/t/{made.id}/answer/take-back").status_code == 303
    assert WORDS not in _page(browser, made.id)
    assert "An answer was taken back" in _page(browser, made.id)
