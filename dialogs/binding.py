"""Questions whose answer would bind the company: no passage of a paper is ever given for them.

Amounts come from the price book. Dates, penalties and terms of payment other than ours are a
person's to agree. What a paper tells in general, such as how long projects take, is no promise.
"""

from __future__ import annotations

import re

_AMOUNT = re.compile(
    r"how much (?:is|are|does|do|for|would|will|money)|what (?:would|does|will|do) .{0,40}"
    r"(?:\bcosts?\b|set us back|come to\b)|price of\b|\b(?:day|daily|hourly) rates?\b|"
    r"多少钱|什么价|价格(?:是|多少)|花多少(?!天|人|时)|"
    r"сколько (?:будет |будут )?стои|во сколько (?:нам )?обойд|поч[её]м\b|"
    r"какова? (?:будет )?(?:цена|стоимость)|"
    r"cu[aá]nto (?:nos |me )?(?:cuesta|vale|sale|costar)|por cu[aá]nto|qu[eé] (?:precio|vale)\b|"
    r"precio del?\b",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_DAY = (
    rf"(?:{_MONTH}|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|christmas|x-?mas|easter|new year|"
    r"black friday|(?:week|month|year|spring|summer|autumn|winter)\b|q[1-4]\b|tomorrow)"
)
_READY = (
    r"(?:ready|live|online|finished?|done|completed?|launch(?:ed)?|start(?:ed)?|begin|installed|"
    r"set up|running|make it|deliver(?:ed)?|manage)"
)
_DAY_ZH = (
    r"(?:春节|过年|年[前底]|月[底初]|国庆|五一|双十一|双11|元旦|圣诞|中秋|"
    r"(?:下?周|下?星期)[一二三四五六日天末]|下下?个?(?:周|月|星期)|[\d一二三四五六七八九十]+[月号日]|"
    r"明天|今年|明年|[Qq][1-4])"
)
_READY_ZH = r"(?:上线|交付|交货|开工|开始|启动|完成|做完|做好|搞定|装好|进场|开业|验收)"
_DAY_RU = (
    r"(?:\d|январ|феврал|март|апрел|ма[яй]\b|июн|июл|август|сентябр|октябр|ноябр|декабр|"
    r"понедельник|вторник|сред[уы]|четверг|пятниц|нов(?:ому|ого) год|рождеств|пасх|конц[уа]|"
    r"лет[уа]\b|весн|осен|зим)"
)
_DAY_ES = (
    r"(?:el |la |los )?(?:\d+ (?:de|d[ií]as|semanas|meses)|enero|febrero|marzo|abril|mayo|junio|"
    r"julio|agosto|septiembre|octubre|noviembre|diciembre|lunes|martes|mi[eé]rcoles|jueves|"
    r"viernes|navidad|reyes|semana santa|verano|oto[nñ]o|invierno|primavera|fin de|pr[oó]xim)"
)
# May it be by a day that they name?
_BY_A_DAY = re.compile(
    rf"\b(?:can|could|will|would|are|is|do|does|able|possible)\b[^?.!]{{0,40}}\b{_READY}\b"
    rf"[^?.!]{{0,20}}\b(?:(?:by|before|until|till) (?:the )?\d|in \d+ (?:day|week|month)|"
    rf"(?:by|before|until|till|on|in|in time for|next|this)(?: (?:the|end of|next|this|mid|early))*"
    rf" {_DAY}|tomorrow)|"
    rf"{_DAY_ZH}[^？?。！]{{0,8}}(?:能|可以|来得及|赶得[上及]|保证)[^？?。！]{{0,6}}{_READY_ZH}|"
    rf"(?:能|可以|来得及|赶得[上及])[^？?。！]{{0,6}}{_DAY_ZH}[^？?。！]{{0,6}}{_READY_ZH}|"
    rf"(?:успе\w+|(?:будет |все )готов\w*|готов\w* ли|запуст\w+|нача(?:ть|л)\w*|начн[её]\w+|"
    rf"старту\w+|закончите)[^?.!]{{0,25}}\b(?:к|ко|до|в|с) {_DAY_RU}|"
    rf"\b(?:к|ко|до|в|с) {_DAY_RU}[^?.!]{{0,20}}\b(?:успе|готов|запуст|начн|старту|закончите)|"
    rf"\b(?:antes de|para|al?) ?{_DAY_ES}[^?.!]{{0,20}}\b(?:estar[aá]|llega|tendr|abri|list[oa])|"
    rf"\b(?:estar[aá]n?|estar[ií]an?|llega\w*|puede[ns]?|podr[ií]an?|podemos|empez\w+|"
    rf"garantiz\w+|tendr[aá]n?)\b[^?.!]{{0,30}}\b(?:antes de|para|al?|el|en) ?{_DAY_ES}",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    # dates
    r"\b(?:guarantee|promise|commit)\b.{0,40}\b(?:date|live|ready|launch|finish|deliver|by)|"
    r"\bwhen (?:can|will|do|would|could|is|are)\b.{0,30}\b"
    r"(?:deliver|hand(?:ed)?(?: it)? ?over|finish|done\b)|"
    r"\bby (?:what|which) (?:date|day)|\bdelivery (?:date|deadline|time)|\blead time|"
    r"\bhow (?:fast|soon|quick(?:ly)?) (?:can|could|will|would|do) \w+ (?:\w+ )?"
    r"(?:deliver|hand|finish|get|have|start|begin|ship)|\bdeliver(?:ed)? .{0,20}\b"
    r"(?:by|before|until)\b|"
    r"(?:什么时候|何时|几号|哪天|多久|按时|按期).{0,8}(?:交付|交货|交|完工)|交货期|交期|交付(?:日期|时间|周期)|"
    r"(?:几天|多少天|多快|最快).{0,6}(?:交货|交付|发货|到货)|"
    r"保证.{0,15}(?:上线|完成|交付|开业)|"
    r"когда.{0,25}(?:постав|сдадите|сдач|закончите|будет готов|отгруз)|"
    r"как (?:быстро|скоро) (?:вы )?(?:постав|сда|достав|сдела|отгруз)|"
    r"к как\w+ (?:числу|дате|сроку)|срок\w* (?:постав|сдач)|"
    r"гарантир\w+.{0,30}(?:запуск|срок|готов|\bк \d)|"
    r"cu[aá]ndo.{0,25}(?:entreg|estar[aá] (?:listo|terminad)|acaba|terminan)|"
    r"en cu[aá]nto tiempo (?:(?:me|nos|lo|la|se) )*(?:entreg|tendr)|cu[aá]nto tardan en entreg|"
    r"(?:fecha|plazo)s? de entrega|para qu[eé] (?:fecha|d[ií]a)|"
    r"garantiz\w+.{0,30}(?:list[oa]|fecha|entreg|lanz)|"
    # penalties
    r"\bpenalt(?:y|ies)\b.{0,40}(?:late|delay|deliver)|违约|赔偿|赔多少|怎么赔|逾期|"
    r"неусто|срыв\w* срок|штраф\w*.{0,20}(?:опозд|просроч|срыв|задерж)|"
    r"penalizaci[oó]n|retraso en la entrega|"
    # who makes good a loss
    r"(?:liab|responsib)\w*.{0,25}(?:loss|lost|damage)|(?:谁|你们).{0,6}(?:赔|承担.{0,4}损失)|丢单.{0,4}谁|"
    r"кто отвечает.{0,20}(?:потер|ущерб|убыт)|qui[eé]n responde.{0,25}(?:pierd|p[eé]rdid|daño)|"
    # terms of payment that differ from ours
    r"agree on .{0,20}(?:days|terms)|\d+ days? (?:to pay|payment)|"
    r"pay(?:ment)? (?:in|after|within) \d+|"
    r"账期.{0,8}\d|\d+ ?天.{0,4}(?:账期|付款)|отсрочк|(?:опла|плат)\w+.{0,12}(?:через|за) \d|"
    r"pagar (?:a|en) \d+",
    re.IGNORECASE,
)


def asks_amount(text: str) -> bool:
    """Is it asked what something costs?"""
    return _AMOUNT.search(text) is not None


def asks_promise(text: str) -> bool:
    """Is a date, a penalty or another term of payment asked for?"""
    return _PROMISE.search(text) is not None or _BY_A_DAY.search(text) is not None


def binds(text: str) -> bool:
    """Would an answer to this question bind the company?"""
    return asks_amount(text) or asks_promise(text)
