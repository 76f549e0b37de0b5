"""An answer to "which city?" that no table lists: misspelt, or the name of a small place."""

from __future__ import annotations

import re

from dialogs.understanding.cities import is_country, nearest_city, written_city
from dialogs.understanding.names import Found
from dialogs.understanding.words import Words, fold

AS_SAID = "as said"
_LEAD = re.compile(
    r"^(?:(?:down|up|over|out|right|just|here|its|basically|yes|yep|well|um|oh|so|hi|we're|"
    r"we are|i'm|i am|it's|it is|that's|that would be|our|the|"
    r"currently|based|located|in|from|at|city of|town of|office|mostly|near|around|"
    r"ну|мы|я|это|находимся|сидим|живем|живу|в|во|из|город|городе|г\.|под|здесь|тут|"
    r"pues|estamos|somos|vivo|es|esta|la|ciudad|de|en|desde)(?![^\W_\u3400-\u9fff])[\s,:]*|"
    r"(?:我们?在|我们?是|位于|在|坐标|来自|就在|人在|公司在|目前在|总部在)[\s,:]*)+"
)
_TAIL = re.compile(
    r"(?:[\s,.!]+(?:please|thanks|area|region|city|mostly|though|right now|btw|"
    r"город|спасибо|ciudad|gracias)|这边|那边|这里|市区|附近|吧|啊|哦|呢)+$"
)
_NO_PLACE = re.compile(
    r"\b(?:wherever|whatever|whichever|не важно|"
    r"not|no|none|nowhere|several|many|all over|everywhere|online|remote|private|why|what|"
    r"where|how|which|"
    r"разных|везде|нет|не|почему|зачем|какая|ninguna|varias|por|que|cual|sure|know|idea|skip|back|"
    r"price|we|you|same|before|earlier|above|home|next|airport|tell|"
    r"hundreds?|thousands?|dozens?|few|couple|people|сот\w+|тысяч\w*|несколько|человек|cien\w*|"
    r"mil|varios|anywhere|somewhere|abroad)\b|[几数][十百千万]|人$|不|没|吗|什么|为|哪|跳过|"
    r"保密|多|价|需要"
)
_PLACE_BEFORE = re.compile(r"\b(?:in|from|near|at|based|в|из|под|en|de|desde) *$")
# 乱了, 看看: what no place is called.
_NO_HAN_NAME = re.compile(r"[我你他她去会要想说聊了吧呢啊的么过着个这那都就还好再来回看等]|(.)\1")
_HAN_PLACE = re.compile(r"(?:市|县|镇|区|州|村|乡|岛|港|山|江|湖|堡|斯|顿|尔|亚|特|克|萨|夫|拉)$")
_HAN_MOST, _LETTERS_MOST, _WORDS_MOST = 6, 30, 3


def read_unlisted(words: Words, everyday: frozenset[str]) -> list[Found]:
    """The short answer as it was written, where it looks like a name of a place."""
    start, end = _bounds(words.low)
    name = words.text[start:end].strip(" .!。！")
    if not name or "?" in words.low or _NO_PLACE.search(words.low) or is_country(name):
        return []
    if any(ch.isdigit() for ch in name):
        return []
    start = words.text.index(name, start)
    if "\u3400" <= name[0] <= "\u9fff":
        value = _han_name(name, everyday)
    else:
        value = _spaced_name(name, words.low[:start], everyday)
    rule = AS_SAID if fold(value) == fold(name) else "misspelt"
    return [Found("city", value, start, start + len(name), rule)] if value else []


def _bounds(low: str) -> tuple[int, int]:
    """Where the name would stand: before the first comma, without words of being there."""
    first = re.split(r"[,;，；。(\n]|\.(?= )", low, maxsplit=1)[0]
    lead = _LEAD.match(first)
    start = lead.end() if lead else 0
    tail = _TAIL.search(first, start)
    return start, tail.start() if tail else len(first)


def _han_name(name: str, everyday: frozenset[str]) -> str:
    bare = name.removesuffix("市")
    if not 2 <= len(name) <= _HAN_MOST or _NO_HAN_NAME.search(name):
        return ""
    known = any(name[place : place + 2] in everyday for place in range(len(name) - 1))
    return bare if _HAN_PLACE.search(name) or not known else ""


def _spaced_name(name: str, before: str, everyday: frozenset[str]) -> str:
    listed = written_city(name)
    if listed:
        return listed
    folded = fold(name)
    words = re.findall(r"[^\W\d_]+", folded)
    common = all(word in everyday for word in words)
    near = "" if common else nearest_city(folded)
    if near:
        return near.title()
    if not 2 <= len(name) <= _LETTERS_MOST or len(words) > _WORDS_MOST or common:
        return ""
    # Written small, it is believed only where it is said to be a place: "from wickham".
    return name if name[0].isupper() or _PLACE_BEFORE.search(before) else ""
