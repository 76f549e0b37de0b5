"""The product without its doors: real pack, real database, real intake, and a clock to turn."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.core import Core, make_core
from bot.faults import Reach, reach_nothing
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.prospects.channel import Outgoing, Progress, PushChannel
from bot.records import read_reply, read_state
from bot.settings import Settings
from bot.turns.transition import Handled
from dialogs import texts
from dialogs.loading import load
from dialogs.texts import Texts
from dialogs.types import (
    Asked,
    Button,
    Incoming,
    Passage,
    Reading,
    Reply,
    State,
    Value,
)
from storage import chats, conversations, outbox, reading
from storage.chats import ChatRow
from storage.conversations import ConversationRow, MessageRow
from storage.db import Database
from storage.migrate import migrate
from storage.outbox import Delivery

MONDAY = 1_795_424_400_000  # 2026-11-23 09:00 UTC, a working day within the demo company's hours
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


@dataclass
class Clock:
    """Stands still until it is turned."""

    time: int = MONDAY

    def __call__(self) -> int:
        return self.time

    def turn(self, ms: int) -> None:
        self.time += ms


@dataclass(frozen=True)
class Member:
    """A member of staff, as the desk asks for one."""

    id: int
    display_name: str
    role: str = "presales"


ANNA = Member(1, "Anna Keller")
BORIS = Member(2, "Boris Lang")
HEAD = Member(3, "Clara Head", "manager")
GUEST = Member(4, "Dora Guest", "readonly")


class Words:
    """Understands the sentences it was told; everything else states a need. Counts its work.

    While `gate` is a closed event, a message waits before it is understood.
    """

    def __init__(self) -> None:
        self.script: dict[str, Reading] = {}
        self.asked: list[Asked | None] = []
        self.gate = threading.Event()
        self.gate.set()

    def read(
        self, text: str, *, asked: Asked | None, known: Mapping[str, Value], language: str
    ) -> Reading:
        self.asked.append(asked)
        assert self.gate.wait(20), "the gate was never opened"
        need = Reading(
            text=text, language="en", intents=("provide_info",), slots={"need": text[:100]}
        )
        return self.script.get(text, need)


class Papers:
    """Finds nothing, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.searched: list[str] = []

    def find(
        self, text: str, language: str, limit: int = 3, now_date: str | None = None
    ) -> tuple[Passage, ...]:
        self.searched.append(text)
        return ()

    def leave_unheard(self, text: str, language: str) -> tuple[str, tuple[str, ...]]:
        return text, ()


@dataclass
class Hall:
    """A running core, and the hands of a prospect."""

    core: Core
    clock: Clock
    words: Words
    papers: Papers
    pressed: int = field(default=0)

    @property
    def db(self) -> Database:
        return self.core.house.db

    async def open(self, channel: str = "widget", language: str = "en") -> str:
        """A new conversation that has been greeted."""
        opened = await self.core.intake.open(channel, language, "https://shop.example/")
        if channel != "widget":
            here = ChatRow(channel, f"at-{opened.conversation}", opened.conversation, 1)
            await self.db.write(lambda tx: chats.link(tx, here))
        await self.handle(opened.conversation, kind="open", external_id="open")
        return opened.conversation

    async def handle(self, conversation: str, delivery: int = 0, **more: Any) -> Handled:
        self.pressed += 1
        more.setdefault("external_id", f"id-{self.pressed}")
        return await self.core.intake.handle(Incoming(conversation=conversation, **more), delivery)

    async def say(self, conversation: str, text: str, **more: Any) -> Handled:
        return await self.handle(conversation, kind="text", text=text, **more)

    async def press(self, conversation: str, value: str, **more: Any) -> Handled:
        """Press a button under the open question."""
        question = self.state(conversation).question
        number = question.number if question else 0
        more.setdefault("question", number)
        return await self.handle(conversation, kind="choice", value=value, **more)

    async def escalate(self, conversation: str) -> None:
        """Ask for a person, by the greeting's own button."""
        await self.press(conversation, "person")
        assert self.state(conversation).owner == "waiting"

    def row(self, conversation: str) -> ConversationRow:
        found = self.db.peek(lambda tx: conversations.load(tx, conversation))
        assert found is not None
        return found

    def state(self, conversation: str) -> State:
        return read_state(self.row(conversation).state)

    def messages(self, conversation: str, *, internal: bool = True) -> list[MessageRow]:
        return list(
            self.db.peek(
                lambda tx: reading.messages_after(tx, conversation, 0, internal=internal, limit=500)
            )
        )

    def replies(self, conversation: str) -> list[Reply]:
        found = self.messages(conversation)
        return [read_reply(m.body, m.text) for m in found if m.author == "bot"]

    def buttons(self, conversation: str) -> tuple[Button, ...]:
        return next((r.buttons for r in reversed(self.replies(conversation)) if r.question), ())

    def delivery(self, number: int) -> Delivery | None:
        return self.db.peek(lambda tx: outbox.get(tx, number))

    def deliveries(self, conversation: str, kind: str = "") -> list[Delivery]:
        """All rows of the outbox for a conversation, oldest first."""
        numbers = self.db.peek(
            lambda tx: tx.all(
                "SELECT id FROM delivery WHERE conversation = :of ORDER BY id", {"of": conversation}
            )
        )
        found = [self.delivery(number) for (number,) in numbers]
        return [d for d in found if d is not None and kind in ("", d.kind)]

    async def wait(self, ms: int) -> None:
        """Turn the clock, and let the outbox do what is due then."""
        self.clock.turn(ms)
        await self.core.outbox.drain()

    def check_numbers(self, conversation: str) -> None:
        """Messages are numbered from 1 without a gap, and no external id stands twice."""
        found = self.messages(conversation)
        assert [m.seq for m in found] == list(range(1, len(found) + 1))
        assert self.row(conversation).last_seq == len(found)
        ids = [m.external_id for m in found if m.external_id]
        assert len(ids) == len(set(ids))


def make_settings(folder: Path, **more: Any) -> Settings:
    given: dict[str, Any] = {
        "data_dir": str(folder),
        "encoder": "off",
        "messages_per_minute": 100_000,
    }
    return Settings(**given | more)


@cache
def demo_texts() -> Texts:
    """The demo pack, loaded once for all tests."""
    return texts.of(load(Settings().pack))


def make_hall(
    settings: Settings, channels: tuple[PushChannel, ...] = (), reach: Reach = reach_nothing
) -> Hall:
    """A hall on the settings' folder; close its database in the end."""
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    clock, reader, library = Clock(), Words(), Papers()
    mind = Mind(texts=demo_texts(), reader=reader, library=library)
    db = Database.open(settings.database, durable=False)
    house = House(settings=settings, db=db, live=Live(), metrics=Metrics(), now=clock, reach=reach)
    return Hall(make_core(house, mind, channels), clock, reader, library)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    made = make_hall(make_settings(tmp_path))
    yield made
    await made.db.close()


class Pager:
    """A channel that pushes, and keeps what it was given."""

    name = "pager"
    pushes = True

    def __init__(self) -> None:
        self.got: list[Outgoing] = []

    async def send(self, message: Outgoing, progress: Progress) -> None:
        self.got.append(message)
