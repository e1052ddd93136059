"""The index of words and names, and searches that members keep."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


SQLITE_TABLES = (
    "CREATE VIRTUAL TABLE comment_words USING fts5(words, tokenize='ascii', columnsize=0)",
    "INSERT INTO comment_words (comment_words, rank) VALUES ('secure-delete', 1)",
    "CREATE VIRTUAL TABLE thread_words USING fts5(title, words, tokenize='ascii', columnsize=0)",
    "INSERT INTO thread_words (thread_words, rank) VALUES ('secure-delete', 1)",
)
POSTGRESQL_TABLES = (
    (
        "CREATE TABLE comment_words (id integer NOT NULL CONSTRAINT pk_comment_words PRIMARY KEY,"
        " words tsvector NOT NULL)"
    ),
    "CREATE INDEX ix_comment_words_words ON comment_words USING gin (words)",
    (
        "CREATE TABLE thread_words (id integer NOT NULL CONSTRAINT pk_thread_words PRIMARY KEY,"
        " title tsvector NOT NULL, words tsvector NOT NULL)"
    ),
    "CREATE INDEX ix_thread_words_title ON thread_words USING gin (title)",
    "CREATE INDEX ix_thread_words_words ON thread_words USING gin (words)",
)


def upgrade() -> None:
    op.create_table(
        "name_word",
        sa.Column(
            "kind",
            sa.Enum(
                "tag", "person", name="kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "word",
            sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "word", "subject_id", name=op.f("pk_name_word")),
    )
    op.create_index("ix_name_word_kind_subject_id", "name_word", ["kind", "subject_id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TABLES if is_sqlite else POSTGRESQL_TABLES:
        op.execute(statement)
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.String(300), nullable=False),
        sa.Column("seen_post_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_saved_search_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_search_user_id_name")),
    )


def downgrade() -> None:
    op.drop_table("saved_search")
    op.execute("DROP TABLE comment_words")
    op.execute("DROP TABLE thread_words")
    op.drop_table("name_word")
