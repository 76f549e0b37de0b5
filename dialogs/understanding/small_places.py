"""Cities typed without a capital: "en lleida", "in ghent", "в елабуге"."""

from __future__ import annotations

import re

from dialogs.understanding.cities import is_false_friend, written_city
from dialogs.understanding.words import Words, fold

# What leads to a place and hardly to anything else; "de" and "at" lead to all sorts of things.
_TO_PLACE = re.compile(
    r"(?:\b(?:in|near|based|located|from|en|cerca|ubicad\w+|somos|soy|estamos|vivo|в|из|городе?|"
    r"под)\b|г\.)"
)
_PART_END = re.compile(r"\s*(?:$|[,.;!?)\n]|(?:and|y|и|with|con|с|but|pero|но)\b)")
_LEAST = 5  # letters of a name that is believed in small letters
# Towns of these names there are, but who writes them small means the thing.
_THINGS = frozenset({
    "aluminio", "amarillo", "barro", "corona", "flores", "golden", "linen", "madera", "manos",
    "montana", "paradise", "rosas", "березы", "piedra", "plastico", "canvas", "granite", "silver",
    "marble", "stone", "copper", "timber", "lumber", "plata", "cobre", "hierro", "clinton",
})  # fmt: skip


def read_small(
    words: Words, name: re.Match[str], cue: str, everyday: frozenset[str]
) -> tuple[str, int] | None:
    """(city as written, length in the text) of a listed name in small letters after a word of
    place, however small the city. It ends its part and is no word.

    `everyday`: words that are no names.
    """
    first = name.group().split(" ")[0]
    folded = fold(first)
    whole = _PART_END.match(words.low, name.start() + len(first)) is not None
    if not whole or not first[0].islower() or len(folded) < _LEAST:
        return None
    if folded in everyday or folded in _THINGS or is_false_friend(folded):
        return None
    value = written_city(first) if _TO_PLACE.search(cue) else None
    return (value, len(first)) if value else None
