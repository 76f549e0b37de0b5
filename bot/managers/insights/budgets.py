"""Budgets that prospects named, against what the edition they wanted costs at least."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from babel.numbers import get_currency_precision

from dialogs.pack import Pack
from dialogs.types import Struct
from storage.insights import Pair

# "USD 5000", "CNY 50000-80000", "<=EUR 3000", as the reader writes it, in any case.
_BUDGET = re.compile(
    r"(?P<bound>[<>]=?)?\s*(?P<currency>[a-z]{3})\s+(?P<low>\d+)(?:-(?P<high>\d+))?"
)


class Tight(Struct):
    """How many named a budget in a currency of the price book, and how many of them too little."""

    named: int
    below: int


def find_tight_budgets(pack: Pack, pairs: Iterable[Pair]) -> Mapping[str, Tight]:
    """By edition. `pairs`: edition and budget of the same talks. One open upwards is enough."""
    found: dict[str, Tight] = {}
    for pair in pairs:
        least = _read_most(pair.second)
        if least is None:
            continue
        currency, most = least
        lowest = _lowest_price(pack, pair.first, currency)
        if lowest is None:
            continue
        former = found.get(pair.first, Tight(named=0, below=0))
        short = most is not None and most < lowest
        found[pair.first] = Tight(
            named=former.named + pair.talks, below=former.below + (pair.talks if short else 0)
        )
    return found


def _read_most(budget: str) -> tuple[str, Decimal | None] | None:
    """Currency and upper end of a budget, None for one that is open; None without a currency."""
    match = _BUDGET.fullmatch(budget.strip().lower())
    if match is None:
        return None
    currency = match["currency"].upper()
    if (match["bound"] or "").startswith(">"):
        return currency, None
    return currency, Decimal(match["high"] or match["low"])


def _lowest_price(pack: Pack, edition: str, currency: str) -> Decimal | None:
    """The cheapest licence of an edition, in whole units of the currency."""
    amounts = [
        row.amount
        for row in pack.prices
        if row.kind == "edition" and row.item == edition and row.currency == currency
        and row.unit == "once"
    ]  # fmt: skip
    places = get_currency_precision(currency)
    return Decimal(min(amounts)).scaleb(-places) if amounts else None
