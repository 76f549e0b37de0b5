"""What intake, desk and outbox have in common: one object each for the memory and for the mind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.faults import Reach, reach_nothing
from bot.live import Live
from bot.metrics import Metrics
from bot.settings import Settings
from dialogs.knowledge import Library
from dialogs.pack import Pack
from dialogs.texts import Texts
from dialogs.understanding import Reader
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


@dataclass(frozen=True, slots=True)
class Mind:
    """A company's pack made ready: its sentences, its reader of words, its papers."""

    texts: Texts
    reader: Reader
    library: Library

    @property
    def pack(self) -> Pack:
        return self.texts.pack
