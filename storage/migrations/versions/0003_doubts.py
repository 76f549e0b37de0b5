"""Messages that were not understood, and which edit answered a question.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "doubt",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("certainty", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_by", sa.BigInteger(), nullable=False),
        sa.Column("settled_how", sa.String(), nullable=False),
        sa.Column("edit", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversation_state.conversation"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("doubt_once", "doubt", ["conversation", "seq"], unique=True)
    for name, where in (("doubt_open", "settled_at = 0"), ("doubt_settled", "settled_at > 0")):
        only, columns = sa.text(where), ["at", "id", "kind", "language"]
        op.create_index(name, "doubt", columns, sqlite_where=only, postgresql_where=only)
    edit = sa.Column("edit", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    op.add_column("unanswered", edit)
    answered = sa.text("edit != 0")
    op.create_index(
        "unanswered_by_edit",
        "unanswered",
        ["edit"],
        sqlite_where=answered,
        postgresql_where=answered,
    )


def downgrade() -> None:
    op.drop_index("unanswered_by_edit", table_name="unanswered")
    op.drop_column("unanswered", "edit")
    for index in ("doubt_settled", "doubt_open", "doubt_once"):
        op.drop_index(index, table_name="doubt")
    op.drop_table("doubt")
