"""Numbers from and to: as they stand in the address, and which of the told values they take."""

from __future__ import annotations

import re

from dialogs.profile import number_range
from dialogs.types import Struct

BOTTOM, TOP = 0, 10**9  # as `number_range` has the end of an open range
_RANGE = re.compile(
    r"(?:(?P<unit>[a-z]{3}):)?(?:(?P<low>\d{1,9})?-(?P<high>\d{1,9})?|(?P<at>\d{1,9}))"
)
_UNIT = re.compile(r"[a-z]{3}\b")


class Range(Struct):
    """low <= number <= high; `unit` is a currency in small letters, "" for any and for people."""

    low: int
    high: int
    unit: str = ""


def read_range(words: str) -> Range | None:
    """Of 50-200, 50-, -200, 60 or eur:1000-5000; None for anything else."""
    found = _RANGE.fullmatch(words.casefold()) if words.isascii() else None
    if found is None:
        return None
    if found["at"]:
        return Range(low=int(found["at"]), high=int(found["at"]), unit=found["unit"] or "")
    if not (found["low"] or found["high"]):
        return None
    low, high = int(found["low"] or BOTTOM), int(found["high"] or TOP)
    return Range(low=low, high=high, unit=found["unit"] or "") if low <= high else None


def write_range(low: str, high: str, unit: str) -> str:
    """As it stands in the address; "" where neither end is told."""
    if not (low or high):
        return ""
    return f"{unit.casefold()}:{low}-{high}" if unit else f"{low}-{high}"


def takes(wanted: Range, told: str) -> bool:
    """Whether a folded headcount or budget such as ">1000", "50-60" or "eur 3000" may be meant."""
    unit = _UNIT.search(told)
    if wanted.unit and (unit is None or unit.group() != wanted.unit):
        return False
    span = number_range(_UNIT.sub("", told).replace(" ", ""))
    return span is not None and span[0] <= wanted.high and span[1] >= wanted.low
