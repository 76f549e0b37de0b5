"""Which conversations of a week's sample were read, and what was found."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, bindparam, select

from storage import models
from storage.conversations import milestone_bits
from storage.db import Tx
from storage.manager_models import Review
from storage.models import table_of
from storage.reading import structs_by
from storage.rows import Row
from storage.statements import sql, upsert_sql

_REVIEW = table_of(Review)
_C = table_of(models.Conversation).c
_PUT = upsert_sql(_REVIEW, "staff_id", "verdict", "at")
_GET = sql(
    select(*_REVIEW.columns).where(
        _REVIEW.c.conversation == bindparam("of"), _REVIEW.c.week == bindparam("in_week")
    )
)


class ReviewRow(Row, frozen=True):
    """`week` as 2026-W47; `verdict`: good, fair or poor."""

    conversation: str
    week: str
    staff_id: int
    verdict: str
    at: int


class Opened(Row, frozen=True):
    """A conversation of a week, with what tells its kind."""

    id: str
    outcome: str
    answered: bool
    escalated: bool  # or taken by a human


def put(tx: Tx, review: ReviewRow) -> None:
    """Keep a verdict; a later one takes its place. Conflict once the conversation is erased."""
    tx.run(_PUT, msgspec.structs.asdict(review))


def get(tx: Tx, conversation: str, week: str) -> ReviewRow | None:
    """What was found of a conversation in a week's sample, or None."""
    return tx.struct(ReviewRow, _GET, {"of": conversation, "in_week": week})


def of_week(connection: Connection, week: str) -> tuple[ReviewRow, ...]:
    """Every verdict of a week's sample."""
    columns = (_REVIEW.c[name] for name in ReviewRow.__struct_fields__)
    return structs_by(connection, ReviewRow, select(*columns).where(_REVIEW.c.week == week))


def opened(connection: Connection, since: int, until: int) -> Iterable[Opened]:
    """The conversations that began in a time (ms, `until` exclusive), the oldest first."""
    answered = _C.milestones.bitwise_and(milestone_bits(["answered"])) != 0
    taken = _C.milestones.bitwise_and(milestone_bits(["escalated", "claimed"])) != 0
    statement = (
        select(_C.id, _C.outcome, answered, taken)
        .where(_C.created_at >= since, _C.created_at < until, _C.erased_at == 0)
        .order_by(_C.created_at, _C.id)
    )
    for row in connection.execute(statement):
        yield Opened(row[0], row[1], bool(row[2]), bool(row[3]))
