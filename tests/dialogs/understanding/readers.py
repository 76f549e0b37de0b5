"""A reader of the demo pack for these tests, built once with the encoder and once without."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from dialogs.loading import load
from dialogs.pack import Pack
from dialogs.types import Asked, Reading, Value
from dialogs.understanding import Encoder, Reader, load_encoder

DEMO = Path(__file__).parents[3] / "dialogs" / "demo"


@lru_cache(maxsize=1)
def pack() -> Pack:
    return load(DEMO)


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    loaded = load_encoder()
    assert loaded is not None
    return loaded


@lru_cache(maxsize=1)
def reader() -> Reader:
    return Reader(pack(), encoder())


@lru_cache(maxsize=1)
def plain_reader() -> Reader:
    return Reader(pack(), None)


def read(
    text: str,
    asked: str | Asked | None = None,
    known: dict[str, Value] | None = None,
    language: str = "en",
) -> Reading:
    """`asked` is the open question in words, as itself, or None."""
    question = reader().find_asked(asked) if isinstance(asked, str) else asked
    return reader().read(text, asked=question, known=known or {}, language=language)


def said(reading: Reading) -> dict[str, Value]:
    """What was said, without what is only implied and the inner slots."""
    inner = ("need", "existing_customer", "industry", "alternatives")
    return {
        slot: value
        for slot, value in reading.slots.items()
        if slot not in reading.inferred and slot not in inner
    }
