"""Lists of conversations by any number of conditions, quick on very many of them.

Starts from the rarest condition that an index knows. Where all are common it looks at the newest
conversations first, and if too few of these fit, goes through the rarest condition after all.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, tuple_

from storage import models
from storage.conditions import Condition, driver, is_column, predicate
from storage.models import table_of
from storage.reading import Filter, Line, conditions, lines_of
from storage.rows import Row

_C = table_of(models.Conversation).c
_LATEST = (_C.created_at.desc(), _C.id.desc())
# A sum is in no index: the list is sorted at the end, and the rare condition is walked first.
_AT = _C.created_at + 0
_SORTED = (_AT.desc(), _C.id.desc())

Key = tuple[int, str]  # created_at and id, by which lists are ordered


class Bounds(Row, frozen=True):
    """Numbers of conversations by which a list is planned."""

    counted: int = 1_000  # hits are counted up to here
    rare: int = 20_000  # from so few it is always quickest to start
    look: int = 8_000  # newest ones that are looked at where every condition is common


BOUNDS = Bounds()


class Listed(Row, frozen=True):
    """A page of the conversations that fit, newest first; `next`: cursor of the next page or "".

    `count`: how many fit in all, counted up to a bound; `more`: there are more than that.
    """

    lines: tuple[Line, ...]
    next: str
    count: int
    more: bool


def find(
    connection: Connection,
    wanted: Filter,
    cursor: str = "",
    limit: int = 50,
    bounds: Bounds = BOUNDS,
) -> Listed:
    """One page of what fits. ValueError for a cursor that is none, or an unknown condition."""
    after = read_cursor(cursor)
    keys = newest(connection, wanted, bounds.counted + 1, bounds=bounds)
    count, more = min(len(keys), bounds.counted), len(keys) > bounds.counted
    rest = keys if after is None else [key for key in keys if key < after]
    if more and len(rest) <= limit:
        rest = newest(connection, wanted, limit + 1, after, bounds)
    page = rest[:limit]
    last = show_cursor(page[-1]) if len(rest) > limit else ""
    return Listed(_lines(connection, page), last, count, more)


def few(connection: Connection, wanted: Filter, most: int) -> set[str] | None:
    """The ids of all that fit where a rare condition tells them quickly, else None.

    The filter's times are left out of it.
    """
    best, count = _rarest(connection, wanted, most + 1)
    if best is None or count > most:
        return None
    statement = _from_driver(wanted, best).with_only_columns(_C.id)
    return set(connection.execute(statement.order_by(None)).scalars())


def fitting(connection: Connection, wanted: Filter, ids: Collection[str]) -> set[str]:
    """Those of some conversations that fit; the filter's times are left out of it."""
    statement = select(_C.id).where(_C.id.in_(ids), _C.erased_at == 0, *conditions(wanted))
    return set(connection.execute(statement).scalars())


def newest(
    connection: Connection,
    wanted: Filter,
    most: int,
    after: Key | None = None,
    bounds: Bounds = BOUNDS,
) -> list[Key]:
    """(created_at, id) of the newest that fit, at most so many; `after`: only older ones."""
    if all(is_column(each) for each in wanted.conditions):
        return _run(connection, _walking(wanted, after), most)
    best, count = _rarest(connection, wanted, bounds.rare)
    if best is None or count >= bounds.rare:
        edge = _look_edge(connection, wanted, after, bounds.look)
        statement = _walking(wanted, after)
        if edge is not None:
            statement = statement.where(_C.created_at >= edge)
        found = _run(connection, statement, most)
        if edge is None or len(found) == most:
            return found
    return _run(connection, _started(wanted, best, after), most)


def _rarest(connection: Connection, wanted: Filter, most: int) -> tuple[Condition | None, int]:
    """The condition of which an index has the fewest conversations, counted up to `most`."""
    best, least = None, most
    for each in wanted.conditions:
        source = driver(each)
        if source is None:
            continue
        counted = select(func.count()).select_from(source.limit(most).subquery())
        count = int(connection.execute(counted).scalar() or 0)
        if best is None or count < least:
            best, least = each, count
    return best, least


def _look_edge(connection: Connection, wanted: Filter, after: Key | None, look: int) -> int | None:
    """When the so-manyth newest conversation of the time began; None when there are fewer."""
    statement = select(_C.created_at).where(*_times(wanted, _C.created_at))
    if after is not None:
        statement = statement.where(_C.created_at <= after[0])
    edge = connection.execute(statement.order_by(*_LATEST).offset(look).limit(1)).scalar()
    return None if edge is None else int(edge)


def _walking(wanted: Filter, after: Key | None) -> Select[Any]:
    statement = select(_C.created_at, _C.id).where(
        _C.erased_at == 0, *_times(wanted, _C.created_at), *conditions(wanted)
    )
    if after is not None:
        statement = statement.where(tuple_(_C.created_at, _C.id) < tuple_(*map(literal, after)))
    return statement.order_by(*_LATEST)


def _started(wanted: Filter, best: Condition | None, after: Key | None) -> Select[Any]:
    statement = _from_driver(wanted, best).where(*_times(wanted, _AT))
    if after is not None:
        statement = statement.where(tuple_(_AT, _C.id) < tuple_(*map(literal, after)))
    return statement


def _from_driver(wanted: Filter, best: Condition | None) -> Select[Any]:
    """From the conversations of one condition, in the order of their ids, or from all of them."""
    source = driver(best) if best is not None else None
    start = _C.id > "" if source is None else _C.id.in_(source)
    rest = tuple(each for each in wanted.conditions if each is not best)
    others = [predicate(each) for each in rest]
    columns = conditions(wanted, bare=True)
    statement = select(_C.created_at, _C.id).where(start, _C.erased_at == 0, *columns, *others)
    return statement.order_by(*_SORTED)


def _times(wanted: Filter, at: ColumnElement[int]) -> list[ColumnElement[bool]]:
    found = [at >= wanted.since] if wanted.since else []
    return [*found, at < wanted.until] if wanted.until else found


def _run(connection: Connection, statement: Select[Any], most: int) -> list[Key]:
    return [(row[0], row[1]) for row in connection.execute(statement.limit(most))]


def _lines(connection: Connection, keys: list[Key]) -> tuple[Line, ...]:
    found = lines_of(connection, [key for _, key in keys])
    return tuple(found[key] for _, key in keys if key in found)


def show_cursor(key: Key) -> str:
    """What follows after this one, for an address."""
    return f"{key[0]}-{key[1]}"


def read_cursor(cursor: str) -> Key | None:
    """The key that a cursor names, None for "". ValueError for what is none."""
    if not cursor:
        return None
    time, _, key = cursor.partition("-")
    number = int(time)
    if not 0 <= number < 2**62:
        raise ValueError("no such time")
    return number, key
