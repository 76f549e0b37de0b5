"""Named numbers that outlive a restart."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from storage.db import Tx
from storage.models import Mark, table_of
from storage.statements import sql, upsert_sql

_MARK = table_of(Mark)
_GET = sql(select(_MARK.c.value).where(_MARK.c.name == bindparam("name")))
_SET = upsert_sql(_MARK, "value")


def get(tx: Tx, name: str) -> int:
    """The number of this name, 0 while there is none."""
    row = tx.one(_GET, {"name": name})
    return row[0] if row else 0


def put(tx: Tx, name: str, value: int) -> None:
    """Keep a number under this name."""
    tx.run(_SET, {"name": name, "value": value})
