"""What is known of each prospect, as rows to filter by; a slot with several values has several."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)

from storage.db import Tx
from storage.figure_models import Fact
from storage.models import table_of
from storage.rows import Row
from storage.statements import sql, upsert_sql

_FACT = table_of(Fact)
_PUT = upsert_sql(_FACT, "status", "at")
_DROP = sql(
    delete(_FACT).where(
        _FACT.c.conversation == bindparam("of"), _FACT.c.slot == bindparam("of_slot")
    )
)


def _next_value(after: ColumnElement[str]) -> ScalarSelect[str]:
    """The next larger value of the slot, by a step in its index."""
    of_slot = _FACT.c.slot == bindparam("of_slot")
    return select(func.min(_FACT.c.value)).where(of_slot, _FACT.c.value > after).scalar_subquery()


def _values_sql() -> str:
    """Every value once, without looking at each conversation that has it."""
    first = select(_next_value(literal("")).label("value")).cte("told", recursive=True)
    told = first.union_all(select(_next_value(first.c.value)).where(first.c.value.is_not(None)))
    return sql(select(told.c.value).where(told.c.value.is_not(None)))


_VALUES = _values_sql()
_RENAME = sql(
    update(_FACT)
    .where(_FACT.c.slot == bindparam("of_slot"), _FACT.c.value == bindparam("old"))
    .values(value=bindparam("new"))
)


class FactRow(Row, frozen=True):
    """A value, folded; "" where the slot was refused, skipped or is not known to them."""

    conversation: str
    slot: str
    value: str
    status: str
    at: int


def drop(tx: Tx, conversation: str, slot: str) -> None:
    """Forget what the slot said."""
    tx.run(_DROP, {"of": conversation, "of_slot": slot})


def put(tx: Tx, rows: Iterable[FactRow]) -> None:
    """Add values; one that is there already gets the new status. Conflict once it is erased."""
    for row in rows:
        tx.run(
            _PUT,
            {
                "conversation": row.conversation,
                "slot": row.slot,
                "value": row.value,
                "status": row.status,
                "at": row.at,
            },
        )


def values_of(tx: Tx, slot: str) -> tuple[str, ...]:
    """Every value that the slot has in some conversation."""
    return tuple(str(row[0]) for row in tx.all(_VALUES, {"of_slot": slot}))


def rename(tx: Tx, slot: str, old: str, new: str) -> None:
    """Give a value another name in all conversations; for slots that have one value each."""
    tx.run(_RENAME, {"of_slot": slot, "old": old, "new": new})
