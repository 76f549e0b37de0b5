"""The desk's group on the real product: real python-telegram-bot over the local Bot API, real feed,
door and arrivals, and two colleagues with a stranger among them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.arrivals import Arrivals
from bot.presales.group import badges
from bot.presales.group.door import DeskDoor
from bot.presales.group.feed import Feed
from bot.presales.telegram import make_client
from bot.telegram.border import GroupClient
from bot.telegram.pace import UNLIMITED, Pace
from bot.telegram.wire import read_answer
from storage import accounts, staff_links, topics
from storage.accounts import StaffRow
from storage.topics import TopicRow
from tests.bot.hall import Hall, demo_texts, make_hall, make_settings
from tests.bot_api.limits import Limits
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.world import Group, Message, Tap

TOKEN = "8001:" + "d" * 35
BOT = "desk_bot"
GROUP = -1001


@dataclass
class Room:
    """Anna and Boris are linked staff and members; Sam is a member whom nobody knows."""

    hall: Hall
    api: BotApi
    client: GroupClient
    group: Group
    anna: Person
    boris: Person
    sam: Person
    staff: dict[str, StaffRow] = field(default_factory=dict)
    offset: int = 0

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Feed, door and arrivals as after a start."""
        self.pace = Pace(self.hall.clock, UNLIMITED)
        self.feed = Feed(self.hall.core, self.client, self.pace)
        self.door = DeskDoor(self.hall.core, self.client, self.feed, self.pace)
        self.arrivals = Arrivals(self.hall.core.house, {self.door.name: self.door.take})

    # --- the machinery ---

    async def settle(self) -> None:
        """Take in what happened, send what follows, and show it."""
        while await self.fetch():
            await self.arrivals.drain()
        await self.hall.core.outbox.drain()
        await self.show()

    async def fetch(self) -> int:
        updates = read_answer(await self.client.fetch(self.offset, 0))
        if updates:
            await self.arrivals.keep(self.door.name, updates)
            self.offset = updates[-1].update_id + 1
        return len(updates)

    async def show(self) -> None:
        await self.door._answers.drain()
        await self.feed.drain()

    async def wait(self, ms: int) -> None:
        self.hall.clock.turn(ms)
        await self.settle()

    # --- people ---

    async def add_staff(
        self, name: str, role: str = "presales", person: Person | None = None
    ) -> StaffRow:
        """An account, linked to the person if there is one."""
        row = StaffRow(0, name.lower(), name, role, "-", False, 1)
        number = await self.hall.db.write(lambda tx: accounts.add_staff(tx, row))
        found = self.hall.db.peek(lambda tx: accounts.get(tx, number))
        assert found is not None
        self.staff[name] = found
        if person is not None:
            to = person.id
            await self.hall.db.write(lambda tx: staff_links.link(tx, to, number, 1))
        return found

    async def disable(self, name: str, disabled: bool = True) -> None:
        number = self.staff[name].id
        await self.hall.db.write(lambda tx: accounts.set_disabled(tx, number, disabled, 1))

    async def link(self, name: str, person: Person, **more: Any) -> str:
        """Link by a code, as people do; gives what the bot answered."""
        issued = await badges.issue(self.hall.db, self.staff[name].id, self.hall.clock())
        return await self.tell_bot(person, f"/link {issued.code}", **more)

    async def tell_bot(self, person: Person, text: str, **more: Any) -> str:
        """Write in the private chat; gives the bot's answer."""
        person.write(BOT, text, **more)
        await self.settle()
        return self.answers(person)[-1]

    def answers(self, person: Person) -> list[str]:
        return [each.text for each in self.api.chat(person.id, BOT).from_bot]

    # --- talks ---

    async def waiting(self) -> str:
        """A talk whose prospect waits, with its topic."""
        talk = await self.hall.open()
        await self.hall.escalate(talk)
        await self.show()
        return talk

    async def taken(self, name: str = "Anna") -> str:
        talk = await self.waiting()
        assert (await self.hall.core.desk.claim(self.staff[name], talk)).won
        await self.show()
        return talk

    def topic(self, talk: str) -> TopicRow:
        found = self.hall.db.peek(lambda tx: topics.find(tx, talk))
        assert found is not None
        assert found.thread_id
        return found

    def head(self, talk: str) -> Message:
        number = self.topic(talk).head_message
        return next(each for each in self.shown(talk) if each.id == number)

    def shown(self, talk: str) -> list[Message]:
        return self.group.in_thread(self.topic(talk).thread_id)

    def bot_lines(self, talk: str) -> list[str]:
        """What the bot has said in a topic, its brief left out."""
        head = self.topic(talk).head_message
        return [m.text for m in self.shown(talk) if m.by_bot and m.text and m.id != head]

    async def write(self, person: Person, talk: str, text: str, **more: Any) -> Message:
        made = person.write_in(self.group, self.topic(talk).thread_id, text, **more)
        await self.settle()
        return made

    async def tap(self, person: Person, talk: str, wanted: str, *, times: int = 1) -> Tap:
        """Tap a button of the brief."""
        return await self.tap_on(person, self.head(talk), wanted, times=times)

    async def tap_on(self, person: Person, message: Message, wanted: str, times: int = 1) -> Tap:
        made = person.tap(message, wanted, times=times)
        await self.settle()
        return made

    def labels(self, message: Message) -> list[str]:
        return [button["text"] for row in message.rows for button in row]

    def owner(self, talk: str) -> tuple[str, int]:
        row = self.hall.row(talk)
        return row.owner, row.staff_id

    def said(self, talk: str, author: str = "staff") -> list[str]:
        return [each.text for each in self.hall.messages(talk) if each.author == author]

    def text(self, key: str, language: str = "en", **values: object) -> str:
        return demo_texts().say(language, key, **values)

    def set_aside(self) -> list[tuple[Any, ...]]:
        return self.hall.db.peek(
            lambda tx: tx.all("SELECT id, state, error FROM arrival WHERE state != 'done'")
        )


async def make_room(folder: Path, *, group: int = GROUP, **settings: Any) -> Room:
    """`close` it in the end. Rates are not limited here: other tests are about them."""
    api = BotApi(limits=Limits(rates=False))
    await api.start()
    api.add_bot(TOKEN, BOT)
    anna, boris = api.add_person(501, "Anna"), api.add_person(502, "Boris", "zh-hans")
    sam = api.add_person(503, "Sam")
    made = api.add_group(GROUP, "Desk", members=[anna, boris, sam])
    settings.setdefault("desk_group_id", str(group) if group else "")
    hall = make_hall(make_settings(folder, telegram_api_url=api.url, **settings))
    client = make_client(TOKEN, api.url)
    room = Room(hall, api, client, made, anna, boris, sam)
    await room.add_staff("Anna", person=anna)
    await room.add_staff("Boris", person=boris)
    await room.door.begin(await client.connect(None))
    return room


async def close_room(room: Room) -> None:
    await room.door.close()
    await room.client.close()
    await room.api.stop()
    await room.hall.db.close()
    assert not room.api.crashes, room.api.crashes
    assert not room.api.unknown, room.api.unknown


@contextlib.asynccontextmanager
async def open_room(folder: Path, **more: Any) -> AsyncIterator[Room]:
    room = await make_room(folder, **more)
    try:
        yield room
    finally:
        await close_room(room)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as made:
        yield made
        assert not made.set_aside()


def refusals(logs: list[structlog.typing.EventDict]) -> list[tuple[str, int]]:
    """(reason, person) of what was refused, as the log has it."""
    return [
        (each["reason"], each.get("person", 0)) for each in logs if each["event"] == "desk_refused"
    ]


async def rest() -> None:
    """Let tasks that were woken run."""
    for _ in range(3):
        await asyncio.sleep(0)
