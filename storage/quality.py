"""How well it goes: shares and times over many conversations. Reads only.

A conversation belongs to the time in which it was opened, a question to that in which it was put.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, Table, and_, case, func, select

from storage import models
from storage.courses import Courses, Flags, Numbers, load_courses, where
from storage.desk_models import DeskCase
from storage.figure_models import QuestionAsked
from storage.models import table_of
from storage.reading import Filter
from storage.rows import Row

DAY = 86_400  # seconds
STARS = (1, 2, 3, 4, 5)
# Times that are measured: from which step to which.
MEASURED = {"first_answer": ("answered", "first_answer"), "human": ("escalated", "human_reply")}

_CONVERSATION = table_of(models.Conversation)
_C = _CONVERSATION.c
_UNANSWERED, _RATING = table_of(models.Unanswered), table_of(models.Rating)
_DOUBT, _CASE = table_of(models.Doubt), table_of(DeskCase)
_ASKED = table_of(QuestionAsked)


class Share(Row, frozen=True):
    """How many of how many."""

    part: int = 0
    whole: int = 0


class Times(Row, frozen=True):
    """Seconds: the median, and what 95 of 100 take at most; of `count` conversations."""

    p50: float = 0.0
    p95: float = 0.0
    count: int = 0


class Quality(Row, frozen=True):
    """Every figure for some conversations. Shares are of conversations."""

    contained: Share  # over without a human and not by silence, of those over
    silent: Share  # the prospect said nothing more for a day, of those over
    missed: Share  # not claimed within the day, of those that called for a human
    answered: Share  # all that was asked was answered from papers and prices
    unhelpful: Share  # an answer was called not helpful, of those that got one
    accepted: Share  # of the briefs that somebody judged
    returned: Share
    reasons: tuple[tuple[str, int], ...]  # why briefs were returned, the most frequent first
    stars: tuple[int, ...]  # how often each of STARS was given
    first_answer: Times  # from the first message of the prospect
    human: Times  # from the call for a human to their first reply


@dataclass(frozen=True)
class Records:
    """Conversations side by side with what other tables tell of them, by their ids."""

    courses: Courses
    unanswered: Mapping[str, Any]
    unhelpful: Mapping[str, Any]
    accepted: Mapping[str, int]
    returned: Mapping[str, str]
    stars: Mapping[str, int]


def load(connection: Connection, wanted: Filter) -> Records:
    """What `judge` needs of the conversations that fit."""

    def told(table: Table, name: str, *only: Any) -> dict[str, Any]:
        joined = table.join(_CONVERSATION, _C.id == table.c.conversation)
        picked = select(table.c.conversation, table.c[name]).select_from(joined)
        rows = connection.execute(picked.where(*only, *where(wanted)))
        return {row[0]: row[1] for row in rows}

    return Records(
        courses=load_courses(connection, wanted),
        unanswered=told(_UNANSWERED, "id"),
        unhelpful=told(_DOUBT, "id", _DOUBT.c.kind == "not_helpful"),
        accepted=told(_CASE, "accepted_at", _CASE.c.accepted_at > 0),
        returned=told(_CASE, "returned", _CASE.c.returned != ""),
        stars=told(_RATING, "stars"),
    )


def judge(records: Records, now: int) -> Quality:
    """The figures of the conversations; `now` in ms."""
    marked = mark(records, now)
    kept = set(records.courses.ids.tolist())
    reasons = Counter(why for each, why in records.returned.items() if each in kept)
    stars = Counter(stars for each, stars in records.stars.items() if each in kept)
    shares = {name: _share(*flags) for name, flags in marked.items()}
    return Quality(
        **shares,
        reasons=tuple(reasons.most_common()),
        stars=tuple(stars[each] for each in STARS),
        first_answer=_times(records.courses.between(*MEASURED["first_answer"])),
        human=_times(records.courses.between(*MEASURED["human"])),
    )


def mark(records: Records, now: int) -> dict[str, tuple[Flags, Flags]]:
    """For each share which conversations are its part, and which its whole."""
    courses = records.courses
    over = courses.has("answered") & ~np.isin(courses.outcomes, ("open", "quarantined"))
    silent = courses.outcomes == "silent"
    human = courses.has("escalated") | courses.has("claimed")
    first, unanswered = courses.has("first_answer"), _listed(courses, records.unanswered)
    accepted, returned = _listed(courses, records.accepted), _listed(courses, records.returned)
    judged = accepted | returned
    missed, called = _missed(courses, now)
    return {
        "contained": (over & ~human & ~silent, over),
        "silent": (over & silent, over),
        "missed": (missed, called),
        "answered": (first & ~unanswered, first | unanswered),
        "unhelpful": (first & _listed(courses, records.unhelpful), first),
        "accepted": (accepted & ~returned, judged),
        "returned": (returned, judged),
    }


def _missed(courses: Courses, now: int) -> tuple[Flags, Flags]:
    """Of those that called for a human at least a day ago: nobody came within the day."""
    called_at, claimed_at = courses.after("escalated"), courses.after("claimed")
    known = called_at >= 0
    old = (now - courses.opened) // 1_000 - called_at >= DAY
    called: Flags = courses.has("escalated") & (old | ~known)
    in_time = courses.has("claimed") & ((claimed_at - called_at <= DAY) | ~known)
    return called & ~in_time, called


def _listed(courses: Courses, found: Mapping[str, Any]) -> Flags:
    flags: Flags = np.isin(courses.ids, list(found)) if found else np.zeros(len(courses.ids), bool)
    return flags


def _share(part: Flags, whole: Flags) -> Share:
    return Share(int((part & whole).sum()), int(whole.sum()))


def _times(seconds: Numbers) -> Times:
    if not len(seconds):
        return Times()
    p95 = np.percentile(seconds, 95, method="inverted_cdf")
    return Times(float(np.median(seconds)), float(p95), len(seconds))


def of_time(records: Records, since: int, until: int) -> Records:
    """Those that were opened in since <= t < until."""
    kept = records.courses.opened_between(since, until)
    return Records(
        kept,
        records.unanswered,
        records.unhelpful,
        records.accepted,
        records.returned,
        records.stars,
    )


# --- behind the figures --------------------------------------------------------------------------


def talks_behind(records: Records, figure: str, now: int) -> list[str]:
    """Ids of the conversations that are the part of a share, have a time that is measured, or were
    given so many stars as in `stars-3`; the newest first. KeyError for no such figure."""
    courses = records.courses
    if figure.startswith("stars-"):
        wanted = figure.removeprefix("stars-")
        part: Flags = _listed(
            courses, {each: s for each, s in records.stars.items() if str(s) == wanted}
        )
    elif figure in MEASURED:
        part = courses.went(*MEASURED[figure])
    else:
        flags = mark(records, now)[figure]
        part = flags[0] & flags[1]
    newest_first = np.argsort(-courses.opened[part], kind="stable")
    found: list[str] = courses.ids[part][newest_first].tolist()
    return found


def count_reasked(connection: Connection, wanted: Filter) -> Share:
    """Of the questions put in the filter's time those whose answer was known already."""
    known = func.coalesce(func.sum(case((_ASKED.c.known, 1), else_=0)), 0)
    statement = select(known, func.count()).where(*_put_in(wanted))
    others = where(msgspec.structs.replace(wanted, since=0, until=0))
    if others:
        joined = _ASKED.join(_CONVERSATION, _C.id == _ASKED.c.conversation)
        statement = statement.select_from(joined).where(*others)
    part, whole = connection.execute(statement).one()
    return Share(part, whole)


def talks_reasked(connection: Connection, wanted: Filter) -> list[str]:
    """Ids of the conversations in which something known was asked, the newest first."""
    joined = _ASKED.join(_CONVERSATION, _C.id == _ASKED.c.conversation)
    others = where(msgspec.structs.replace(wanted, since=0, until=0))
    statement = (
        select(_ASKED.c.conversation)
        .select_from(joined)
        .where(and_(_ASKED.c.known, *_put_in(wanted)), *others)
        .group_by(_ASKED.c.conversation)
        .order_by(func.max(_ASKED.c.asked_at).desc())
    )
    return list(connection.execute(statement).scalars())


def _put_in(wanted: Filter) -> list[Any]:
    found = []
    if wanted.since:
        found.append(_ASKED.c.asked_at >= wanted.since)
    if wanted.until:
        found.append(_ASKED.c.asked_at < wanted.until)
    return found
