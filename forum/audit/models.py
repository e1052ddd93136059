"""The audit log: append-only (triggers refuse changes) and hash-chained."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, intpk

NEVER = "the audit log cannot be changed"  # what the database says to whoever tries

# One statement each. A migration keeps its own copy, so that it stays what it was.
SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER audit_entry_no_{act} BEFORE {act.upper()} ON audit_entry"
    f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END"
    for act in ("update", "delete")
)
POSTGRESQL_TRIGGERS = (
    f"""
    CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{NEVER}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()
    """,
    """
    CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()
    """,
)
# The triggers of PostgreSQL go with the table, their function does not.
POSTGRESQL_LEFTOVERS = ("DROP FUNCTION IF EXISTS audit_entry_refuse()",)


class AuditEntry(Base):
    """One act. No foreign keys: the entry outlives its actor and its subject."""

    __tablename__ = "audit_entry"

    id: Mapped[intpk]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    verb: Mapped[str] = mapped_column(sa.String(64))
    subject_kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    # In which role the actor acted, in what space and on which case; empty: it was not said.
    role: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")
    space_id: Mapped[int | None]
    case_id: Mapped[int | None]
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)

    __table_args__ = (
        sa.Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),
        sa.Index("ix_audit_entry_actor_id", "actor_id", "id"),
        sa.Index("ix_audit_entry_space_id", "space_id", "id"),
        sa.Index("ix_audit_entry_verb", "verb", "id"),
    )


def _with_the_table(moment: str, dialect: str, statements: tuple[str, ...]) -> None:
    for statement in statements:
        ddl = sa.DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        sa.event.listen(AuditEntry.__table__, moment, ddl)


_with_the_table("after_create", "sqlite", SQLITE_TRIGGERS)
_with_the_table("after_create", "postgresql", POSTGRESQL_TRIGGERS)
_with_the_table("after_drop", "postgresql", POSTGRESQL_LEFTOVERS)
