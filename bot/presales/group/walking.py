"""Which messages are shown in the topic: what is said while a human has it, and what led there.

What the bot and the prospect say to each other is not. A prospect's lines while nobody has come are
held until somebody does, or shown at once where the matter is urgent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from bot import records
from bot.presales.group.memory import Item, Kind, Memory
from dialogs.types import REASONS
from storage.conversations import MessageRow

OWN_MARK = "desk:"  # begins the external id of what was written in the topic itself
ACT_MARK = "act:"  # begins the external id of what a button or a command there did
HELD_MAX = 100  # lines
QUEUE_MAX = 2_000  # lines; what is beyond stays in the conversation until there is room

# What moves a conversation, by the text key of the message that tells of it.
_MOVES = {
    "desk.joined": "human",
    "desk.handed_back": "bot",
    "desk.passed_on": "waiting",
    "desk.not_taken": "bot",
    "desk.closed": "closed",
    "handback.unanswered": "bot",
    "stop.bye": "closed",
    "escalation.welcome_back": "waiting",
    **{f"escalation.{reason}": "waiting" for reason in REASONS},
}
APOLOGIES = ("escalation.sorry", "escalation.sorry_known")
EVENTS = (
    "desk.joined", "desk.handed_back", "desk.passed_on", "desk.closed", "handback.unanswered",
    "stop.bye", "desk.not_a_lead_because",
)  # fmt: skip
_OF_STAFF: dict[str, Kind] = {"staff": "staff", "note": "note"}


def key_of(message: MessageRow) -> str:
    """The text key that a message of ours was made from, "" for the prospect's own words."""
    if message.author == "prospect":
        return ""
    return records.read_reply(message.body, "").key


def is_from_topic(message: MessageRow) -> bool:
    """It was written or done in the topic itself."""
    return message.external_id.startswith(OWN_MARK)


def walk(memory: Memory, messages: Sequence[MessageRow], owner: str, *, urgent: bool) -> Memory:
    """The memory after these messages, the next ones after `walked`.

    `owner` is who has the conversation after the last of them, "" where more are to come.
    """
    for message in messages:
        if len(memory.queue) >= QUEUE_MAX:
            return memory
        memory = _step(memory, message, urgent=urgent)
    if owner in ("", memory.mode):
        return memory
    # A move that no message tells of, such as a prospect who takes the wish for a person back.
    return msgspec.structs.replace(_move(memory, owner), mode=owner)


def _step(memory: Memory, message: MessageRow, *, urgent: bool) -> Memory:
    memory = msgspec.structs.replace(memory, walked=message.seq)
    key = key_of(message)
    if message.author == "prospect" and memory.mode == "closed":
        memory = msgspec.structs.replace(memory, mode="bot", mode_since=message.at)
        return _show(memory, _item(message, "prospect"))
    kind = _kind(message, key)
    if kind == "prospect":
        return _hear(memory, _item(message, kind), urgent=urgent)
    mode = _MOVES.get(key, memory.mode)
    if mode != memory.mode:
        moved = _move(memory, mode)
        memory = msgspec.structs.replace(moved, mode=mode, mode_since=message.at)
    return _show(memory, _item(message, kind)) if kind else memory


def _kind(message: MessageRow, key: str) -> Kind | Literal[""]:
    """What a message is to the desk; "" for what it is not shown."""
    if message.author == "prospect":
        return "prospect"
    if key in EVENTS:
        return "event"
    if is_from_topic(message):
        return ""
    if message.author == "bot":
        return "apology" if key in APOLOGIES else ""
    return _OF_STAFF.get(message.author, "")


def _hear(memory: Memory, item: Item, *, urgent: bool) -> Memory:
    if memory.mode == "human" or (memory.mode == "waiting" and urgent):
        return _show(memory, item)
    if memory.mode != "waiting":
        return memory
    held = (*memory.held, item)
    if len(held) > HELD_MAX:
        return _show(msgspec.structs.replace(memory, held=()), *held)
    return msgspec.structs.replace(memory, held=held)


def _move(memory: Memory, mode: str) -> Memory:
    """Somebody took it: what was held is shown. Back with the bot: it is no longer of interest."""
    held, memory = memory.held, msgspec.structs.replace(memory, held=())
    return _show(memory, *held) if mode == "human" else memory


def _item(message: MessageRow, kind: Kind) -> Item:
    file = kind == "prospect" and bool(message.body)
    return Item(message.seq, kind, message.at, file)


def _show(memory: Memory, *items: Item) -> Memory:
    return msgspec.structs.replace(memory, queue=(*memory.queue, *items))
