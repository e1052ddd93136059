"""Find the comments that bear on a proposal without reading all of its thread."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_post_points",
        "post",
        ["thread_id", "number"],
        sqlite_where=sa.text("bearing IS NOT NULL"),
        postgresql_where=sa.text("bearing IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_post_points", table_name="post")
