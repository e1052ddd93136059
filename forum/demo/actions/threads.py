"""The demo's discussions, written at the times that the content gives them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from forum.core import clock
from forum.core.db import db
from forum.core.text import slug
from forum.demo.content import DemoComment, DemoThread
from forum.posts import actions as posts
from forum.posts import paths
from forum.posts.actions import Origin, Place, Text
from forum.posts.models import Agreement, Post
from forum.threads.actions.counting import next_number, recount_after_move
from forum.threads.actions.tagging import put_tags
from forum.threads.effects import index_thread
from forum.threads.models import Thread

_AGREED_AFTER = timedelta(minutes=25)  # the first who agrees; the next ones follow at this pace
_AT_ONCE = timedelta()  # no silent time: the demo's edits show
_LANGUAGE = "en"  # what the demo is written in

_Ids = Mapping[str, int]


def add_thread(demo: DemoThread, now: datetime, spaces: _Ids, people: _Ids) -> int:
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
