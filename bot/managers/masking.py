"""Takes out of a sentence who said it, before it becomes an example that stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

PERSONAL = ("name", "company", "email", "phone")  # slots that tell who somebody is
_LETTER = r"[^\W\u3400-\u9fff]"  # Chinese is written without spaces around other signs
_AT = r"(?:[@＠]|\s?[(\[]\s?at\s?[)\]]\s?)"
_EMAIL = re.compile(
    rf"(?:{_LETTER}|[.+%-]){{1,64}}{_AT}(?:{_LETTER}|-)+(?:\.(?:{_LETTER}|-)+)+", re.IGNORECASE
)
_HANDLE = re.compile(rf"(?<!{_LETTER})@[A-Za-z][A-Za-z0-9_]{{3,31}}")  # of a messenger
_SITE = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff<>\"]+", re.IGNORECASE)
# Nine digits and more, in one run or with the marks that numbers are written with; after a plus
# seven will do.
_PHONE = re.compile(
    rf"(?<!{_LETTER})(?<!\.)(?:\(?\d(?:[\s().\-/]{{0,2}}\d){{8,16}}|"
    rf"\+\s?\(?\d(?:[\s().\-/]{{0,2}}\d){{6,16}})(?!{_LETTER})"
)
_SHORT = 2  # a single letter is no name: it would be hidden all over the sentence


def mask(text: str, known: Iterable[tuple[str, str]], shown: Mapping[str, str]) -> str:
    """The text with personal words replaced.

    `known` are (slot, words) of the prospect, `shown` what stands in their place, by slot.
    """
    for slot, words in sorted(known, key=lambda each: -len(each[1])):
        if slot in shown and len(words.strip()) >= _SHORT:
            text = _pattern(words.strip()).sub(_plain(shown[slot]), text)
    text = _EMAIL.sub(_plain(shown["email"]), text)
    text = _HANDLE.sub(_plain(shown["name"]), text)
    text = _SITE.sub(_plain(shown["company"]), text)
    return _PHONE.sub(_plain(shown["phone"]), text)


def _plain(words: str) -> str:
    """Words as a replacement that refers to no group."""
    return words.replace("\\", r"\\")


def _pattern(words: str) -> re.Pattern[str]:
    """The words as a whole; beside Chinese characters there are no borders of words."""
    before = rf"(?<!{_LETTER})" if words[0].isascii() else ""
    after = rf"(?!{_LETTER})" if words[-1].isascii() else ""
    return re.compile(before + re.escape(words) + after, re.IGNORECASE)
