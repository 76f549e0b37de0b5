"""Lists and details for the doors: reads only.

Functions with a `tx` are point reads for `Database.peek`; those with a `connection` are for
`Database.read`, which runs them in a thread.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    tuple_,
)

from storage import models
from storage.conditions import Condition, predicate
from storage.conversations import MESSAGE_COLUMNS, MILESTONES, MessageRow, milestone_bits
from storage.db import Tx, as_struct
from storage.models import table_of
from storage.rows import Row
from storage.statements import ID_MAX, sql

R = TypeVar("R", bound=Row)

_C = table_of(models.Conversation).c
_STATE = table_of(models.ConversationState)
_MESSAGE = table_of(models.Message)
_DELIVERY = table_of(models.Delivery)
_ESCALATION = table_of(models.Escalation)
_TASK = table_of(models.Task)
_UNANSWERED = table_of(models.Unanswered)
_STAFF = table_of(models.Staff)


class Line(Row, frozen=True):
    """A conversation in a list. Times in ms, 0: never; `staff_name` and `urgency` may be ""."""

    id: str
    channel: str
    language: str
    created_at: int
    updated_at: int
    last_seq: int  # also the number of messages
    owner: str
    staff_id: int
    staff_name: str
    outcome: str
    reason: str
    close_reason: str
    stage: str
    edition: str
    waiting_since: int
    buyer_type: str
    ownership: str
    city: str
    title: str
    queue: str  # presales, aftersales, or "" while nothing escalated
    urgency: str  # urgent, high, normal or ""


class Filter(Row, frozen=True, kw_only=True):
    """Which conversations; "" and 0 take all. Times in ms: since <= t < until."""

    outcome: str = ""
    reason: str = ""
    edition: str = ""
    channel: str = ""
    language: str = ""
    owner: str = ""
    staff_id: int = 0
    since: int = 0
    until: int = 0
    conditions: tuple[Condition, ...] = ()


# The fields of a Filter that are columns of the conversation.
FILTERED = ("outcome", "reason", "edition", "channel", "language", "owner", "staff_id")


class Page(Row, frozen=True):
    """A page of a list, newest first; `next` is the cursor of the next one, "" after the last."""

    lines: tuple[Line, ...]
    next: str = ""


class Task(Row, frozen=True):
    """A task with the conversation's title."""

    id: int
    conversation: str
    kind: str
    due: int
    note: str
    created_at: int
    done_at: int
    done_by: int
    title: str


class Unanswered(Row, frozen=True):
    id: int
    conversation: str
    question: str
    language: str
    nearest: str  # ids, a line each
    at: int
    settled_at: int  # 0: open
    edit: int  # of the overlay, that answered it; 0: none


class Step(Row, frozen=True):
    """How many conversations came to a step of the funnel: `opened`, or one of MILESTONES."""

    name: str
    count: int


class Counts(Row, frozen=True):
    """Figures for /metrics and /health. `overdue` in ms: age of the oldest due delivery."""

    queued: int
    sending: int
    failed: int
    overdue: int
    waiting: int
    human: int
    unindexed: int


_JOINED: FromClause = (
    table_of(models.Conversation)
    .join(_STATE, _STATE.c.conversation == _C.id)
    .outerjoin(_STAFF, _STAFF.c.id == _C.staff_id)
    .outerjoin(
        _ESCALATION,
        and_(_ESCALATION.c.conversation == _C.id, _ESCALATION.c.reason == _C.reason),
    )
)
_ELSEWHERE: dict[str, ColumnElement[Any]] = {
    "updated_at": _STATE.c.updated_at,
    "last_seq": _STATE.c.last_seq,
    "staff_name": func.coalesce(_STAFF.c.display_name, ""),
    "queue": func.coalesce(_ESCALATION.c.queue, ""),
    "urgency": func.coalesce(_ESCALATION.c.urgency, ""),
}
_LINE = [
    _ELSEWHERE[field] if field in _ELSEWHERE else _C[field] for field in Line.__struct_fields__
]
LINES: Select[Any] = select(*_LINE).select_from(_JOINED)
URGENCY = case(
    (_ESCALATION.c.urgency == "urgent", 0), (_ESCALATION.c.urgency == "high", 1), else_=2
)
AT_DESK = _C.owner.in_(("waiting", "human"))

_AFTER = (
    _MESSAGE.c.conversation == bindparam("conversation"),
    _MESSAGE.c.seq > bindparam("after"),
)
_PUBLIC = _MESSAGE.c.author != "note"
_ALL_AFTER = sql(
    select(*MESSAGE_COLUMNS).where(*_AFTER).order_by(_MESSAGE.c.seq).limit(bindparam("most"))
)
_PUBLIC_AFTER = sql(
    select(*MESSAGE_COLUMNS)
    .where(*_AFTER, _PUBLIC)
    .order_by(_MESSAGE.c.seq)
    .limit(bindparam("most"))
)
_GET_UNANSWERED = sql(
    select(*(_UNANSWERED.c[field] for field in Unanswered.__struct_fields__)).where(
        _UNANSWERED.c.id == bindparam("of")
    )
)
_MESSAGES = sql(select(func.count()).select_from(_MESSAGE))
_COUNTS = (
    sql(select(func.count()).where(_DELIVERY.c.state == "queued")),
    sql(select(func.count()).where(_DELIVERY.c.state == "sending")),
    sql(select(func.count()).where(_DELIVERY.c.state == "failed")),
    sql(
        select(func.max(0, bindparam("now") - func.min(_DELIVERY.c.wake))).where(
            _DELIVERY.c.state == "queued"
        )
    ),
    sql(select(func.count()).where(AT_DESK, _C.owner == "waiting")),
    sql(select(func.count()).where(AT_DESK, _C.owner == "human")),
    sql(
        select(
            select(func.coalesce(func.max(_MESSAGE.c.id), 0)).scalar_subquery()
            - func.coalesce(
                select(table_of(models.Mark).c.value)
                .where(table_of(models.Mark).c.name == "indexed")
                .scalar_subquery(),
                0,
            )
        )
    ),
)


def messages_after(
    tx: Tx, conversation: str, seq: int, *, internal: bool, limit: int
) -> list[MessageRow]:
    """Messages after this number, in order. Notes between staff only with `internal`."""
    statement = _ALL_AFTER if internal else _PUBLIC_AFTER
    return tx.structs(
        MessageRow, statement, {"conversation": conversation, "after": seq, "most": limit}
    )


def count_messages(tx: Tx) -> int:
    """How many messages there are. Reads all of an index: for commands, not for pages."""
    row = tx.one(_MESSAGES)
    return row[0] if row else 0


def counts(tx: Tx, now: int) -> Counts:
    """Figures for monitoring, from small indexes alone."""
    return Counts(*((tx.one(statement, {"now": now}) or (0,))[0] or 0 for statement in _COUNTS))


def waiting(connection: Connection, queue: str = "", limit: int = 200) -> tuple[Line, ...]:
    """Who waits for a human: most urgent first, then longest. `queue` "" takes both queues."""
    statement = LINES.where(AT_DESK, _C.owner == "waiting")
    if queue:
        statement = statement.where(_ESCALATION.c.queue == queue)
    return lines_by(connection, statement.order_by(URGENCY, _C.waiting_since).limit(limit))


def with_staff(connection: Connection, staff_id: int = 0, limit: int = 200) -> tuple[Line, ...]:
    """Conversations that a human has, last touched first; `staff_id` 0 takes everybody's."""
    statement = LINES.where(AT_DESK, _C.owner == "human")
    if staff_id:
        statement = statement.where(_C.staff_id == staff_id)
    return lines_by(connection, statement.order_by(_STATE.c.updated_at.desc()).limit(limit))


def transcripts(connection: Connection, wanted: Filter, cursor: str = "", limit: int = 50) -> Page:
    """Conversations that fit, newest first; erased ones are not there. ValueError: bad cursor."""
    statement = LINES.where(_C.erased_at == 0, *conditions(wanted))
    if wanted.since:
        statement = statement.where(_C.created_at >= wanted.since)
    if wanted.until:
        statement = statement.where(_C.created_at < wanted.until)
    if cursor:
        time, _, key = cursor.partition("-")
        statement = statement.where(
            tuple_(_C.created_at, _C.id) < tuple_(literal(int(time)), literal(key))
        )
    newest_first = statement.order_by(_C.created_at.desc(), _C.id.desc())
    lines = lines_by(connection, newest_first.limit(limit + 1))
    if len(lines) <= limit:
        return Page(lines)
    last = lines[limit - 1]
    return Page(lines[:limit], f"{last.created_at}-{last.id}")


def conditions(wanted: Filter, *, bare: bool = False) -> list[ColumnElement[bool]]:
    """What a filter asks of a conversation, without its times. ValueError: an unknown condition.

    `bare`: of the plain fields alone.
    """
    columns = [_C[name] == getattr(wanted, name) for name in FILTERED if getattr(wanted, name)]
    return columns if bare else [*columns, *map(predicate, wanted.conditions)]


def lines_of(connection: Connection, conversations: list[str]) -> dict[str, Line]:
    """The list lines of these conversations by id; erased ones are not there."""
    found = lines_by(connection, LINES.where(_C.id.in_(conversations)))
    return {line.id: line for line in found}


def open_tasks(connection: Connection, limit: int = 200) -> tuple[Task, ...]:
    """Tasks that are not done, earliest due first."""
    columns = [_TASK.c[field] for field in Task.__struct_fields__[:-1]]
    statement = (
        select(*columns, _C.title)
        .select_from(_TASK.join(table_of(models.Conversation), _C.id == _TASK.c.conversation))
        .where(_TASK.c.done_at == 0)
        .order_by(_TASK.c.due)
        .limit(limit)
    )
    return structs_by(connection, Task, statement)


def unanswered(
    connection: Connection, *, settled: bool = False, before: int = 0, limit: int = 100
) -> tuple[Unanswered, ...]:
    """Questions that the papers did not answer, newest first; `before`: only ids below it."""
    columns = [_UNANSWERED.c[field] for field in Unanswered.__struct_fields__]
    done = _UNANSWERED.c.settled_at
    statement = select(*columns).where(done > 0 if settled else done == 0)
    if before:
        statement = statement.where(_UNANSWERED.c.id < before)
    newest_first = statement.order_by(_UNANSWERED.c.id.desc())
    return structs_by(connection, Unanswered, newest_first.limit(limit))


def get_unanswered(tx: Tx, question: int) -> Unanswered | None:
    """A question by its id, or None."""
    known = 0 < question <= ID_MAX
    return tx.struct(Unanswered, _GET_UNANSWERED, {"of": question}) if known else None


def funnel(connection: Connection, wanted: Filter) -> tuple[Step, ...]:
    """How far the conversations opened in the filter's time came, erased ones too."""
    names = ("opened", *MILESTONES)
    sums = [
        func.count(case((_C.milestones.bitwise_and(milestone_bits([name])) != 0, 1)))
        for name in MILESTONES
    ]
    statement = select(func.count(), *sums).where(*conditions(wanted))
    if wanted.since:
        statement = statement.where(_C.created_at >= wanted.since)
    if wanted.until:
        statement = statement.where(_C.created_at < wanted.until)
    row = connection.execute(statement).one()
    return tuple(Step(name, count) for name, count in zip(names, row, strict=True))


def lines_by(connection: Connection, statement: Select[Any]) -> tuple[Line, ...]:
    """The lines that a statement over LINES gives."""
    return structs_by(connection, Line, statement)


def structs_by(connection: Connection, kind: type[R], statement: Select[Any]) -> tuple[R, ...]:
    """The records that a statement gives, its columns in the order of the fields."""
    return tuple(as_struct(kind, tuple(row)) for row in connection.execute(statement))
