"""What is known of each prospect, as rows to filter by; a slot with several values has several."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, delete

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
