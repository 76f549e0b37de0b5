"""Takes out of words who somebody is: e-mail and phone for whoever may not see them, and all that
tells a person from a sentence that becomes an example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from bot.contact_patterns import LETTER, known_number, replace_emails, replace_phones
from dialogs.types import Known, State
from storage.snippets import Piece

T = TypeVar("T")

PERSONAL = ("name", "company", "email", "phone")  # slots that tell who somebody is
_HANDLE = re.compile(rf"(?<!{LETTER})@[A-Za-z][A-Za-z0-9_]{{3,31}}")  # of a messenger
_SITE = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff<>\"]+", re.IGNORECASE)
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
            text = _pattern(slot, words.strip()).sub(HIDDEN[slot], text)
    return replace_phones(replace_emails(text, HIDDEN["email"]), HIDDEN["phone"])


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
            text = _pattern(slot, words.strip()).sub(_plain(shown[slot]), text)
    text = replace_emails(text, shown["email"])
    text = _HANDLE.sub(_plain(shown["name"]), text)
    text = _SITE.sub(_plain(shown["company"]), text)
    return replace_phones(text, shown["phone"])


def _plain(words: str) -> str:
    """Words as a replacement that refers to no group."""
    return words.replace("\\", r"\\")


def _pattern(slot: str, words: str) -> re.Pattern[str]:
    """The words as a whole; beside Chinese characters there are no borders of words."""
    number = known_number(words) if slot == "phone" else None
    if number is not None:
        return number
    before = rf"(?<!{LETTER})" if words[0].isascii() else ""
    after = rf"(?!{LETTER})" if words[-1].isascii() else ""
    return re.compile(before + re.escape(words) + after, re.IGNORECASE)
