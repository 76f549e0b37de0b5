"""What intake, desk and outbox have in common: one object each for the memory and for the mind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.faults import Reach, reach_nothing
from bot.live import Live
from bot.metrics import Metrics
from bot.settings import Settings
from bot.telegram.presence import Presence
from dialogs.folder.problems import Problem
from dialogs.pack import Pack
from dialogs.texts import Texts
from dialogs.types import Asked, Passage, Reading, Value
from storage.db import Database


@dataclass(frozen=True, slots=True)
class House:
    """The memory and its surroundings. `now` gives ms since 1970; a test may turn its hands."""

    settings: Settings
    db: Database
    live: Live
    metrics: Metrics
    now: Callable[[], int]
    reach: Reach = reach_nothing
    presence: Presence = field(default_factory=Presence)


class Reads(Protocol):
    """Understands words; `dialogs.understanding.Reader` does."""

    def read(
        self, text: str, *, asked: Asked | None, known: Mapping[str, Value], language: str
    ) -> Reading: ...


class Finds(Protocol):
    """Finds places in public papers, best first; `dialogs.knowledge.Library` does."""

    def find(
        self, text: str, language: str, limit: int = 3, now_date: str | None = None
    ) -> tuple[Passage, ...]: ...

    def leave_unheard(self, text: str, language: str) -> tuple[str, tuple[str, ...]]: ...


@dataclass(frozen=True, slots=True)
class Contents:
    """A company's pack made ready: its sentences, what understands words, its papers.

    `left_out`: what is wrong with files that staff wrote and that did not fit the pack.
    """

    texts: Texts
    reader: Reads
    library: Finds
    left_out: tuple[Problem, ...] = ()

    @property
    def pack(self) -> Pack:
        return self.texts.pack


class Mind:
    """Holds what the product knows now; all of it is swapped at once.

    Whoever needs two things that belong together, such as a turn, takes `contents` once. Nobody
    keeps `pack` or `texts` for longer than it takes to answer.
    """

    def __init__(self, texts: Texts, reader: Reads, library: Finds) -> None:
        self.contents = Contents(texts, reader, library)

    @classmethod
    def holding(cls, contents: Contents) -> Mind:
        mind = cls(contents.texts, contents.reader, contents.library)
        mind.swap(contents)
        return mind

    def swap(self, contents: Contents) -> None:
        """From now on this is known; who has taken the former contents ends with them."""
        self.contents = contents

    @property
    def texts(self) -> Texts:
        return self.contents.texts

    @property
    def pack(self) -> Pack:
        return self.contents.texts.pack

    @property
    def reader(self) -> Reads:
        return self.contents.reader

    @property
    def library(self) -> Finds:
        return self.contents.library
