"""When the buyer wants it: now, no hurry, a span, a quarter, the year's end, a month, a day."""

from __future__ import annotations

import re

from dialogs.understanding.answers import is_used_up
from dialogs.understanding.names import Found
from dialogs.understanding.negation import is_ruled_out, is_withdrawn
from dialogs.understanding.numbers import WORD_NUMBERS, Number
from dialogs.understanding.words import Words

_NOW = re.compile(
    r"\basap\b|as soon as possible|as soon as you can|right away|right now|immediate|\burgent|"
    r"\bnow\b|\btoday\b|\byesterday\b|this month|this week|\bsoon as\b|"
    r"越快越好|尽快|尽早|马上|立刻|立即|现在就?|赶紧|很急|比较急|急用|加急|这个月|本月|这周|本周|"
    r"今天|на этой неделе|на днях|срочн|как можно (?:скорее|быстрее)|побыстрее|прямо сейчас|"
    r"сейчас|немедленно|вчера|"
    r"сегодня|в этом месяце|чем (?:скорее|быстрее)|горит|"
    r"lo antes posible|cuanto antes|\bya mismo\b|\bya\b|urgente|\bahora\b|de inmediato|"
    r"inmediat|\bhoy\b|este mes|esta semana|para ayer"
)
_NO_HURRY = re.compile(
    r"no (?:real |particular |special )?(?:rush|hurry|deadline|time ?frame|pressure)|not urgent|"
    r"not in (?:a |any )?(?:rush|hurry)|no(?:thing)? fixed date|no date|whenever|"
    r"take (?:your|our) time|isn't urgent|any ?time|"
    r"不(?:着|算)?急|不太急|不赶|没(?:有)?(?:硬性(?:要求)?|时间要求|时间限制|什么时间|截止|期限)|"
    r"随时|无所谓时间|慢慢来|"
    r"не горит|не срочно|не спешим|не тороп|без спешки|спешки нет|срок(?:ов|и)? (?:пока )?нет|"
    r"нет срок|не к спеху|когда получится|"
    r"sin prisa|ninguna prisa|nada de prisa|"
    r"no (?:corre|hay|tenemos|tengo|lleva) (?:ninguna )?prisa|no es urgente|"
    r"no urge|tranquilo con eso|sin fecha|no hay (?:fecha|plazo)|cuando sea"
)
_END_OF_YEAR = re.compile(
    r"\beoy\b|end of (?:the |this )?year|year[- ]?end|(?:before|by) (?:the )?new year|"
    r"this year|年底|年末|年内|今年|到年终|元旦前|年前|"
    r"(?:до|к|под) нов(?:ого|ому|ый) год|(?:до|к|под) кон(?:ца|цу|ец) (?:этого )?года|"
    r"конец года|в этом году|в конце года|"
    r"fin(?:al|ales|es)? d(?:e|el)? (?:este )?ano|acabe el ano|este ano|termine el ano"
)
_UNITS = (
    (
        "D",
        r"(?:working |business |calendar )?days?\b|个?工作日|天|日内|дн(?:ей|я|и)\b|день|сут|"
        r"dias?\b",
    ),
    ("W", r"weeks?\b|wks?\b|个?(?:星期|礼拜)|周|недел|semanas?\b"),
    ("M", r"months?\b|mos?\b|mths?\b|个?月(?![份底])|месяц|мес\b|mes(?:es)?\b"),
    ("Y", r"years?\b|yrs?\b|年(?![底末内])|год(?:а|у|ик)?\b|лет\b|anos?\b"),
)
_UNIT_AFTER = re.compile("|".join(rf"(?P<{key}>\s?(?:{names}))" for key, names in _UNITS))
_UNIT_BEFORE = re.compile(  # "недель за 6", "месяца через 2"
    r"\b(?:(?P<D>дней|дня)|(?P<W>недель|недели)|(?P<M>месяцев|месяца))(?: (?:за|через|в))? (?=\S)"
)
_SPANS = tuple(
    (re.compile(pattern), value)
    for pattern, value in (
        (r"half[- ](?:a )?year|半年|полгод[ау]|полугод\w+|пол ?года|medio ano", "P6M"),
        (r"year and a half|一年半|полтора года|ano y medio", "P18M"),
        (r"month and a half|一个半月|полтора месяца|mes y medio", "P6W"),
        (r"couple (?:of )?weeks|fortnight|quincena|пар[уы] недель|un par de semanas|"
         r"(?:两|俩)(?:个星期|个礼拜|周)", "P2W"),
        (r"couple (?:of )?months|пар[уы] месяцев|un par de meses", "P2M"),
        (r"next week|下周|下个?(?:星期|礼拜)|на следующей неделе|через неделю|la semana que viene|"
         r"la proxima semana|in a week|within a week|en una semana|за неделю", "P1W"),
        (r"next month|下个?月|в следующем месяце|через месяц|за месяц|в течение месяца|"
         r"el mes que viene|el proximo mes|(?:in|within) a month|一个月(?:内|之内|左右)", "P1M"),
        (r"(?:in|within) a quarter|next quarter|下个?季度|в следующем квартале|"
         r"el proximo trimestre|за квартал|через квартал|en un trimestre", "P3M"),
        (r"next year|明年|в следующем году|через год|в течение года|за год|el ano que viene|"
         r"el proximo ano|(?:in|within) a year|в будущем году", "P1Y"),
    )
)  # fmt: skip
_QUARTER = re.compile(
    r"\bq ?([1-4])\b|\b([1-4])q\b|\bt([1-4])\b|"
    r"(?:(first|1st|перв\w+|primer|1er)|(second|2nd|втор\w+|segundo|2o)|"
    r"(third|3rd|трет\w+|tercer|3er)|(fourth|4th|last|четверт\w+|cuarto|ultimo|последн\w+))"
    r"[ -](?:quarter|квартал\w*|trimestre)|"
    r"([1-4])[- ]?(?:й|ый|ий|го|ом|м)? ?кв(?:артал\w*)?\b|第?([一二三四1-4])季度?"
)
_MONTHS = (
    r"\bjan(?:uary)?\b|\bянвар\w+|\benero\b", r"\bfeb(?:ruary)?\b|\bфеврал\w+|\bfebrero\b",
    r"\bmar(?:ch)?\b|\bмарт\w*|\bmarzo\b", r"\bapr(?:il)?\b|\bапрел\w+|\babril\b",
    r"\bmay\b|\bма[йяею]\b|\bmayo\b", r"\bjune?\b|\bиюн\w+|\bjunio\b",
    r"\bjuly?\b|\bиюл\w+|\bjulio\b", r"\baug(?:ust)?\b|\bавгуст\w*|\bagosto\b",
    r"\bsept?(?:ember)?\b|\bсентябр\w+|\bsep?tiembre\b",
    r"\boct(?:ober)?\b|\bоктябр\w+|\boctubre\b",
    r"\bnov(?:ember)?\b|\bноябр\w+|\bnoviembre\b", r"\bdec(?:ember)?\b|\bдекабр\w+|\bdiciembre\b",
)  # fmt: skip
_MONTH = re.compile("|".join(f"(?P<m{n}>{names})" for n, names in enumerate(_MONTHS, 1)))
_HAN_MONTH = re.compile(
    r"(?P<pair>一二|二三|三四|四五|五六|六七|七八|八九|九十)月份?|(?P<n>\d{1,2}|十[一二]?|"
    r"[一二三四五六七八九])月(?:份)?(?P<day>\d{1,2}|"
    r"[一二三]?十?[一二三四五六七八九十])?(?:[日号])?"
)
_HAN_MONTHS = {name: n for n, name in enumerate("一二三四五六七八九十", 1)} | {
    "十一": 11,
    "十二": 12,
}
_DAY_BEFORE = re.compile(r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th|-?го|-?е)?(?: of| de)? ?$")
_DAY_AFTER = re.compile(r"\.? ?(?:the )?([0-3]?\d)(?:st|nd|rd|th)?\b(?! ?(?:%|k|к|,\d))(?!\d)")
_FEASTS = (
    (re.compile(r"双十一|双11|双 11|光棍节|singles'? ?day|11[-./]11|день холостяк"), "11-11"),
    (re.compile(r"双十二|双12|12[-./]12"), "12-12"),
    (re.compile(r"(?<!\d)6[-./]?18(?!\d)"), "06-18"),
    (re.compile(r"black friday|черн\w+ пятниц\w+|黑五|黑色星期五"), "11"),
    (re.compile(r"christmas|xmas|圣诞|navidad|рождеств"), "12"),
    (re.compile(r"国庆|十一(?:前|之前|假期)"), "10-01"),
    (re.compile(r"五一(?:前|之前|假期)|майски[ех] праздник|до майских"), "05-01"),
)
_SEASONS = (
    (re.compile(r"\beaster\b|复活节|\bпасх|semana santa|\bpascua"), "04"),
    (re.compile(r"(?:before|by|до|к|antes del?|para el) (?:the )?(?:summer|лет[ау]|verano)"), "06"),
    (re.compile(r"\bsummer\b|夏天|夏季|暑假|暑期|\bлетом\b|\bverano\b"), "07"),
    (re.compile(r"\bspring\b(?!\w)|春天|春季|开春|весн|\bprimavera\b"), "04"),
    (re.compile(r"\bautumn\b|秋天|秋季|осен|\botono\b"), "10"),
)
_ISO = re.compile(r"(?<!\d)20\d\d-([01]?\d)-([0-3]?\d)(?!\d)")
_DOTTED = re.compile(r"(?<![\d.,])([0-3]?\d)[./]([01]?\d)(?:[./](?:20)?\d\d)?(?![\d.,])")
_PLAN = re.compile(
    r"\b(?:not before|at the earliest|no antes de|не раньше|не ранее)\b|最早|"
    r"go(?:ing)? live|\blaunch|\bstart (?:in|within|by|on|before|after)|\bneed (?:it|this|"
    r"everything|"
    r"to be)|"
    r"\bpostpone|\bdelayed|\bpushed (?:back |out )?to|"
    r"推迟|延期|延后|перенес|сдвину|отложи|retras|aplaz|adelant|pospo|pospu|lanzamiento|"
    r"(?:has|have|needs|got) to be (?:ready|done|finished|open)|\b(?:aim|goal|target) is|"
    r"\bbe (?:live|online|up|open) (?:in|within)|"
    r"up and running|\blive (?:by|in|before|on)|deadline|\bready (?:by|in|before)|\bdeploy\w* by|"
    r"must be (?:done|ready|live)|open (?:in|by)|roll ?out|"
    r"上线|启动|开业|交付|搞定|要用|赶在|完成|投入使用|"
    r"запус|стартов|старт |внедри|нужно (?:до|к|через|в)|сдать|открыть|срок|успеть|"
    r"\b(?:tiene|tienen|tendria|debe|deberia|ha de)(?: (?:que|q|k))? estar\b|"
    r"\b(?:has|have|needs|got) to be (?:up|there|online|running|live|in place)|"
    r"\bчтоб\w* (?:\w+ ){0,2}(?:к|до)\b|заработа|\bработал[ои] (?:к|до|уже)|"
    r"lanzar|arrancar|empezar (?:en|antes)|poner en marcha|en marcha|plazo|listo|salir|abrir"
)
_MONTH_CUE = re.compile(
    r"(?:\b(?:in|by|before|until|till|from|around|early|mid|late|end of|since|after|to|start of|"
    r"beginning of|до|к|в|с|на|конец|конце|начал[оеу]|середин[аеу]|en|para|antes de|hasta|"
    r"a partir de|finales de|principios de|mediados de|"
    r"(?:retras|aplaz|adelant|pospo|pospu)\w* a)[ -])$"
)


# "Let's say May": what is put in the place of another month.
_NAMED_AS_NEW = re.compile(r"(?:let's say|make (?:it|that)|rather|now|instead|or|/|not|to|,) ?$")
# Wanting something makes a date beside it the date of that, but "now" and "soon" only manners.
_WANTS = re.compile(
    r"\bwants?\b|\bneeds?\b|\bneeded\b|\bmust\b|нужен|нужн[аоы]|хотим|хочу|хочет|надо|"
    r"\bquier\w+|queremos|necesit|\bque est[ea]\b|планиру\w+|собира\w+|想|要|需要|希望|打算|计划"
)
# What began in the past is no date of a launch.
_SINCE = re.compile(
    r"(?:\b(?:since|ever since|running for|been (?:\w+ )?for|back in|desde(?: hace)?)|自从?|从)"
    r"(?: (?:the|about|around|early|late|mid))* ?$"
)
# A length of something else: "it took 6 months", "3 months of paperwork", "2 years ago".
_TOOK = re.compile(
    r"\b(?:took|taken|lasted|lost|waited|заняло|ушло|tardo|tardamos)\b[^.!?]{0,12}$|花了$"
)
_PAST = re.compile(
    r"\w* (?:of (?!time)|ago\b|behind\b|old\b|last time|назад)|前(?!上|完|后)(?:就|已)"
)
_NO_AFTER = re.compile(r" (?:no|won't|is out|isn't|не|нет|уже не|ya no)\b")
_LIMIT_BEFORE = re.compile(
    r"(?:\b(?:let's say|digamos|pongamos|скажем|by|before|until|till|within|in|до|к|ко|через|за|"
    r"в течение|antes de|para|en|dentro de)(?: next| coming| ближайшие| los proximos| the| el| la|"
    r" end of| mid| early| late| finales de| mediados de| principios de| конца?| начал[оау]|"
    r" середин[еы])* ?|[在于到])$"
)
_LIMIT_AFTER = re.compile(r"(?<=内)|[之以]?内|之前")
_LENGTHS = ("length", "span")
_DATED = frozenset({"end of year", "quarter", "named day", "date", "month"})
_SHORT_CORRECTION = 48  # characters of one that may be about the time alone
_SHORT = 30  # characters of a message that may be nothing but a time


def read_timeline(
    words: Words, numbers: list[Number], *, asked: bool, loose: bool = False
) -> list[Found]:
    """At most one value. Unasked only beside a word of launching or needing by a date.

    `loose`: a short correction, in which a bare month, quarter or date is believed.
    """
    low = words.low
    if loose and not asked and not _PLAN.search(low):
        found = _read_any(low, numbers) if len(low) <= _SHORT_CORRECTION else []
        found = [hit for hit in found if hit.rule in _DATED]
        if found:
            return found
    if asked or _PLAN.search(low):
        return [hit for hit in _read_any(low, numbers) if not _SINCE.search(low[: hit.start])]
    none = _NO_HURRY.search(low)
    if none:
        return [_found("none", none, "no hurry")]
    if _WANTS.search(low):
        return _read_wanted(low, numbers)
    found = _read_any(low, numbers) if len(low) <= _SHORT else []
    return [hit for hit in found if hit.value != "now" and is_used_up(low, [(hit.start, hit.end)])]


def _read_wanted(low: str, numbers: list[Number]) -> list[Found]:
    """A date in a clause that wants something; a bare span or "now" tells nothing there."""
    for hit in _read_any(low, numbers):
        begins = re.split(r"[,.;!?，。；！？\n]", low[: hit.start])[-1]
        dated = hit.rule in _DATED - {"month"}
        if not _SINCE.search(low[: hit.start]) and (
            dated
            or (hit.rule in ("month", *_LENGTHS) and _LIMIT_BEFORE.search(begins))
            or (hit.rule in _LENGTHS and _LIMIT_AFTER.match(low, hit.end))
        ):
            return [hit]
    return []


def _read_any(low: str, numbers: list[Number]) -> list[Found]:
    for read in (
        _read_none, _read_dates, _read_months, _read_quarter, _read_spans, _read_seasons,
    ):  # fmt: skip
        found = read(low)
        if found:
            return [found]
    length = _read_length(low, numbers)
    if length:
        return [length]
    end = _END_OF_YEAR.search(low)
    if end:
        return [_found("EOY", end, "end of year")]
    now = _NOW.search(low)
    return [_found("now", now, "now")] if now else []


def _found(value: str, hit: re.Match[str], rule: str) -> Found:
    return Found("timeline", value, hit.start(), hit.end(), rule)


def _read_none(low: str) -> Found | None:
    hit = _NO_HURRY.search(low)
    return _found("none", hit, "no hurry") if hit else None


def _read_dates(low: str) -> Found | None:
    for pattern, value in _FEASTS:
        hit = pattern.search(low)
        if hit:
            return _found(value, hit, "named day")
    iso = _ISO.search(low)
    if iso:
        return _day(int(iso[1]), int(iso[2]), iso)
    dotted = _DOTTED.search(low)
    if dotted and int(dotted[1]) and int(dotted[2]):
        return _day(int(dotted[2]), int(dotted[1]), dotted)
    return None


def _day(month: int, day: int, hit: re.Match[str]) -> Found | None:
    if 1 <= month <= 12 and 1 <= day <= 31:
        return _found(f"{month:02}-{day:02}", hit, "date")
    return None


def _read_seasons(low: str) -> Found | None:
    """A season as the month in its middle, where nothing tells it better."""
    for pattern, value in _SEASONS:
        hit = pattern.search(low)
        if hit:
            return _found(value, hit, "season")
    return None


def _read_months(low: str) -> Found | None:
    hits = list(_MONTH.finditer(low))
    if not hits:
        return _read_han_months(low)
    if len(hits) > 1:
        hits = [hit for hit in hits if not _is_verb(low, hit)] or hits
        hits = [hit for hit in hits if not _is_dropped(low, hit)] or hits
    months = [int(str(hit.lastgroup)[1:]) for hit in hits]
    if months == [5] and hits[0].group() == "may" and not _is_month_of_may(low, hits[0]):
        return None
    if len(months) == 1:
        day = _DAY_BEFORE.search(low[: hits[0].start()]) or _DAY_AFTER.match(low[hits[0].end() :])
        if day and 1 <= int(day[1]) <= 31:
            return _day(months[0], int(day[1]), hits[0])
    value = "/".join(f"{month:02}" for month in dict.fromkeys(months[:2]))
    return Found("timeline", value, hits[0].start(), hits[-1].end(), "month")


def _is_dropped(low: str, hit: re.Match[str]) -> bool:
    """The month that is not meant: "not in June", "I put June before", "en septiembre no"."""
    before = re.sub(r"(?:in|for|by|в|к|на|en|para) $", "", low[: hit.start()])
    return (
        is_ruled_out(low, hit.start())
        or is_withdrawn(before, len(before))
        or _NO_AFTER.match(low, hit.end()) is not None
    )


def _is_verb(low: str, hit: re.Match[str]) -> bool:
    """ "It may be in September" names one month."""
    verb = re.match(r" (?:be|not|have|need|want|take|also|get|well)\b", low[hit.end() :])
    return hit.group() == "may" and verb is not None


def _is_month_of_may(low: str, hit: re.Match[str]) -> bool:
    """`may` is mostly a verb."""
    before = low[: hit.start()]
    dated = _DAY_BEFORE.search(before) or re.match(r" \d{1,2}(?!\d)", low[hit.end() :])
    alone = low.strip(" .,!") == "may" or _NAMED_AS_NEW.search(before) is not None
    return alone or bool(dated) or _MONTH_CUE.search(before) is not None


def _read_han_months(low: str) -> Found | None:
    hits = [hit for hit in _HAN_MONTH.finditer(low) if _han_month(hit["n"] or "一") <= 12]
    if not hits:
        return None
    if len(hits) > 1:
        hits = [hit for hit in hits if not _is_dropped(low, hit)] or hits
    if hits[0]["pair"]:
        first, second = (_HAN_MONTHS[ch] for ch in hits[0]["pair"])
        return _found(f"{first:02}/{second:02}", hits[0], "month")
    hits = [hit for hit in hits if hit["n"]]
    if len(hits) == 1 and hits[0]["day"] and hits[0]["day"].isdigit():
        return _day(_han_month(hits[0]["n"]), int(hits[0]["day"]), hits[0])
    value = "/".join(f"{_han_month(hit['n']):02}" for hit in hits[:2])
    return Found("timeline", value, hits[0].start(), hits[-1].end(), "month")


def _han_month(name: str) -> int:
    return int(name) if name.isdigit() else _HAN_MONTHS.get(name, 99)


def _read_quarter(low: str) -> Found | None:
    hit = _QUARTER.search(low)
    if hit is None:
        return None
    groups = hit.groups()
    for index in (0, 1, 2, 7, 8):
        if groups[index]:
            number = "一二三四".find(groups[index]) + 1 or int(groups[index])
            return _found(f"Q{number}", hit, "quarter")
    number = next(n for n, group in enumerate(groups[3:7], 1) if group)
    return _found(f"Q{number}", hit, "quarter")


def _read_spans(low: str) -> Found | None:
    for pattern, value in _SPANS:
        hit = pattern.search(low)
        if hit:
            return _found(value, hit, "span")
    return None


def _read_length(low: str, numbers: list[Number]) -> Found | None:
    led = _UNIT_BEFORE.search(low)
    number = next((n for n in numbers if led and n.first == led.end()), None)
    if led and number and number.high <= 400:
        value = f"P{int(number.high)}{led.lastgroup}"
        return Found("timeline", value, led.start(), number.end, "length")
    for number in numbers:
        unit = _UNIT_AFTER.match(low[number.end :])
        if unit and (
            _TOOK.search(low[: number.start]) or _PAST.match(low, number.end + unit.end())
        ):
            continue
        if unit is None or number.high > 400 or number.high != int(number.high):
            continue
        if number.high == 1 and low[number.first : number.end] not in WORD_NUMBERS | {
            "1": 1,
            "一": 1,
        }:
            continue
        value = f"P{int(number.high)}{unit.lastgroup}"
        return Found("timeline", value, number.start, number.end + unit.end(), "length")
    return None
