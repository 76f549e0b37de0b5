"""Takes out of words who somebody is: e-mail and phone for whoever may not see them, and all that
tells a person from a sentence that becomes an example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from dialogs.types import Known, State
from storage.snippets import Piece

T = TypeVar("T")

PERSONAL = ("name", "company", "email", "phone")  # slots that tell who somebody is
_LETTER = r"[^\W\u3400-\u9fff]"  # Chinese is written without spaces around other signs
_AT = r"(?:[@＠]|\s?[(\[]\s?at\s?[)\]]\s?)"
_EMAIL = re.compile(
    rf"(?:{_LETTER}|[.+%-]){{1,64}}{_AT}(?:{_LETTER}|-)+(?:\.(?:{_LETTER}|-)+)+", re.IGNORECASE
)
# Spelled out: "carl at shop dot com". A bare "at" counts only where a dot is spelled out, too.
_PART = rf"(?:{_LETTER}|-){{1,64}}"
_DOT = r"(?:\s?[(\[{]\s?(?:dot|punto|точка|\.)\s?[)\]}]\s?|\s(?:dot|punto|точка)\s|\s?点\s?)"
_SPELLED = re.compile(
    rf"(?<!{_LETTER})(?<!-){_PART}(?:(?:{_DOT}|\.){_PART}){{0,4}}"
    rf"(?:{_AT}|\s(?:at|arroba|собака|собачка|艾特)\s|艾特)"
    rf"{_PART}(?:\.{_PART}){{0,3}}{_DOT}(?:{_PART}(?:{_DOT}|\.)){{0,3}}[^\W\d_\u3400-\u9fff]{{2,18}}",
    re.IGNORECASE,
)
_HANDLE = re.compile(rf"(?<!{_LETTER})@[A-Za-z][A-Za-z0-9_]{{3,31}}")  # of a messenger
_SITE = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff<>\"]+", re.IGNORECASE)
# Nine digits and more, in one run or with the marks that numbers are written with; after a plus
# or an area code with its 0 seven will do.
_PHONE = re.compile(
    rf"(?<!{_LETTER})(?<!\.)(?:\(?\d(?:[\s().\-/]{{0,2}}\d){{8,16}}|"
    rf"\+\s?\(?\d(?:[\s().\-/]{{0,2}}\d){{6,16}}|"
    rf"(?<![,:/\-])\(?0[1-9]\d{{1,4}}\)?(?:[\s\-/]{{0,2}}\d){{4,10}})(?!{_LETTER})"
)
# What stands in every address, in every spelled-out one, and in every number: most sentences have
# none of them, and need not be looked through any further.
_ATS = re.compile(r"[@＠]|[(\[]\s?at", re.IGNORECASE)
_DOTS = re.compile(r"dot|punto|точка|点|\.\s?[)\]}]", re.IGNORECASE)
_DIGITS = re.compile(r"\d(?:[\s().\-/]{0,3}\d){6}")
_PART_OF_NAME = 3  # letters
_SHORT = 2  # a single letter is no name: it would be hidden all over the sentence


HIDDEN: Mapping[str, str] = {"email": "•••@•••", "phone": "•••", "name": "•••"}
CONTACT = ("email", "phone")  # what is hidden from whoever may not see personal data


def hide(text: str, known: Iterable[tuple[str, str]] = ()) -> str:
    """The text without e-mail addresses and phone numbers; nothing tells how long they were.

    `known` are further words to be hidden, as (slot, words) with a slot of HIDDEN.
    """
    if not text:
        return text
    for slot, words in sorted(known, key=lambda each: -len(each[1])):
        if len(words.strip()) >= _SHORT:
            text = _pattern(words.strip()).sub(HIDDEN[slot], text)
    if _ATS.search(text):
        text = _EMAIL.sub(HIDDEN["email"], text)
    if _DOTS.search(text):
        text = _SPELLED.sub(HIDDEN["email"], text)
    return _PHONE.sub(HIDDEN["phone"], text) if _DIGITS.search(text) else text


def conceal(value: T, known: tuple[tuple[str, str], ...] = ()) -> T:
    """The same record, or tuple or mapping of records, with `hide` done to every text in it."""
    return _conceal(value, known)  # type: ignore[no-any-return]


def contact_words(state: State, slots: tuple[str, ...] = CONTACT) -> tuple[tuple[str, str], ...]:
    """All that a prospect ever gave as these slots, as (slot, words): for `hide`."""
    found: list[tuple[str, object]] = []
    for slot in slots:
        known = state.profile.get(slot)
        found += [(slot, known.value)] if known is not None else []
        found += [(slot, past.value) for past in _before(known)]
        found += [(slot, past.value) for past in state.former.get(slot, ())]
    given = [(slot, words) for slot, words in found if isinstance(words, str) and words]
    # Who is called by the first name alone is still called by name.
    names = [(slot, part) for slot, words in given if slot == "name" for part in words.split()]
    return (*given, *((slot, part) for slot, part in names if len(part) >= _PART_OF_NAME))


def _before(known: Known | None) -> tuple[Any, ...]:
    return known.history if known is not None else ()


def _conceal(value: Any, known: tuple[tuple[str, str], ...]) -> Any:
    if isinstance(value, str):
        return hide(value, known)
    if isinstance(value, tuple) and value and isinstance(value[0], Piece):
        return _conceal_pieces(value, known)
    if isinstance(value, tuple):
        return tuple(_conceal(each, known) for each in value)
    if isinstance(value, dict):
        return {key: _conceal(each, known) for key, each in value.items()}
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    changed = {name: _conceal(each, known) for name, each in fields.items()}
    return msgspec.structs.replace(value, **changed)


def _conceal_pieces(
    pieces: tuple[Piece, ...], known: tuple[tuple[str, str], ...]
) -> tuple[Piece, ...]:
    """A sentence with its hits marked: a number that was searched for stands in several pieces."""
    words = "".join(piece.text for piece in pieces)
    hidden = hide(words, known)
    return pieces if hidden == words else (Piece(hidden, False),)


def mask(text: str, known: Iterable[tuple[str, str]], shown: Mapping[str, str]) -> str:
    """The text with personal words replaced.

    `known` are (slot, words) of the prospect, `shown` what stands in their place, by slot.
    """
    for slot, words in sorted(known, key=lambda each: -len(each[1])):
        if slot in shown and len(words.strip()) >= _SHORT:
            text = _pattern(words.strip()).sub(_plain(shown[slot]), text)
    for written in (_EMAIL, _SPELLED):
        text = written.sub(_plain(shown["email"]), text)
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
