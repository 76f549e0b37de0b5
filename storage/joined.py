"""Conversations of one person: those that staff joined, and those that may be the same person's.

A group has one head; each other member's row points to it. A head without a row is a talk alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select, update

from storage.db import Tx
from storage.desk_models import Joined
from storage.figure_models import Fact
from storage.models import Conversation, table_of
from storage.rows import Row
from storage.statements import insert_new_sql, sql

GROUP_MAX = 20  # conversations of one person that are joined
FOUND_MAX = 20  # candidates of one kind

_JOINED, _FACT, _CONVERSATION = table_of(Joined), table_of(Fact), table_of(Conversation)
_HEAD = sql(select(_JOINED.c.into).where(_JOINED.c.conversation == bindparam("of")))
_JOINED_BY = sql(
    select(_JOINED.c.staff_id, _JOINED.c.at).where(_JOINED.c.conversation == bindparam("of"))
)
_MEMBERS = sql(
    select(_JOINED.c.conversation)
    .where(_JOINED.c.into == bindparam("head"))
    .order_by(_JOINED.c.at, _JOINED.c.conversation)
    .limit(GROUP_MAX)
)
_JOIN = insert_new_sql(_JOINED)
_MOVE = sql(
    update(_JOINED)
    .where(_JOINED.c.into == bindparam("old"), _JOINED.c.conversation == bindparam("of"))
    .values(into=bindparam("new"))
)
_PART = sql(delete(_JOINED).where(_JOINED.c.conversation == bindparam("of")))
_ALIVE = sql(
    select(_CONVERSATION.c.id).where(
        _CONVERSATION.c.id == bindparam("of"), _CONVERSATION.c.erased_at == 0
    )
)
_SAME = sql(
    select(_FACT.c.conversation)
    .where(
        _FACT.c.slot == bindparam("what"),
        _FACT.c.value == bindparam("told"),
        _FACT.c.conversation != bindparam("of"),
    )
    .limit(FOUND_MAX)
)
_other = _FACT.alias("other")
_SAME_TWO = sql(
    select(_FACT.c.conversation)
    .join(_other, _other.c.conversation == _FACT.c.conversation)
    .where(
        _FACT.c.slot == bindparam("what"),
        _FACT.c.value == bindparam("told"),
        _other.c.slot == bindparam("also"),
        _other.c.value == bindparam("also_told"),
        _FACT.c.conversation != bindparam("of"),
    )
    .limit(FOUND_MAX)
)


class NewJoin(Row, frozen=True):
    """`conversation` is the same person's as `into`, the head of their group."""

    conversation: str
    into: str
    staff_id: int
    at: int


def head_of(tx: Tx, conversation: str) -> str:
    """The head of the group that a conversation belongs to; itself where it stands alone."""
    row = tx.one(_HEAD, {"of": conversation})
    return str(row[0]) if row else conversation


def joined_by(tx: Tx, conversation: str) -> tuple[int, int]:
    """Who joined a conversation to its head, as a staff id, and when in ms; zeros for a head."""
    row = tx.one(_JOINED_BY, {"of": conversation})
    return (int(row[0]), int(row[1])) if row else (0, 0)


def members_of(tx: Tx, head: str) -> list[str]:
    """Who was joined to this head, in the order in which they were."""
    return [row[0] for row in tx.all(_MEMBERS, {"head": head})]


def joined_with(tx: Tx, conversation: str) -> tuple[str, ...]:
    """The other conversations of the same person, without those that were erased."""
    head = head_of(tx, conversation)
    group = (head, *members_of(tx, head))
    alive = (each for each in group if tx.one(_ALIVE, {"of": each}) is not None)
    return tuple(each for each in alive if each != conversation)


def join(tx: Tx, new: NewJoin) -> bool:
    """Join a head and all that is joined to it; False where it is joined already.

    Raises Conflict when the conversation is gone.
    """
    row = {"conversation": new.conversation, "into": new.into}
    if tx.one(_JOIN, {**row, "staff_id": new.staff_id, "at": new.at}) is None:
        return False
    for member in members_of(tx, new.conversation):
        move(tx, member, new.conversation, new.into)
    return True


def move(tx: Tx, member: str, old: str, new: str) -> None:
    """A member goes from one head to another; nothing happens if it is no longer there."""
    tx.run(_MOVE, {"of": member, "old": old, "new": new})


def split(tx: Tx, head: str, members: Sequence[str]) -> bool:
    """Undo a join: this head goes again, with those of its members that are still there.

    False where it is joined with nothing.
    """
    into = head_of(tx, head)
    for member in members:
        move(tx, member, into, head)
    return tx.run(_PART, {"of": head}) > 0


def part(tx: Tx, conversation: str) -> bool:
    """Take a conversation out of its group; a head leaves the rest to the first of them.

    False where it was joined with nothing.
    """
    if tx.run(_PART, {"of": conversation}):
        return True
    members = members_of(tx, conversation)
    if not members:
        return False
    first, *others = members
    tx.run(_PART, {"of": first})
    for member in others:
        move(tx, member, conversation, first)
    return True


def find_same(tx: Tx, conversation: str, slot: str, value: str) -> list[str]:
    """Other conversations with this value of a slot, folded as facts are."""
    return [r[0] for r in tx.all(_SAME, {"of": conversation, "what": slot, "told": value})]


def find_same_two(
    tx: Tx, conversation: str, first: tuple[str, str], second: tuple[str, str]
) -> list[str]:
    """Other conversations with both of these (slot, value)."""
    told = {"what": first[0], "told": first[1], "also": second[0], "also_told": second[1]}
    return [row[0] for row in tx.all(_SAME_TWO, {"of": conversation, **told})]
