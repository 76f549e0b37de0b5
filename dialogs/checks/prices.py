"""The price book: every item in every currency, for every size, without a gap in time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

from dialogs.folder.problems import Findings, Place
from dialogs.folder.tables import FILE
from dialogs.folder.wording import Phrase, phrase
from dialogs.pack import Pack, Price

_Key = tuple[str, str, str]  # item, unit, currency
_FOREVER = 10**12


def check_prices(pack: Pack, findings: Findings, today: date | None) -> None:
    if not pack.prices:
        return
    books: dict[_Key, list[Price]] = defaultdict(list)
    for row in pack.prices:
        books[row.item, row.unit, row.currency].append(row)
    for key, rows in books.items():
        _check_tiers(key, rows, findings)
        _check_times(key, rows, findings, today)
    _check_currencies(pack, set(books), findings)
    _check_editions(pack, findings)


def _place(row: Price, findings: Findings) -> Place:
    return findings.place(f"price/{row.id}", FILE)


def _named(key: _Key) -> Phrase:
    item, unit, currency = key
    return phrase("part.price", item=item, unit=unit, currency=currency)


def _check_currencies(pack: Pack, books: set[_Key], findings: Findings) -> None:
    for row in pack.prices:
        if row.currency and row.currency not in pack.company.currencies:
            place, currency = _place(row, findings), row.currency
            findings.report(place, "currency_unlisted", item=row.item, currency=currency)
    for item, unit in dict.fromkeys((item, unit) for item, unit, _ in books):
        for currency in pack.company.currencies:
            if (item, unit, currency) in books:
                continue
            first = next(r for r in pack.prices if r.item == item and r.unit == unit)
            place = _place(first, findings)
            findings.report(place, "no_price_in", item=item, unit=unit, currency=currency)


def _check_editions(pack: Pack, findings: Findings) -> None:
    priced = {row.item for row in pack.prices if row.kind == "edition"}
    for edition in pack.editions:
        if edition.id not in priced:
            place = findings.place(f"edition/{edition.id}", "editions.yaml")
            findings.report(place, "edition_unpriced", edition=edition.id, file=FILE)


def _check_tiers(key: _Key, rows: list[Price], findings: Findings) -> None:
    """At every start date the tiers that hold must join from 0 or 1 upwards."""
    slots = {row.tier_slot for row in rows}
    if len(slots) > 1:
        findings.report(_place(rows[-1], findings), "tiers_mixed", price=_named(key))
        return
    for day in sorted({row.valid_from for row in rows}):
        held = sorted(
            (row for row in rows if row.valid_from <= day <= row.valid_to),
            key=lambda row: row.tier_min,
        )
        if held:
            _check_joined(key, held, findings)


def _check_joined(key: _Key, held: list[Price], findings: Findings) -> None:
    first, last, price = held[0], held[-1], _named(key)
    if first.tier_min > 1:
        findings.report(_place(first, findings), "gap_below", price=price, n=first.tier_min)
    for lower, upper in pairwise(held):
        top, place = lower.tier_max or _FOREVER, _place(upper, findings)
        if upper.tier_min <= top:
            where = f"{_place(lower, findings).file}:{_place(lower, findings).line}"
            findings.report(place, "overlap", price=price, where=where, n=upper.tier_min)
        elif upper.tier_min > top + 1:
            end = upper.tier_min - 1
            findings.report(place, "gap_between", price=price, first=top + 1, last=end)
    if last.tier_max:
        findings.report(_place(last, findings), "gap_above", price=price, n=last.tier_max)


def _check_times(key: _Key, rows: list[Price], findings: Findings, today: date | None) -> None:
    starts = sorted({(row.valid_from, row.valid_to) for row in rows if row.valid_to})
    for (_, end), (start, _) in pairwise(starts):
        if end and start and date.fromisoformat(start) > date.fromisoformat(end) + timedelta(1):
            late = next(row for row in rows if row.valid_from == start)
            place = _place(late, findings)
            findings.report(place, "gap_in_time", price=_named(key), end=end, start=start)
    if today is None or not starts:
        return
    now, last = today.isoformat(), max(end for _, end in starts)
    newest = next(row for row in rows if row.valid_to == last)
    if last < now:
        place, version = _place(newest, findings), newest.version
        findings.report(place, "list_expired", price=_named(key), version=version, day=last)
    elif starts[0][0] > now:
        findings.report(_place(rows[0], findings), "not_yet", price=_named(key), day=starts[0][0])
