"""Service times: what was owed to prospects and when it came, what is late, and the report."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, bindparam, select

from storage import models
from storage.db import Tx
from storage.desk_models import DeskCase, ReplyTime
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql

REPORT_MAX = 200_000  # replies of one report


class Reply(Row, frozen=True):
    """A human reply that was owed. Times in ms; `replied_at` 0: nobody replied before it ended."""

    conversation: str
    kind: str  # first, next
    reason: str  # of the escalation, "" where staff stepped in
    since: int
    due: int  # 0: no target, or it ended before its moment without a reply
    replied_at: int
    staff_id: int


class Late(Row, frozen=True):
    """A reply whose moment has passed and of which nobody was told yet."""

    conversation: str
    kind: str
    since: int
    due: int
    person: str  # display name of who was rung for, "" for nobody
    owner: str  # waiting, human
    staff_id: int  # who has it
    reason: str


_CASE, _REPLY = table_of(DeskCase), table_of(ReplyTime)
_TALK = table_of(models.Conversation)
_UNBREACHED = (_CASE.c.due != 0, _CASE.c.breached_at == 0)  # said so that the index is used
_RECORD = insert_sql(_REPLY)
_LATE = sql(
    select(
        _CASE.c.conversation,
        _CASE.c.due_kind,
        _CASE.c.due_since,
        _CASE.c.due,
        _CASE.c.person,
        _TALK.c.owner,
        _TALK.c.staff_id,
        _TALK.c.reason,
    )
    .select_from(_CASE.join(_TALK, _TALK.c.id == _CASE.c.conversation))
    .where(*_UNBREACHED, _CASE.c.due <= bindparam("now"))
    .order_by(_CASE.c.due)
    .limit(bindparam("most"))
)
_NEXT = sql(select(_CASE.c.due).where(*_UNBREACHED).order_by(_CASE.c.due).limit(1))
_OWED = select(
    _CASE.c.conversation,
    _CASE.c.due_kind,
    _TALK.c.reason,
    _CASE.c.due_since,
    _CASE.c.due,
    _TALK.c.staff_id,
).select_from(_CASE.join(_TALK, _TALK.c.id == _CASE.c.conversation))


def record(tx: Tx, reply: Reply) -> None:
    """Keep what was owed and when it came. Raises Conflict when the conversation is gone."""
    tx.run(_RECORD, msgspec.structs.asdict(reply))


def find_late(tx: Tx, now: int, limit: int) -> list[Late]:
    """Replies that are due by now and not marked as late yet, the longest due first."""
    return tx.structs(Late, _LATE, {"now": now, "most": limit})


def next_due(tx: Tx) -> int | None:
    """When (ms) the next reply is due that is not marked as late yet, or None."""
    row = tx.one(_NEXT)
    return None if row is None else row[0]


def read_replies(connection: Connection, since: int, until: int) -> list[Reply]:
    """Replies that were owed from `since` on and before `until` (ms), the newest first."""
    found = connection.execute(
        select(*(_REPLY.c[name] for name in Reply.__struct_fields__))
        .where(_REPLY.c.since >= since, _REPLY.c.since < until)
        .order_by(_REPLY.c.since.desc())
        .limit(REPORT_MAX)
    )
    return [Reply(*row) for row in found]


def read_owed(connection: Connection, since: int, until: int) -> list[Reply]:
    """Those of them that are still owed now."""
    found = connection.execute(
        _OWED.where(_CASE.c.due != 0, _CASE.c.due_since >= since, _CASE.c.due_since < until)
    )
    return [Reply(*row[:5], 0, row[5]) for row in found]
