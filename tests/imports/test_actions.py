import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from forum.accounts.models import User, UserState
from forum.core.db import Base, db, transaction
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.imports import actions, queries
from forum.imports.actions import Upload, import_file
from forum.imports.formats import PARSERS
from forum.imports.models import ImportRun, RunState
from forum.jobs.models import Job
from forum.posts.models import Post
from forum.threads.models import TagSuggestion, Thread, ThreadKind
from forum.threads.queries import counts
from tests import factories
from tests.support.pages import actor_of

REAL = Path(
    os.environ.get(
        "FORUM_TEST_COURSE_EXPORT",
        Path(__file__).parents[2].parent / "shared/data/course-blog-2011-03-24.blogger.xml",
    )
)


def bring_in(data, space, file_format="blogger", *, is_dry=False):
    upload = Upload(file_format, space.id, "file.xml", data, is_dry=is_dry)
    return import_file(upload, progress=lambda _done, _total: None)


def everything():
    """How many rows each table has."""
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
        if table.name != "page_version"
    }


@pytest.mark.parametrize("file_format", PARSERS)
def test_a_second_run_of_the_same_file_changes_nothing(request, space, file_format):
    data = request.getfixturevalue(file_format)
    first = bring_in(data, space, file_format)
    before = everything()
    second = bring_in(data, space, file_format)
    assert first.threads > 0
    assert first.comments > 0
    assert (second.threads, second.comments, second.authors) == (0, 0, 0)
    assert second.already_there == first.threads + first.comments
    assert everything() == before


@pytest.mark.parametrize("file_format", PARSERS)
def test_a_dry_run_foresees_what_the_run_does_and_writes_nothing(request, space, file_format):
    data = request.getfixturevalue(file_format)
    before = everything()
    foreseen = bring_in(data, space, file_format, is_dry=True)
    assert everything() == before
    done = bring_in(data, space, file_format)
    assert (foreseen.threads, foreseen.comments, foreseen.authors, foreseen.unknown_authors) == (
        done.threads,
        done.comments,
        done.authors,
        done.unknown_authors,
    )


@pytest.mark.parametrize("file_format", PARSERS)
def test_posts_keep_dates_and_places_and_the_counters_are_right(request, space, file_format):
    data = request.getfixturevalue(file_format)
    parsed = PARSERS[file_format](__import__("io").BytesIO(data))
    bring_in(data, space, file_format)
    for thread in parsed.threads:
        row = db.session.scalar(sa.select(Thread).where(Thread.created_at == thread.created_at))
        assert row.kind is (ThreadKind.PROMPT if thread.question else ThreadKind.DISCUSSION)
        posts = db.session.scalars(
            sa.select(Post).where(Post.thread_id == row.id, Post.number > 0).order_by(Post.number)
        ).all()
        assert [post.created_at for post in posts] == [c.created_at for c in thread.comments]
        by_key = dict(zip((c.source_key for c in thread.comments), posts, strict=True))
        for comment in thread.comments:
            parent = by_key.get(comment.parent_key)
            assert by_key[comment.source_key].parent_id == (parent.id if parent else None)
        assert all(post.is_imported for post in posts)
        assert row.last_activity_at == max([row.created_at, *(p.created_at for p in posts)])
    wrong = db.session.scalars(
        sa.select(Thread.id).where(Thread.comment_count != counts.published_comments())
    ).all()
    assert wrong == []


def test_named_authors_become_placeholders_and_unknown_ones_nobody(space, blogger):
    report = bring_in(blogger, space)
    placeholders = db.session.scalars(
        sa.select(User).where(User.state == UserState.PLACEHOLDER)
    ).all()
    assert len(placeholders) == report.authors > 0
    assert all(user.password_hash is None for user in placeholders)
    nobody = db.session.scalar(
        sa.select(sa.func.count()).select_from(Post).where(Post.author_id.is_(None))
    )
    assert nobody == report.unknown_authors > 0


def test_labels_become_open_tag_suggestions(space, blogger):
    report = bring_in(blogger, space)
    assert (
        db.session.scalar(sa.select(sa.func.count()).select_from(TagSuggestion))
        == report.suggestions
        > 0
    )


def test_a_comment_that_came_later_is_added_to_its_thread(space, blogger):
    parsed = PARSERS["blogger"](__import__("io").BytesIO(blogger))
    last = max(
        (comment for thread in parsed.threads for comment in thread.comments),
        key=lambda comment: comment.created_at,
    )
    bring_in(blogger, space)
    with transaction():
        item = queries.known_items(space.id, "blogger")[last.source_key]
        post = db.session.get(Post, item.post_id)
        thread_id = post.thread_id
        db.session.delete(item)
        db.session.flush()
        db.session.delete(post)
    report = bring_in(blogger, space)
    assert report.comments == 1
    assert report.threads == 0
    added = db.session.scalars(
        sa.select(Post).where(Post.thread_id == thread_id).order_by(Post.number.desc())
    ).first()
    assert added.created_at == last.created_at


def test_a_refused_file_has_written_nothing(space, blogger):
    before = everything()
    with pytest.raises(Invalid):
        bring_in(blogger[: len(blogger) // 2], space)
    assert everything() == before


def test_an_upload_is_a_job_that_keeps_a_report_and_forgets_the_file(app, space, blogger):
    admin = actor_of(factories.administrator())
    with transaction():
        run_id = actions.start_import(
            admin, Upload("blogger", space.id, "blog.xml", blogger), most_megabytes=50
        )
    job = db.session.scalar(sa.select(Job).where(Job.kind == actions.JOB))
    assert queries.get_run(run_id).state is RunState.WAITING
    actions.run_import(job.payload)
    run = queries.get_run(run_id)
    assert run.state is RunState.DONE
    assert run.report["threads"] > 0
    assert db.session.scalar(sa.select(ImportRun.data)) is None
    actions.run_import(job.payload)  # a job runs at least once
    assert queries.get_run(run_id).report == run.report


def test_a_job_whose_file_is_refused_says_why(app, space):
    admin = actor_of(factories.administrator())
    with transaction():
        run_id = actions.start_import(
            admin, Upload("blogger", space.id, "x.xml", b"not xml at all"), most_megabytes=50
        )
    actions.run_import({"run": run_id})
    run = queries.get_run(run_id)
    assert run.state is RunState.REFUSED
    assert run.message


@pytest.mark.parametrize("who", ["user", "moderator"])
def test_only_administrators_upload(app, space, who):
    actor = actor_of(getattr(factories, who)())
    with pytest.raises(NotFound), transaction():
        actions.start_import(actor, Upload("blogger", space.id, "x", b"x"), most_megabytes=50)


def test_a_claimed_placeholder_gives_its_posts_to_the_member(space, blogger):
    bring_in(blogger, space)
    facilitator = actor_of(factories.facilitator(space))
    river = factories.user("river")
    waiting = queries.waiting_authors(space.id)[0]
    with transaction():
        token = actions.make_claim_link(facilitator, space.id, waiting.user_id)
    with transaction():
        assert actions.claim(actor_of(river), token) == waiting.post_count > 0
    owned = db.session.scalar(
        sa.select(sa.func.count()).select_from(Post).where(Post.author_id == river.id)
    )
    assert owned == waiting.post_count
    assert db.session.get(User, waiting.user_id) is None
    with pytest.raises(NotFound), transaction():
        actions.claim(actor_of(factories.user()), token)
    assert bring_in(blogger, space).authors == 0


def test_members_cannot_make_claim_links(space, blogger):
    bring_in(blogger, space)
    waiting = queries.waiting_authors(space.id)[0]
    with pytest.raises(Forbidden), transaction():
        actions.make_claim_link(actor_of(factories.user()), space.id, waiting.user_id)


@pytest.mark.skipif(not REAL.exists(), reason="the course export is not beside this checkout")
def test_the_course_discussion_becomes_one_prompt_with_its_comments_in_place(space):
    report = bring_in(REAL.read_bytes(), space)
    assert (report.threads, report.comments, report.unknown_authors) == (1, 8, 4)
    thread = db.session.scalar(sa.select(Thread))
    opening = db.session.scalar(sa.select(Post).where(Post.number == 0))
    assert thread.kind is ThreadKind.PROMPT
    assert thread.title == opening.question
    assert thread.title.endswith("?")
    assert opening.author_id is None
    assert thread.created_at.isoformat() == "2011-03-24T23:00:00+00:00"
    posts = db.session.scalars(sa.select(Post).where(Post.number > 0).order_by(Post.number)).all()
    numbers = {post.id: post.number for post in posts}
    replies = {post.number: numbers[post.parent_id] for post in posts if post.parent_id}
    assert replies == {2: 1, 3: 2}
    assert report.authors == 5
    assert db.session.scalar(sa.select(TagSuggestion.new_words)) == ["rehabilitation"]
