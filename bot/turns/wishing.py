"""Writes down, in the turn's own transaction, what the market asks for, and who it is."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.demand import Demand
from dialogs.pack import Pack
from dialogs.segments import moved
from dialogs.types import State
from storage import facts, insights
from storage.db import Tx
from storage.facts import FactRow
from storage.insights import NewWish

SEGMENT = "segment"  # under which the kinds of customers stand among the facts


def write_demand(tx: Tx, conversation: str, found: Sequence[Demand], now: int) -> None:
    """Keep what a turn asked for. Raises storage.errors.Conflict once the talk is erased."""
    for each in found:
        insights.record(tx, NewWish(conversation, each.seq, each.kind, each.value, now))


def write_segments(
    tx: Tx, pack: Pack, conversation: str, states: tuple[State, State], now: int
) -> None:
    """Keep the kinds of customers that the talk is in now; `states`: before the change, and after.

    Raises storage.errors.Conflict once the talk is erased.
    """
    found = moved(pack, *states)
    if found is None:
        return
    facts.drop(tx, conversation, SEGMENT)
    facts.put(tx, [FactRow(conversation, SEGMENT, each, "inferred", now) for each in found])
