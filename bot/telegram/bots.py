"""The bots that are switched on: opened, wired to the product, connected, and kept going.

A framework is imported when its bot's token is set and not before: that costs seconds. Whatever is
wrong with a bot is said in one line and tried again; the website runs all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar.handlers import HTTPRouteHandler

from bot.alerting.letters import Telling
from bot.alerting.notices import Tells
from bot.arrivals import Arrivals
from bot.core import Core
from bot.house import House, Mind
from bot.logs import get_logger
from bot.presales.group.door import DeskDoor
from bot.presales.group.feed import Feed
from bot.presales.group.personal import ByTelegram
from bot.prospects.channel import PushChannel
from bot.prospects.messenger.channel import TelegramChannel
from bot.prospects.messenger.door import ProspectsDoor
from bot.settings import Settings, read_secret
from bot.telegram.border import (
    DESK,
    PROSPECTS,
    Busy,
    Door,
    Me,
    RawUpdate,
    Refused,
    TelegramError,
    Webhook,
)
from bot.telegram.pace import Pace
from bot.telegram.polling import TOKENS, UNAUTHORIZED, Poller, Retry
from bot.telegram.setup import find_faults, token_of, wanted_bots
from bot.telegram.webhooks import make_routes, make_webhook
from storage.errors import StorageError

CONNECT_SECONDS = 60.0  # for the calls by which a bot says who it is
CLOSE_SECONDS = 3.0
LOOK_SECONDS = 0.5  # how soon a waiting feed sees that the server stops
OPENING_SECONDS = 3.0  # for which an update waits at a door that is not open yet
NOT_YET = 5_000  # ms until an update is tried again whose bot has not connected yet
_FRAMEWORKS: Mapping[str, str] = {
    PROSPECTS: "bot.prospects.telegram",
    DESK: "bot.presales.telegram",
}
_TITLES: Mapping[str, str] = {PROSPECTS: "Prospects in Telegram", DESK: "Desk in Telegram"}

Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class OpenBot:
    """A bot with its framework, not connected yet. One pace for all that it posts."""

    name: str
    client: Any  # Client; for the desk GroupClient
    pace: Pace


@dataclass(frozen=True, slots=True)
class OpenBots:
    """What there is before the product is: whose token is set and whose settings can work."""

    bots: Mapping[str, OpenBot] = field(default_factory=dict)

    def channels(self, house: House, mind: Mind) -> list[PushChannel]:
        """The channels by which messages reach prospects."""
        bot = self.bots.get(PROSPECTS)
        return [TelegramChannel(house, mind, bot.client, bot.pace)] if bot else []

    def ways(self, house: House, mind: Mind) -> dict[str, Tells]:
        """How staff can be told in person by the desk's bot."""
        bot = self.bots.get(DESK)
        telling = Telling(mind, house.settings)
        return {"telegram": ByTelegram(house.db, bot.client, telling)} if bot else {}

    async def close(self) -> None:
        """Close their connections."""
        for bot in self.bots.values():
            with contextlib.suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await bot.client.close()


async def open_bots(settings: Settings) -> OpenBots:
    """Import the frameworks that are needed and make their clients; nothing is connected yet.

    Takes seconds of computing in another thread for each bot. A bot whose settings cannot work, or
    whose framework is not there, is left out, with a line in the log.
    """
    faults = find_faults(settings)
    for fault in faults:
        if fault.stops:
            get_logger().error("telegram_setting_unusable", name_of=fault.setting)
    stopped = {bot for fault in faults for bot in fault.stops}
    opened = {}
    for name in wanted_bots(settings):
        if name in stopped:
            continue
        try:
            framework = await asyncio.to_thread(importlib.import_module, _FRAMEWORKS[name])
            client = framework.make_client(token_of(settings, name), settings.telegram_api_url)
        except (ImportError, ValueError) as error:
            # Never with the error's text, which may quote the token.
            what = "framework_missing" if isinstance(error, ImportError) else "setting_unusable"
            get_logger().error(f"telegram_{what}", channel=name, name_of=TOKENS[name])
            continue
        opened[name] = OpenBot(name, client, Pace(_read_steady_clock))
    return OpenBots(opened)


def _read_steady_clock() -> int:
    """ms that no setting of the machine's clock moves: Telegram counts in real time."""
    return time.monotonic_ns() // 1_000_000


class Line:
    """One bot from its first connection to its last update."""

    def __init__(self, door: Door, house: House, webhook: Webhook | None) -> None:
        self._door = door
        self._house = house
        self._webhook = webhook
        self._retry = Retry(door.name)
        self._me: Me | None = None
        self._trouble = ""
        self._opened = asyncio.Event()
        self.told = asyncio.Event()  # there is something to say about it

    async def follow(self, arrivals: Arrivals) -> None:
        """Connect, and fetch updates where they are not posted to us."""
        await self.connect()
        if self._webhook is None:
            await Poller(self._door, arrivals, self._house).run()

    async def connect(self) -> None:
        """Return once the Bot API knows us and the door is open; faults are waited out."""
        while self._me is None:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    me = await self._door.client.connect(self._webhook)
                    await self._door.begin(me)
            except (TelegramError, StorageError, TimeoutError) as error:
                self._trouble = _name_trouble(self._door.name, error)
                self.told.set()
                await self._retry.pause(error)
            else:
                self._me = me
        self._retry.succeed()
        self.told.set()
        self._opened.set()
        get_logger().info("telegram_ready", channel=self._door.name)

    async def wait_until_open(self) -> bool:
        """True once the bot is connected, False when the server stops before that."""
        while not self._house.live.closed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    return await self._opened.wait()
        return False

    async def take(self, update: RawUpdate) -> None:
        """As Door.take, once the door is open; Busy where that takes long."""
        with contextlib.suppress(TimeoutError):
            # At a start the bot connects at any moment: what a crash left goes on right then.
            async with asyncio.timeout(OPENING_SECONDS):
                await self._opened.wait()
        if self._me is None:
            raise Busy("not connected yet", NOT_YET)
        await self._door.take(update)

    async def skip(self, update: RawUpdate) -> None:
        """As Door.skip; nothing until the door is open."""
        if self._me is not None:
            await self._door.skip(update)

    async def close(self) -> None:
        """As Door.close, bounded."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._door.close()

    def describe(self) -> str:
        """One line for the terminal."""
        said = f"@{self._me.username}" if self._me is not None else self._trouble
        return f"  {_TITLES[self._door.name]:<27} {said}"


def _name_trouble(bot: str, error: Exception) -> str:
    if isinstance(error, Refused) and error.code in UNAUTHORIZED:
        return f"the Bot API refuses the token: look at {TOKENS[bot]}"
    if isinstance(error, Refused):
        return f"the Bot API refuses us ({error.code}); it is tried again"
    if isinstance(error, StorageError):
        return "the database cannot be written to; it is tried again"
    return "the Bot API cannot be reached; it is tried again"


class Bots:
    """The open bots, wired to a product. Without one all of this is there and does nothing."""

    def __init__(self, opened: OpenBots, core: Core) -> None:
        self._core = core
        self._started = asyncio.Event()
        desk = opened.bots.get(DESK)
        self._feed = Feed(core, desk.client, desk.pace) if desk else None
        webhooks = _make_webhooks(core.house.settings, tuple(opened.bots))
        self._lines = {
            name: Line(self._make_door(bot), core.house, webhooks.get(name))
            for name, bot in opened.bots.items()
        }
        self.arrivals = Arrivals(
            core.house,
            {name: line.take for name, line in self._lines.items()},
            {name: line.skip for name, line in self._lines.items()},
        )
        secrets = {name: webhook.secret for name, webhook in webhooks.items()}
        self.routes: list[HTTPRouteHandler] = make_routes(secrets, self.arrivals)

    def start(self) -> None:
        """The website answers: the bots may connect."""
        self._started.set()

    def following(self) -> dict[str, Work]:
        """By name, what connects the bots and fetches; called off first when the product stops."""
        return {f"telegram {name}": self._follow(line) for name, line in self._lines.items()}

    def works(self) -> dict[str, Work]:
        """By name, what else is to be kept going; it ends by itself once `live` is closed."""
        works: dict[str, Work] = {"arrivals": self._take_in} if self._lines else {}
        if self._feed is not None:
            works["feed"] = _when_open(self._lines[DESK], self._feed.run)
        return works

    async def describe(self) -> AsyncIterator[str]:
        """A line for each bot for the terminal, as soon as there is something to say about it."""
        for line in self._lines.values():
            await line.told.wait()
            yield line.describe()

    async def _take_in(self) -> None:
        try:
            await self.arrivals.run()
        finally:
            if self._core.house.live.closed:
                await asyncio.gather(*(line.close() for line in self._lines.values()))

    def _follow(self, line: Line) -> Work:
        async def follow() -> None:
            await self._started.wait()
            await line.follow(self.arrivals)

        return follow

    def _make_door(self, bot: OpenBot) -> Door:
        if self._feed is not None and bot.name == DESK:
            return DeskDoor(self._core, bot.client, self._feed, bot.pace)
        return ProspectsDoor(self._core, bot.client, bot.pace)


def _make_webhooks(settings: Settings, bots: tuple[str, ...]) -> dict[str, Webhook]:
    if settings.telegram_mode != "webhook":
        return {}
    key = read_secret(settings)
    chosen = settings.telegram_webhook_secret
    return {name: make_webhook(name, settings.address, chosen, key) for name in bots}


def _when_open(line: Line, work: Work) -> Work:
    async def wait_and_work() -> None:
        if await line.wait_until_open():
            await work()

    return wait_and_work
