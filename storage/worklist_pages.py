"""The lists of the inbox page by page: what comes after a cursor, in an order that stays.

A list has one or two parts, one after the other; a cursor names the part and the last row's place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, literal, or_, select, tuple_

from storage import models
from storage.desk_models import DeskCase
from storage.models import table_of
from storage.reading import AT_DESK, LINES, URGENCY, Line, Page, lines_by, lines_of
from storage.rows import Row

_C = table_of(models.Conversation).c
_STATE = table_of(models.ConversationState).c
_STAFF = table_of(models.Staff).c
_CASE = table_of(DeskCase).c
_RANKS = {"urgent": 0, "high": 1}
_NEWEST = (_C.created_at.desc(), _C.id.desc())
_TOUCHED = (-_STATE.updated_at, _C.id)
_CALLED = (URGENCY, _C.waiting_since, _C.id)

Key = tuple[Any, ...]  # numbers, and the id last
Bool = ColumnElement[bool]


class Wants(Row, frozen=True):
    """A list of the inbox for one member of staff; with `words` it is a search in all of them."""

    staff_id: int
    view: str  # waiting, mine, team, snoozed, open, closed
    words: str
    named: tuple[str, ...]  # conversations in which a note names them, unseen
    now: int  # ms
    limit: int  # rows of the list
    after: str = ""  # cursor of the page before, "" for the first one
    team: str = ""  # theirs; "" for none: then it is everybody whom a human has
    mates: tuple[str, ...] = ()  # names of the team's people


def waiting(connection: Connection, now: int, limit: int) -> tuple[Line, ...]:
    """Who waits for a human and does not sleep: most urgent first, then longest."""
    return _lines(connection, (_C.owner == "waiting", _awake(now)), _CALLED, limit)


def taken(connection: Connection, now: int, staff_id: int, limit: int) -> tuple[Line, ...]:
    """What somebody has and does not sleep, last touched first."""
    where = (_C.owner == "human", _C.staff_id == staff_id, _awake(now))
    return _lines(connection, where, _TOUCHED, limit)


def asleep(connection: Connection, now: int, limit: int) -> tuple[Line, ...]:
    """What was left for later, the next to come back first."""
    return tuple(line for _, line in _sleeping(connection, now, None, limit))


def read_page(connection: Connection, wants: Wants) -> Page:
    """The rows of the list after the cursor; from the beginning where there is none like it."""
    parts = _PARTS[wants.view]
    part, after = _read_cursor(wants.after, parts)
    found: list[tuple[str, Key, Line]] = []
    for name in parts[parts.index(part) :]:
        room = wants.limit + 1 - len(found)
        if room <= 0:
            break
        rows = _READ[name](connection, wants, after if name == part else None, room)
        found += [(name, key, line) for key, line in rows]
    lines = tuple(line for _, _, line in found[: wants.limit])
    if len(found) <= wants.limit:
        return Page(lines)
    name, key, _ = found[wants.limit - 1]
    return Page(lines, ".".join([name, *map(str, key)]))


def _read_cursor(cursor: str, parts: Sequence[str]) -> tuple[str, Key | None]:
    name, *words = cursor.split(".")
    wanted = _SIZES.get(name, 0)
    numbers = words[:-1]
    if name not in parts or len(words) != wanted or not all(map(_is_number, numbers)):
        return parts[0], None
    return name, (*map(int, numbers), words[-1])


def _is_number(word: str) -> bool:
    return word.removeprefix("-").isdecimal() and word.isascii() and len(word) < _DIGITS


_DIGITS = 18
_SIZES = {"called": 3, "team_called": 3, "mine": 2, "mates": 2, "taken": 2, "asleep": 2}
_SIZES |= {"bot": 2, "closed": 2}


# --- the parts -----------------------------------------------------------------------------------


def _awake(now: int) -> Bool:
    return ~exists().where(_CASE.conversation == _C.id, _CASE.snoozed_until > now)


def _lines(
    connection: Connection, where: Sequence[Bool], order: Sequence[Any], limit: int
) -> tuple[Line, ...]:
    return lines_by(connection, LINES.where(AT_DESK, *where).order_by(*order).limit(limit))


Rows = list[tuple[Key, Line]]


def _key_of_called(line: Line) -> Key:
    return _RANKS.get(line.urgency, 2), line.waiting_since, line.id


def _key_of_taken(line: Line) -> Key:
    return -line.updated_at, line.id


def _key_of_opened(line: Line) -> Key:
    return line.created_at, line.id


def _past(order: Sequence[Any], after: Key | None) -> list[Bool]:
    return [] if after is None else [tuple_(*order) > tuple_(*map(literal, after))]


def _called(connection: Connection, where: Sequence[Bool], after: Key | None, limit: int) -> Rows:
    where = (_C.owner == "waiting", *where, *_past(_CALLED, after))
    found = _lines(connection, where, _CALLED, limit)
    return [(_key_of_called(line), line) for line in found]


def _had(connection: Connection, where: Sequence[Bool], after: Key | None, limit: int) -> Rows:
    where = (_C.owner == "human", *where, *_past(_TOUCHED, after))
    found = _lines(connection, where, _TOUCHED, limit)
    return [(_key_of_taken(line), line) for line in found]


def _opened(connection: Connection, owner: str, after: Key | None, limit: int) -> Rows:
    statement = LINES.where(_C.erased_at == 0, _C.owner == owner)
    if after is not None:
        statement = statement.where(tuple_(_C.created_at, _C.id) < tuple_(*map(literal, after)))
    found = lines_by(connection, statement.order_by(*_NEWEST).limit(limit))
    return [(_key_of_opened(line), line) for line in found]


def _sleeping(connection: Connection, now: int, after: Key | None, limit: int) -> Rows:
    order = (_CASE.snoozed_until, _CASE.conversation)
    statement = select(*order).where(_CASE.snoozed_until != 0, _CASE.snoozed_until > now)
    statement = statement.where(*_past(order, after)).order_by(*order).limit(limit)
    keys = [tuple(row) for row in connection.execute(statement)]
    lines = lines_of(connection, [key[-1] for key in keys])
    return [(key, lines[key[-1]]) for key in keys if key[-1] in lines]


def _for_team(wants: Wants) -> Bool:
    of_team = _CASE.team == wants.team
    return exists().where(_CASE.conversation == _C.id, or_(of_team, _CASE.person.in_(wants.mates)))


def _team_called(c: Connection, wants: Wants, after: Key | None, limit: int) -> Rows:
    if not wants.team:
        return []
    return _called(c, (_awake(wants.now), _for_team(wants)), after, limit)


def _mates(c: Connection, wants: Wants, after: Key | None, limit: int) -> Rows:
    whose = [_STAFF.display_name.in_(wants.mates)] if wants.team else []
    return _had(c, (_awake(wants.now), *whose), after, limit)


_PARTS = {
    "waiting": ("called",), "mine": ("mine",), "team": ("team_called", "mates"),
    "snoozed": ("asleep",), "open": ("taken", "bot"), "closed": ("closed",),
}  # fmt: skip
_READ: dict[str, Callable[[Connection, Wants, Key | None, int], Rows]] = {
    "called": lambda c, wants, after, most: _called(c, (_awake(wants.now),), after, most),
    "mine": lambda c, wants, after, most: _had(
        c, (_C.staff_id == wants.staff_id, _awake(wants.now)), after, most
    ),
    "team_called": _team_called,
    "mates": _mates,
    "asleep": lambda c, wants, after, most: _sleeping(c, wants.now, after, most),
    "taken": lambda c, wants, after, most: _had(c, (), after, most),
    "bot": lambda c, wants, after, most: _opened(c, "bot", after, most),
    "closed": lambda c, wants, after, most: _opened(c, "closed", after, most),
}
