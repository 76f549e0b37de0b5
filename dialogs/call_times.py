"""Times for a call: hours of the next working days, and how a prospect reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dialogs import hours
from dialogs.hours import HALF_HOUR, HOUR, Keeps
from dialogs.texts import Texts, show_clock
from dialogs.types import Struct

OFFERED = 5  # times at once
NOTICE = HALF_HOUR  # at least, before a call
LONG = HOUR  # of the time that is promised for a call
DAYS = 15  # looked ahead
_PREFIX = "at:"


class CallTime(Struct):
    """When somebody calls, as the two sides read it; the same words where their clocks agree.

    On the same day the company's side is its clock alone: 09:00.
    """

    at: int  # ms
    theirs: str  # in the prospect's time
    ours: str  # in the company's


def offer(company: Keeps, now: int) -> tuple[int, ...]:
    """Up to OFFERED beginnings (ms) of an hour within the working hours, counted from the opening;
    two a day, early and late. Without working hours none."""
    found: list[int] = []
    today = hours.local(company, now)
    for ahead in range(DAYS):
        span = hours.span_of(company, today + timedelta(days=ahead))
        if span is None:
            continue
        free = [at for at in range(span[0], span[1] - LONG + 1, HOUR) if at >= now + NOTICE]
        found.extend(_early_and_late(free))
        if len(found) >= OFFERED:
            break
    return tuple(found[:OFFERED])


def _early_and_late(free: list[int]) -> list[int]:
    if len(free) < 2:
        return free
    later = [at for at in free if at - free[0] >= 3 * HOUR]
    return [free[0], later[0] if later else free[-1]]


def value_of(at: int) -> str:
    """A time as a button carries it."""
    return f"{_PREFIX}{at}"


def read_value(value: str) -> int | None:
    """The time (ms) that a button carries, None for another button."""
    digits = value.removeprefix(_PREFIX)
    return int(digits) if value.startswith(_PREFIX) and digits.isdecimal() else None


def show(texts: Texts, language: str, at: int, zone: str) -> CallTime:
    """A time for a call; `zone` is the prospect's, "" where it is not known."""
    here = hours.local(texts.pack.company, at)
    ours = texts.moment(language, here)
    if not zone:
        return CallTime(at=at, theirs=ours, ours=ours)
    there = _local(at, zone)
    theirs = texts.moment(language, there)
    if theirs != ours and there.date() == here.date():
        ours = show_clock(language, here)
    return CallTime(at=at, theirs=theirs, ours=ours)


def label(texts: Texts, language: str, value: str, zone: str) -> str:
    """What stands on the button of a time."""
    return tell(texts, language, read_value(value) or 0, zone)


def tell(texts: Texts, language: str, at: int, zone: str) -> str:
    """A time (ms) on both clocks, or on one where they agree; `zone` as in `show`."""
    time = show(texts, language, at, zone)
    if time.theirs == time.ours:
        return time.theirs
    return texts.say(language, "call.both_clocks", theirs=time.theirs, ours=time.ours)


def _local(at: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
