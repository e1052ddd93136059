"""Pages of the debate: what they show to whom, and that nothing typed is lost."""

import re

import pytest
from bs4 import BeautifulSoup

from forum.accounts.views import settings as settings_views
from forum.core.db import db
from forum.core.errors import Invalid
from forum.proposals.models import Proposal
from forum.spaces.models import SpaceRole, Visibility
from forum.stances import actions
from forum.stances import queries as stance_queries
from forum.stances.models import Stance, StanceChoice
from forum.stances.queries import export, find_debate
from forum.threads.actions import (
    SplitDraft,
    delete_thread,
    merge_threads,
    move_thread,
    split_comments,
)
from forum.threads.queries import get_head
from tests import factories
from tests.stances.acts import WHY, counters, debate, stances, take
from tests.stances.acts import member as member_actor
from tests.support.cast import cast
from tests.support.pages import Browser, actor_of
from tests.support.people import PASSWORD, cheap_hashes_fixture, member_fixture  # noqa: F401
from tests.support.queries import statements
from tests.threads.acts import assert_counters_are_exact, do, get


def _path(thread_id):
    return f"/t/{thread_id}"


def _show(browser, thread_id):
    return browser.get(_path(thread_id), follow_redirects=True).text


def _form(**values):
    return {"choice": "agree", "condition": "", "reason": "", "reason_note": "", **values}


@pytest.fixture
def thread_id(app):
    return factories.proposal().id


@pytest.fixture
def user(app):
    return factories.user()


def test_a_member_takes_a_stance_on_the_page_of_the_proposal(browser, thread_id, user):
    browser.sign_in(user)
    html = _show(browser, thread_id)
    assert html.count('name="choice"') == 5
    assert "This should exist, as it is described." in html

    sent = browser.post(f"/t/{thread_id}/stance", _form(choice="disagree", reason=WHY))

    assert sent.status_code == 303
    assert sent.location.endswith("#debate")
    html = _show(browser, thread_id)
    assert "Your stance: <b>Disagree</b>" in html
    assert WHY in html
    assert counters(thread_id)[StanceChoice.DISAGREE] == 1


def test_what_was_typed_is_kept_when_it_is_refused(browser, thread_id, user):
    browser.sign_in(user)
    sent = browser.post(
        f"/t/{thread_id}/stance",
        _form(choice="agree_if", condition="c" * 201, reason="Seldom heard words."),
    )

    assert sent.status_code == 422
    assert "Seldom heard words." in sent.text
    assert "c" * 201 in sent.text
    assert 'id="condition-error"' in sent.text
    assert re.search(r'value="agree_if"[^>]*|checked[^>]*value="agree_if"', sent.text)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"choice": ""}, "choice"),
        ({"choice": "love"}, "choice"),
        ({"choice": "concern"}, "reason"),
        ({"choice": "agree_if", "reason": WHY}, "condition"),
        ({"choice": "agree_if", "reason": WHY, "joined": "4"}, "joined"),
        ({"choice": "agree_if", "reason": WHY, "joined": "x"}, "joined"),
        ({"choice": "agree", "reason": WHY, "reason_note": "n" * 101}, "reason_note"),
    ],
    ids=["none", "unknown", "no reason", "no condition", "not there", "no number", "long note"],
)
def test_a_refusal_stands_beside_its_field(browser, thread_id, user, values, field):
    browser.sign_in(user)
    sent = browser.post(f"/t/{thread_id}/stance", _form(**values))

    assert sent.status_code == 422
    assert f'id="{field}-error"' in sent.text
    assert not stances(thread_id)


def test_five_stances_are_shown_as_a_bar_a_list_and_a_table(browser, thread_id):
    for _ in range(4):
        take(member_actor(), thread_id)
    assert "4 stances so far" in _show(browser, thread_id)

    take(member_actor(), thread_id, StanceChoice.DISAGREE)

    html = _show(browser, thread_id)
    assert 'class="spread"' in html
    assert "Agree <b>4</b>" in html
    assert '<td class="number">80 %</td>' in html


def test_a_space_may_show_the_spread_only_after_ones_own_stance(app):
    people = cast(hides_stances=True)
    thread_id = factories.proposal(people.space, people.user("author")).id
    for _ in range(5):
        take(member_actor(), thread_id)
    take(member_actor(), thread_id, StanceChoice.AGREE_IF)

    for name, sees in (("author", True), ("facilitator", True), ("moderator", True),
                       ("stranger", False), ("visitor", False)):  # fmt: skip
        browser = Browser(app)
        if name != "visitor":
            browser.sign_in(people.user(name))
        html = _show(browser, thread_id)
        assert ('class="spread"' in html) is sees, name
        assert ("asks for it" in html) is sees, name
    browser = Browser(app).sign_in(people.user("stranger"))
    browser.post(f"/t/{thread_id}/stance", _form())
    assert 'class="spread"' in _show(browser, thread_id)


def test_nobody_is_listed_by_their_stance(browser, thread_id):
    user = factories.user("quietly")
    for actor in [actor_of(user), *(member_actor() for _ in range(5))]:
        take(actor, thread_id)

    assert "quietly" not in _show(browser, thread_id).casefold()


def test_a_private_debate_does_not_exist_for_others(app):
    people = cast(Visibility.PRIVATE)
    thread_id = factories.proposal(people.space, people.user("author")).id
    take(people["member"], thread_id, StanceChoice.AGREE_IF)
    browser = Browser(app).sign_in(people.user("stranger"))

    for path in ("stance", "changes?since=1", "conditions/1/adopt", "conditions/1/decline",
                 "conditions/1/remove", "retire", "carry"):  # fmt: skip
        assert browser.get(f"/t/{thread_id}/{path}").status_code == 404
    for path in ("stance", "stance/confirm", "stance/withdraw", "conditions/1/join",
                 "conditions/1/leave", "carry/over", "carry/leave"):  # fmt: skip
        assert browser.post(f"/t/{thread_id}/{path}", _form()).status_code == 404
    assert Browser(app).get(f"/t/{thread_id}/changes?since=1").status_code == 404


def test_the_page_costs_the_same_however_many_take_part(app, user):
    thread_id = factories.proposal().id
    browser = Browser(app).sign_in(user)
    counts = []
    for more in (1, 14):
        for _ in range(more):
            take(member_actor(), thread_id)
        take(member_actor(), thread_id, StanceChoice.AGREE_IF, condition=f"condition {more}")
        _show(browser, thread_id)
        with statements() as seen:
            _show(browser, thread_id)
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_the_debate_costs_two_statements(app, thread_id):
    actor = member_actor()
    take(actor, thread_id, StanceChoice.AGREE_IF)
    head = get_head(actor, thread_id)
    with statements() as seen:
        find_debate(actor, head)

    assert len(seen) == 2


def test_a_stance_is_withdrawn_and_the_spread_follows(browser, thread_id, user):
    browser.sign_in(user)
    take(actor_of(user), thread_id)

    assert browser.post(f"/t/{thread_id}/stance/withdraw").status_code == 303

    assert counters(thread_id)[StanceChoice.AGREE] == 0
    assert "Your stance:" not in _show(browser, thread_id)


def test_what_one_did_is_in_ones_own_data(app, thread_id):
    actor = member_actor()
    take(actor, thread_id, StanceChoice.AGREE_IF)

    kinds = dict(export(actor.id))
    assert kinds["stance"]["choice"] == "agree_if"
    assert kinds["condition"]["text"] == "families are asked first"


def test_stances_go_with_the_account_and_conditions_stay_where_others_ask(app, thread_id):
    user, other = factories.user(), member_actor()
    take(actor_of(user), thread_id, StanceChoice.AGREE_IF, condition="it is free")
    take(actor_of(user), thread_id, StanceChoice.AGREE_IF, joined=(1,), condition="it is near")
    take(other, thread_id, StanceChoice.AGREE_IF, joined=(1,))

    do(actions.forget_member, user.id)

    assert db.session.query(Stance).filter_by(user_id=user.id).count() == 0
    assert counters(thread_id)[StanceChoice.AGREE_IF] == 1
    assert [row.text for row in debate(other, thread_id).conditions] == ["it is free"]
    assert db.session.get(Proposal, thread_id).agree_if_count == 1


def test_deleting_an_account_takes_its_stances_along(app, member, cheap_hashes):
    person = member("wilhelmina")
    thread_id = factories.proposal().id
    take(actor_of(person), thread_id, StanceChoice.AGREE_IF)
    browser = Browser(app).sign_in(person)

    gone = browser.post("/settings/delete", {"posts": "remove", "password": PASSWORD})

    assert gone.status_code == 200
    assert sum(counters(thread_id).values()) == 0
    assert not stances(thread_id)
    assert_counters_are_exact()


def test_ones_stances_are_in_the_download_of_ones_data(app, member, cheap_hashes):
    assert stance_queries.export in settings_views._EXPORTERS


def test_a_proposal_is_not_merged_as_a_thread_so_its_stances_stay_where_they_are(app):
    people = cast()
    first, second = (factories.proposal(people.space, people.user("author")).id for _ in range(2))
    take(people["member"], first, StanceChoice.DISAGREE)

    with pytest.raises(Invalid, match="retire it"):
        do(merge_threads, people["facilitator"], first, second, "It is the same.")
    assert counters(first)[StanceChoice.DISAGREE] == 1
    assert not stances(second)


def test_a_reason_that_was_split_off_is_linked_where_it_is_now(app):
    people = cast()
    thread_id = factories.proposal(people.space, people.user("author")).id
    written = take(people["member"], thread_id, StanceChoice.DISAGREE)
    draft = SplitDraft("Another question", ("housing",), "It is about staff.")
    moved = do(split_comments, people["facilitator"], thread_id, written.number, draft)

    own = debate(people["member"], thread_id).own
    assert own.choice is StanceChoice.DISAGREE
    assert own.reason_path == f"/t/{moved.thread_id}/c/0"


def test_moving_a_proposal_hides_its_spread_where_it_goes(app):
    people = cast()
    thread_id = factories.proposal(people.space, people.user("author")).id
    for _ in range(5):
        take(member_actor(), thread_id)
    course = factories.space(hides_stances=True)
    factories.membership(course, people.user("facilitator"), SpaceRole.FACILITATOR)
    do(move_thread, people["facilitator"], thread_id, course.id, "It belongs to the course.")

    assert debate(people["stranger"], thread_id).spread.is_hidden


def test_a_proposal_taken_back_shows_no_form(app):
    people = cast()
    thread_id = factories.proposal(people.space, people.user("author")).id
    take(people["member"], thread_id, StanceChoice.DISAGREE)
    do(delete_thread, people["author"], thread_id)

    html = _show(Browser(app).sign_in(people.user("stranger")), thread_id)
    assert 'name="choice"' not in html


def test_a_badge_is_shown_with_the_reason_alone_when_it_is_chosen(app, thread_id):
    user = factories.user()
    badge = factories.badge(user, organisation="Day House")
    browser = Browser(app).sign_in(user)
    assert 'name="stance_badge"' in _show(browser, thread_id)

    wrong = browser.post(
        f"/t/{thread_id}/stance", _form(choice="agree", reason=WHY, stance_badge="999")
    )
    assert wrong.status_code == 422
    assert 'id="stance_badge-error"' in wrong.text
    data = _form(choice="agree", reason=WHY, stance_badge=str(badge.id))
    assert browser.post(f"/t/{thread_id}/stance", data).status_code == 303
    assert get(thread_id, 1).badge_id == badge.id


def test_the_form_on_the_page_is_the_form_of_its_own_page(browser: Browser):
    """It is written out, so that a page costs less; what it offers has one source."""
    thread_id = factories.proposal().id
    take(member_actor(), thread_id, StanceChoice.AGREE_IF)
    reader = factories.user()
    factories.badge(reader)
    browser.sign_in(reader)

    there, alone = (
        _controls(_show(browser, thread_id)),
        _controls(browser.get(f"{_path(thread_id)}/stance").text),
    )

    assert there == alone
    assert {name for name, *_ in there} >= {"choice", "joined", "reason", "stance_badge"}


def _controls(page: str) -> list[tuple[str | None, ...]]:
    """Name, kind, value and label of each control of the stance form."""
    form = BeautifulSoup(page, "html.parser").select_one("form.stance-form")
    words = {label["for"]: label.get_text(" ", strip=True) for label in form.select("label")}
    return [
        (
            field["name"],
            field.get("type", field.name),
            str([option.get_text() for option in field.select("option")] or field.get("value")),
            words[field["id"]],
        )
        for field in form.select("input, textarea, select")
        if field["name"] not in {"csrf_token", "stance_key"}
    ]
