"""Fills an empty forum with the demo's people, spaces and discussions, as if they had grown."""

from collections.abc import Mapping

import sqlalchemy as sa

from forum.accounts.models import User
from forum.audit.actions import record
from forum.briefs import actions as briefs
from forum.briefs.actions import BriefDraft
from forum.cases.models import SubjectKind
from forum.core import clock, versions
from forum.core.actor import Actor, SiteRole
from forum.core.db import db
from forum.core.errors import Conflict
from forum.demo.actions.directory import add_badge, add_place, add_service
from forum.demo.actions.people import add_account, add_space
from forum.demo.actions.proposals import Known, add_proposal
from forum.demo.actions.threads import add_thread
from forum.demo.content import DemoContent, DemoReport
from forum.demo.directory import EMPTY, DemoDirectory
from forum.demo.proposals import NO_DEBATE, DemoBrief, DemoDebate, DemoProposal
from forum.moderation.actions.reporting import Statement, Target, report
from forum.places.models import Place, PlaceKind
from forum.posts.queries import get_post
from forum.threads.actions.counting import touch

_REPORTS = 20  # a day, of one person


def fill(
    content: DemoContent,
    hashes: Mapping[str, str],
    *,
    directory: DemoDirectory = EMPTY,
    debate: DemoDebate = NO_DEBATE,
) -> None:
    """Add everything; `hashes` are those of the passwords, by user name.

    Raises Conflict when somebody has an account here already.
    """
    if db.session.scalar(sa.select(sa.exists().select_from(User))):
        raise Conflict("There are people in this forum already, so no demo content was added.")
    now = clock.now()
    people = {
        account.username: add_account(account, now, hashes.get(account.username))
        for account in content.accounts
    }
    spaces = {space.slug: add_space(space, now, people) for space in content.spaces}
    places = {place.slug: add_place(place, now) for place in directory.places}
    by_id = next(
        people[account.username]
        for account in content.accounts
        if account.role is SiteRole.MODERATOR
    )
    given = {badge: add_badge(badge, now, people, by_id) for badge in directory.badges}
    known = Known(
        people=people,
        spaces=spaces,
        places={**_countries(), **places},
        services={
            service.draft.name: add_service(service, now, people) for service in directory.services
        },
        badges={badge.username: id_ for badge, id_ in given.items() if badge.is_in_force},
    )
    for thread in sorted(content.threads, key=lambda thread: -thread.opened_ago):
        known.threads[thread.title] = add_thread(thread, now, spaces, people)
    for proposal in sorted(debate.proposals, key=_comes_after):
        known.threads[proposal.thread.title] = add_proposal(proposal, now, known)
    for brief in debate.briefs:
        _add_brief(brief, known)
    for reported in content.reports:
        _add_report(reported, known.threads[reported.thread], people)
    record(None, "demo.filled", "site", None, after={"threads": len(known.threads)})
    versions.touch(versions.SITE, versions.DIRECTORY)
    touch(*known.threads.values())


def _countries() -> dict[str, int]:
    found = db.session.execute(
        sa.select(Place.slug, Place.id).where(Place.kind == PlaceKind.COUNTRY)
    )
    return dict(found.all())


def _comes_after(proposal: DemoProposal) -> tuple[bool, int]:
    """Whether another has to be there first; then by age."""
    is_merged = proposal.turn is not None and bool(proposal.turn.merged_into)
    return is_merged, -proposal.thread.opened_ago.days


def _add_brief(demo: DemoBrief, known: Known) -> None:
    """Through the real actions: what it freezes is what everybody would read."""
    actor = Actor(id=known.people[demo.by], username=demo.by)
    brief = briefs.make_brief(actor, BriefDraft(demo.title, demo.introduction))
    briefs.add_proposals(actor, brief.id, [known.threads[title] for title in demo.proposals])
    briefs.publish(actor, brief.id, seen=brief.changed_at.isoformat())


def _add_report(demo: DemoReport, thread_id: int, people: Mapping[str, int]) -> None:
    """Through the real action: what is to be hidden at once is hidden."""
    post = get_post(thread_id, demo.number)
    reporter = Actor(id=people[demo.by], username=demo.by)
    statement = Statement(demo.reason, demo.note)
    report(reporter, Target(SubjectKind.POST, post.id), statement, per_day=_REPORTS)
