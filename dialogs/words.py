"""Words of a text for look-up: folded, stemmed a little, Chinese as characters and their pairs.

Shared by `knowledge` and `documents`. Bounded: only the first `MAX_CHARS` of a text count.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from dialogs.stems import stem
from dialogs.stop_words import STOP_CHINESE, STOP_WORDS

MAX_CHARS = 4_000
CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_CJK_RUN = re.compile(f"[{CJK}]+")
_PIECE = re.compile(f"[{CJK}]+|[^\\W_{CJK}]+(?:['’.+#-][^\\W_{CJK}]+)*[+#]*")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f]")
_GROUPED = re.compile(r"(?<=\d)[,\u2009\u202f'’](?=\d{3}(?!\d))")
_POSSESSIVE = re.compile("(?<=[^\\W\\d_])['’]s(?!\\w)")
# "é" -> "e" for Latin letters, and "ё" -> "е"; "й" is a letter of its own.
_PLAIN = {
    code: plain[0]
    for code in (*range(0xC0, 0x180), ord("ё"))
    if len(plain := unicodedata.normalize("NFKD", chr(code))) > 1
}
_JOINT = re.compile(r"['’.+#-]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_STOP_CHINESE = re.compile("|".join(sorted(STOP_CHINESE, key=len, reverse=True)))

# "can", "will", "shall" before what is asked about; alone they may begin a word ("function").
_ASKING = re.compile("^[能会要请]+(?=..)")


def fold(text: str) -> str:
    """Text as it is compared: NFKC, case folded, invisible marks gone, 5,000 written 5000.

    Accents go too, since many type without them.
    """
    clean = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:MAX_CHARS]))
    return _POSSESSIVE.sub("", _GROUPED.sub("", clean).casefold()).translate(_PLAIN)


@lru_cache(maxsize=4_096)
def fold_name(name: str) -> str:
    """A name of the pack, folded. Kept, since each message is compared with hundreds of them."""
    return fold(name)


def terms(text: str, language: str = "en") -> list[str]:
    """All look-up terms of a text in order, stop words too: stems, Chinese characters and pairs."""
    found: list[str] = []
    for piece in _PIECE.findall(fold(text)):
        if _CJK_RUN.match(piece):
            found.extend(piece)
            found.extend(piece[i : i + 2] for i in range(len(piece) - 1))
        else:
            found.extend(_word_terms(piece, language))
    return found


@lru_cache(maxsize=8_192)  # most words come again and again
def _word_terms(piece: str, language: str) -> tuple[str, ...]:
    """A word, and for a compound such as e-mail or v2.1 also its parts."""
    parts = _JOINT.split(piece)
    if len(parts) == 1:
        return (stem(piece, language),)
    return (piece, *(stem(part, language) for part in parts if len(part) > 1))


def content_words(text: str) -> list[str]:
    """Words of a question that carry its matter, folded but not stemmed, each once, in order."""
    words = (p for p in _PIECE.findall(fold(text)) if not _CJK_RUN.match(p))
    return list(dict.fromkeys(w for w in words if _base(w) not in STOP_WORDS))


def _base(word: str) -> str:
    """`what's` -> `what`: what a stop word is looked up by."""
    return re.split("['’]", word, maxsplit=1)[0]


def content_runs(text: str) -> list[str]:
    """Runs of Chinese characters of a question that carry its matter, stop words cut out."""
    runs: list[str] = []
    for run in _CJK_RUN.findall(fold(text)):
        runs.extend(_ASKING.sub("", part) for part in _STOP_CHINESE.split(run) if part)
    return runs


def script_of(text: str) -> str:
    """What most letters of a text are: "han", "cyrillic" or "latin"."""
    han = sum(map(len, _CJK_RUN.findall(text[:MAX_CHARS])))
    # A Chinese sign says about as much as three letters.
    counts = {
        "han": 3 * han,
        "cyrillic": len(_CYRILLIC.findall(text[:MAX_CHARS])),
        "latin": len(_LATIN.findall(text[:MAX_CHARS])),
    }
    return max(counts, key=lambda script: counts[script]) if any(counts.values()) else ""


def pairs_of(run: str) -> list[str]:
    """Neighbours in a run of Chinese characters."""
    return [run[i : i + 2] for i in range(len(run) - 1)]


def has_chinese(text: str) -> bool:
    return _CJK_RUN.search(text) is not None


def holds(text: str, name: str) -> bool:
    """Does the folded text hold the folded name: as whole words, Chinese as a substring?"""
    if not name or name not in text:
        return False  # most names are not there: no pattern need be made for them
    if _CJK_RUN.search(name):
        return True
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
