"""The table of cities: names in Latin, Han and Cyrillic letters, each with its country."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz, process

from dialogs.understanding.words import fold

_DATA = Path(__file__).parent / "data"
_LARGE = 2500  # so many of the largest cities are believed without a capital letter
_SPELT, _SPELT_LEAST = 85, 6  # likeness, and letters, from which a misspelt name is known again
_TWO_LETTERS = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue",
    "Å": "Aa", "Ø": "Oe",
})  # fmt: skip
_MARKED = re.compile("[äöüåøÄÖÜÅØ]")
LONGEST_HAN = 6  # characters; longer names are transcriptions that nobody types


class _City(NamedTuple):
    country: str  # ISO
    name: str  # its main name, folded


# What people call a city and no table lists.
_NICKNAMES = {
    "ростов": _City("RU", "rostov on don"), "sf": _City("US", "san francisco"),
    "филадельфия": _City("US", "philadelphia"),
}  # fmt: skip
# Short and fond names, each with the name that stands in an address.
_SHORT = {
    "spb": "Saint Petersburg", "msk": "Moscow", "питер": "Санкт-Петербург",
    "спб": "Санкт-Петербург", "мск": "Москва", "екб": "Екатеринбург",
    "ебург": "Екатеринбург", "нск": "Новосибирск", "новосиб": "Новосибирск",
    "ннов": "Нижний Новгород", "нижний": "Нижний Новгород",
    "челяба": "Челябинск", "крд": "Краснодар", "влад": "Владивосток",
    "nyc": "New York", "ny": "New York", "la": "Los Angeles", "philly": "Philadelphia",
    "帝都": "北京", "魔都": "上海", "羊城": "广州", "鹏城": "深圳", "蓉城": "成都", "山城": "重庆",
    "bcn": "Barcelona", "cdmx": "Ciudad de México", "bsas": "Buenos Aires",
    "baires": "Buenos Aires",
}  # fmt: skip
_PART_OF_NAME = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SMALL_PARTS = frozenset({
    "de", "del", "la", "las", "los", "el", "of", "the", "on", "upon", "am", "an", "der", "im", "in",
    "en", "sur", "sous", "na", "do", "da", "dos", "di", "y", "le", "les", "und", "на",
})  # fmt: skip
_SHOUTED = frozenset({"la", "ny"})  # words of their own when written small


@lru_cache(maxsize=1)
def _table() -> dict[str, _City]:
    return _tables()[0]


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, _City], frozenset[str], dict[str, tuple[str, ...]]]:
    """Folded name -> city, the names of large cities, and the countries of those whose main
    name is borne by large cities of several.

    A main name beats another city's by-name, and the larger city the smaller.
    """
    main: dict[str, _City] = {}
    bearers: dict[str, tuple[str, ...]] = {}
    by_names: dict[str, _City] = {}
    large: set[str] = set()
    text = gzip.decompress((_DATA / "cities.tsv.gz").read_bytes()).decode()
    # Folded at once, and not name by name: there are 150,000 of them.
    keys = _key(fold(text)).splitlines()
    for rank, (line, folded) in enumerate(zip(text.splitlines(), keys, strict=True)):
        country, _, names = line.partition("\t")
        first, *others = folded.partition("\t")[2].split("|")
        city = _City(country, first)
        main.setdefault(first, city)
        if rank < _LARGE:
            there = bearers.get(first, ())
            bearers[first] = there if country in there else (*there, country)
            large.update((first, *others[:4]))
            large.update(name for name in others if "\u3400" <= name[:1] <= "\u9fff")
        for other in (*others, *map(_key, _spelt_out(names))):
            by_names.setdefault(other, city)
    main.update(_NICKNAMES)
    for short, full in _SHORT.items():
        if short not in _SHOUTED:
            main[short] = main.get(_key(fold(full))) or by_names[_key(fold(full))]
            large.add(short)
    several = {name: found for name, found in bearers.items() if len(found) > 1}
    return {**by_names, **main}, frozenset(large | _NICKNAMES.keys()), several


def _spelt_out(names: str) -> list[str]:
    """The names with umlauts and rings as two letters: Aarhus, Koeln."""
    if not _MARKED.search(names):
        return []
    return [fold(n.translate(_TWO_LETTERS)) for n in names.split("|") if _MARKED.search(n)]


def is_nickname(folded: str) -> bool:
    """Whether it is a short name that is no word of its own: мск, nyc."""
    return folded in _SHORT and folded not in _SHOUTED


def full_city(name: str) -> str:
    """The city that a short name stands for: СПб, NYC, 魔都; any other name as it is."""
    key = fold(name)
    short = key not in _SHOUTED or name.isupper()
    if short and key in _SHORT:
        return _SHORT[key]
    declined = nominative_city(key) if key[:1] > "z" else None
    return _SHORT.get(declined or "", name)


def written_city(name: str) -> str | None:
    """A listed city as it stands in an address: the dictionary form of a Russian name."""
    folded = fold(name).replace("-", " ")
    if city_country(folded) is None or is_country(folded):
        return None
    nominative = nominative_city(_key(folded))
    if nominative is None or nominative == _key(folded) or not "а" <= folded[:1] <= "я":
        return _with_capitals(full_city(name))
    written = "-".join if "-" in name else " ".join
    parts = (part if part == "на" else part.capitalize() for part in nominative.split())
    return full_city(written(parts))


def _with_capitals(name: str) -> str:
    """A name that was typed small as it stands on a map: rio de janeiro, ростов-на-дону."""
    if name != name.lower():
        return name
    spelt = _PART_OF_NAME.sub(lambda part: _capital(part.group()), name)
    return spelt[:1].upper() + spelt[1:]


def _capital(part: str) -> str:
    return part if part in _SMALL_PARTS else part[:1].upper() + part[1:]


def nearest_city(folded: str) -> str:
    """The larger city whose name is spelt nearly so, for names of six letters or more; else ""."""
    key = _key(folded)
    if len(key) < _SPELT_LEAST:
        return ""
    found = process.extractOne(
        key,
        [name for name in _tables()[1] if name[0] == key[0] and abs(len(name) - len(key)) <= 2],
        scorer=fuzz.ratio,
        score_cutoff=_SPELT,
    )
    return found[0] if found else ""


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
    found = _find(name)
    return found.country if found is not None else None


def main_city(name: str) -> str:
    """The folded main name of a city, the same for all its names: берлин and 柏林 are berlin.

    Namesakes share it. What is not listed is only folded.
    """
    if is_country(name):
        return fold(name.strip())
    found = _find(full_city(name.strip()))
    return found.name if found is not None else fold(name.strip())


def _find(name: str) -> _City | None:
    key = _key(fold(name.strip()))
    found = _table().get(key) or _table().get(key.removesuffix("市"))
    if found is None:
        nominative = nominative_city(key)
        found = _table().get(nominative) if nominative else None
    return found


def city_countries(name: str) -> tuple[str, ...]:
    """ISO countries in which there is a large city of this name, the largest city's first."""
    found = _tables()[2].get(_key(fold(name.strip())))
    if found is not None:
        return found
    country = city_country(name)
    return (country,) if country is not None else ()


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
