"""How values in the notation of the profile (P3M, <=EUR 3000, >1000) are read out to a person."""

from __future__ import annotations

import re
from datetime import date

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from dialogs.texts import Texts, locale_of, show_list

_COUNT = re.compile(r"([<>]=?)?(\d{1,9})(?:-(\d{1,9}))?")
_BUDGET = re.compile(r"([<>]=?)?(?:([A-Z]{3}) )?(\d{1,12})(?:-(\d{1,12}))?")
_SPAN = re.compile(r"P(\d{1,3})([DWMY])")
_DAY = re.compile(r"(\d{2})-(\d{2})")
_MONTHS = re.compile(r"\d{2}(?:/\d{2})*")
_LEAP_YEAR = 2028  # so that 29 February has a name too


def show_value(texts: Texts, language: str, slot: str, value: str) -> str:
    """The value as said; what follows no known notation is given back as it stands."""
    show = {"headcount": _count, "budget": _budget, "timeline": _start}.get(slot)
    return (show(texts, language, value) if show else "") or value


def _count(texts: Texts, language: str, value: str) -> str:
    found = _COUNT.fullmatch(value)
    return _bounded(texts, language, *found.groups(default="")) if found else ""


def _budget(texts: Texts, language: str, value: str) -> str:
    if value == "none":
        return texts.say(language, "value.budget.none")
    found = _BUDGET.fullmatch(value)
    if found is None:
        return ""
    sign, currency, low, high = found.groups()
    locale = locale_of(language)
    shown = [str(format_decimal(int(n), locale=locale)) for n in (low, high) if n]
    # With its code, as it was said: a symbol is for what we charge.
    shown[0] = f"{currency} {shown[0]}" if currency else shown[0]
    return _bounded(texts, language, sign, *shown)


def _bounded(texts: Texts, language: str, sign: str | None, low: str, high: str = "") -> str:
    if high:
        return texts.say(language, "value.bounds.between", low=low, high=high)
    keys = {"<": "under", "<=": "up_to", ">": "over", ">=": "from"}
    return texts.say(language, f"value.bounds.{keys[sign]}", n=low) if sign else low


def _start(texts: Texts, language: str, value: str) -> str:
    key = f"value.timeline.{value}"
    if texts.has(language, key):
        return texts.say(language, key)
    if span := _SPAN.fullmatch(value):
        return texts.say(language, f"value.span.{span[2]}", n=int(span[1]))
    locale = locale_of(language)
    try:
        if found := _DAY.fullmatch(value):
            day = date(_LEAP_YEAR, int(found[1]), int(found[2]))
            return str(format_skeleton("MMMMd", day, locale=locale))
        if _MONTHS.fullmatch(value):
            months = [date(_LEAP_YEAR, int(m), 1) for m in value.split("/")]
            names = [str(format_date(m, "LLLL", locale=locale)) for m in months]
            return show_list(language, names, "or")
    except ValueError:
        return ""
    return ""
