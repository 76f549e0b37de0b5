"""Who is rung for: by the pack's routes and people, and by who of them is there now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dialogs import hours
from dialogs.hours import Keeps, Week
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
    call, who must have room; for either their deputy while they are not there. Else the best of
    those on call and of the team that it is meant for, see `_rank`. Not `besides`, who just gave
    it away, if there is anybody else.
    """
    choice = _Choice(pack, state, roster)
    manager = roster.manager or state.manager
    for meant in (manager, state.routed):
        found = choice.stand_in(meant, their_own=meant == manager) if meant else ""
        if found and found != besides:
            return found
    others = [person for person in choice.people() if person.name != besides]
    return choice.best(others or choice.people())


def choose_next(pack: Pack, state: State, roster: Roster = NOBODY_YET) -> str:
    """Whom to ring for after those of `state.called`; the last of them again when nobody else is
    there.

    An account manager who has become known meanwhile comes first.
    """
    choice = _Choice(pack, state, roster)
    manager = roster.manager or state.manager
    found = choice.stand_in(manager, their_own=True) if manager else ""
    if found and found not in state.called:
        return found
    last = state.called[-1] if state.called else ""
    left = [person for person in choice.people() if person.name not in state.called]
    return choice.best(left, choice.find(last)) or last


def choose_again(pack: Pack, state: State, roster: Roster = NOBODY_YET) -> str:
    """Whom to remind: who was rung for last, or the next one if they have left meanwhile."""
    choice = _Choice(pack, state, roster)
    last = choice.find(state.called[-1])
    if last is None or choice.is_there(last):
        return state.called[-1]
    return choose_next(pack, state, roster)


def all_there(pack: Pack, state: State, roster: Roster = NOBODY_YET) -> tuple[str, ...]:
    """Everybody on call who is neither away nor after hours; all of them where nobody is there."""
    choice = _Choice(pack, state, roster)
    on_call = people(pack.company)
    there = tuple(person.name for person in on_call if choice.is_there(person))
    return there or tuple(person.name for person in on_call)


def due_after(company: Company, now: int, to: str = "") -> int:
    """When to ring again (ms): a minute from now, or when the desk opens if it is closed then.

    `to` is who was rung for now, and may be at work while the company is closed.
    """
    at = now + RING_AFTER
    return when_open(desk_of(company, to, at), at)


def when_open(company: Keeps, at: int) -> int:
    """The instant itself while the desk is open, else the next opening."""
    return at if hours.is_open(company, at) else hours.next_change(company, at)


def week_of(company: Company, person: Person) -> Week:
    """When a person works: their own hours, holidays and time zone, else the company's."""
    return Week(
        hours=person.hours or company.hours,
        time_zone=person.time_zone or company.time_zone,
        holidays=person.holidays or company.holidays,
    )


def desk_of(company: Company, name: str, at: int) -> Keeps:
    """Whose hours tell when somebody comes: the company's, or those of the person of this name
    who is at work while it is closed."""
    person = next((p for p in company.people if _fold(p.name) == _fold(name)), None)
    if person is None or hours.is_open(company, at):
        return company
    own = week_of(company, person)
    return own if hours.is_open(own, at) else company


def off_duty(company: Company, at: int) -> frozenset[str]:
    """Names of the people whose working hours are over; nobody's where nobody keeps any."""
    return frozenset(p.name for p in company.people if not _works(company, p, at))


def _works(company: Company, person: Person, at: int) -> bool:
    week = week_of(company, person)
    return not any(week.hours.values()) or hours.is_open(week, at)


@dataclass(frozen=True, slots=True)
class _Choice:
    """One choice among people, with all that it looks at."""

    pack: Pack
    state: State
    roster: Roster

    def people(self) -> tuple[Person, ...]:
        """Those on call, and the whole team that it is meant for or all who know the field;
        without people of the pack, every account that takes talks."""
        company = self.pack.company
        found = people(company)
        if not found:
            takers = (each for each in self.roster.colleagues if each.takes)
            return tuple(Person(name=each.name, role="") for each in takers)
        meant = (p for p in company.people if self._knows(p) or self._is_of_team(p))
        return (*found, *(person for person in meant if person not in found))

    def stand_in(self, name: str, *, their_own: bool) -> str:
        """The person of this name, or who stands in while they are away or their hours are over.

        Who has no room is passed over, unless the prospect is their own customer. While nobody at
        all could come, whoever is not away; "" for nobody known.
        """
        chain = [each for each in self._deputies(name) if not self._is_away(each)]
        for person in chain:
            if self._can_come(person) or (their_own and self.is_there(person)):
                return person.name
        if not chain or any(map(self._can_come, self.people())):
            return ""
        return chain[0].name

    def best(self, those: Iterable[Person], again: Person | None = None) -> str:
        """Of those who are there: who knows the field, speaks the language, is of the team, is on
        call, has room, was not given one for the longest, and has the least; then by order.
        `again`, who was rung for, is the last of those who are there. "" for nobody."""
        ranked = [(self._presence(each), False, self._rank(each), each.name) for each in those]
        if again is not None:
            ranked.append((self._presence(again), True, self._rank(again), again.name))
        best = min(ranked, key=lambda each: each[:3], default=None)
        return best[3] if best is not None else ""

    def is_there(self, person: Person) -> bool:
        """Neither away nor after hours."""
        return not self._is_away(person) and self._works_now(person)

    def find(self, name: str) -> Person | None:
        """A person of the pack, else whoever has an account of this name."""
        known = self._find_in_pack(name) or self._colleague(name)
        if known is None or isinstance(known, Person):
            return known
        return Person(name=known.name, role="")

    def _can_come(self, person: Person) -> bool:
        return self.is_there(person) and not self._is_full(person)

    def _presence(self, person: Person) -> tuple[bool, bool]:
        return self._is_away(person), not self._works_now(person)

    def _rank(self, person: Person) -> tuple[bool | int, ...]:
        known = self._colleague(person.name)
        on_call = self.pack.company.on_call
        return (
            not self._knows(person),
            bool(person.languages) and self.state.language not in person.languages,
            not self._is_of_team(person),
            bool(self.roster.colleagues) and known is None,
            bool(on_call) and person.name not in on_call,
            self._is_full(person),
            known.last_given if known is not None else 0,
            known.load if known is not None else 0,
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
        return not at or _works(self.pack.company, person, at)

    def _is_full(self, person: Person) -> bool:
        known = self._colleague(person.name)
        if known is None:
            return False
        most = known.capacity or person.capacity
        return bool(most) and known.load >= most

    def _deputies(self, name: str) -> list[Person]:
        """The person of this name, their deputy, the deputy's deputy and so on."""
        found: list[Person] = []
        person = self.find(name)
        while person is not None and person not in found and len(found) <= _DEPUTIES:
            found.append(person)
            person = self.find(self._deputy(person))
        return found

    def _deputy(self, person: Person) -> str:
        known = self._colleague(person.name)
        return (known.deputy if known is not None else "") or person.deputy

    def _find_in_pack(self, name: str) -> Person | None:
        wanted = _fold(name)
        return next((p for p in self.pack.company.people if _fold(p.name) == wanted), None)

    def _colleague(self, name: str) -> Colleague | None:
        wanted = _fold(name)
        return next((c for c in self.roster.colleagues if _fold(c.name) == wanted), None)


def _fold(name: str) -> str:
    return name.strip().casefold()
