"""One number for another without a word of what it counts: "that's 13 not 30"."""

from __future__ import annotations

import re
from itertools import pairwise

from dialogs.types import Value
from dialogs.understanding.draft import Draft
from dialogs.understanding.names import Found
from dialogs.understanding.numbers import Number, find_numbers

# Slots whose earlier value tells, by its number, that they are meant.
_COUNTED = ("headcount", "budget")
_PEOPLE = r"(?: ?(?:people|employees|staff|个?人|человек|сотрудников|personas|empleados))?"
_REALLY = r"(?:(?:actually|really|in fact|now|rather|на самом деле|en realidad|其实)[ ,，]*)?"
_THEN_OLD = re.compile(
    rf"{_PEOPLE}[ ,，;–—-]*{_REALLY}"
    r"(?:and not|not|rather than|instead of|а не|не|y no|no|而不是|不是) ?"
)
_OLD_BEFORE = re.compile(
    r"(?:\b(?:not|не|no(?: son| somos| es| eran)?|forget|scrap|ignore|забудь(?:те)? про|"
    r"olvid[ea] (?:los|las|el|la))|不是|别管) ?$"
)
# "forget the 200, we are 240": what follows the number that is called off is the right one.
_THEN_NEW = re.compile(
    rf"(?=.){_PEOPLE}[ ,，;.!–—-]*(?:(?:sorry|perdon|извините|抱歉|不好意思)[ ,，]*)?"
    r"(?:(?:but|it's|its|it is|we're|we are|actually|а|нас|нас уже|уже|теперь|sino|son|somos|"
    r"ya somos|ahora)|而?是|应该是|有)? ?"
    r"(?:(?:with|including|counting|вместе с|с|contando|con|incluyendo|算上|加上|连)"
    r" ?[^\W\d]+(?: [^\W\d]+)?[ ,，]*(?:it's|we're|is|son|somos|是)? ?)?"
)
# "I said 45 but with the warehouse it is 70": the earlier number is quoted, then the new one told.
_QUOTED_BEFORE = re.compile(
    r"(?:\b(?:i|we) (?:said|wrote|told you|typed|put)|我?(?:刚才|之前|前面)?(?:说|写|填)(?:的|"
    r"了|是|的是)*|"
    r"\b(?:сказал\w*|написал\w*|указал\w*)|\b(?:dije|puse|escribi)|"
    r"\b(?:was|were|used to be|eran|era|eramos|было|были)|(?:原来|以前|之前)(?:是|有)?) ?"
    r"(?:we're |it was )?$"
)
_THEN_TOLD = re.compile(
    rf"{_PEOPLE}[ ,，;]*(?:(?:but|and|now|y|ahora|и|но|а|теперь|pero|现在|不过|但是?|其实)\b|"
    r"[,，;])?[^.!?]{0,40}?"
    r"(?:\b(?:it'?s|it is|it makes|we are|we're|that makes|now|выходит|получается|будет|нас|es|"
    r"son|somos|seria)|是|有|应该是|变成) ?"
)
# "13 not 30 products" counts products, so no earlier value of another kind is meant.
_END = re.compile(rf"{_PEOPLE}[ ]?(?:$|[^\w\s]|(?:btw|sorry|pls|please|thanks|though)\b)")


def find_swap(low: str) -> tuple[Number, Number] | None:
    """(new, old) where the message sets one number in the place of another, else None."""
    numbers = find_numbers(low)
    for left, right in pairwise(numbers):
        between = low[left.end : right.start]
        if _END.match(low, right.end) is None:
            continue
        if _THEN_OLD.fullmatch(between):
            return left, right
        if _OLD_BEFORE.search(low[: left.start]) and _THEN_NEW.fullmatch(between):
            return right, left
        if _QUOTED_BEFORE.search(low[: left.start]) and _THEN_TOLD.fullmatch(between):
            return right, left
    return None


def take_swap(draft: Draft) -> None:
    """Notes the correction; the slot is the one asked, or the one known with the old number."""
    swap = find_swap(draft.words.low)
    if swap is None:
        return
    new, old = swap
    start, end = min(new.start, old.start), max(new.end, old.end)
    if not draft.slots.keys() & set(_COUNTED):
        slot = next((name for name in _COUNTED if _is_value(draft.known.get(name), old)), "")
        if slot:
            value = str(draft.known[slot]).rpartition(" ")[0]
            shown = f"{value} {new.shown()}" if value else new.shown()
            draft.take(Found(slot, shown, new.start, new.end, "in the place of the known number"))
    draft.used.append((start, end))
    draft.add("correct", f'"{draft.words.low[start:end]}"')


def _is_value(known: Value | None, old: Number) -> bool:
    """Whether a known value is this number, whatever its currency or bound."""
    if not isinstance(known, str):
        return False
    numbers = find_numbers(known.lower())
    return len(numbers) == 1 and (numbers[0].low, numbers[0].high) == (old.low, old.high)
