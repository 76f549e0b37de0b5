"""The price book as a file and as a form, with amounts as a person writes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

import msgspec
from babel.numbers import get_currency_precision

from dialogs.pack import Pack, Price

FILE = "prices.csv"
NAME_MAX = 40  # characters of a version
AMOUNT_MAX = Decimal(10) ** 12


def show_amount(price: Price) -> str:
    """The amount in whole units of its currency: 1900, 65.50."""
    places = get_currency_precision(price.currency)
    whole = Decimal(price.amount).scaleb(-places)
    return str(whole.to_integral_value() if whole == whole.to_integral_value() else whole)


def read_amount(words: str, currency: str) -> int | None:
    """Minor units of what a person wrote: 1900, 1 900, 65.50, 65,50; None if it is no amount."""
    plain = "".join(words.split()).replace("\u202f", "").replace("'", "")
    if plain.count(",") == 1 and "." not in plain and len(plain.partition(",")[2]) <= 2:
        plain = plain.replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    minor = amount.scaleb(get_currency_precision(currency))
    sound = amount.is_finite() and 0 <= amount < AMOUNT_MAX and minor == minor.to_integral_value()
    return int(minor) if sound else None


def write_prices(pack: Pack, prices: Iterable[Price]) -> str:
    """The rows as prices.csv has them."""
    languages = pack.languages
    names = [f"name_{language}" for language in languages]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["item", "kind", *names, "unit", "tier_slot", "tier_min", "tier_max", "currency",
         "amount_minor", "valid_from", "valid_to", "version", "included_in"]
    )  # fmt: skip
    for price in prices:
        tier = [price.tier_slot, price.tier_min or "", price.tier_max or ""]
        if price.tier_slot and not price.tier_min:
            tier[1] = "0"
        writer.writerow(
            [price.item, price.kind, *(price.name[each] for each in languages), price.unit, *tier,
             price.currency, price.amount, price.valid_from, price.valid_to, price.version,
             "+".join(price.included_in)]
        )  # fmt: skip
    return out.getvalue()


def with_commas(text: str) -> str:
    """A file whose columns are parted by semicolons or tabs, as spreadsheets of many countries
    save it, parted by commas. Any other file as it is."""
    head = text.partition("\n")[0]
    parts = {mark: head.count(mark) for mark in ",;\t"}
    mark = max(parts, key=lambda each: parts[each])
    if mark == ",":
        return text
    out = io.StringIO()
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _place(price: Price) -> tuple[str, str, str, int]:
    """What the rows of one price have in common, whenever they hold."""
    return price.item, price.unit, price.currency, price.tier_min


def _begin(price: Price) -> str:
    return price.valid_from


class PriceForm:
    """The form of the page: an amount a row, and perhaps a day from which they hold.

    `wrong`: the fields of the form that cannot be used.
    """

    def __init__(self, pack: Pack, fields: Mapping[str, str]) -> None:
        self._pack = pack
        self.wrong: list[str] = []
        self._version = " ".join(fields.get("version", "").split())[:NAME_MAX]
        self._since = self._day("valid_from", fields)
        self._until = self._day("valid_to", fields)
        self._changed = [self._row(price, fields) for price in pack.prices]
        if self._since and not self._version:
            self.wrong.append("version")

    def text(self) -> str:
        """The whole file. With a first day the former rows end the day before it, and the latest
        row of each price begins anew with the new amount."""
        if not self._since:
            return write_prices(self._pack, self._changed)
        last = (date.fromisoformat(self._since) - timedelta(days=1)).isoformat()
        kept = [
            msgspec.structs.replace(old, valid_to=min(old.valid_to, last))
            for old in self._pack.prices
            if old.valid_from < self._since
        ]
        latest = {_place(price): price for price in sorted(self._changed, key=_begin)}
        new = [
            msgspec.structs.replace(
                price,
                valid_from=self._since,
                valid_to=self._until or max(price.valid_to, self._since),
                version=self._version,
            )
            for price in latest.values()
        ]
        return write_prices(self._pack, [*kept, *new])

    def _row(self, price: Price, fields: Mapping[str, str]) -> Price:
        words = fields.get(f"amount:{price.id}")
        if words is None:
            return price
        amount = read_amount(words, price.currency)
        if amount is None:
            self.wrong.append(f"amount:{price.id}")
            return price
        return msgspec.structs.replace(price, amount=amount)

    def _day(self, field: str, fields: Mapping[str, str]) -> str:
        words = fields.get(field, "")
        try:
            return date.fromisoformat(words).isoformat() if words else ""
        except ValueError:
            self.wrong.append(field)
            return ""
