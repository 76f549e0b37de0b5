"""Conversations with all that an export tells of them, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Table, func, select

from storage import models
from storage.conversations import MILESTONES, milestone_bits
from storage.figure_models import Wish
from storage.lists import newest, read_cursor, show_cursor
from storage.manager_models import Flag
from storage.models import table_of
from storage.reading import Filter, Line, lines_of, structs_by
from storage.rows import Row

_C = table_of(models.Conversation).c
_STATE, _MESSAGE = table_of(models.ConversationState), table_of(models.Message)
_STAFF, _GIVEN = table_of(models.Staff), table_of(models.DocumentGiven)
_RATING, _WISH, _FLAG = table_of(models.Rating), table_of(Wish), table_of(Flag)


class Exported(Row, frozen=True):
    """A conversation. Papers by their kinds, steps by their names; `stars` 0: not rated."""

    line: Line
    source: str
    state: bytes
    steps: tuple[str, ...]
    stars: int
    given: tuple[str, ...]
    opened: tuple[str, ...]
    asked: tuple[str, ...]
    flags: tuple[str, ...]


class Said(Row, frozen=True):
    """A message; `staff_name` is "" where it is not of the staff."""

    conversation: str
    seq: int
    at: int
    author: str
    staff_name: str
    text: str


def export(
    connection: Connection, wanted: Filter, cursor: str, limit: int
) -> tuple[tuple[Exported, ...], str]:
    """The next that fit, newest first, and the cursor of those after them, "" at the end."""
    keys = newest(connection, wanted, limit, read_cursor(cursor))
    following = show_cursor(keys[-1]) if len(keys) == limit else ""
    return exported(connection, [key for _, key in keys]), following


def exported(connection: Connection, conversations: Sequence[str]) -> tuple[Exported, ...]:
    """These conversations in this order; erased ones are left out."""
    lines = lines_of(connection, list(conversations))
    rows = connection.execute(
        select(_C.id, _C.source, _C.milestones, _STATE.c.state)
        .select_from(table_of(models.Conversation).join(_STATE, _STATE.c.conversation == _C.id))
        .where(_C.id.in_(conversations))
    )
    told = {row[0]: row[1:] for row in rows}
    given, asked = _GIVEN.c.kind, _WISH.c.value
    kinds = [
        _kinds(connection, conversations, _GIVEN, given),
        _kinds(connection, conversations, _GIVEN, given, _GIVEN.c.opened_at > 0),
        _kinds(connection, conversations, _WISH, asked, _WISH.c.kind == "paper"),
        _kinds(connection, conversations, _FLAG, _FLAG.c.kind),
    ]
    rated = select(_RATING.c.conversation, _RATING.c.stars).where(
        _RATING.c.conversation.in_(conversations)
    )
    stars = {row[0]: row[1] for row in connection.execute(rated)}
    return tuple(
        Exported(
            lines[key],
            told[key][0],
            told[key][2],
            tuple(name for name in MILESTONES if told[key][1] & milestone_bits([name])),
            stars.get(key, 0),
            *(found.get(key, ()) for found in kinds),
        )
        for key in conversations
        if key in lines and key in told
    )


def messages_of(connection: Connection, conversations: Sequence[str]) -> tuple[Said, ...]:
    """Every message of these conversations, one conversation after the other."""
    statement = (
        select(
            *(_MESSAGE.c[name] for name in ("conversation", "seq", "at", "author")),
            func.coalesce(_STAFF.c.display_name, ""),
            _MESSAGE.c.text,
        )
        .select_from(_MESSAGE.outerjoin(_STAFF, _STAFF.c.id == _MESSAGE.c.staff_id))
        .where(_MESSAGE.c.conversation.in_(conversations))
        .order_by(_MESSAGE.c.conversation, _MESSAGE.c.seq)
    )
    place = {key: position for position, key in enumerate(conversations)}
    found = structs_by(connection, Said, statement)
    return tuple(sorted(found, key=lambda each: place[each.conversation]))


def _kinds(
    connection: Connection,
    conversations: Sequence[str],
    table: Table,
    column: ColumnElement[str],
    *where: ColumnElement[bool],
) -> dict[str, tuple[str, ...]]:
    """The different values of a column by conversation."""
    statement = select(table.c.conversation, column).where(
        table.c.conversation.in_(conversations), *where
    )
    found: dict[str, dict[str, None]] = {}
    for key, value in connection.execute(statement.order_by(column)):
        found.setdefault(key, {})[value] = None
    return {key: tuple(values) for key, values in found.items()}
