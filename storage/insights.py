"""What the market asked for, counted over the conversations that were opened in a time.

Every count is of conversations, each counted once. Erased ones are not there any more. Functions
with a `tx` write; those with a `connection` are for `Database.read`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, func, select

from storage import models
from storage.db import Tx
from storage.figure_models import Fact, Wish
from storage.models import table_of
from storage.reading import Unanswered, structs_by
from storage.rows import Row
from storage.statements import insert_new_sql

_C = table_of(models.Conversation).c
_CONVERSATION = table_of(models.Conversation)
_FACT, _WISH = table_of(Fact), table_of(Wish)
_KIND = _FACT.alias("kind")  # of customers
_UNANSWERED = table_of(models.Unanswered)
_RECORD = insert_new_sql(_WISH)
_TALKS = func.count(func.distinct(_C.id))

COLUMNS = ("close_reason", "outcome", "channel", "language", "source")  # that can be counted


class Period(Row, frozen=True):
    """Which conversations are counted: since <= opened < until, in ms; "" takes all of the rest."""

    since: int
    until: int
    channel: str = ""
    language: str = ""
    segment: str = ""


class NewWish(Row, frozen=True):
    conversation: str
    seq: int
    kind: str  # topic, paper, custom
    value: str
    at: int


class Count(Row, frozen=True):
    value: str
    talks: int


class Pair(Row, frozen=True):
    """Two facts that were told in the same conversation."""

    first: str
    second: str
    talks: int


class Saying(Row, frozen=True):
    """A wish in the prospect's own words."""

    conversation: str
    seq: int
    value: str
    at: int


def record(tx: Tx, wish: NewWish) -> None:
    """Keep a wish; the same one of the same conversation again changes nothing."""
    tx.one(_RECORD, msgspec.structs.asdict(wish))


def count_opened(connection: Connection, period: Period) -> int:
    """How many conversations were opened in which the prospect said anything."""
    statement = select(func.count()).select_from(_CONVERSATION)
    told = _C.milestones.bitwise_and(1) != 0
    return int(connection.execute(statement.where(_opened(period), told)).scalar_one())


def count_facts(
    connection: Connection, slot: str, period: Period, limit: int = 20
) -> tuple[Count, ...]:
    """The values of a slot, the most told first."""
    return _counts(connection, _with_facts(slot, period), _FACT.c.value, limit)


def count_pairs(connection: Connection, slots: tuple[str, str], period: Period) -> tuple[Pair, ...]:
    """How often each value of the first slot was told together with one of the second."""
    first, second = _FACT.alias("first"), _FACT.alias("second")
    joined = _CONVERSATION.join(
        first, and_(first.c.conversation == _C.id, first.c.slot == slots[0])
    ).join(second, and_(second.c.conversation == _C.id, second.c.slot == slots[1]))
    statement = (
        select(first.c.value, second.c.value, _TALKS)
        .select_from(joined)
        .where(_opened(period), first.c.value != "", second.c.value != "")
        .group_by(first.c.value, second.c.value)
        .order_by(_TALKS.desc(), first.c.value, second.c.value)
    )
    return structs_by(connection, Pair, statement)


def count_spellings(connection: Connection, period: Period) -> tuple[Pair, ...]:
    """How often each city was spelt in each way, as (the city as a fact, as it was told)."""
    statement = (
        _with_facts("city", period)
        .where(_C.city != "")
        .with_only_columns(_FACT.c.value, _C.city, _TALKS)
        .group_by(_FACT.c.value, _C.city)
        .order_by(_TALKS.desc(), _C.city)
    )
    return structs_by(connection, Pair, statement)


def count_wishes(
    connection: Connection, kind: str, period: Period, limit: int = 20
) -> tuple[Count, ...]:
    """What was asked for of this kind, the most wanted first."""
    return _counts(connection, _with_wishes(kind, period), _WISH.c.value, limit)


def count_column(
    connection: Connection, column: str, period: Period, limit: int = 20
) -> tuple[Count, ...]:
    """The values of one of COLUMNS. KeyError for another one."""
    if column not in COLUMNS:
        raise KeyError(column)
    statement = select(_CONVERSATION).where(_opened(period), _C[column] != "")
    return _counts(connection, statement, _C[column], limit)


def sayings(
    connection: Connection, kind: str, period: Period, limit: int = 100
) -> tuple[Saying, ...]:
    """Wishes of this kind in the words they were told in, newest first."""
    columns = [_WISH.c[name] for name in Saying.__struct_fields__]
    statement = _with_wishes(kind, period).with_only_columns(*columns)
    return structs_by(connection, Saying, statement.order_by(_WISH.c.id.desc()).limit(limit))


def unanswered(connection: Connection, period: Period) -> tuple[Unanswered, ...]:
    """All questions without an answer, settled since or not, newest first."""
    columns = [_UNANSWERED.c[name] for name in Unanswered.__struct_fields__]
    joined = _UNANSWERED.join(_CONVERSATION, _C.id == _UNANSWERED.c.conversation)
    statement = select(*columns).select_from(joined).where(_opened(period))
    return structs_by(connection, Unanswered, statement.order_by(_UNANSWERED.c.id.desc()))


def talks_with_fact(
    connection: Connection, slot: str, values: Sequence[str], period: Period
) -> tuple[str, ...]:
    """Ids of the conversations behind one of `count_facts`, newest first."""
    return _ids(connection, _with_facts(slot, period).where(_FACT.c.value.in_(values)))


def talks_with_wish(
    connection: Connection, kind: str, value: str, period: Period
) -> tuple[str, ...]:
    """Ids of the conversations behind one of `count_wishes`, newest first."""
    return _ids(connection, _with_wishes(kind, period).where(_WISH.c.value == value))


def talks_with_column(
    connection: Connection, column: str, value: str, period: Period
) -> tuple[str, ...]:
    """Ids of the conversations behind one of `count_column`, newest first. KeyError as there."""
    if column not in COLUMNS:
        raise KeyError(column)
    return _ids(connection, select(_CONVERSATION).where(_opened(period), _C[column] == value))


def talks_with_facts(
    connection: Connection, told: tuple[tuple[str, str], tuple[str, str]], period: Period
) -> tuple[str, ...]:
    """Ids of the conversations in which both facts (slot, value) were told, newest first."""
    statement = select(_CONVERSATION).where(_opened(period))
    for slot, value in told:
        rows = select(_FACT.c.conversation).where(_FACT.c.slot == slot, _FACT.c.value == value)
        statement = statement.where(_C.id.in_(rows))
    return _ids(connection, statement)


def _opened(period: Period) -> Any:
    within = [_C.created_at >= period.since, _C.created_at < period.until, _C.erased_at == 0]
    if period.channel:
        within.append(_C.channel == period.channel)
    if period.language:
        within.append(_C.language == period.language)
    if period.segment:
        kind = and_(_KIND.c.slot == "segment", _KIND.c.value == period.segment)
        within.append(_C.id.in_(select(_KIND.c.conversation).where(kind)))
    return and_(*within)


def _with_facts(slot: str, period: Period) -> Select[Any]:
    joined = _CONVERSATION.join(_FACT, and_(_FACT.c.conversation == _C.id, _FACT.c.slot == slot))
    return select(_FACT).select_from(joined).where(_opened(period), _FACT.c.value != "")


def _with_wishes(kind: str, period: Period) -> Select[Any]:
    joined = _CONVERSATION.join(_WISH, and_(_WISH.c.conversation == _C.id, _WISH.c.kind == kind))
    return select(_WISH).select_from(joined).where(_opened(period))


def _counts(
    connection: Connection, statement: Select[Any], value: Any, limit: int
) -> tuple[Count, ...]:
    counted = statement.with_only_columns(value, _TALKS).group_by(value)
    ordered = counted.order_by(_TALKS.desc(), value).limit(limit)
    return structs_by(connection, Count, ordered)


def _ids(connection: Connection, statement: Select[Any], limit: int = 1_000) -> tuple[str, ...]:
    newest = statement.with_only_columns(_C.id, _C.created_at).distinct()
    ordered = newest.order_by(_C.created_at.desc(), _C.id.desc()).limit(limit)
    return tuple(str(row[0]) for row in connection.execute(ordered))
