"""Reports, cases, decisions, sanctions, appeals, the inbox, and words that are watched."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (
    "sealed_text",
    "appeal",
    "report",
    "decision",
    "case_event",
    "watched_word",
    "sanction",
    "notification",
    "moderation_case",
    "exposure",
    "decision_reason",
)
INDEXED = ("actor_id", "space_id", "verb")  # of audit_entry


def upgrade() -> None:
    op.create_table(
        "decision_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("name_es", sa.String(length=100), nullable=False),
        sa.Column("text_en", sa.String(length=2000), nullable=False),
        sa.Column("text_es", sa.String(length=2000), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_reason")),
    )
    op.create_table(
        "exposure",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_exposure_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_exposure")),
    )
    op.create_table(
        "moderation_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "post",
                "member",
                "suggestion",
                name="subject_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column(
            "lane",
            sa.Enum(
                "privacy",
                "wellbeing",
                "appeals",
                "waiting",
                "rules",
                name="lane",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "in_review",
                "waiting_for_author",
                "escalated",
                "actioned",
                "no_action",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "is_open",
            sa.Boolean(),
            sa.Computed(
                "state IN ('new', 'in_review', 'waiting_for_author', 'escalated')", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("is_graphic", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("subject_revision", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_human_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("report_count >= 0", name=op.f("ck_moderation_case_report_count")),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_moderation_case_weight")),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["user_account.id"],
            name=op.f("fk_moderation_case_assignee_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_moderation_case_author_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_moderation_case_space_id_space")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_case")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", name=op.f("uq_moderation_case_subject_kind_subject_id")
        ),
    )
    op.create_index(op.f("ix_moderation_case_assignee_id"), "moderation_case", ["assignee_id"])
    op.create_index(op.f("ix_moderation_case_author_id"), "moderation_case", ["author_id"])
    op.create_index(
        "ix_moderation_case_lane", "moderation_case", ["is_open", "lane", "due_at", "id"]
    )
    op.create_index("ix_moderation_case_queue", "moderation_case", ["is_open", "due_at", "id"])
    op.create_index(op.f("ix_moderation_case_space_id"), "moderation_case", ["space_id"])

    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_notification_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "user_id",
            "subject_kind",
            "subject_id",
            "kind",
            name=op.f("uq_notification_user_id_subject_kind_subject_id_kind"),
        ),
    )
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["user_id"],
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "ix_notification_user_id_created_at", "notification", ["user_id", "created_at", "id"]
    )

    op.create_table(
        "sanction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "notice",
                "slow",
                "hold",
                "mute",
                "suspend",
                "exclude",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["user_account.id"],
            name=op.f("fk_sanction_given_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"],
            ["user_account.id"],
            name=op.f("fk_sanction_lifted_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_sanction_space_id_space")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sanction_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
    )
    op.create_index(op.f("ix_sanction_decision_id"), "sanction", ["decision_id"])
    op.create_index(op.f("ix_sanction_given_by_id"), "sanction", ["given_by_id"])
    op.create_index(op.f("ix_sanction_lifted_by_id"), "sanction", ["lifted_by_id"])
    op.create_index(op.f("ix_sanction_space_id"), "sanction", ["space_id"])
    op.create_index(
        "ix_sanction_standing",
        "sanction",
        ["user_id", "ends_at"],
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index("ix_sanction_user_id_starts_at", "sanction", ["user_id", "starts_at"])

    op.create_table(
        "watched_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phrase", sa.String(length=200), nullable=False),
        sa.Column("is_pattern", sa.Boolean(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "hold",
                "cover",
                "refuse",
                "alert",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["user_account.id"],
            name=op.f("fk_watched_word_added_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"],
            ["space.id"],
            name=op.f("fk_watched_word_space_id_space"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched_word")),
    )
    op.create_index(op.f("ix_watched_word_added_by_id"), "watched_word", ["added_by_id"])
    op.create_index(op.f("ix_watched_word_space_id"), "watched_word", ["space_id"])

    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["user_account.id"],
            name=op.f("fk_case_event_actor_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["moderation_case.id"], name=op.f("fk_case_event_case_id_moderation_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index(op.f("ix_case_event_actor_id"), "case_event", ["actor_id"])
    op.create_index(op.f("ix_case_event_case_id"), "case_event", ["case_id"])

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["moderation_case.id"], name=op.f("fk_decision_case_id_moderation_case")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_decision_decided_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"],
            ["decision_reason.id"],
            name=op.f("fk_decision_reason_id_decision_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["user_account.id"],
            name=op.f("fk_decision_undone_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_case_id"), "decision", ["case_id"])
    op.create_index(op.f("ix_decision_decided_by_id"), "decision", ["decided_by_id"])
    op.create_index(op.f("ix_decision_reason_id"), "decision", ["reason_id"])
    op.create_index(op.f("ix_decision_undone_by_id"), "decision", ["undone_by_id"])

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "identifies",
                "worried",
                "blames",
                "recruits",
                "graphic",
                "harasses",
                "spam",
                "off_topic",
                "other",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("replied_before", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "upheld",
                "not_upheld",
                "unfounded",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["moderation_case.id"], name=op.f("fk_report_case_id_moderation_case")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["user_account.id"],
            name=op.f("fk_report_reporter_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index("ix_report_reporter_id_created_at", "report", ["reporter_id", "created_at"])
    op.create_index("ix_report_case_id_state", "report", ["case_id", "state"])
    op.create_index(
        "uq_report_open",
        "report",
        ["case_id", "reporter_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "upheld",
                "changed",
                "reversed",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_appeal_author_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_appeal_decided_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_appeal_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeal_decision_id")),
    )
    op.create_index(op.f("ix_appeal_author_id"), "appeal", ["author_id"])
    op.create_index(op.f("ix_appeal_decided_by_id"), "appeal", ["decided_by_id"])

    op.create_table(
        "sealed_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_sealed_text_asked_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_sealed_text_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_text")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_sealed_text_decision_id")),
    )
    op.create_index(op.f("ix_sealed_text_asked_by_id"), "sealed_text", ["asked_by_id"])
    op.create_index(op.f("ix_sealed_text_expires_at"), "sealed_text", ["expires_at"])

    # Added, not copied to a new table: on SQLite its triggers would not come along.
    op.add_column(
        "audit_entry", sa.Column("role", sa.String(length=32), server_default="", nullable=False)
    )
    op.add_column("audit_entry", sa.Column("space_id", sa.Integer(), nullable=True))
    op.add_column("audit_entry", sa.Column("case_id", sa.Integer(), nullable=True))
    for column in INDEXED:
        op.create_index(f"ix_audit_entry_{column}", "audit_entry", [column, "id"])

    with op.batch_alter_table("space") as space:
        space.add_column(sa.Column("hide_at", sa.Integer(), server_default="3", nullable=False))
        space.add_column(sa.Column("hold_first", sa.Integer(), server_default="0", nullable=False))
        space.create_check_constraint(op.f("ck_space_hide_at"), "hide_at BETWEEN 1 AND 20")
        space.create_check_constraint(op.f("ck_space_hold_first"), "hold_first BETWEEN 0 AND 3")
    op.add_column(
        "thread", sa.Column("slow_minutes", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("thread", sa.Column("slow_until", sa.DateTime(timezone=True), nullable=True))
    _allow_states("published", "waiting", "withdrawn", "removed")


def downgrade() -> None:
    # What waits is out of sight; an earlier version knows no other state for that.
    op.execute("UPDATE post SET state = 'removed' WHERE state = 'waiting'")
    _allow_states("published", "withdrawn", "removed")
    op.drop_column("thread", "slow_until")
    op.drop_column("thread", "slow_minutes")
    with op.batch_alter_table("space") as space:
        space.drop_constraint(op.f("ck_space_hold_first"), type_="check")
        space.drop_constraint(op.f("ck_space_hide_at"), type_="check")
        space.drop_column("hold_first")
        space.drop_column("hide_at")
    for column in INDEXED:
        op.drop_index(f"ix_audit_entry_{column}", "audit_entry")
    for column in ("case_id", "space_id", "role"):
        op.drop_column("audit_entry", column)
    for table in TABLES:
        op.drop_table(table)


def _allow_states(*states: str) -> None:
    allowed = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("post") as post:
        post.drop_constraint(op.f("ck_post_state"), type_="check")
        post.create_check_constraint(op.f("ck_post_state"), f"state IN ({allowed})")
