"""Fills an empty database with the bench's data set: the same rows for the same size, every time.

    python bench/data.py --database-url sqlite:////tmp/bench.sqlite3

Rows go in by bulk through the models' tables, with the paths, numbers and counters that the
actions would have given them: `forum doctor` finds nothing to mend.
"""

import argparse
import random
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask

from forum import setup
from forum.accounts.models import User
from forum.app import create_app
from forum.core.db import Base, db, transaction
from forum.core.markup import Links, Rendered, render
from forum.core.text import slug
from forum.posts import paths
from forum.posts.models import Agreement, Mention, Post
from forum.search.actions import rebuild
from forum.spaces.models import Circle, Membership, Space, SpaceRole, Visibility
from forum.tags.models import Tag
from forum.threads.models import Reading, Thread, ThreadKind, ThreadTag

SEED = 20_110_324
_START = datetime(2024, 1, 8, 9, tzinfo=UTC)
_DAYS = 600  # over which the threads were opened
_THREAD_MINUTES = 8_000  # what the comments of a thread share for the time between them
_BATCH = 2_000  # rows of one statement
_TEXTS = 300
_WORDS_PER_TEXT = 60
_DEEPEST = 5
_REPLIES = 0.6  # of all comments answer another comment

_SPACES = (
    ("open-floor", "Open floor", Visibility.PUBLIC, 3),
    ("housing-circle", "Housing circle", Visibility.PUBLIC, 2),
    ("work-and-learning", "Work and learning", Visibility.PUBLIC, 2),
    ("members-room", "Members' room", Visibility.MEMBERS, 1),
    ("spring-course", "Spring course", Visibility.PRIVATE, 1),
)
_COMMONS_SHARE = 6  # of all shares: most threads stand in the space that exists from the start
_EXTRA_TAGS = (
    "translation",
    "transport",
    "childcare",
    "legal advice",
    "savings",
    "safety plans",
    "volunteers",
)
_PROSE = (
    "people need time and a quiet place before any plan can hold the first weeks are about sleep"
    " food a door that locks and somebody who calls back after that come papers work school and"
    " the way home each programme should say what it offers for how long and to whom so that"
    " nobody has to ask twice we could list the gaps agree on two or three and bring them to the"
    " next meeting with names of those who will carry them a shared calendar would help staff see"
    " which evenings are covered and which are not most of this costs little but it must be kept"
)
WORDS = tuple(_PROSE.split())
COMMON_WORD = "people"  # in a third of all texts
RARE_WORD = "lighthouse"
_RARELY = 20_000  # one post of so many has it


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is; one thread more has `long_thread` comments."""

    users: int = 200
    tags: int = 20
    threads: int = 2_000
    comments: int = 20  # of each thread
    long_thread: int = 10_000


SMALL = Size()
LARGE = Size(threads=20_000)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A post before its row is made."""

    id: int
    author_id: int
    at: datetime
    number: int = 0
    path: str = ""
    parent_id: int | None = None
    question: str = ""
    is_question: bool = False
    agreements: int = 0


class _Writer:
    """Collects rows and writes them in batches; tables are written in the order of first use."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows: dict[sa.Table, list[dict[str, Any]]] = {}

    def add(self, model: type[Base], **values: Any) -> None:
        rows = self._rows.setdefault(cast("sa.Table", model.__table__), [])
        rows.append(values)
        if len(rows) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        for table, rows in self._rows.items():
            if rows:
                self._connection.execute(sa.insert(table), rows)
                rows.clear()


def fill(app: Flask, size: Size) -> None:
    """Migrate the application's empty database and fill it; raises ValueError when it holds people.

    The long thread is the last one: its id is `size.threads` + 1.
    """
    with app.app_context():
        setup.upgrade()
        setup.plant()
        with transaction():
            if db.session.scalar(sa.select(sa.func.count()).select_from(User)):
                raise ValueError("the database is not empty")
            _Filling(db.session.connection(), size).run()
        rebuild()
        if db.engine.dialect.name == "postgresql":
            _settle(db.engine)


def _settle(engine: sa.Engine) -> None:
    """Do now what PostgreSQL would otherwise do in the background of the measurement."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
        connection.execute(sa.text("CHECKPOINT"))


class _Filling:
    """One filling; all chance comes from one seeded source."""

    def __init__(self, connection: sa.Connection, size: Size) -> None:
        self._connection = connection
        self._size = size
        self._random = random.Random(SEED)
        self._writer = _Writer(connection)
        self._texts = tuple(_texts(self._random))
        rare = f"{' '.join(WORDS[:_WORDS_PER_TEXT])} and a {RARE_WORD}."
        self._rare_text = (rare, render(rare))
        self._users = range(1, size.users + 1)
        self._next_post = 1
        self._answers: list[dict[str, int]] = []

    def run(self) -> None:
        self._add_users()
        spaces = self._add_spaces()
        tags = self._add_tags()
        self._writer.flush()
        for thread_id in range(1, self._size.threads + 1):
            self._add_thread(thread_id, self._random.choice(spaces), tags, self._size.comments)
        self._add_thread(self._size.threads + 1, spaces[0], tags, self._size.long_thread)
        self._writer.flush()
        self._link_answers()
        self._move_sequences()

    def _add_users(self) -> None:
        for id_ in self._users:
            name = _username(id_)
            self._writer.add(
                User,
                id=id_,
                username=name,
                username_key=name,
                username_skeleton=name,
                display_name=f"Member {id_}",
                created_at=_START - timedelta(days=100) + timedelta(hours=id_),
            )

    def _add_spaces(self) -> list[int]:
        """Ids of spaces, each as often as its share of threads; Commons comes first."""
        commons = self._connection.execute(
            sa.select(Space.id).where(Space.slug == "commons")
        ).scalar_one()
        shares = [commons] * _COMMONS_SHARE
        for id_, (slug_, name, visibility, share) in enumerate(_SPACES, start=commons + 1):
            self._writer.add(
                Space,
                id=id_,
                slug=slug_,
                name=name,
                visibility=visibility,
                who_starts=Circle.EVERYONE,
                who_comments=Circle.EVERYONE,
                created_at=_START,
            )
            shares.extend([id_] * share)
            for user_id in self._users[:: 2 if visibility is Visibility.PRIVATE else 4]:
                role = SpaceRole.FACILITATOR if user_id == 1 else SpaceRole.MEMBER
                self._writer.add(
                    Membership, space_id=id_, user_id=user_id, role=role, joined_at=_START
                )
        return shares

    def _add_tags(self) -> list[int]:
        ids = list(
            self._connection.execute(
                sa.select(Tag.id).where(Tag.merged_into_id.is_(None)).order_by(Tag.id)
            ).scalars()
        )[: self._size.tags]
        first = max(ids, default=0) + 1
        for id_, name in enumerate(_EXTRA_TAGS[: self._size.tags - len(ids)], start=first):
            self._writer.add(
                Tag,
                id=id_,
                slug=slug(name),
                name=name.capitalize(),
                position=id_,
                created_at=_START,
            )
            ids.append(id_)
        return ids

    def _add_thread(self, id_: int, space_id: int, tags: list[int], comments: int) -> None:
        chance = self._random
        at = _START + timedelta(minutes=chance.randrange(_DAYS * 24 * 60))
        is_prompt = id_ % 10 == 0
        title = " ".join(chance.choices(WORDS, k=7)).capitalize()
        question = "What would you add?" if is_prompt else ""
        opening = _Draft(self._next_post, chance.choice(self._users), at, question=question)
        posts, open_questions = self._thread_posts(opening, comments)
        self._next_post += len(posts)
        self._writer.add(
            Thread,
            id=id_,
            space_id=space_id,
            kind=ThreadKind.PROMPT if is_prompt else ThreadKind.DISCUSSION,
            title=title,
            slug=slug(title),
            author_id=opening.author_id,
            created_at=at,
            last_activity_at=posts[-1].at,
            last_author_id=posts[-1].author_id,
            last_number=comments,
            comment_count=comments,
            open_question_count=open_questions,
            is_pinned=id_ % 500 == 0,
        )
        chosen = chance.sample(tags, k=min(chance.randint(1, 3), len(tags)))
        for position, tag_id in enumerate(chosen):
            self._writer.add(ThreadTag, thread_id=id_, tag_id=tag_id, position=position)
        for post in posts:
            self._add_post(id_, post)
        for user_id in chance.sample(self._users, k=min(3, len(self._users))):
            self._writer.add(
                Reading,
                user_id=user_id,
                thread_id=id_,
                read_to=chance.randint(0, comments),
                at=at + timedelta(days=2),
            )

    def _thread_posts(self, opening: _Draft, count: int) -> tuple[list[_Draft], int]:
        """The opening and its comments in order of their ids, and how many questions stay open."""
        chance = self._random
        posts = [opening]
        open_questions: set[int] = set()
        at = opening.at
        slowest = max(6, _THREAD_MINUTES // max(count, 1))
        for number in range(1, count + 1):
            at += timedelta(minutes=chance.randint(5, slowest))
            parent = chance.choice(posts[-30:]) if chance.random() < _REPLIES else opening
            if paths.depth(parent.path) >= _DEEPEST:
                parent = opening
            post = _Draft(
                id=opening.id + number,
                author_id=chance.choice(self._users),
                at=at,
                number=number,
                path=paths.below(parent.path, number),
                parent_id=parent.id if parent is not opening else None,
                is_question=chance.random() < 0.1,
                agreements=chance.choice((0, 0, 0, 0, 0, 0, 1, 1, 2, 3)),
            )
            posts.append(post)
            if post.is_question:
                open_questions.add(post.id)
            if parent.id in open_questions and chance.random() < 0.5:
                open_questions.remove(parent.id)
                self._answers.append({"question_post": parent.id, "answer_post": post.id})
        return posts, len(open_questions)

    def _add_post(self, thread_id: int, post: _Draft) -> None:
        chance = self._random
        source, rendered = chance.choice(self._texts)
        if post.id % _RARELY == 0:
            source, rendered = self._rare_text
        self._writer.add(
            Post,
            id=post.id,
            thread_id=thread_id,
            number=post.number,
            author_id=post.author_id,
            parent_id=post.parent_id,
            path=post.path,
            depth=paths.depth(post.path),
            source=source,
            question=post.question,
            html=str(rendered.html),
            render_version=rendered.version,
            is_question=post.is_question,
            agreement_count=post.agreements,
            created_at=post.at,
            written_in_id=thread_id,
        )
        for key in rendered.mentions:
            user_id = int(key.removeprefix("member"))
            self._writer.add(Mention, post_id=post.id, user_id=user_id)
        users = self._size.users
        for step in chance.sample(range(users - 1), k=post.agreements):  # anybody but the author
            user_id = (post.author_id + step) % users + 1
            self._writer.add(
                Agreement, post_id=post.id, user_id=user_id, created_at=post.at + timedelta(hours=1)
            )

    def _link_answers(self) -> None:
        """Afterwards: an answer is a later row than its question."""
        statement = (
            sa.update(Post)
            .where(Post.id == sa.bindparam("question_post"))
            .values(answer_id=sa.bindparam("answer_post"))
        )
        for batch in _batches(self._answers):
            self._connection.execute(statement, batch)

    def _move_sequences(self) -> None:
        """Ids were given out by hand here; PostgreSQL's own must go on after them."""
        if self._connection.dialect.name != "postgresql":
            return
        for table in ("user_account", "space", "tag", "thread", "post"):
            self._connection.execute(
                sa.text(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )
            )


def _batches(rows: Iterable[Any]) -> Iterable[list[Any]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _username(number: int) -> str:
    return f"member{number}"


def _texts(chance: random.Random) -> Iterable[tuple[str, Rendered]]:
    """Distinct texts of about sixty words, with what real ones hold: names, links, lists."""
    for number in range(_TEXTS):
        words = chance.choices(WORDS, k=_WORDS_PER_TEXT)
        name = _username(chance.randint(1, 9))
        words[5] = f"**{words[5]}**"
        words[20] += "."
        words[40] += ".\n\n"
        if number % 3 == 0:
            words[0] = f"@{name}"
        if number % 7 == 0:
            words[30] = "https://example.org/services"
        source = " ".join(words).replace("\n\n ", "\n\n") + "."
        if number % 5 == 0:
            source += "\n\n- first this\n- then that"
        yield source, render(source, links=Links(people={name: name}))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--large", action="store_true", help="ten times the threads and comments")
    parser.add_argument("--threads", type=int, help="another number of threads")
    parser.add_argument("--long-thread", type=int, help="another length of the long thread")
    options = parser.parse_args()
    size = LARGE if options.large else SMALL
    size = Size(
        threads=options.threads or size.threads,
        long_thread=options.long_thread or size.long_thread,
    )
    app = create_app(
        {"DATABASE_URL": options.database_url, "SECRET_KEY": secrets.token_urlsafe(48)}
    )
    started = time.perf_counter()
    try:
        fill(app, size)
    except ValueError as error:
        raise SystemExit(f"{error}") from None
    print(f"{size.threads + 1} threads in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
