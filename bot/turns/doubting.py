"""Writes down, in the turn's own transaction, which messages were not understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import records
from dialogs.doubts import Doubt
from dialogs.types import Reading
from storage import conversations, doubts
from storage.db import Tx
from storage.doubts import NewDoubt

LOOK_BACK = 4  # messages before an earlier one that are searched for what was asked


@dataclass(frozen=True, slots=True)
class Moment:
    """Where and when a message was taken in; `language` is the talk's."""

    conversation: str
    seq: int
    language: str
    now: int


def write_doubts(tx: Tx, at: Moment, found: Sequence[Doubt], reading: Reading | None) -> None:
    """Keep the doubts of a turn. Raises storage.errors.Conflict once the talk is erased."""
    for doubt in found:
        new = _earlier(tx, at, doubt) if doubt.seq != at.seq else _this(at, doubt, reading)
        if new is not None:
            doubts.record(tx, new)


def _this(at: Moment, doubt: Doubt, reading: Reading | None) -> NewDoubt:
    certainty = reading.certainty if reading is not None else 1.0
    language = (reading.language if reading is not None else "") or at.language
    return NewDoubt(at.conversation, at.seq, doubt.kind, language, doubt.asked, certainty, at.now)


def _earlier(tx: Tx, at: Moment, doubt: Doubt) -> NewDoubt | None:
    """A correction tells of a misreading only where it follows the words that were read at once; an
    answer may be called unhelpful later."""
    if doubt.kind == "not_helpful":
        said = conversations.get_message(tx, at.conversation, doubt.seq)
    else:
        said = doubts.last_said(tx, at.conversation, at.seq)
    reading = records.read_reading(said.reading) if said is not None else None
    if said is None or reading is None or said.seq != doubt.seq:
        return None
    language = reading.language or at.language
    asked = _asked_before(tx, at.conversation, said.seq)
    return NewDoubt(
        at.conversation, said.seq, doubt.kind, language, asked, reading.certainty, at.now
    )


def _asked_before(tx: Tx, conversation: str, seq: int) -> str:
    """The slot that the bot had asked for when this message came, "" for none."""
    for number in range(seq - 1, max(0, seq - 1 - LOOK_BACK), -1):
        message = conversations.get_message(tx, conversation, number)
        if message is None or message.author != "bot":
            return ""
        asks = records.read_reply(message.body, "").asks
        if asks:
            return asks
    return ""
