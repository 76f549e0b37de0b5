"""Conversations, their messages and their state: what a turn reads and writes.

A turn, within one `Database.write`:

    found = find_message(tx, id, external_id)      a repeat? answer as before
    row = load(tx, id)                             None or row.erased: refuse
    seqs = append(tx, id, [prospect, *replies])
    if not save(tx, id, row.version, state): raise LostTurn   (undoes the savepoint; try again)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from sqlalchemy import bindparam, case, or_, select, update

from storage.db import Tx
from storage.errors import Gone
from storage.models import Conversation, ConversationState, Message, table_of
from storage.rows import Row
from storage.statements import insert_sql, sql

Author = Literal["prospect", "bot", "staff", "note", "event"]

# Steps that are counted, each a bit: new ones come last. A conversation never loses one that it has
# reached, not even when it is erased.
MILESTONES = (
    "answered",  # the prospect wrote or pressed anything
    "buyer", "organisation", "contact", "requirement",  # topic learned
    "document",  # was given a paper
    "written_requirement",  # gave one
    "price",  # was shown one
    "escalated", "claimed",
    "first_answer",  # from the papers or the price book
    "document_opened",
    "human_reply",
    "stage_documents", "stage_contract", "stage_delivery", "stage_account",
    "closed",
    "refused",  # wanted the price alone, and no questions
    "silent",  # said nothing for a day
)  # fmt: skip

_CONVERSATION = table_of(Conversation)
_STATE = table_of(ConversationState)
_MESSAGE = table_of(Message)


class NewConversation(Row, frozen=True):
    """`id` is 22 random URL-safe characters; only the hash of its token is kept."""

    id: str
    channel: str
    token_hash: bytes
    language: str
    created_at: int  # ms
    source: str = ""  # page or campaign it came from
    state: bytes = b""


class ConversationRow(Row, frozen=True):
    """A conversation with its state. Times in ms, 0: never."""

    id: str
    channel: str
    token_hash: bytes
    language: str
    source: str
    created_at: int
    owner: str  # bot, waiting, human, closed
    staff_id: int  # 0: nobody
    outcome: str
    reason: str
    close_reason: str
    stage: str
    edition: str
    waiting_since: int
    milestones: int  # bits
    moments: bytes  # when it came to each of them, for storage.moments
    erased_at: int
    updated_at: int
    version: int
    last_seq: int
    state: bytes

    @property
    def erased(self) -> bool:
        return self.erased_at > 0


class Facts(Row, frozen=True):
    """What lists show and filter by; "" is unknown. `title`: one line such as name and company."""

    buyer_type: str = ""
    ownership: str = ""
    city: str = ""
    title: str = ""


class NewState(Row, frozen=True):
    """The state after a turn, with the columns that lists need of it."""

    state: bytes
    updated_at: int  # ms
    owner: str = "bot"
    staff_id: int = 0
    outcome: str = "open"
    reason: str = ""
    close_reason: str = ""
    stage: str = "consultation"
    edition: str = ""
    language: str = "en"
    waiting_since: int = 0
    facts: Facts = Facts()
    milestones: tuple[str, ...] = ()  # of MILESTONES, those reached; earlier ones are kept
    moments: bytes = b""  # from storage.moments, b"": as they are


class NewMessage(Row, frozen=True):
    """A message to append. `external_id` is the sender's own id, "" for ours."""

    author: Author
    text: str
    at: int  # ms
    staff_id: int = 0
    body: bytes = b""  # the reply without its text, encoded by the caller
    reading: bytes = b""  # what was understood, encoded by the caller
    external_id: str = ""
    digest: bytes = b""  # of the incoming body: the same id with another body is refused


class MessageRow(Row, frozen=True):
    seq: int
    author: str
    staff_id: int
    text: str
    body: bytes
    reading: bytes
    external_id: str
    digest: bytes
    at: int


_SUMMARY = (
    "owner", "staff_id", "outcome", "reason", "close_reason", "stage", "edition", "language",
    "waiting_since", "buyer_type", "ownership", "city", "title",
)  # fmt: skip

_CREATE = insert_sql(_CONVERSATION)
_CREATE_STATE = insert_sql(_STATE)
_LOAD = sql(
    select(
        *(
            column
            for field in ConversationRow.__struct_fields__
            for column in [_CONVERSATION.c.get(field), _STATE.c.get(field)]
            if column is not None
        )
    )
    .select_from(_CONVERSATION.outerjoin(_STATE, _STATE.c.conversation == _CONVERSATION.c.id))
    .where(_CONVERSATION.c.id == bindparam("conversation"))
)
MESSAGE_COLUMNS = tuple(_MESSAGE.c[field] for field in MessageRow.__struct_fields__)
_FIND = sql(
    select(*MESSAGE_COLUMNS).where(
        _MESSAGE.c.conversation == bindparam("conversation"),
        _MESSAGE.c.external_id == bindparam("external"),
        # Said again, so that the partial index is used.
        _MESSAGE.c.external_id != "",
    )
)
_GET = sql(
    select(*MESSAGE_COLUMNS).where(
        _MESSAGE.c.conversation == bindparam("conversation"), _MESSAGE.c.seq == bindparam("number")
    )
)
_TAKE_SEQ = sql(
    update(_STATE)
    .where(_STATE.c.conversation == bindparam("of"))
    .values(last_seq=_STATE.c.last_seq + bindparam("count"))
    .returning(_STATE.c.last_seq)
)
_APPEND = insert_sql(_MESSAGE)
_SAVE = sql(
    update(_STATE)
    .where(_STATE.c.conversation == bindparam("of"), _STATE.c.version == bindparam("expected"))
    .values(
        version=_STATE.c.version + 1,
        updated_at=bindparam("updated_at"),
        state=bindparam("state"),
    )
)
# Most turns change none of these columns: then no row and no index is touched.
_SUMMARISE = sql(
    update(_CONVERSATION)
    .where(
        _CONVERSATION.c.id == bindparam("of"),
        or_(
            *(_CONVERSATION.c[name] != bindparam(f"new_{name}") for name in _SUMMARY),
            _CONVERSATION.c.milestones.bitwise_and(bindparam("new_bits")) != bindparam("new_bits"),
        ),
    )
    .values(
        {name: bindparam(f"new_{name}") for name in _SUMMARY}
        | {
            "milestones": _CONVERSATION.c.milestones.bitwise_or(bindparam("new_bits")),
            "moments": case(
                (bindparam("new_moments") == b"", _CONVERSATION.c.moments),
                else_=bindparam("new_moments"),
            ),
        }
    )
)
_KEEP_MOMENTS = sql(
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("of"))
    .values(
        milestones=_CONVERSATION.c.milestones.bitwise_or(bindparam("new_bits")),
        moments=bindparam("new_moments"),
    )
)
_OPENED = select(_CONVERSATION.c.id, _CONVERSATION.c.created_at).where(
    _CONVERSATION.c.created_at >= bindparam("since"),
    _CONVERSATION.c.created_at < bindparam("until"),
)
_OPENED_SOME = sql(_OPENED.order_by(_CONVERSATION.c.created_at).limit(bindparam("most")))
_OPENED_ALL = sql(_OPENED.order_by(_CONVERSATION.c.created_at))
_LATEST = sql(
    select(_STATE.c.version, _STATE.c.last_seq).where(
        _STATE.c.conversation == bindparam("conversation")
    )
)
_BITS = {name: 1 << position for position, name in enumerate(MILESTONES)}


def milestone_bits(names: Iterable[str]) -> int:
    """The bits of these milestones; KeyError for an unknown name."""
    bits = 0
    for name in names:
        bits |= _BITS[name]
    return bits


def create(tx: Tx, conversation: NewConversation) -> None:
    """Begin a conversation at version 0 with no message. Conflict if the id was ever used."""
    new = conversation
    tx.run(
        _CREATE,
        {name: "" for name in _SUMMARY}
        | msgspec.structs.asdict(new)
        | {"owner": "bot", "outcome": "open", "stage": "consultation", "staff_id": 0}
        | {"waiting_since": 0, "milestones": 0, "erased_at": 0, "moments": b""},
    )
    tx.run(
        _CREATE_STATE,
        {
            "conversation": new.id,
            "version": 0,
            "last_seq": 0,
            "updated_at": new.created_at,
            "state": new.state,
        },
    )


def load(tx: Tx, conversation: str) -> ConversationRow | None:
    """A conversation with its state, or None. An erased one comes with `erased` and no state."""
    row = tx.one(_LOAD, {"conversation": conversation})
    if row is None:
        return None
    if row[-1] is None:
        row = (*row[:-4], row[-5], 0, 0, b"")
    return ConversationRow(*row)


def latest(tx: Tx, conversation: str) -> tuple[int, int] | None:
    """(version, last seq), or None when there is no such conversation or it was erased."""
    return tx.one(_LATEST, {"conversation": conversation})


def keep_moments(tx: Tx, conversation: str, names: Iterable[str], moments: bytes) -> None:
    """Add steps of former times, with the times of all of them as storage.moments writes them."""
    tx.run(
        _KEEP_MOMENTS,
        {"of": conversation, "new_bits": milestone_bits(names), "new_moments": moments},
    )


def opened_between(tx: Tx, since: int, until: int, most: int) -> list[tuple[str, int]]:
    """(id, time) of the first conversations opened in since <= t < until, erased ones too.

    Their number is about `most`: those that were opened in the same millisecond come together.
    """
    found = tx.all(_OPENED_SOME, {"since": since, "until": until, "most": most})
    if found:
        last = found[-1][1]
        found = tx.all(_OPENED_ALL, {"since": since, "until": last + 1})
    return [(row[0], row[1]) for row in found]


def find_message(tx: Tx, conversation: str, external_id: str) -> MessageRow | None:
    """The message that came with this id of its sender, or None."""
    return tx.struct(MessageRow, _FIND, {"conversation": conversation, "external": external_id})


def get_message(tx: Tx, conversation: str, seq: int) -> MessageRow | None:
    """One message by its number, or None."""
    return tx.struct(MessageRow, _GET, {"conversation": conversation, "number": seq})


def append(tx: Tx, conversation: str, messages: Sequence[NewMessage]) -> list[int]:
    """Append messages; gives their numbers. Gone; Conflict for a repeated external id."""
    taken = tx.one(_TAKE_SEQ, {"of": conversation, "count": len(messages)})
    if taken is None:
        raise Gone(conversation)
    first = taken[0] - len(messages) + 1
    for seq, message in enumerate(messages, first):
        row = msgspec.structs.asdict(message)
        row["conversation"] = conversation
        row["seq"] = seq
        tx.run(_APPEND, row)
    return list(range(first, first + len(messages)))


def save(tx: Tx, conversation: str, expected_version: int, new: NewState) -> bool:
    """Store the state if the version is still the expected one, which then grows by one.

    False: another turn came first (or the conversation is erased) and nothing was stored; raise
    LostTurn to undo what else this turn wrote.
    """
    saved = tx.run(
        _SAVE,
        {
            "of": conversation,
            "expected": expected_version,
            "updated_at": new.updated_at,
            "state": new.state,
        },
    )
    if not saved:
        return False
    facts = new.facts
    tx.run(
        _SUMMARISE,
        {
            "of": conversation,
            "new_owner": new.owner,
            "new_staff_id": new.staff_id,
            "new_outcome": new.outcome,
            "new_reason": new.reason,
            "new_close_reason": new.close_reason,
            "new_stage": new.stage,
            "new_edition": new.edition,
            "new_language": new.language,
            "new_waiting_since": new.waiting_since,
            "new_buyer_type": facts.buyer_type,
            "new_ownership": facts.ownership,
            "new_city": facts.city,
            "new_title": facts.title,
            "new_bits": milestone_bits(new.milestones),
            "new_moments": new.moments,
        },
    )
    return True
