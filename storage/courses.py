"""How conversations went, many at once: steps, times, questions. Reads only.

A conversation belongs to the time in which it was opened. What was erased is still counted with its
steps and times; its questions, page and edition are gone.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Select, func, select

from storage import conditions, models
from storage.conversations import MILESTONES, milestone_bits
from storage.figure_models import QuestionAsked
from storage.models import table_of
from storage.moments import SIZE
from storage.reading import Filter
from storage.reading import conditions as columns_of
from storage.rows import Row

LONG = 100 * 86_400_000  # ms
BY = ("source", "channel", "language", "edition")  # what the steps can be compared by
_PLACES = {name: place for place, name in enumerate(MILESTONES)}
_ENTRY = np.dtype([("place", "u1"), ("seconds", "<u4")])
_CONVERSATION = table_of(models.Conversation)
_C = _CONVERSATION.c
_ASKED = table_of(QuestionAsked)

Bits = Mapping[int, int]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class AskedOften(Row, frozen=True):
    """A question over many conversations, as numbers of times that it was put.

    `again`: how often it had to be put once more; `silent`: nothing was said for a day after it;
    `open`: it is younger than that; `known`: put although known.
    """

    slot: str
    asked: int
    answered: int
    refused: int
    skipped: int
    unknown: int
    passed: int
    silent: int
    open: int
    again: int
    known: int
    seconds: float  # median until it was answered; 0 where none was


# --- steps ---------------------------------------------------------------------------------------


def where(wanted: Filter) -> list[ColumnElement[bool]]:
    """The filter with its times. ValueError for a condition that there is not."""
    found = [*columns_of(wanted), *map(conditions.predicate, wanted.conditions)]
    if wanted.since:
        found.append(_C.created_at >= wanted.since)
    if wanted.until:
        found.append(_C.created_at < wanted.until)
    return found


def _where_in_rows(wanted: Filter) -> list[ColumnElement[bool]]:
    """The same for a statement that needs the rows themselves: of a long time it is quicker to read
    all of them in the order in which they lie than to look each up."""
    if wanted.until - wanted.since < LONG:
        return where(wanted)
    at = _C.created_at + 0  # no index knows this
    rest = where(msgspec.structs.replace(wanted, since=0, until=0))
    return [*rest, at >= wanted.since, at < (wanted.until or sys.maxsize)]


def count_bits(connection: Connection, wanted: Filter, by: str = "") -> dict[str, Bits]:
    """How many conversations reached which steps together, for each value of one of BY.

    Without `by`, all stand under "". A page counts without what follows its address.
    """
    if by == "source":
        return _count_by_page(connection, wanted)
    group: list[ColumnElement[str]] = [_C[by]] if by else []
    statement = select(_C.milestones, func.count(), *group).where(*where(wanted))
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for bits, count, *name in connection.execute(statement.group_by(_C.milestones, *group)):
        found[name[0] if name else ""][bits] = count
    return dict(found)


def _count_by_page(connection: Connection, wanted: Filter) -> dict[str, Bits]:
    # Addresses with what follows them are nearly all different: nothing is won by grouping them.
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for source, bits in connection.execute(
        select(_C.source, _C.milestones).where(*_where_in_rows(wanted))
    ):
        found[page_of(source)][bits] += 1
    return dict(found)


def page_of(source: str) -> str:
    """The address of a page without what follows it."""
    return source.partition("?")[0].partition("#")[0]


def count_reached(bits: Bits, *steps: str) -> int:
    """How many of the conversations reached all of these steps; "opened" is reached by each."""
    mask = milestone_bits(step for step in steps if step != "opened")
    return sum(count for each, count in bits.items() if each & mask == mask)


def count_lost(bits: Bits, step: str) -> int:
    """How many reached this step of the journey and none of the later ones."""
    journey = conditions.JOURNEY
    later = milestone_bits(journey[journey.index(step) + 1 :])
    own = 0 if step == "opened" else milestone_bits([step])
    return sum(n for each, n in bits.items() if each & own == own and not each & later)


# --- times ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Courses:
    """Conversations side by side: when each was opened (ms), its outcome, its bits, and how many
    seconds after the opening it came to each of MILESTONES (-1: never, or nobody knows when)."""

    ids: npt.NDArray[np.str_]
    opened: Numbers
    outcomes: npt.NDArray[np.str_]
    bits: Numbers
    seconds: Numbers

    def has(self, step: str) -> Flags:
        found: Flags = (self.bits & milestone_bits([step])) != 0
        return found

    def opened_between(self, since: int, until: int) -> Courses:
        """Those that were opened in since <= t < until."""
        kept = (self.opened >= since) & (self.opened < until)
        return Courses(
            self.ids[kept],
            self.opened[kept],
            self.outcomes[kept],
            self.bits[kept],
            self.seconds[kept],
        )

    def after(self, step: str) -> Numbers:
        """Seconds after the opening at which each came to the step."""
        return self.seconds[:, _PLACES[step]]

    def went(self, first: str, then: str) -> Flags:
        """Which came to one step, and then or at once to the other."""
        start, end = self.after(first), self.after(then)
        found: Flags = (start >= 0) & (end >= start)
        return found

    def between(self, first: str, then: str) -> Numbers:
        """Seconds from one step to a later one, of the conversations that went so."""
        return (self.after(then) - self.after(first))[self.went(first, then)]


def load_courses(connection: Connection, wanted: Filter) -> Courses:
    """The conversations that fit, in no order."""
    picked = (_C.id, _C.created_at, _C.outcome, _C.milestones, _C.moments)
    rows = connection.execute(select(*picked).where(*_where_in_rows(wanted))).all()
    ids, opened, outcomes, bits, moments = zip(*rows, strict=True) if rows else ((),) * 5
    return Courses(
        ids=np.array(ids, dtype=np.str_),
        opened=np.array(opened, dtype=np.int64),
        outcomes=np.array(outcomes, dtype=np.str_),
        bits=np.array(bits, dtype=np.int64),
        seconds=_spread(moments),
    )


def median_times(connection: Connection, wanted: Filter) -> dict[str, float]:
    """The median of seconds from the opening to each step, of those that came to it."""
    rows = connection.execute(select(_C.moments).where(*_where_in_rows(wanted))).scalars().all()
    entries = np.frombuffer(b"".join(rows), dtype=_ENTRY)
    places, seconds = entries["place"], entries["seconds"]
    return {
        name: float(np.median(seconds[places == place]))
        for name, place in _PLACES.items()
        if (places == place).any()
    }


def _spread(moments: tuple[bytes, ...]) -> Numbers:
    table = np.full((len(moments), len(MILESTONES)), -1, dtype=np.int64)
    entries = np.frombuffer(b"".join(moments), dtype=_ENTRY)
    sizes = np.fromiter((len(each) // SIZE for each in moments), np.int64, len(moments))
    table[np.repeat(np.arange(len(moments)), sizes), entries["place"]] = entries["seconds"]
    return table


# --- questions -----------------------------------------------------------------------------------


def count_questions(
    connection: Connection, wanted: Filter, silent_before: int
) -> tuple[AskedOften, ...]:
    """What became of the questions put in the filter's time, those that were asked most first.

    One that was put before `silent_before` (ms) and got no answer is silent.
    """
    found: dict[str, _Tally] = defaultdict(_Tally)
    columns = ("slot", "ended", "asked_at", "ended_at", "times", "known")
    picked = _put_in(wanted, select(*(_ASKED.c[name] for name in columns)))
    for slot, ended, asked_at, ended_at, times, known in connection.execute(picked):
        tally = found[slot]
        how = ended or ("silent" if asked_at < silent_before else "open")
        tally.ended[how] += 1
        tally.times += times
        tally.known += known
        if ended == "answered":
            tally.seconds.append((ended_at - asked_at) // 1_000)
    rows = [tally.sum_up(slot) for slot, tally in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.asked, row.slot)))


class _Tally:
    """A question while it is counted."""

    __slots__ = ("ended", "known", "seconds", "times")

    def __init__(self) -> None:
        self.ended: dict[str, int] = defaultdict(int)
        self.times = 0
        self.known = 0
        self.seconds: list[int] = []

    def sum_up(self, slot: str) -> AskedOften:
        asked = sum(self.ended.values())
        return AskedOften(
            slot=slot,
            asked=asked,
            answered=self.ended["answered"],
            refused=self.ended["refused"],
            skipped=self.ended["skipped"],
            unknown=self.ended["unknown"],
            passed=self.ended["passed"],
            silent=self.ended["silent"],
            open=self.ended["open"],
            again=self.times - asked,
            known=self.known,
            seconds=float(np.median(np.array(self.seconds))) if self.seconds else 0.0,
        )


def _put_in(wanted: Filter, picked: Select[Any]) -> Select[Any]:
    """Of the questions those put in the filter's time, in conversations as it wants them."""
    if wanted.since:
        picked = picked.where(_ASKED.c.asked_at >= wanted.since)
    if wanted.until:
        picked = picked.where(_ASKED.c.asked_at < wanted.until)
    others = where(msgspec.structs.replace(wanted, since=0, until=0))
    if not others:
        return picked.select_from(_ASKED)
    joined = _ASKED.join(_CONVERSATION, _C.id == _ASKED.c.conversation)
    return picked.select_from(joined).where(*others)


def talks_with_question(
    connection: Connection, wanted: Filter, slot: str, ended: tuple[str, int]
) -> list[str]:
    """Ids of the conversations in which the question ended so, the newest first.

    `ended`: a number of AskedOften, "asked" for any end; and the time before which one without an
    answer is silent.
    """
    asked, (how, silent_before) = _ASKED.c, ended
    ends: dict[str, list[ColumnElement[bool]]] = {
        "asked": [],
        "again": [asked.times > 1],
        "known": [asked.known],
        "silent": [asked.ended == "", asked.asked_at < silent_before],
        "open": [asked.ended == "", asked.asked_at >= silent_before],
    }
    picked = _put_in(wanted, select(asked.conversation).where(asked.slot == slot))
    picked = picked.where(*ends.get(how, [asked.ended == how]))
    newest_first = picked.group_by(asked.conversation).order_by(func.max(asked.asked_at).desc())
    return list(connection.execute(newest_first).scalars())
