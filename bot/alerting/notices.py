"""Tells members of staff in person, by Telegram or e-mail, that somebody waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from bot.prospects.channel import TryLater as TryLater
from bot.prospects.channel import Undeliverable as Undeliverable
from bot.rights import sees
from dialogs.types import Struct
from storage import conversations, desk_people, outbox
from storage.conversations import ConversationRow
from storage.db import Tx
from storage.desk_people import DeskPerson
from storage.outbox import Delivery, NewDelivery

KIND: Literal["notice"] = "notice"
WAYS = ("telegram", "email")  # besides the browser, which shows everything
Why = Literal["ring", "breach"]
_JSON = msgspec.json.Encoder()


class Notice(Struct):
    """What a notice carries: ids and names of rules, nobody's words.

    `why`: somebody waits and is rung for, or a reply is late.
    """

    staff: int
    why: Why
    reason: str  # of the escalation
    since: int  # ms: when the prospect began to wait


class Call(Struct):
    """Why staff are to be told, and whom it is meant for: a display name, "" for everybody but
    those who are off."""

    why: Why
    reason: str
    since: int = 0  # ms; 0: as the conversation says
    to: str = ""
    off: tuple[str, ...] = ()


class Tells(Protocol):
    """One way to tell somebody in person."""

    async def tell(self, person: DeskPerson, notice: Notice, delivery: Delivery) -> None:
        """Raises TryLater or Undeliverable."""
        ...

    def reaches(self, tx: Tx, person: DeskPerson) -> bool:
        """Whether they can be told in this way at all."""
        ...


def queue_notices(
    tx: Tx, conversation: str, call: Call, now: int, ways: Mapping[str, Tells]
) -> None:
    """A delivery for each person and way. Who it is meant for is told alone, if they have an
    account; else everybody who is there and may see the conversation."""
    row = conversations.load(tx, conversation)
    if row is None or row.erased or row.owner not in ("waiting", "human"):
        return
    there = [p for p in desk_people.everybody(tx) if not p.is_away(now) and _may_see(p, row)]
    meant = [person for person in there if call.to and person.shown == call.to]
    on_duty = [person for person in there if person.shown not in call.off]
    for person in meant or on_duty or there:
        since = call.since or row.waiting_since
        notice = Notice(staff=person.id, why=call.why, reason=call.reason, since=since)
        for way, teller in ways.items():
            if person.is_told_by(way) and teller.reaches(tx, person):
                outbox.put(
                    tx,
                    NewDelivery(
                        conversation,
                        KIND,
                        now,
                        channel=way,
                        name=str(person.id),
                        payload=_JSON.encode(notice),
                    ),
                )


def read_notice(payload: bytes) -> Notice:
    """What a delivery of this kind carries."""
    return msgspec.json.decode(payload, type=Notice)


def is_wanted(tx: Tx, conversation: str, notice: Notice) -> bool:
    """Whether it is still true: somebody waits, or the late reply has not come."""
    row = conversations.load(tx, conversation)
    if row is None or row.erased:
        return False
    if notice.why == "ring":
        return row.owner == "waiting"
    return row.owner in ("waiting", "human")


def _may_see(person: DeskPerson, row: ConversationRow) -> bool:
    return sees(person, row)
