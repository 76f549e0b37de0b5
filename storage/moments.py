"""When a conversation first came to each step: five bytes a step, kept in its own row.

They name nobody and stay with the tombstone of an erased conversation, as its steps do.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, func, select

from storage.conversations import MILESTONES, milestone_bits
from storage.db import Tx
from storage.models import Escalation, table_of
from storage.rows import Row
from storage.statements import sql

SIZE = 5
LONGEST = 2**32 - 1  # seconds
_ENTRY = struct.Struct("<BI")  # place in MILESTONES, seconds after the opening
_ESCALATION = table_of(Escalation)
_ESCALATED = sql(
    select(func.coalesce(func.min(_ESCALATION.c.at), 0)).where(
        _ESCALATION.c.conversation == bindparam("of")
    )
)
_PLACES = {name: place for place, name in enumerate(MILESTONES)}


class Reached(Row, frozen=True):
    """What a conversation has reached so far: its bits, their times, and when it began (ms)."""

    bits: int
    moments: bytes
    opened: int


def add(so_far: Reached, names: Iterable[str], now: int) -> bytes:
    """The times with those of the names that are reached only now; KeyError for no step."""
    names = tuple(names)
    new = milestone_bits(names) & ~so_far.bits
    if not new:
        return so_far.moments
    seconds = min(max(0, now - so_far.opened) // 1_000, LONGEST)
    places = sorted({_PLACES[name] for name in names})
    entries = (_ENTRY.pack(place, seconds) for place in places if new & (1 << place))
    return so_far.moments + b"".join(entries)


def merge(moments: bytes, times: Mapping[str, int], opened: int) -> bytes:
    """The times with others of steps that have none yet; `times` in ms."""
    known = after(moments)
    entries = (
        _ENTRY.pack(_PLACES[name], min(max(0, at - opened) // 1_000, LONGEST))
        for name, at in times.items()
        if name not in known
    )
    return moments + b"".join(entries)


def after(moments: bytes) -> dict[str, int]:
    """How many seconds after its opening the conversation first came to each step."""
    return {MILESTONES[place]: seconds for place, seconds in _ENTRY.iter_unpack(moments)}


def first_escalation(tx: Tx, conversation: str) -> int:
    """When a rule first brought in a human (ms), 0: never."""
    found = tx.one(_ESCALATED, {"of": conversation})
    return found[0] if found else 0
