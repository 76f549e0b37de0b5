"""Which edition fits, and what it costs: rules and rows of the pack, in whole minor units."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from datetime import UTC, datetime
from typing import NamedTuple

from dialogs import profile
from dialogs.conditions import all_hold, facts
from dialogs.pack import Edition, Pack, Price
from dialogs.stems import stem
from dialogs.types import Amount, Estimate, State, Struct
from dialogs.understanding.cities import city_countries
from dialogs.words import content_runs, content_words, fold, fold_name, pairs_of, terms

_CURRENCY_WORDS = (
    ("EUR", re.compile(r"€|\beuros?\b|\bEUR\b|欧元|евро", re.I)),
    ("USD", re.compile(r"\$|\bdollars?\b|\bUSD\b|美元|美金|доллар", re.I)),
    ("CNY", re.compile(r"¥|￥|\bRMB\b|\bCNY\b|\byuan\b|人民币|\d\s*[万千]?元|юан", re.I)),
)
# What a price is for may be a span of time; that names no service.
_SPANS = frozenset(
    {"day", "month", "year", "ден", "дн", "месяц", "год", "dia", "mes", "ano", "an", "一天"}
)


class Line(Struct):
    """One price to show: the rows that may hold, from the lowest to the highest amount."""

    item: str
    unit: str
    currency: str
    low: int  # minor units
    high: int
    rows: tuple[str, ...]  # ids of the lowest and the highest row
    name: dict[str, str]

    def amounts(self) -> tuple[Amount, ...]:
        low = Amount(currency=self.currency, minor=self.low, rows=self.rows[:1])
        if self.low == self.high:
            return (low,)
        return (low, Amount(currency=self.currency, minor=self.high, rows=self.rows[-1:]))


class Services(NamedTuple):
    """What some services cost, by which price list, and the last day on which all of it holds."""

    lines: tuple[Line, ...]
    version: str
    valid_to: str  # ISO date


class Offer(Struct):
    """What an edition costs for this prospect. `licence` may be a range between two rows."""

    edition: Edition
    licence: Line
    yearly: tuple[Line, ...]
    services: tuple[Line, ...]
    version: str
    valid_to: str  # ISO date

    def amounts(self) -> tuple[Amount, ...]:
        lines = (self.licence, *self.yearly, *self.services)
        return tuple(a for line in lines for a in line.amounts())


def iso_day(now: int) -> str:
    return datetime.fromtimestamp(now / 1000, UTC).date().isoformat()


def currency_named(text: str) -> str:
    """The currency that a text asks for, or ""."""
    return next((code for code, pattern in _CURRENCY_WORDS if pattern.search(text)), "")


def currency_for(pack: Pack, state: State) -> str:
    """Asked for, else by the city's country, without a city by the language, else the first."""
    known = pack.company.currencies
    if state.currency in known:
        return state.currency
    budget = profile.value_of(state.profile, "budget")
    if isinstance(budget, str) and (named := currency_named(budget)) in known:
        return named
    city = profile.value_of(state.profile, "city")
    if isinstance(city, str):
        by_country = [pack.company.country_currency.get(c, "") for c in city_countries(city)]
        # Of namesakes (Valencia in Spain, in Venezuela) the one where the company is at home.
        if known[0] in by_country:
            return known[0]
        if by_country and by_country[0] in known:
            return by_country[0]
    by_language = pack.company.language_currency.get(state.language, "")
    return by_language if by_language in known and not isinstance(city, str) else known[0]


def estimate(pack: Pack, state: State) -> Estimate | None:
    """The edition that the first rule to hold names, with its reason; None if no rule holds."""
    seen = facts(state)
    for rule in pack.edition_rules:
        if all_hold(rule.when, seen):
            reason = rule.reason.get(state.language) or rule.reason[pack.languages[0]]
            return Estimate(edition=rule.edition, rule=rule.id, reason=reason)
    return None


def can_estimate(state: State) -> bool:
    """Enough is known to name an edition: the organisation, or its size, or a named Cluster."""
    known = state.profile
    return profile.learned(known, "organisation") or (
        profile.value_of(known, "headcount") is not None
        or profile.value_of(known, "buyer_type") == "individual"
    )


def _valid(row: Price, day: str) -> bool:
    return row.valid_from <= day <= row.valid_to


def _in_tier(row: Price, state: State) -> bool:
    if not row.tier_slot:
        return True
    span = profile.number_range(profile.value_of(state.profile, row.tier_slot))
    if span is None:
        return True
    top = row.tier_max or 10**9
    return span[0] <= top and span[1] >= row.tier_min


def _line(rows: list[Price]) -> Line:
    ordered = sorted(rows, key=lambda r: r.amount)
    first, last = ordered[0], ordered[-1]
    ids = (first.id,) if first.amount == last.amount else (first.id, last.id)
    return Line(
        item=first.item,
        unit=first.unit,
        currency=first.currency,
        low=first.amount,
        high=last.amount,
        rows=ids,
        name=first.name,
    )


def _lines(rows: list[Price]) -> tuple[Line, ...]:
    grouped: dict[tuple[str, str], list[Price]] = {}
    for row in rows:
        grouped.setdefault((row.item, row.unit), []).append(row)
    return tuple(_line(group) for group in grouped.values())


def offer(pack: Pack, state: State, edition: str, now: int) -> Offer | None:
    """The rows that hold today for this edition and prospect; None when the book has none."""
    currency, day = currency_for(pack, state), iso_day(now)
    rows = [
        r for r in pack.prices if r.currency == currency and _valid(r, day) and _in_tier(r, state)
    ]
    licence = [r for r in rows if r.kind == "edition" and r.item == edition]
    named = pack.edition(edition)
    if not licence or named is None:
        return None
    around = [r for r in rows if r.kind == "service" and _goes_with(r, edition)]
    return Offer(
        edition=named,
        licence=_line(licence),
        yearly=_lines([r for r in around if r.unit == "year"]),
        services=_lines([r for r in around if r.unit != "year"]),
        version=licence[0].version,
        valid_to=min(r.valid_to for r in licence),
    )


def services_named(pack: Pack, text: str, language: str) -> frozenset[str]:
    """Items of the services that a question names, such as training or hosting."""
    asked = frozenset(terms(text, language)) - _SPANS
    names = {row.item: row.name for row in pack.prices if row.kind == "service"}
    return frozenset(item for item, name in names.items() if asked & _telling(pack, name, language))


def services(
    pack: Pack, state: State, items: Set[str], editions: Sequence[str], now: int
) -> Services | None:
    """Today's prices of these services as they go with one of the editions; None without any."""
    currency, day = currency_for(pack, state), iso_day(now)
    rows = [
        r
        for r in pack.prices
        if r.item in items and r.currency == currency and _valid(r, day) and _in_tier(r, state)
        if any(_goes_with(r, edition) for edition in editions)
    ]
    if not rows:
        return None
    return Services(_lines(rows), rows[0].version, min(r.valid_to for r in rows))


def _telling(pack: Pack, names: dict[str, str], language: str) -> frozenset[str]:
    """The words that say what a service is: the first two of its name, without the edition's."""
    name = fold(names.get(language) or next(iter(names.values())))
    for edition in (n for e in pack.editions for n in (e.id, *e.name.values())):
        name = name.replace(fold_name(edition), " ")
    runs = content_runs(name)
    if runs:
        return frozenset(pairs_of(runs[0]))
    return frozenset(stem(word, language) for word in content_words(name)[:2])


def _goes_with(row: Price, edition: str) -> bool:
    return not row.included_in or edition in row.included_in


def priced(pack: Pack, state: State, found: Estimate, now: int) -> Estimate:
    """The estimate with the range of its licence, as it is shown."""
    cost = offer(pack, state, found.edition, now)
    if cost is None:
        return found
    return Estimate(
        edition=found.edition,
        rule=found.rule,
        reason=found.reason,
        currency=cost.licence.currency,
        low=cost.licence.low,
        high=cost.licence.high,
        price_version=cost.version,
    )
