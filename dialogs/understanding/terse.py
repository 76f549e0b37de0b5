"""Places in lists that are typed in haste: "воронеж 33 сотр", "300 empl lima", "boise idaho"."""

from __future__ import annotations

import re

from dialogs.understanding.cities import is_country, is_false_friend, written_city
from dialogs.understanding.words import fold

# "воронеж 33 сотр", "300 empl lima": a count of people before or after the name.
_PEOPLE = r"(?:people|ppl|staff|empl\w*|personas|pers|чел\w*|сотр\w*|人|员工)\b\.?"
_COUNT_AROUND = re.compile(rf"(?i:\s+[~<>]?\d+\+?\s?{_PEOPLE}.*$|^.*\d\s?{_PEOPLE}\s+(?=\w+$))")
HAN_WORD = re.compile(r"(?<=\s)[\u3400-\u9fff]{2,5}(?=\s)")
_AREA_AFTER = re.compile(r" (?:area|region|city)$")
_LEAST = 4  # letters of a city before its region


def bare_place(part: str) -> str:
    """What is left of a part between commas without a count of people and a word for an area."""
    bare = _COUNT_AROUND.sub("", part.strip().rstrip(".")).strip()
    return _AREA_AFTER.sub("", bare) if bare[:1].islower() else bare


def written_place(part: str, *, asked: bool) -> str:
    """The city that a part comes down to, also before its country and, if asked, its region."""
    value = written_city(part) or _before_country(part)
    if value or not asked or part.count(" ") != 1:
        return value
    head = part.partition(" ")[0]
    if len(head) < _LEAST or is_false_friend(fold(head)):
        return ""
    return written_city(head) or ""


def _before_country(part: str) -> str:
    """ "Lima Peru": the city of a part that ends in its country."""
    head, space, country = part.rpartition(" ")
    return (written_city(head) or "") if space and is_country(country) else ""
