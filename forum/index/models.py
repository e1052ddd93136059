"""Tables of the index.

The words of threads and comments are in tables that SQLAlchemy does not know: FTS5 on SQLite, a
`tsvector` under GIN on PostgreSQL. They come and go with the table of names.
"""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice

COMMENTS = "comment_words"  # a row for each comment that can be read
THREADS = "thread_words"  # a row for each thread: its title, and that with its opening

# Finished words, parted by spaces: the tokenizer has nothing to decide. Rows keep their text, so
# that they can be checked and taken out. "secure-delete" takes the words of a row out of the index
# at once, where FTS5 would else only note that they are void.
SQLITE_TABLES = (
    f"CREATE VIRTUAL TABLE {COMMENTS} USING fts5(words, tokenize='ascii', columnsize=0)",
    f"INSERT INTO {COMMENTS} ({COMMENTS}, rank) VALUES ('secure-delete', 1)",  # noqa: S608
    f"CREATE VIRTUAL TABLE {THREADS} USING fts5(title, words, tokenize='ascii', columnsize=0)",
    f"INSERT INTO {THREADS} ({THREADS}, rank) VALUES ('secure-delete', 1)",  # noqa: S608
)
POSTGRESQL_TABLES = (
    (
        f"CREATE TABLE {COMMENTS} (id integer NOT NULL CONSTRAINT pk_{COMMENTS} PRIMARY KEY,"
        " words tsvector NOT NULL)"
    ),
    f"CREATE INDEX ix_{COMMENTS}_words ON {COMMENTS} USING gin (words)",
    (
        f"CREATE TABLE {THREADS} (id integer NOT NULL CONSTRAINT pk_{THREADS} PRIMARY KEY,"
        " title tsvector NOT NULL, words tsvector NOT NULL)"
    ),
    f"CREATE INDEX ix_{THREADS}_title ON {THREADS} USING gin (title)",
    f"CREATE INDEX ix_{THREADS}_words ON {THREADS} USING gin (words)",
)
DROPPED = (f"DROP TABLE IF EXISTS {COMMENTS}", f"DROP TABLE IF EXISTS {THREADS}")


class Named(StrEnum):
    TAG = "tag"
    PERSON = "person"
    SERVICE = "service"


class NameWord(Base):
    """A word of a name, folded: what a tag or a person is found by."""

    __tablename__ = "name_word"

    kind: Mapped[Named] = mapped_column(choice(Named, "kind"), primary_key=True)
    # Byte by byte, so that all words with one beginning stand together on both databases.
    word: Mapped[str] = mapped_column(
        sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql"), primary_key=True
    )
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    __table_args__ = (sa.Index("ix_name_word_kind_subject_id", "kind", "subject_id"),)


def is_known(name: str | None, kind: str, _parents: object = None) -> bool:
    """Whether SQLAlchemy knows this part of the database: not those tables, nor FTS5's for them.

    In the form that alembic asks it, so that it does not miss them in the models.
    """
    return kind != "table" or not (name or "").startswith((COMMENTS, THREADS))


def _with_the_table(moment: str, dialect: str, statements: tuple[str, ...]) -> None:
    for statement in statements:
        ddl = sa.DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        sa.event.listen(NameWord.__table__, moment, ddl)


_with_the_table("after_create", "sqlite", SQLITE_TABLES)
_with_the_table("after_create", "postgresql", POSTGRESQL_TABLES)
_with_the_table("before_drop", "sqlite", DROPPED)
_with_the_table("before_drop", "postgresql", DROPPED)
