"""Lines that the desk writes for colleagues by itself: kept by key, so that each reader has them in
their own language. The text beside it, in the desk's first language, is for the search."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dialogs import hours
from dialogs.texts import Texts
from dialogs.types import Struct


class Moment(Struct, tag="moment"):
    """A time, in ms, that is told where the company is."""

    at: int


class Word(Struct, tag="word"):
    """A text of the product, by its key."""

    key: str


Value = str | int | Moment | Word


class Remark(Struct):
    """What a line was made from; `values` None in lines that are no such ones. `text` is empty, as
    in every reply that is stored."""

    key: str
    text: str
    values: dict[str, Value] | None = None


_REMARK = msgspec.json.Decoder(Remark)


def write_remark(key: str, values: Mapping[str, Value]) -> bytes:
    """The body of a note; read as a reply it has the same key."""
    return msgspec.json.encode(Remark(key=key, text="", values=dict(values)))


def say_remark(texts: Texts, language: str, remark: Remark) -> str:
    """The line in a language."""
    values = {name: _say(texts, language, each) for name, each in (remark.values or {}).items()}
    return texts.say(language, remark.key, **values)


def show_note(texts: Texts, language: str, body: bytes, text: str) -> str:
    """A stored note as somebody reads it: in their language, or as it was written."""
    remark = _REMARK.decode(body) if body else None
    if remark is None or remark.values is None or not texts.has(language, remark.key):
        return text
    return say_remark(texts, language, remark)


def is_remark(body: bytes) -> bool:
    """Whether a note of this body is such a line."""
    return bool(body) and _REMARK.decode(body).values is not None


def _say(texts: Texts, language: str, value: Value) -> str | int:
    if isinstance(value, Moment):
        return texts.moment(language, hours.local(texts.pack.company, value.at))
    return texts.say(language, value.key) if isinstance(value, Word) else value
