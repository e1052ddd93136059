"""Claims and answers on proposals can be reported, removed and brought back."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SUBJECTS = ("post", "member", "suggestion", "service", "context_note")
NEW = ("claim", "answer")
CLAIM_STANDS = sa.text("removed_at IS NULL AND state <> 'withdrawn'")
ANSWER_STANDS = sa.text("state = 'standing'")


def upgrade() -> None:
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "state",
                sa.Enum(
                    "standing",
                    "withdrawn",
                    "removed",
                    name="state",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                server_default="standing",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("state_reason", sa.String(length=500), server_default="", nullable=False)
        )
        batch_op.drop_constraint(batch_op.f("uq_answer_thread_id_author_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_answer_thread_id"), ["thread_id"], unique=False)
        batch_op.create_index(
            "uq_answer_standing",
            ["thread_id", "author_id"],
            unique=True,
            sqlite_where=ANSWER_STANDS,
            postgresql_where=ANSWER_STANDS,
        )

    with op.batch_alter_table("service_claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("removed_reason", sa.String(length=500), server_default="", nullable=False)
        )
        batch_op.drop_constraint(
            batch_op.f("uq_service_claim_thread_id_service_id"), type_="unique"
        )
        batch_op.create_index(batch_op.f("ix_service_claim_thread_id"), ["thread_id"], unique=False)
        batch_op.create_index(
            "uq_service_claim_standing",
            ["thread_id", "service_id"],
            unique=True,
            sqlite_where=CLAIM_STANDS,
            postgresql_where=CLAIM_STANDS,
        )

    _allow_subjects(*SUBJECTS, *NEW)


def downgrade() -> None:
    # An earlier version would show what was removed, and knows one row where there may be more.
    op.execute("DELETE FROM answer WHERE state <> 'standing'")
    op.execute("DELETE FROM service_claim WHERE removed_at IS NOT NULL")
    op.execute(
        "DELETE FROM service_claim WHERE state = 'withdrawn' AND EXISTS ("
        " SELECT 1 FROM service_claim AS other WHERE other.thread_id = service_claim.thread_id"
        " AND other.service_id = service_claim.service_id AND other.id <> service_claim.id"
        " AND (other.state <> 'withdrawn' OR other.id > service_claim.id))"
    )
    _forget_cases()
    _allow_subjects(*SUBJECTS)

    with op.batch_alter_table("service_claim", schema=None) as batch_op:
        batch_op.drop_index("uq_service_claim_standing")
        batch_op.drop_index(batch_op.f("ix_service_claim_thread_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_service_claim_thread_id_service_id"), ["thread_id", "service_id"]
        )
        batch_op.drop_column("removed_reason")
        batch_op.drop_column("removed_at")

    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index("uq_answer_standing")
        batch_op.drop_index(batch_op.f("ix_answer_thread_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_answer_thread_id_author_id"), ["thread_id", "author_id"]
        )
        batch_op.drop_constraint(op.f("ck_answer_state"), type_="check")
        batch_op.drop_column("state_reason")
        batch_op.drop_column("state")


def _forget_cases() -> None:
    """Delete the cases about what is going away, with all that hangs on them."""
    cases = sa.table("moderation_case", sa.column("id"), sa.column("subject_kind"))
    gone = sa.select(cases.c.id).where(cases.c.subject_kind.in_(NEW))
    decision = _of("decision", "case_id")
    decided = sa.select(decision.c.id).where(decision.c.case_id.in_(gone))
    for name in ("sealed_text", "appeal"):
        table = _of(name, "decision_id")
        op.execute(sa.delete(table).where(table.c.decision_id.in_(decided)))
    for name in ("report", "decision", "case_event"):
        table = _of(name, "case_id")
        op.execute(sa.delete(table).where(table.c.case_id.in_(gone)))
    op.execute(sa.delete(cases).where(cases.c.id.in_(gone)))


def _of(name: str, column: str) -> sa.TableClause:
    return sa.table(name, sa.column("id"), sa.column(column))


def _allow_subjects(*values: str) -> None:
    """On SQLite by hand: batch mode would copy into the column that the table computes."""
    if op.get_bind().dialect.name != "sqlite":
        _allow("moderation_case", "subject_kind", *values)
        return
    schema = sa.table("sqlite_master", *map(sa.column, ("type", "name", "tbl_name", "sql")))
    of_table = sa.select(schema.c.sql).where(schema.c.tbl_name == "moderation_case")
    bind = op.get_bind()
    made = bind.scalar(of_table.where(schema.c.type == "table"))
    indexes = bind.scalars(
        of_table.where(schema.c.type == "index", schema.c.sql.is_not(None))
    ).all()
    columns = ", ".join(
        row[1] for row in bind.exec_driver_sql("PRAGMA table_info(moderation_case)")
    )
    allowed = ", ".join(f"'{value}'" for value in values)
    made = re.sub(r"subject_kind IN \([^)]*\)", f"subject_kind IN ({allowed})", made)
    made = re.sub(r"^CREATE TABLE \S+", "CREATE TABLE moderation_case_anew", made)
    op.execute(made)
    op.execute(
        f"INSERT INTO moderation_case_anew ({columns}) SELECT {columns} FROM moderation_case"  # noqa: S608 - names of columns
    )
    op.drop_table("moderation_case")
    op.rename_table("moderation_case_anew", "moderation_case")
    for index in indexes:
        op.execute(index)


def _allow(table: str, column: str, *values: str) -> None:
    allowed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({allowed})")
