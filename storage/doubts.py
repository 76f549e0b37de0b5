"""Messages that were not understood, until a manager has dealt with them.

A row says where and why, never what was said: the words and what was made of them are joined from
the message, and are gone with it.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)

from storage import models
from storage.conversations import MESSAGE_COLUMNS, MessageRow
from storage.db import Tx
from storage.models import table_of
from storage.reading import structs_by
from storage.rows import Row
from storage.statements import ID_MAX, count_some_sql, insert_new_sql, sql

Kind = Literal["unsure", "unread", "corrected", "unclear", "not_helpful"]
How = Literal["example", "dismissed"]

PER_TALK = 30  # rows of one conversation: whoever types at random fills no list

_DOUBT = table_of(models.Doubt)
_MESSAGE = table_of(models.Message)
# Written out, not bound: the partial indexes are only used so.
_OPEN = _DOUBT.c.settled_at == literal_column("0")
_SETTLED = _DOUBT.c.settled_at > literal_column("0")


class NewDoubt(Row, frozen=True):
    """`asked`: slot that was asked for, "" for none; `certainty` 0 to 1."""

    conversation: str
    seq: int
    kind: Kind
    language: str
    asked: str
    certainty: float
    at: int


class Doubt(Row, frozen=True):
    """A doubt with its message. `reading` as it is stored there; times in ms, 0: never."""

    id: int
    conversation: str
    seq: int
    kind: Kind
    language: str
    asked: str
    certainty: float
    at: int
    settled_at: int
    settled_by: int
    settled_how: str
    edit: int
    text: str
    reading: bytes


class Settling(Row, frozen=True):
    """Who took a doubt off the list, how and when; `edit`: number in the overlay, 0 for none."""

    how: How
    staff_id: int
    now: int
    edit: int = 0


class Wanted(Row, frozen=True, kw_only=True):
    """Which doubts; "" and 0 take all. Times in ms: since <= t < until."""

    kind: str = ""
    language: str = ""
    settled: bool = False
    since: int = 0
    until: int = 0


_PUT = insert_new_sql(_DOUBT)
_COUNT_OF = sql(select(func.count()).where(_DOUBT.c.conversation == bindparam("of")))
_WORSE = sql(
    update(_DOUBT)
    .where(_DOUBT.c.conversation == bindparam("of"), _DOUBT.c.seq == bindparam("number"), _OPEN)
    .values(kind=bindparam("kind"))
)
_LAST_SAID = sql(
    select(*MESSAGE_COLUMNS)
    .where(
        _MESSAGE.c.conversation == bindparam("of"),
        _MESSAGE.c.seq < bindparam("before"),
        _MESSAGE.c.author == "prospect",
    )
    .order_by(_MESSAGE.c.seq.desc())
    .limit(1)
)
_JOINED = select(
    *(_DOUBT.c[name] for name in Doubt.__struct_fields__[:-2]), _MESSAGE.c.text, _MESSAGE.c.reading
).select_from(
    _DOUBT.join(
        _MESSAGE,
        and_(_MESSAGE.c.conversation == _DOUBT.c.conversation, _MESSAGE.c.seq == _DOUBT.c.seq),
    )
)
_GET = sql(_JOINED.where(_DOUBT.c.id == bindparam("of")))
_SETTLE = sql(
    update(_DOUBT)
    .where(_DOUBT.c.id == bindparam("of"), _OPEN)
    .values(
        settled_at=bindparam("now"),
        settled_by=bindparam("staff_id"),
        settled_how=bindparam("how"),
        edit=bindparam("edit_of"),
    )
)
_REOPEN = sql(
    update(_DOUBT)
    .where(_DOUBT.c.id == bindparam("of"), _SETTLED)
    .values(settled_at=0, settled_by=0, settled_how="", edit=0)
)
_COUNT_OPEN = count_some_sql(_DOUBT, _OPEN)


def record(tx: Tx, doubt: NewDoubt) -> bool:
    """Keep a doubt; a message has one at most, and what the prospect says is the graver one.

    False when nothing was added: it is there, or the conversation has PER_TALK of them.
    """
    found = tx.one(_COUNT_OF, {"of": doubt.conversation})
    if found is not None and found[0] >= PER_TALK:
        return False
    blank = {"settled_at": 0, "settled_by": 0, "settled_how": "", "edit": 0}
    if tx.one(_PUT, {**msgspec.structs.asdict(doubt), **blank}) is not None:
        return True
    if doubt.kind in ("corrected", "not_helpful"):
        key = {"of": doubt.conversation, "number": doubt.seq}
        tx.run(_WORSE, {**key, "kind": doubt.kind})
    return False


def last_said(tx: Tx, conversation: str, before: int) -> MessageRow | None:
    """The prospect's last message before this number, or None."""
    return tx.struct(MessageRow, _LAST_SAID, {"of": conversation, "before": before})


def get(tx: Tx, doubt: int) -> Doubt | None:
    """A doubt by its id, or None."""
    return tx.struct(Doubt, _GET, {"of": doubt}) if 0 < doubt <= ID_MAX else None


def settle(tx: Tx, doubt: int, settling: Settling) -> bool:
    """Take a doubt off the list; False when it was settled before."""
    fields = msgspec.structs.asdict(settling)
    return tx.run(_SETTLE, {**fields, "of": doubt, "edit_of": settling.edit}) > 0


def reopen(tx: Tx, doubt: int) -> bool:
    """Put a settled doubt on the list again; False when it is open."""
    return tx.run(_REOPEN, {"of": doubt}) > 0


def count_open(tx: Tx) -> int:
    """How many doubts are open; COUNTED stands for that many or more."""
    found = tx.one(_COUNT_OPEN)
    return int(found[0]) if found else 0


def find(
    connection: Connection, wanted: Wanted, cursor: str = "", limit: int = 50
) -> tuple[tuple[Doubt, ...], str]:
    """Doubts that fit, newest first, and the cursor of the next page or "".

    ValueError for a cursor that is none.
    """
    statement = _JOINED.where(*_conditions(wanted))
    if cursor:
        statement = statement.where(_before(cursor))
    newest = statement.order_by(_DOUBT.c.at.desc(), _DOUBT.c.id.desc()).limit(limit + 1)
    rows = structs_by(connection, Doubt, newest)
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], f"{rows[limit - 1].at}-{rows[limit - 1].id}"


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_SETTLED if wanted.settled else _OPEN]
    found += [
        _DOUBT.c[name] == getattr(wanted, name)
        for name in ("kind", "language")
        if getattr(wanted, name)
    ]
    if wanted.since:
        found.append(_DOUBT.c.at >= wanted.since)
    if wanted.until:
        found.append(_DOUBT.c.at < wanted.until)
    return found


def _before(cursor: str) -> ColumnElement[bool]:
    at, _, number = cursor.partition("-")
    return tuple_(_DOUBT.c.at, _DOUBT.c.id) < tuple_(literal(int(at)), literal(int(number)))
