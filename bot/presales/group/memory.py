"""What the feed remembers of a topic: what stands there, what is to come, what is under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from dialogs.types import Struct
from storage.topics import TopicRow

Kind = Literal["prospect", "staff", "note", "event", "apology"]
StepKind = Literal[
    "alarm",  # urgent escalations named together in General
    "open",  # make the topic
    "head",  # the brief with its buttons
    "call",  # somebody waits (again) in a topic that is there already
    "ring",  # a reminder
    "lines",  # what was said
    "edit",  # the brief anew
    "file",  # a file itself, after its line
    "rename",
    "reopen",
    "close",
    "delete",
]


class Item(msgspec.Struct, frozen=True, array_like=True):
    """A message that is to be shown; `at` in ms."""

    seq: int
    kind: Kind
    at: int
    file: bool = False


class Intent(Struct):
    """What is being posted. Found after a crash, nobody knows whether it came through.

    Lines: the first `items` of the queue are in it as a whole, and `part` characters of the next.
    """

    step: StepKind
    items: int = 0
    part: int = 0
    tries: int = 1


class Memory(Struct):
    mode: str = ""  # who had the conversation when message `walked` was said
    mode_since: int = 0  # ms
    walked: int = 0  # messages up to here were looked at
    queue: tuple[Item, ...] = ()  # to be shown, in order
    part: int = 0  # characters of the first of them that stand there already
    held: tuple[Item, ...] = ()  # shown once somebody takes the conversation
    files: tuple[int, ...] = ()  # messages whose files are still to be sent after their lines
    name: str = ""  # of the topic
    head: bytes = b""  # digest of the brief as it stands there
    edited_at: int = 0  # ms
    owner: str = ""  # as the brief shows it
    staff: str = ""
    round: int = 0  # `waiting_since` that was called out in the topic
    announced: int = 0  # `waiting_since` that was called out in General
    rings: int = 0  # of those rung for there
    called: str = ""  # the last person who was
    lost: bool = False  # the topic before this one was deleted by hand
    doubled: bool = False  # there may be another topic that nobody knows of
    given_up: int = 0  # round in which opening was given up; see `round_of`
    failures: int = 0  # refusals of the same thing in a row
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A row with its memory opened."""

    row: TopicRow
    memory: Memory

    def with_row(self, **changes: object) -> Topic:
        return Topic(msgspec.structs.replace(self.row, **changes), self.memory)

    def with_memory(self, **changes: object) -> Topic:
        return Topic(self.row, msgspec.structs.replace(self.memory, **changes))

    def tries(self, step: StepKind) -> int:
        """How often this step may have been done already without anybody knowing."""
        intent = self.memory.intent
        return intent.tries if intent is not None and intent.step == step else 0


_MEMORY = msgspec.msgpack.Decoder(Memory)
_MEMORY_OUT = msgspec.msgpack.Encoder()


def read_topic(row: TopicRow) -> Topic:
    """A stored row; an empty memory is that of a topic that nothing is known of."""
    return Topic(row, _MEMORY.decode(row.memory) if row.memory else Memory())


def write_topic(topic: Topic, now: int) -> TopicRow:
    """The row to be stored: messages before the first one still to come need no more."""
    memory = topic.memory
    waiting = [item.seq for item in (*memory.queue[:1], *memory.held[:1])]
    return msgspec.structs.replace(
        topic.row,
        memory=_MEMORY_OUT.encode(memory),
        seen_seq=min([memory.walked, *(seq - 1 for seq in waiting)]),
        updated_at=now,
    )
