"""Topics of the desk's group: which conversation stands in which topic, and what is shown there."""

from __future__ import annotations

import msgspec
from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    update,
)

from storage import conversations
from storage.channel_models import DeskTopic, LeftTopic
from storage.db import Tx
from storage.models import Audit, Conversation, ConversationState, Escalation, Message, table_of
from storage.rows import Row
from storage.statements import insert_new_sql, sql, upsert_sql

TOUCHED_MAX = 5_000
WISHED = b"wished"  # memory of an erased talk's topic: somebody wanted it erased


class TopicRow(Row, frozen=True):
    """A conversation's topic. `memory` is the feed's own; `state`: open, closed, erased."""

    conversation: str
    group_id: int
    thread_id: int = 0  # 0: not opened yet
    head_message: int = 0  # 0: none
    state: str = "open"
    seen_seq: int = 0  # messages up to here stand in the topic, or need not
    seen_version: int = 0  # of the conversation, as the topic shows it
    memory: bytes = b""
    updated_at: int = 0  # ms


class Sight(Row, frozen=True):
    """How far a conversation is."""

    conversation: str
    version: int
    last_seq: int


class Reached(Row, frozen=True):
    """Up to where it is known what was touched: ids of the newest message and act of staff."""

    message: int = 0
    act: int = 0


class Called(Row, frozen=True):
    """A rule that brought in a human; `at` in ms."""

    reason: str
    urgency: str  # urgent, high, normal
    at: int


_TOPIC = table_of(DeskTopic)
_CONVERSATION = table_of(Conversation)
_STATE = table_of(ConversationState)
_MESSAGE = table_of(Message)
_ESCALATION = table_of(Escalation)
_AUDIT = table_of(Audit)
_LEFT = table_of(LeftTopic)
_COLUMNS = tuple(_TOPIC.c[name] for name in TopicRow.__struct_fields__)
_CHANGED = tuple(name for name in TopicRow.__struct_fields__ if name != "conversation")

_FIND = sql(select(*_COLUMNS).where(_TOPIC.c.conversation == bindparam("of")))
_BY_THREAD = sql(
    select(*_COLUMNS).where(
        _TOPIC.c.group_id == bindparam("chat"),
        _TOPIC.c.thread_id == bindparam("thread"),
        _TOPIC.c.state != "erased",
    )
)
_PUT = upsert_sql(_TOPIC, *_CHANGED)
_SAVE = sql(
    update(_TOPIC)
    .where(_TOPIC.c.conversation == bindparam("of"), _TOPIC.c.state != "erased")
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
)
_PLACE = {"of": "conversation", "chat": "group_id", "thread": "thread_id"}
_DROP = sql(
    delete(_TOPIC).where(*(_TOPIC.c[name] == bindparam(as_) for as_, name in _PLACE.items()))
)
_DROP_LEFT = sql(
    delete(_LEFT).where(*(_LEFT.c[name] == bindparam(as_) for as_, name in _PLACE.items()))
)
_LEAVE = insert_new_sql(_LEFT)
_ERASED = sql(
    # Said twice, so that the partial index is used.
    select(*_COLUMNS)
    .where(_TOPIC.c.state != "closed", _TOPIC.c.state == "erased")
    .order_by(_TOPIC.c.group_id != bindparam("chat"), _TOPIC.c.updated_at)
    .limit(bindparam("most"))
)
_LEFT_OF_ERASED = sql(
    select(
        _LEFT.c.conversation,
        _LEFT.c.group_id,
        _LEFT.c.thread_id,
        literal(0).label("head_message"),
        literal("erased").label("state"),
        literal(0).label("seen_seq"),
        literal(0).label("seen_version"),
        literal(b"").label("memory"),
        func.coalesce(_CONVERSATION.c.erased_at, 0).label("updated_at"),
    )
    .select_from(_LEFT.outerjoin(_CONVERSATION, _CONVERSATION.c.id == _LEFT.c.conversation))
    .where(or_(_CONVERSATION.c.id.is_(None), _CONVERSATION.c.erased_at != 0))
    .limit(bindparam("most"))
)
_AT_DESK = _CONVERSATION.c.owner.in_(("waiting", "human"))  # as the partial index has it
_WAITING = sql(
    select(_CONVERSATION.c.id, _STATE.c.version, _STATE.c.last_seq)
    .select_from(_CONVERSATION.join(_STATE, _STATE.c.conversation == _CONVERSATION.c.id))
    .where(_AT_DESK, _CONVERSATION.c.owner == "waiting")
    .order_by(_CONVERSATION.c.waiting_since)
)
_WRITTEN = sql(
    select(_TOPIC.c.conversation, _STATE.c.version, _STATE.c.last_seq)
    .select_from(_TOPIC.join(_STATE, _STATE.c.conversation == _TOPIC.c.conversation))
    .where(
        _TOPIC.c.group_id == bindparam("chat"),
        or_(_TOPIC.c.updated_at >= bindparam("since"), _TOPIC.c.seen_seq != _STATE.c.last_seq),
    )
)
_LAST_MESSAGE = sql(select(func.coalesce(func.max(_MESSAGE.c.id), 0)))
_LAST_ACT = sql(select(func.coalesce(func.max(_AUDIT.c.id), 0)))
_TOUCHED = sql(
    select(_MESSAGE.c.conversation)
    .distinct()
    .select_from(
        _MESSAGE.join(_CONVERSATION, _CONVERSATION.c.id == _MESSAGE.c.conversation).outerjoin(
            _TOPIC, _TOPIC.c.conversation == _MESSAGE.c.conversation
        )
    )
    .where(
        _MESSAGE.c.id > bindparam("after"),
        _MESSAGE.c.id <= bindparam("last"),
        or_(_TOPIC.c.conversation.is_not(None), _CONVERSATION.c.owner == "human"),
    )
)
_ACTED_ON = sql(
    select(_AUDIT.c.subject)
    .distinct()
    .select_from(_AUDIT.join(_TOPIC, _TOPIC.c.conversation == _AUDIT.c.subject))
    .where(_AUDIT.c.id > bindparam("after"), _AUDIT.c.id <= bindparam("last"))
)
_MOVED = (
    select(_TOPIC.c.conversation)
    .select_from(_TOPIC.join(_STATE, _STATE.c.conversation == _TOPIC.c.conversation))
    .where(
        _TOPIC.c.state != "erased",
        or_(_TOPIC.c.seen_version != _STATE.c.version, _TOPIC.c.seen_seq != _STATE.c.last_seq),
    )
)
_UNSHOWN = select(_CONVERSATION.c.id).where(
    _AT_DESK,
    _CONVERSATION.c.owner == "human",
    ~exists().where(
        _TOPIC.c.conversation == _CONVERSATION.c.id, _TOPIC.c.group_id == bindparam("chat")
    ),
)
_BEHIND = union(_MOVED, _UNSHOWN)
_REGROUP, _REGROUP_LEFT = (
    sql(update(each).where(each.c.group_id == bindparam("old")).values(group_id=bindparam("new")))
    for each in (_TOPIC, _LEFT)
)
_CALLS = sql(
    select(_ESCALATION.c.reason, _ESCALATION.c.urgency, _ESCALATION.c.at)
    .where(_ESCALATION.c.conversation == bindparam("of"))
    .order_by(_ESCALATION.c.at)
)
_LAST_BEFORE = sql(
    select(func.coalesce(func.max(_MESSAGE.c.seq), 0)).where(
        _MESSAGE.c.conversation == bindparam("of"), _MESSAGE.c.at < bindparam("at")
    )
)


def find(tx: Tx, conversation: str) -> TopicRow | None:
    """The topic of a conversation, or None."""
    return tx.struct(TopicRow, _FIND, {"of": conversation})


def find_by_thread(tx: Tx, group: int, thread: int) -> TopicRow | None:
    """The topic behind a thread of the group, or None: not one of ours, or erased."""
    return tx.struct(TopicRow, _BY_THREAD, {"chat": group, "thread": thread}) if thread else None


def begin(tx: Tx, row: TopicRow) -> bool:
    """Keep a first row; False when the conversation is gone or was erased."""
    if conversations.latest(tx, row.conversation) is None:
        return False
    tx.run(_PUT, msgspec.structs.asdict(row))
    return True


def save(tx: Tx, row: TopicRow) -> bool:
    """Keep what the topic shows now; False when the conversation was erased meanwhile."""
    before = find(tx, row.conversation)
    if before is not None and before.group_id != row.group_id:
        _leave(tx, before)
    new = {f"new_{name}": getattr(row, name) for name in _CHANGED}
    return tx.run(_SAVE, {"of": row.conversation, **new}) > 0


def put_erased(tx: Tx, row: TopicRow) -> None:
    """Keep a topic that is still to be deleted, of a conversation that is gone already."""
    before = find(tx, row.conversation)
    if before is not None and _place(before) != _place(row):
        _leave(tx, before)
    memory = before.memory if before is not None and before.state == "erased" else b""
    left = msgspec.structs.replace(row, state="erased", memory=memory)
    tx.run(_PUT, msgspec.structs.asdict(left))


def _leave(tx: Tx, row: TopicRow) -> None:
    """Its conversation goes on in another topic: keep what is to be deleted with it one day."""
    if row.thread_id:
        left = {"group_id": row.group_id, "thread_id": row.thread_id}
        tx.run(_LEAVE, {**left, "conversation": row.conversation})


def _place(row: TopicRow) -> dict[str, object]:
    return {"of": row.conversation, "chat": row.group_id, "thread": row.thread_id}


def drop(tx: Tx, row: TopicRow) -> None:
    """Forget a topic that was deleted."""
    tx.run(_DROP, _place(row))
    tx.run(_DROP_LEFT, _place(row))


def erased(tx: Tx, group: int, limit: int = 100) -> list[TopicRow]:
    """Topics that are still to be deleted, those of this group first."""
    return tx.structs(TopicRow, _ERASED, {"chat": group, "most": limit})


def left_of_erased(tx: Tx, limit: int = 5_000) -> list[TopicRow]:
    """Topics in former groups that are to be deleted, too. Looks at every topic that was left."""
    return tx.structs(TopicRow, _LEFT_OF_ERASED, {"most": limit})


def waiting(tx: Tx) -> list[Sight]:
    """The conversations that wait for a human, longest waiting first."""
    return tx.structs(Sight, _WAITING)


def written(tx: Tx, group: int, since: int) -> list[Sight]:
    """The conversations in whose topics something may have been written since then (ms)."""
    return tx.structs(Sight, _WRITTEN, {"chat": group, "since": since})


def reached(tx: Tx) -> Reached:
    """How far everything is now."""
    message, act = tx.one(_LAST_MESSAGE), tx.one(_LAST_ACT)
    return Reached(message[0] if message else 0, act[0] if act else 0)


def touched(tx: Tx, since: Reached) -> tuple[Reached, list[str]]:
    """The conversations with a topic that got messages or on which staff acted since then, and
    those that a human has without one; and from where to go on."""
    now = reached(tx)
    last = Reached(
        min(now.message, since.message + TOUCHED_MAX), min(now.act, since.act + TOUCHED_MAX)
    )
    found: dict[str, None] = {}
    for statement, after, end in (
        (_TOUCHED, since.message, last.message),
        (_ACTED_ON, since.act, last.act),
    ):
        if end > after:
            rows = tx.all(statement, {"after": after, "last": end})
            found.update((row[0], None) for row in rows)
    return last, [*found]


def behind(connection: Connection, group: int) -> list[str]:
    """Every conversation that has moved on since its topic was brought up to date, and every one
    that a human has and that this group does not show. Runs long."""
    return [row[0] for row in connection.execute(_BEHIND, {"chat": group})]


def regroup(tx: Tx, old: int, new: int) -> int:
    """The group goes on under another id; gives how many topics."""
    ids = {"old": old, "new": new}
    return tx.run(_REGROUP, ids) + tx.run(_REGROUP_LEFT, ids)


def calls(tx: Tx, conversation: str) -> list[Called]:
    """Which rules brought in a human, earliest first."""
    return tx.structs(Called, _CALLS, {"of": conversation})


def last_seq_before(tx: Tx, conversation: str, at: int) -> int:
    """The number of the last message before this moment (ms), 0: none."""
    row = tx.one(_LAST_BEFORE, {"of": conversation, "at": at})
    return row[0] if row else 0
