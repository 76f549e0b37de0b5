"""A prospect of a talk who sits in Telegram: the real door over real HTTP, and eyes on the chat."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot import records
from bot.arrivals import TAP_WINDOW, Arrivals
from bot.core import make_core
from bot.house import House, Mind
from bot.prospects.messenger.channel import TelegramChannel
from bot.prospects.messenger.door import ProspectsDoor
from bot.prospects.telegram import make_client
from bot.talks.files import TalkFile
from bot.talks.player import BEGIN
from bot.talks.prospect import Origin, Shown
from bot.telegram.border import Client, RawUpdate
from bot.telegram.pace import UNLIMITED, Pace
from bot.telegram.wire import read_answer
from dialogs.types import State
from storage import chats, conversations
from tests.bot_api.limits import Limits
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.world import Message
from tests.talks.chat_reader import ChatReader

TOKEN = "7001:" + "t" * 35
BOT = "talk_bot"
CLIENT_LANGUAGES = {"zh": "zh-hans"}  # what Telegram calls the language of a client
ANOTHER_LANGUAGE = "Can you speak German?"  # of whoever misses theirs in the menu, any of them
AWAY = 24 * 3_600_000  # ms after which somebody who opens the chat presses Start, too


class Booth:
    """What all talks share: the local Bot API, our client, and the clock of the talk at hand.

    `client` may be put in place of the real one, to see that what it spoils is noticed.
    """

    def __init__(self) -> None:
        self._house: House | None = None
        self._offset = 0
        self.api = BotApi(lambda: self.now() / 1_000, Limits(rates=False))
        self.seated: list[Telegrammer] = []
        self.client: Client

    async def open(self) -> None:
        await self.api.start()
        self.api.add_bot(TOKEN, BOT)
        self.client = make_client(TOKEN, self.api.url)

    async def close(self) -> None:
        await self.client.close()
        await self.api.stop()

    def now(self) -> int:
        return self._house.now() if self._house else BEGIN

    def seat(self, house: House, mind: Mind) -> Telegrammer:
        """A new person before the product of this house; `bot.talks.prospect.Seat`."""
        self._house = house
        self.seated.append(Telegrammer(self, house, mind))
        return self.seated[-1]

    async def fetch(self) -> tuple[RawUpdate, ...]:
        """One getUpdates, as polling does it; what came before is confirmed by it."""
        updates = read_answer(await self.client.fetch(self._offset, 0))
        if updates:
            self._offset = updates[-1].update_id + 1
        return updates


class Telegrammer:
    """Implements `bot.talks.prospect.Prospect`. `wrong`: what they saw that should not be."""

    def __init__(self, booth: Booth, house: House, mind: Mind) -> None:
        channel = TelegramChannel(house, mind, booth.client, Pace(booth.now, UNLIMITED))
        self.core = make_core(house, mind, (channel,))
        self.conversation = ""
        self.goodbye = ""
        self.wrong: list[str] = []
        self._booth = booth
        self._channel = channel
        self._door = ProspectsDoor(self.core, booth.client, Pace(booth.now, UNLIMITED))
        self._arrivals = Arrivals(house, {self._door.name: self._door.take})
        self._person = Person(booth.api, 0, "")
        self._reader = ChatReader(self.core)
        self._acts = 0
        self._last_act = 0  # when that was
        self._tapped: dict[tuple[int, str], int] = {}
        self._written: Message | None = None

    # --- what they do ----------------------------------------------------------------------------

    async def begin(self, talk: TalkFile) -> str:
        language = CLIENT_LANGUAGES.get(talk.language, talk.language)
        number = 1_000 + len(self._booth.seated)
        self._person = self._booth.api.add_person(number, f"Person {number}", language)
        return await self.start()

    async def come_back(self) -> str:
        """Who was away for long presses Start. Else the chat is there as it was, and no bot hears
        that somebody looks at it."""
        if self._booth.now() - self._last_act >= AWAY:
            return await self.start()
        await self.settle()
        return ""

    async def start(self) -> str:
        self._person.start(BOT)
        return await self._act()

    async def say(self, text: str, origin: Origin = "") -> str:
        if origin == "edited":
            assert self._written is not None
            self._person.edit(self._written, text)
        else:
            self._written = self._person.write(BOT, text, forwarded=origin == "forwarded")
        return await self._act()

    async def press(self, shown: Shown) -> str:
        """On the newest message that carries the button; where its keys were taken away, as a
        client that has not heard of it yet. A key in place of the letters is written."""
        label = shown.button.label
        found = self._reader.find_key(shown)
        if found is None:
            return f"press: the chat never showed {label!r} of message {shown.seq}"
        if not found.data:
            self._person.press(BOT, label)
            return await self._act()
        return await self._tap(found.message, found.data, label)

    async def choose_language(self, value: str) -> str:
        """By the command, and the key of its menu; whose language is not there asks for it."""
        texts, language = self.core.mind.texts, self._state().language
        self._reader.allow(texts.say(language, "telegram.in.language.ask"))
        self._person.write(BOT, "/language")
        if problem := await self._act():
            return problem
        menu, wanted = self._reader.chat.from_bot[-1], f"m:{value}"
        for row in menu.rows:
            for key in row:
                if key["callback_data"] == wanted:
                    return await self._tap(menu, wanted, key["text"])
        return await self.say(ANOTHER_LANGUAGE)

    async def send(self, file: Path) -> str:
        self._person.send_document(BOT, file.name, file.read_bytes())
        return await self._act()

    async def settle(self) -> None:
        """All that is under way here ends; then they look at the chat."""
        await self._arrivals.drain()
        await self.core.outbox.drain()
        reception = self._door._reception
        for tasks in (
            reception._typing, reception.questions._at_work, self._channel.questions._at_work,
        ):  # fmt: skip
            while tasks:
                await asyncio.wait(list(tasks))
        self._look()

    # --- within ----------------------------------------------------------------------------------

    async def _tap(self, message: Message, data: str, label: str) -> str:
        known, now = (message.id, data), self._booth.now()
        repeated = now - self._tapped.get(known, -TAP_WINDOW) < TAP_WINDOW
        self._tapped[known] = now
        self._reader.expect_choice(message, label)
        tap = self._person.tap_raw(message, data)
        problem = await self._act()
        # A client that taps twice hears of the first tap alone.
        if tap.answer is None and not repeated:
            self.wrong.append(f"act {self._acts}: the clock on the button {label!r} goes on")
        return problem

    async def _act(self) -> str:
        """What they did goes the whole way: fetched, stored, taken in, answered."""
        self._acts += 1
        self._last_act = self._booth.now()
        updates = await self._booth.fetch()
        await self._arrivals.keep(self._door.name, updates)
        await self.settle()
        left = self.core.house.db.peek(
            lambda tx: tx.all("SELECT state, error FROM arrival WHERE state != 'done'")
        )
        return f"not taken in: {left}" if left or len(updates) != 1 else ""

    def _look(self) -> None:
        here = self.core.house.db.peek(
            lambda tx: chats.find(tx, self._channel.name, str(self._person.id))
        )
        if here is not None:
            self.conversation = here.conversation
        self._reader.chat = self._booth.api.chat(self._person.id, BOT)
        if here is None:
            self.goodbye = self._reader.read_last()
            return
        self.wrong += [f"act {self._acts}: {each}" for each in self._reader.read(self.conversation)]

    def _state(self) -> State:
        row = self.core.house.db.peek(lambda tx: conversations.load(tx, self.conversation))
        return records.read_state(row.state) if row and row.state else State()
