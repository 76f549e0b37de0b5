"""Who somebody says to be in one breath: firm, job title and name in a row."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dialogs.understanding.cities import city_country
from dialogs.understanding.names import Found
from dialogs.understanding.words import Words

HAN_SURNAME = (
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤]"
)
_PART_END = r"(?=$|[,，。.!！、;；\s])"
_HAN_LEAD = re.compile(
    r"(?:^|[,，。;；、!！\s])(?:你好|您好)?(?:我们?|这里|这边|本人|"
    r"在下)?是(?P<firm>[\u4e00-\u9fffA-Za-z]{0,14}?)的?$"
)
_HAN_PERSON = re.compile(rf"^[,，、 ]?(?P<name>{HAN_SURNAME}[\u4e00-\u9fff]{{1,2}}){_PART_END}")
_HAN_BEFORE_TITLE = re.compile(rf"^(?P<name>{HAN_SURNAME}[\u4e00-\u9fff]{{1,2}})[,，、 ]+$")
# What the short name of a firm ends in, after two characters or more of its own.
_HAN_FIRM = re.compile(
    r"(?P<name>[\u4e00-\u9fffA-Za-z]{2,10}(?:贸易|商贸|电子|科技|实业|股份|集团|食品|服饰|服装|"
    r"机械|物流|"
    r"家居|家具|建材|化工|医药|制药|汽车|汽配|电器|能源|农业|百货|纺织|传媒|文化|教育|网络|信息|"
    r"软件|餐饮|酒业|"
    r"茶业|珠宝|乐器|五金|包装|印刷|国际|控股|重工|光电|生物|乳业|超市|置业|地产|日化|母婴|体育|"
    r"旅游))$"
)
# 我是锦里茶业的王芳: the firm and the person, without a title.
_OF_HAN_FIRM = re.compile(
    rf"是(?P<firm>[\u4e00-\u9fffA-Za-z]{{3,14}}?)的(?P<name>{HAN_SURNAME}[\u4e00-\u9fff]{{1,2}})"
    rf"{_PART_END}"
)
_AFTER_NUMBER = re.compile(
    rf"\d[\d ()-]{{6,}}\d[,，、 ]*(?P<name>{HAN_SURNAME}[\u4e00-\u9fff]{{1,2}}){_PART_END}"
)
_OF_UNIT = re.compile(
    rf"(?:我|这边|这里|本人)是[\u4e00-\u9fffA-Za-z]{{0,14}}?(?:部门?|科|处|组|中心|公司|集团|"
    rf"厂里?|店里?|这边)的?"
    rf"(?P<name>{HAN_SURNAME}[\u4e00-\u9fff]{{1,2}}){_PART_END}"
)
_CAPITAL = r"[A-ZÀ-ÞА-ЯЁ][\w'’-]*"
_PERSON = rf"{_CAPITAL}(?: (?:de |van |von |la |del |der )*{_CAPITAL}){{0,3}}"
_SAID = re.compile(
    rf"(?i:(?:^|[,.;!] ?|\b)меня) (?P<a>{_PERSON}) (?i:зовут)\b|"
    rf"(?i:(?:^|[,.;!] ?)(?:а )?(?:меня )?зовут) (?P<b>{_PERSON})|"
    rf"(?i:(?:^|[,.;!] ?)(?:buenas|hola)?,? ?(?:aqui|aquí|les? (?:habla|escribe|saluda)|te habla)) "
    rf"(?P<c>{_PERSON})(?=$|[,.;!]| de )|"
    rf"(?i:^(?:hi|hello|hey|hiya|morning|good \w+),? )(?P<d>{_PERSON}) (?i:here)\b|"
    rf"(?i:(?:^|[,.;!] ?)(?:можно )?просто) (?P<e>{_CAPITAL}){_PART_END}|"
    rf"(?i:(?:^|[,.;!] ?)(?:people|friends|they|everyone|everybody) calls? me) (?P<f>{_PERSON})|"
    rf"(?i:(?:^|[,.;!] ?)(?:you are|you're) (?:talking|speaking|writing) (?:to|"
    rf"with)) (?P<g>{_PERSON})|"
    rf"(?i:(?:^|[,.;!] ?)(?:вам пишет|на связи|обращайтесь:?)) (?P<h>{_PERSON})|"
    rf"(?:^|[,.;!] ?)(?P<i>{_PERSON}) (?i:на связи|вам пишет|беспокоит)\b|"
    rf"(?i:(?:^|[,.;!] ?)(?:зовите|(?:todos |me )?(?:me )?(?:dicen|llaman))) (?i:меня )?"
    rf"(?P<j>{_PERSON})|"
    rf"(?i:^(?:hi|hello|hey|buenas(?: tardes| noches)?|hola|buenos d[ií]as|добрый (?:день|вечер)|"
    rf"здравствуйте|привет|доброе утро)[,.! ]+)(?P<k>{_CAPITAL}(?: {_CAPITAL})?)"
    rf"(?=,? (?i:de|from|at|of|из|от) {_CAPITAL}|, ?[«“])"
)
# "Marcos Gil, departamento legal": two names or more, so that it is no place.
_HEAD = (
    rf"^(?i:(?:hi|hello|hola|buenas|buenos d[ií]as|добрый день|здравствуйте|this is|soy)[,!.]? )?"
    rf"(?P<name>(?!I\b){_CAPITAL} (?:(?:de|van|von|la|del|der) )*{_CAPITAL}(?: {_CAPITAL})?)"
)
_BEFORE_COMMA = re.compile(rf"{_HEAD}(?=,)")
_BEFORE_TITLE = re.compile(
    rf"{_HEAD}, "
    rf"(?i:(?:(?:the|el|la|from|at|in|de|del|en|из|в) )*)$"
)
_AND_FIRM = (
    rf"{_CAPITAL}(?: {_CAPITAL}){{0,2}} (?:&|и|and|y) "
    r"(?:Co\b\.?|Sons?\b|Daughters?\b|Bros\b\.?|Brothers\b|Partners\b|Company\b|Hijos\b|Cía\b\.?|"
    r"Cia\b\.?|Compañía\b|Сыновья\b|Партнеры\b|Партнёры\b|Ко\b)"
)
_JOINED = re.compile(
    rf"(?:^|[,;(:–—-] ?|\b(?i:we're|we are|i'm with|for|at|from|of|called|somos|de|en|para|из|от) )"
    rf"(?P<name>{_AND_FIRM}|{_CAPITAL}(?: {_CAPITAL})? & {_CAPITAL})(?![\w&])"
)
_RIVAL = re.compile(
    r"(?i)\b(?:than|like|with|vs|versus|against|compared|better|instead of|use[sd]?)\b"
)


def read_introduction(words: Words, titles: Iterable[tuple[str, int, int]]) -> list[Found]:
    """Firm, job title and person of a Chinese run of these; `titles` are the known ones in it."""
    if not words.han:
        return []
    owned = _OF_HAN_FIRM.search(words.text)
    short = _HAN_FIRM.search(owned["firm"]) if owned else None
    if owned and short:
        at = owned.start("firm") + short.start("name")
        return [
            Found("company", short["name"], at, owned.end("firm"), "of a firm"),
            Found("name", owned["name"], owned.start("name"), owned.end("name"), "of a firm"),
        ]
    for _, start, end in titles:
        lead = _HAN_LEAD.search(words.text[:start])
        person = _HAN_PERSON.match(words.text[end:])
        firm = _HAN_FIRM.search(lead["firm"]) if lead else None
        if lead is None or not (firm or person):
            continue
        found = []
        first = start
        if firm:
            at = lead.start("firm") + firm.start("name")
            found.append(Found("company", firm["name"], at, at + len(firm["name"]), "of a firm"))
        elif len(lead["firm"]) <= 6:
            first = lead.start("firm")
        title = words.text[first:end].removeprefix("公司").lstrip("的")
        found.append(Found("role", title, end - len(title), end, "job title"))
        if person:
            at = end + person.start("name")
            found.append(
                Found("name", person["name"], at, end + person.end("name"), "after a title")
            )
        return found
    return []


def read_beside_title(words: Words, title: Found) -> Found | None:
    """A name at the head of a message that goes on with the job title: 陈晓燕，电商总监."""
    if title.slot in ("role", "department") and not words.han:
        named = _BEFORE_TITLE.match(words.text[: title.start])
        if named is None or city_country(named["name"]):
            return None
        return Found("name", named["name"], *named.span("name"), "before a title")
    if not words.han or title.slot != "role":
        return None
    hit = _HAN_BEFORE_TITLE.match(words.text[: title.start])
    return Found("name", hit["name"], *hit.span("name"), "before a title") if hit else None


def read_signed(words: Words) -> Found | None:
    """Two names or more at the head of a message, before a comma: "Tom Hale, ..."."""
    hit = None if words.han else _BEFORE_COMMA.match(words.text)
    if hit is None or city_country(hit["name"]):
        return None
    return Found("name", hit["name"], *hit.span("name"), "at the head")


def read_said_name(words: Words) -> list[Found]:
    """A name beside a word of naming or a number: меня Ольга зовут, "hi Tom Baker here"."""
    hit = _SAID.search(words.text) or (
        (_AFTER_NUMBER.search(words.text) or _OF_UNIT.search(words.text)) if words.han else None
    )
    if hit is None:
        return []
    group = next(name for name, value in hit.groupdict().items() if value)
    return [Found("name", hit[group], hit.start(group), hit.end(group), "name said")]


def read_joined_firm(words: Words) -> list[Found]:
    """ "Crumb & Co", "Stone & Sons": a firm without a legal form, unless a rival's."""
    hit = _JOINED.search(words.text)
    if hit is None or "?" in words.text[hit.end() : hit.end() + 3]:
        return []
    if _RIVAL.search(words.text[max(0, hit.start("name") - 24) : hit.start("name")]):
        return []
    return [Found("company", hit["name"], hit.start("name"), hit.end("name"), "joined names")]
