"""Arrivals, chats, one-time codes, uploaded files, and the desk's topics.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_WORK = sa.text("state != 'closed'")


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("id", ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("tap", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("arrival_once", "arrival", ["source", "update_id", "digest"], unique=True)
    for name, columns, where in (
        ("arrival_new", ["source", "chat", "id"], "state = 'new'"),
        ("arrival_aside", ["id"], "state = 'aside'"),
        ("arrival_of", ["conversation"], "conversation != ''"),
        ("arrival_tapped", ["source", "chat", "tap"], "tap != ''"),
    ):
        only = sa.text(where)
        op.create_index(name, "arrival", columns, sqlite_where=only, postgresql_where=only)
    op.create_index("arrival_by_chat", "arrival", ["chat"])
    op.create_index("arrival_by_time", "arrival", ["at"])
    _move_what_was_set_aside()
    op.create_table(
        "chat",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.Column("view", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversation_state.conversation"]),
        sa.PrimaryKeyConstraint("channel", "address"),
    )
    op.create_index("ix_chat_conversation", "chat", ["conversation"])
    op.create_table(
        "one_time_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index("ix_one_time_code_expires_at", "one_time_code", ["expires_at"])
    op.create_table(
        "remote_file",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "key"),
    )
    op.create_table(
        "staff_link",
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("telegram_id"),
        sa.UniqueConstraint("staff_id"),
    )
    op.create_table(
        "desk_topic",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("head_message", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("seen_seq", sa.Integer(), nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("memory", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_table(
        "left_topic",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "thread_id"),
    )
    op.create_index("desk_topic_by_thread", "desk_topic", ["group_id", "thread_id"])
    op.create_index(
        "desk_topic_at_work",
        "desk_topic",
        ["state"],
        sqlite_where=AT_WORK,
        postgresql_where=AT_WORK,
    )


def _move_what_was_set_aside() -> None:
    """What the website could not take in was a delivery that had failed; now it is an arrival."""
    connection = op.get_bind()
    found = connection.execute(
        sa.text(
            "SELECT delivery.payload, delivery.error, delivery.due, conversation.channel,"
            " conversation.id FROM delivery JOIN conversation"
            " ON conversation.id = delivery.conversation"
            " WHERE delivery.kind = 'arrival' ORDER BY delivery.id"
        )
    ).all()
    put = sa.text(
        "INSERT INTO arrival (source, update_id, digest, chat, tap, payload, at, due, state,"
        " attempts, error, conversation) VALUES (:source, 0, :digest, :chat, '', :payload, :at,"
        " :at, 'aside', 1, :error, :chat)"
        " ON CONFLICT DO NOTHING"
    )
    for payload, error, at, channel, conversation in found:
        row = {"source": channel, "chat": conversation, "payload": payload, "at": at}
        connection.execute(put, row | {"digest": sha256(payload).digest(), "error": error})
    connection.execute(sa.text("DELETE FROM delivery WHERE kind = 'arrival'"))
