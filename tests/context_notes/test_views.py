"""Context notes as people meet them: beneath the post, on a page of their own, in a form."""

import pytest
import sqlalchemy as sa

from forum.context_notes.models import ContextNote
from forum.core.db import db
from tests import factories
from tests.support.pages import Browser
from tests.support.queries import statements

TEXT = "It leads to <b>residence</b> first."
SHOWN = "It leads to &lt;b&gt;residence&lt;/b&gt; first."


@pytest.fixture
def author(app):
    return factories.user("author")


@pytest.fixture
def thread(app, author):
    return factories.thread(author=author)


@pytest.fixture
def post(thread, author):
    return factories.comment(thread, author, "It makes you a citizen at once.")


@pytest.fixture
def holder(app):
    return factories.user("amina")


@pytest.fixture
def held(holder):
    return factories.badge(holder)


@pytest.fixture
def practitioner(app, holder, held) -> Browser:
    return Browser(app).sign_in(holder)


def form(held, **changes) -> dict[str, str]:
    return {
        "text": TEXT,
        "title_1": "Visas",
        "url_1": "https://law.example/visas",
        "badge": str(held.id),
        **changes,
    }


def note_path(thread, number) -> str:
    db.session.commit()
    found = db.session.scalars(sa.select(ContextNote.id).order_by(ContextNote.id.desc())).first()
    return f"/t/{thread.id}/c/{number}/context/{found}"


def test_a_note_is_added_and_everybody_reads_it(app, practitioner, held, thread, post):
    path = f"/t/{thread.id}/c/{post.number}/context"
    assert f'href="{path}"' in practitioner.get(f"/t/{thread.id}-{thread.slug}").text
    assert "Add context to" in practitioner.get(path).text
    saved = practitioner.post(path, form(held))
    assert saved.status_code == 303
    page = Browser(app).get(f"/t/{thread.id}-{thread.slug}").text
    assert SHOWN in page
    assert "Practitioner · Harbour Legal Aid" in page
    assert 'href="https://law.example/visas" rel="nofollow ugc noopener"' in page
    assert "(law.example)" in page
    assert "more.css" in page
    assert SHOWN in Browser(app).get(saved.location).text


def test_the_opening_has_a_note_in_its_place(app, practitioner, held, thread):
    assert f"/t/{thread.id}/c/0/context" in practitioner.get(f"/t/{thread.id}-{thread.slug}").text
    practitioner.post(f"/t/{thread.id}/c/0/context", form(held))
    assert SHOWN in Browser(app).get(f"/t/{thread.id}-{thread.slug}").text
    assert SHOWN in Browser(app).get(note_path(thread, 0)).text


def test_what_is_wrong_stands_at_its_field_and_the_text_stays(practitioner, held, thread, post):
    path = f"/t/{thread.id}/c/{post.number}/context"
    answer = practitioner.post(path, form(held, url_1="nowhere"))
    assert answer.status_code == 422
    assert SHOWN in answer.text
    assert "Please give a whole address" in answer.text


def test_the_fourth_note_of_a_day_is_refused_with_its_text(practitioner, held, thread, author):
    for number in range(1, 5):
        factories.comment(thread, author, f"Words {number}.")
        answer = practitioner.post(f"/t/{thread.id}/c/{number}/context", form(held))
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]
    assert SHOWN in answer.text


def test_who_has_no_badge_is_offered_nothing_and_told_why(app, thread, post):
    member = Browser(app).sign_in(factories.user())
    path = f"/t/{thread.id}/c/{post.number}/context"
    assert path not in member.get(f"/t/{thread.id}-{thread.slug}").text
    assert member.get(path).status_code == 403
    assert Browser(app).get(path).status_code == 303


def test_others_judge_it_on_its_page_and_the_thread_says_so(app, practitioner, held, thread, post):
    practitioner.post(f"/t/{thread.id}/c/{post.number}/context", form(held))
    path = note_path(thread, post.number)
    other = factories.user()
    factories.badge(other)
    browser = Browser(app).sign_in(other)
    assert "Confirm or dispute" in browser.get(f"/t/{thread.id}-{thread.slug}").text
    refused = browser.post(f"{path}/judge", {"verdict": "dispute", "reason": ""})
    assert refused.status_code == 422
    assert "Please say what is wrong" in refused.text
    assert browser.post(f"{path}/judge", {"verdict": "nonsense"}).status_code == 422
    sent = {"verdict": "dispute", "reason": "That changed."}
    assert browser.post(f"{path}/judge", sent).status_code == 303
    page = Browser(app).get(f"/t/{thread.id}-{thread.slug}").text
    assert "Disputed by 1" in page
    assert "Disputed</b>" in page
    assert "That changed." in Browser(app).get(path).text
    assert browser.post(f"{path}/unsay").status_code == 303
    assert "That changed." not in Browser(app).get(path).text


def test_the_author_of_the_post_answers(app, practitioner, held, thread, post, author):
    practitioner.post(f"/t/{thread.id}/c/{post.number}/context", form(held))
    path = note_path(thread, post.number)
    own = Browser(app).sign_in(author)
    assert "Answer the note" in own.get(f"/t/{thread.id}-{thread.slug}").text
    assert own.post(f"{path}/answer", {"answer": ""}).status_code == 422
    assert own.post(f"{path}/answer", {"answer": "I did not know."}).status_code == 303
    again = own.post(f"{path}/answer", {"answer": "And more."})
    assert again.status_code == 403
    assert "And more." in again.text
    assert "I did not know." in Browser(app).get(f"/t/{thread.id}-{thread.slug}").text


def test_its_author_takes_it_back_after_a_page_that_says_what_that_does(
    app, practitioner, held, thread, post
):
    practitioner.post(f"/t/{thread.id}/c/{post.number}/context", form(held))
    path = note_path(thread, post.number)
    assert "Take the note back" in practitioner.get(path).text
    assert SHOWN in practitioner.get(f"{path}/take-back").text
    assert practitioner.post(f"{path}/take-back").status_code == 303
    assert practitioner.get(path).status_code == 404
    assert SHOWN not in Browser(app).get(f"/t/{thread.id}-{thread.slug}").text


def test_a_page_with_15_notes_costs_as_many_statements_as_with_one(app, thread, author):
    factories.comment(thread, author)
    reader = Browser(app).sign_in(factories.user())
    path = f"/t/{thread.id}-{thread.slug}"

    def note(number) -> None:
        member = factories.user()
        badge = factories.badge(member)
        sent = (
            Browser(app)
            .sign_in(member)
            .post(f"/t/{thread.id}/c/{number}/context", form(badge, text=f"Words {member.id}."))
        )
        assert sent.status_code == 303

    note(1)
    reader.get(path)
    with statements() as one:
        reader.get(path)
    for number in (0, 1) * 7:
        note(number)
    with statements() as many:
        page = reader.get(path)
    assert page.text.count("context-note") >= 15
    assert len(one) == len(many)
    assert sum("context_note" in statement for statement in many) == 1


def test_the_note_page_costs_the_same_for_one_and_15_who_say_something(
    app, practitioner, held, thread, post
):
    practitioner.post(f"/t/{thread.id}/c/{post.number}/context", form(held))
    path = note_path(thread, post.number)

    def confirm() -> None:
        member = factories.user()
        factories.badge(member)
        assert Browser(app).sign_in(member).post(f"{path}/judge", {"verdict": "confirm"})

    confirm()
    practitioner.get(path)
    with statements() as one:
        practitioner.get(path)
    for _ in range(14):
        confirm()
    with statements() as many:
        assert "Confirmed by 15" in practitioner.get(path).text
    assert len(one) == len(many)


def test_searches_and_feeds_do_not_hold_notes(app, practitioner, held, thread, post):
    practitioner.post(
        f"/t/{thread.id}/c/{post.number}/context", form(held, text="Lanternfish words.")
    )
    assert "Lanternfish" not in Browser(app).get("/feed").text
    assert "Lanternfish words" not in Browser(app).get("/search?q=lanternfish").text
