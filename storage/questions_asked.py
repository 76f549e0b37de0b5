"""Every question that was put to a prospect, and what became of it."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from storage.db import Tx
from storage.figure_models import QuestionAsked
from storage.models import table_of
from storage.rows import Row
from storage.statements import sql, upsert_sql

_QUESTION = table_of(QuestionAsked)
# Asked once more, it is open again.
_PUT = upsert_sql(_QUESTION, "times", "ended_at", "ended")
_KEEP = upsert_sql(_QUESTION)
_END = sql(
    update(_QUESTION)
    .where(
        _QUESTION.c.conversation == bindparam("of"), _QUESTION.c.number == bindparam("of_number")
    )
    .values(ended=bindparam("how"), ended_at=bindparam("now"))
)


class QuestionRow(Row, frozen=True):
    """`number` is that of the talk's question as it was first put; times in ms, 0: never."""

    conversation: str
    number: int
    slot: str
    times: int
    asked_at: int
    ended_at: int = 0
    ended: str = ""  # answered, refused, skipped, unknown, passed, or "" while it is open
    known: bool = False  # it was put although its answer was known


_OF = sql(
    select(*(_QUESTION.c[field] for field in QuestionRow.__struct_fields__))
    .where(_QUESTION.c.conversation == bindparam("of"))
    .order_by(_QUESTION.c.number)
)


def put(tx: Tx, row: QuestionRow) -> None:
    """A question was put, or put again: then only `times` counts. Conflict once it is erased."""
    tx.run(_PUT, _params(row))


def keep(tx: Tx, row: QuestionRow) -> None:
    """Add a question of former times, unless its row is there."""
    tx.run(_KEEP, _params(row))


def end(tx: Tx, conversation: str, number: int, how: str, now: int) -> None:
    """What became of a question; one that nobody wrote down is left alone."""
    tx.run(_END, {"of": conversation, "of_number": number, "how": how, "now": now})


def of(tx: Tx, conversation: str) -> list[QuestionRow]:
    """The questions of a conversation in the order in which they were put."""
    return tx.structs(QuestionRow, _OF, {"of": conversation})


def _params(row: QuestionRow) -> dict[str, object]:
    return {
        "conversation": row.conversation,
        "number": row.number,
        "slot": row.slot,
        "times": row.times,
        "asked_at": row.asked_at,
        "ended_at": row.ended_at,
        "ended": row.ended,
        "known": row.known,
    }
