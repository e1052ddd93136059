"""Proposals and the debate about them, services, places, badges, context notes, briefs."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

THREADS = ("prompt", "discussion")
SUBJECTS = ("post", "member", "suggestion")
NAMES = ("tag", "person")


def upgrade() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "country",
                "region",
                "town",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("country_code", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["place.id"], name=op.f("fk_place_parent_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("parent_id", "name_key", name=op.f("uq_place_parent_id_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_place_slug")),
    )
    op.create_index(op.f("ix_place_country_code"), "place", ["country_code"], unique=False)

    op.create_table(
        "badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "practitioner",
                "facilitator",
                "moderator",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("work", sa.String(length=200), nullable=False),
        sa.Column("proof_url", sa.String(length=500), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "refused",
                "active",
                "ended",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_words", sa.String(length=1000), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_badge_decided_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_badge_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
    )
    op.create_index(op.f("ix_badge_decided_by_id"), "badge", ["decided_by_id"], unique=False)
    op.create_index(
        "ix_badge_state_requested_at", "badge", ["state", "requested_at", "id"], unique=False
    )
    op.create_index("ix_badge_user_id_state", "badge", ["user_id", "state"], unique=False)

    op.create_table(
        "brief",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("introduction", sa.String(length=2000), nullable=False),
        sa.Column("thread_ids", sa.JSON(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_brief_author_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief")),
    )
    op.create_index(op.f("ix_brief_author_id"), "brief", ["author_id"], unique=False)
    op.create_index("ix_brief_published_at", "brief", ["published_at", "id"], unique=False)

    op.create_table(
        "brief_proposal",
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"],
            ["brief.id"],
            name=op.f("fk_brief_proposal_brief_id_brief"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_brief_proposal_thread_id_thread")
        ),
        sa.PrimaryKeyConstraint("brief_id", "thread_id", name=op.f("pk_brief_proposal")),
    )
    op.create_index(
        op.f("ix_brief_proposal_thread_id"), "brief_proposal", ["thread_id"], unique=False
    )

    op.create_table(
        "lived_experience",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_lived_experience_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_lived_experience")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("offers", sa.String(length=2000), nullable=False),
        sa.Column("eligibility", sa.String(length=2000), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("cost", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("safe_contact", sa.String(length=500), nullable=False),
        sa.Column("known_from", sa.String(length=500), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "suggested",
                "listed",
                "retired",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("suggested_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["suggested_by_id"],
            ["user_account.id"],
            name=op.f("fk_service_suggested_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"],
            ["user_account.id"],
            name=op.f("fk_service_verified_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("external_id", name=op.f("uq_service_external_id")),
    )
    op.create_index("ix_service_state_name", "service", ["state", "name", "id"], unique=False)
    op.create_index(
        "ix_service_state_verified_at", "service", ["state", "verified_at"], unique=False
    )
    op.create_index(
        op.f("ix_service_suggested_by_id"), "service", ["suggested_by_id"], unique=False
    )
    op.create_index(op.f("ix_service_verified_by_id"), "service", ["verified_by_id"], unique=False)

    op.create_table(
        "service_need",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_need_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_service_need_tag_id_tag")),
        sa.PrimaryKeyConstraint("service_id", "tag_id", name=op.f("pk_service_need")),
    )
    op.create_index(op.f("ix_service_need_tag_id"), "service_need", ["tag_id"], unique=False)

    op.create_table(
        "service_place",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_service_place_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_place_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "place_id", name=op.f("pk_service_place")),
    )
    op.create_index(op.f("ix_service_place_place_id"), "service_place", ["place_id"], unique=False)

    op.create_table(
        "service_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["user_account.id"],
            name=op.f("fk_service_version_changed_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_version_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_version")),
        sa.UniqueConstraint(
            "service_id", "number", name=op.f("uq_service_version_service_id_number")
        ),
    )
    op.create_index(
        op.f("ix_service_version_changed_by_id"), "service_version", ["changed_by_id"], unique=False
    )

    op.create_table(
        "summary_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column(
            "section",
            sa.Enum(
                "agreed",
                "conditions",
                "questions",
                "exists",
                name="section",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=40), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edited_by_id"],
            ["user_account.id"],
            name=op.f("fk_summary_line_edited_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["thread.id"],
            name=op.f("fk_summary_line_thread_id_thread"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_line")),
        sa.UniqueConstraint(
            "thread_id",
            "section",
            "source_key",
            name=op.f("uq_summary_line_thread_id_section_source_key"),
        ),
    )
    op.create_index(
        op.f("ix_summary_line_edited_by_id"), "summary_line", ["edited_by_id"], unique=False
    )

    op.create_table(
        "adopted_point",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_adopted_point_post_id_post"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_adopted_point_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_adopted_point")),
    )
    op.create_index(op.f("ix_adopted_point_user_id"), "adopted_point", ["user_id"], unique=False)

    op.create_table(
        "context_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("badge_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "published",
                "withdrawn",
                "removed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(length=500), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_context_note_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["badge_id"],
            ["badge.id"],
            name=op.f("fk_context_note_badge_id_badge"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_context_note_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_context_note")),
    )
    op.create_index(
        "ix_context_note_author_id_created_at",
        "context_note",
        ["author_id", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_context_note_badge_id"), "context_note", ["badge_id"], unique=False)
    op.create_index(op.f("ix_context_note_post_id"), "context_note", ["post_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("thread_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "gathering",
                "refining",
                "adopted",
                "exists",
                "merged",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(length=500), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("raised_from_id", sa.Integer(), nullable=True),
        sa.Column("agree_count", sa.Integer(), nullable=False),
        sa.Column("agree_if_count", sa.Integer(), nullable=False),
        sa.Column("unsure_count", sa.Integer(), nullable=False),
        sa.Column("disagree_count", sa.Integer(), nullable=False),
        sa.Column("concern_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("agree_count >= 0", name=op.f("ck_proposal_agree_count")),
        sa.CheckConstraint("agree_if_count >= 0", name=op.f("ck_proposal_agree_if_count")),
        sa.CheckConstraint("concern_count >= 0", name=op.f("ck_proposal_concern_count")),
        sa.CheckConstraint("disagree_count >= 0", name=op.f("ck_proposal_disagree_count")),
        sa.CheckConstraint("unsure_count >= 0", name=op.f("ck_proposal_unsure_count")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["thread.id"], name=op.f("fk_proposal_merged_into_id_thread")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_proposal_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["raised_from_id"],
            ["post.id"],
            name=op.f("fk_proposal_raised_from_id_post"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_proposal_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["thread.id"],
            name=op.f("fk_proposal_thread_id_thread"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_proposal")),
    )
    op.create_index(
        op.f("ix_proposal_merged_into_id"), "proposal", ["merged_into_id"], unique=False
    )
    op.create_index(op.f("ix_proposal_place_id"), "proposal", ["place_id"], unique=False)
    op.create_index(
        op.f("ix_proposal_raised_from_id"), "proposal", ["raised_from_id"], unique=False
    )
    op.create_index(op.f("ix_proposal_service_id"), "proposal", ["service_id"], unique=False)
    op.create_index("ix_proposal_state_place_id", "proposal", ["state", "place_id"], unique=False)

    op.create_table(
        "quote_consent",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "given",
                "refused",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_quote_consent_asked_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_quote_consent_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_quote_consent")),
    )
    op.create_index(
        op.f("ix_quote_consent_asked_by_id"), "quote_consent", ["asked_by_id"], unique=False
    )

    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("badge_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("render_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_answer_author_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badge.id"], name=op.f("fk_answer_badge_id_badge"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["proposal.thread_id"],
            name=op.f("fk_answer_thread_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("thread_id", "author_id", name=op.f("uq_answer_thread_id_author_id")),
    )
    op.create_index(op.f("ix_answer_author_id"), "answer", ["author_id"], unique=False)
    op.create_index(op.f("ix_answer_badge_id"), "answer", ["badge_id"], unique=False)

    op.create_table(
        "carry",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "carried",
                "left",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["into_id"], ["thread.id"], name=op.f("fk_carry_into_id_thread")),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["proposal.thread_id"],
            name=op.f("fk_carry_thread_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_carry_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("thread_id", "user_id", name=op.f("pk_carry")),
    )
    op.create_index(op.f("ix_carry_into_id"), "carry", ["into_id"], unique=False)
    op.create_index(op.f("ix_carry_user_id"), "carry", ["user_id"], unique=False)

    op.create_table(
        "coauthor",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "accepted",
                "declined",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["user_account.id"],
            name=op.f("fk_coauthor_invited_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["proposal.thread_id"],
            name=op.f("fk_coauthor_thread_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_coauthor_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("thread_id", "user_id", name=op.f("pk_coauthor")),
    )
    op.create_index(op.f("ix_coauthor_invited_by_id"), "coauthor", ["invited_by_id"], unique=False)
    op.create_index(op.f("ix_coauthor_user_id"), "coauthor", ["user_id"], unique=False)

    op.create_table(
        "condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "adopted",
                "declined",
                "removed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("adopted_revision", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_condition_author_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_condition_post_id_post"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["proposal.thread_id"],
            name=op.f("fk_condition_thread_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        sa.UniqueConstraint("thread_id", "number", name=op.f("uq_condition_thread_id_number")),
    )
    op.create_index(op.f("ix_condition_author_id"), "condition", ["author_id"], unique=False)
    op.create_index(op.f("ix_condition_post_id"), "condition", ["post_id"], unique=False)

    op.create_table(
        "note_verdict",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "confirm",
                "dispute",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["context_note.id"],
            name=op.f("fk_note_verdict_note_id_context_note"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_note_verdict_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("note_id", "user_id", name=op.f("pk_note_verdict")),
    )
    op.create_index(op.f("ix_note_verdict_user_id"), "note_verdict", ["user_id"], unique=False)

    op.create_table(
        "perspectives",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["proposal.thread_id"],
            name=op.f("fk_perspectives_thread_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_perspectives")),
    )
    op.create_table(
        "proposal_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("after_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_event_actor_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["proposal.thread_id"],
            name=op.f("fk_proposal_event_thread_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_event")),
    )
    op.create_index(
        op.f("ix_proposal_event_actor_id"), "proposal_event", ["actor_id"], unique=False
    )
    op.create_index(
        op.f("ix_proposal_event_thread_id"), "proposal_event", ["thread_id"], unique=False
    )

    op.create_table(
        "service_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("claimed_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "not_enough",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_service_claim_answered_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by_id"],
            ["user_account.id"],
            name=op.f("fk_service_claim_claimed_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_claim_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["proposal.thread_id"],
            name=op.f("fk_service_claim_thread_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_claim")),
        sa.UniqueConstraint(
            "thread_id", "service_id", name=op.f("uq_service_claim_thread_id_service_id")
        ),
    )
    op.create_index(
        op.f("ix_service_claim_answered_by_id"), "service_claim", ["answered_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_service_claim_claimed_by_id"), "service_claim", ["claimed_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_service_claim_service_id"), "service_claim", ["service_id"], unique=False
    )

    op.create_table(
        "stance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "agree",
                "agree_if",
                "unsure",
                "disagree",
                "concern",
                name="choice",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_stance_post_id_post"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["proposal.thread_id"],
            name=op.f("fk_stance_thread_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_stance_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stance")),
    )
    op.create_index(op.f("ix_stance_post_id"), "stance", ["post_id"], unique=False)
    op.create_index(
        "ix_stance_thread_id_created_at", "stance", ["thread_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_stance_user_id"), "stance", ["user_id"], unique=False)
    op.create_index(
        "uq_stance_current",
        "stance",
        ["thread_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )

    op.create_table(
        "condition_backer",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id"],
            ["condition.id"],
            name=op.f("fk_condition_backer_condition_id_condition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_condition_backer_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("condition_id", "user_id", name=op.f("pk_condition_backer")),
    )
    op.create_index(
        op.f("ix_condition_backer_user_id"), "condition_backer", ["user_id"], unique=False
    )

    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("badge_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "bearing",
                sa.Enum(
                    "supports",
                    "qualifies",
                    "questions",
                    "opposes",
                    name="bearing",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.create_index(batch_op.f("ix_post_badge_id"), ["badge_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_post_badge_id_badge"), "badge", ["badge_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("place", sa.String(length=120), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("raised_from_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_draft_raised_from_id"), ["raised_from_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_draft_raised_from_id_post"),
            "post",
            ["raised_from_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("space", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("hides_stances", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    _allow("thread", "kind", *THREADS, "proposal")
    _allow_subjects(*SUBJECTS, "service", "context_note")
    _allow("name_word", "kind", *NAMES, "service")


def downgrade() -> None:
    # An earlier version knows a proposal as a discussion, and nothing of the rest.
    op.execute("UPDATE thread SET kind = 'discussion' WHERE kind = 'proposal'")
    op.execute("DELETE FROM name_word WHERE kind = 'service'")
    _forget_cases()
    _allow("name_word", "kind", *NAMES)
    _allow_subjects(*SUBJECTS)
    _allow("thread", "kind", *THREADS)
    with op.batch_alter_table("space", schema=None) as batch_op:
        batch_op.drop_column("hides_stances")

    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_draft_raised_from_id_post"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_draft_raised_from_id"))
        batch_op.drop_column("raised_from_id")
        batch_op.drop_column("place")

    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_post_badge_id_badge"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_post_badge_id"))
        batch_op.drop_constraint(op.f("ck_post_bearing"), type_="check")
        batch_op.drop_column("bearing")
        batch_op.drop_column("badge_id")

    op.drop_table("condition_backer")

    op.drop_table("stance")

    op.drop_table("service_claim")

    op.drop_table("proposal_event")
    op.drop_table("perspectives")

    op.drop_table("note_verdict")

    op.drop_table("condition")

    op.drop_table("coauthor")

    op.drop_table("carry")

    op.drop_table("answer")

    op.drop_table("quote_consent")

    op.drop_table("proposal")

    op.drop_table("context_note")

    op.drop_table("adopted_point")

    op.drop_table("summary_line")

    op.drop_table("service_version")

    op.drop_table("service_place")

    op.drop_table("service_need")

    op.drop_table("service")
    op.drop_table("lived_experience")

    op.drop_table("brief_proposal")

    op.drop_table("brief")

    op.drop_table("badge")

    op.drop_table("place")


def _forget_cases() -> None:
    """Delete the cases about what is going away, with all that hangs on them."""
    cases = sa.table("moderation_case", sa.column("id"), sa.column("subject_kind"))
    gone = sa.select(cases.c.id).where(cases.c.subject_kind.in_(("service", "context_note")))
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
    """The same for cases. On SQLite by hand: batch mode would copy into the column it computes."""
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
