"""Fills an empty forum with the demo's people, spaces and discussions, as if they had grown."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from forum.accounts import names
from forum.accounts.effects import index_person
from forum.accounts.models import User, UserState
from forum.audit.actions import record
from forum.cases.models import SubjectKind
from forum.core import clock, versions
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Conflict
from forum.core.markup import Rendered, render
from forum.core.text import slug
from forum.demo.content import (
    DemoAccount,
    DemoComment,
    DemoContent,
    DemoReport,
    DemoSpace,
    DemoThread,
)
from forum.moderation.actions.reporting import Statement, Target, report
from forum.posts import actions as posts
from forum.posts import paths
from forum.posts.actions import Origin, Place, Text
from forum.posts.models import Agreement, Post
from forum.posts.queries import get_post
from forum.spaces.actions import code_key
from forum.spaces.models import JoinCode, Membership, Space, SpaceRole
from forum.threads.actions.counting import next_number, recount_after_move, touch
from forum.threads.actions.tagging import put_tags
from forum.threads.effects import index_thread
from forum.threads.models import Thread

_AGREED_AFTER = timedelta(minutes=25)  # the first who agrees; the next ones follow at this pace
_AT_ONCE = timedelta()  # no silent time: the demo's edits show
_LANGUAGE = "en"  # what the demo is written in
_REPORTS = 20  # a day, of one person

_Ids = Mapping[str, int]


def fill(content: DemoContent, hashes: Mapping[str, str]) -> None:
    """Add everything; `hashes` are those of the passwords, by user name.

    Raises Conflict when somebody has an account here already.
    """
    if db.session.scalar(sa.select(sa.exists().select_from(User))):
        raise Conflict("There are people in this forum already, so no demo content was added.")
    now = clock.now()
    people = {
        account.username: _add_account(account, now, hashes.get(account.username))
        for account in content.accounts
    }
    spaces = {space.slug: _add_space(space, now, people) for space in content.spaces}
    oldest_first = sorted(content.threads, key=lambda thread: -thread.opened_ago)
    by_title = {thread.title: _add_thread(thread, now, spaces, people) for thread in oldest_first}
    for reported in content.reports:
        _add_report(reported, by_title[reported.thread], people)
    threads = list(by_title.values())
    record(None, "demo.filled", "site", None, after={"threads": len(threads)})
    versions.touch(versions.SITE)
    touch(*threads)


def _add_account(account: DemoAccount, now: datetime, password_hash: str | None) -> int:
    about = render(account.about)
    user = User(
        username=account.username,
        username_key=names.key(account.username),
        username_skeleton=names.skeleton(account.username),
        display_name=account.display_name,
        role=account.role,
        state=UserState.ACTIVE,
        about_source=account.about,
        about_html=str(about.html),
        about_render_version=about.version,
        password_hash=password_hash,
        password_changed_at=now if password_hash else None,
        created_at=now - account.joined_ago,
    )
    db.session.add(user)
    db.session.flush()  # memberships and posts need the id
    index_person(user)
    return user.id


def _add_space(demo: DemoSpace, now: datetime, people: _Ids) -> int:
    space = db.session.scalar(sa.select(Space).where(Space.slug == demo.slug))
    if space is None:
        space = Space(slug=demo.slug, created_at=now)
        db.session.add(space)
    description = render(demo.description)
    space.name = demo.name
    space.visibility = demo.visibility
    space.who_starts = demo.who_starts
    space.who_comments = demo.who_comments
    _describe(space, demo.description, description)
    db.session.flush()  # memberships need the id
    for role, usernames in (
        (SpaceRole.FACILITATOR, demo.facilitators),
        (SpaceRole.MEMBER, demo.members),
    ):
        db.session.add_all(
            Membership(space_id=space.id, user_id=people[username], role=role, joined_at=now)
            for username in usernames
        )
    if demo.join_code:
        db.session.add(
            JoinCode(
                space_id=space.id,
                code=code_key(demo.join_code),
                created_by_id=people[demo.facilitators[0]],
                created_at=now,
            )
        )
    return space.id


def _describe(space: Space, source: str, rendered: Rendered) -> None:
    space.description_source = source
    space.description_html = str(rendered.html)
    space.description_render_version = rendered.version


def _add_thread(demo: DemoThread, now: datetime, spaces: _Ids, people: _Ids) -> int:
    opened = now - demo.opened_ago
    thread = Thread(
        space_id=spaces[demo.space],
        kind=demo.kind,
        title=demo.title,
        slug=slug(demo.title),
        author_id=people[demo.author],
        created_at=opened,
        last_activity_at=opened,
        last_author_id=people[demo.author],
        is_pinned=demo.is_pinned,
    )
    if demo.closing is not None:
        thread.closed_at = opened + demo.closing.after
        thread.closed_reason = demo.closing.reason
    db.session.add(thread)
    db.session.flush()  # its posts and tags need the id
    put_tags(thread.id, demo.tags)
    posts.write(
        Place(thread.id, 0, "", 0),
        Origin(people[demo.author], opened),
        Text(demo.text, demo.question, language=_LANGUAGE),
    )
    written: dict[int, Post] = {}
    for comment in demo.comments:
        written[comment.number] = _add_comment(comment, thread, written, people)
    for comment in demo.comments:
        if comment.answered_by is not None:
            written[comment.number].answer_id = written[comment.answered_by].id
    db.session.flush()  # the count below reads the rows
    recount_after_move(thread.id)
    index_thread(thread.id)
    return thread.id


def _add_comment(
    demo: DemoComment, thread: Thread, written: Mapping[int, Post], people: _Ids
) -> Post:
    parent = written.get(demo.reply_to)
    number = next_number(thread.id)
    path = paths.below(parent.path if parent else "", number)
    at = thread.created_at + demo.after
    post = posts.write(
        Place(thread.id, number, path, paths.depth(path), parent.id if parent else None),
        Origin(people[demo.author], at),
        Text(
            demo.edit.before if demo.edit else demo.text,
            is_question=demo.is_question,
            language=_LANGUAGE,
        ),
    )
    if demo.edit is not None:
        posts.rewrite(post, Text(demo.text), revision=post.revision, grace=_AT_ONCE)
        post.edited_at = at + demo.edit.after
    post.agreement_count = len(demo.agreed_by)
    db.session.add_all(
        Agreement(
            post_id=post.id,
            user_id=people[username],
            created_at=min(at + _AGREED_AFTER * place, clock.now()),
        )
        for place, username in enumerate(demo.agreed_by, start=1)
    )
    return post


def _add_report(demo: DemoReport, thread_id: int, people: _Ids) -> None:
    """Through the real action: what is to be hidden at once is hidden."""
    post = get_post(thread_id, demo.number)
    reporter = Actor(id=people[demo.by], username=demo.by)
    statement = Statement(demo.reason, demo.note)
    report(reporter, Target(SubjectKind.POST, post.id), statement, per_day=_REPORTS)
