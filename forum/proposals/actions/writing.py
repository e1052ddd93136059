"""Starting proposals, raising them from comments, and changing their parts."""

from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.links import is_web_link
from forum.core.text import scrub_line
from forum.notifications.actions import notify
from forum.places.models import Place
from forum.posts.actions import Limits
from forum.posts.models import Post
from forum.proposals import policy
from forum.proposals.actions.coauthors import coauthors_path, hold_accounts, offer_coauthorship
from forum.proposals.actions.events import add_event
from forum.proposals.models import Proposal
from forum.proposals.parts import TEXTS, Parts, compose, parse
from forum.proposals.queries import authors_of
from forum.spaces.queries import get_access
from forum.tags.queries import tags_by_word
from forum.threads import actions as threads
from forum.threads.actions import OpeningDraft, ThreadDraft, Written
from forum.threads.actions.counting import hold, touch
from forum.threads.actions.tagging import put_tags
from forum.threads.models import Thread, ThreadKind
from forum.threads.queries import chips_of_threads, get_comment, head_of_post, post_facts
from forum.threads.rows import Head

MOST_SOURCES = 20
SOURCE_TITLE_LENGTH = 200  # characters
SOURCE_URL_LENGTH = 500


@dataclass(frozen=True, slots=True)
class ProposalDraft:
    """What a proposal says; `tags` are slugs of one to five tags, one of them a need."""

    title: str
    parts: Parts
    tags: tuple[str, ...]
    place_id: int | None = None  # None: anywhere
    language: str | None = None
    content_note: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """Where and how a proposal begins; `raised_from_id` is the comment that it comes from."""

    space_id: int
    submit_key: str | None = None
    draft_id: int | None = None
    raised_from_id: int | None = None
    badge_id: int | None = None  # of the author, to be worn with it


def start_proposal(actor: Actor, start: Start, draft: ProposalDraft, limits: Limits) -> Written:
    """Open a thread of kind "proposal"; the same form sent twice opens one.

    Pace, sanctions, reviews, watched words and the index are as for any thread. Raises NotFound
    for a comment that the actor may not see, and Forbidden where its quote would reach too far.
    """
    raised = None
    if start.raised_from_id is None:
        threads.hold_writer(actor)
    else:
        hold_accounts({actor.id, _author_of(start.raised_from_id)})
        raised = _raised(actor, start)
    invited: list[int] = []
    _checked_place(draft.place_id)
    source = compose(_checked_parts(draft.parts), draft.language or "")

    def add_row(thread_id: int) -> None:
        db.session.add(
            Proposal(
                thread_id=thread_id,
                state_at=clock.now(),
                place_id=draft.place_id,
                raised_from_id=start.raised_from_id,
            )
        )
        db.session.flush()  # who is invited points to it
        author_id = None if raised is None else raised.author_id
        if author_id is not None and offer_coauthorship(actor, thread_id, author_id):
            invited.append(author_id)

    written = threads.start_thread(
        actor,
        ThreadDraft(
            space_id=start.space_id,
            kind=ThreadKind.PROPOSAL,
            title=draft.title,
            source=source,
            tags=draft.tags,
            submit_key=start.submit_key,
            language=draft.language,
            content_note=draft.content_note,
            draft_id=start.draft_id,
            badge_id=start.badge_id,
            written_in_id=None if raised is None else raised.written_in,
        ),
        limits,
        beside=add_row,
    )
    if invited and not written.waits:  # while it waits, they could not read what they are told of
        notify(
            invited, "proposal.raised", "thread", written.thread_id,
            path=coauthors_path(written.thread_id), values={"title": scrub_line(draft.title)},
        )  # fmt: skip
    if raised is not None and not written.waits:
        touch(raised.written_in, lists=False)  # its comment names the proposal from now on
    return written


def edit_proposal(
    actor: Actor, thread_id: int, draft: ProposalDraft, limits: Limits, *, revision: int
) -> Written:
    """Change the parts, needs and place; its authors. Raises Conflict when another came first."""
    threads.hold_writer(actor)
    head, post, proposal = _held(actor, thread_id)
    _checked_place(draft.place_id)
    parts = _checked_parts(draft.parts)
    text = OpeningDraft(
        title=draft.title,
        source=compose(parts, post.language if draft.language is None else draft.language),
        revision=revision,
        language=draft.language,
        content_note=draft.content_note,
    )
    before = chips_of_threads([thread_id]).get(thread_id, ())
    wanted = tags_by_word(draft.tags)
    if {tag.id for tag in before} != {
        wanted[word].id if word in wanted else 0 for word in draft.tags
    }:
        put_tags(thread_id, draft.tags, ThreadKind.PROPOSAL)
        _note_needs(actor, thread_id, [tag.name for tag in before if tag.is_need])
    if proposal.place_id != draft.place_id:
        proposal.place_id = draft.place_id
        db.session.flush()
        add_event(thread_id, actor.id, "place")
    return threads.rewrite_opening(actor, head, post, text, _as_watched(proposal, limits))


def add_to_part(
    actor: Actor, thread_id: int, part: str, text: str, limits: Limits, *, revision: int
) -> Written:
    """Add a paragraph to one of TEXTS; its authors. Raises Conflict when another edit came first.

    Everything else stays as it is, also where it is longer than what is accepted by now.
    """
    if part not in TEXTS:
        raise NotFound
    threads.hold_writer(actor)
    head, post, proposal = _held(actor, thread_id)
    parts = parse(post.source)
    grown = parts.with_text(part, f"{parts.text(part)}\n\n{text.strip()}".strip())
    draft = OpeningDraft(
        title=head.stored_title,
        source=compose(grown, post.language),
        revision=revision,
        content_note=post.content_note,
    )
    return threads.rewrite_opening(actor, head, post, draft, _as_watched(proposal, limits))


def set_needs(actor: Actor, thread_id: int, words: tuple[str, ...]) -> None:
    """Change the tags of a proposal as those of any thread; other needs are an event."""
    threads.hold_writer(actor)
    before = _needs(thread_id)
    threads.set_tags(actor, thread_id, words)
    _note_needs(actor, thread_id, before)


def accept_suggested_needs(actor: Actor, thread_id: int, suggestion_id: int) -> None:
    """Take suggested tags; other needs are an event."""
    threads.hold_writer(actor)
    before = _needs(thread_id)
    threads.accept_suggestion(actor, thread_id, suggestion_id)
    _note_needs(actor, thread_id, before)


def _held(actor: Actor, thread_id: int) -> tuple[Head, Post, Proposal]:
    """A proposal whose parts the actor may change, with its row and its opening locked."""
    hold(actor, thread_id)
    head, post = get_comment(actor, thread_id, 0, for_update=True)
    proposal = db.session.get(Proposal, thread_id, with_for_update=True)
    if proposal is None:
        raise NotFound
    policy.may_edit(actor, head, post_facts(head, post), authors_of(thread_id)).enforce()
    return head, post, proposal


@dataclass(frozen=True, slots=True)
class Raised:
    """The comment that a proposal is raised from; `written_in` is what its number counts in."""

    post_id: int
    author_id: int | None
    written_in: int


def _as_watched(proposal: Proposal, limits: Limits) -> Limits:
    """Every version is kept, however soon it is edited, once somebody took a stance on one."""
    stances = (
        proposal.agree_count,
        proposal.agree_if_count,
        proposal.unsure_count,
        proposal.disagree_count,
        proposal.concern_count,
    )
    return replace(limits, grace=timedelta(0)) if any(stances) else limits


def _author_of(post_id: int) -> int | None:
    return db.session.scalar(sa.select(Post.author_id).where(Post.id == post_id))


def _raised(actor: Actor, start: Start) -> Raised:
    """The comment, held so that its author cannot take it back while it is being quoted.

    Its thread first, as for everybody who changes a post: the new opening points to both.
    """
    thread_id = db.session.scalar(sa.select(Post.thread_id).where(Post.id == start.raised_from_id))
    db.session.execute(
        sa.select(Thread.id)
        .where(Thread.id == thread_id)
        .with_for_update(read=True, key_share=True)
    )
    post = db.session.scalar(
        sa.select(Post)
        .where(Post.id == start.raised_from_id)
        .with_for_update(read=True, key_share=True)
    )
    if post is None:
        raise NotFound
    if post.thread_id != thread_id:
        raise Conflict(_("The comment was moved in the meantime. Please try again."))
    head = head_of_post(actor, post)
    policy.may_raise(actor, post_facts(head, post)).enforce()
    target = get_access(actor, start.space_id)
    policy.may_raise_into(head.access, target).enforce()
    return Raised(post.id, post.author_id, post.thread_id)


def _needs(thread_id: int) -> list[str]:
    tags = chips_of_threads([thread_id]).get(thread_id, ())
    return [tag.name for tag in tags if tag.is_need]


def _note_needs(actor: Actor, thread_id: int, before: list[str]) -> None:
    after = _needs(thread_id)
    if set(after) != set(before):
        add_event(thread_id, member_id(actor), "needs", before=before, after=after)


def _checked_place(place_id: int | None) -> None:
    if place_id is not None and db.session.get(Place, place_id) is None:
        raise Invalid(_("Please choose a place of the list."), "place")


def _checked_parts(parts: Parts) -> Parts:
    if not parts.missing.strip():
        raise Invalid(_("Please say what is missing."), "source")
    pairs = [(scrub_line(title), scrub_line(url)) for title, url in parts.sources]
    pairs = [pair for pair in pairs if any(pair)]
    if len(pairs) > MOST_SOURCES:
        raise Invalid(_("Please give at most %(most)s sources.", most=MOST_SOURCES), "sources")
    for title, url in pairs:
        _check_source(title, url)
    return replace(parts, sources=tuple(pairs))


def _check_source(title: str, url: str) -> None:
    if not title or not url:
        raise Invalid(_("Please give each source a title and a link."), "sources")
    if len(title) > SOURCE_TITLE_LENGTH or len(url) > SOURCE_URL_LENGTH:
        raise Invalid(
            _(
                "Please keep the title of a source under %(title)s characters, and its link under"
                " %(url)s.",
                title=SOURCE_TITLE_LENGTH,
                url=SOURCE_URL_LENGTH,
            ),
            "sources",
        )
    if not is_web_link(url):
        raise Invalid(_("“%(url)s” is no link. A link begins with https://.", url=url), "sources")
