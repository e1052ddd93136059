"""Writes of texts: what happens to a post itself, whatever thread it stands in.

Where a post stands, and who may do this there, is asked in threads/actions, which calls these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, TooMany
from forum.core.i18n import WRITTEN, _, ngettext
from forum.core.markup import TAKEN_BACK, TAKEN_OUT, Rendered, quoted_numbers, redact_quotes
from forum.posts import queries
from forum.posts.models import Agreement, Bearing, Mention, Post, PostRevision, PostState, Quote

NEWCOMER = timedelta(days=3)
# Adopted points are above this package; what they point at is here.
_ADOPTED = sa.table("adopted_point", sa.column("post_id", sa.Integer))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many posts in ten minutes: for members, for new ones; and the silent time for edits."""

    posts: int
    posts_of_newcomer: int
    grace: timedelta


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new post goes."""

    thread_id: int
    number: int
    path: str
    depth: int
    parent_id: int | None = None
    written_in_id: int | None = None  # the thread whose comments `#7` means; None: this one


@dataclass(frozen=True, slots=True)
class Text:
    """What is to be written."""

    source: str
    question: str = ""
    is_question: bool = False
    submit_key: str | None = None
    language: str | None = None  # one of i18n.WRITTEN, "" for unknown; None leaves it as it is
    content_note: str = ""
    badge_id: int | None = None  # worn with it; whose it is, is asked before
    bearing: Bearing | None = None  # on what its thread proposes


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote it and when; `author_id` None is an unknown author."""

    author_id: int | None
    at: datetime
    is_imported: bool = False


def check_pace(actor: Actor, limits: Limits) -> None:
    """Raise TooMany, with the time to come back, when the actor wrote too much too quickly."""
    now = clock.now()
    is_new = actor.created_at is not None and now - actor.created_at < NEWCOMER
    most = limits.posts_of_newcomer if is_new else limits.posts
    times = queries.times_of_latest(member_id(actor), now - queries.WINDOW, most)
    if len(times) < most:
        return
    wait = ceil((times[-1] + queries.WINDOW - now).total_seconds())
    minutes = -(-wait // 60)
    raise TooMany(f"{_too_many(most, is_new=is_new)} {_later(minutes)}", retry_after=wait)


def _too_many(most: int, *, is_new: bool) -> str:
    if is_new:
        return _(
            "You have written %(most)s posts in the last 10 minutes, which is the most for a new"
            " account.",
            most=most,
        )
    return _(
        "You have written %(most)s posts in the last 10 minutes, which is the most for one person.",
        most=most,
    )


def _later(minutes: int) -> str:
    return ngettext(
        "You can post this in %(num)s minute; the text stays here.",
        "You can post this in %(num)s minutes; the text stays here.",
        minutes,
    )


def write(place: Place, origin: Origin, text: Text) -> Post:
    """Add a post with everything that points from it; its id is there when this returns."""
    written_in = place.written_in_id or place.thread_id
    text = replace(text, source=_still_quotable(text.source, written_in))
    hidden = queries.out_of_sight_among(written_in, quoted_numbers(text.source))
    rendered, people = queries.rendered(queries.readable(text.source, hidden), written_in)
    post = Post(
        thread_id=place.thread_id,
        number=place.number,
        path=place.path,
        depth=place.depth,
        parent_id=place.parent_id,
        author_id=origin.author_id,
        source=text.source,
        question=text.question,
        content_note=text.content_note,
        html=str(rendered.html),
        render_version=rendered.version,
        is_question=text.is_question,
        language=_checked(text.language) or "",
        created_at=origin.at,
        is_imported=origin.is_imported,
        written_in_id=written_in,
        submit_key=text.submit_key,
        badge_id=text.badge_id,
        bearing=text.bearing,
    )
    db.session.add(post)
    db.session.flush()  # the mentions and quotes need the post's id
    _add_mentions(post, rendered, people)
    _insert_quotes(post, queries.ids_by_number(written_in, rendered.quotes))
    return post


def rewrite(post: Post, text: Text, *, revision: int, grace: timedelta, title: str = "") -> None:
    """Replace the words; outside the grace period the old ones join the history.

    `revision` is the one that the author was looking at: raises Conflict when another edit came
    first. A text that says the same changes nothing.
    """
    if post.revision != revision:
        raise Conflict(_("This post was changed in the meantime."))
    gone = queries.quoted_but_taken_back(post.id)
    text = replace(text, source=_still_quotable(text.source, queries.numbered_in(post), gone))
    language = _checked(text.language)
    if language is not None:
        post.language = language  # says how the words are read out, not what they are
    post.badge_id = text.badge_id  # chosen anew with every edit
    if post.bearing is not text.bearing:  # who adopted it as a reason meant the other
        post.bearing = text.bearing
        _drop_adoptions(post.id)
    before = (post.source, post.question, post.content_note)
    if (text.source, text.question, text.content_note) == before and not title:
        return
    now = clock.now()
    if now - post.created_at > grace:
        db.session.add(
            PostRevision(
                post_id=post.id,
                number=post.revision,
                title=title,
                source=post.source,
                question=post.question,
                content_note=post.content_note,
                written_at=post.edited_at or post.created_at,
            )
        )
        post.edited_at = now
    post.source = text.source
    post.question = text.question
    post.content_note = text.content_note
    post.revision += 1
    _render_again(post)


def _checked(language: str | None) -> str | None:
    if language and language not in WRITTEN:
        raise Invalid(_("This language is not in the list."), "language")
    return language


def withdraw(post: Post) -> tuple[Post, ...]:
    """Take the words back for good: here, in earlier versions, and wherever they are quoted.

    Returns the posts that quoted them, which have changed.
    """
    quoting = queries.quoting(post.id)
    for quoter, number in quoting:
        _redact_quotes(quoter, number)
    _forget(post)
    post.state = PostState.WITHDRAWN
    post.state_reason = ""
    return tuple(quoter for quoter, _ in quoting)


def redact(post: Post, source: str, question: str) -> dict[str, Any]:
    """Put other words in the place of all that a post ever said, and of every quote of it.

    Returns what was there, as JSON holds it: "source", "question", "revisions" and "quotes".
    """
    revisions = queries.revisions_of([post.id])
    quoting = queries.quoting(post.id)
    before = {
        "source": post.source,
        "question": post.question,
        "revisions": [_plain(revision) for revision in revisions],
        "quotes": [
            {"post_id": quoter.id, "number": number, **_redact_quotes(quoter, number, TAKEN_OUT)}
            for quoter, number in quoting
        ],
    }
    db.session.execute(sa.delete(PostRevision).where(PostRevision.post_id == post.id))
    post.source, post.question = source, question
    post.revision += 1
    _render_again(post)
    return before


def unredact(post: Post, before: Mapping[str, Any]) -> None:
    """Bring back what `redact` returned; a quote stays redacted where its post changed since."""
    post.source, post.question = before["source"], before["question"]
    post.revision += 1
    db.session.add_all(
        PostRevision(
            **{**revision, "written_at": datetime.fromisoformat(revision["written_at"])},
            post_id=post.id,
        )
        for revision in before["revisions"]
    )
    quoters = {quoter.id: quoter for quoter, _number in queries.quoting(post.id)}
    for quote in before["quotes"]:
        quoter = quoters.get(quote["post_id"])
        if quoter is None or quoter.revision != quote["revision"]:
            continue
        quoter.source = quote["source"]
        quoter.revision += 1
        for revision in queries.revisions_of([quoter.id]):
            revision.source = quote["revisions"].get(str(revision.number), revision.source)
        _render_again(quoter)
    _render_again(post)


def _plain(revision: PostRevision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "title": revision.title,
        "source": revision.source,
        "question": revision.question,
        "content_note": revision.content_note,
        "written_at": revision.written_at.isoformat(),
    }


def _redact_quotes(quoter: Post, number: int, replacement: str = TAKEN_BACK) -> dict[str, Any]:
    """Take the quoted words out of a post and its earlier versions; returns what was there."""
    revisions = queries.revisions_of([quoter.id])
    before = {
        "source": quoter.source,
        "revisions": {str(revision.number): revision.source for revision in revisions},
    }
    quoter.source = redact_quotes(quoter.source, number, replacement)
    quoter.revision += 1
    for revision in revisions:
        revision.source = redact_quotes(revision.source, number, replacement)
    _render_again(quoter)
    return {**before, "revision": quoter.revision}


def remove(post: Post, reason: str) -> None:
    post.state = PostState.REMOVED
    post.state_reason = reason


def restore(post: Post) -> None:
    post.state = PostState.PUBLISHED
    post.state_reason = ""


def agree(actor: Actor, post: Post) -> bool:
    """Agree; False when the actor did already."""
    user_id = member_id(actor)
    if db.session.get(Agreement, (post.id, user_id)) is not None:
        return False
    db.session.add(Agreement(post_id=post.id, user_id=user_id, created_at=clock.now()))
    _count_agreement(post.id, 1)
    return True


def stop_agreeing(actor: Actor, post: Post) -> bool:
    """Withdraw an agreement; False when there is none."""
    gone = db.session.execute(
        sa.delete(Agreement)
        .where(Agreement.post_id == post.id, Agreement.user_id == member_id(actor))
        .returning(Agreement.post_id)
    ).all()
    if gone:
        _count_agreement(post.id, -1)
    return bool(gone)


def drop_agreements(user_id: int) -> tuple[int, ...]:
    """Withdraw every agreement of a person who leaves; returns the ids of the posts."""
    post_ids = tuple(
        db.session.scalars(
            sa.delete(Agreement).where(Agreement.user_id == user_id).returning(Agreement.post_id)
        )
    )
    for post_id in sorted(post_ids):
        _count_agreement(post_id, -1)
    return post_ids


def rerender(post: Post) -> bool:
    """Bring the stored HTML up to the present renderer; True when it changed."""
    before = post.html
    _render_again(post)
    return post.html != before


def _count_agreement(post_id: int, change: int) -> None:
    db.session.execute(
        sa.update(Post)
        .where(Post.id == post_id)
        .values(agreement_count=Post.agreement_count + change)
        .execution_options(synchronize_session=False)
    )


def _render_again(post: Post) -> None:
    # One UPDATE of the row and not two: at the second, PostgreSQL checks all it refers to, and so
    # waits for whoever has the thread in which it was written.
    with db.session.no_autoflush:
        source = queries.readable(post.source, queries.out_of_sight(post))
        rendered, people = queries.rendered(source, post.written_in_id)
    post.html = str(rendered.html)
    post.render_version = rendered.version
    db.session.execute(sa.delete(Mention).where(Mention.post_id == post.id))
    _add_mentions(post, rendered, people)
    _keep_quotes(post)


def _add_mentions(post: Post, rendered: Rendered, people: dict[str, tuple[int, str]]) -> None:
    rows = [{"post_id": post.id, "user_id": people[key][0]} for key in rendered.mentions]
    if rows:
        db.session.execute(sa.insert(Mention), rows)


def _insert_quotes(post: Post, found: Mapping[int, int]) -> None:
    rows = [
        {"post_id": post.id, "quoted_id": quoted_id, "as_number": number}
        for number, quoted_id in found.items()
        if quoted_id != post.id
    ]
    if rows:
        db.session.execute(sa.insert(Quote), rows)


def _keep_quotes(post: Post) -> None:
    """After an edit: links to quoted posts as the text has them now.

    A quote that stands in the text as before keeps its link, also when the quoted post moved.
    """
    wanted = set(quoted_numbers(post.source))
    found = db.session.execute(
        sa.select(Quote.as_number, Quote.quoted_id).where(Quote.post_id == post.id)
    )
    kept = dict(found.all())
    gone = kept.keys() - wanted
    if gone:
        # What an earlier version quotes stays linked: its words may be taken back there too.
        for revision in queries.revisions_of([post.id]):
            gone -= set(quoted_numbers(revision.source))
        db.session.execute(
            sa.delete(Quote).where(Quote.post_id == post.id, Quote.as_number.in_(gone))
        )
    new = tuple(sorted(wanted - kept.keys()))
    ids = queries.ids_by_number(queries.numbered_in(post), new)
    _insert_quotes(post, {n: id_ for n, id_ in ids.items() if id_ not in kept.values()})


def _drop_adoptions(post_id: int) -> None:
    """Nobody has it among their reasons any more."""
    db.session.execute(sa.delete(_ADOPTED).where(_ADOPTED.c.post_id == post_id))


def _still_quotable(source: str, thread_id: int, gone: tuple[int, ...] = ()) -> str:
    """A text without the words that were taken back while it was being written."""
    numbers = quoted_numbers(source)
    for number in {*gone, *queries.taken_back_among(thread_id, numbers)}:
        source = redact_quotes(source, number)
    return source


def _forget(post: Post) -> None:
    """Nothing of the words stays: not in the row, not in its history, not in who it named."""
    for table, column in (
        (PostRevision, PostRevision.post_id),
        (Mention, Mention.post_id),
        (Quote, Quote.post_id),
        (Agreement, Agreement.post_id),
    ):
        db.session.execute(sa.delete(table).where(column == post.id))
    _drop_adoptions(post.id)
    post.source = post.question = post.content_note = post.html = ""
    post.is_question = False
    post.answer_id = None
    post.badge_id = post.bearing = None
    post.agreement_count = 0
    post.edited_at = None
    post.revision += 1
