"""The demo's content in a forum: all of it, as if it had grown there."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from forum import doctor
from forum.accounts.models import User
from forum.cases.models import Case, Lane, ReportReason
from forum.core.db import db, transaction
from forum.demo import actions
from forum.demo.content import DemoContent, DemoThread, load
from forum.demo.directory import DemoDirectory, load_directory
from forum.demo.proposals import DemoDebate, load_debate
from forum.doctor import Wishes
from forum.gaps.rules import State
from forum.posts.models import Agreement, Post, PostRevision, PostState
from forum.proposals.models import Proposal, ProposalState
from forum.services.models import Service, ServiceState
from forum.spaces.models import Membership
from forum.stances.models import Stance
from forum.stances.queries.counts import COUNTERS
from forum.tags.models import Tag
from forum.threads.models import Thread, ThreadTag
from tests.support.rollback import rolled_back


@pytest.fixture(scope="module")
def content() -> DemoContent:
    return load()


@pytest.fixture(scope="module")
def directory(content: DemoContent) -> DemoDirectory:
    return load_directory(content)


@pytest.fixture(scope="module")
def talk(content: DemoContent, directory: DemoDirectory) -> DemoDebate:
    return load_debate(content, directory)


@pytest.fixture(scope="module")
def threads(content: DemoContent, talk: DemoDebate) -> tuple[DemoThread, ...]:
    return (*content.threads, *(proposal.thread for proposal in talk.proposals))


@pytest.fixture(scope="module")
def filled(
    site: Flask,
    content: DemoContent,
    directory: DemoDirectory,
    talk: DemoDebate,
) -> Iterator[Flask]:
    """One forum for all of these tests, which only read: filling it takes seconds."""
    with rolled_back(site):
        with transaction():
            actions.fill(
                content,
                {"amina": "a hash"},
                directory=directory,
                debate=talk,
            )
        yield site


def test_everything_of_the_content_is_there(
    filled: Flask, content: DemoContent, threads: tuple[DemoThread, ...]
):
    wanted = {thread.title: len(thread.comments) for thread in threads}
    for report in content.reports:
        if report.reason is ReportReason.IDENTIFIES:
            wanted[report.thread] -= 1  # it is out of sight

    found = dict(db.session.execute(sa.select(Thread.title, Thread.comment_count)).all())

    assert found == wanted


def test_what_is_reported_waits_for_a_moderator(filled: Flask, content: DemoContent):
    lanes = db.session.scalars(sa.select(Case.lane).where(Case.is_open).order_by(Case.due_at)).all()
    hidden = db.session.scalars(sa.select(Post).where(Post.state == PostState.WAITING)).all()

    assert lanes == [Lane.PRIVACY, Lane.WELLBEING, Lane.RULES]
    assert len(content.reports) == len(lanes)
    assert [post.state_reason for post in hidden] == ["identifies"]


def test_every_need_is_in_use(filled: Flask):
    unused = db.session.scalars(
        sa.select(Tag.slug).where(Tag.is_need, ~sa.exists().where(ThreadTag.tag_id == Tag.id))
    ).all()

    assert unused == []


def test_counters_numbers_and_paths_hold(filled: Flask):
    checks = [check for name, check in doctor.CHECKS if "counter" in name or "numbers" in name]

    assert [found for check in checks for found in check(Wishes())] == []


def test_edited_comments_show_their_history(filled: Flask, content: DemoContent):
    edits = sum(comment.edit is not None for t in content.threads for comment in t.comments)

    assert edits > 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PostRevision)) == edits
    edited = db.session.execute(
        sa.select(Post.edited_at, Post.created_at).where(Post.edited_at.is_not(None))
    ).all()
    assert len(edited) == edits
    assert all(edited_at > created_at for edited_at, created_at in edited)


def test_questions_have_the_answers_of_the_content(filled: Flask, threads: tuple[DemoThread, ...]):
    answered = sum(c.answered_by is not None for t in threads for c in t.comments)

    count = sa.select(sa.func.count()).select_from(Post).where(Post.answer_id.is_not(None))

    assert db.session.scalar(count) == answered


def test_agreements_are_those_of_the_content(filled: Flask, threads: tuple[DemoThread, ...]):
    agreed = sum(len(c.agreed_by) for t in threads for c in t.comments)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Agreement)) == agreed


def test_threads_are_as_old_as_the_content_says(filled: Flask, content: DemoContent):
    oldest = max(content.threads, key=lambda thread: thread.opened_ago)

    first = db.session.scalars(sa.select(Thread).order_by(Thread.created_at).limit(1)).one()

    assert first.title == oldest.title


def test_people_are_in_their_spaces(filled: Flask, content: DemoContent):
    wanted = sum(len(space.people) for space in content.spaces)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Membership)) == wanted


def test_the_directory_has_forty_services_over_four_places(filled: Flask, directory: DemoDirectory):
    listed = db.session.scalar(
        sa.select(sa.func.count()).select_from(Service).where(Service.state == ServiceState.LISTED)
    )

    assert listed == len(directory.services) == 40
    assert len(directory.places) == 4


def test_eight_proposals_are_in_all_their_states(filled: Flask, talk: DemoDebate):
    states = db.session.scalars(sa.select(Proposal.state)).all()

    assert len(states) == len(talk.proposals) == 8
    assert set(states) == set(ProposalState)


def test_counters_of_stances_are_exact(filled: Flask, talk: DemoDebate):
    counters = list(COUNTERS.values())

    counted = db.session.scalar(sa.select(sa.func.sum(sum(counters[1:], counters[0]))))
    stances = db.session.scalar(sa.select(sa.func.count()).select_from(Stance))

    assert counted == stances == sum(len(proposal.stances) for proposal in talk.proposals)


def test_only_the_shown_accounts_can_sign_in(filled: Flask):
    able = db.session.scalars(sa.select(User.username).where(User.password_hash.is_not(None)))

    assert list(able) == ["amina"]


def test_the_map_shows_every_state(filled: Flask):
    text = filled.test_client().get("/map.json", base_url="http://localhost").text

    assert {state for state in State if f'"{state.value}"' in text} == set(State)


def test_the_brief_of_the_demo_can_be_read_by_everybody(filled: Flask, talk: DemoDebate):
    page = filled.test_client().get("/briefs", base_url="http://localhost").text

    assert [brief.title in page for brief in talk.briefs] == [True]
