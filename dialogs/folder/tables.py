"""Reads prices.csv: one row a price, every mistake with its line."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Literal, cast

import msgspec

from dialogs.folder.problems import Findings, Place, suggest
from dialogs.folder.values import NUMBERS
from dialogs.folder.wording import Given, Phrase, phrase
from dialogs.pack import Price

FILE = "prices.csv"
KINDS = ("edition", "service")
UNITS = ("once", "month", "year", "day")
_FIXED = (
    "item", "kind", "unit", "tier_slot", "tier_min", "tier_max", "currency", "amount_minor",
    "valid_from", "valid_to", "version",
)  # fmt: skip
_OPTIONAL = ("included_in",)


def read_prices(text: str, languages: Sequence[str], findings: Findings) -> tuple[Price, ...]:
    """The rows of the price book; amounts in minor units (cents) of their currency."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), restkey="")
    names = tuple(f"name_{language}" for language in languages)
    if not _columns_fit(tuple(reader.fieldnames or ()), names, findings):
        return ()
    rows = []
    for raw in reader:
        row = _Row(raw, Place(file=FILE, line=reader.line_num), findings)
        if any(row.cells.values()):
            rows.append((row.place, row.price(languages)))
    return _with_ids(rows, findings)


def _columns_fit(found: tuple[str, ...], names: tuple[str, ...], findings: Findings) -> bool:
    head = Place(file=FILE, line=1)
    wanted = (*_FIXED, *names)
    for column in wanted:
        if column not in found:
            findings.report(head, "column_missing", column=column)
    for column in found:
        if column in wanted or column in _OPTIONAL:
            continue
        if column.startswith("name_"):
            findings.warn(head, "column_unspoken", phrase("do.take_out"), column=column)
        else:
            findings.report(head, "unknown_column", suggest(column, wanted), column=column)
    return set(wanted) <= set(found)


class _Row:
    def __init__(self, raw: dict[str, str | None], place: Place, findings: Findings) -> None:
        self.cells = {k: (v or "").strip() for k, v in raw.items() if k and not isinstance(v, list)}
        self.place = place
        self._findings = findings
        if raw.get(""):
            self.refuse("too_many_cells")

    def refuse(self, key: str, cure: Phrase | None = None, /, **values: Given) -> None:
        """Reports a mistake of this row, as `problem` takes it."""
        self._findings.report(self.place, key, cure, **values)

    def word(self, column: str, allowed: tuple[str, ...] = ()) -> str:
        cell = self.cells[column]
        if not cell:
            self.refuse("cell_empty", column=column)
        elif allowed and cell not in allowed:
            self.refuse("cannot_be", suggest(cell, allowed), key=column, value=cell)
        return cell

    def number(self, column: str, empty: int | None = None) -> int:
        cell = self.cells[column]
        if not cell and empty is not None:
            return empty
        if cell.isascii() and cell.isdigit() and len(cell) < 16:
            return int(cell)
        self.refuse("cell_no_number", column=column, cell=cell)
        return 0

    def day(self, column: str) -> str:
        cell = self.cells[column]
        try:
            return date.fromisoformat(cell).isoformat()
        except ValueError:
            self.refuse("not_date", key=column, word=cell)
            return ""

    def price(self, languages: Sequence[str]) -> Price:
        start, end = self.day("valid_from"), self.day("valid_to")
        if start and end and end < start:
            self.refuse("price_ends_first", end=end, start=start)
        tier_min, tier_max = self.number("tier_min", 0), self.number("tier_max", 0)
        if tier_max and tier_max < tier_min:
            self.refuse("tier_ends_first", n=tier_max)
        included = [e.strip() for e in self.cells.get("included_in", "").split("+") if e.strip()]
        for edition in included:
            self._findings.mention("edition", edition, self.place)
        kind = self.word("kind", KINDS)
        if kind == "edition":
            self._findings.mention("edition", self.cells["item"], self.place)
        slot = self.cells["tier_slot"]
        if slot and slot not in NUMBERS:
            self.refuse("cannot_be", suggest(slot, NUMBERS), key="tier_slot", value=slot)
        if not slot and (tier_min or tier_max):
            self.refuse("tier_without_slot")
        return Price(
            id="",
            item=self.word("item"),
            kind=cast("Literal['edition', 'service']", kind),
            name={language: self.word(f"name_{language}") for language in languages},
            unit=cast("Literal['once', 'month', 'year', 'day']", self.word("unit", UNITS)),
            tier_slot=slot,
            tier_min=tier_min,
            tier_max=tier_max,
            currency=self.word("currency"),
            amount=self.number("amount_minor"),
            valid_from=start,
            valid_to=end,
            version=self.word("version"),
            included_in=tuple(included),
        )


def _with_ids(rows: list[tuple[Place, Price]], findings: Findings) -> tuple[Price, ...]:
    """Gives each row its id; the start date joins it where a price changes with time."""
    plain = [f"{p.item}/{p.unit}/{p.currency}/{p.tier_min}" for _, p in rows]
    times = Counter(plain)
    found: dict[str, Price] = {}
    for (place, price), name in zip(rows, plain, strict=True):
        key = name if times[name] == 1 else f"{name}/{price.valid_from}"
        if key in found:
            findings.report(place, "price_twice", name=name)
            continue
        found[key] = msgspec.structs.replace(price, id=key)
        findings.mark(f"price/{key}", place)
    return tuple(found.values())
