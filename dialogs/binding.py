"""Questions whose answer would bind the company: no passage of a paper is ever given for them.

Amounts come from the price book. Dates, penalties and terms of payment other than ours are a
person's to agree. What a paper tells in general, such as how long projects take, is no promise.
"""

from __future__ import annotations

import re

_AMOUNT = re.compile(
    r"how much (?:is|are|does|do|for|would|will|money)|what (?:would|does|will|do) .{0,40}"
    r"(?:\bcosts?\b|set us back|come to\b)|price of\b|"
    r"多少钱|什么价|价格(?:是|多少)|花多少(?!天|人|时)|"
    r"сколько (?:будет |будут )?стои|во сколько (?:нам )?обойд|поч[её]м\b|"
    r"какова? (?:будет )?(?:цена|стоимость)|"
    r"cu[aá]nto (?:nos |me )?(?:cuesta|vale|sale|costar)|por cu[aá]nto|qu[eé] (?:precio|vale)\b|"
    r"precio del?\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    # dates
    r"\b(?:guarantee|promise|commit)\b.{0,40}\b(?:date|live|ready|launch|finish|deliver|by)|"
    r"\bwhen (?:can|will|do|would|could|is|are)\b.{0,30}\b"
    r"(?:deliver|hand(?:ed)?(?: it)? ?over|finish|done\b)|"
    r"\bby (?:what|which) (?:date|day)|\bdelivery (?:date|deadline)|\bdeliver(?:ed)? .{0,20}\b"
    r"(?:by|before|until)\b|"
    r"(?:什么时候|何时|几号|哪天|多久|按时|按期).{0,8}(?:交付|交货|交|完工)|交货期|交期|交付(?:日期|时间|周期)|"
    r"保证.{0,15}(?:上线|完成|交付|开业)|"
    r"когда.{0,25}(?:постав|сдадите|сдач|закончите|будет готов|отгруз)|"
    r"к как\w+ (?:числу|дате|сроку)|срок\w* (?:постав|сдач)|"
    r"гарантир\w+.{0,30}(?:запуск|срок|готов|\bк \d)|"
    r"cu[aá]ndo.{0,25}(?:entreg|estar[aá] (?:listo|terminad)|acaba|terminan)|"
    r"(?:fecha|plazo)s? de entrega|para qu[eé] (?:fecha|d[ií]a)|"
    r"garantiz\w+.{0,30}(?:list[oa]|fecha|entreg|lanz)|"
    # penalties
    r"\bpenalt(?:y|ies)\b.{0,40}(?:late|delay|deliver)|违约|赔偿|赔多少|неусто|срыв\w* срок|"
    r"penalizaci[oó]n|retraso en la entrega|"
    # who makes good a loss
    r"(?:liab|responsib)\w*.{0,25}(?:loss|lost|damage)|(?:谁|你们).{0,6}(?:赔|承担.{0,4}损失)|"
    r"кто отвечает.{0,20}(?:потер|ущерб|убыт)|qui[eé]n responde.{0,25}(?:pierd|p[eé]rdid|daño)|"
    # terms of payment that differ from ours
    r"agree on .{0,20}(?:days|terms)|\d+ days? (?:to pay|payment)|"
    r"pay(?:ment)? (?:in|after|within) \d+|"
    r"账期.{0,8}\d|\d+ ?天.{0,4}账期|отсрочк|pagar (?:a|en) \d+",
    re.IGNORECASE,
)


def asks_amount(text: str) -> bool:
    """Is it asked what something costs?"""
    return _AMOUNT.search(text) is not None


def asks_promise(text: str) -> bool:
    """Is a date, a penalty or another term of payment asked for?"""
    return _PROMISE.search(text) is not None
