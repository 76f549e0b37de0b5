"""Values told before and replaced: "we won't make May as I wrote, June it is"."""

from __future__ import annotations

import re

from dialogs.understanding.clauses import is_question, size_of, split_clauses
from dialogs.understanding.draft import Draft
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.names import Found
from dialogs.understanding.slots import read_slots
from dialogs.understanding.words import read_words

_TOLD = re.compile(
    r"\b(?:(?:like|as|what|which|that) )?(?:earlier |before |previously )?(?:i|we)"
    r"(?:'d|'ve| had| have)?"
    r"(?: (?:just|already|first|earlier|previously|originally))* "
    r"(?:said|wrote|told you|mentioned|gave you|put(?: down)?|typed|named)"
    r"(?: (?:earlier|before|previously|first|above))?(?: (?:was|were|it was|we were|we are))?\b|"
    r"(?:(?:刚才|刚刚|之前|前面|先前|上面|上次|早先|一开始)我?们?[说写填提报讲](?:过|的|了|是|成)*|"
    r"我们?[说写填提报讲](?:过的?|的是?))|"
    r"\b(?:как )?(?:(?:раньше|ранее|до этого|выше|прежде|сначала) )?(?:(?:я|мы) )?"
    r"(?:(?:ранее|раньше|выше|уже) )?(?:говорил|писал|написал|указ(?:ал|ыв)|назв|назыв|сказал|"
    r"сообщ|вписал)\w*(?: (?:ранее|раньше|выше|вам))*(?: (?:что|про))?\b|"
    r"\b(?:(?:como|lo que|que) )?(?:antes |previamente |ya )?(?:(?:te|le|les|os) )?"
    r"(?:dije|dijimos|he dicho|hemos dicho|puse|pusimos|escribi|escribimos|comente|mencione)"
    r"(?: (?:antes|arriba|que))*\b"
)
_TURN = re.compile(
    r"\b(?:but|now|actually|really|instead|won't|wont|can't|cannot|forget|scrap|ignore|"
    r"chang\w+|mov\w+|cut|raised|lowered|wrong|mistake\w*|no longer|not|make it|rather|sorry|"
    r"update\w*|grew|already|уже|"
    r"но|а|теперь|ошиб\w+|вернее|точнее|исправ\w+|поменя\w+|измени\w+|сдви\w+|перенос\w*|"
    r"перенес\w*|урез\w+|сократи\w+|увелич\w+|подня\w+|не|нет|забуд\w+|стал\w*|передум\w+|"
    r"на самом деле|"
    r"pero|ahora|olvid\w+|ya no|no|mejor|sino|cambi\w+|corri[jg]\w+|equivo\w+|sub\w+|baj\w+|"
    r"aument\w+|recort\w+|seria|sera|retras\w+|aplaz\w+|adelant\w+|en realidad|perdon\w*)\b|"
    r"改|不对|错|现在|变|换|调|不是|不行|不要|别|推迟|提前|延|涨|减|加到|其实|实际|应该是"
)
# Where the value that holds begins, without a comma before it.
_NEW_BEGINS = re.compile(
    r" (?=(?:but|now|instead|но|теперь|pero|ahora|sino)\b)|(?=改[成为到]|换成|现在|其实|应该是)"
)
# "As I said, 40 people" says it over again.
_AGAIN = re.compile(
    r"\b(?:as|like) (?:i|we)(?: (?:already|just|have))? (?:said|wrote|told you|mentioned|put)\b|"
    r"\bкак (?:я |мы )?(?:уже )?(?:говорил|сказал|писал|написал|указ(?:ал|ыв))\w*|"
    r"\b(?:como|ya) (?:(?:le|te|les|os) )?(?:dije|he dicho|puse|escribi|comente)\b|"
    r"(?:刚才|刚刚|之前|前面|上面)?我?们?(?:已经|不是)?[说写填提]过了?"
)
_REPLACED = ("headcount", "budget", "timeline", "city", "edition", "department", "email", "phone")
_BARE_LEAST = 4  # words of a part in which a bare number can be nothing but the value


def take_earlier(draft: Draft, lexicon: Lexicon) -> None:
    """Notes the correction: the value told before falls away, the later one of its kind holds."""
    low = draft.words.low
    cue = _TOLD.search(low)
    if cue is None or "?" in low or "？" in low or not _TURN.search(low):
        return
    parts = _split(draft)
    begin, end = next(((a, b) for a, b in parts if a <= cue.start() < b), (0, 0))
    text = draft.words.text
    told = text[begin : max(begin, cue.start())] + " " + text[cue.end() : end]
    old = read_slots(read_words(told), lexicon, slot="", loose=True).found
    for slot in _REPLACED:
        hit = _read_later(draft, lexicon, old[slot], parts, end) if slot in old else None
        if hit is not None:
            _take(draft, hit, begin)
            return


def restates(low: str) -> re.Match[str] | None:
    """Words that say a value over again, where no word takes anything back."""
    hit = _AGAIN.search(low)
    rest = low[: hit.start()] + " " + low[hit.end() :] if hit else ""
    return None if hit and _TURN.search(rest) else hit


def _split(draft: Draft) -> list[tuple[int, int]]:
    parts = []
    for start, end in split_clauses(draft.words):
        ends = [hit.end() for hit in _NEW_BEGINS.finditer(draft.words.low, start + 1, end)]
        parts += list(zip([start, *ends], [*ends, end], strict=True))
    return parts


def _read_later(
    draft: Draft, lexicon: Lexicon, old: Found, parts: list[tuple[int, int]], after: int
) -> Found | None:
    """The value of the same slot in a later part, placed in the whole; None if it agrees."""
    for start, end in parts:
        low = draft.words.low[start:end]
        if start < after or is_question(low):
            continue
        words = read_words(draft.words.text[start:end])
        hit = read_slots(words, lexicon, slot=old.slot, loose=True).found.get(old.slot)
        if hit is None or (hit.rule == "bare number" and size_of(low) > _BARE_LEAST):
            continue
        value = _with_currency(hit, old)
        if value == old.value:
            return None
        return Found(old.slot, value, start + hit.start, start + hit.end, "told instead")
    return None


def _with_currency(hit: Found, old: Found) -> str | bool:
    """A sum without a currency is in that of the sum which it replaces."""
    currency = str(old.value).rpartition(" ")[0]
    if hit.slot != "budget" or " " in str(hit.value) or not currency.isalpha():
        return hit.value
    return f"{currency} {hit.value}"


def _take(draft: Draft, hit: Found, begin: int) -> None:
    for name, other in tuple(draft.stated.found.items()):
        if begin <= other.start < hit.end and str(other.rule).startswith("means "):
            draft.forget(name, "words of the correction")
            draft.stated.found.pop(name)
    draft.stated.found[hit.slot] = hit
    draft.take(hit)
    draft.used.append((begin, hit.end))
    draft.bare.discard(hit.slot)
    for intent in ("affirm", "deny"):
        if begin == 0:
            draft.drop(intent)
    draft.put_right = hit.start
    draft.add("correct", "told otherwise before")
