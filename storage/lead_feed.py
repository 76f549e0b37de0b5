"""Conversations with their states for other systems, a page at a time: by age or by activity."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, literal, select, tuple_

from storage import models
from storage.conversations import ConversationRow, milestone_bits
from storage.models import table_of
from storage.rows import Row

SCANNED = 2_000  # messages looked through for one page of what was active

_CONVERSATION = table_of(models.Conversation)
_STATE = table_of(models.ConversationState)
_MESSAGE = table_of(models.Message)
_C = _CONVERSATION.c
_COLUMNS = tuple(
    column
    for field in ConversationRow.__struct_fields__
    for column in [_C.get(field), _STATE.c.get(field)]
    if column is not None
)
# Somebody wrote or pressed anything, or a person was brought in.
_BEGUN = _C.milestones.bitwise_and(milestone_bits(["answered", "escalated"])) != 0


class FeedWanted(Row, frozen=True, kw_only=True):
    """Which leads; "" and 0 take all. Times in ms: since <= created < until."""

    since: int = 0
    until: int = 0
    outcome: str = ""
    stage: str = ""


class FeedPage(Row, frozen=True):
    """Rows of a page; `next` is the cursor of the next one, "" after the last."""

    rows: tuple[ConversationRow, ...]
    next: str = ""


def by_age(connection: Connection, wanted: FeedWanted, cursor: str, limit: int) -> FeedPage:
    """Leads, oldest first. ValueError: bad cursor."""
    statement = _rows().where(_BEGUN)
    if wanted.since:
        statement = statement.where(_C.created_at >= wanted.since)
    if wanted.until:
        statement = statement.where(_C.created_at < wanted.until)
    if wanted.outcome:
        statement = statement.where(_C.outcome == wanted.outcome)
    if wanted.stage:
        statement = statement.where(_C.stage == wanted.stage)
    if cursor:
        time, _, key = cursor.partition("-")
        after = tuple_(literal(int(time)), literal(key))
        statement = statement.where(tuple_(_C.created_at, _C.id) > after)
    found = connection.execute(statement.order_by(_C.created_at, _C.id).limit(limit + 1)).all()
    rows = tuple(ConversationRow(*row) for row in found[:limit])
    more = len(found) > limit
    return FeedPage(rows, f"{rows[-1].created_at}-{rows[-1].id}" if more else "")


def by_activity(connection: Connection, since: int, cursor: str, limit: int) -> FeedPage:
    """Leads with a message since this moment (ms) or after the cursor, in the order of messages.

    A lead that goes on comes again on a later page. ValueError: bad cursor.
    """
    after = int(cursor) if cursor else _last_before(connection, since)
    messages = connection.execute(
        select(_MESSAGE.c.id, _MESSAGE.c.conversation)
        .where(_MESSAGE.c.id > after)
        .order_by(_MESSAGE.c.id)
        .limit(SCANNED)
    ).all()
    chosen: dict[str, None] = {}
    last = after
    for number, conversation in messages:
        if conversation not in chosen and len(chosen) == limit:
            break
        chosen[conversation] = None
        last = number
    rows = connection.execute(_rows().where(_BEGUN, _C.id.in_(chosen))).all()
    found = {row[0]: ConversationRow(*row) for row in rows}
    more = len(messages) == SCANNED or (messages and messages[-1][0] > last)
    return FeedPage(tuple(found[key] for key in chosen if key in found), str(last) if more else "")


def _rows() -> Select[Any]:
    joined = _CONVERSATION.join(_STATE, _STATE.c.conversation == _C.id)
    return select(*_COLUMNS).select_from(joined).where(_C.erased_at == 0)


def _last_before(connection: Connection, moment: int) -> int:
    """The id of the last message written before this time: ids grow with time."""
    low, high = 0, int(connection.execute(select(func.max(_MESSAGE.c.id))).scalar() or 0)
    while low < high:
        middle = (low + high + 1) // 2
        at = connection.execute(
            select(_MESSAGE.c.at, _MESSAGE.c.id)
            .where(_MESSAGE.c.id >= middle)
            .order_by(_MESSAGE.c.id)
            .limit(1)
        ).first()
        if at is None or at[0] >= moment:
            high = middle - 1
        else:
            low = at[1]
    return low
