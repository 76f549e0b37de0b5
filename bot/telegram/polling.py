"""Asks the Bot API for updates, again and again. What was not stored is not confirmed.

An update counts as confirmed once the next question names a higher number. Numbers may begin again
low after a quiet week, so they are never compared: the question right after a batch names the
number after its last one, and once an answer came back empty the next question names none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from bot.house import House
from bot.logs import describe_error, get_logger
from bot.telegram.border import DESK, PROSPECTS, Busy, Client, RawUpdate, Refused, TelegramError
from bot.telegram.wire import read_answer
from storage.errors import DatabaseClosed, StorageError

SECONDS = 25  # for which the Bot API may hold a question that has no answer yet
PATIENCE = 30.0  # seconds more until the connection counts as dead
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds between tries; doubled each time
REFUSED_WAIT = 300.0  # seconds until a refused token is tried again
UNAUTHORIZED = (401, 404)  # 404: of a token that is none at all

# Which setting is to be looked at when a bot's token is refused.
TOKENS: Mapping[str, str] = {PROSPECTS: "PROSPECTS_BOT_TOKEN", DESK: "DESK_BOT_TOKEN"}


class Keeper(Protocol):
    """Stores updates; `bot.arrivals.Arrivals` does."""

    async def keep(self, source: str, updates: Sequence[RawUpdate]) -> object:
        """Returns once they are committed. Raises StorageError; then none of them is stored."""
        ...


class Named(Protocol):
    """As much of a door as fetching needs."""

    @property
    def name(self) -> str: ...

    @property
    def client(self) -> Client: ...


class Retry:
    """The waits of one bot: they double from fault to fault, and a success forgets them."""

    def __init__(
        self, name: str, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._name = name
        self._sleep = sleep
        self._faults = 0

    def succeed(self) -> None:
        if self._faults:
            get_logger().info("telegram_reached_again", channel=self._name)
        self._faults = 0

    async def pause(self, error: Exception) -> None:
        """Say once what is wrong, and wait as long as it calls for."""
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._faults, 10))
        self._faults += 1
        status = error.code if isinstance(error, Refused) else 0
        if status in UNAUTHORIZED:
            get_logger().error(
                "telegram_token_refused",
                channel=self._name,
                name_of=TOKENS.get(self._name, ""),
                status=status,
            )
            wait = REFUSED_WAIT
        elif self._faults == 1 or wait >= LONGEST_WAIT:
            get_logger().warning(
                "telegram_not_reached",
                channel=self._name,
                attempts=self._faults,
                status=status,
                # What Telegram says in a refusal is not ours to quote.
                reason=str(error) if isinstance(error, Busy) else "",
                **describe_error(error),
            )
        if isinstance(error, Busy):
            wait = max(wait, error.after / 1_000)
        await self._sleep(wait)


class Poller:
    """Fetches one bot's updates; `run` until it is called off."""

    def __init__(self, door: Named, arrivals: Keeper, house: House) -> None:
        self._door = door
        self._arrivals = arrivals
        self._house = house
        self._retry = Retry(door.name)
        self._offset = 0

    async def run(self) -> None:
        """Fetch, store, confirm. Faults of the network, the Bot API and the disk are waited out;
        what was fetched and could not be stored is fetched again."""
        while not self._house.live.closed:
            try:
                await self._fetch_once()
            except DatabaseClosed:
                return
            except (TelegramError, StorageError, TimeoutError) as error:
                await self._retry.pause(error)
            else:
                self._retry.succeed()

    async def _fetch_once(self) -> None:
        async with asyncio.timeout(SECONDS + PATIENCE):
            payload = await self._door.client.fetch(self._offset, SECONDS)
        updates = read_answer(payload)
        if updates:
            await self._arrivals.keep(self._door.name, updates)
        numbers = [update.update_id for update in updates if update.update_id]
        last = numbers[-1] if numbers else 0
        self._offset = last + 1 if updates else 0
        if updates and not numbers:
            # Nothing in it can be confirmed, so that it would come again at once, for ever.
            raise Busy("updates without a number")
