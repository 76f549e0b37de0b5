"""Days that an address names, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from litestar.exceptions import ClientException

from bot.managers.choices import read_day
from dialogs.types import Struct

WRONG_DAYS = ("date", "swapped", "future", "month")  # keys of problems with days


class Problem(Struct):
    """Something in an address that means nothing: a text key's last part, and what was written.

    Of days, `key` is one of WRONG_DAYS: no date; the first comes after the last; still to come.
    """

    key: str
    name: str  # of the field
    said: str = ""


class Days(Struct):
    """Both ends as told, None for an end that was not or means nothing."""

    since: date | None
    until: date | None
    problems: tuple[Problem, ...] = ()


def read_days(since: str, until: str, today: date) -> Days:
    """The days of an address as far as they are days; what is wrong with them is told."""
    first, last = read_day(since), read_day(until)
    ends = (("since", since, first), ("until", until, last))
    wrong = tuple(
        Problem(key="date", name=name, said=said) for name, said, day in ends if said and not day
    )
    if first is not None and last is not None and first > last:
        wrong += (Problem(key="swapped", name="since", said=f"{since} – {until}"),)
    elif first is not None and first > today:
        wrong += (Problem(key="future", name="since", said=since),)
    return Days(since=first, until=last, problems=wrong)


def require_days(problems: Sequence[Problem]) -> None:
    """ClientException for wrong days: a file does not tell that it holds others than were asked."""
    for each in problems:
        if each.key in WRONG_DAYS:
            raise ClientException(f"desk.error.days.{each.key}")
