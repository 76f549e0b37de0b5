"""A prospect for tests of the mind alone: says what a Reading means, presses, sends, waits."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dialogs.consultation import advance, start
from dialogs.effects import Turn
from dialogs.loading import load
from dialogs.pack import Pack
from dialogs.types import FileInfo, Incoming, Passage, Reading, Reply, Value

MONDAY_NOON = 1_795_435_200_000  # 23 November 2026, 12:00 UTC, in ms: the office is open
MINUTE = 60_000
HOUR = 60 * MINUTE


@lru_cache(maxsize=1)
def demo() -> Pack:
    return load("dialogs/demo")


class Prospect:
    """Plays one conversation against `advance`."""

    def __init__(self, language: str = "en", now: int = MONDAY_NOON) -> None:
        self.now = now
        self.state = start(demo(), "widget")
        self.count = 0
        self.turn = self._give(
            Incoming(conversation="c", external_id="0", kind="open", language=language)
        )

    @property
    def replies(self) -> tuple[Reply, ...]:
        return self.turn.replies

    @property
    def said(self) -> str:
        return "\n".join(reply.text for reply in self.turn.replies)

    @property
    def keys(self) -> list[str]:
        return [reply.key for reply in self.turn.replies]

    @property
    def asks(self) -> str | None:
        return self.state.question.slot if self.state.question else None

    def value(self, slot: str) -> Value | None:
        known = self.state.profile.get(slot)
        return known.value if known else None

    def effects(self, kind: type[Any]) -> list[Any]:
        return [effect for effect in self.turn.effects if isinstance(effect, kind)]

    def says(self, *intents: str, text: str = "words", **slots: Value) -> Turn:
        return self.hears(
            Reading(text=text, language=self.state.language, intents=intents, slots=slots)
        )

    def asks_about(self, text: str, *, answered: bool, intent: str = "ask_feature") -> Turn:
        passage = Passage(
            source="storage-en", kind="article", title="Title", place="", language="en",
            text="What the paper says.", score=1.0, answers=answered,
        )  # fmt: skip
        return self.hears(Reading(text=text, language="en", intents=(intent,), passages=(passage,)))

    def hears(self, reading: Reading) -> Turn:
        return self._give(self._incoming("text", text=reading.text), reading)

    def presses(self, value: str, number: int | None = None) -> Turn:
        if number is None:
            number = self.state.question.number if self.state.question else 0
        return self._give(self._incoming("choice", value=value, question=number))

    def sends(self, name: str = "needs.docx") -> Turn:
        return self._give(self._incoming("file", file=FileInfo(id="f1", name=name, size=100)))

    def file_is_read(self, text: str = "", problem: str = "") -> Turn:
        file = FileInfo(id="f1", name="needs.docx", size=100, text=text, problem=problem)
        return self._give(self._incoming("file_read", file=file))

    def timer(self, name: str, after: int) -> Turn:
        self.now += after
        return self._give(self._incoming("timer", value=name))

    def comes_back(self, after: int) -> Turn:
        self.now += after
        return self._give(self._incoming("open"))

    def _incoming(self, kind: Any, **fields: Any) -> Incoming:
        self.count += 1
        return Incoming(
            conversation="c", external_id=str(self.count), kind=kind, seq=self.count, **fields
        )

    def _give(self, incoming: Incoming, reading: Reading | None = None) -> Turn:
        self.now += 3_000
        self.turn = advance(demo(), self.state, incoming, reading, self.now)
        self.state = self.turn.state
        return self.turn


def lead() -> Prospect:
    """A private company of 80 in Munich with servers: organisation learned, estimate shown."""
    prospect = Prospect()
    prospect.says(
        "provide_info", ownership="private", city="Munich", headcount="80", own_servers=True
    )
    return prospect
