"""The desk and the console: what they show, count, tell other systems and prove.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BY_TIME = [
    "created_at", "id", "erased_at", "outcome", "reason", "channel", "language", "edition",
    "owner", "stage", "staff_id", "milestones",
]  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_erasure_subject"), "erasure", ["subject"], unique=False)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_saved_view_staff_id"), "saved_view", ["staff_id"], unique=False)
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("events", sa.String(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_comment_conversation"), "comment", ["conversation"], unique=False)
    op.create_table(
        "desk_case",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("manager", sa.String(), nullable=False),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=False),
        sa.Column("snoozed_by", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.String(), nullable=False),
        sa.Column("returned_at", sa.BigInteger(), nullable=False),
        sa.Column("last_prospect", sa.BigInteger(), nullable=False),
        sa.Column("first_reply", sa.BigInteger(), nullable=False),
        sa.Column("last_reply", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("due_kind", sa.String(), nullable=False),
        sa.Column("due_since", sa.BigInteger(), nullable=False),
        sa.Column("breached_at", sa.BigInteger(), nullable=False),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_index(
        "desk_case_unbreached",
        "desk_case",
        ["due"],
        unique=False,
        sqlite_where=sa.text("due != 0 AND breached_at = 0"),
        postgresql_where=sa.text("due != 0 AND breached_at = 0"),
    )
    op.create_index(
        "desk_case_due",
        "desk_case",
        ["due"],
        unique=False,
        sqlite_where=sa.text("due != 0"),
        postgresql_where=sa.text("due != 0"),
    )
    op.create_index("desk_case_manager", "desk_case", ["manager"], unique=False)
    op.create_index(
        "desk_case_snoozed",
        "desk_case",
        ["snoozed_until"],
        unique=False,
        sqlite_where=sa.text("snoozed_until != 0"),
        postgresql_where=sa.text("snoozed_until != 0"),
    )
    op.create_table(
        "fact",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("conversation", "slot", "value"),
        sqlite_with_rowid=False,
    )
    op.create_index("fact_by_value", "fact", ["slot", "value", "conversation"], unique=False)
    op.create_table(
        "flag",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("conversation", "kind"),
    )
    op.create_index("flag_by_kind", "flag", ["kind", "at"], unique=False)
    op.create_table(
        "hook_delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("webhook", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=True),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("wake", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "hook_delivery_due",
        "hook_delivery",
        ["wake"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_index("hook_delivery_log", "hook_delivery", ["webhook", "id"], unique=False)
    op.create_index(
        "hook_delivery_once", "hook_delivery", ["webhook", "conversation", "number"], unique=True
    )
    op.create_index(
        "hook_delivery_order", "hook_delivery", ["webhook", "lead", "id"], unique=False
    )
    op.create_index(
        op.f("ix_hook_delivery_conversation"), "hook_delivery", ["conversation"], unique=False
    )
    op.create_table(
        "joined",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("into", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_index("joined_into", "joined", ["into"], unique=False)
    op.create_table(
        "question_asked",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.String(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("conversation", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reply_time",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("replied_at", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_reply_time_conversation"), "reply_time", ["conversation"], unique=False
    )
    op.create_index("reply_time_since", "reply_time", ["since"], unique=False)
    op.create_table(
        "review",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("conversation", "week"),
    )
    op.create_table(
        "seen",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("staff_id", "conversation"),
    )
    op.create_index("seen_by_conversation", "seen", ["conversation"], unique=False)
    op.create_table(
        "staff_mention",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("conversation", "seq", "staff_id"),
    )
    op.create_index("staff_mention_open", "staff_mention", ["staff_id", "seen_at"], unique=False)
    op.create_table(
        "wish",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation_state.conversation"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("wish_once", "wish", ["conversation", "kind", "value"], unique=True)
    op.create_index("wish_by_value", "wish", ["kind", "value", "conversation"], unique=False)
    op.drop_index("conversation_by_time", table_name="conversation")
    op.create_index("conversation_by_time", "conversation", BY_TIME, unique=False)
    op.create_index("conversation_by_source", "conversation", ["source"], unique=False)
    op.create_index(
        "document_given_by_kind", "document_given", ["kind", "conversation"], unique=False
    )
    op.create_index("ix_audit_subject", "audit", ["subject"], unique=False)
    op.add_column(
        "conversation",
        sa.Column("moments", sa.LargeBinary(), server_default=sa.text("x''"), nullable=False),
    )
    op.add_column(
        "audit",
        sa.Column("digest", sa.LargeBinary(), server_default=sa.text("x''"), nullable=False),
    )
    op.create_index("audit_by_action", "audit", ["action", "id"], unique=False)
    op.create_index("audit_by_subject", "audit", ["subject", "id"], unique=False)
    op.create_index("audit_by_staff", "audit", ["staff_id", "id"], unique=False)
    op.add_column(
        "staff", sa.Column("personal", sa.String(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "staff", sa.Column("email", sa.String(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "staff",
        sa.Column("away_from", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "staff",
        sa.Column("away_until", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "staff", sa.Column("deputy", sa.String(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "staff", sa.Column("capacity", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "staff",
        sa.Column("last_given", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "staff", sa.Column("alerts", sa.String(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "staff_session",
        sa.Column("seen_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "staff_session",
        sa.Column("device", sa.String(), server_default=sa.text("''"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("staff_session", "device")
    op.drop_column("staff_session", "seen_at")
    op.drop_column("staff", "alerts")
    op.drop_column("staff", "last_given")
    op.drop_column("staff", "capacity")
    op.drop_column("staff", "deputy")
    op.drop_column("staff", "away_until")
    op.drop_column("staff", "away_from")
    op.drop_column("staff", "email")
    op.drop_column("staff", "personal")
    op.drop_index("audit_by_staff", table_name="audit")
    op.drop_index("audit_by_subject", table_name="audit")
    op.drop_index("audit_by_action", table_name="audit")
    op.drop_column("audit", "digest")
    op.drop_column("conversation", "moments")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_index("document_given_by_kind", table_name="document_given")
    op.drop_index("conversation_by_source", table_name="conversation")
    op.drop_index("conversation_by_time", table_name="conversation")
    op.create_index(
        "conversation_by_time", "conversation", ["created_at", "id"], unique=False
    )
    op.drop_index("wish_by_value", table_name="wish")
    op.drop_index("wish_once", table_name="wish")
    op.drop_table("wish")
    op.drop_index("staff_mention_open", table_name="staff_mention")
    op.drop_table("staff_mention")
    op.drop_index("seen_by_conversation", table_name="seen")
    op.drop_table("seen")
    op.drop_table("review")
    op.drop_index("reply_time_since", table_name="reply_time")
    op.drop_index(op.f("ix_reply_time_conversation"), table_name="reply_time")
    op.drop_table("reply_time")
    op.drop_table("question_asked")
    op.drop_index("joined_into", table_name="joined")
    op.drop_table("joined")
    op.drop_index(op.f("ix_hook_delivery_conversation"), table_name="hook_delivery")
    op.drop_index("hook_delivery_order", table_name="hook_delivery")
    op.drop_index("hook_delivery_once", table_name="hook_delivery")
    op.drop_index("hook_delivery_log", table_name="hook_delivery")
    op.drop_index(
        "hook_delivery_due",
        table_name="hook_delivery",
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.drop_table("hook_delivery")
    op.drop_index("flag_by_kind", table_name="flag")
    op.drop_table("flag")
    op.drop_index("fact_by_value", table_name="fact")
    op.drop_table("fact")
    op.drop_index(
        "desk_case_snoozed",
        table_name="desk_case",
        sqlite_where=sa.text("snoozed_until != 0"),
        postgresql_where=sa.text("snoozed_until != 0"),
    )
    op.drop_index("desk_case_manager", table_name="desk_case")
    op.drop_index(
        "desk_case_unbreached",
        table_name="desk_case",
        sqlite_where=sa.text("due != 0 AND breached_at = 0"),
        postgresql_where=sa.text("due != 0 AND breached_at = 0"),
    )
    op.drop_index(
        "desk_case_due",
        table_name="desk_case",
        sqlite_where=sa.text("due != 0"),
        postgresql_where=sa.text("due != 0"),
    )
    op.drop_table("desk_case")
    op.drop_index(op.f("ix_comment_conversation"), table_name="comment")
    op.drop_table("comment")
    op.drop_table("webhook")
    op.drop_index(op.f("ix_saved_view_staff_id"), table_name="saved_view")
    op.drop_table("saved_view")
    op.drop_index(op.f("ix_erasure_subject"), table_name="erasure")
    op.drop_table("erasure")
    op.drop_table("api_token")
