"""Who of pre-sales is there now, read within the transaction in which somebody is rung for."""

from __future__ import annotations

from bot.rights import may
from dialogs.effects import Alert, Escalate, Turn
from dialogs.figures import fold
from dialogs.profile import value_of
from dialogs.roster import Colleague, Roster
from dialogs.types import State
from storage import desk_people
from storage.db import Tx
from storage.desk_people import DeskPerson, Load

_REACHED_BY = ("email", "phone")


def rings(turn: Turn) -> bool:
    """Whether somebody is rung for in this turn: then it must be taken with the roster."""
    return any(
        isinstance(effect, Alert) or (isinstance(effect, Escalate) and effect.first)
        for effect in turn.effects
    )


def read_roster(tx: Tx, conversation: str, state: State, now: int) -> Roster:
    """Every account, and the prospect's own account manager."""
    load = desk_people.read_load(tx)
    colleagues = (_colleague(each, load, now) for each in desk_people.everybody(tx))
    # Of two accounts of one name the one that is at work counts.
    there = tuple(sorted(colleagues, key=lambda each: not each.takes))
    manager = state.manager or _find_manager(tx, conversation, state)
    return Roster(colleagues=there, manager=manager, at=now)


def _colleague(each: DeskPerson, load: Load, now: int) -> Colleague:
    takes = not each.disabled and may(each.role, "talks")
    return Colleague(
        name=each.shown,
        away=each.is_away(now) or not takes,
        takes=takes,
        deputy=each.deputy,
        load=load.of(each),
        capacity=each.capacity,
        last_given=each.last_given,
    )


def _find_manager(tx: Tx, conversation: str, state: State) -> str:
    """The account manager of an earlier lead of the same person, "" for none."""
    for slot in _REACHED_BY:
        said = value_of(state.profile, slot)
        if said is not None:
            found = desk_people.find_manager(tx, conversation, slot, fold(said))
            if found:
                return found
    return ""
