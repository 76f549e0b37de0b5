"""Topics of the desk's group: which conversation stands in which topic, and what is shown there."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from storage import conversations
from storage.channel_models import DeskTopic
from storage.db import Tx
from storage.models import Conversation, ConversationState, Escalation, Message, table_of
from storage.rows import Row
from storage.statements import sql, upsert_sql

AT_DESK_MAX = 2_000  # conversations looked at in one go
TOUCHED_MAX = 5_000


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
_DROP = sql(delete(_TOPIC).where(_TOPIC.c.conversation == bindparam("of")))
_ERASED = sql(
    # Said twice, so that the partial index is used.
    select(*_COLUMNS)
    .where(_TOPIC.c.state != "closed", _TOPIC.c.state == "erased")
    .limit(bindparam("most"))
)
_AT_DESK = sql(
    select(_CONVERSATION.c.id, _STATE.c.version, _STATE.c.last_seq)
    .select_from(_CONVERSATION.join(_STATE, _STATE.c.conversation == _CONVERSATION.c.id))
    .where(_CONVERSATION.c.owner.in_(("waiting", "human")))
    .limit(bindparam("most"))
)
_LAST_MESSAGE = sql(select(func.coalesce(func.max(_MESSAGE.c.id), 0)))
_TOUCHED = sql(
    select(_MESSAGE.c.conversation)
    .distinct()
    .select_from(_MESSAGE.join(_TOPIC, _TOPIC.c.conversation == _MESSAGE.c.conversation))
    .where(_MESSAGE.c.id > bindparam("after"), _MESSAGE.c.id <= bindparam("last"))
)
_MOVED = (
    select(_TOPIC.c.conversation)
    .select_from(_TOPIC.join(_STATE, _STATE.c.conversation == _TOPIC.c.conversation))
    .where(
        _TOPIC.c.state != "erased",
        or_(_TOPIC.c.seen_version != _STATE.c.version, _TOPIC.c.seen_seq != _STATE.c.last_seq),
    )
)
_REGROUP = sql(
    update(_TOPIC).where(_TOPIC.c.group_id == bindparam("old")).values(group_id=bindparam("new"))
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
    new = {f"new_{name}": getattr(row, name) for name in _CHANGED}
    return tx.run(_SAVE, {"of": row.conversation, **new}) > 0


def put_erased(tx: Tx, row: TopicRow) -> None:
    """Keep a topic that is still to be deleted, of a conversation that is gone already."""
    left = msgspec.structs.replace(row, state="erased", memory=b"")
    tx.run(_PUT, msgspec.structs.asdict(left))


def drop(tx: Tx, conversation: str) -> None:
    """Forget a topic."""
    tx.run(_DROP, {"of": conversation})


def erased(tx: Tx, limit: int = 100) -> list[TopicRow]:
    """Topics that are still to be deleted in the group."""
    return tx.structs(TopicRow, _ERASED, {"most": limit})


def at_desk(tx: Tx) -> list[Sight]:
    """The conversations that wait for a human or have one, at most AT_DESK_MAX."""
    return tx.structs(Sight, _AT_DESK, {"most": AT_DESK_MAX})


def last_message(tx: Tx) -> int:
    """Id of the newest message of all."""
    row = tx.one(_LAST_MESSAGE)
    return row[0] if row else 0


def touched(tx: Tx, after: int) -> tuple[int, list[str]]:
    """The conversations with a topic that got messages after this id, and the id to go on from."""
    last = min(last_message(tx), after + TOUCHED_MAX)
    if last <= after:
        return after, []
    return last, [row[0] for row in tx.all(_TOUCHED, {"after": after, "last": last})]


def moved(connection: Connection) -> list[str]:
    """Every conversation that has moved on since its topic was brought up to date. Runs long."""
    return [row[0] for row in connection.execute(_MOVED)]


def regroup(tx: Tx, old: int, new: int) -> int:
    """The group goes on under another id; gives how many topics."""
    return tx.run(_REGROUP, {"old": old, "new": new})


def calls(tx: Tx, conversation: str) -> list[Called]:
    """Which rules brought in a human, earliest first."""
    return tx.structs(Called, _CALLS, {"of": conversation})


def last_seq_before(tx: Tx, conversation: str, at: int) -> int:
    """The number of the last message before this moment (ms), 0: none."""
    row = tx.one(_LAST_BEFORE, {"of": conversation, "at": at})
    return row[0] if row else 0
