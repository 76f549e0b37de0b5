"""Who is rung for: the people on call, in the order of the pack."""

from __future__ import annotations

from collections.abc import Iterable

from dialogs import hours
from dialogs.pack import Company, Pack, Person
from dialogs.types import State

RING_AFTER = 60_000  # ms: a reminder, and as long after it the next person
LAST_RING = 3


def people(company: Company) -> tuple[Person, ...]:
    """Who is on call, in order; everybody where the pack names nobody."""
    named = {person.name: person for person in company.people}
    chosen = tuple(named[name] for name in company.on_call if name in named)
    return chosen or company.people


def choose_first(pack: Pack, state: State, besides: str = "") -> str:
    """Whom to ring for first, or "" when there is nobody.

    The person that the talk is meant for, even if not on call; else the best of those on call for
    the prospect's language and the team that it is meant for, then by order. Not `besides`, who
    just gave it away, if there is anybody else.
    """
    wanted = _find(pack.company.people, state.routed)
    if wanted is not None:
        return wanted.name
    others = [person for person in people(pack.company) if person.name != besides]
    return _best(pack, others or people(pack.company), state)


def choose_next(pack: Pack, state: State) -> str:
    """Whom to ring for after those of `state.called`; the last of them when nobody is left."""
    left = [person for person in people(pack.company) if person.name not in state.called]
    return _best(pack, left, state) or (state.called[-1] if state.called else "")


def due_after(company: Company, now: int) -> int:
    """When to ring again (ms): a minute from now, or when the desk opens if it is closed then."""
    return when_open(company, now + RING_AFTER)


def when_open(company: Company, at: int) -> int:
    """The instant itself while the desk is open, else the next opening."""
    return at if hours.is_open(company, at) else hours.next_change(company, at)


def _find(those: Iterable[Person], name: str) -> Person | None:
    wanted = name.strip().casefold()
    return next((person for person in those if person.name.casefold() == wanted), None)


def _best(pack: Pack, those: Iterable[Person], state: State) -> str:
    """Who speaks the prospect's language, is of the team, and stands first, in this order.

    The team is the one that the talk is meant for, or that of the person it is meant for.
    """
    meant = _find(pack.company.people, state.routed)
    team = meant.team if meant is not None else state.routed

    def rank(person: Person) -> tuple[bool, bool]:
        return state.language not in person.languages, not team or person.team != team

    best = min(those, key=rank, default=None)
    return best.name if best is not None else ""
