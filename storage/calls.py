"""Calls that were asked for: tasks of the kind call_back, each at its time."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, String, bindparam, cast, exists, or_, select, update

from storage import models
from storage.db import Tx, as_struct
from storage.leads import NewTask
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql

KIND = "call_back"
BY_HAND = "desk.task_add"  # act by which staff opened a task; its line names the task


class CallTask(Row, frozen=True):
    """A call to make at `due` (ms), with what a list shows of its conversation."""

    id: int
    conversation: str
    due: int
    note: str  # the number, and what else was wished
    created_at: int
    title: str  # name and company, may be ""
    language: str
    channel: str
    owner: str
    staff_id: int
    outcome: str
    state: bytes


_TASK, _TALK = table_of(models.Task), table_of(models.Conversation)
_STATE = table_of(models.ConversationState)
_OPEN = (_TASK.c.done_at == 0, _TASK.c.kind == KIND)
_LIST = (
    select(
        _TASK.c.id,
        _TASK.c.conversation,
        _TASK.c.due,
        _TASK.c.note,
        _TASK.c.created_at,
        _TALK.c.title,
        _TALK.c.language,
        _TALK.c.channel,
        _TALK.c.owner,
        _TALK.c.staff_id,
        _TALK.c.outcome,
        _STATE.c.state,
    )
    .select_from(
        _TASK.join(_TALK, _TALK.c.id == _TASK.c.conversation).join(
            _STATE, _STATE.c.conversation == _TASK.c.conversation
        )
    )
    .where(*_OPEN)
)
_ONE = sql(_LIST.where(_TASK.c.id == bindparam("number")))
_AUDIT = table_of(models.Audit)
# What staff planned by hand stays, whatever a prospect picks.
_BY_HAND = exists().where(
    _AUDIT.c.subject == _TASK.c.conversation,
    _AUDIT.c.action == BY_HAND,
    _AUDIT.c.detail == cast(_TASK.c.id, String),
)
_OF_TALK = sql(
    select(_TASK.c.id).where(*_OPEN, _TASK.c.conversation == bindparam("of"), ~_BY_HAND).limit(1)
)
_ADD = insert_sql(_TASK)
_MOVE = sql(
    update(_TASK).where(_TASK.c.id == bindparam("number"), *_OPEN).values(due=bindparam("then"))
)
_RENEW = sql(
    update(_TASK)
    .where(_TASK.c.id == bindparam("number"), *_OPEN)
    .values(due=bindparam("then"), note=bindparam("words"))
)


def plan(tx: Tx, task: NewTask) -> int:
    """Open the call that a prospect wished, or move the one that they did; gives its id. One that
    staff planned by hand stays beside it.

    Raises Conflict when the conversation is gone.
    """
    row = tx.one(_OF_TALK, {"of": task.conversation})
    if row is None:
        return tx.insert(_ADD, {**msgspec.structs.asdict(task), "done_at": 0, "done_by": 0})
    tx.run(_RENEW, {"number": row[0], "then": task.due, "words": task.note})
    return int(row[0])


def get(tx: Tx, task: int) -> CallTask | None:
    """An open call, or None."""
    return tx.struct(CallTask, _ONE, {"number": task})


def move(tx: Tx, task: int, due: int) -> bool:
    """Put an open call off until `due` (ms); False when it is not open."""
    return tx.run(_MOVE, {"number": task, "then": due}) > 0


class Page(Row, frozen=True):
    """Which open calls: `limit` of them after the first `start`; `support_of`: only those of
    after-sales and of this member of staff, 0 for all."""

    limit: int
    start: int = 0
    support_of: int = 0


def read_open(connection: Connection, page: Page) -> list[CallTask]:
    """Open calls, the next one first."""
    wanted = _LIST
    if page.support_of:
        wanted = wanted.where(
            or_(_TALK.c.outcome == "support", _TALK.c.staff_id == page.support_of)
        )
    ordered = wanted.order_by(_TASK.c.due, _TASK.c.id).limit(page.limit).offset(page.start)
    return [as_struct(CallTask, tuple(row)) for row in connection.execute(ordered)]
