"""The prospects' bot on the real product: real aiogram over the local Bot API, real arrivals and
outbox, and understanding by script."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.arrivals import Arrivals
from bot.core import make_core
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.prospects.messenger.channel import TelegramChannel
from bot.prospects.messenger.door import ProspectsDoor
from bot.prospects.telegram import make_client
from bot.settings import Settings
from bot.telegram.border import Client
from bot.telegram.pace import UNLIMITED, Pace
from bot.telegram.wire import read_answer
from dialogs.types import State
from storage import chats
from storage.conversations import ConversationRow, MessageRow
from storage.db import Database
from storage.migrate import migrate
from tests.bot.hall import Clock, Hall, Papers, Words, demo_texts, make_settings
from tests.bot_api.limits import Limits
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.world import Chat, Message

TOKEN = "7001:" + "p" * 35
BOT = "front_bot"


@dataclass
class Lobby:
    """A running product with its bot, and Ann, who has it open in Telegram."""

    hall: Hall
    api: BotApi
    client: Client
    door: ProspectsDoor
    arrivals: Arrivals
    pace: Pace
    ann: Person
    offset: int = 0
    people: int = field(default=1)

    # --- the machinery ---

    async def settle(self, rounds: int = 50) -> None:
        """Fetch what is there, take it in and send what follows, until nothing more happens."""
        for _ in range(rounds):
            if not await self.fetch():
                break
            await self.work()
        await self.rest()

    async def fetch(self) -> int:
        """One getUpdates, stored; gives how many came."""
        updates = read_answer(await self.client.fetch(self.offset, 0))
        if updates:
            await self.arrivals.keep(self.door.name, updates)
            self.offset = updates[-1].update_id + 1
        return len(updates)

    async def work(self) -> None:
        await self.arrivals.drain()
        await self.hall.core.outbox.drain()

    async def rest(self) -> None:
        """Let the calls end that nobody waits for."""
        for tasks in (
            self.door._reception._typing,
            self.door._reception.questions._at_work,
        ):
            while tasks:
                await asyncio.wait(list(tasks))

    async def wait(self, ms: int) -> None:
        self.hall.clock.turn(ms)
        await self.work()
        await self.rest()

    def reopen(self) -> None:
        """A door and a line of arrivals with nothing in their heads, as after a start."""
        self.door = ProspectsDoor(self.hall.core, self.client, self.pace)
        self.arrivals = Arrivals(self.hall.core.house, {self.door.name: self.door.take})

    # --- Ann ---

    async def start(self, parameter: str = "", person: Person | None = None) -> None:
        (person or self.ann).start(BOT, parameter)
        await self.settle()

    async def write(self, text: str, **more: Any) -> Message:
        message = self.ann.write(BOT, text, **more)
        await self.settle()
        return message

    async def tap(self, wanted: str, message: Message | None = None) -> str:
        """Tap a button under the last message that has some; gives what the client showed."""
        tap = self.ann.tap(message or self.keyboard, wanted)
        await self.settle()
        assert tap.answer is not None, "the client's clock goes on"
        return tap.answer

    async def tap_raw(self, data: str, message: Message | None = None) -> str:
        tap = self.ann.tap_raw(message or self.bot_messages[-1], data)
        await self.settle()
        assert tap.answer is not None
        return tap.answer

    def add_person(self, language: str = "en") -> Person:
        self.people += 1
        return self.api.add_person(100 + self.people, f"Person {self.people}", language)

    # --- what is there ---

    @property
    def chat(self) -> Chat:
        return self.api.chat(self.ann.id, BOT)

    @property
    def bot_messages(self) -> list[Message]:
        return self.chat.from_bot

    @property
    def said(self) -> list[str]:
        return [message.text for message in self.bot_messages]

    @property
    def keyboard(self) -> Message:
        return next(message for message in reversed(self.bot_messages) if message.rows)

    @property
    def talk(self) -> str:
        """The conversation of Ann's chat."""
        found = self.talk_of(self.ann)
        assert found
        return found

    def talk_of(self, person: Person) -> str:
        here = self.db.peek(lambda tx: chats.find(tx, "telegram", str(person.id)))
        return here.conversation if here else ""

    @property
    def db(self) -> Database:
        return self.hall.db

    @property
    def row(self) -> ConversationRow:
        return self.hall.row(self.talk)

    @property
    def state(self) -> State:
        return self.hall.state(self.talk)

    @property
    def messages(self) -> list[MessageRow]:
        return self.hall.messages(self.talk)

    def words(self, talk: str = "") -> list[str]:
        """What the prospect said, as stored."""
        found = self.hall.messages(talk or self.talk)
        return [each.text for each in found if each.author == "prospect"]

    def talks(self) -> int:
        rows = self.db.peek(lambda tx: tx.all("SELECT count(*) FROM conversation"))
        return int(rows[0][0])

    def set_aside(self) -> list[tuple[Any, ...]]:
        return self.db.peek(
            lambda tx: tx.all("SELECT id, state, error FROM arrival WHERE state != 'done'")
        )

    def text(self, key: str, language: str = "en", **values: object) -> str:
        return demo_texts().say(language, key, **values).strip()


def make_core_for(settings: Settings, client: Client, pace: Pace) -> Hall:
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    clock, reader, library = Clock(), Words(), Papers()
    mind = Mind(texts=demo_texts(), reader=reader, library=library)
    db = Database.open(settings.database, durable=False)
    house = House(settings=settings, db=db, live=Live(), metrics=Metrics(), now=clock)
    core = make_core(house, mind, (TelegramChannel(house, mind, client, pace),))
    return Hall(core, clock, reader, library)


async def make_lobby(folder: Path, **settings: Any) -> Lobby:
    """`close` it in the end. Rates are not limited here: other tests are about them."""
    api = BotApi(limits=Limits(rates=False))
    await api.start()
    api.add_bot(TOKEN, BOT)
    client = make_client(TOKEN, api.url)
    wide: dict[str, Any] = {"conversations_per_hour": 10_000, "requests_per_minute": 100_000}
    given = make_settings(folder, telegram_api_url=api.url, **{**wide, **settings})
    pace = Pace(lambda: time.monotonic_ns() // 1_000_000, UNLIMITED)
    hall = make_core_for(given, client, pace)
    door = ProspectsDoor(hall.core, client, pace)
    arrivals = Arrivals(hall.core.house, {door.name: door.take}, {door.name: door.skip})
    lobby = Lobby(hall, api, client, door, arrivals, pace, api.add_person(100, "Ann", "en-GB"))
    await door.begin(await client.connect(None))
    return lobby


async def close(lobby: Lobby) -> None:
    await lobby.rest()
    await lobby.client.close()
    await lobby.api.stop()
    await lobby.db.close()
    assert not lobby.api.crashes, lobby.api.crashes
    assert not lobby.api.unknown, lobby.api.unknown


@pytest.fixture
async def lobby(tmp_path: Path) -> AsyncIterator[Lobby]:
    made = await make_lobby(tmp_path)
    yield made
    await close(made)
