"""Arrivals: what came in, stored raw before anybody looks into it, and taken in after that.

States: `new` (waits, in order within source and chat), `done` (emptied; the row stays some days as
a memory against repeats), `aside` (could not be taken in; kept for `replay`). Ids of updates begin
low again now and then, so order is that of storing, and a repeat is the same id with the same
bytes. What a website's conversation could not take in is stored as `aside` at once.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, delete, func, or_, select, update

from storage.channel_models import Arrival as ArrivalTable
from storage.channel_models import Chat
from storage.db import Tx
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_new_sql, sql

# The source whose chats are no chats of conversations: of staff, whose private chat with the one
# bot has the same number as that with the other.
DESK = "desk"
CHANNEL = "telegram"  # of the chats that updates come from
_DAY = 86_400_000
# How long an update may be repeated (Telegram keeps them for a day), and how long what is set aside
# waits for somebody to replay it.
DONE_KEPT, ASIDE_KEPT = 8 * _DAY, 30 * _DAY  # ms

_ARRIVAL, _CHAT = table_of(ArrivalTable), table_of(Chat)
_C = _ARRIVAL.c


class NewArrival(Row, frozen=True):
    """An update as it came. `tap` is the same for repeats of one tap, "" for anything else."""

    source: str
    update_id: int
    digest: bytes  # of the payload
    chat: str
    payload: bytes
    at: int  # ms
    tap: str = ""
    conversation: str = ""  # that it was for, where it is known


class Arrival(Row, frozen=True):
    """A stored update; times in ms. `error` names what went wrong last, never in a text of it."""

    id: int
    source: str
    update_id: int
    chat: str
    tap: str
    payload: bytes
    at: int
    due: int
    state: str
    attempts: int
    error: str


class Aside(Row, frozen=True):
    """What is set aside, without its content."""

    id: int
    source: str
    chat: str
    at: int
    error: str


_COLUMNS = tuple(_C[name] for name in Arrival.__struct_fields__)
_KEEP = insert_new_sql(_ARRIVAL)
_SAME = sql(
    select(_C.id).where(
        _C.source == bindparam("source"),
        _C.update_id == bindparam("update_id"),
        _C.digest == bindparam("digest"),
    )
)
# From chat to chat by the index, so that the rows of one chat cost the same however many wait.
_NEW = (_C.state == "new", _C.source == bindparam("by"))
_other = _ARRIVAL.alias("other").c
_WAITS = (_other.state == "new", _other.source == bindparam("by"))
_walk = select(func.min(_other.chat).label("chat")).where(*_WAITS).cte("walk", recursive=True)
_after = select(func.min(_other.chat)).where(*_WAITS, _other.chat > _walk.c.chat)
_walk = _walk.union_all(
    select(_after.correlate(_walk).scalar_subquery()).where(_walk.c.chat.is_not(None))
)
_oldest = (
    select(func.min(_other.id))
    .where(*_WAITS, _other.chat == _walk.c.chat)
    .correlate(_walk)
    .scalar_subquery()
)
_firsts = select(_C.id).join(_walk, _C.id == _oldest).where(_C.due <= bindparam("now"))
_CHATS = sql(
    select(_C.chat)
    .join(_walk, _C.id == _oldest)
    .where(_C.due <= bindparam("now"))
    .order_by(_C.id)
    .limit(bindparam("most"))
)
_SOME = select(_C.id).where(*_NEW, _C.chat == bindparam("where")).limit(bindparam("most"))
_WAITING = sql(select(func.count()).select_from(_SOME.subquery()))
_FIRST = sql(
    select(*_COLUMNS)
    .where(_C.state == "new", _C.source == bindparam("by"), _C.chat == bindparam("where"))
    .order_by(_C.id)
    .limit(1)
)
_ONE = sql(select(*_COLUMNS).where(_C.id == bindparam("of")))
_ASIDE = sql(
    select(*(_C[name] for name in Aside.__struct_fields__))
    .where(_C.state == "aside")
    .order_by(_C.id.desc())
    .limit(bindparam("most"))
)
_TAPPED = sql(
    select(_C.id)
    .where(
        _C.source == bindparam("by"),
        _C.chat == bindparam("where"),
        _C.tap == bindparam("same"),
        _C.tap != "",
        _C.state == "done",
        _C.at >= bindparam("since"),
        _C.id < bindparam("of"),
    )
    .limit(1)
)
_THIS = update(_ARRIVAL).where(_C.id == bindparam("of"))
_DONE = sql(_THIS.values(state="done", payload=bindparam("nothing"), error=""))
_DONE_WITHOUT_EFFECT = sql(
    _THIS.values(state="done", payload=bindparam("nothing"), error="", tap="")
)
_LATER = sql(
    _THIS.values(due=bindparam("then"), attempts=bindparam("count"), error=bindparam("why"))
)
# The conversation that went on in its chat then: the chat may have another by the time that one is
# erased.
_there = (
    select(_CHAT.c.conversation)
    .where(_CHAT.c.channel == CHANNEL, _CHAT.c.address == _C.chat, _C.source != DESK)
    .correlate(_ARRIVAL)
    .scalar_subquery()
)
_WHOSE = func.coalesce(_there, _C.conversation)
_GIVE_UP = sql(
    _THIS.values(
        state="aside", attempts=_C.attempts + 1, error=bindparam("why"), conversation=_WHOSE
    )
)
_ASIDE_AGAIN = sql(
    _THIS.values(
        state="aside",
        payload=bindparam("content"),
        attempts=_C.attempts + 1,
        error=bindparam("why"),
    )
)
_AGAIN = sql(
    _THIS.where(_C.state == "aside").values(state="new", due=bindparam("now"), attempts=0, error="")
)
_CUT_SHORT = sql(
    update(_ARRIVAL)
    .where(
        _C.id.in_(_firsts),
    )
    .values(attempts=_C.attempts + 1)
)
_TOO_OFTEN = sql(
    update(_ARRIVAL)
    .where(_C.state == "new", _C.source == bindparam("by"), _C.attempts >= bindparam("most"))
    .values(state="aside", error="interrupted", conversation=_WHOSE)
)
_FORGET = sql(
    delete(_ARRIVAL).where(
        _C.id.in_(
            select(_C.id)
            .where(
                _C.at < bindparam("done_before"),
                or_(
                    _C.state == "done",
                    (_C.state == "aside") & (_C.at < bindparam("aside_before")),
                ),
            )
            .limit(bindparam("most"))
        )
    )
)


def keep(tx: Tx, arrival: NewArrival) -> int:
    """Store an update, due at once; gives its id, 0 when it is there already: a repeat."""
    return _insert(tx, arrival, {"state": "new", "attempts": 0, "error": ""})


def set_aside(tx: Tx, arrival: NewArrival, error: str) -> int:
    """Store what could not be taken in; gives its id, the same one for the same content."""
    number = _insert(tx, arrival, {"state": "aside", "attempts": 1, "error": error})
    if number:
        return number
    number = int(tx.all(_SAME, msgspec.structs.asdict(arrival))[0][0])
    tx.run(_ASIDE_AGAIN, {"of": number, "content": arrival.payload, "why": error})
    return number


def _insert(tx: Tx, arrival: NewArrival, fate: dict[str, object]) -> int:
    row = {**msgspec.structs.asdict(arrival), "due": arrival.at, **fate}
    stored = tx.all(_KEEP, row)
    return int(stored[0][0]) if stored else 0


def next_chats(tx: Tx, source: str, now: int, limit: int) -> list[str]:
    """Chats whose oldest new arrival is due, the one that waits longest first.

    One that is to be tried later holds back those behind it in its chat, and no other chat.
    """
    return [row[0] for row in tx.all(_CHATS, {"by": source, "now": now, "most": limit})]


def count_waiting(tx: Tx, source: str, chat: str, most: int) -> int:
    """How many new arrivals of a chat wait; `most` where there are that many or more."""
    row = tx.one(_WAITING, {"by": source, "where": chat, "most": most})
    return int(row[0]) if row else 0


def next_of(tx: Tx, source: str, chat: str) -> Arrival | None:
    """The oldest new arrival of a chat, due or not; None when nothing waits there."""
    return tx.struct(Arrival, _FIRST, {"by": source, "where": chat})


def get(tx: Tx, arrival: int) -> Arrival | None:
    """An arrival as it stands now, or None: forgotten or erased."""
    return tx.struct(Arrival, _ONE, {"of": arrival})


def aside_list(tx: Tx, limit: int = 500) -> list[Aside]:
    """What is set aside, newest first."""
    return tx.structs(Aside, _ASIDE, {"most": limit})


def tapped_before(tx: Tx, arrival: Arrival, since: int) -> bool:
    """Whether an earlier arrival with the same tap came since that moment and was taken in."""
    if not arrival.tap:
        return False
    given = {
        "by": arrival.source, "where": arrival.chat, "same": arrival.tap,
        "since": since, "of": arrival.id,
    }  # fmt: skip
    return tx.one(_TAPPED, given) is not None


def done(tx: Tx, arrival: int) -> None:
    """It was taken in: its content goes, its digest stays."""
    tx.run(_DONE, {"of": arrival, "nothing": b""})


def done_without_effect(tx: Tx, arrival: int) -> None:
    """A tap that was refused, or the repeat of one: done, and no later one is a repeat of it."""
    tx.run(_DONE_WITHOUT_EFFECT, {"of": arrival, "nothing": b""})


def later(tx: Tx, arrival: int, due: int, error: str, attempts: int) -> None:
    """It did not work: try again from `due` (ms) on; what is behind it in its chat waits.

    `attempts`: how many tries count by now.
    """
    tx.run(_LATER, {"of": arrival, "then": due, "why": error, "count": attempts})


def aside(tx: Tx, arrival: int, error: str) -> None:
    """It will not work: kept for `replay`, and the next of its chat may be taken."""
    tx.run(_GIVE_UP, {"of": arrival, "why": error})


def again(tx: Tx, arrival: int, now: int) -> bool:
    """Let what is set aside be taken once more; False when it is not set aside."""
    return tx.run(_AGAIN, {"of": arrival, "now": now}) > 0


def recover(tx: Tx, source: str, now: int, tries: int) -> int:
    """At start: count a try for what may have been at work when the process died.

    What has come to `tries` of them is set aside: it may be what kills the process. Gives how many.
    """
    tx.run(_CUT_SHORT, {"by": source, "now": now})
    return tx.run(_TOO_OFTEN, {"by": source, "most": tries})


def forget_old(tx: Tx, now: int, limit: int = 1_000) -> int:
    """Drop what was done or set aside too long ago, never what is new; gives how many rows.

    At most `limit` at a time: call again while something comes back.
    """
    floors = {"done_before": now - DONE_KEPT, "aside_before": now - ASIDE_KEPT}
    return tx.run(_FORGET, {**floors, "most": limit})
