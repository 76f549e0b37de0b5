"""The city of the project: looked up after a place word, or taken as said where it was asked."""

from __future__ import annotations

import re

from dialogs.understanding.cities import (
    LONGEST_HAN,
    city_country,
    full_city,
    is_country,
    is_false_friend,
    is_large_city,
    is_nickname,
    written_city,
)
from dialogs.understanding.clauses import split_clauses
from dialogs.understanding.names import Found
from dialogs.understanding.negation import is_denied_after, is_ruled_out, is_withdrawn
from dialogs.understanding.small_places import read_small
from dialogs.understanding.terse import HAN_WORD, bare_place, written_place
from dialogs.understanding.unlisted import read_unlisted
from dialogs.understanding.words import Words, fold

_CUE = re.compile(
    r"\b(?:(?:we're|we are|i'm|i am|all|is|are|it's) (?:in|from|near)|"
    r"based (?:in|out of|at)|located (?:in|at)|headquartered in|situated in|in|at|from|near|"
    r"around|city of|(?:municipality|university|town|council|port|port authority) of|"
    r"hq|h\.q\.|head office(?: is)?(?: in)?|downtown|over in|location:?|city:?|aus|"
    r"stadtverwaltung|stadt|"
    r"(?:мы|сам[аи]?|находимся|сидим|живем|работаем) (?:в|из)|"
    r"в (?:городе )?|из (?:города )?|город\w{0,2}:?|г\.|под|мэри[яи]|"
    r"администраци[яи](?: города)?|филиал\w* в|"
    r"(?:somos|soy|estamos|estoy|vivo|ubicad[oa]s?) (?:de|en|desde)|"
    r"(?:shop|store|site|project|one|tienda|proyecto|магазин|проект) (?:is |will be |es |sera |"
    r"будет )?(?:for|para|для)|"
    r"en (?:la ciudad de )?|de|d|desde|cerca de|ciudad:?)\s?(?<=[\s:.])",
)
# "Our Warsaw branch", "the Lyon plant": the place stands before what is there.
_COUNTRY_AFTER = re.compile(r"(?:, ?| ?\(| )(?P<name>[^\W\d_]+)\)?")
_CAPITAL_BEFORE = re.compile(r"[A-Z][^\W\d_]+(?:[ -][A-Z][^\W\d_]+)?$")
_CALENDAR = re.compile(
    r"(?:march|may|august|mayo|marzo|sale|marketing|enterprise|university|company|private|industry|"
    r"business|center|centre|central|union|mission|production|compras|ventas|commerce|energy|"
    r"english|"
    r"spanish|chinese|german|russian|please|sales|it|legal|finance|operations|management|logistics|"
    r"retail|wholesale|commercial|independent|government|public|state|family|yes|no|thanks|hello|"
    r"our|cluster|orange|college|cloud|justice)$"
)
_SITE_AFTER = re.compile(
    r" (?:branch|office|plant|factory|store|shop|warehouse|site|team|campus|depot|subsidiary)\b"
)
# Machines that stand somewhere are no place of business: "AWS in the Frankfurt region".
_REGION_AFTER = re.compile(
    r"^ ?(?:region|data ?cent\w+|availability zone|az\b|zone|机房|区域|节点|数据中心|"
    r"的?服务器|的?云)"
)
_COUNTRY = (
    r"(?:中国|马来西亚|新加坡|日本|韩国|泰国|越南|印尼|美国|英国|德国|法国|西班牙|意大利|俄罗斯|"
    r"加拿大|"
    r"澳大利亚|澳洲|墨西哥|巴西|台湾|浙江|江苏|广东|福建|山东|河南|河北|湖南|湖北|四川|安徽|江西|"
    r"辽宁|吉林|黑龙江|陕西|山西|甘肃|青海|贵州|云南|海南|广西|内蒙古|宁夏|新疆|西藏)(?:省|自治区)?"
)
_HAN_PART_START = re.compile(
    rf"(?:^|[,，。;；、!?\n ])(?:(?:我们?|咱们?|本|公司|总部|目前|现在|人|就|也|都|是|在|"
    rf"(?:这个?|本)?(?:项目|系统|商城|店)(?:是|要)?(?:给|为|在)|客户(?:是|就)?在)*)"
    rf"(?:{_COUNTRY})?"
)
# 北京时间, 上海银行, 重庆火锅: no place of business.
_HAN_ELSE = re.compile(r"(?:时间|路|街|银行|火锅|大道|话|菜|人寿|那边有|有没有|有你们|有代理)")
_HAN_CUE = re.compile(
    r"(?:位于|坐落在?|来自|坐标|总部设?在?|地点[是在]?|城市[是:：]?|在|人在|我们是|是)"
)
_NAME = re.compile(r"[^\W\d_][^\W\d_'.]*(?:[ -][^\W\d_][^\W\d_'.]*){0,3}")
_LATIN_NAME = re.compile(r"\s?([A-Z][A-Za-z'.]+(?:[ -][A-Z][A-Za-z'.]+){0,3})")  # 在Munich
_PROJECT = re.compile(
    r"(?:\bfor|\bpara|\bдля|给|为)(?: the| la| el| our| nuestr[ao])? ?$|project|roll ?out|"
    r"\bfor our\b|installation|deployment|\b(?:shop|store|site|one) (?:is|will be|shall be|'s) "
    r"(?:in|for|at)\b|\b(?:shop|store) (?:opens?|will|goes)|"
    r"\bopening\b|项目|部署|实施|店开在|开店|分店在|"
    r"proyecto|\babrimos\b|\btienda (?:es|va|esta|abre|sera)|"
    r"implantaci|instalaci|проект|внедрен|запуск|запускаем|откры|магазин (?:в|будет|стоит|нужен)"
)
_SEAT = re.compile(
    r"\bhq\b|headquarter|head office|i'm in|i am in|sitting in|总部|我人在|我在|本人在|"
    r"штаб|головн|\bсам[аи]? (?:в|из)|\bя (?:в|из)|sede|central|\bmatriz\b|estoy en|\bsoy de\b|"
    r"\b(?:based|we're|we are|live|sit) (?:in|from)|\bparent\b|\bgroup\b|集团|公司在|本部"
)
# "I live in Toledo, the firm is in Getafe": beside another place that of a person is not meant.
_OF_A_PERSON = re.compile(
    r"\bi (?:live|stay|moved|come|commute)\b|\bi'?m (?:\w+ ){0,2}(?:in|from)\b|\bi am (?:in|"
    r"from)\b|"
    r"我(?:本人|人|现在|目前|自己)?(?:住)?在|我家|\bсам[аи]?\b|\bя\b|\bживу\b|\b(?:vivo|resido|"
    r"estoy|soy)\b"
)
# Where somebody was earlier is not where the project is.
_ONCE = re.compile(
    r"\b(?:used to|previously|formerly|born|grew up|raised|studied|originally|раньше|родил\w*|"
    r"antes (?:vivia|trabajaba)|naci)\b[^,.;!?]*$|(?:以前|曾经|原来)[^,，。]*$"
)
# Where the machines or other people are is not where the project is.
_OF_OTHERS = re.compile(
    r"(?:\b(?:servers?|machines|customers|clients|users|клиенты|clientes|boss|manager|owner|"
    r"supplier|provider|hosting|colleagues?|parent(?: company)?|partner|cousin|lawyer|friend|"
    r"aws|azure|gcp|vps|hetzner|cloud(?: account)?|racks?|data cent\w+|colo|"
    r"серверы?|облако|цод|начальник|шеф|хостинг|поставщик|servidor(?:es)?|nube|jef[ea]|proveedor)"
    r"(?: (?:is|are|sits?|стоят|находится|estan?))?(?: (?:based|located|hosted))? "
    r"(?:in|at|near|from|в|из|en|de)(?: the)?|"
    r"(?:服务器|云|机房|客户|老板|领导|供应商)(?:都|也|放|是)?(?:放)?在)\s?$"
)
# "The client is in Foshan and makes furniture": the one for whom it is asked.
_CLIENT_BEFORE = re.compile(r"客户(?:是|就)?在\s?$")
_TRADE_AFTER = re.compile(r"^市?(?:那边)?(?:做|开|卖|搞|经营|生产)[^，,。;；]{1,12}的")
# 合肥的公司: the place stands before what is there.
_HAN_OF_PLACE = re.compile(
    r"的(?:一?[家个所])?(?:公司|企业|工厂|厂|学校|大学|医院|团队|店|商家|项目|客户|单位|机构)的?$"
)
_OWN_MACHINES = re.compile(
    r"(?:servers?|machines|racks?|серверы?|стойк\w+|servidor(?:es)?)\b|服务器|机房|机柜"
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
    r"\banyone\b|\bsomebody\b|有没有人|有人|есть кто|кто-нибудь|alguien|"
    r"partner|representative|reseller|dealer|分公司|办事处|代理|网点|办公室|офис|филиал|"
    r"представител|партнер|дилер|oficina|sucursal|delegacion|distribuidor|socio"
)
_QUESTION = re.compile(
    r"\?|\bto know (?:if|whether)\b|\b(?:is|are) there\b|"
    r"\bdo you\b|\bare you\b|\bhave you\b|吗|你们|有没有|у вас|\bвы\b|tienen|teneis|hay "
)


def read_city(
    words: Words,
    everyday: frozenset[str],
    *,
    asked: bool,
    loose: bool = False,
    machines: bool = False,
) -> list[Found]:
    """At most one city; with several, the one of the project. `loose`: a bare name will do.
    `machines`: where their servers are counts, too, as an answer about these.

    `everyday`: words that are no names, for the answers that no table lists.
    """
    found = _after_cue(words, everyday) + _before_site(words)
    found += (_han_after_cue(words) + _han_at_head(words)) if words.han else []
    found += _bare_parts(words, every=asked or loose)
    if loose or asked:
        found += _anywhere(words)
    if asked and not found:
        found = read_unlisted(words, everyday)
    if not asked:
        found = [hit for hit in found if not _asks_for_others(words, hit)]
    found = [hit for hit in found if _is_of_buyer(words.low, hit, machines=machines)]
    found = [hit for hit in found if not _is_denied(words.low, hit)]
    return [_with_country(words, _of_project(words, found))] if found else []


def _is_denied(low: str, hit: Found) -> bool:
    """Whether it is told that nobody is there: "not in Berlin", "no office in Berlin"."""
    nobody = _NOBODY_THERE.search(low[: hit.start]) is not None
    return nobody or is_ruled_out(low, hit.start) or is_denied_after(low[hit.end :])


_NOBODY_THERE = re.compile(
    r"(?:\b(?:no|without an?|don't have an?|do not have an?|нет|нету|без|no (?:tenemos|hay)|sin)|"
    r"没有?) ?(?:\w+ )?(?:office|branch|shop|store|warehouse|site|presence|people|staff|офис\w*|"
    r"филиал\w*|"
    r"магазин\w*|склад\w*|oficinas?|tiendas?|sede|almacen|办公室|分公司|门店|公司|人)"
    r"(?: (?:in|at|в|во|en))? $"
)


def _with_country(words: Words, city: Found) -> Found:
    """The city's stretch with the country after it, which then needs no explaining."""
    after = _COUNTRY_AFTER.match(words.text, city.end)
    if after is None or not is_country(after["name"]):
        return city
    return Found("city", city.value, city.start, after.end(), city.rule)


def _asks_for_others(words: Words, hit: Found) -> bool:
    """Whether the city's part of the message asks about offices, machines or customers there."""
    low = next((words.low[a:b] for a, b in split_clauses(words) if a <= hit.start < b), words.low)
    return bool(_THEIR_OFFICE.search(low) and _QUESTION.search(low))


def _is_of_buyer(low: str, hit: Found, *, machines: bool) -> bool:
    """Whether the place is theirs and of today: not that of machines, others or earlier years."""
    before = low[: hit.start]
    if _ONCE.search(before):
        return False
    others = _OF_OTHERS.search(before)
    if _CLIENT_BEFORE.search(before) and _TRADE_AFTER.match(low[hit.end :]):
        others = None
    if others and not (machines and _OWN_MACHINES.match(others.group())):
        return False
    return _REGION_AFTER.match(low[hit.end :]) is None


def _of_project(words: Words, found: list[Found]) -> Found:
    distinct = sorted(
        {(city.start, -city.end): city for city in found}.values(), key=lambda c: c.start
    )
    meant = [city for city in distinct if not is_withdrawn(words.low, city.start)]
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
    theirs = [
        (city, lead)
        for city, lead in zip(distinct, before, strict=True)
        if not _OF_A_PERSON.search(lead)
    ]
    for city, lead in theirs:
        if not _SEAT.search(lead):
            return city
    return theirs[0][0] if theirs else distinct[0]


def _after_cue(words: Words, everyday: frozenset[str]) -> list[Found]:
    found = []
    cues = list(_CUE.finditer(words.low))
    if _MOVED.search(words.low):
        cues += _TO_CUE.finditer(words.low)  # "from Ghent to Bruges"
    for cue in cues:
        name = _NAME.match(words.text, cue.end())
        if name is None:
            continue
        hit = (
            _longest(name.group(), strong=len(cue.group().split()) > 1)
            or _everyday(words, name, cue.group())
            or read_small(words, name, cue.group(), everyday)
        )
        if hit:
            found.append(Found("city", hit[0], name.start(), name.start() + hit[1], "place word"))
    return found


_SURE_CUES = (["in"], ["from"], ["en"], ["hq"])
_LED_ON = re.compile(r"(?P<city>[A-ZÀ-Þ][^\W\d_]{2,}) (?:y|and|и|with|con|but|pero|so|not)\b")


def _longest(name: str, *, strong: bool) -> tuple[str, int] | None:
    """(city as written, length in the text) of the longest listed head of a run of words."""
    cuts = [m.start() for m in re.finditer(r"[ -]", name)]
    ends = [len(name), *reversed(cuts)]
    for end in ends:
        head = name[:end]
        folded = fold(head)
        if (len(folded) < 3 and head not in ("LA", "NY")) or is_false_friend(folded):
            continue
        if not (head[0].isupper() or strong or _is_known_lower(folded)):
            continue
        value = written_city(head)
        if value:
            return value, end
    return None


def _everyday(words: Words, name: re.Match[str], cue: str) -> tuple[str, int] | None:
    """ "From Nice", "all in Bath": a city named like an everyday word, at the end of a part."""
    word = name.group()
    whole = re.match(r"\s*(?:$|[,.;!]|so\b)", words.text[name.end() :]) is not None
    led = _LED_ON.match(word)
    sure = cue.split()[-1:] in _SURE_CUES or bool(led and is_large_city(fold(led["city"])))
    if led and sure and city_country(fold(led["city"])):
        word, whole = led["city"], True  # "en León y quiero vender"
    if not whole or " " in word or not word[0].isupper() or _CALENDAR.match(word.casefold()):
        return None
    told = cue.split()
    sure = is_large_city(fold(word)) or len(told) > 1 or told[-1:] in _SURE_CUES
    return (word, len(word)) if sure and city_country(fold(word)) else None


def _before_site(words: Words) -> list[Found]:
    """Names before what stands there: "our Warsaw branch"."""
    found = []
    for site in _SITE_AFTER.finditer(words.low):
        name = _CAPITAL_BEFORE.search(words.text[: site.start()])
        value = written_city(name.group()) if name else None
        if name and value and not is_false_friend(fold(name.group())):
            found.append(Found("city", value, name.start(), name.end(), "before a site"))
    return found


def _is_known_lower(folded: str) -> bool:
    """Typed without a capital, only a larger city is believed: most small ones look like words."""
    return is_nickname(folded) or (len(folded) >= 4 and is_large_city(folded))


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


def _han_at_head(words: Words) -> list[Found]:
    """A larger city at the head of a part, also after a word for "we": 南宁校区, 我们济南的."""
    found = []
    for head in _HAN_PART_START.finditer(words.text):
        name = _han_at(words.text, head.end())
        if name and is_large_city(name) and not _HAN_ELSE.match(words.text, head.end() + len(name)):
            end = head.end() + len(name)
            found.append(Found("city", name, head.end(), end, "at the head of a part"))
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


# Cities of these names there are, but nobody who writes them means one, even in a correction.
_GREETINGS = frozenset({"hola", "ola", "hi", "hello", "hey", "buenas", "vale", "ok", "gracias"})


def _bare_parts(words: Words, *, every: bool) -> list[Found]:
    """Parts between commas that are nothing but a listed city."""
    found = []
    for hit in re.finditer(r"(?:[^,;，；、。!?\n.]|\.(?! ))+", words.text):
        part = bare_place(hit.group())
        folded = fold(part)
        if (
            not 2 <= len(part) <= 40
            or folded in _GREETINGS
            or (is_false_friend(folded) and not every and not _is_named_city(part, hit.start()))
            or is_country(folded)
        ):
            continue
        han = "\u3400" <= part[0] <= "\u9fff"
        if not every and not han and not part[0].isupper() and not _is_known_lower(folded):
            continue
        if han:
            whole = _HAN_OF_PLACE.sub("", part).removesuffix("的").removesuffix("市")
            value = whole if len(whole) >= 2 and city_country(whole) else ""
            value = full_city(value)
        else:
            value = written_place(part, asked=every)
        if value:
            start = hit.start() + hit.group().index(part)
            found.append(Found("city", value, start, start + len(part), "city name"))
    if words.han:  # 乐器行 贵阳 卖古筝: spaces stand for commas
        for hit in HAN_WORD.finditer(words.text):
            if city_country(hit.group()) and not is_false_friend(hit.group()):
                name = full_city(hit.group())
                found.append(Found("city", name, hit.start(), hit.end(), "city name"))
    return found


def _is_named_city(part: str, place: int) -> bool:
    """ "Brewery, Cork, 22 people": a city's name with a capital, and not at the very head."""
    named = part[0].isupper() and not part.isupper() and " " not in part
    return place > 0 and named and not _CALENDAR.match(fold(part))


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
