"""The table of cities: names in Latin, Han and Cyrillic letters, each with its country."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from dialogs.understanding.words import fold

_DATA = Path(__file__).parent / "data"
_LARGE = 2500  # so many of the largest cities are believed without a capital letter
LONGEST_HAN = 6  # characters; longer names are transcriptions that nobody types

# What people call a city and no table lists.
_NICKNAMES = {
    "питер": "RU", "спб": "RU", "мск": "RU", "екб": "RU", "нск": "RU", "ростов": "RU",
    "nyc": "US", "sf": "US", "帝都": "CN", "魔都": "CN", "bcn": "ES", "cdmx": "MX",
}  # fmt: skip


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    return _tables()[0]


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], frozenset[str]]:
    """Folded name -> ISO country, and the names of large cities.

    A main name beats another city's by-name, and the larger city the smaller.
    """
    main: dict[str, str] = {}
    by_names: dict[str, str] = {}
    large: set[str] = set()
    for rank, line in enumerate(
        gzip.decompress((_DATA / "cities.tsv.gz").read_bytes()).decode().splitlines()
    ):
        country, _, names = line.partition("\t")
        first, *others = fold(names).split("|")
        main.setdefault(_key(first), country)
        if rank < _LARGE:
            large.update(_key(name) for name in (first, *others[:4]))
        for other in others:
            by_names.setdefault(_key(other), country)
    return {**by_names, **main, **_NICKNAMES}, frozenset(large | _NICKNAMES.keys())


def is_large_city(folded: str) -> bool:
    """Whether the name is that of one of the larger cities, which people also write small."""
    key = _key(folded)
    return key in _tables()[1] or (nominative_city(key) or "") in _tables()[1]


def _key(folded: str) -> str:
    return folded.replace("-", " ").replace(".", "").replace("'", "")


def load_cities() -> None:
    """Reads the table (about 0.15 s), so that the first message need not wait for it."""
    _table()


def city_country(name: str) -> str | None:
    """ISO country of a city, by its largest bearer of the name; None if it is not listed."""
    key = _key(fold(name.strip()))
    found = _table().get(key) or _table().get(key.removesuffix("市"))
    if found is None:
        nominative = nominative_city(key)
        found = _table().get(nominative) if nominative else None
    return found


def is_country(name: str) -> bool:
    """Whether it is no city but a country or a continent."""
    return fold(name.strip()) in _listed_words("countries.txt")


def is_false_friend(folded: str) -> bool:
    """Whether the name of a city is an everyday word as well: Nice, Reading, 和平."""
    return folded in _listed_words("false_friends.txt")


@lru_cache(maxsize=2)
def _listed_words(file: str) -> frozenset[str]:
    lines = (_DATA / file).read_text(encoding="utf-8").splitlines()
    return frozenset(fold(line) for line in lines if line and not line.startswith("#"))


# Endings of Russian cases and what stands there in the dictionary form, the likelier first.
_ENDINGS = (
    ("ом новгороде", "ий новгород"), ("его новгорода", "ий новгород"),
    ("ем новгороде", "ий новгород"), ("ом", ""), ("ем", "ь"), ("е", ""), ("е", "а"), ("е", "о"),
    ("а", ""), ("ы", "а"), ("и", "а"), ("и", "ь"), ("и", "я"), ("у", ""), ("у", "а"), ("я", "ь"),
    ("ой", "а"), ("ью", "ь"), ("ве", "в"), ("ове", "ов"), ("ых", "ые"),
)  # fmt: skip


def nominative_city(folded: str) -> str | None:
    """The listed dictionary form of a Russian city name in some case; None if there is none."""
    table = _table()
    if folded in table:
        return folded
    for ending, base in _ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= 2:
            candidate = folded[: len(folded) - len(ending)] + base
            if candidate in table:
                return candidate
    head, sep, tail = folded.partition(" на ")  # Ростове-на-Дону
    if sep and (found := nominative_city(head)) and f"{found} на {tail}" in table:
        return f"{found} на {tail}"
    return None
