"""Both bots on one product, on a clock that hurries, with everything that can wait made to wait."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from bot.core import Core, make_core
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.presales.telegram import make_client as make_desk_client
from bot.prospects.channel import Outgoing, Progress
from bot.prospects.messenger.channel import TelegramChannel
from bot.prospects.telegram import make_client
from bot.telegram.border import DESK, PROSPECTS, Client, TelegramError
from bot.telegram.bots import Bots, OpenBot, OpenBots
from bot.telegram.pace import UNLIMITED, Pace
from dialogs.texts import Texts, of
from dialogs.types import Reading
from storage import accounts, staff_links
from storage.accounts import StaffRow
from storage.db import Database
from storage.migrate import migrate
from tests.bot.hall import MONDAY, Papers, Words, demo_texts, make_settings
from tests.bot.telegram.crossing_journal import Ask, Entry, Handing, Pauses, SlowDatabase
from tests.bot_api.faults import Fault
from tests.bot_api.limits import Limits
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.world import Group

FRONT_TOKEN, FRONT_BOT = "7001:" + "p" * 35, "front_bot"
DESK_TOKEN, DESK_BOT = "8001:" + "d" * 35, "desk_bot"
GROUP, BORIS = -1001, 502
HURRY = 20  # seconds of the house in one of ours
WANTS_PAPER = "What papers do you have?"  # answered in two parts: words and a file
SUMMARY = "It tells at length how the product is built and run." * 25  # too long for a caption

# The delivery that is being sent where this is asked: its conversation and message.
UNDER_WAY: ContextVar[tuple[str, int]] = ContextVar("under_way", default=("", 0))


class WatchedChannel(TelegramChannel):
    """Notes what the outbox hands over, and when."""

    crossing: Crossing

    async def send(self, message: Outgoing, progress: Progress) -> None:
        reply = message.reply
        db, in_parts = self.crossing.db, bool(reply.attachments) and SUMMARY in reply.text
        handing = Handing(message.seq, message.author, db.looked, in_parts, progress, db)
        self.crossing.handings[message.conversation].append(handing)
        before = UNDER_WAY.set((message.conversation, message.seq))
        try:
            await super().send(message, handing)
        finally:
            UNDER_WAY.reset(before)


class WatchedClient:
    """The prospects' client, whose calls wait before they go out, and are noted."""

    crossing: Crossing

    def __init__(self, client: Client) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if name not in ("send", "send_file", "edit", "edit_keys"):
            return call

        async def noted(*given: Any) -> Any:
            return await self.crossing.note(name, call, given)

        return noted


@dataclass
class Crossing:
    """A running product. Anna is at the browser, Boris in the group; anybody may be a prospect."""

    api: BotApi
    core: Core
    pauses: Pauses
    staff: dict[str, StaffRow] = field(default_factory=dict)
    handings: defaultdict[str, list[Handing]] = field(default_factory=lambda: defaultdict(list))
    asks: defaultdict[int, list[Ask]] = field(default_factory=lambda: defaultdict(list))
    moments: defaultdict[tuple[int, str], asyncio.Event] = field(
        default_factory=lambda: defaultdict(asyncio.Event)
    )
    people: int = 0

    @property
    def db(self) -> SlowDatabase:
        db = self.core.house.db
        assert isinstance(db, SlowDatabase)
        return db

    @property
    def group(self) -> Group:
        return self.api.groups[GROUP]

    @property
    def boris(self) -> Person:
        return self.api.people[BORIS]

    def add_prospect(self) -> Person:
        self.people += 1
        return self.api.add_person(10_000 + self.people, f"Person {self.people}")

    def journal(self, talk: str) -> list[Entry]:
        rows = self.db.peek(
            lambda tx: tx.all(
                "SELECT id, job, kind, seq, word, staff, before FROM journal"
                " WHERE talk = :talk ORDER BY id",
                {"talk": talk},
            )
        )
        return [Entry(*row) for row in rows]

    async def reach_moment(self, chat: int, method: str, seconds: float) -> None:
        """Until such a call ("": any) for this chat is about to go out, or the time is over."""
        moment = self.moments[(chat, method)]
        moment.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await moment.wait()

    def tell_moment(self, chat: int, method: str) -> None:
        self.moments[(chat, method)].set()
        self.moments[(chat, "")].set()

    async def note(self, method: str, call: Callable[..., Awaitable[Any]], given: Any) -> Any:
        """Make a call of the prospects' bot, held for a while before and after."""
        chat = given[0] if isinstance(given[0], int) else given[0].chat
        talk, seq = UNDER_WAY.get()
        ask = Ask(method, seq)
        self.asks[chat].append(ask)
        handing = self.handings[talk][-1] if seq and method != "edit_keys" else None
        if handing is not None:
            handing.add(ask)
        self.tell_moment(chat, method)
        await self.pauses.rest(0.6, 0.05)
        ask.begun = self.db.position
        try:
            result = await call(*given)
            ask.message = getattr(result, "message", 0)
            return result
        except TelegramError as error:
            ask.error = type(error).__name__
            raise
        finally:
            ask.ended = self.db.position
            half = handing is not None and handing.in_parts and method == "send"
            self.tell_moment(chat, "half" if half else "")
            await self.pauses.rest(0.6, 0.06 if half else 0.02)


async def wait_until(predicate: Callable[[], Any], what: object, seconds: float = 40.0) -> Any:
    """What the predicate gives once that is true. TimeoutError that says what was waited for."""
    ends = time.monotonic() + seconds
    while not (found := predicate()):
        if time.monotonic() > ends:
            raise TimeoutError(f"{what} did not come")
        await asyncio.sleep(0.01)
    return found


def _trouble(api: BotApi, seed: int) -> None:
    """Answers that come late, refusals for a while, and connections that break."""
    for at, method in enumerate(("sendMessage", "sendDocument", "editMessageText")):
        for number, (fault, often) in enumerate(
            (
                (Fault.slow(0.03), 0.25),
                (Fault.flood(1), 0.03),
                (Fault.status(502), 0.02),
                (Fault.cut_before(), 0.01),
            )
        ):
            api.stand(FRONT_TOKEN, method, fault, often, seed * 100 + at * 10 + number)
    for at, method in enumerate(("sendMessage", "editMessageText", "answerCallbackQuery")):
        api.stand(DESK_TOKEN, method, Fault.slow(0.01), 0.1, seed * 100 + 50 + at)


def _hurrying_clock() -> Callable[[], int]:
    began = time.monotonic()
    return lambda: MONDAY + round((time.monotonic() - began) * 1_000 * HURRY)


def _make_mind() -> Mind:
    words = Words()
    words.script[WANTS_PAPER] = Reading(
        text=WANTS_PAPER,
        language="en",
        intents=("ask_document",),
        slots={"doc_type": "white_paper"},
    )
    return Mind(texts=_wordy_texts(), reader=words, library=Papers())


@cache
def _wordy_texts() -> Texts:
    """The demo pack with a paper that takes more words than fit below it."""
    pack = demo_texts().pack
    papers = [
        msgspec.structs.replace(each, summary=SUMMARY) if each.kind == "white_paper" else each
        for each in pack.documents
    ]
    return of(msgspec.structs.replace(pack, documents=tuple(papers)))


def _make_api() -> BotApi:
    """Without limits of rate: other tests are about them."""
    api = BotApi(limits=Limits(rates=False))
    api.add_bot(FRONT_TOKEN, FRONT_BOT)
    api.add_bot(DESK_TOKEN, DESK_BOT)
    api.add_group(GROUP, "Desk", members=[api.add_person(BORIS, "Boris")], bots=[DESK_TOKEN])
    return api


async def _make_house(folder: Path, address: str, pauses: Pauses) -> House:
    settings = make_settings(folder, telegram_api_url=address, desk_group_id=str(GROUP))
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    db = SlowDatabase.open(settings.database, durable=False)
    assert isinstance(db, SlowDatabase)
    await db.begin(pauses)
    return House(settings=settings, db=db, live=Live(), metrics=Metrics(), now=_hurrying_clock())


async def _add_staff(db: Database, name: str, telegram: int = 0) -> StaffRow:
    row = StaffRow(0, name.lower(), name, "presales", "-", False, 1)
    number = await db.write(lambda tx: accounts.add_staff(tx, row))
    if telegram:
        await db.write(lambda tx: staff_links.link(tx, telegram, number, 1))
    found = db.peek(lambda tx: accounts.get(tx, number))
    assert found is not None
    return found


async def _wire(api: BotApi, folder: Path, seed: int) -> tuple[Crossing, OpenBots]:
    pauses = Pauses(seed)
    house, mind = await _make_house(folder, api.url, pauses), _make_mind()
    front = WatchedClient(make_client(FRONT_TOKEN, api.url))
    desk = make_desk_client(DESK_TOKEN, api.url)
    opened = OpenBots(
        {
            PROSPECTS: OpenBot(PROSPECTS, front, Pace(house.now, UNLIMITED)),
            DESK: OpenBot(DESK, desk, Pace(house.now, UNLIMITED)),
        }
    )
    channel = WatchedChannel(house, mind, front, opened.bots[PROSPECTS].pace)
    crossing = Crossing(api, make_core(house, mind, (channel,)), pauses)
    channel.crossing = front.crossing = crossing
    return crossing, opened


@asynccontextmanager
async def open_crossing(folder: Path, seed: int) -> AsyncIterator[Crossing]:
    """Everything goes by itself in here: polling, arrivals, outbox, feed."""
    api = _make_api()
    await api.start()
    crossing, opened = await _wire(api, folder, seed)
    crossing.staff["Anna"] = await _add_staff(crossing.db, "Anna")
    crossing.staff["Boris"] = await _add_staff(crossing.db, "Boris", BORIS)
    house, bots = crossing.core.house, Bots(opened, crossing.core)
    fetching = [asyncio.ensure_future(work()) for work in bots.following().values()]
    works = [crossing.core.outbox.run, *bots.works().values()]
    tasks = [asyncio.ensure_future(work()) for work in works]
    bots.start()
    try:
        await wait_until(lambda: len(house.presence.usernames) == len(opened.bots), "both bots")
        _trouble(api, seed)
        yield crossing
        ended = [task for task in (*tasks, *fetching) if task.done()]
        assert not ended, ended
    finally:
        house.live.close()
        for task in fetching:
            task.cancel()
        await asyncio.gather(*tasks, *fetching, return_exceptions=True)
        await opened.close()
        await api.stop()
        await house.db.close()
    assert not api.crashes, api.crashes
    assert not api.unknown, api.unknown
