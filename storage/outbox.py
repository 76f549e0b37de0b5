"""Deliveries, timers and jobs: rows that are claimed when they are due, worked on, and marked.

Kinds: `send` (to a pushing channel, in order per conversation), `alert`, `notice` (to one member
of staff in person), `timer` and `file_read`.
States: queued, sending, sent, withdrawn, failed. A timer or a read file is deleted once it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
from sqlalchemy import bindparam, delete, exists, func, or_, select, update

from storage.db import Tx, as_struct
from storage.models import Delivery as DeliveryTable
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql

Kind = Literal["send", "timer", "file_read", "alert", "notice"]

# A job of our own that was being worked on when the process died this often is given up.
MAX_ATTEMPTS = 10

_DELIVERY = table_of(DeliveryTable)
_C = _DELIVERY.c


class NewDelivery(Row, frozen=True):
    """Something to do from `due` (ms) on. `payload` is encoded by the caller."""

    conversation: str
    kind: Kind
    due: int
    seq: int = 0  # message that it sends
    channel: str = ""
    name: str = ""  # of a timer; of a send: whose words it carries
    payload: bytes = b""


class Delivery(Row, frozen=True):
    id: int
    conversation: str
    seq: int
    channel: str
    kind: str
    name: str
    payload: bytes
    due: int
    state: str
    attempts: int
    repeated: bool  # may be a repeat: found half sent after a crash
    error: str


COLUMNS = tuple(_C[field] for field in Delivery.__struct_fields__)
_TOLD = ("send", "alert", "notice")  # what leaves the house, or rings
_NEW = {"state": "queued", "attempts": 0, "repeated": 0, "error": ""}
_PUT = insert_sql(_DELIVERY)
_earlier = _DELIVERY.alias("earlier")
_JOB = _C.kind != "send"
_FIRST_SEND = (_C.kind == "send") & ~exists().where(
    _earlier.c.conversation == _C.conversation,
    _earlier.c.kind == "send",
    _earlier.c.id < _C.id,
    _earlier.c.state.in_(("queued", "sending")),
)
_DUE = (
    select(*COLUMNS, _C.wake)
    .where(_C.state == "queued", _C.wake <= bindparam("now"))
    .order_by(_C.wake, _C.id)
    .limit(bindparam("most"))
)
_DUE_SENDS, _DUE_JOBS = sql(_DUE.where(_FIRST_SEND)), sql(_DUE.where(_JOB))
_NEXT = select(_C.wake).where(_C.state == "queued").order_by(_C.wake, _C.id).limit(1)
_NEXT_OF_ALL, _NEXT_JOB = sql(_NEXT.where(or_(_JOB, _FIRST_SEND))), sql(_NEXT.where(_JOB))
_ONE = sql(select(*COLUMNS).where(_C.id == bindparam("of")))
_SEND_OF = sql(
    select(*COLUMNS)
    .where(_C.conversation == bindparam("of"), _C.kind == "send", _C.seq == bindparam("message"))
    .order_by(_C.id.desc())
    .limit(1)
)
_SLEEP_ON = sql(update(_DELIVERY).where(_C.id == bindparam("of")).values(wake=_C.due))
_CLAIM = sql(
    update(_DELIVERY)
    .where(_C.id == bindparam("of"))
    .values(state="sending", attempts=_C.attempts + 1)
)
_SENT = sql(
    update(_DELIVERY)
    .where(_C.id == bindparam("of"), _C.kind.in_(_TOLD), _C.state == "sending")
    .values(state="sent", error="")
)
_DROP = sql(delete(_DELIVERY).where(_C.id == bindparam("of"), _C.kind.in_(("timer", "file_read"))))
_PUT_BACK = (
    update(_DELIVERY)
    .where(_C.id == bindparam("of"), _C.state == "sending")
    .values(
        state="queued",
        due=bindparam("then"),
        wake=bindparam("then"),
        attempts=bindparam("count"),
        error=bindparam("why"),
    )
)
_LATER, _REPEAT_LATER = sql(_PUT_BACK), sql(_PUT_BACK.values(repeated=True))
_KEEP = sql(update(_DELIVERY).where(_C.id == bindparam("of")).values(payload=bindparam("bytes")))
_COUNT_FAILED = sql(
    select(func.count()).where(
        _C.conversation == bindparam("of"), _C.kind == "send", _C.state == "failed"
    )
)
_FAILED = sql(
    update(_DELIVERY).where(_C.id == bindparam("of")).values(state="failed", error=bindparam("why"))
)
_WITHDRAW = sql(
    update(_DELIVERY)
    .where(
        _C.conversation == bindparam("of"),
        _C.kind == "send",
        _C.state == "queued",
        or_(bindparam("speaker") == "", _C.name == bindparam("speaker")),
    )
    .values(state="withdrawn")
)
_TAKE_BACK = sql(update(_DELIVERY).where(_C.id == bindparam("of")).values(state="withdrawn"))
_SAME_TIMER = (
    _C.conversation == bindparam("of"),
    _C.kind == "timer",
    _C.name == bindparam("timer"),
    _C.state == "queued",
)
_MOVE_TIMER = sql(
    update(_DELIVERY)
    .where(*_SAME_TIMER, _C.wake <= bindparam("then"))
    .values(due=bindparam("then"), payload=bindparam("bytes"))
)
_CANCEL_TIMER = sql(delete(_DELIVERY).where(*_SAME_TIMER))
_CANCEL_TIMERS = sql(
    delete(_DELIVERY).where(
        _C.conversation == bindparam("of"), _C.kind == "timer", _C.state == "queued"
    )
)
_LEFT_OVER = _C.state == "sending"
_SEND_AGAIN = sql(
    update(_DELIVERY)
    .where(_LEFT_OVER, _C.kind.in_(_TOLD), _C.repeated.is_(False))
    .values(state="queued", repeated=True)
)
_GIVE_UP = sql(
    update(_DELIVERY)
    .where(_LEFT_OVER, or_(_C.kind.in_(_TOLD), _C.attempts >= MAX_ATTEMPTS))
    .values(state="failed", error="interrupted")
)
_DO_AGAIN = sql(update(_DELIVERY).where(_LEFT_OVER).values(state="queued"))


def put(tx: Tx, delivery: NewDelivery) -> int:
    """Queue a delivery; gives its id. Raises Conflict when the conversation is gone."""
    return tx.insert(_PUT, {**msgspec.structs.asdict(delivery), **_NEW, "wake": delivery.due})


def claim_due(tx: Tx, now: int, limit: int, sends: int | None = None) -> list[Delivery]:
    """Take up to `limit` due deliveries, oldest first; each is then `sending` and ours to finish.

    At most `sends` of them are sends (None: all may be). Of a conversation's sends only the first
    is given: the next comes once that one is marked.
    """
    claimed = []
    most = limit if sends is None else min(limit, sends)
    due = tx.all(_DUE_SENDS, {"now": now, "most": most})
    due += tx.all(_DUE_JOBS, {"now": now, "most": limit - len(due)})
    for row in due:
        delivery = as_struct(Delivery, row[:-1])
        if delivery.due > now:
            tx.run(_SLEEP_ON, {"of": delivery.id})  # a timer that was moved on since
            continue
        tx.run(_CLAIM, {"of": delivery.id})
        claimed.append(
            msgspec.structs.replace(delivery, state="sending", attempts=delivery.attempts + 1)
        )
    return claimed


def next_due(tx: Tx, *, sends: bool = True) -> int | None:
    """When (ms) to look again: the earliest moment at which something may be due, or None.

    Without what waits behind an earlier send of its conversation, and without `sends` at all where
    that is false.
    """
    row = tx.one(_NEXT_OF_ALL if sends else _NEXT_JOB)
    return None if row is None else row[0]


def get(tx: Tx, delivery: int) -> Delivery | None:
    """A delivery as it stands now, or None: a done timer, or erased."""
    return tx.struct(Delivery, _ONE, {"of": delivery})


def find_send(tx: Tx, conversation: str, seq: int) -> Delivery | None:
    """How a message is sent, or None: it is fetched, or the conversation is erased."""
    return tx.struct(Delivery, _SEND_OF, {"of": conversation, "message": seq})


def done(tx: Tx, delivery: int) -> None:
    """It was sent, or the job is finished."""
    if not tx.run(_DROP, {"of": delivery}):
        tx.run(_SENT, {"of": delivery})


def later(tx: Tx, delivery: int, due: int, error: str, attempts: int) -> None:
    """It did not work: try again from `due` on. `attempts`: how many tries count by now."""
    tx.run(_LATER, {"of": delivery, "then": due, "why": error, "count": attempts})


def repeat_later(tx: Tx, delivery: int, due: int, error: str, attempts: int) -> None:
    """The same where it may have worked: the next try is a repeat."""
    tx.run(_REPEAT_LATER, {"of": delivery, "then": due, "why": error, "count": attempts})


def keep_payload(tx: Tx, delivery: int, payload: bytes) -> None:
    """Keep what the next try must know, such as how much has gone out already."""
    tx.run(_KEEP, {"of": delivery, "bytes": payload})


def failed(tx: Tx, delivery: int, error: str) -> None:
    """It will not work: staff see it with the error."""
    tx.run(_FAILED, {"of": delivery, "why": error})


def count_failed(tx: Tx, conversation: str) -> int:
    """How many messages of a conversation could not be delivered."""
    row = tx.one(_COUNT_FAILED, {"of": conversation})
    return 0 if row is None else int(row[0])


def withdraw(tx: Tx, conversation: str, name: str = "") -> int:
    """Withdraw what is queued to be sent (a human took over); gives how many. Timers stay.

    With `name` only what was put under this name, such as "bot".
    """
    return tx.run(_WITHDRAW, {"of": conversation, "speaker": name})


def take_back(tx: Tx, delivery: int) -> None:
    """Withdraw one delivery that is claimed and will not be sent after all."""
    tx.run(_TAKE_BACK, {"of": delivery})


def start_timer(tx: Tx, conversation: str, name: str, due: int) -> None:
    """Start a timer of this name, or move the one that runs."""
    start_timer_with(tx, NewDelivery(conversation, "timer", due, name=name))


def start_timer_with(tx: Tx, timer: NewDelivery) -> None:
    """The same with a payload."""
    named = {"of": timer.conversation, "timer": timer.name}
    # Moved to a later time, as nearly always, the row keeps its place in the index: it wakes up at
    # the old time, and is put to sleep again then.
    if tx.run(_MOVE_TIMER, {**named, "then": timer.due, "bytes": timer.payload}):
        return
    tx.run(_CANCEL_TIMER, named)
    put(tx, timer)


def cancel_timers(tx: Tx, conversation: str, names: Sequence[str] = ()) -> None:
    """Cancel the timers of these names; without names, all of the conversation."""
    if not names:
        tx.run(_CANCEL_TIMERS, {"of": conversation})
    for name in names:
        tx.run(_CANCEL_TIMER, {"of": conversation, "timer": name})


def recover(tx: Tx) -> int:
    """At start: put right what was being worked on when the process died; gives how many rows.

    A send is done once more and marked `repeated`; found so a second time it has failed. Our own
    jobs are simply done again, up to MAX_ATTEMPTS times.
    """
    return tx.run(_SEND_AGAIN) + tx.run(_GIVE_UP) + tx.run(_DO_AGAIN)
