"""How Alembic reaches the database: over the connection that `storage.migrate` hands it."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from storage import channel_models, desk_models, figure_models, manager_models, models

# The search table and its shadows are SQLite's own and no part of the models.
INDEX_TABLE = "message_index"
TABLES = (models.Conversation, channel_models.Chat, desk_models.DeskCase, figure_models.Fact)
assert all(each.metadata is SQLModel.metadata for each in (*TABLES, manager_models.Comment))


def is_ours(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Whether Alembic is to compare this object with the models."""
    return not (kind == "table" and (name or "").startswith(INDEX_TABLE))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    include_object=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
