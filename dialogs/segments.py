"""Which kinds of customers a prospect belongs to, by the pack's own conditions."""

from __future__ import annotations

from dialogs.conditions import all_hold, facts
from dialogs.pack import Pack
from dialogs.types import State


def segments_of(pack: Pack, state: State) -> tuple[str, ...]:
    """Ids of every segment whose conditions hold for what is known now, in the pack's order."""
    seen = facts(state)
    return tuple(each.id for each in pack.segments if all_hold(each.when, seen))


def is_ideal(pack: Pack, state: State) -> bool:
    """Whether the prospect is in a segment that the company calls its ideal customers."""
    inside = segments_of(pack, state)
    return any(each.ideal for each in pack.segments if each.id in inside)


def moved(pack: Pack, before: State, after: State) -> tuple[str, ...] | None:
    """The segments after a change of what is known; None when they are as they were."""
    if before.profile is after.profile or not pack.segments:
        return None
    now = segments_of(pack, after)
    return None if now == segments_of(pack, before) else now
