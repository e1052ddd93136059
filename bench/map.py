"""Measures what the gap map costs over a full directory, and a proposal beside another thread.

    python bench/map.py                      both databases
    python bench/map.py --database sqlite --seconds 3

10,000 services and 2,000 proposals for 50 needs in 60 places, every second of them with points,
a condition and events, every fourth with a service that somebody showed. "hello" and the forum
run under the same gunicorn, as in bench/run.py. Prints Markdown; ends with exit code 1 when a page
takes more than its multiple of hello, or more than MOST statements, or a proposal more than
PROPOSAL times what a thread of as many comments takes.
"""

import argparse
import logging
import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import data
import run
import sqlalchemy as sa
from cases import analyse
from flask import Flask
from measure import Request, require_wrk

from forum.core import clock
from forum.core.db import Base, db, transaction
from forum.core.links import thread_path
from forum.places.models import Place, PlaceKind
from forum.posts.models import Bearing, Post
from forum.proposals.models import Proposal, ProposalEvent, ProposalState, ServiceClaim
from forum.services.models import Service, ServiceNeed, ServicePlace, ServiceState
from forum.stances.models import AdoptedPoint, Condition, ConditionBacker
from forum.tags.models import Tag
from forum.threads.models import Thread, ThreadKind, ThreadTag

SERVICES, PROPOSALS, NEEDS = 10_000, 2_000, 50
COUNTRIES, REGIONS, TOWNS = 10, 20, 30  # sixty places
MOST = 12  # statements of the map
PROPOSAL = 1.3  # times a thread page
_SIZE = data.Size(users=100, threads=PROPOSALS + 200, comments=20, long_thread=20)
_BATCH = 1_000

PAGES = (
    run.Page("map, visitor, kept", lambda _site: [Request("/map")], 2.5),
    run.Page("map, visitor", lambda _site: [Request("/map")], 60, cached=False),
    run.Page("map, every need unfolded", lambda _site: [Request("/map?open=all")], cached=False),
    run.Page("map of a country", lambda site: [Request(_inside(site))], 60, cached=False),
    run.Page("map, since a day", lambda _site: [Request("/map?since=2026-03-01")], cached=False),
    run.Page("map, member", lambda site: [Request("/map", (site.members[5].cookie,))], 60),
    run.Page("map.json", lambda _site: [Request("/map.json")], cached=False),
    run.Page("map.svg", lambda _site: [Request("/map.svg")], cached=False),
    run.Page("a need, visitor", lambda _site: [Request("/needs/housing")], cached=False),
    run.Page("thread, visitor", lambda site: _paths(site, ThreadKind.DISCUSSION), cached=False),
    run.Page("proposal, visitor", lambda site: _paths(site, ThreadKind.PROPOSAL), cached=False),
    run.Page("thread, member", lambda site: _paths(site, ThreadKind.DISCUSSION, as_member=True)),
    run.Page("proposal, member", lambda site: _paths(site, ThreadKind.PROPOSAL, as_member=True)),
)
_PAIRS = (("proposal, visitor", "thread, visitor"), ("proposal, member", "thread, member"))


# -- The filled directory ----------------------------------------------------------------------


def fill(app: Flask) -> None:
    """Needs, places, services, and proposals made of the threads of the data set."""
    chance = random.Random(data.SEED)
    with app.app_context(), transaction():
        needs = _add_needs()
        places = _add_places(chance)
        _add_services(chance, needs, places)
        _make_proposals(chance, needs, places)
    with app.app_context():
        analyse()


def _insert(model: type[Base], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _BATCH):
        db.session.execute(sa.insert(model), rows[start : start + _BATCH])


def _add_needs() -> list[int]:
    """Fifty, some of them beneath others."""
    found = list(db.session.scalars(sa.select(Tag.id).where(Tag.is_need).order_by(Tag.id)))
    beneath = list(
        db.session.scalars(
            sa.select(Tag.id).where(Tag.parent_id.in_(found), Tag.is_need.is_(False))
        )
    )
    found += beneath
    for number in range(len(found), NEEDS):
        tag = Tag(
            slug=f"need-{number}", name=f"Need {number} of survivors", description="Words.",
            is_need=True, position=number, created_at=clock.now(),
            parent_id=found[number % 13] if number % 4 == 0 else None,
        )  # fmt: skip
        db.session.add(tag)
        db.session.flush()
        found.append(tag.id)
    return found


def _add_places(chance: random.Random) -> list[int]:
    countries = list(
        db.session.scalars(
            sa.select(Place.id).where(Place.parent_id.is_(None)).order_by(Place.id).limit(COUNTRIES)
        )
    )
    found = list(countries)
    for kind, count, above in (
        (PlaceKind.REGION, REGIONS, slice(0, COUNTRIES)),
        (PlaceKind.TOWN, TOWNS, slice(COUNTRIES, COUNTRIES + REGIONS)),
    ):
        for number in range(count):
            parent = db.session.get_one(Place, chance.choice(found[above]))
            name = f"{kind.value.title()} {number}"
            place = Place(
                slug=f"{kind.value}-{number}", kind=kind, country_code=parent.country_code,
                name=name, name_key=name.casefold(), parent_id=parent.id, created_at=clock.now(),
            )  # fmt: skip
            db.session.add(place)
            db.session.flush()
            found.append(place.id)
    return found


def _add_services(chance: random.Random, needs: list[int], places: list[int]) -> None:
    """Of two needs and two places each; some name no place, some nobody ever made sure of."""
    now = clock.now()
    services, of_needs, of_places = [], [], []
    for id_ in range(1, SERVICES + 1):
        at = now - timedelta(days=chance.randrange(700))
        services.append(
            {
                "id": id_, "slug": f"service-{id_}", "name": f"Service {id_}",
                "organisation": "Harbour Association", "languages": ["en"],
                "offers": " ".join(chance.choices(data.WORDS, k=40)),
                "state": ServiceState.LISTED, "created_at": at, "changed_at": at,
                "verified_at": None if id_ % 20 == 0
                else now - timedelta(days=chance.randrange(365)),
            }
        )  # fmt: skip
        of_needs += [
            {"service_id": id_, "tag_id": tag_id}
            for tag_id in chance.sample(needs, k=chance.randint(1, 3))
        ]
        count = 0 if id_ % 25 == 0 else chance.randint(1, 3)
        of_places += [
            {"service_id": id_, "place_id": place_id} for place_id in chance.sample(places, k=count)
        ]
    _insert(Service, services)
    _insert(ServiceNeed, of_needs)
    _insert(ServicePlace, of_places)


def _make_proposals(chance: random.Random, needs: list[int], places: list[int]) -> None:
    """The first threads of the data set, with stances, become proposals."""
    threads = db.session.scalars(sa.select(Thread.id).order_by(Thread.id).limit(PROPOSALS)).all()
    states = [ProposalState.OPEN] * 6 + [ProposalState.GATHERING, ProposalState.EXISTS]
    names = ("agree_count", "agree_if_count", "unsure_count", "disagree_count", "concern_count")
    rows = [
        {
            "thread_id": id_, "state": chance.choice(states),
            "state_at": clock.now() - timedelta(days=chance.randrange(400)),
            "place_id": chance.choice([None, *places, *places]),
            **{name: chance.choice((0, 0, 1, 2, 5)) for name in names},
        }
        for id_ in threads
    ]  # fmt: skip
    tags = [
        {"thread_id": id_, "tag_id": tag_id, "position": position}
        for id_ in threads
        for position, tag_id in enumerate(chance.sample(needs, k=2))
    ]
    db.session.execute(sa.delete(ThreadTag).where(ThreadTag.thread_id.in_(threads)))
    db.session.execute(
        sa.update(Thread).where(Thread.id.in_(threads)).values(kind=ThreadKind.PROPOSAL)
    )
    _insert(Proposal, rows)
    _insert(ThreadTag, tags)
    _debate(chance, threads[::2])
    _claim(chance, threads[::4])


def _debate(chance: random.Random, threads: Sequence[int]) -> None:
    """Two events, a condition that two people ask for, and four points that some adopted."""
    now = clock.now()
    users = range(1, _SIZE.users + 1)
    bearings = (Bearing.SUPPORTS, Bearing.OPPOSES, Bearing.SUPPORTS, Bearing.QUESTIONS)
    for number, bearing in enumerate(bearings, 1):
        db.session.execute(
            sa.update(Post)
            .where(Post.thread_id.in_(threads), Post.number == number)
            .values(bearing=bearing)
        )
    points = db.session.scalars(
        sa.select(Post.id).where(Post.thread_id.in_(threads), Post.number.between(1, 2))
    )
    _insert(
        ProposalEvent,
        [
            {
                "thread_id": id_, "at": now, "actor_id": chance.choice(users), "verb": verb,
                "reason": "More is known now.", "values": values, "after_number": 3,
            }
            for id_ in threads
            for verb, values in (("coauthor.joined", {}), ("state", {"to": "gathering"}))
        ],
    )  # fmt: skip
    _insert(
        Condition,
        [
            {
                "id": id_, "thread_id": thread_id, "number": 1, "text": "it is open at night",
                "author_id": 1, "created_at": now,
            }
            for id_, thread_id in enumerate(threads, 1)
        ],
    )  # fmt: skip
    _insert(
        ConditionBacker,
        [
            {"condition_id": id_, "user_id": user_id, "at": now}
            for id_, _ in enumerate(threads, 1)
            for user_id in (1, 2)
        ],
    )
    _insert(
        AdoptedPoint,
        [
            {"post_id": id_, "user_id": user_id, "at": now}
            for id_ in points
            for user_id in chance.sample(users, k=chance.randint(0, 3))
        ],
    )


def _claim(chance: random.Random, threads: Sequence[int]) -> None:
    """A service that may be what the proposal asks for."""
    rows = [
        {
            "thread_id": id_, "service_id": chance.randint(1, SERVICES), "claimed_by_id": 3,
            "note": "It has beds for one night.", "claimed_at": clock.now(),
        }
        for id_ in threads
    ]  # fmt: skip
    _insert(ServiceClaim, rows)


# -- What is asked for -------------------------------------------------------------------------


def _inside(_site: run.Site) -> str:
    """The map of the country that has most places in it."""
    found = db.session.execute(
        sa.select(Place.parent_id, sa.func.count())
        .where(Place.kind == PlaceKind.REGION)
        .group_by(Place.parent_id)
        .order_by(sa.func.count().desc())
    ).first()
    slug = db.session.scalar(sa.select(Place.slug).where(Place.id == (found[0] if found else 0)))
    db.session.rollback()
    return f"/map?place={slug}"


def _paths(site: run.Site, kind: ThreadKind, *, as_member: bool = False) -> list[Request]:
    """Forty threads of a kind that everybody may read."""
    found = db.session.execute(
        sa.select(Thread.id, Thread.slug)
        .where(Thread.kind == kind, Thread.space_id == 1)
        .order_by(Thread.id)
        .limit(40)
    ).all()
    db.session.rollback()
    return [
        Request(
            thread_path(row.id, row.slug),
            (site.members[number % len(site.members)].cookie,) if as_member else (),
        )
        for number, row in enumerate(found)
    ]


def _is_good(results: list[run.Result], unit: float) -> bool:
    costs = {result.page.name: result.load.cpu for result in results}
    good = True
    for result in results:
        if result.page.target is not None:
            good &= result.load.cpu / unit <= result.page.target
        if result.page.name.startswith("map") and result.statements is not None:
            good &= result.statements <= MOST
    for one, other in _PAIRS:
        if one in costs and other in costs:
            ratio = costs[one] / costs[other]
            good &= ratio <= PROPOSAL
            print(f"\n{one}: {ratio:.2f} times {other} (limit {PROPOSAL})")
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--runs", type=int, default=2, help="the one that costs least is shown")
    parser.add_argument("--folder", type=Path, help="keep the filled databases here, and use them")
    parser.add_argument("--pages", default="", help="only pages with this text in their name")
    options = parser.parse_args()
    require_wrk()
    logging.disable(logging.INFO)  # migrations tell every step
    pages = [page for page in PAGES if options.pages in page.name]
    is_good = True
    databases = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    for database in databases:
        with tempfile.TemporaryDirectory(prefix="forum-bench-") as folder:
            kept = (options.folder or Path(folder)).resolve() / database
            kept.mkdir(parents=True, exist_ok=True)
            hello = run.hello_of(options)
            with run.site_of(database, kept, _SIZE) as site:
                if not (kept / "mapped").exists():
                    fill(site.app)
                    (kept / "mapped").touch()
                results = run.results_of(site, pages, options)
        print(f"\n{database}\n\n{run.HEAD}")
        for result in (hello, *results):
            print(run.line_of(result, hello.load.cpu), flush=True)
        is_good &= _is_good(results, hello.load.cpu)
    sys.exit(not is_good)


if __name__ == "__main__":
    main()
