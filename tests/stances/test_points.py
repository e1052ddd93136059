"""Points for and against: who says it, who adopts it, what stands first, what is never hidden."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.core import versions
from forum.core.actor import VISITOR
from forum.core.db import db, transaction
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.posts.actions import Limits
from forum.posts.models import Bearing, Post
from forum.spaces.models import Visibility
from forum.stances import actions, queries
from forum.stances.models import AdoptedPoint
from forum.threads import actions as threads
from forum.threads.actions import CommentDraft
from forum.threads.queries import get_head
from tests import factories
from tests.support.at_once import at_once, errors_among
from tests.support.breadth import examples, wide
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements

LIMITS = Limits(posts=500, posts_of_newcomer=500, grace=timedelta(0))
BEARINGS = list(Bearing)


@pytest.fixture
def proposal(app):
    return factories.proposal()


@pytest.fixture
def member(app):
    return factories.user("amina")


def say(thread, bearing, text="A bed is where it starts.", author=None) -> Post:
    with transaction():
        number = threads.add_comment(
            actor_of(author or factories.user()), thread.id, CommentDraft(text, bearing=bearing),
            LIMITS,
        ).number  # fmt: skip
    return post_of(thread, number)


def post_of(thread, number) -> Post:
    db.session.commit()
    found = sa.select(Post).where(Post.thread_id == thread.id, Post.number == number)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def adopt(member, post) -> None:
    with transaction():
        actions.adopt_point(actor_of(member), post.thread_id, post.number)


def drop(member, post) -> None:
    with transaction():
        actions.drop_point(actor_of(member), post.thread_id, post.number)


def points(thread, viewer=VISITOR, limit=queries.MOST):
    db.session.commit()
    return queries.points_of(viewer, get_head(viewer, thread.id), limit)


def count() -> int:
    db.session.commit()
    return db.session.scalar(sa.select(sa.func.count()).select_from(AdoptedPoint)) or 0


def version(thread) -> int:
    scope = versions.thread_scope(thread.id)
    return dict(versions.current((scope,))).get(scope, 0)


def test_what_a_comment_does_to_the_proposal_stands_on_it_and_on_its_side(app, proposal):
    say(proposal, Bearing.SUPPORTS)
    say(proposal, Bearing.QUALIFIES)
    say(proposal, Bearing.OPPOSES)
    say(proposal, Bearing.QUESTIONS)
    say(proposal, None)
    found = points(proposal)
    assert [row.bearing for row in found.supports.rows] == [Bearing.SUPPORTS]
    assert [row.bearing for row in found.against.rows] == [Bearing.QUALIFIES, Bearing.OPPOSES]
    assert [row.bearing for row in found.questions.rows] == [Bearing.QUESTIONS]
    page = Browser(app).get(f"/t/{proposal.id}-{proposal.slug}").text
    for word in ("supports", "qualifies", "opposes", "questions"):
        assert f'<span class="bearing {word}">' in page


def test_only_comments_on_a_proposal_bear_on_anything(app):
    thread = factories.thread()
    with pytest.raises(Invalid) as refused:
        say(thread, Bearing.SUPPORTS)
    assert refused.value.field == "bearing"


def test_the_form_offers_it_on_proposals_alone(app, proposal, member):
    browser = Browser(app).sign_in(member)
    other = factories.thread()
    number = say(proposal, Bearing.SUPPORTS, author=member).number
    for path in (f"/t/{proposal.id}-{proposal.slug}", f"/t/{proposal.id}/reply"):
        assert 'name="bearing"' in browser.get(path).text
    assert "selected" in browser.get(f"/t/{proposal.id}/c/{number}/edit").text
    for path in (f"/t/{other.id}-{other.slug}", f"/t/{other.id}/reply"):
        assert 'name="bearing"' not in browser.get(path).text
    sent = {"source": "It costs too much.", "bearing": "opposes"}
    assert browser.post(f"/t/{proposal.id}/reply", sent).status_code == 303
    assert points(proposal).against.total == 1
    wrong = browser.post(f"/t/{proposal.id}/reply", {**sent, "bearing": "nonsense"})
    assert wrong.status_code == 422
    assert "It costs too much." in wrong.text


def test_the_author_changes_it_later_and_those_who_adopted_it_are_asked_anew(app, proposal, member):
    author = factories.user()
    post = say(proposal, Bearing.SUPPORTS, author=author)
    adopt(member, post)
    browser = Browser(app).sign_in(author)
    path = f"/t/{proposal.id}/c/{post.number}/edit"
    sent = {"source": post.source, "revision": "1", "bearing": "opposes"}
    assert browser.post(path, sent).status_code == 303
    found = points(proposal)
    assert (found.supports.total, found.against.total) == (0, 1)
    assert found.against.rows[0].count == 0


def test_an_edit_of_the_words_alone_keeps_what_was_adopted(proposal, member):
    author = factories.user()
    post = say(proposal, Bearing.SUPPORTS, author=author)
    adopt(member, post)
    with transaction():
        draft = CommentDraft("Other words.", bearing=Bearing.SUPPORTS)
        threads.edit_comment(
            actor_of(author), proposal.id, post.number, draft, revision=1, limits=LIMITS
        )
    assert points(proposal).supports.rows[0].count == 1


def test_adopting_is_once_and_letting_go_as_well(proposal, member):
    post = say(proposal, Bearing.SUPPORTS)
    before = version(proposal)
    for _ in range(2):
        adopt(member, post)
    assert version(proposal) == before + 1
    (row,) = points(proposal, actor_of(member)).supports.rows
    assert (row.count, row.is_adopted) == (1, True)
    for _ in range(2):
        drop(member, post)
    assert count() == 0
    assert version(proposal) == before + 2


def test_nobody_adopts_their_own_point_nor_what_says_nothing(proposal, member):
    own, plain = say(proposal, Bearing.SUPPORTS, author=member), say(proposal, None)
    for post in (own, plain):
        with pytest.raises(Forbidden):
            adopt(member, post)


def test_the_proposal_itself_is_no_point(proposal, member):
    with pytest.raises(Forbidden):
        adopt(member, post_of(proposal, 0))


def test_in_a_closed_thread_points_are_let_go_and_not_adopted(proposal, member):
    post, other = say(proposal, Bearing.SUPPORTS), say(proposal, Bearing.OPPOSES)
    adopt(member, post)
    with transaction():
        threads.close_thread(actor_of(factories.moderator()), proposal.id, "It is settled.")
    with pytest.raises(Forbidden):
        adopt(member, other)
    drop(member, post)
    assert count() == 0


def test_points_of_a_space_that_one_may_not_see_are_not_there(app, member):
    circle = factories.space(visibility=Visibility.PRIVATE)
    author = factories.user()
    factories.membership(circle, author)
    proposal = factories.proposal(circle, author)
    post = say(proposal, Bearing.SUPPORTS, author=author)
    for act in (adopt, drop):
        with pytest.raises(NotFound):
            act(member, post)
    browser = Browser(app).sign_in(member)
    assert browser.get(f"/t/{proposal.id}/points").status_code == 404


def test_words_that_are_gone_are_no_point_and_nobody_has_adopted_them(proposal, member):
    author = factories.user()
    gone, removed = say(proposal, Bearing.SUPPORTS, author=author), say(proposal, Bearing.OPPOSES)
    for post in (gone, removed):
        adopt(member, post)
    with transaction():
        threads.take_back(actor_of(author), proposal.id, gone.number)
    moderator = actor_of(factories.moderator())
    with transaction():
        threads.remove_comment(moderator, proposal.id, removed.number, "It hurt.")
    assert points(proposal).total == 0
    assert count() == 1
    with transaction():
        threads.restore_comment(moderator, proposal.id, removed.number)
    assert points(proposal).against.rows[0].count == 1


def test_the_most_adopted_stand_first_and_the_dissent_is_never_left_out(app, proposal):
    people = [factories.user() for _ in range(4)]
    weak, strong = say(proposal, Bearing.SUPPORTS, "Weak."), say(proposal, Bearing.SUPPORTS, "Up.")
    for person in people:
        adopt(person, strong)
    adopt(people[0], weak)
    for number in range(4):
        say(proposal, Bearing.SUPPORTS, f"More {number}.")
    dissent = say(proposal, Bearing.OPPOSES, "It could be found by those who look for them.")
    found = points(proposal, limit=3)
    assert [row.number for row in found.supports.rows[:2]] == [strong.number, weak.number]
    assert (len(found.supports.rows), found.supports.total) == (3, 6)
    assert [row.number for row in found.against.rows] == [dissent.number]
    assert found.has_more
    page = Browser(app).get(f"/t/{proposal.id}-{proposal.slug}").text
    assert page.count("It could be found by those who look for them.") == 2
    assert "All 7 points" in page
    assert "More 3." in Browser(app).get(f"/t/{proposal.id}/points").text


def test_a_side_without_points_says_so(app, proposal):
    say(proposal, Bearing.SUPPORTS)
    page = Browser(app).get(f"/t/{proposal.id}/points").text
    assert "Nobody has spoken against it yet" in page
    say(proposal, Bearing.OPPOSES)
    assert "Nobody has spoken" not in Browser(app).get(f"/t/{proposal.id}/points").text


def test_a_point_behind_a_content_note_stays_behind_it(app, proposal):
    author = factories.user()
    with transaction():
        draft = CommentDraft(
            "Hidden words.", bearing=Bearing.SUPPORTS, content_note="about violence"
        )
        threads.add_comment(actor_of(author), proposal.id, draft, LIMITS)
    page = Browser(app).get(f"/t/{proposal.id}/points").text
    assert "Hidden words." not in page
    assert "about violence" in page


def test_points_are_adopted_and_let_go_on_the_page(app, proposal, member):
    post = say(proposal, Bearing.SUPPORTS)
    browser = Browser(app).sign_in(member)
    path = f"/t/{proposal.id}-{proposal.slug}"
    assert "Adopt as my reason" in browser.get(path).text
    act = f"/t/{proposal.id}/c/{post.number}"
    assert browser.post(f"{act}/adopt", {"back": path}).location == f"{path}#p{post.number}"
    page = browser.get(path).text
    assert "Let go of it" in page
    assert "Adopted by 1" in page
    away = browser.post(f"{act}/drop", {"back": "https://elsewhere.example/"})
    assert away.location == f"/t/{proposal.id}/points#p{post.number}"
    assert "Adopt as my reason" not in Browser(app).get(path).text


def test_threads_of_other_kinds_have_no_points(app):
    thread = factories.thread()
    assert Browser(app).get(f"/t/{thread.id}/points").status_code == 404
    assert "For and against" not in Browser(app).get(f"/t/{thread.id}-{thread.slug}").text


def test_15_points_cost_as_many_statements_as_one(app, proposal, member):
    browser = Browser(app).sign_in(member)
    paths = (f"/t/{proposal.id}-{proposal.slug}", f"/t/{proposal.id}/points")
    say(proposal, Bearing.SUPPORTS)

    def costs() -> list[int]:
        found = []
        for path in paths:
            browser.get(path)
            with statements() as seen:
                browser.get(path)
            found.append(len(seen))
        return found

    one = costs()
    for number in range(14):
        adopt(member, say(proposal, BEARINGS[number % 4]))
    assert costs() == one


def test_who_leaves_has_adopted_nothing(proposal, member):
    adopt(member, say(proposal, Bearing.SUPPORTS))
    assert dict(queries.export_points(member.id))["adopted_points"]["number"] == 1
    before = version(proposal)
    with transaction():
        actions.forget_points(member.id)
    assert count() == 0
    assert version(proposal) > before


@given(
    st.lists(
        st.tuples(st.sampled_from([*BEARINGS, None]), st.integers(0, 4)), min_size=1, max_size=6
    ),
    st.integers(1, 4),
)
@wide
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(15))
def test_every_point_counts_once_and_those_shown_are_the_most_adopted(app, drawn, limit):
    proposal = factories.proposal()
    people = [factories.user() for _ in range(4)]
    expected: dict[int, list[tuple[int, int]]] = {0: [], 1: [], 2: []}
    for bearing, adopters in drawn:
        post = say(proposal, bearing)
        if bearing is None:
            continue
        for person in people[:adopters]:
            adopt(person, post)
        side = {Bearing.SUPPORTS: 0, Bearing.QUESTIONS: 2}.get(bearing, 1)
        expected[side].append((-adopters, post.number))
    found = points(proposal, limit=limit)
    for side, rows in zip((found.supports, found.against, found.questions), expected, strict=True):
        wanted = sorted(expected[rows])
        assert side.total == len(wanted)
        assert [(-row.count, row.number) for row in side.rows] == wanted[:limit]


def test_adopting_at_once_is_once(forum, here):
    proposal, member = factories.proposal(), factories.user()
    post = say(proposal, Bearing.SUPPORTS)
    actor, place = actor_of(member), (post.thread_id, post.number)

    def run():
        with transaction():
            actions.adopt_point(actor, *place)

    assert errors_among(at_once(forum, *[run] * 6)) == []
    assert points(proposal).supports.rows[0].count == 1
