"""The city of the project: looked up after a place word, or taken as said where it was asked."""

from __future__ import annotations

import re

from dialogs.understanding.cities import (
    LONGEST_HAN,
    city_country,
    is_country,
    is_false_friend,
    is_large_city,
    nominative_city,
)
from dialogs.understanding.names import Found
from dialogs.understanding.negation import is_ruled_out, is_withdrawn
from dialogs.understanding.words import Words, fold

_CUE = re.compile(
    r"\b(?:based (?:in|out of)|located (?:in|at)|headquartered in|situated in|in|from|near|"
    r"around|city of|downtown|over in|location:?|city:?|"
    r"в (?:городе )?|из (?:города )?|город\w{0,2}:?|г\.|под|"
    r"en (?:la ciudad de )?|de|desde|cerca de|ciudad:?)\s?",
)
_HAN_CUE = re.compile(
    r"(?:位于|坐落在?|来自|坐标|总部设?在?|地点[是在]?|城市[是:：]?|在|人在|我们是|是)"
)
_NAME = re.compile(r"[^\W\d_][^\W\d_'.]*(?:[ -][^\W\d_][^\W\d_'.]*){0,3}")
_LATIN_NAME = re.compile(r"\s?([A-Z][A-Za-z'.]+(?:[ -][A-Z][A-Za-z'.]+){0,3})")  # 在Munich
_PROJECT = re.compile(
    r"(?:\bfor|\bpara|\bдля|给|为)(?: the| la| el| our| nuestr[ao])? ?$|project|roll ?out|"
    r"\bfor our\b|installation|deployment|shop is in|项目|部署|实施|proyecto|"
    r"implantaci|instalaci|проект|внедрен|запуск"
)
_SEAT = re.compile(
    r"\bhq\b|headquarter|head office|i'm in|i am in|sitting in|总部|我人在|我在|本人在|"
    r"штаб|головн|сам[аи]? в|sede|central|estoy en"
)
# Where somebody was earlier is not where the project is.
_ONCE = re.compile(
    r"\b(?:used to|previously|formerly|born|grew up|raised|studied|originally|раньше|родил\w*|"
    r"antes (?:vivia|trabajaba)|naci)\b[^,.;!?]*$|(?:以前|曾经|原来)[^,，。]*$"
)
# Where the machines or other people are is not where the project is.
_OF_OTHERS = re.compile(
    r"(?:\b(?:servers?|machines|boss|manager|owner|supplier|provider|hosting|colleagues?|"
    r"серверы?|начальник|шеф|хостинг|поставщик|servidor(?:es)?|jef[ea]|proveedor)"
    r"(?: (?:is|are|sits?|стоят|находится|estan?))?(?: (?:based|located|hosted))? "
    r"(?:in|at|near|from|в|из|en|de)|(?:服务器|机房|老板|领导|供应商)(?:都|也|放|是)?(?:放)?在)\s?$"
)
# 合肥的公司: the place stands before what is there.
_HAN_OF_PLACE = re.compile(
    r"的(?:一?[家个所])?(?:公司|企业|工厂|厂|学校|大学|医院|团队|店|商家|项目|客户|单位|机构)的?$"
)
_MOVED = re.compile(
    r"\b(?:moved|moving|relocat\w+|переехал\w*|переезжа\w+|mudamos|mudado|trasladamos)\b|搬"
)
_TO = re.compile(r"(?:\b(?:to|в|a)|到|去|至) ?$")
_TO_CUE = re.compile(r"\b(?:to|a)\s")
_THEIR_OFFICE = re.compile(
    r"office|branch|server|data cent|hosted|stored|\bcustomers?\b|\bclients?\b|\breferences?\b|"
    r"case stud|trade fair|\bexpo\b|服务器|数据|客户|案例|展会|\bсервер|"
    r"клиент|\bданны|servidor|clientes|\bdatos|"
    r"partner|representative|reseller|dealer|分公司|办事处|代理|网点|офис|филиал|"
    r"представител|партнер|дилер|oficina|sucursal|delegacion|distribuidor|socio"
)
_QUESTION = re.compile(
    r"\?|\bto know (?:if|whether)\b|\b(?:is|are) there\b|"
    r"\bdo you\b|\bare you\b|\bhave you\b|吗|你们|有没有|у вас|вы |tienen|teneis|hay "
)
_LEAD = re.compile(
    r"^(?:(?:well|um|oh|so|hi|we're|we are|i'm|i am|it's|it is|that's|that would be|our|the|"
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
    r"\b(?:not|no|none|nowhere|several|many|all over|everywhere|online|remote|private|why|what|"
    r"where|how|which|"
    r"разных|везде|нет|не|почему|зачем|какая|ninguna|varias|por|que|cual|sure|know|idea|skip|back|"
    r"price|we|you|same|before|earlier|above|home|next|airport|tell|"
    r"hundreds?|thousands?|dozens?|few|couple|people|сот\w+|тысяч\w*|несколько|человек|cien\w*|"
    r"mil|varios|anywhere|somewhere|abroad)\b|[几数][十百千万]|人$|不|没|吗|什么|为|哪|跳过|保密|多|价|需要"
)


AS_SAID = "as said"


def read_city(words: Words, *, asked: bool, loose: bool = False) -> list[Found]:
    """At most one city; with several, the one of the project. `loose`: a bare name will do."""
    found = _after_cue(words) + (_han_after_cue(words) if words.han else [])
    if asked or loose or "," in words.low or "，" in words.low or words.han:
        found += _bare_parts(words, every=asked or loose)
    if loose or asked:
        found += _anywhere(words)
    if asked and not found:
        found = _as_said(words)
    if not asked and found and _THEIR_OFFICE.search(words.low) and _QUESTION.search(words.low):
        return []
    found = [
        hit
        for hit in found
        if not _ONCE.search(words.low[: hit.start])
        and not _OF_OTHERS.search(words.low[: hit.start])
    ]
    return [_of_project(words, found)] if found else []


def _of_project(words: Words, found: list[Found]) -> Found:
    distinct = sorted(
        {(city.start, -city.end): city for city in found}.values(), key=lambda c: c.start
    )
    meant = [
        city
        for city in distinct
        if not is_ruled_out(words.low, city.start) and not is_withdrawn(words.low, city.start)
    ]
    distinct = meant or distinct
    starts = [city.start for city in distinct]
    before = [
        words.low[max(start - 30, max((s for s in starts if s < start), default=0)) : start]
        for start in starts
    ]
    for city, lead in zip(distinct, before, strict=True):
        if _PROJECT.search(lead):
            return city
    if _MOVED.search(words.low) and len(distinct) > 1:
        there = [city for city in distinct if _TO.search(words.low[: city.start])]
        return (there or distinct)[-1]
    for city, lead in zip(distinct, before, strict=True):
        if not _SEAT.search(lead):
            return city
    return distinct[0]


def _after_cue(words: Words) -> list[Found]:
    found = []
    cues = list(_CUE.finditer(words.low))
    if _MOVED.search(words.low):
        cues += _TO_CUE.finditer(words.low)  # "from Ghent to Bruges"
    for cue in cues:
        name = _NAME.match(words.text, cue.end())
        if name is None:
            continue
        hit = _longest(name.group(), strong=len(cue.group().split()) > 1) or _everyday(words, name)
        if hit:
            found.append(Found("city", hit[0], name.start(), name.start() + hit[1], "place word"))
    return found


def _longest(name: str, *, strong: bool) -> tuple[str, int] | None:
    """(city as written, length in the text) of the longest listed head of a run of words."""
    cuts = [m.start() for m in re.finditer(r"[ -]", name)]
    ends = [len(name), *reversed(cuts)]
    for end in ends:
        head = name[:end]
        folded = fold(head)
        if len(folded) < 3 or is_false_friend(folded):
            continue
        if not (head[0].isupper() or strong or _is_known_lower(folded)):
            continue
        value = _listed(head)
        if value:
            return value, end
    return None


def _everyday(words: Words, name: re.Match[str]) -> tuple[str, int] | None:
    """ "From Nice", at the end of what is said: a large city named like an everyday word."""
    word = name.group()
    whole = re.match(r"\s*(?:$|[,.;!])", words.text[name.end() :]) is not None
    large = " " not in word and word[0].isupper() and is_large_city(fold(word))
    return (word, len(word)) if whole and large else None


def _is_known_lower(folded: str) -> bool:
    """Typed without a capital, only a larger city is believed: most small ones look like words."""
    return len(folded) >= 4 and is_large_city(folded)


def _listed(name: str) -> str | None:
    folded = fold(name).replace("-", " ")
    if city_country(folded) is None or is_country(folded):
        return None
    nominative = nominative_city(folded)
    if nominative is None or nominative == folded or not re.match("[а-я]", folded):
        return name
    written = "-".join if "-" in name else " ".join
    return written(part if part == "на" else part.capitalize() for part in nominative.split())


def _han_after_cue(words: Words) -> list[Found]:
    found = []
    for cue in _HAN_CUE.finditer(words.low):
        hit = _han_at(words.text, cue.end())
        if hit:
            found.append(Found("city", hit, cue.end(), cue.end() + len(hit), "place word"))
            continue
        latin = _LATIN_NAME.match(words.text, cue.end())
        named = _longest(latin.group(1), strong=False) if latin else None
        if latin and named:
            start = latin.start(1)
            found.append(Found("city", named[0], start, start + named[1], "place word"))
    return found


def _han_at(text: str, start: int) -> str:
    for length in range(LONGEST_HAN, 1, -1):
        name = text[start : start + length]
        if not "\u3400" <= name[:1] <= "\u9fff":
            return ""
        if (
            len(name) == length
            and not is_false_friend(name)
            and city_country(name)
            and not is_country(name)
        ):
            return name
    return ""


def _bare_parts(words: Words, *, every: bool) -> list[Found]:
    """Parts between commas that are nothing but a listed city."""
    found = []
    for hit in re.finditer(r"(?:[^,;，；、。!?\n.]|\.(?! ))+", words.text):
        part = hit.group().strip()
        folded = fold(part)
        if (
            not 2 <= len(part) <= 40
            or (is_false_friend(folded) and not every)
            or is_country(folded)
        ):
            continue
        han = "\u3400" <= part[0] <= "\u9fff"
        if not every and not han and not part[0].isupper():
            continue
        if han:
            whole = _HAN_OF_PLACE.sub("", part).removesuffix("的").removesuffix("市")
            value = whole if len(whole) >= 2 and city_country(whole) else ""
        else:
            value = _listed(part) or ""
        if value:
            start = hit.start() + hit.group().index(part)
            found.append(Found("city", value, start, start + len(part), "city name"))
    return found


def _anywhere(words: Words) -> list[Found]:
    found = []
    for name in _NAME.finditer(words.text):
        for start in [0, *(m.end() for m in re.finditer(r"[ -]", name.group()))]:
            head = name.group()[start:]
            if not head[0].isupper():
                continue
            hit = _longest(head, strong=False)
            if hit:
                at = name.start() + start
                found.append(Found("city", hit[0], at, at + hit[1], "city name"))
    if words.han:
        for start in range(len(words.text) - 1):
            han = _han_at(words.text, start)
            if han:
                found.append(Found("city", han, start, start + len(han), "city name"))
    return found


def _as_said(words: Words) -> list[Found]:
    """A short answer to "which city?" that no table lists is kept in the prospect's own words."""
    first = re.split(r"[,;，；。(\n]", words.low, maxsplit=1)[0]
    lead = _LEAD.match(first)
    start = lead.end() if lead else 0
    tail = _TAIL.search(first, start)
    end = tail.start() if tail else len(first)
    name = words.text[start:end].strip(" .!。！")
    if (
        not name
        or _NO_PLACE.search(words.low)
        or is_country(name)
        or any(ch.isdigit() for ch in name)
    ):
        return []
    han = "\u3400" <= name[0] <= "\u9fff"
    if han and re.search("[我你他她去会要想说聊]", name):
        return []
    if len(name) > (6 if han else 30) or len(name) < 2 or len(name.split()) > 3 or "?" in words.low:
        return []
    if han:
        listed = _han_at(name, 0)
        value = listed or name.removesuffix("市")
    else:
        value = _listed(name) or name
    return [Found("city", value, start, start + len(name), AS_SAID)]
