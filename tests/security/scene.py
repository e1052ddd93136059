"""One small forum that has something of everything, and requests by any of its people."""

import contextvars
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from forum.accounts.models import SiteInvitation, User, UserState
from forum.badges.models import Badge, BadgeKind, BadgeState
from forum.briefs import actions as briefs
from forum.cases.models import Case, ReportReason, SubjectKind
from forum.context_notes import actions as notes
from forum.context_notes.actions import NoteDraft
from forum.core import clock
from forum.core.actor import Restraint
from forum.core.db import Base, db, transaction
from forum.core.markup import quote
from forum.drafts.models import Draft
from forum.imports import actions as imports
from forum.imports.models import ImportedItem, ImportRun
from forum.jobs.models import Job
from forum.moderation import actions as moderation
from forum.moderation.actions import DecisionDraft, reporting
from forum.moderation.models import Outcome, Reason
from forum.moderation.policy import Rules
from forum.notifications.actions import notify
from forum.notifications.models import Notification
from forum.posts.actions import Limits
from forum.posts.models import Bearing, Post
from forum.proposals import actions as proposals
from forum.proposals.models import Answer, ServiceClaim
from forum.safety.models import WatchedWord, WordAction
from forum.search.models import SavedSearch
from forum.spaces.actions import sanction_member
from forum.spaces.models import JoinCode, Space, SpaceInvitation, Visibility
from forum.stances import actions as stances
from forum.stances.models import StanceChoice
from forum.threads import actions
from forum.threads.actions import CommentDraft, SuggestionDraft
from forum.threads.actions.reviewing import Words
from forum.threads.models import TagSuggestion, Thread, ThreadKind
from tests import factories
from tests.support.pages import Browser, actor_of

PEOPLE = (
    "visitor",
    "new",
    "member",
    "author",
    "facilitator",
    "moderator",
    "administrator",
    "suspended",
    "outsider",
)
LIMITS = Limits(posts=50, posts_of_newcomer=50, grace=timedelta(0))
SEALING = Rules(appeal_days=30, seal_days=30)
FILES = {"static", "assets.bundle"}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# Words of the private space. Whoever may not see it meets none of them, on any page.
CIRCLE = "circle-of-willow"
CIRCLE_WORDS = {
    "slug": CIRCLE,
    "name": "Willow Evening Circle",
    "title": "Juniper housing list",
    "opening": "opening-of-juniper",
    "comment": "comment-of-juniper",
    "context note": "note-of-juniper",
    "service shown": "claim-of-juniper",
    "answer": "answer-of-juniper",
    "joincode": "WILLOW2345",
    "watched word": "phrase-of-juniper",
    "condition": "condition-of-juniper",
    "reason": "reason-of-juniper",
}
# Words that nobody but their owner may meet, and those that are gone for everybody.
EMAIL = "mail-of-author@example.org"
DRAFT = "draft-of-author"
PROOF = "proof-of-author"
REPORT = "report-of-member"
NOTICE = "notice-to-author"
GONE = {
    "password": "hash-of-a-password",
    "withdrawn": "words-taken-back",
    "removed": "words-taken-out",
    "deleted": "opening-taken-back",
    "deleted title": "Title Taken Back",
    "taken out": "words-edited-out",
}
# What a good form of each route holds; the scene's own names are put in where it is sent.
FORMS: dict[str, dict[str, Any]] = {
    "briefs.edit": {"title": "A title", "introduction": "", "language": "en"},
    "briefs.new": {"title": "A title", "introduction": "", "language": "en"},
    "briefs.give": {"revision": "1"},
    "summaries.add": {"text": "Some words.", "numbers": "#1"},
    "summaries.edit": {"text": "Some words.", "numbers": "#1"},
    "summaries.move": {"to": "down"},
    "accounts.delete": {"posts": "keep", "password": "not the password"},
    "accounts.feeds": {"name": "Reader on my phone"},
    "accounts.invitations": {"uses": "1", "days": "14"},
    "accounts.member": {"role": "member"},
    "accounts.preferences": {"timezone": "UTC", "theme": "auto", "language": "en"},
    "accounts.settings": {"display_name": "A name", "about": "Some words."},
    "badges.decide": {"do": "grant", "words": "Welcome."},
    "badges.end": {"reason": "They left."},
    "badges.index": {
        "kind": "practitioner",
        "organisation": "Day House",
        "work": "Housing",
        "comment": "Please ring.",
    },
    "context_notes.answer": {"answer": "I see."},
    "context_notes.judge": {"verdict": "confirm"},
    "context_notes.new": {
        "text": "It is another way.",
        "url_1": "https://law.example",
        "badge": "1",
    },
    "drafts.save_reply": {"source": "Some words."},
    "drafts.save_thread": {"source": "Some words.", "title": "A title"},
    "imports.new": {"format": "blogger", "space": "commons"},
    "moderation.answer": {"verdict": "upheld", "answer": "I read it.", "version": "1"},
    "moderation.decide": {"outcome": "no_action", "version": "1"},
    "moderation.decision": {"text": "It was a joke."},
    "moderation.hand_over": {"hand_to": "somebody", "version": "1"},
    "moderation.lift": {"lift_why": "They said sorry."},
    "moderation.note": {"text": "I know them."},
    "moderation.report_answer": {"reason": "spam"},
    "moderation.report_claim": {"reason": "spam"},
    "moderation.report_member": {"reason": "harasses"},
    "moderation.report_note": {"reason": "spam"},
    "moderation.report_post": {"reason": "spam", "note": "It sells things."},
    "moderation.report_suggestion": {"reason": "spam"},
    "moderation.report_service": {"reason": "spam"},
    "moderation.sanctions": {"penalty": "notice", "why": "Please take care."},
    "moderation.undo": {"version": "2"},
    "places.new": {"name": "Suva", "kind": "town", "parent": "fiji"},
    "places.rename": {"name": "Brasov"},
    "posts.note": {"content_note": "about work", "reason": "It helps readers."},
    "posts.edit": {"source": "Other words.", "revision": "2"},
    "posts.preview": {"source": "Some **words**."},
    "posts.mark_answer": {"answer": "1"},
    "posts.remove": {"reason": "It named a place."},
    "posts.reply": {"source": "Some words."},
    "drafts.save_proposal": {"source": "Some words.", "title": "A title"},
    "proposals.answer": {"source": "Some words.", "revision": "0", "do": "save"},
    "proposals.answer_claim": {"verdict": "not_enough", "reason": "It is far away."},
    "proposals.coauthors": {"name": "somebody"},
    "proposals.edit": {
        "title": "A title",
        "source": "Other words.",
        "tags": "housing",
        "revision": "1",
    },
    "proposals.exists": {"service": "1"},
    "proposals.new": {
        "space": "commons",
        "title": "A title",
        "source": "Some words.",
        "tags": "housing",
    },
    "proposals.state": {"state": "gathering", "reason": "We ask.", "seen": "open"},
    "safety.edit": {
        "phrase": "a place by name",
        "action": "hold",
        "space": CIRCLE,
        "reason": "It was asked for.",
    },
    "safety.new": {
        "phrase": "another place",
        "action": "hold",
        "space": CIRCLE,
        "reason": "It was asked for.",
    },
    "safety.remove": {"reason": "It is gone."},
    "safety.try_out": {"text": "Some words.", "space": CIRCLE},
    "search.saved": {"name": "My search", "q": "housing"},
    "services.bring_in": {
        "do": "write",
        "filename": "list.csv",
        "text": "name,offers,needs\nA,b,housing",
    },
    "services.edit": {"name": "Open Door", "offers": "A bed.", "needs": "housing", "version": "1"},
    "services.list_entry": {"version": "1"},
    "services.new": {"name": "Night Bus", "offers": "Rides.", "needs": "housing"},
    "services.retire": {"version": "1", "reason": "It is closed."},
    "services.revert": {"version": "1"},
    "spaces.codes": {"uses": "30", "days": "30"},
    "spaces.edit": {
        "name": CIRCLE_WORDS["name"],
        "description": "Some words.",
        "visibility": "private",
        "who_starts": "everyone",
        "who_comments": "everyone",
        "hold_first": "0",
        "hide_at": "3",
    },
    "spaces.invitations": {"username": "somebody"},
    "spaces.join": {"code": CIRCLE_WORDS["joincode"]},
    "spaces.member": {"role": "member"},
    "spaces.new": {
        "name": "Night course",
        "slug": "night-course",
        "description": "Some words.",
        "visibility": "private",
        "who_starts": "everyone",
        "who_comments": "everyone",
    },
    "spaces.remove_member": {"reason": "It was asked for."},
    "stances.adopt": {"part": "how", "text": "It is free.", "revision": "1"},
    "stances.decline": {"answer": "There is no time."},
    "stances.remove": {"reason": "It named a place."},
    "stances.retire": {"into": "1", "reason": "It is doubled."},
    "stances.stance": {"choice": "agree"},
    "tags.edit": {"name": "housing", "description": "Some words.", "synonyms": "roof"},
    "tags.merge": {"into": "1"},
    "tags.new": {"name": "childcare", "description": "Some words.", "synonyms": "nursery"},
    "threads.close": {"reason": "It is settled."},
    "threads.delete": {"reason": "It is doubled."},
    "threads.edit": {"title": "A title", "source": "Other words.", "revision": "1"},
    "threads.merge": {"into": "1", "reason": "It is doubled."},
    "threads.move": {"space": "commons", "reason": "It fits there."},
    "threads.new": {
        "space": "commons",
        "kind": "discussion",
        "title": "A title",
        "source": "Some words.",
        "tags": "housing",
    },
    "threads.slow": {"minutes": "5", "hours": "1", "reason": "It is heated."},
    "threads.split": {"title": "A title", "tags": "housing", "reason": "It grew."},
    "threads.tags": {"tags": "housing"},
}
_TOKEN = re.compile(r'(name="csrf_token" value=)"[^"]*"')


@dataclass
class Person:
    """Somebody's cookie and form token, good for any number of browsers."""

    app: Flask
    cookie: str
    token: str

    def send(self, method: str, path: str, data: Any = None, **kwargs: Any) -> TestResponse:
        """One request in a browser that forgets what the answer sets."""
        db.session.commit()
        client = self.app.test_client()
        client.set_cookie("session", self.cookie)
        return contextvars.Context().run(client.open, path, method=method, data=data, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.send("GET", path, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        return self.send("POST", path, {"csrf_token": self.token, **(data or {})}, **kwargs)


@dataclass
class Scene:
    app: Flask
    users: dict[str, User]
    circle: Space
    thread: Thread
    deleted: Thread
    values: dict[str, Any]
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        if name not in self.people:
            browser = Browser(self.app)
            if name != "visitor":
                browser.sign_in(self.users[name])
            token = browser.token()
            cookie = browser.client.get_cookie("session")
            assert cookie is not None
            self.people[name] = Person(self.app, cookie.value, token)
        return self.people[name]

    def again(self) -> Callable[[], "Scene"]:
        """Makes this scene anew for another session, with nobody signed in."""
        users = {name: user.id for name, user in self.users.items()}
        circle, thread, deleted = self.circle.id, self.thread.id, self.deleted.id
        return lambda: Scene(
            self.app,
            {name: db.session.get_one(User, user_id) for name, user_id in users.items()},
            db.session.get_one(Space, circle),
            db.session.get_one(Thread, thread),
            db.session.get_one(Thread, deleted),
            dict(self.values),
        )

    def crawl(self, name: str) -> list["Seen"]:
        """Every address that can be read, asked for by somebody."""
        person = self.person(name)
        return [Seen.of(path, person.get(path)) for path in self.addresses()]

    def addresses(self) -> list[str]:
        """One of every route that can be read; of comments, those that are gone as well."""
        paths: dict[str, None] = {}
        for _, rule in routes(self.app, "GET"):
            paths[self.path(rule)] = None
            if "thread_id" in rule.arguments:
                paths[self.path(rule, thread_id=self.deleted.id, number=0)] = None
            if "number" in rule.arguments:
                paths.update({self.path(rule, number=number): None for number in (0, 2, 3)})
        thread = f"/t/{self.thread.id}-{self.thread.slug}"
        author, member = (self.users[name].username for name in ("author", "member"))
        more = [
            thread,
            *(f"{thread}?order={order}" for order in ("newest", "agreed&at=2", "time")),
            f"/t/{self.deleted.id}-",
            f"/t/{self.values['proposal_id']}-juniper-porch",
            f"/t/{self.values['answered_id']}-juniper-gate",
            *(f"/?show={show}" for show in ("new", "unanswered", "following")),
            *(f"/u/{author}{part}" for part in ("", "/comments", "/agreements")),
            *(f"/u/{member}{part}" for part in ("", "/comments", "/agreements")),
            "/s/commons",
            "/s/commons/feed",
            "/tags/education",
        ]
        paths.update(dict.fromkeys(more))
        return list(paths)

    def path(self, rule: Rule, **other: Any) -> str:
        """The address of a route, with values that exist."""
        values = {**self.values, **self._special(rule.endpoint), **other}
        adapter = self.app.url_map.bind("localhost")
        given = {name: values[name] for name in rule.arguments}
        return adapter.build(rule.endpoint, given)

    def _special(self, endpoint: str) -> dict[str, Any]:
        """Values of routes that need another thing than the usual one."""
        member = self.users["member"].username
        exactly = {
            "places.rename": {"slug": "kronstadt"},
            "threads.attend_tag": {"slug": "housing"},
            "feeds.tag": {"slug": "housing"},
            "gaps.need": {"slug": "housing"},
            "proposals.index": {},
            "stances.carry": {"thread_id": self.values["retired_id"]},
            "stances.carry_over": {"thread_id": self.values["retired_id"]},
            "stances.leave_behind": {"thread_id": self.values["retired_id"]},
            "briefs.ask_quote": {"post_id": self.values["quotable_id"]},
            "badges.withdraw": {"badge_id": self.values["asked_badge_id"]},
            "badges.decide": {"badge_id": self.values["asked_badge_id"]},
            "stances.points": {"thread_id": self.values["argued_id"]},
            "stances.adopt_point": {"thread_id": self.values["argued_id"]},
            "stances.drop_point": {"thread_id": self.values["argued_id"]},
            "imports.claim": {"token": self.values["claim"]},
            "moderation.report_answer": {"thread_id": self.values["answered_id"]},
            "moderation.report_claim": {"thread_id": self.values["proposal_id"]},
            "spaces.member": {"username": member},
            "spaces.remove_member": {"username": member},
            "moderation.undo": {"case_id": self.values["judged_id"]},
            "moderation.ask_seal": {"case_id": self.values["judged_id"]},
            "moderation.open_seal": {"case_id": self.values["judged_id"]},
            "posts.mark_answer": {"number": 4},
            "posts.restore": {"number": 2},
            "threads.restore": {"thread_id": self.deleted.id},
            "accounts.revoke_invitation": {"invitation_id": self.values["site_invitation_id"]},
        }
        of_package = {
            "tags": {"slug": "housing"},
            "proposals": {"thread_id": self.values["proposal_id"]},
            "stances": {"thread_id": self.values["debated_id"]},
            "summaries": {"thread_id": self.values["prompt_id"]},
        }
        return exactly.get(endpoint, of_package.get(endpoint.partition(".")[0], {}))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back whatever is written inside."""
        db.session.commit()
        savepoint = db.engines[None].begin_nested()
        try:
            yield
        finally:
            db.session.remove()
            savepoint.rollback()
            self.app.extensions["page_cache"].clear()


@dataclass(frozen=True)
class Seen:
    """What somebody got at an address."""

    path: str
    status: int
    headers: Headers
    text: str

    @classmethod
    def of(cls, path: str, response: TestResponse) -> "Seen":
        text = response.get_data().decode("utf-8", "replace")  # a brief can be a Word file
        return cls(path, response.status_code, response.headers, text)


def routes(app: Flask, *methods: str) -> list[tuple[str, Rule]]:
    """Method and rule of every route but files, in a fixed order."""
    found = [
        (method, rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FILES
        for method in sorted(rule.methods or ())
        if method in methods
    ]
    return sorted(found, key=lambda pair: (pair[1].endpoint, pair[1].rule, pair[0]))


def comparable(response: TestResponse) -> bytes:
    """The body without the form token, which differs every time."""
    return _TOKEN.sub(r"\1", response.get_data(as_text=True)).encode()


def dump() -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table."""
    db.session.commit()
    return {
        table.name: sorted(
            tuple(map(repr, row)) for row in db.session.connection().execute(sa.select(table))
        )
        for table in Base.metadata.sorted_tables
    }


def _debated(scene: Scene) -> dict[str, Any]:
    """Two proposals: the member agrees with one on a condition; and with one that was retired."""
    author, member = scene.users["author"], actor_of(scene.users["member"])
    debated = factories.proposal(scene.circle, author, title="Juniper rooms").id
    retired = factories.proposal(scene.circle, author, title="Juniper beds").id
    condition = stances.StanceDraft(
        StanceChoice.AGREE_IF, CIRCLE_WORDS["reason"], CIRCLE_WORDS["condition"]
    )
    facilitator = actor_of(scene.users["facilitator"])
    for who, thread_id, draft in (
        (member, debated, condition),
        (member, retired, stances.StanceDraft(StanceChoice.AGREE)),
        (facilitator, retired, stances.StanceDraft(StanceChoice.AGREE)),
    ):
        with transaction():
            stances.take_stance(who, thread_id, draft, LIMITS)
    with transaction():
        stances.retire(actor_of(author), retired, debated, "It is doubled.")
    return {"debated_id": debated, "retired_id": retired}


def build(app: Flask) -> Scene:
    """A private space with a thread and its people, and one of everything else."""
    circle = factories.space(CIRCLE, name=CIRCLE_WORDS["name"], visibility=Visibility.PRIVATE)
    other = factories.space(visibility=Visibility.PRIVATE)
    users = {
        "new": factories.user(created_at=clock.now() - timedelta(hours=1)),
        "member": factories.user(),
        "author": factories.user(
            email=EMAIL,
            email_key=EMAIL,
            email_confirmed_at=clock.now(),
            password_hash=GONE["password"],
        ),
        "facilitator": factories.facilitator(circle),
        "moderator": factories.moderator(),
        "administrator": factories.administrator(),
        "suspended": factories.user(state=UserState.SUSPENDED),
        "outsider": factories.facilitator(other),
        "second administrator": factories.administrator(),
    }
    for name in ("new", "member", "author", "suspended"):
        factories.membership(circle, users[name])
    thread = _thread(circle, users)
    deleted = _deleted_thread(circle, users)
    scene = Scene(app, users, circle, thread, deleted, {})
    scene.values = _values(scene)
    return scene


def _thread(circle: Space, users: dict[str, User]) -> Thread:
    """Comments: 1 by the author and agreed with, 2 removed, 3 taken back, 4 a question."""
    thread = factories.thread(
        circle, users["author"], title=CIRCLE_WORDS["title"], source=CIRCLE_WORDS["opening"]
    )
    first = factories.comment(thread, users["author"], CIRCLE_WORDS["comment"])
    factories.comment(thread, users["member"], GONE["removed"])
    factories.comment(thread, users["member"], GONE["withdrawn"])
    factories.comment(thread, users["author"], "Who decides?", is_question=True)
    quoted = quote(GONE["withdrawn"], number=3, username=users["member"].username)
    factories.comment(thread, users["facilitator"], f"{quoted}That is a way.")
    factories.agree(first, users["member"])
    facilitator, member = (actor_of(users[name]) for name in ("facilitator", "member"))
    with transaction():
        actions.edit_comment(
            actor_of(users["author"]), thread.id, 1,
            CommentDraft(f"{CIRCLE_WORDS['comment']} again"), revision=1, limits=LIMITS,
        )  # fmt: skip
    with transaction():
        actions.remove_comment(facilitator, thread.id, 2, "It named a place.")
    with transaction():
        actions.take_back(member, thread.id, 3)
    with transaction():
        actions.suggest_tags(member, thread.id, SuggestionDraft(("education",), "It fits."))
    return thread


def _deleted_thread(circle: Space, users: dict[str, User]) -> Thread:
    deleted = factories.thread(
        circle, users["author"], title=GONE["deleted title"], source=GONE["deleted"]
    )
    factories.comment(deleted, users["member"], "An answer that stays.")
    with transaction():
        actions.delete_thread(
            actor_of(users["facilitator"]), deleted.id, "It repeated another thread."
        )
    return deleted


def _reported(scene: Scene, post: Post) -> int:
    """The case about a post that somebody reported."""
    with transaction():
        reporting.report(
            actor_of(scene.users["new"]),
            reporting.Target(SubjectKind.POST, post.id),
            reporting.Statement(ReportReason.SPAM),
            per_day=20,
        )
    return db.session.scalars(sa.select(Case.id).where(Case.subject_id == post.id)).one()


def _argued(scene: Scene) -> int:
    """A proposal in the circle with a point by the author, its comment 1."""
    proposal = factories.proposal(scene.circle, scene.users["second administrator"])
    with transaction():
        draft = CommentDraft("It would help.", bearing=Bearing.SUPPORTS)
        actions.add_comment(actor_of(scene.users["author"]), proposal.id, draft, LIMITS)
    return proposal.id


def _noted(scene: Scene) -> int:
    """A context note on the author's comment by the facilitator, whom it gives a badge."""
    facilitator = scene.users["facilitator"]
    badge = factories.badge(facilitator, organisation="Day House")
    with transaction():
        draft = NoteDraft(CIRCLE_WORDS["context note"], (("Law", "https://law.example"),), badge.id)
        return notes.add_note(actor_of(facilitator), scene.thread.id, 1, draft)


def _summed_up(scene: Scene) -> dict[str, Any]:
    """A prompt with a comment that two agree with, which stands in its summary."""
    prompt = factories.thread(
        scene.circle,
        scene.users["author"],
        kind=ThreadKind.PROMPT,
        title="Where do people go at night?",
    )
    agreed = factories.comment(prompt, scene.users["author"], "Somewhere to sleep.")
    factories.agree(agreed, scene.users["member"], scene.users["facilitator"])
    return {"prompt_id": prompt.id, "section": "agreed", "key": f"agreed-post-{agreed.id}"}


def _proposed(scene: Scene) -> dict[str, Any]:
    """A proposal by the author, to which the member shows a service and is asked to join.

    And another, which the facilitator answered.
    """
    proposal = factories.proposal(scene.circle, scene.users["author"], title="Juniper porch")
    author, member = scene.users["author"], scene.users["member"]
    service = factories.service("Night Desk", needs=["housing"])
    draft = proposals.ClaimDraft(service.id, CIRCLE_WORDS["service shown"])
    with transaction():
        proposals.invite_coauthor(actor_of(author), proposal.id, member.username)
    with transaction():
        proposals.claim_service(actor_of(member), proposal.id, draft)
    claim = db.session.scalars(
        sa.select(ServiceClaim.id).where(ServiceClaim.thread_id == proposal.id)
    ).one()
    answered = factories.proposal(scene.circle, author, title="Juniper gate")
    said = proposals.AnswerDraft(CIRCLE_WORDS["answer"], is_published=True)
    with transaction():
        facilitator = actor_of(scene.users["facilitator"])
        proposals.save_answer(facilitator, answered.id, said, is_practitioner=False)
    answer = db.session.scalars(sa.select(Answer.id).where(Answer.thread_id == answered.id)).one()
    return {
        "proposal_id": proposal.id,
        "claim_id": claim,
        "answered_id": answered.id,
        "answer_id": answer,
    }


def _brief(scene: Scene) -> dict[str, Any]:
    """A published brief of a proposal of the private space, that quotes the author."""
    proposal = factories.proposal(scene.circle, scene.users["author"])
    quoted = factories.comment(proposal, scene.users["author"], "Hotels said yes.")
    quotable = factories.comment(proposal, scene.users["author"], "So did the city.")
    facilitator = actor_of(scene.users["facilitator"])
    with transaction():
        brief = briefs.make_brief(facilitator, briefs.BriefDraft("What the circle found"))
    with transaction():
        briefs.add_proposals(facilitator, brief.id, [proposal.id])
        briefs.ask_quote(facilitator, brief.id, quoted.id)
    with transaction():
        briefs.answer(actor_of(scene.users["author"]), quoted.id, is_given=True, revision=1)
    with transaction():
        briefs.publish(facilitator, brief.id, seen=brief.changed_at.isoformat())
    return {"brief_id": brief.id, "post_id": quoted.id, "quotable_id": quotable.id}


def _values(scene: Scene) -> dict[str, Any]:
    """One of everything that addresses name."""
    now = clock.now()
    users, circle = scene.users, scene.circle
    placeholder = factories.user(state=UserState.PLACEHOLDER)
    author = factories.user()
    factories.comment(factories.thread(), author)
    rows = {
        "code": JoinCode(
            space_id=circle.id, code=CIRCLE_WORDS["joincode"], created_at=now, use_count=0
        ),
        "space_invitation": SpaceInvitation(space_id=circle.id, user_id=author.id, created_at=now),
        "site_invitation": SiteInvitation(
            code_hash="0" * 64, created_at=now, expires_at=now + timedelta(days=1), uses_left=1
        ),
        "run": ImportRun(format="blogger", space_id=circle.id, created_at=now),
        "job": Job(
            kind="mail.send", payload={}, run_at=now, created_at=now, dead_at=now, last_error="x"
        ),
        "search": SavedSearch(
            user_id=users["author"].id, name="My search", query="housing", created_at=now
        ),
        "item": ImportedItem(
            space_id=circle.id, format="blogger", source_key="a", user_id=placeholder.id
        ),
        "word": WatchedWord(
            phrase="phrase-of-juniper",
            action=WordAction.HOLD,
            space_id=circle.id,
            reason="It names the place.",
            created_at=now,
        ),
        "badge": Badge(
            user_id=users["author"].id,
            kind=BadgeKind.PRACTITIONER,
            organisation="Harbour Legal Aid",
            state=BadgeState.ACTIVE,
            requested_at=now,
            decided_at=now,
            expires_at=now + timedelta(days=365),
        ),
        "asked badge": Badge(
            user_id=users["author"].id,
            kind=BadgeKind.PRACTITIONER,
            organisation="Night House",
            comment=PROOF,
            requested_at=now,
        ),
        "draft": Draft(
            user_id=users["author"].id,
            thread_id=scene.thread.id,
            source=DRAFT,
            tags=[],
            saved_at=now,
        ),
    }
    service = factories.service("Open Door", needs=["housing"])
    factories.place("kronstadt", parent=factories.country("RO"))
    with transaction():
        notify([users["author"].id], "post.mend", "post", 1, path="/", values={"why": NOTICE})
    imported = factories.comment(scene.thread, placeholder, "Imported words.")
    db.session.add_all(rows.values())
    db.session.add(
        ImportedItem(space_id=circle.id, format="blogger", source_key="b", post_id=imported.id)
    )
    db.session.commit()
    with transaction():
        claim = imports.make_claim_link(actor_of(users["facilitator"]), circle.id, placeholder.id)
    suggestion = db.session.scalars(sa.select(TagSuggestion.id)).first()
    case_id = _reported(scene, factories.comment(scene.thread, users["author"], "Some words."))
    judged = factories.comment(scene.thread, users["author"], GONE["taken out"])
    judged_id = _reported(scene, judged)
    moderator = actor_of(users["moderator"])
    with transaction():
        decision_id = moderation.decide(
            moderator, judged_id, db.session.get_one(Case, judged_id).version,
            DecisionDraft(
                (Outcome.REDACT,),
                db.session.scalars(sa.select(Reason.id)).first(),
                words=Words("Other words."),
            ),
            SEALING,
        )  # fmt: skip
    with transaction():
        sanction_id = sanction_member(
            moderator, author.id, kind=Restraint.SLOW, space_id=None, until=None,
            reason="They wrote too much.",
        )  # fmt: skip
    with transaction():
        made = reporting.report(
            actor_of(users["member"]),
            reporting.Target(SubjectKind.MEMBER, author.id),
            reporting.Statement(ReportReason.HARASSES, REPORT),
            per_day=20,
        )
    return {
        "thread_id": scene.thread.id,
        "number": 1,
        "slug": circle.slug,
        "username": author.username,
        "token": "no-such-link",
        "claim": claim,
        "member_id": author.id,
        "user_id": placeholder.id,
        "session_id": 2**31 - 1,
        "invitation_id": rows["space_invitation"].id,
        "site_invitation_id": rows["site_invitation"].id,
        "suggestion_id": suggestion,
        "code_id": rows["code"].id,
        "run_id": rows["run"].id,
        "job_id": rows["job"].id,
        "draft_id": rows["draft"].id,
        "notification_id": db.session.scalars(
            sa.select(Notification.id).where(Notification.kind == "post.mend")
        ).first(),
        "word_id": rows["word"].id,
        "part": 0,
        **_summed_up(scene),
        **_proposed(scene),
        **_brief(scene),
        "feed_id": 2**31 - 1,
        "badge_id": rows["badge"].id,
        "note_id": _noted(scene),
        "argued_id": _argued(scene),
        "asked_badge_id": rows["asked badge"].id,
        "saved_id": rows["search"].id,
        "report_id": made.id,
        "case_id": case_id,
        "judged_id": judged_id,
        "decision_id": decision_id,
        "reason_id": db.session.scalars(sa.select(Reason.id)).first(),
        "sanction_id": sanction_id,
        **_debated(scene),
        "service_id": service.id,
    }
