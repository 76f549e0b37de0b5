"""Currencies, by the many names that people give them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialogs.understanding.numbers import Number

_CURRENCIES = {
    "USD": ("us$", "$", "usd", "dollars", "dollar", "bucks", "美元", "美金", "美刀", "刀", "долл",
            "доллар*", "баксов", "бакс*", "dolares", "dolar", "u$s"),
    "EUR": ("€", "eur", "euros", "euro", "欧元", "евро", "eurillos"),
    "CNY": ("¥", "rmb", "cny", "yuan", "元", "块钱", "块", "人民币", "юан*", "yuanes"),
    "RUB": ("₽", "руб*", "р.", "rub", "rubles", "roubles", "rublos", "卢布", "р"),
    "GBP": ("£", "gbp", "pounds", "quid", "sterling", "英镑", "фунт*", "libras"),
    "CHF": ("chf", "francs", "franken", "瑞士法郎", "франк*", "francos"),
    "INR": ("₹", "inr", "rs.", "rs", "rupees", "rupee", "卢比", "рупи*"),
    "JPY": ("jpy", "yen", "日元", "日圆", "иен*", "yenes"),
    "HKD": ("hkd", "hk$", "港币", "港元"),
    "TWD": ("twd", "nt$", "台币", "新台币"),
    "SGD": ("sgd", "s$", "新币"),
    "KZT": ("₸", "kzt", "тенге", "тг"),
    "UAH": ("₴", "uah", "гривен*", "гривн*", "грн"),
    "BYN": ("byn",),
    "PLN": ("pln", "zloty", "zlotys", "zl", "злот*"),
    "CZK": ("czk", "kc"),
    "SEK": ("sek",),
    "NOK": ("nok",),
    "DKK": ("dkk",),
    "TRY": ("₺", "try", "lira", "liras"),
    "AED": ("aed", "dirham", "dirhams", "дирхам*"),
    "BRL": ("brl", "r$", "reais", "reales"),
    "MXN": ("mxn", "mx$", "pesos mexicanos", "pesos mx"),
    "ARS": ("ars", "pesos argentinos"),
    "CLP": ("clp", "pesos chilenos"),
    "COP": ("cop", "pesos colombianos"),
    "PEN": ("pen", "soles", "s/"),
    "AUD": ("aud", "a$", "aussie dollars"),
    "CAD": ("cad", "c$", "canadian dollars"),
    "": ("pesos", "coronas", "крон*", "kronor", "kroner", "crowns"),
}  # fmt: skip
_MONEY_NAMES = {name.rstrip("*"): code for code, names in _CURRENCIES.items() for name in names}
_MONEY_WORDS = "|".join(
    re.escape(name.rstrip("*"))
    + (r"\w{0,4}" if name.endswith("*") else "")
    + ("" if not name.rstrip("*")[-1].isalpha() or name[-1] >= "\u4e00" else r"(?![a-zа-я])")
    for name in sorted(
        (name for names in _CURRENCIES.values() for name in names), key=lambda name: -len(name)
    )
)
_MONEY_AFTER = re.compile(rf"[\s,.]{{0,2}}(?:in |de |of )?(?P<money>{_MONEY_WORDS})")
# Said after the whole sum: 八万到十万之间, 人民币.
_MONEY_LATER = re.compile(
    r"(?:之间|左右|上下|以内|以下|吧|呢)?[\s,]{0,2}(?P<money>人民币|美元|美金|欧元|港币|日元|英镑|"
    r"rmb|cny|usd|eur)(?![a-z])"
)
_MONEY_BEFORE = re.compile(rf"(?<![a-zа-я])(?P<money>{_MONEY_WORDS})\s?$")


@dataclass(frozen=True, slots=True)
class Money:
    """Which currency a number is in (ISO 4217; "" for pesos of no country), and where that stands.

    `start` and `end` enclose the number and the currency.
    """

    currency: str
    start: int
    end: int


def find_money(low: str, number: Number) -> Money | None:
    """The currency named right after or right before a number of a folded text."""
    after = _MONEY_AFTER.match(low, number.end) or _MONEY_LATER.match(low, number.end)
    if after:
        return Money(_currency(after["money"]), number.start, after.end())
    before = _MONEY_BEFORE.search(low[: number.first])
    if before:
        return Money(_currency(before["money"]), min(number.start, before.start()), number.end)
    return None


def _currency(word: str) -> str:
    while word:
        if word in _MONEY_NAMES:
            return _MONEY_NAMES[word]
        word = word[:-1]
    return ""
