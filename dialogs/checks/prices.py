"""The price book: every item in every currency, for every size, without a gap in time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

from dialogs.folder.problems import Findings, Place
from dialogs.folder.tables import FILE
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


def _named(key: _Key) -> str:
    item, unit, currency = key
    return f"{item} ({unit}) in {currency}"


def _check_currencies(pack: Pack, books: set[_Key], findings: Findings) -> None:
    for row in pack.prices:
        if row.currency and row.currency not in pack.company.currencies:
            findings.report(
                _place(row, findings),
                f"{row.item} is priced in {row.currency}, which company.yaml does not list",
                "add it to `currencies`, or take the row out",
            )
    for item, unit in dict.fromkeys((item, unit) for item, unit, _ in books):
        for currency in pack.company.currencies:
            if (item, unit, currency) in books:
                continue
            first = next(r for r in pack.prices if r.item == item and r.unit == unit)
            findings.report(
                _place(first, findings),
                f"{item} ({unit}) has no price in {currency}",
                f"add a row of {item} in {currency}",
            )


def _check_editions(pack: Pack, findings: Findings) -> None:
    priced = {row.item for row in pack.prices if row.kind == "edition"}
    for edition in pack.editions:
        if edition.id not in priced:
            findings.report(
                findings.place(f"edition/{edition.id}", "editions.yaml"),
                f"edition `{edition.id}` has no price",
                f"add its rows to {FILE}, with kind edition and item {edition.id}",
            )


def _check_tiers(key: _Key, rows: list[Price], findings: Findings) -> None:
    """At every start date the tiers that hold must join from 0 or 1 upwards."""
    slots = {row.tier_slot for row in rows}
    if len(slots) > 1:
        findings.report(
            _place(rows[-1], findings),
            f"{_named(key)}: tiers of different slots, or rows without any",
            "give all its rows the same `tier_slot`",
        )
        return
    for day in sorted({row.valid_from for row in rows}):
        held = sorted(
            (row for row in rows if row.valid_from <= day <= row.valid_to),
            key=lambda row: row.tier_min,
        )
        if held:
            _check_joined(key, held, findings)


def _check_joined(key: _Key, held: list[Price], findings: Findings) -> None:
    first, last = held[0], held[-1]
    if first.tier_min > 1:
        findings.report(
            _place(first, findings),
            f"{_named(key)}: a gap, no price below {first.tier_min}",
            "begin the lowest tier at 0 or 1",
        )
    for lower, upper in pairwise(held):
        top = lower.tier_max or _FOREVER
        if upper.tier_min <= top:
            findings.report(
                _place(upper, findings),
                f"{_named(key)}: an overlap with {_place(lower, findings).file}:"
                f"{_place(lower, findings).line}, both hold at {upper.tier_min}",
                "let each tier begin one above the end of the one below",
            )
        elif upper.tier_min > top + 1:
            findings.report(
                _place(upper, findings),
                f"{_named(key)}: a gap, no price from {top + 1} to {upper.tier_min - 1}",
                f"begin this tier at {top + 1}, or add a row between",
            )
    if last.tier_max:
        findings.report(
            _place(last, findings),
            f"{_named(key)}: a gap, no price above {last.tier_max}",
            "leave tier_max of the highest tier empty",
        )


def _check_times(key: _Key, rows: list[Price], findings: Findings, today: date | None) -> None:
    starts = sorted({(row.valid_from, row.valid_to) for row in rows if row.valid_to})
    for (_, end), (start, _) in pairwise(starts):
        if end and start and date.fromisoformat(start) > date.fromisoformat(end) + timedelta(1):
            late = next(row for row in rows if row.valid_from == start)
            findings.report(
                _place(late, findings),
                f"{_named(key)}: a gap in time, no price after {end} and before {start}",
                "let the new price begin the day after the old one ends",
            )
    if today is None or not starts:
        return
    now, last = today.isoformat(), max(end for _, end in starts)
    newest = next(row for row in rows if row.valid_to == last)
    if last < now:
        findings.report(
            _place(newest, findings),
            f"{_named(key)}: the price list {newest.version} expired on {last}",
            "enter the new price list, or a later valid_to",
        )
    elif starts[0][0] > now:
        findings.report(
            _place(rows[0], findings),
            f"{_named(key)}: no price before {starts[0][0]}",
            "add the price that holds today",
        )
