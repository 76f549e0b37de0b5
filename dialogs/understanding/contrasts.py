"""One value set against another of its kind: "Lille, not Lyon", 不是杭州，是湖州."""

from __future__ import annotations

import re

from dialogs.understanding.clauses import is_question
from dialogs.understanding.draft import Draft
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.names import Found
from dialogs.understanding.slots import read_slots
from dialogs.understanding.words import read_words

_PART = r"(?:[^,，;；。!?！？:：\n.]|\.(?=\S)){1,40}?"
_OLD = r"(?:[^,，;；。!?！？:：\n.]|\.(?=\S)){2,30}?"
_END = r"(?=$|[,，;；。!！:：]|\.(?:\s|$)|\s[-–—]\s)"
_AFTER = re.compile(
    rf"(?P<new>{_PART})[ ,，–—-]*(?:(?<![^\W\u3400-\u9fff])(?:and not|but not|not|rather than|"
    r"instead of|а не|не|уже не|no longer|ya no|y no|no|"
    r"вместо|en (?:vez|lugar) de) (?:es |is |son |are )?|而?不是|而非)"
    rf"(?P<old>{_OLD})(?: any ?more| больше| ya)?{_END}"
)
_BEFORE = re.compile(
    r"(?:^|[,，;；。!！] ?|\. )(?:(?:i|we|it|that|it's|i'm|we're|я|мы|это|我们?) ?)?"
    r"(?:(?:is |are |am )?not|(?:is|are)n't|isnt|arent|не|"
    r"no (?:es|son|soy|somos|estoy|estamos)|不[是在])"
    rf"(?: ?(?P<old>{_OLD}))(?: any ?more)?(?:[,，;；.。–—-]+ ?| (?=(?:but|а|sino) ))"
    r"(?:(?:but|it's|its|it is|i'm|we're|а|это|я|es|sino|soy|somos|estamos|而?是|我?们?[是在])"
    rf"(?: |(?=[\u3400-\u9fff])))*(?P<new>{_PART}){_END}"
)
# "Vigo no, Lugo", "Тула нет, Тверь": the "no" stands behind what it takes back.
_NO_BEHIND = re.compile(
    rf"(?:^|[,，;；。!！] ?|\. )(?P<old>{_OLD})[?？,，]? ?(?:(?<![^\W\u3400-\u9fff])(?:no|nope|"
    r"not|нет|"
    r"не)\b|不对|不是)[,，;；:：.–—-]+ ?(?:(?:but|it's|its|it is|i'm|we're|we are|а|мы|это|es|"
    r"sino|soy|"
    r"somos|estamos|en|в|in|而?是|应该是|我?们?在)(?: |(?=[\u3400-\u9fff])))*"
    rf"(?P<new>{_PART}){_END}"
)
# "Swap Enterprise for Cluster", "by Enterprise I meant Professional", 把企业版换成集群版.
_REPLACED = re.compile(
    rf"(?:\b(?:swap|replace|change|switch|trade|замени(?:те)?|поменя(?:й|йте|ть)|измени(?:те)?|"
    rf"cambi(?:a|e|ar|en|o)|sustituy\w+|reemplac\w+)(?: the| my| our| from| la| el| с)?|把|将) ?"
    rf"(?P<old>{_OLD})(?: (?:for|with|to|into|by|на|por|a) |(?:换|改|替换|更换)[成为])"
    rf"(?P<new>{_PART}){_END}"
)
_HAN_REPLACED = re.compile(
    rf"(?P<old>[^把将,，;；。!！?？:：\s]{{2,8}}?)(?:换|改|更换)[成为]?(?P<new>{_PART}){_END}"
)
_MEANT = re.compile(rf"\b(?:by|with) (?P<old>{_OLD}) (?:i|we) meant (?P<new>{_PART}){_END}")
_NO_LONGER = re.compile(
    r"(?:\bno longer (?:\w+ )?|\b(?:don't|do not) \w+ |\bуже не |\bбольше не (?:\w+ )?|"
    rf"\bya no (?:\w+ )?|不(?:想)?[要用]|不再[要用])(?P<old>{_OLD})"
    rf"(?: any ?more| больше| ya|了)?[,，;；.。–—-]+ ?(?P<new>{_PART}){_END}"
)
_COMPARED = frozenset({
    "city", "timeline", "department", "headcount", "budget", "email", "phone", "edition",
})  # fmt: skip
_NAMED = frozenset({"name", "role", "company"})
_MOST_WORDS = 3


def take_contrast(draft: Draft, lexicon: Lexicon) -> None:
    """Notes a correction where what is denied is a value of the same slot as what is told."""
    low = draft.words.low
    if is_question(low) or "correct" in draft.intents:
        return
    for pattern in (_AFTER, _BEFORE, _NO_BEHIND, _REPLACED, _HAN_REPLACED, _MEANT, _NO_LONGER):
        for pair in pattern.finditer(low):
            hit = _compare(draft, lexicon, pair)
            if hit is not None:
                _take(draft, hit, pair)
                return


def _compare(draft: Draft, lexicon: Lexicon, pair: re.Match[str]) -> Found | None:
    """The value that holds, where both parts tell one of the same kind and they differ."""
    start, end = pair.span("new")
    text = draft.words.text
    new = read_slots(read_words(text[start:end]), lexicon, slot="", loose=True).found
    old = read_slots(read_words(text[slice(*pair.span("old"))]), lexicon, slot="", loose=True).found
    for slot, hit in new.items():
        if slot in _COMPARED and slot in old and old[slot].value != hit.value:
            return Found(slot, hit.value, start + hit.start, start + hit.end, "one for another")
    if old.keys() - _NAMED:
        return None
    for slot, told in draft.stated.found.items():
        short = len(pair["old"].split()) <= _MOST_WORDS and not any(map(str.isdigit, pair["old"]))
        if slot in _NAMED and slot in draft.slots and start <= told.start < end and short:
            return told
    return None


def _take(draft: Draft, hit: Found, pair: re.Match[str]) -> None:
    slot = hit.slot
    assumed = draft.asked.assumes if draft.asked and draft.asked.kind == "confirm" else {}
    draft.stated.found[slot] = hit
    if draft.slots.get(slot) != hit.value:
        draft.take(hit)
    draft.used += [(pair.start(), hit.start), (hit.end, pair.end())]
    if not (draft.words.low[: pair.start()].strip() or draft.bare or assumed):
        draft.drop("deny")  # the "not" denies the other value, and not the question
    if slot != draft.slot or slot in draft.known or slot in assumed:
        draft.put_right = hit.start
        draft.add("correct", f'"{pair.group().strip()}"')
