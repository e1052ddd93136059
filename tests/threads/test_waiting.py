"""What waits for a review: its author reads and mends it, and nobody else meets its words."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.cases.models import ReportReason, SubjectKind
from forum.core.db import db, transaction
from forum.core.errors import Forbidden
from forum.moderation.actions.reporting import Statement, Target, report
from forum.posts.actions import Limits
from forum.posts.models import Agreement, PostState
from forum.search.models import SavedSearch
from forum.threads import actions
from forum.threads.actions import CommentDraft, OpeningDraft
from forum.threads.actions.reviewing import Standing, hold_post, stand, standing
from tests import factories
from tests.support.breadth import is_turn, wide
from tests.support.cast import NAMES, Cast, cast
from tests.support.pages import Browser
from tests.threads.acts import assert_counters_are_exact, do, get, get_thread

# Each place is asked with one word, and none may answer with another.
ASKED, WORDS, EARLIER, NOTE, TITLE = "zinnia", "walrus", "heron", "gentian", "juniper"
NUMBER = re.compile(r"\d+")
AT_ONCE = Limits(posts=20, posts_of_newcomer=20, grace=timedelta(0))
OTHERS = tuple(name for name in NAMES if name != "author")


@dataclass
class Hidden:
    """A thread of somebody whose comment #1 or opening waits."""

    app: Flask
    people: Cast
    thread: Any
    number: int
    browsers: dict[str, Browser]

    @property
    def base(self) -> str:
        return f"/t/{self.thread.id}"

    @property
    def post(self) -> str:
        return f"{self.base}/c/{self.number}"

    def places(self) -> list[str]:
        """Every address at which the post, or what is about it, could be read."""
        slug, author = self.people.space.slug, self.people.user("author").username
        of_post = ["", "/history", "/agreements", "/reply", "/quote", "/edit", "/take-back"]
        of_post += ["/remove", "/answer", "/split", "/report"]
        of_thread = ["", "/news?after=0", "/feed", "/reply", "/edit", "/take-back", "/tags"]
        of_thread += ["/close", "/move", "/merge", "/report", "/people?q=", "/first-unread"]
        orders = ("order=newest", "order=agreed", "order=time", "at=1", "at=2")
        return [
            *(f"{self.post}{end}" for end in of_post),
            *(f"{self.base}/c/2{end}" for end in ("", "/reply", "/quote", "/answer")),
            *(f"{self.base}{end}" for end in of_thread),
            *(f"{self.base}-{self.thread.slug}?{order}" for order in orders),
            *("/", "/?show=new", "/?show=unanswered", "/?show=following", "/feed"),
            *(f"/s/{slug}", f"/s/{slug}/feed", "/tags/housing", "/tags/housing/feed"),
            *(f"/u/{author}{end}" for end in ("", "/comments", "/agreements")),
            *(f"/search?q={ASKED}{end}" for end in ("", "&kind=thread", "&kind=comment")),
            *(f"/search?q=author:{author}", f"/search?q=by:{author}", f"/search?q={ASKED[:4]}"),
            *(f"/search/suggestions?q={ASKED}", f"/threads/similar?title={ASKED}+housing"),
            *("/sitemap.xml", "/sitemap-threads-0.xml", "/drafts", "/searches", "/notifications"),
            "/reports",
        ]


def _hidden(app, *, is_opening: bool) -> Hidden:
    people = cast()
    words = f"{ASKED} {WORDS}"
    title = f"{ASKED} {TITLE} housing" if is_opening else "Housing"
    thread = factories.thread(
        people.space, people.user("author"), title=title,
        source=f"{EARLIER} words" if is_opening else "An opening.",
    )  # fmt: skip
    text = "A comment." if is_opening else f"{EARLIER} words"
    first = factories.comment(thread, people.user("author"), text, is_question=True)
    factories.comment(thread, people.user("member"), "A reply.", reply_to=1)
    factories.agree(first, people.user("stranger"))
    author = people["author"]
    if is_opening:
        draft = OpeningDraft(title, words, revision=1, content_note=NOTE)
        do(actions.edit_opening, author, thread.id, draft, AT_ONCE)
    else:
        draft = CommentDraft(words, content_note=NOTE)
        do(actions.edit_comment, author, thread.id, 1, draft, revision=1, limits=AT_ONCE)
    for name in ("member", "moderator"):
        db.session.add(
            SavedSearch(
                user_id=people.user(name).id,
                name=name,
                query=ASKED,
                created_at=thread.created_at,
            )
        )
    db.session.commit()
    browsers = {name: Browser(app) for name in NAMES}
    for name in NAMES:
        if name != "visitor":
            browsers[name].sign_in(people.user(name))
    return Hidden(app, people, thread, 0 if is_opening else 1, browsers)


def _hide(found: Hidden) -> None:
    target = Target(SubjectKind.POST, get(found.thread.id, found.number).id)
    statement = Statement(ReportReason.IDENTIFIES)
    do(report, found.people["stranger"], target, statement, per_day=20)
    assert get(found.thread.id, found.number).state is PostState.WAITING


@pytest.fixture(params=[False, True], ids=["comment", "opening"])
def found(app, request) -> Hidden:
    return _hidden(app, is_opening=request.param)


def _met(text: str) -> list[str]:
    return [word for word in (WORDS, EARLIER, NOTE, TITLE) if word in text.casefold()]


def _read(browser: Browser, path: str) -> str:
    response = browser.get(path, follow_redirects=True)
    history = "".join(str(step.location) for step in response.history)
    return f"{history}\n{response.headers}\n{response.text}"


@wide
def test_nobody_but_its_author_meets_the_words_anywhere(found):
    before = {path for path in found.places() if _met(_read(found.browsers["visitor"], path))}
    assert len(before) > 10  # the places are right: a visitor found it in these, and they are kept

    _hide(found)

    met = [
        (name, path, words)
        for number, name in enumerate(OTHERS)
        for path in found.places()
        if is_turn(found.app, NUMBER.sub("0", path), number)
        if (words := _met(_read(found.browsers[name], path)))
    ]
    assert met == []


@wide
def test_no_form_answers_with_the_words(found):
    _hide(found)
    forms = [
        (f"{found.post}/reply", {"source": ""}),
        (f"{found.post}/reply", {"source": "Some words."}),
        (f"{found.post}/edit", {"source": "", "revision": "1"}),
        (f"{found.base}/edit", {"source": "", "title": "", "revision": "1"}),
        (f"{found.post}/report", {}),
        (f"{found.post}/report", {"reason": "other"}),
        (f"{found.base}/report", {}),
        (f"{found.post}/remove", {"reason": "It is."}),
        (f"{found.post}/restore", {}),
        (f"{found.base}/restore", {}),
        (f"{found.post}/agree", {}),
        (f"{found.post}/stop-agreeing", {}),
        (f"{found.post}/take-back", {}),
        (f"{found.post}/split", {"title": "A title", "tags": "housing", "reason": "It grew."}),
        (f"{found.base}/preview", {"source": f"[#{found.number}] > #{found.number}"}),
        ("/settings/data", {}),
    ]
    for number, name in enumerate(OTHERS[:-1]):
        for path, form in forms:
            if not is_turn(found.app, f"{NUMBER.sub('0', path)} {len(form)}", number):
                continue
            answer = found.browsers[name].post(path, form, follow_redirects=True)
            assert _met(answer.text) == [], (name, path)
    assert get(found.thread.id, found.number).state is PostState.WAITING


def test_its_author_reads_it_with_the_reason_and_a_way_to_mend_it(found):
    _hide(found)

    page = found.browsers["author"].get(found.post, follow_redirects=True).text

    assert WORDS in page
    assert f"Content note: <bdi>{NOTE}</bdi>" in page
    assert "Waiting for a review: nobody else sees this." in page
    assert "It may tell who or where somebody is." in page
    edit = f"{found.post}/edit" if found.number else f"{found.base}/edit"
    assert f'href="{edit}"' in page
    assert EARLIER in found.browsers["author"].get(f"{found.post}/history").text
    assert WORDS in found.browsers["author"].get(edit, follow_redirects=True).text


def test_others_read_that_it_waits(found):
    _hide(found)

    for name in OTHERS:
        page = found.browsers[name].get(found.base, follow_redirects=True)
        assert page.status_code == 200
        assert "Waiting for a review." in page.text
        assert "nobody else sees this" not in page.text
        if not found.number:
            assert "<h1>A thread that waits for a review</h1>" in page.text


def test_a_thread_that_waits_and_that_nobody_answered_is_not_there(app):
    people = cast()
    thread = factories.thread(people.space, people.user("author"), title=f"{TITLE} and more")
    target = Target(SubjectKind.POST, get(thread.id).id)
    do(report, people["stranger"], target, Statement(ReportReason.IDENTIFIES), per_day=20)

    for name in NAMES:
        browser = Browser(app)
        if name != "visitor":
            browser.sign_in(people.user(name))
        page = browser.get(f"/t/{thread.id}", follow_redirects=True)
        is_there = name in {"author", "facilitator", "moderator", "administrator"}
        assert page.status_code == (200 if is_there else 404), name
        assert (TITLE in page.text) is (name == "author"), name


def test_its_author_mends_it_and_it_still_waits(found):
    _hide(found)
    author, revision = found.browsers["author"], get(found.thread.id, found.number).revision
    if found.number:
        author.post(f"{found.post}/edit", {"source": "A town.", "revision": str(revision)})
    else:
        form = {"title": "Another", "source": "A town.", "revision": str(revision)}
        author.post(f"{found.base}/edit", form)

    post = get(found.thread.id, found.number)

    assert (post.source, post.state) == ("A town.", PostState.WAITING)
    assert "A town." not in found.browsers["member"].get(found.base, follow_redirects=True).text


def test_its_author_can_take_it_back_and_the_talk_goes_on(found):
    _hide(found)

    found.browsers["author"].post(f"{found.post}/take-back")

    post, thread = get(found.thread.id, found.number), get_thread(found.thread.id)
    assert (post.state, post.source) == (PostState.WITHDRAWN, "")
    assert thread.deleted_at is None
    page = found.browsers["visitor"].get(found.base, follow_redirects=True)
    assert "Taken back by its author." in page.text
    assert "A reply." in page.text
    assert_counters_are_exact()


def test_those_who_run_the_space_are_led_to_the_queue(found):
    _hide(found)
    for name in ("facilitator", "moderator"):
        for path in (f"{found.post}/restore", f"{found.base}/restore"):
            answer = found.browsers[name].post(path)
            if not found.number and path == f"{found.base}/restore":
                assert answer.status_code == 403
            assert get(found.thread.id, found.number).state is PostState.WAITING
        if found.number:
            assert "queue" in found.browsers[name].get(f"{found.post}/remove").text
            assert "queue" in found.browsers[name].post(f"{found.post}/restore").text
        else:
            assert "queue" in found.browsers[name].post(f"{found.base}/restore").text


def test_an_author_cannot_restore_what_waits(found):
    _hide(found)
    if not found.number:
        with pytest.raises(Forbidden):
            do(actions.restore_thread, found.people["author"], found.thread.id)
    else:
        with pytest.raises(Forbidden):
            do(actions.restore_comment, found.people["author"], found.thread.id, 1)


def test_it_comes_back_with_everything_when_it_is_let_through(found):
    visitor = found.browsers["visitor"]
    before = {path for path in found.places() if _met(_read(visitor, path))}
    _hide(found)

    with transaction():
        thread, post = hold_post(get(found.thread.id, found.number).id)
        now = standing(thread, post)
        stand(thread, post, Standing(PostState.PUBLISHED, "", now.content_note))

    assert {path for path in found.places() if _met(_read(visitor, path))} == before
    if found.number:
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Agreement)) == 1
    assert_counters_are_exact()


def test_a_reply_to_what_was_removed_is_refused_without_its_words(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, text=WORDS)
    do(actions.remove_comment, people["facilitator"], thread.id, 1, "It named a place.")

    answer = Browser(app).sign_in(people.user("member")).post(
        f"/t/{thread.id}/c/1/reply", {"source": "A reply."}
    )  # fmt: skip

    assert answer.status_code == 409
    assert "A reply." in answer.text
    assert WORDS not in answer.text


def test_a_standing_survives_being_kept_as_json():
    wanted = Standing(PostState.WAITING, "spam", NOTE, (3, 5))

    assert Standing.of(wanted.plain()) == wanted


def test_words_are_told_to_nobody_in_the_notice_of_hiding(found):
    _hide(found)

    page = found.browsers["author"].get("/notifications").text

    assert "A post of yours waits for a review" in page
    assert "It may tell who or where somebody is." in page
    assert _met(page) == []
