"""Who is rung for: by the pack's routes and people, and by who of them is there now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dialogs import hours
from dialogs.hours import Week
from dialogs.pack import Company, Pack, Person
from dialogs.roster import Colleague, Roster
from dialogs.types import State

RING_AFTER = 60_000  # ms: a reminder, as long after it the next person, and then everybody
LAST_RING = 4
NOBODY_YET = Roster()
_DEPUTIES = 5  # that may stand in for one another


def people(company: Company) -> tuple[Person, ...]:
    """Who is on call, in order; everybody where the pack names nobody."""
    named = {person.name: person for person in company.people}
    chosen = tuple(named[name] for name in company.on_call if name in named)
    return chosen or company.people


def choose_first(pack: Pack, state: State, besides: str = "", roster: Roster = NOBODY_YET) -> str:
    """Whom to ring for first, or "" when there is nobody.

    The prospect's own account manager; else the person that the talk is meant for, even if not on
    call; for either their deputy while they are away. Else the best of those on call and of the
    team that it is meant for, see `_best`. Not `besides`, who just gave it away, if there is
    anybody else.
    """
    choice = _Choice(pack, state, roster)
    for meant in (roster.manager or state.manager, state.routed):
        found = choice.stand_in(meant) if meant else ""
        if found and found != besides:
            return found
    others = [person for person in choice.people() if person.name != besides]
    return choice.best(others or choice.people())


def choose_next(pack: Pack, state: State, roster: Roster = NOBODY_YET) -> str:
    """Whom to ring for after those of `state.called`; the last of them when nobody is left.

    An account manager who has become known meanwhile comes first.
    """
    choice = _Choice(pack, state, roster)
    manager = roster.manager or state.manager
    found = choice.stand_in(manager) if manager else ""
    if found and found not in state.called:
        return found
    left = [person for person in choice.people() if person.name not in state.called]
    return choice.best(left) or (state.called[-1] if state.called else "")


def due_after(company: Company, now: int) -> int:
    """When to ring again (ms): a minute from now, or when the desk opens if it is closed then."""
    return when_open(company, now + RING_AFTER)


def when_open(company: Company, at: int) -> int:
    """The instant itself while the desk is open, else the next opening."""
    return at if hours.is_open(company, at) else hours.next_change(company, at)


def week_of(company: Company, person: Person) -> Week:
    """When a person works: their own hours and time zone, else the company's."""
    return Week(
        hours=person.hours or company.hours, time_zone=person.time_zone or company.time_zone
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """One choice among people, with all that it looks at."""

    pack: Pack
    state: State
    roster: Roster

    def people(self) -> tuple[Person, ...]:
        """Those on call, and the whole team that it is meant for or all who know the field;
        without people of the pack, every account."""
        company = self.pack.company
        found = people(company)
        if not found:
            return tuple(Person(name=each.name, role="") for each in self.roster.colleagues)
        meant = (p for p in company.people if self._knows(p) or self._is_of_team(p))
        return (*found, *(person for person in meant if person not in found))

    def stand_in(self, name: str) -> str:
        """The person of this name, or who stands in while they are away; "" for nobody known."""
        found = self._find(name)
        seen: list[str] = []
        while found is not None and found.name not in seen and len(seen) < _DEPUTIES:
            if not self._is_away(found):
                return found.name
            seen.append(found.name)
            found = self._find(self._deputy(found))
        return ""

    def best(self, those: Iterable[Person]) -> str:
        """Of those who are there: who knows the field, speaks the language, is of the team, is on
        call, has room, and was not given one for the longest; then by order. "" for nobody."""
        best = min(those, key=self._rank, default=None)
        return best.name if best is not None else ""

    def _rank(self, person: Person) -> tuple[bool | int, ...]:
        known = self._colleague(person.name)
        on_call = self.pack.company.on_call
        return (
            self._is_away(person),
            not self._works_now(person),
            not self._knows(person),
            bool(person.languages) and self.state.language not in person.languages,
            not self._is_of_team(person),
            bool(self.roster.colleagues) and known is None,
            bool(on_call) and person.name not in on_call,
            self._is_full(person, known),
            known.last_given if known is not None else 0,
        )

    def _knows(self, person: Person) -> bool:
        """Whether they know the field that the talk is meant for, if it is a field."""
        return self.state.routed in person.expertise

    def _is_of_team(self, person: Person) -> bool:
        team = self._team()
        return bool(team) and person.team == team

    def _team(self) -> str:
        """The team that the talk is meant for, or that of the person it is meant for."""
        meant = self._find_in_pack(self.state.routed)
        return meant.team if meant is not None else self.state.routed

    def _is_away(self, person: Person) -> bool:
        known = self._colleague(person.name)
        return known is not None and known.away

    def _works_now(self, person: Person) -> bool:
        at = self.roster.at
        if not at or not (person.hours or person.time_zone):
            return True
        return hours.is_open(week_of(self.pack.company, person), at)

    def _is_full(self, person: Person, known: Colleague | None) -> bool:
        if known is None:
            return False
        most = known.capacity or person.capacity
        return bool(most) and known.load >= most

    def _deputy(self, person: Person) -> str:
        known = self._colleague(person.name)
        return (known.deputy if known is not None else "") or person.deputy

    def _find(self, name: str) -> Person | None:
        """A person of the pack, else whoever has an account of this name."""
        known = self._find_in_pack(name) or self._colleague(name)
        if known is None or isinstance(known, Person):
            return known
        return Person(name=known.name, role="")

    def _find_in_pack(self, name: str) -> Person | None:
        wanted = _fold(name)
        return next((p for p in self.pack.company.people if _fold(p.name) == wanted), None)

    def _colleague(self, name: str) -> Colleague | None:
        wanted = _fold(name)
        return next((c for c in self.roster.colleagues if _fold(c.name) == wanted), None)


def _fold(name: str) -> str:
    return name.strip().casefold()
