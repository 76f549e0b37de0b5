"""Name of the person and of the company, as said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialogs.understanding.cities import city_country, is_large_city
from dialogs.understanding.introductions import (
    HAN_SURNAME,
    read_beside_title,
    read_joined_firm,
    read_said_name,
)
from dialogs.understanding.names import Found
from dialogs.understanding.words import Words, fold

_CAPITAL = r"[A-ZÀ-ÞА-ЯЁ][\w'’-]*"
_FULL_NAME = rf"{_CAPITAL}(?: (?:de |van |von |la |del |der )*{_CAPITAL}){{0,3}}"
_NAME_CUE = re.compile(
    r"(?i:\b(?:my |the )?name(?:'s\b| is\b|:)|\bcontact(?: person)? is\b|"
    r"(?<!can )(?<!one )(?<!body )(?<!please )\bcall me|\bthis is|\bit's|меня зовут|зовут меня|"
    r"мо[её] имя|имя:|"
    r"\bme llamo\b|mi nombre es\b|ll[aá]mame\b|nombre:|i'm called|контактное лицо:?|"
    r"联系人(?:是|叫|:|：)|我叫|叫我|我的名字[叫是]|名字[叫是:]|"
    r"姓名[:是]|称呼我)\s*"
)
_I_AM = re.compile(rf"(?i:\bi'm|\bi am|\bsoy|\bя(?: -| —)?|\bэто)\s+(?P<name>{_FULL_NAME})")
_HAN_NAME = re.compile(
    r"(?:我叫|叫我|我是|我的名字[叫是]|名字[叫是:]|姓名[:是]|联系人[叫是:]|称呼我|免贵姓|我姓|"
    r"姓)(?P<name>[\u4e00-\u9fff]{1,4}?)(?=[,，。.!、 ]|$|先生|女士|小姐|就行|就好|吧)"
)
_SURNAME_THEN_NAME = re.compile(
    r"(?:我?姓)(?P<a>[\u4e00-\u9fff])[,，、 ]+(?:叫)?(?P<name>(?P=a)[\u4e00-\u9fff]{1,2})"
)
# "Jane Porter, Acme Ltd, Leeds" and "call me on +44 ..., Oleg".
_SIGNED = re.compile(
    rf"^(?P<name>{_CAPITAL} (?:de |van |von )?{_CAPITAL})(?=, (?:{_CAPITAL} )*{_CAPITAL}(?: |"
    rf",)(?:{_CAPITAL} )?.{{0,20}}(?:Ltd|GmbH|Inc|LLC|S\.?L|S\.?A|AG))|"
    rf"\d[\d ()-]{{6,}}\d[, ]+(?P<caller>{_CAPITAL}(?: {_CAPITAL})?)[.!]?$"
)
_HONORIFIC = r"(?:(?:Mrs?|Ms|Dr|Prof|Sra?|Srta|Herr|Frau)\.? )?"
# "Rosa Vidal me llamo", "ask for Iker", 找刘志强, "Ana Gil, de Textiles Sol".
_NAMED_AFTER = re.compile(
    rf"(?P<name>{_FULL_NAME}) (?:me llamo|is my name|is the name|меня зовут|es mi nombre)\b"
)
_ASKED_FOR = re.compile(
    rf"(?i:\b(?:ask for|pregunt\w+ por|спрос\w+|спрашивайте|позовите))\s+(?P<name>{_FULL_NAME})|"
    rf"(?<![寻查])(?:找|联系)(?P<caller>{HAN_SURNAME}[\u4e00-\u9fff]{{1,2}})(?=$|[,，。!、\s])"
)
_OF_FIRM = re.compile(
    rf"^(?P<name>{_CAPITAL}(?: (?:de |van |von |la |del )*{_CAPITAL}){{1,3}}), "
    rf"(?i:de|from|at|of|из|от) (?={_CAPITAL})"
)
_NATIONALITY = re.compile(
    r"(?:\w+ish|\w+ese|american|german|french|dutch|greek|swiss|russian|italian|indian|canadian|"
    r"european|mexican|español\w*|mexican\w|argentin\w|chilen\w|colombian\w|русск\w+|interested|"
    r"looking|sorry|sure|fine|ready|back|here|done|autonom\w|particular|responsable|client\w*)"
)
# "王磊，手机139…" and "Jane Porter, +44 ...": a name at the head of what to reach them by.
_REACHED_BY = r"(?=[^\n]*(?:\d[\d ()-]{6,}\d|\S@\S))"
_WITH_CONTACT = re.compile(
    rf"^(?P<name>{HAN_SURNAME}[\u4e00-\u9fff]{{1,2}})[,，、 ]{_REACHED_BY}|"
    rf"^{_HONORIFIC}(?P<caller>{_CAPITAL} (?:(?:de|van|von|der|la|del) )*{_CAPITAL}),? ?"
    rf"{_REACHED_BY}"
)
_BEFORE_CONTACT = re.compile(rf"^{_HONORIFIC}(?P<name>{_CAPITAL}), {_REACHED_BY}")
# A contact that was shared: nothing but a name, whatever it looks like, and a number.
_CARD = re.compile(
    r"^(?P<name>[^\W\d_][^\d@,，;:：?!\n]{0,59}?)\W*[,，] ?(?P<plus>\+)?\d[\d ()./-]{5,20}\d$"
)
_NO_CARD = re.compile(
    r"\b(?:phone|tel|mobile|mob|cell|whatsapp|telegram|number|fax|mail|contact|my|our|is|at|on|"
    r"телефон|тел|моб|номер|мой|звоните|movil|telefono|numero|mi)\b|电话|手机|微信|联系|号码|打|"
    r"我|公司|是|在"
)
CARD = "contact"
_HERE = re.compile(rf"(?:^|[,.!] )(?P<name>{_CAPITAL}(?: {_CAPITAL})?) here\b(?! (?:in|at) )")
_OF_COMPANY = re.compile(
    rf",? (?:from|at|of|de|из) (?:{_CAPITAL} ){{0,3}}{_CAPITAL}|, (?:ООО|ОАО|ЗАО|АО|ИП|компания)\b"
)
_NOT_A_NAME = re.compile(
    r"\b(?:no|not|yes|yeah|ok|okay|skip|why|what|who|price|just|rather|later|sure|don|call|the|"
    r"you|your|please|none|нет|да|не|зачем|почему|потом|ладно|пропуст\w*|дальше|"
    r"no|si|prefiero|por|que|paso|luego|saltar|hola|hi|hello|anonymous|secret|back|stop|name|"
    r"interested|looking|from|with|writing|my|our|we|us|employer|мы|наш\w*|мой|para|mi|"
    r"nuestr\w+)\b|[不没吗什为哪跳无保返吧呢]|匿名|\d|\?|@"
)
_LEGAL_FORM = (
    r"(?:GmbH(?: & Co\.? KG)?|AG|KG|UG|Ltd\.?|Limited|LLC|Inc\.?|Corp\.?|PLC|plc|B\.?V\.?|"
    r"S\.?L\.?U?\.?|S\.?A\.?(?: de C\.?V\.?)?|S\.?r\.?l\.?|SRL|SAS|Oy|AB|Co\.,? ?Ltd\.?|Group|"
    r"e\.?V\.?)"
)
_WITH_FORM = re.compile(
    rf"(?P<name>(?:{_CAPITAL}|&|\d+)(?: (?:{_CAPITAL}|&|and|und|y|"
    rf"\d+|(?:de|del|of|the|des|du|von|van)(?: (?:la|los|las|the))?(?= {_CAPITAL}))){{0,5}},? "
    rf"{_LEGAL_FORM})(?![\w])"
)
_RUSSIAN_FORM = re.compile(
    r"(?P<name>(?:(?i:ООО|ОАО|ЗАО|ПАО|ФГУП|МУП)|АО|"
    r"ИП)\s+[«\"]?[А-ЯЁA-Z][\w -]{1,40}?[»\"]?)(?=[,.;!]|"
    r"$|\s(?:из|в|на|и)\s)"
)
# Typed without a capital; a word of place or aim begins no name: "меня зовут на встречу".
_SMALL_NAME = re.compile(
    r"(?!(?:на|в|во|к|ко|по|за|из|с|со|to|for|the|at|on|not|a|el|la|los|por|para|en)\b)"
    r"(?P<name>[^\W\d_]+(?: (?!(?:и|and|y|из|from|de|в|at|,)\b)[^\W\d_]+)?)"
)
_HAN_COMPANY = re.compile(
    r"(?:我们?是|来自|我们公司[叫是]|公司名?[叫是:]|这边是|我在|"
    r"就职于|(?:发票|开票)?抬头[是写开]?|(?:发票)?(?:请?开给|开到|"
    r"开票给))?(?P<name>[\u4e00-\u9fffA-Za-z]{2,24}?(?:有限责任公司|股份有限公司|有限公司))|"
    r"(?:我们?是|来自|公司名?[叫是:]|就职于)(?P<group>[\u4e00-\u9fffA-Za-z]{2,12}?(?:集团|"
    r"科技公司|(?<!国际|对外|跨境|信息|生物|金融|高新|互联|医疗|农业)(?:科技|贸易|商贸|实业|股份)"
    r"(?=[,，。、！!;；]|$)))"
)
# фирма «Чистый дом»: the name in quotes after a word for an organisation.
_QUOTED = re.compile(
    r"(?i:фирм\w|компани\w|организаци\w|магазин\w?|студи\w|агентств\w|завод\w?|сеть|empresa|"
    r"tienda|"
    r"company|firm|公司|店)(?: (?:is|se llama|называется))?:? ?[«“\"](?P<name>[^»”\"]{2,40})[»”\"]"
)
_HAN_CALLED = re.compile(
    r"(?:公司(?:名(?:字|称)?(?:叫|是|为)?|叫|称为)[:：]?|我们(?:公司)?叫|店名(?:叫|是)?|店叫|厂叫)"
    r"(?P<name>[\u4e00-\u9fffA-Za-z]{2,12}?)(?=[,，。!、\s]|$)"
)
_COMPANY_CUE = re.compile(
    rf"(?i:\bcompany (?:name )?(?:is|called|named)|\bcompany:|\bcompany's|\bcalled|\b(?:work|"
    rf"working) (?:for|at)|\bon behalf of|\bof the company|"
    rf"\ba nombre de|\binvoice (?:it )?to|сч[её]т на|компани[яию](?: называется)?|"
    rf"фирма|организация|название|представляю|"
    rf"la empresa(?: se llama)?|empresa|trabajo (?:en|para)|nos llamamos|"
    rf"somos de)\s*[:«\"]?\s*(?P<name>{_CAPITAL}(?: (?:&|and|{_CAPITAL})){{0,3}})"
)
_FROM = re.compile(
    rf"(?i:(?: here| тут| aqu[ií])?,? (?:from|at|of|with|de|из|"
    rf"от))\s+(?P<name>{_CAPITAL}(?: (?:&|and|{_CAPITAL})){{0,3}})"
)
# "Кирилл, «Лесной двор», Вологда"; "jefe de almacén en Tejidos Lobo", after a title.
_QUOTED_ALONE = re.compile(r"(?:^|[,.!;:] ?)(?P<name>«[^»]{2,40}»)(?=$|[,.!;])")
_AT_FIRM = re.compile(rf"(?i:,? (?:en|в)) (?P<name>{_CAPITAL}(?: (?:&|de|y|{_CAPITAL})){{1,3}})")
_LEAD = re.compile(
    r"^(?i:(?:we(?:'re| are)|it(?:'s| is)|the|our company is|my company is|мы|это|наша компания|"
    r"somos|es|se llama|we (?:trade|operate|do business) (?:as|under)(?: the name)?|trading as|"
    r"we go by|(?:it|we|they)(?:'s|'re| is| are) called|called|called|торгуем как|называемся|"
    r"называется|"
    r"зовемся|зовёмся|nos llamamos|se llama|operamos como|我们是|我们公司叫|叫|公司是|我们叫|"
    r"是)\s*[:«\"]?\s*)+"
)


def read_name(
    words: Words, everyday: frozenset[str], *, asked: bool, titles: Sequence[Found]
) -> list[Found]:
    """`titles`: job titles and departments in the message; "I'm Director" is no name.

    `everyday`: words that are no names.
    """
    named = _told_name(words, asked=asked, is_title=bool(titles)) or [
        *(hit for title in titles if (hit := read_beside_title(words, title))),
        *(hit for hit in read_said_name(words) if _is_name(words, hit, titles)),
        *(hit for hit in _passing_name(words.text, everyday) if _is_name(words, hit, titles)),
    ]
    return named[:1] or (_bare_name(words) if asked else [])


def _is_name(words: Words, hit: Found, titles: Sequence[Found]) -> bool:
    """Whether it is no job title, no department and no answer in general words."""
    if any(hit.start < title.end and title.start < hit.end for title in titles):
        return False
    return _NOT_A_NAME.search(words.low[hit.start : hit.end]) is None


def _passing_name(text: str, everyday: frozenset[str]) -> list[Found]:
    """A name in passing: "Hassan here", "soy Marta"."""
    for pattern in (_NAMED_AFTER, _ASKED_FOR, _OF_FIRM, _HERE, _I_AM, _BEFORE_CONTACT):
        hit = pattern.search(text)
        if hit is None:
            continue
        name = (hit["name"] or hit["caller"] if pattern is _ASKED_FOR else hit["name"]).strip()
        low = fold(name)
        common = low in everyday or name.isupper() or _NATIONALITY.fullmatch(low)
        whole = pattern is not _I_AM or re.match(r"\s*(?:$|[,.!])", text[hit.end("name") :])
        if common or not whole or is_large_city(low) or _NOT_A_NAME.search(low):
            continue
        start = text.index(name, hit.start())
        return [Found("name", name, start, start + len(name), "name in passing")]
    return []


def _told_name(words: Words, *, asked: bool, is_title: bool) -> list[Found]:
    text = words.text
    if words.han:
        hit = _SURNAME_THEN_NAME.search(text) or _HAN_NAME.search(text)
        plain = hit is not None and (
            asked or hit.group().startswith(("我叫", "叫我", "我姓", "免贵", "我的名", "联系人"))
        )
        if hit and plain and not _NOT_A_NAME.search(hit["name"]):
            return [_named(hit)]
    cue = _NAME_CUE.search(text)
    if cue and (asked or not re.match("(?i)it's|это", cue.group())):
        hit = re.compile(rf"(?P<name>{_FULL_NAME})").match(text, cue.end())
        if hit is None and not cue.group().casefold().startswith(("this", "it", "call", "имя")):
            hit = _SMALL_NAME.match(text, cue.end())
        if hit and not _NOT_A_NAME.search(fold(hit["name"])):
            return [_named(hit)]
    card = _read_card(text)
    if card is not None:
        return [card]
    signed = _SIGNED.search(text) or _WITH_CONTACT.search(text)
    signature = (signed["name"] or signed["caller"]) if signed else ""
    if signed and not is_title and not city_country(signature) and not _WITH_FORM.search(signature):
        return [_named(signed)]
    own = _I_AM.search(text)
    if (
        own
        and (asked or " " in own["name"] or _OF_COMPANY.match(text, own.end()))
        and not is_title
        and not city_country(own["name"])
    ):
        return [_named(own)]
    return []


def _read_card(text: str) -> Found | None:
    hit = _CARD.match(text.strip())
    if hit is None:
        return None
    name, low = hit["name"].strip(), fold(hit["name"])
    if _NO_CARD.search(low) or _NOT_A_NAME.search(low) or is_large_city(low):
        return None
    if _WITH_FORM.search(name) or _RUSSIAN_FORM.search(name):
        return None
    if not name[0].isupper() and name.count(" ") > 1:
        return None
    # Written small, it could be anything but the name of a contact with a whole number.
    if not (hit["plus"] or name[0].isupper() or "\u3400" <= name[0] <= "\u9fff"):
        return None
    start = text.index(name)
    return Found("name", name, start, start + len(name), CARD)


def _named(hit: re.Match[str]) -> Found:
    group = "name" if hit["name"] else "caller"
    return Found("name", hit[group].strip(), hit.start(group), hit.end(group), "name")


def _bare_name(words: Words) -> list[Found]:
    first = re.split(r"[,;，。.(\n]", words.text, maxsplit=1)[0].strip(" !")
    low = fold(first)
    if not first or _NOT_A_NAME.search(low):
        return []
    han = "\u3400" <= first[0] <= "\u9fff"
    size = len(first) <= 4 if han else len(first.split()) <= 3 and len(first) <= 40
    if not size or not re.fullmatch(r"[^\W\d_][\w'’ -]*", first):
        return []
    start = words.text.index(first)
    return [Found("name", first, start, start + len(first), "bare name")]


def read_company(words: Words, *, asked: bool, after: list[int]) -> list[Found]:
    """`after`: where the person's name and title end; "from X" after these names the company."""
    text = words.text
    quoted = _QUOTED.search(text)
    if quoted:
        return [_company(quoted["name"], quoted.start("name"))]
    for pattern in (_WITH_FORM, _RUSSIAN_FORM, _QUOTED_ALONE):
        hit = pattern.search(text)
        if hit:
            return [_company(hit["name"].strip(), hit.start("name"))]
    hit = _HAN_COMPANY.search(text) if words.han else None
    group = "name" if hit and hit["name"] else "group"
    if hit and not re.search(r"[一家个的们在]", hit[group]):
        return [_company(hit[group], hit.start(group))]
    hit = _COMPANY_CUE.search(text)
    if hit and (asked or hit["name"][0].isupper()) and not city_country(hit["name"]):
        return [_company(hit["name"], hit.start("name"))]
    for end in after:
        hit = _FROM.match(text, end) or _AT_FIRM.match(text, end)
        if hit and not city_country(hit["name"]):
            return [_company(hit["name"], hit.start("name"))]
    joined = read_joined_firm(words)
    if joined:
        return joined
    hit = _HAN_CALLED.search(text) if words.han else None
    if hit and not re.search(r"[什么啥吗]", hit["name"]):
        return [_company(hit["name"], hit.start("name"))]
    return _bare_company(words) if asked else []


def _company(name: str, start: int) -> Found:
    shown = name if "«" in name and "»" in name else name.strip('«»" ')
    if shown.endswith((" Ltd.", " Inc.", " Corp.")):
        shown = shown[:-1]  # the full stop is the sentence's
    return Found("company", shown, start, start + len(name), "company name")


def _bare_company(words: Words) -> list[Found]:
    first = re.split(r"[,;，。(\n]", words.text, maxsplit=1)[0].strip(" .!")
    lead = _LEAD.match(first)
    name = first[lead.end() :] if lead else first
    if (
        not name
        or len(name) > 50
        or len(name.split()) > 5
        or re.search(r"\?|^(?i:no|not|skip|why|да|нет|не|sin|paso)\b|不|没", name)
    ):
        return []
    return [_company(name, words.text.index(name))]
