"""The prospects' channel in use: the real core and the real aiogram, against the local Bot API."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot import records
from bot.core import make_core
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.prospects.messenger.channel import TelegramChannel
from bot.prospects.telegram import make_client
from bot.pushing import push
from bot.telegram.border import Client
from bot.telegram.pace import UNLIMITED, Limits, Pace
from dialogs.pack import Pack
from dialogs.texts import of
from dialogs.types import Reply
from storage import accounts, chats, conversations
from storage.accounts import StaffRow
from storage.chats import ChatRow
from storage.conversations import Author, NewMessage
from storage.db import Database, Tx
from storage.migrate import migrate
from storage.outbox import Delivery
from tests.bot.hall import Clock, Hall, Papers, Words, demo_texts, make_settings
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.world import Chat, Message

TOKEN = "11:front-token-of-the-tests"
BOT = "front_bot"
NOTHING = Reply(key="said", text="")
ANNA = 1


@dataclass
class Station:
    """A hall whose channel is the prospects' bot."""

    hall: Hall
    api: BotApi
    client: Client
    channel: TelegramChannel

    @property
    def db(self) -> Database:
        return self.hall.db

    async def enter(self, person: Person, *, greeted: bool = True) -> str:
        """A conversation that goes on in this person's chat; gives its id."""
        person.start(BOT)
        opened = await self.hall.core.intake.open("telegram", person.language, "")
        here = ChatRow("telegram", str(person.id), opened.conversation, self.hall.core.house.now())
        await self.db.write(lambda tx: chats.link(tx, here))
        if greeted:
            await self.hall.handle(opened.conversation, kind="open", external_id="open")
            await self.work()
        return opened.conversation

    async def put(self, talk: str, reply: Reply, author: Author = "bot") -> int:
        """Append a message and queue it; gives its seq."""
        new = NewMessage(
            author=author,
            text=reply.text,
            at=self.hall.core.house.now(),
            body=records.write_reply(reply),
            staff_id=ANNA if author == "staff" else 0,
        )

        def run(tx: Tx) -> int:
            seq = conversations.append(tx, talk, [new])[0]
            push(tx, frozenset({"telegram"}), talk, (seq, author), self.hall.core.house.now())
            return seq

        return await self.db.write(run)

    async def tell(self, talk: str, reply: Reply, author: Author = "bot") -> int:
        """The same, and let it be sent."""
        seq = await self.put(talk, reply, author)
        await self.work()
        return seq

    async def type(self, talk: str, person: Person, text: str) -> None:
        """The prospect writes in the chat."""
        message = person.write(BOT, text)
        await self.hall.say(talk, text, external_id=f"tg:{message.id}")

    async def work(self) -> None:
        await self.hall.core.outbox.drain()

    async def later(self, ms: int) -> None:
        await self.hall.wait(ms)

    def chat(self, person: Person) -> Chat:
        return self.api.chat(person.id)

    def shown(self, person: Person) -> list[Message]:
        return self.chat(person).from_bot

    def sends(self, talk: str) -> list[Delivery]:
        return self.hall.deliveries(talk, "send")


def put_house(folder: Path, api: BotApi, now: Callable[[], int], **more: Any) -> House:
    settings = make_settings(
        folder, telegram_api_url=api.url, public_url="https://firm.example", **more
    )
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    db = Database.open(settings.database, durable=False)
    return House(settings=settings, db=db, live=Live(), metrics=Metrics(), now=now)


@asynccontextmanager
async def open_station(
    folder: Path,
    api: BotApi,
    *,
    now: Callable[[], int] | None = None,
    limits: Limits = UNLIMITED,
    pack: Pack | None = None,
) -> AsyncIterator[Station]:
    """A station on this folder; what another one left there is found again."""
    clock, reader, library = Clock(), Words(), Papers()
    house = put_house(folder, api, now or clock)
    mind = Mind(texts=of(pack) if pack else demo_texts(), reader=reader, library=library)
    client = make_client(TOKEN, api.url)
    channel = TelegramChannel(house, mind, client, Pace(house.now, limits))
    core = make_core(house, mind, (channel,))
    if house.db.peek(lambda tx: accounts.get(tx, ANNA)) is None:
        await house.db.write(lambda tx: accounts.add_staff(tx, _anna()))
    try:
        yield Station(Hall(core, clock, reader, library), api, client, channel)
    finally:
        await client.close()
        await house.db.close()


def _anna() -> StaffRow:
    return StaffRow(
        id=0, name="anna", display_name="Anna Keller", role="presales", password_hash="",
        disabled=False, created_at=0,
    )  # fmt: skip


def with_paper(folder: Path, version: str, words: str) -> Pack:
    """The demo pack with one paper of its own in this folder."""
    pack = demo_texts().pack
    paper = next(d for d in pack.documents if d.public and d.media_type == "text/markdown")
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    (folder / "documents" / "one.md").write_text(words)
    changed = msgspec.structs.replace(
        paper,
        id="one",
        file="one.md",
        version=version,
        checksum=hashlib.sha256(words.encode()).hexdigest(),
        title="One / paper",
    )
    return msgspec.structs.replace(pack, folder=str(folder), documents=(*pack.documents, changed))


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    made = BotApi()
    made.limits.rates = False
    made.add_bot(TOKEN, BOT)
    await made.start()
    yield made
    assert made.unknown == []
    await made.stop()


@pytest.fixture
async def station(api: BotApi, tmp_path: Path) -> AsyncIterator[Station]:
    async with open_station(tmp_path, api) as made:
        yield made


@pytest.fixture
def ann(api: BotApi) -> Person:
    return api.add_person(100, "Ann")
