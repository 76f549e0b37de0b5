"""A conversation as the desk handles it: its case, who has read how far, who was named in a note.

Everything here is written by `bot/desk` or by routing, within their own transactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypedDict, Unpack

import msgspec
from sqlalchemy import bindparam, func, select, update

from storage import models
from storage.db import Tx
from storage.desk_models import DeskCase, Seen, StaffMention
from storage.models import table_of
from storage.rows import Row
from storage.statements import COUNTED, insert_new_sql, sql, upsert_sql


class Case(Row, frozen=True):
    """The case of a conversation; times in ms, 0: never. A new one has nothing in it yet."""

    conversation: str
    team: str = ""  # of the pack
    person: str = ""  # display name of who is rung for, or was meant
    manager: str = ""  # display name of the account manager
    snoozed_until: int = 0
    snoozed_by: int = 0  # staff id
    accepted_at: int = 0
    returned: str = ""  # reason for which the brief was sent back
    returned_at: int = 0
    last_prospect: int = 0
    first_reply: int = 0  # of a human
    last_reply: int = 0
    due: int = 0  # when the next human reply must be there; 0: none owed
    due_kind: str = ""  # first, next or ""
    due_since: int = 0  # when the prospect began to wait for it
    breached_at: int = 0  # of the target that is owed now; 0: not
    breaches: int = 0  # in all


class Columns(TypedDict, total=False):
    """What `put` may change of a case."""

    team: str
    person: str
    manager: str
    snoozed_until: int
    snoozed_by: int
    accepted_at: int
    returned: str
    returned_at: int
    last_prospect: int
    first_reply: int
    last_reply: int
    due: int
    due_kind: str
    due_since: int
    breached_at: int
    breaches: int


class Mention(Row, frozen=True):
    """Somebody named in a note; `seq` is that of the note."""

    conversation: str
    seq: int
    staff_id: int
    at: int
    seen_at: int = 0


_CASE, _SEEN, _MENTION = table_of(DeskCase), table_of(Seen), table_of(StaffMention)
_MESSAGE = table_of(models.Message)
_COLUMNS = tuple(_CASE.c[name] for name in Case.__struct_fields__)
_GET = sql(select(*_COLUMNS).where(_CASE.c.conversation == bindparam("of")))
_SNOOZED = sql(
    select(_CASE.c.conversation)
    # Said again, so that the partial index is used.
    .where(_CASE.c.snoozed_until != 0, _CASE.c.snoozed_until > bindparam("after"))
    .order_by(_CASE.c.snoozed_until)
    .limit(bindparam("most"))
)
_WAKE = sql(
    update(_CASE)
    .where(_CASE.c.conversation == bindparam("of"), _CASE.c.snoozed_until != 0)
    .values(snoozed_until=0, snoozed_by=0)
)
_TALK = table_of(models.Conversation)
_HELD = sql(
    select(_TALK.c.id)
    # Said so that the partial index is used.
    .where(_TALK.c.owner.in_(("waiting", "human")), _TALK.c.owner == "human")
    .where(_TALK.c.staff_id == bindparam("who"))
    .order_by(_TALK.c.id)
)
_HAVE_SEEN = upsert_sql(_SEEN, "seq", "at")
_SEEN_BY = (_SEEN.c.staff_id == bindparam("who"), _SEEN.c.conversation == bindparam("of"))
_SEEN_SEQ = sql(select(_SEEN.c.seq).where(*_SEEN_BY))
_NEW = (
    select(_MESSAGE.c.seq)
    .where(
        _MESSAGE.c.conversation == bindparam("of"),
        _MESSAGE.c.seq > bindparam("after"),
        _MESSAGE.c.author == "prospect",
    )
    .limit(COUNTED)
)
_UNREAD = sql(select(func.count()).select_from(_NEW.subquery()))
_LAST_OF_PROSPECT = sql(
    select(_MESSAGE.c.seq)
    .where(_MESSAGE.c.conversation == bindparam("of"), _MESSAGE.c.author == "prospect")
    .order_by(_MESSAGE.c.seq.desc())
    .limit(1)
)
_NAME = insert_new_sql(_MENTION)
_OPEN_MENTIONS = sql(
    select(*(_MENTION.c[name] for name in Mention.__struct_fields__))
    .where(_MENTION.c.staff_id == bindparam("who"), _MENTION.c.seen_at == 0)
    .order_by(_MENTION.c.at.desc(), _MENTION.c.conversation, _MENTION.c.seq)
    .limit(bindparam("most"))
)
_SEE_MENTIONS = sql(
    update(_MENTION)
    .where(
        _MENTION.c.conversation == bindparam("of"),
        _MENTION.c.staff_id == bindparam("who"),
        _MENTION.c.seq <= bindparam("upto"),
        _MENTION.c.seen_at == 0,
    )
    .values(seen_at=bindparam("now"))
)


@cache
def _put_sql(names: tuple[str, ...]) -> str:
    return upsert_sql(_CASE, *names)


# --- cases ---------------------------------------------------------------------------------------


def get(tx: Tx, conversation: str) -> Case:
    """The case of a conversation; one with nothing in it where there is none yet."""
    found = tx.struct(Case, _GET, {"of": conversation})
    return found if found is not None else Case(conversation=conversation)


def put(tx: Tx, conversation: str, **columns: Unpack[Columns]) -> None:
    """Change these columns of a case, which begins with them where there was none yet.

    Raises Conflict when the conversation is gone.
    """
    new = Case(conversation=conversation, **columns)
    tx.run(_put_sql(tuple(sorted(columns))), msgspec.structs.asdict(new))


def cases(tx: Tx, conversations: Sequence[str]) -> dict[str, Case]:
    """The case of each of these conversations, by its id."""
    return {each: get(tx, each) for each in conversations}


def snoozed(tx: Tx, after: int, limit: int) -> list[str]:
    """Conversations that sleep until a moment after `after` (ms), the next to wake first."""
    return [row[0] for row in tx.all(_SNOOZED, {"after": after, "most": limit})]


def wake(tx: Tx, conversation: str) -> bool:
    """End the sleep of a conversation; False when it did not sleep."""
    return tx.run(_WAKE, {"of": conversation}) > 0


def held_by(tx: Tx, staff_id: int) -> list[str]:
    """Conversations that are with this member of staff now."""
    return [row[0] for row in tx.all(_HELD, {"who": staff_id})]


# --- read and unread -----------------------------------------------------------------------------


def seen_seq(tx: Tx, staff_id: int, conversation: str) -> int:
    """Up to which message somebody has read a conversation; 0: nothing."""
    row = tx.one(_SEEN_SEQ, {"who": staff_id, "of": conversation})
    return int(row[0]) if row else 0


def see(tx: Tx, staff_id: int, conversation: str, seq: int, now: int) -> None:
    """Somebody has read up to this message. Raises Conflict when the conversation is gone."""
    tx.run(_HAVE_SEEN, {"staff_id": staff_id, "conversation": conversation, "seq": seq, "at": now})


def unread(tx: Tx, staff_id: int, conversations: Sequence[str]) -> dict[str, int]:
    """How many messages of the prospect somebody has not read; COUNTED stands for more."""
    found = {}
    for each in conversations:
        row = tx.one(_UNREAD, {"of": each, "after": seen_seq(tx, staff_id, each)})
        found[each] = int(row[0]) if row else 0
    return found


def last_of_prospect(tx: Tx, conversation: str) -> int:
    """Number of the prospect's last message, 0 where there is none."""
    row = tx.one(_LAST_OF_PROSPECT, {"of": conversation})
    return int(row[0]) if row else 0


# --- named in a note -----------------------------------------------------------------------------


def mention(tx: Tx, new: Mention) -> bool:
    """Somebody is named in a note; False where that is known already. Raises Conflict."""
    return tx.one(_NAME, msgspec.structs.asdict(new)) is not None


def open_mentions(tx: Tx, staff_id: int, limit: int) -> list[Mention]:
    """Where somebody was named and has not looked yet, the newest first."""
    return tx.structs(Mention, _OPEN_MENTIONS, {"who": staff_id, "most": limit})


def see_mentions(tx: Tx, staff_id: int, conversation: str, upto: int, now: int) -> int:
    """They have read the notes up to this message; gives how many named them."""
    key = {"of": conversation, "who": staff_id, "upto": upto, "now": now}
    return tx.run(_SEE_MENTIONS, key)
