"""What a conversation can be asked for: its summary, profile, papers, wishes, and what staff noted.

A condition becomes a predicate on `conversation`; a rare one can also be started from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, false, func, or_, select

from storage import models
from storage.conversations import MILESTONES, milestone_bits
from storage.desk_models import DeskCase
from storage.figure_models import Fact, Wish
from storage.manager_models import Comment, Flag, Review
from storage.models import table_of
from storage.rows import Row

KNOWN, UNKNOWN, REFUSED, ANY = "~known", "~unknown", "~refused", "~any"  # instead of a value
SKIPPED, UNSURE = "~skipped", "~unsure"  # passed over; the prospect does not know it either
CONTAINS = "~has:"  # before words that stand somewhere in the value
SLOT = "slot."  # before the name of a slot
# Columns of the conversation by the field's name.
COLUMNS = {
    "outcome": "outcome", "reason": "reason", "stage": "stage", "owner": "owner",
    "staff": "staff_id", "channel": "channel", "language": "language", "edition": "edition",
    "closed_as": "close_reason",
}  # fmt: skip
# The steps in which most talks come forward; the last one reached is where a talk was lost. The
# stage of documents is none: a talk comes to it by itself with the first paper given.
JOURNEY = (
    "opened", "answered", "first_answer", "buyer", "organisation", "contact", "requirement",
    "document", "written_requirement", "price", "escalated", "claimed",
    "stage_contract", "stage_delivery", "stage_account",
)  # fmt: skip
LENGTH_MAX = 1_000_000

_CONVERSATION = table_of(models.Conversation)
_C = _CONVERSATION.c
_MESSAGE = table_of(models.Message)
_FACT, _WISH = table_of(Fact), table_of(Wish)
_GIVEN = table_of(models.DocumentGiven)
_RATING, _FILE = table_of(models.Rating), table_of(models.StoredFile)
_FLAG, _COMMENT, _REVIEW = table_of(Flag), table_of(Comment), table_of(Review)
_CASE = table_of(DeskCase)
_UNANSWERED = table_of(models.Unanswered)

Bool = ColumnElement[bool]
Make = Callable[[Sequence[str]], Bool]


class Condition(Row, frozen=True):
    """One thing that a conversation must be, or with `negated` must not be.

    `field`: one of COLUMNS or of FIELDS, or SLOT and a slot. `values`: any of these; of a slot, a
    folded value, CONTAINS and a part of one, KNOWN, UNKNOWN, REFUSED, SKIPPED or UNSURE; ANY for a
    rating, a flag or a review of any kind.
    """

    field: str
    values: tuple[str, ...]
    negated: bool = False


def is_column(condition: Condition) -> bool:
    """Whether it is told by the list's index alone, which costs next to nothing."""
    return condition.field in ("step", "lost_at") or (
        condition.field in COLUMNS and condition.field != "closed_as"
    )


def predicate(condition: Condition) -> Bool:
    """The condition on a row of `conversation`. ValueError for an unknown field or value."""
    field = condition.field
    if field.startswith(SLOT):
        made = _has_fact(field.removeprefix(SLOT), condition.values)
    elif field in COLUMNS:
        made = _has_column(COLUMNS[field], condition.values)
    elif field in FIELDS:
        made = FIELDS[field](condition.values)
    else:
        raise ValueError(f"no such field: {field}")
    return ~made if condition.negated else made


def driver(condition: Condition) -> Select[Any] | None:
    """The ids of the conversations that it takes, from an index; None where there is none."""
    if condition.negated:
        return None
    field, values = condition.field, condition.values
    if field.startswith(SLOT):
        return _fact_driver(field.removeprefix(SLOT), values)
    if field in _DRIVERS:
        table, where = _DRIVERS[field](values)
        return select(table.c.conversation).where(*where)
    if field == "source":
        return select(_C.id).where(_starts(values))
    return None


# --- the profile ---------------------------------------------------------------------------------


def _exists(table: Table, *where: Bool) -> Bool:
    return select(1).where(table.c.conversation == _C.id, *where).exists()


# The status of a slot without a value.
_WITHOUT = {REFUSED: "refused", SKIPPED: "skipped", UNSURE: "unknown"}


def _has_fact(slot: str, values: Sequence[str]) -> Bool:
    of = _FACT.c.slot == slot
    parts = [_exists(_FACT, of, part) for part in _fact_parts(values)]
    if UNKNOWN in values:
        parts.append(~_exists(_FACT, of, _FACT.c.value > ""))
    return or_(false(), *parts)


def _fact_driver(slot: str, values: Sequence[str]) -> Select[Any] | None:
    if UNKNOWN in values:
        return None
    parts = _fact_parts(values)
    return select(_FACT.c.conversation).where(_FACT.c.slot == slot, or_(false(), *parts))


def _fact_parts(values: Sequence[str]) -> list[Bool]:
    """What a fact of the slot may be; UNKNOWN is told by there being none."""
    parts: list[Bool] = [
        and_(_FACT.c.value == "", _FACT.c.status == status)
        for name, status in _WITHOUT.items()
        if name in values
    ]
    if KNOWN in values:
        parts.append(_FACT.c.value > "")
    words = [value for value in values if value.startswith(CONTAINS)]
    parts += [
        _FACT.c.value.contains(value.removeprefix(CONTAINS), autoescape=True) for value in words
    ]
    plain = [value for value in values if value not in (*words, *_WITHOUT, KNOWN, UNKNOWN)]
    if plain:
        parts.append(_FACT.c.value.in_(plain))
    return parts


# --- the conversation itself ---------------------------------------------------------------------


def _has_column(name: str, values: Sequence[str]) -> Bool:
    if name == "staff_id":
        return _C.staff_id.in_([_number(value, 2**31 - 1) for value in values])
    return _C[name].in_(values)


def _reached(step: str) -> Bool:
    if step == "opened":
        return _C.created_at >= 0
    if step not in MILESTONES:
        raise ValueError(f"no such step: {step}")
    return _C.milestones.bitwise_and(milestone_bits([step])) != 0


def _has_step(values: Sequence[str]) -> Bool:
    return or_(*(_reached(value) for value in values))


def _lost_at(values: Sequence[str]) -> Bool:
    return or_(*(_stopped_at(value) for value in values))


def _stopped_at(step: str) -> Bool:
    if step not in JOURNEY:
        raise ValueError(f"no such step: {step}")
    later = milestone_bits(JOURNEY[JOURNEY.index(step) + 1 :])
    return and_(_reached(step), _C.milestones.bitwise_and(later) == 0)


def _starts(values: Sequence[str]) -> Bool:
    """Pages by their beginning, so that what stands after a question mark does not matter."""
    return or_(*(and_(_C.source >= value, _C.source < value + "\U0010ffff") for value in values))


def _has_length(values: Sequence[str]) -> Bool:
    return or_(*(_is_long(*_span(value)) for value in values))


def _is_long(least: int, most: int) -> Bool:
    # Numbers of messages have no gaps, and their index is all that is read.
    return and_(
        _exists(_MESSAGE, _MESSAGE.c.seq >= least), ~_exists(_MESSAGE, _MESSAGE.c.seq > most)
    )


def _span(value: str) -> tuple[int, int]:
    """10-20, 10- or -20 messages. ValueError for anything else."""
    low, dash, high = value.partition("-")
    if not dash or not (low or high):
        raise ValueError(f"no span: {value}")
    return _number(low or "1", LENGTH_MAX), _number(high or str(LENGTH_MAX), LENGTH_MAX)


def _number(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:12]) > most:
        raise ValueError(f"no number: {text}")
    return int(text)


# --- what belongs to it --------------------------------------------------------------------------


def _of_kind(column: ColumnElement[str]) -> Callable[[Sequence[str]], list[Bool]]:
    def where(values: Sequence[str]) -> list[Bool]:
        return [] if ANY in values else [column.in_(values)]

    return where


def _opened(values: Sequence[str]) -> list[Bool]:
    return [*_of_kind(_GIVEN.c.kind)(values), _GIVEN.c.opened_at > 0]


def _wished(kind: str) -> Callable[[Sequence[str]], list[Bool]]:
    def where(values: Sequence[str]) -> list[Bool]:
        return [_WISH.c.kind == kind, *_of_kind(_WISH.c.value)(values)]

    return where


def _rated(values: Sequence[str]) -> list[Bool]:
    return [] if ANY in values else [_RATING.c.stars.in_([_number(each, 5) for each in values])]


def _at_all(values: Sequence[str]) -> list[Bool]:
    return []


Where = tuple[Table, list[Bool]]
_DRIVERS: dict[str, Callable[[Sequence[str]], Where]] = {
    "given": lambda values: (_GIVEN, _of_kind(_GIVEN.c.kind)(values)),
    "read": lambda values: (_GIVEN, _opened(values)),
    "asked": lambda values: (_WISH, _wished("paper")(values)),
    "topic": lambda values: (_WISH, _wished("topic")(values)),
    "custom": lambda values: (_WISH, _wished("custom")(values)),
    "rated": lambda values: (_RATING, _rated(values)),
    "flag": lambda values: (_FLAG, _of_kind(_FLAG.c.kind)(values)),
    "comment": lambda values: (_COMMENT, _at_all(values)),
    "review": lambda values: (_REVIEW, _of_kind(_REVIEW.c.verdict)(values)),
    "file": lambda values: (_FILE, _at_all(values)),
    "unanswered": lambda values: (_UNANSWERED, _at_all(values)),
}


def _has(field: str) -> Make:
    def made(values: Sequence[str]) -> Bool:
        table, where = _DRIVERS[field](values)
        return _exists(table, *where)

    return made


def _in_team(values: Sequence[str]) -> Bool:
    return _exists(_CASE, func.lower(_CASE.c.team).in_([value.lower() for value in values]))


FIELDS: dict[str, Make] = {
    **{field: _has(field) for field in _DRIVERS},
    "step": _has_step,
    "lost_at": _lost_at,
    "source": _starts,
    "length": _has_length,
    "team": _in_team,
}


def fields() -> Iterator[str]:
    """Every field but the slots."""
    yield from COLUMNS
    yield from FIELDS
