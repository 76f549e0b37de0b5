"""How much the buyer can spend."""

from __future__ import annotations

import re
from dataclasses import replace

from dialogs.understanding.amounts import OTHER_THINGS, PEOPLE_AFTER, REPLACED_BEFORE
from dialogs.understanding.clauses import is_question, split_clauses
from dialogs.understanding.currencies import Money, find_money
from dialogs.understanding.names import Found
from dialogs.understanding.numbers import (
    LESS_AFTER,
    LESS_BEFORE,
    MORE_AFTER,
    MORE_BEFORE,
    Number,
)
from dialogs.understanding.words import Words

_BUDGET_CUE = re.compile(
    r"bud?dg?[ei]?ts?\b|buget|bugdet|\bpresu\b|预算|бюджет|presupuesto|\bspend\b|потратить|выделен|выделить|gastar|invertir|"
    r"disponemos|we can pay|can afford|готовы заплатить|располагаем|投入|能出|出得起|经费|拨款"
)
NO_BUDGET = re.compile(
    r"\bno (?:fixed |set |real )?(?:budget|money|funds)|without (?:a )?budget|"
    r"budget,? (?:is |we have )?(?:zero|none|nothing)|"
    r"presupuesto,? (?:(?:aun |todavia |ya |la verdad )*no (?:hay|tenemos|tengo|existe)|"
    r"(?:es |de )?(?:cero|ninguno|nada))\b|"
    r"haven't (?:got )?(?:a |any )?budget|don't have (?:a |any )?budget|"
    r"(?:没有?|无|暂无|没啥|没什么)(?:固定|明确)?预算|预算(?:还|暂时|目前)?(?:没有|为?零)|"
    r"бюджет\w* (?:пока |еще )?нет|нет (?:пока )?бюджета|без бюджета|не заложен|"
    r"(?:пока |еще )?не выделил\w*|денег (?:пока )?нет|"
    r"no (?:hay|tenemos|tengo) (?:un )?(?:presupuesto|dinero)|sin presupuesto|ni un (?:euro|duro)"
)
# Only as the answer to what can be spent: "there is none, zero, nada", 0元.
_NOTHING = re.compile(
    r"\b(?:zero|none|nothing|nada|cero|ningun[oa]?|ноль|нуля?|нисколько|ничего)\b|零|"
    r"一分(?:钱)?(?:都|也)?没"
    r"|(?<![\d.,])0(?![\d.,])"
)
_PAID = re.compile(
    r"(?:\b(?:took|paid|charged|charge|costs?|costed|cost us|spent|lost|offers?|quoted|sells?|"
    r"заплатил\w*|потратил\w*|стоил\w*|стоит|предлага\w+|gastamos|pagamos|costo|cuesta|cobran?|"
    r"ofrecen?|turnover|revenue|оборот\w*|выручк\w+|facturamos|ventas de)|"
    r"花了|付了|花掉|报价|卖|营业额|年销|流水)[^.!?]{0,20}$"
)
# What one's own people hold or may spend, though nobody asked.
_OWN_MONEY = re.compile(
    r"\b(?:we|i|we've|i've) (?:\w+ ){0,2}(?:have|got|can (?:do|spend|pay|go)|put aside|could pay)|"
    r"\b(?:tenemos|tengo|contamos con|hay|podemos (?:gastar|pagar|poner)|ponemos)\b|"
    r"\b(?:у нас|у меня|есть|имеем|дают|дали|можем)\b|"
    r"(?:我们?|公司|领导|老板)(?:有|给了?|批了?|能给)"
)
# What may stand around a sum that is told all by itself: "with 12k eur at most".
_LEAD_IN = re.compile(
    r"\b(?:with|for|about|around|roughly|say|maybe|and|at most|max|tops|or so|con|unos|unas|y|"
    r"como mucho|aprox|где-то|примерно|около|до|и|максимум|за)\b|"
    r"左右|大概|大约|以内|以下|吧|[,，、。;]"
)
# "Cut down to 1.4 million" is no limit.
_CHANGED = re.compile(r"(?:\b(?:срез\w+|сокра\w+|уреза\w+|сниз\w+|увелич\w+|подня\w+|вырос\w*)) $")
_RAISED = re.compile(
    r"(?:\b(?:went|raised|increased|rose|cut|reduced|bumped|changed|moved|dropped|grew|подня\w+|"
    r"увелич\w+|вырос\w*|сниз\w+|срез\w+|урез\w+|измен\w+|subi\w+|sube\w*|aument\w+|baj\w+|"
    r"recort\w+|pas\w+|cambi\w+)\b[^.!?]{0,24}?\b(?:from|с|со|de))\W*$|从$"
)
_LIMITED = re.compile(
    r"\bmax\w*|\btops\b|封顶|\bмакс\b|максимум|"
    r"не больше|не более|不超过|\bat most\b|\bnot (?:one|a) "
    r"(?:penny|cent|paisa)\w* more|ni un \w+ mas|como mucho|\bceiling\b|\btope\b"
)
_FIGURES = frozenset("0123456789一二两三四五六七八九十百千万")


def read_budget(words: Words, numbers: list[Number], *, asked: bool) -> list[Found]:
    """What the buyer can spend; an amount without such a cue may be one of our own prices."""
    low = words.low
    none = NO_BUDGET.search(low)
    cue = _BUDGET_CUE.search(low)
    # An amount in a currency says more than a bare number before it.
    for number in sorted(numbers, key=lambda each: find_money(low, each) is None):
        before = low[: number.first]
        money = find_money(low, number)
        if REPLACED_BEFORE.search(low[: money.start] if money else before):
            continue
        if none and number.high <= 1:
            continue  # "not one euro"
        if cue is None and _PAID.search(before):
            continue  # what an earlier project took, or a rival asks
        if not asked and cue is None and not (money and _is_own_money(words, number)):
            continue
        if money is None and not _is_bare_amount(low, number, asked):
            continue
        return [_found(number, money, low)]
    nothing = none or (_NOTHING.search(low) if asked and len(low) <= 40 else None)
    return [Found("budget", "none", nothing.start(), nothing.end(), "no budget")] if nothing else []


def _is_bare_amount(low: str, number: Number, asked: bool) -> bool:
    """Whether a number without a currency can be an amount of money."""
    after = low[number.end :]
    if OTHER_THINGS.match(after) or PEOPLE_AFTER.match(after) or _is_year(low, number):
        return False
    return number.high >= 1000 or (asked and low[number.first] in _FIGURES)


# "С 2017 торгуем чаем", "Windows Server 2019": a year, and no sum.
_YEAR_BEFORE = re.compile(
    r"(?:\b(?:since|in|from|by|server|windows|desde|en|del?|с|со|от|в|к) |[从自于在至] ?)$"
)
_OF_BUDGET = re.compile(r"(?:budget|presupuesto|бюджет\w*|预算)\W*(?:\w+\W+){0,2}$")


def _is_year(low: str, number: Number) -> bool:
    before = low[: number.first]
    told = _YEAR_BEFORE.search(before) and not _OF_BUDGET.search(before)
    return 1990 <= number.low == number.high <= 2040 and bool(told)


def _is_own_money(words: Words, number: Number) -> bool:
    """A sum in a currency, unasked: in a plain statement of what one has, or all by itself."""
    for start, end in split_clauses(words):
        if start <= number.first < end:
            low = words.low[start:end]
            money = find_money(words.low, number)
            a, b = (money.start, money.end) if money else (number.start, number.end)
            alone = not _LEAD_IN.sub("", low[: max(a - start, 0)] + low[b - start :]).strip(" .~≈")
            return not is_question(low) and bool(alone or _OWN_MONEY.search(low))
    return False


def _bound_around(low: str, start: int, end: int) -> str:
    """A limit told before or after the currency: "not more than €25k", "3k € como mucho"."""
    if LESS_AFTER.match(low, end) or LESS_BEFORE.search(low[:start]) or _LIMITED.search(low):
        return "<"
    return ">" if MORE_AFTER.match(low, end) or MORE_BEFORE.search(low[:start]) else ""


def _found(number: Number, money: Money | None, low: str) -> Found:
    start, end = (money.start, money.end) if money else (number.start, number.end)
    if number.is_range and _RAISED.search(low[: number.start]):
        number = replace(number, low=number.high)  # "went from 5k to 7k"
    bound = number.bound
    if not bound and not number.is_range:
        bound = _bound_around(low, start, end)
    if _CHANGED.search(low[: number.start]):
        bound = ""
    currency = f"{money.currency} " if money and money.currency else ""
    sign = {"<": "<=", ">": ">="}.get(bound, "")
    return Found("budget", f"{sign}{currency}{number.shown()}", start, end, "amount")
