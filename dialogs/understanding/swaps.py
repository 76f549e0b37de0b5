"""One number for another without a word of what it counts: "that's 13 not 30"."""

from __future__ import annotations

import re
from itertools import pairwise

from dialogs.types import Value
from dialogs.understanding.amounts import OTHER_THINGS, tells_who_left
from dialogs.understanding.answers import CORRECT
from dialogs.understanding.clauses import is_question
from dialogs.understanding.currencies import find_money
from dialogs.understanding.draft import Draft
from dialogs.understanding.names import Found
from dialogs.understanding.numbers import Number, find_numbers

# Slots whose earlier value tells, by its number, that they are meant.
_COUNTED = ("headcount", "budget")
# Questions that no number answers, so that a lone one beside "sorry" is meant for an earlier one.
_UNCOUNTED = (
    "need", "buyer_type", "ownership", "own_servers", "city", "department", "role", "authority",
    "written_requirement", "name", "company",
)  # fmt: skip
_MOST_PEOPLE = 1_000_000
_PEOPLE = r"(?: ?(?:people|employees|staff|个?人|человек|сотрудников|personas|empleados))?"
_REALLY = r"(?:(?:actually|really|in fact|now|rather|на самом деле|en realidad|其实)[ ,，]*)?"
_SORRY = r"(?:(?:sorry|soz|sry|oops|lol|haha|ой|упс|сорри|perdon|jaja|手滑|抱歉)[ ,.!…)]*)*"
_THEN_OLD = re.compile(
    rf"{_PEOPLE}[ ,，;–—-]*{_SORRY}{_REALLY}"
    r"(?:and not|not|rather than|instead of|no longer|а не|не|уже не|y no|ya no|no|而不是|不是) ?"
)
_OLD_BEFORE = re.compile(
    r"(?:\b(?:not|не|no(?: son| somos| es| eran)?|(?:are|is|were|was)n'?t|forget|scrap|ignore|"
    r"забудь(?:те)? про|"
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
_END = re.compile(
    rf"{_PEOPLE}个?[ ]?(?:$|[^\w\s]|(?:w|with|without|incl\w*|counting|plus|con|sin|incluyendo|"
    r"contando|sumando|si contamos|с|со|вместе|считая|включая|если считать|без|btw|sorry|soz|lol|"
    r"haha|pls|please|thanks|though|or so|now|"
    r"примерно|где-то|теперь|ahora|mas o menos)\b|左右|上下|吧|了|啊|(?:算|加|连)上?|包括)"
)
# "We aren't 90, more like 70", 不是三百多，去年裁了，现在220: a few words lead to the right one.
_NOT_BEFORE = re.compile(
    r"(?:\b(?:not|не|(?:are|is|were|was)n't|arent|isnt|no (?:son|somos|eran|es))|不是) ?$"
)
_THEN_ANOTHER = re.compile(
    rf"(?=.){_PEOPLE}(?:多|来)?(?: нас)?[ ,，;]*"
    r"(?:[^.!?\d,，;]{0,16}[,，] ?)?[^.!?\d,，;]{0,16}"
)
_WE_BEFORE = re.compile(
    r"(?:\bwe(?:'re| are| were)? ?(?:not|aren't|arent|weren't)|\bнас (?:уже )?не|\bno (?:somos|"
    r"eramos)|我们(?:公司)?(?:不是|没有)) ?$"
)
_US_AFTER = re.compile(r" ?(?:of us|нас)\b")
# "85 people. No, 95": after the end of a sentence "no" takes back what was said.
_THEN_NO = re.compile(
    rf"{_PEOPLE}(?: of us)?(?: ?[.;!?…]+ ?| ?[,，]? ?(?:oh|ah|wait|ой|uy|哦|啊|jaja\w*|haha\w*|lol|"
    r"хаха\w*|哈哈+|ay|perdon|sorry|упс|oops)[, ]+| ?[,，] ?)"
    r"(?:no|nope|nah|нет|不|不对)[ ,，.]*(?:wait|sorry|it's|we're|нас|son|somos|是)? ?"
)
# "20 no, 25", "80? нет, 90", 80不对，90: the "no" stands behind the number that it takes back.
_NO_BEHIND = re.compile(
    rf"{_PEOPLE} ?[?？,，]? ?(?:(?:no|nope|not|нет|не)\b|不对|不是|错了?) ?[,，;:.…–—-]+ ?{_SORRY}"
    rf"{_REALLY}(?:(?:it's|it is|we're|we are|but|better|rather|sino|son|somos|ya|ahora|es|mejor|"
    r"а|нас|"
    r"уже|теперь|лучше|about|around|unos|unas|около|примерно|где-то)\b[ ,]*)*"
    r"(?:现在|而?是|应该是|有|大概|大约|差不多)*"
)
_TEMPS = re.compile(
    r"^ ?(?:people|个?人?|человек|personas)?[ ,，(]*(?:with|counting|including|incl|plus|con|"
    r"contando|"
    r"incluyendo|sumando|с|со|вместе с|считая|включая|算上|加上|连|包括)[^.!?。]{0,24}?"
    r"(?:part[- ]?tim|intern|trainee|apprentice|temps?\b|temporary|seasonal|freelanc|drivers|"
    r"cleaners|colleagues|warehouse (?:staff|crew|people)|media jornada|becari|practicas|temporal|"
    r"aprendi|eventual|autonom|repartidor|兼职|实习|临时工|外包|学徒|совместител|стаж[её]р|"
    r"практикант|сезонн|подработ|внештат|водител|кладовщик|курьер)"
)
# "20, sorry no 22", "6 people, haha no 8": who stumbles puts the second in the place of the first.
_STUMBLES = re.compile(
    rf"{_PEOPLE}(?: of us)?[ ,，]*(?:(?:sorry|soz|oops|lol|haha\w*|wait|ой|упс|сорри|хаха\w*|стоп|"
    r"perdon|jaja\w*|uy|espera|抱歉|不好意思|哈哈+)[ ,，.!…]*)+(?:no|нет|不)[ ,，]*"
)


def find_swap(low: str) -> tuple[Number, Number] | None:
    """(new, old) where the message sets one number in the place of another, else None."""
    numbers = [each for each in find_numbers(low) if not tells_who_left(low[: each.start])]
    for left, right in pairwise(numbers):
        between = low[left.end : right.start]
        money = find_money(low, right)
        if _END.match(low, max(right.end, money.end if money else 0)) is None:
            continue
        if _STUMBLES.fullmatch(between):
            return right, left
        if _THEN_OLD.fullmatch(between):
            return left, right
        if _OLD_BEFORE.search(low[: left.start]) and _THEN_NEW.fullmatch(between):
            return right, left
        if _QUOTED_BEFORE.search(low[: left.start]) and _THEN_TOLD.fullmatch(between):
            return right, left
        denied = _NOT_BEFORE.search(low[: left.start]) and not OTHER_THINGS.match(low, left.end)
        if denied and _THEN_ANOTHER.fullmatch(between):
            return right, left
        if _THEN_NO.fullmatch(between) or _NO_BEHIND.fullmatch(between):
            return right, left
    return None


def take_swap(draft: Draft) -> None:
    """Notes the correction; the slot is the one asked, or the one known with the old number."""
    swap = find_swap(draft.words.low)
    if swap is None:
        _take_lone_number(draft)
        return
    new, old = swap
    start, end = min(new.start, old.start), max(new.end, old.end)
    told = {slot: draft.slots[slot] for slot in _COUNTED if slot in draft.slots}
    values = told or draft.known
    slot = next((name for name in _COUNTED if _is_value(values.get(name), old)), "")
    if slot:
        currency = str(values[slot]).rpartition(" ")[0]
        shown = f"{currency} {new.shown()}" if currency else new.shown()
        draft.take(Found(slot, shown, new.start, new.end, "in the place of the known number"))
    elif not told and _counts_us(draft.words.low, new, old):
        draft.take(Found("headcount", new.shown(), new.start, new.end, "we are so many"))
    temps = _TEMPS.search(draft.words.low[new.end :])
    end = max(end, new.end + temps.end() if temps else 0)
    for each in ("role", "department"):
        hit = draft.stated.found.get(each)
        if hit is not None and new.end <= hit.start < end:
            draft.forget(each, "of those who are counted as well")
    draft.used.append((start, end))
    draft.put_right = new.start
    put_to_us = draft.asked is not None and draft.asked.kind in ("yes_no", "confirm")
    if old.start < new.start and not put_to_us:
        draft.drop("deny")  # the "no" before the number takes that back, and nothing else
    draft.add("correct", f'"{draft.words.low[start:end]}"')


def _counts_us(low: str, new: Number, old: Number) -> bool:
    """Whether the number that is denied counts those who write: "we aren't 90", "не 90 нас"."""
    theirs = _WE_BEFORE.search(low[: old.first]) or _US_AFTER.match(low, old.end)
    return bool(theirs or _TEMPS.search(low[new.end :]))


def _take_lone_number(draft: Draft) -> None:
    """ "Oh no, 120, I mixed it up": the one number beside words of correction is a new headcount,
    where that is known and nothing else is told."""
    low = draft.words.low
    known = draft.known.get("headcount")
    cue = CORRECT.search(low)
    if cue is None or not isinstance(known, str) or draft.slots.keys() - draft.bare:
        return
    numbers = find_numbers(low)
    if len(numbers) != 1 or is_question(low) or _is_value(known, numbers[0]):
        return
    number = numbers[0]
    alone = _END.match(low, number.end) and not find_money(low, number)
    if not alone or not 1 <= number.high < _MOST_PEOPLE or draft.slot not in ("", *_UNCOUNTED):
        return
    draft.take(Found("headcount", number.shown(), number.start, number.end, "the known number"))
    draft.used.append(cue.span())
    draft.add("correct", f'"{cue.group().strip()}"')


def _is_value(known: Value | None, old: Number) -> bool:
    """Whether a known value is this number, whatever its currency or bound."""
    if not isinstance(known, str):
        return False
    numbers = find_numbers(known.lower())
    return len(numbers) == 1 and (numbers[0].low, numbers[0].high) == (old.low, old.high)
