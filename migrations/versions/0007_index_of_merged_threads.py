"""The index of merged threads holds merged threads alone."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME = "ix_thread_merged_into_id"
_MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    op.drop_index(_NAME, table_name="thread")
    op.create_index(
        _NAME, "thread", ["merged_into_id"], sqlite_where=_MERGED, postgresql_where=_MERGED
    )


def downgrade() -> None:
    op.drop_index(_NAME, table_name="thread")
    op.create_index(_NAME, "thread", ["merged_into_id"])
