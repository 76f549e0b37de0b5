"""Numbers that the writer takes back: "forty, no wait, fifty", "I put 2000 but it is 20,000"."""

from __future__ import annotations

import re
from itertools import pairwise

from dialogs.understanding.amounts import PEOPLE_AFTER, PEOPLE_BEFORE, REPLACED_BEFORE
from dialogs.understanding.currencies import find_money
from dialogs.understanding.negation import is_withdrawn
from dialogs.understanding.numbers import Number

# "人数500,不对,是50": the number before these words is taken back.
_TAKEN_BACK = re.compile(
    r"[^.!?\d]{0,10}?(?:不对|错了|说错|哦不|搞错|应该是|\bno,? wait\b|\bwait\b|\bsorry\b|\boops\b|"
    r"\bi mean\b|\bi meant\b|\bmake that\b|\bcorrection\b|\bnope\b|\bошиб\w*|\bточнее\b|\bвернее\b|"
    r"\bой\b|\bperdon\b|\bno,? espera\b|\bmejor dicho\b|\bdigo\b)[^.!?\d]{0,12}"
)
_NOT_AT_END = re.compile(r"(?:\b(?:not|не|no)|不是?|没) ?$")


def without_replaced(low: str, numbers: list[Number]) -> tuple[list[Number], str]:
    """(numbers that still hold, slot that the first replaced one filled, or "").

    What replaces a number is of its kind, though it comes without a unit: "scrap the 5000 dollars,
    it's 7500".
    """
    if len(numbers) < 2:
        return numbers, ""
    back = [
        left
        for left, right in pairwise(numbers)
        if _TAKEN_BACK.fullmatch(low[left.end : right.first]) or _is_called_off(low, left)
    ]
    kept = [number for number in numbers if number not in back]
    return kept, next((slot for number in back if (slot := _slot_of(low, number))), "")


def _is_called_off(low: str, number: Number) -> bool:
    money = find_money(low, number)
    start = money.start if money else number.start
    return REPLACED_BEFORE.search(low[:start]) is not None or is_withdrawn(low, start)


def _slot_of(low: str, number: Number) -> str:
    if find_money(low, number):
        return "budget"
    before = _NOT_AT_END.sub("", low[: number.start])
    staff = PEOPLE_AFTER.match(low, number.end) or PEOPLE_BEFORE.search(before)
    return "headcount" if staff else ""
