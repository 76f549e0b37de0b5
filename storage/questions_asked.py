"""Every question that was put to a prospect, and what became of it."""

from __future__ import annotations

from sqlalchemy import bindparam, func, literal_column, or_, select, update

from storage.db import Tx
from storage.figure_models import QuestionAsked
from storage.models import table_of
from storage.rows import Row
from storage.statements import sql, upsert_sql

_QUESTION = table_of(QuestionAsked)
_PUT = upsert_sql(_QUESTION, "times", "ended_at", "ended")
_KEEP = upsert_sql(_QUESTION)
_LAST = _QUESTION.alias("last")
# The last one, while nothing that was said to it has ended it: who passed over it, or was with a
# human meanwhile, may come back to it.
_WAITS = (
    _QUESTION.c.conversation == bindparam("of"),
    _QUESTION.c.number
    == select(func.max(_LAST.c.number))
    .where(_LAST.c.conversation == bindparam("of"))
    .scalar_subquery(),
    or_(_QUESTION.c.ended == literal_column("''"), _QUESTION.c.ended == literal_column("'passed'")),
)
_END = sql(
    update(_QUESTION).where(*_WAITS).values(ended=bindparam("how"), ended_at=bindparam("now"))
)
_COUNT_ON = sql(
    update(_QUESTION)
    .where(*_WAITS, _QUESTION.c.slot == bindparam("of_slot"))
    .values(times=_QUESTION.c.times + 1, ended=literal_column("''"), ended_at=0)
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
    """A question was put; of one that is there already only how often and its end are changed.

    Raises storage.errors.Conflict once the conversation is erased.
    """
    tx.run(_PUT, _params(row))


def keep(tx: Tx, row: QuestionRow) -> None:
    """Add a question of former times, unless its row is there."""
    tx.run(_KEEP, _params(row))


def count_on(tx: Tx, conversation: str, slot: str) -> bool:
    """The slot was asked for once more. False where the last question was another one, or has its
    answer: then it is a new one."""
    return tx.run(_COUNT_ON, {"of": conversation, "of_slot": slot}) > 0


def end(tx: Tx, conversation: str, how: str, now: int) -> None:
    """What became of the last question; one that has its answer keeps it."""
    tx.run(_END, {"of": conversation, "how": how, "now": now})


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
