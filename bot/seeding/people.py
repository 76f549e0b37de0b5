"""Who comes to the chat: prospects with a temper of their own, drawn by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random

import msgspec
import yaml

from dialogs.types import Struct

_CAST = Path(__file__).with_name("cast.yaml")
_SIZES = (1, 4, 8, 15, 30, 45, 60, 90, 140, 220, 400, 800, 1_500, 4_000)
_AMOUNTS = ("1500", "3000", "8000", "12000", "20000", "40000", "60000")


class Cast(Struct):
    """What cast.yaml holds; lists by language."""

    sources: tuple[str, ...]  # pages of the website
    links: tuple[str, ...]  # by which people came to the messenger
    languages: dict[str, int]  # -> how often
    people: dict[str, tuple[str, ...]]
    companies: dict[str, tuple[str, ...]]
    cities: dict[str, tuple[str, ...]]
    industries: dict[str, tuple[str, ...]]
    rivals: tuple[str, ...]
    needs: dict[str, tuple[str, ...]]
    beginnings: dict[str, tuple[str, ...]]
    compares: dict[str, tuple[str, ...]]
    budgets: dict[str, tuple[str, ...]]
    wishes: dict[str, tuple[str, ...]]
    unknown: dict[str, tuple[str, ...]]
    corrections: dict[str, tuple[str, ...]]
    thanks: dict[str, tuple[str, ...]]
    requirement: dict[str, str]


class Temper(Struct):
    """How likely somebody does a thing instead of answering; 0 to 1. `stays`: that they go on."""

    stays: float
    asks: float  # a question of their own
    skips: float
    unsure: float
    refuses: float
    types: float  # words instead of a button
    corrects: float
    opens: float  # a paper that they were given
    judges: float  # an answer, or how the talk went


class Persona(Struct):
    """One prospect."""

    language: str
    channel: str
    source: str
    name: str
    company: str
    city: str
    industry: str
    headcount: int
    amount: str
    rival: str
    wants: str  # price, papers, person, requirement, custom, support, look
    temper: Temper


@lru_cache(maxsize=1)
def read_cast() -> Cast:
    return msgspec.convert(yaml.safe_load(_CAST.read_text(encoding="utf-8")), Cast)


def draw(chance: Random, languages: Sequence[str]) -> Persona:
    """Somebody who speaks one of the languages."""
    cast = read_cast()
    known = {code: often for code, often in cast.languages.items() if code in languages}
    language = chance.choices(list(known), list(known.values()))[0] if known else "en"
    wants = chance.choices(
        ("price", "papers", "person", "requirement", "custom", "support", "look"),
        (26, 18, 14, 12, 6, 6, 18),
    )[0]

    def pick(of: Mapping[str, Sequence[str]]) -> str:
        return chance.choice(of[language])

    channel = chance.choices(("widget", "telegram"), (84, 16))[0]
    return Persona(
        language=language,
        channel=channel,
        source=chance.choice(cast.sources if channel == "widget" else cast.links),
        name=pick(cast.people),
        company=pick(cast.companies),
        city=pick(cast.cities),
        industry=pick(cast.industries),
        headcount=chance.choice(_SIZES),
        amount=chance.choice(_AMOUNTS),
        rival=chance.choice(cast.rivals),
        wants=wants,
        temper=_temper(chance, wants),
    )


def _temper(chance: Random, wants: str) -> Temper:
    eager = 0.05 if wants in ("requirement", "custom", "person") else -0.06
    return Temper(
        stays=min(0.99, 0.9 + eager + chance.uniform(-0.08, 0.05)),
        asks=chance.uniform(0.05, 0.3),
        skips=chance.uniform(0, 0.1),
        unsure=chance.uniform(0, 0.1),
        refuses=0.35 if chance.random() < 0.12 else 0.01,
        types=chance.uniform(0.2, 0.8),
        corrects=chance.uniform(0, 0.12),
        opens=chance.uniform(0.2, 0.9),
        judges=chance.uniform(0, 0.5),
    )
