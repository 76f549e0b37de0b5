"""One bot on its way to being connected: faults are waited out, updates wait until it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

import pytest

from bot.arrivals import Arrivals
from bot.telegram import bots
from bot.telegram.border import PROSPECTS, Busy, Client, Me, RawUpdate, Refused, Webhook
from bot.telegram.bots import Bots, Line, OpenBots
from bot.telegram.polling import Retry
from storage.errors import WriteFailed
from tests.bot.hall import Hall, hall

__all__ = ["hall"]

HOOK = Webhook(url="https://chat.shop.example/telegram/prospects", secret="s")
UPDATE = RawUpdate(update_id=5, payload=b'{"update_id":5}', chat="7")


@dataclass
class StubClient:
    """Says who it is once its faults are used up."""

    faults: list[Exception]
    webhooks: list[Webhook | None] = field(default_factory=list)

    async def connect(self, webhook: Webhook | None) -> Me:
        self.webhooks.append(webhook)
        if self.faults:
            raise self.faults.pop(0)
        return Me(id=1, username="firstline_bot")


@dataclass
class StubDoor:
    """Notes what it is given."""

    stub: StubClient
    faults: list[Exception] = field(default_factory=list)
    begun: list[Me] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    closed: int = 0
    name: str = PROSPECTS

    @property
    def client(self) -> Client:
        return cast(Client, self.stub)

    async def begin(self, me: Me) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.begun.append(me)

    async def take(self, update: RawUpdate) -> None:
        self.taken.append(update.update_id)

    async def skip(self, update: RawUpdate) -> None:
        self.skipped.append(update.update_id)

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been waited for; time itself stands still."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(bots, "Retry", lambda name: Retry(name, sleep))
    return waited


async def test_faults_are_waited_out(hall: Hall, waits: list[float]) -> None:
    client = StubClient(
        [Busy("no connection"), TimeoutError(), Refused("no", 401), Busy("429", 7_000)]
    )
    door = StubDoor(client, [Busy("cut"), WriteFailed("disk full")])
    line = Line(door, hall.core.house, HOOK)
    await line.connect()
    assert waits == [1, 2, 300, 8, 16, 30]
    assert client.webhooks == [HOOK] * 7
    assert door.begun == [Me(id=1, username="firstline_bot")]
    assert line.describe().split() == ["Prospects", "in", "Telegram", "@firstline_bot"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Busy("no connection"), "cannot be reached"),
        (TimeoutError(), "cannot be reached"),
        (Refused("Unauthorized", 401), "look at PROSPECTS_BOT_TOKEN"),
        (Refused("Not Found", 404), "look at PROSPECTS_BOT_TOKEN"),
        (Refused("for the token 1:abc", 400), "refuses us (400)"),
        (WriteFailed("disk full"), "cannot be written"),
    ],
)
async def test_what_is_wrong_is_told_at_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, fault: Exception, words: str
) -> None:
    line = Line(StubDoor(StubClient([fault])), hall.core.house, HOOK)
    connecting = asyncio.create_task(line.connect())
    await asyncio.wait_for(line.told.wait(), 5)
    assert words in line.describe()
    assert "1:abc" not in line.describe()
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)


async def test_updates_wait_until_the_door_is_open(
    hall: Hall, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bots, "OPENING_SECONDS", 0.01)
    door = StubDoor(StubClient([]))
    line = Line(door, hall.core.house, HOOK)
    arrivals = Arrivals(hall.core.house, {PROSPECTS: line.take})
    await arrivals.keep(PROSPECTS, (UPDATE,))
    for _ in range(30):  # far more often than what fails is tried
        await arrivals.drain()
        hall.clock.turn(3_600_000)
    assert door.taken == []
    await line.skip(UPDATE)
    await line.connect()
    await arrivals.drain()
    await line.skip(UPDATE)
    assert door.taken == [5]
    assert door.skipped == [5]


async def test_who_waits_for_the_bot_ends_with_the_server(hall: Hall) -> None:
    line = Line(StubDoor(StubClient([])), hall.core.house, HOOK)
    waiting = asyncio.create_task(line.wait_until_open())
    await asyncio.sleep(0)
    hall.core.house.live.close()
    assert await asyncio.wait_for(waiting, 5) is False


async def test_who_waits_for_the_bot_goes_on_with_it(hall: Hall, waits: list[float]) -> None:
    line = Line(StubDoor(StubClient([])), hall.core.house, HOOK)
    waiting = asyncio.create_task(line.wait_until_open())
    await line.follow(Arrivals(hall.core.house, {}))  # posted to, so that nothing is fetched
    assert await asyncio.wait_for(waiting, 5) is True


async def test_doors_are_closed_when_the_server_stops_and_not_before(hall: Hall) -> None:
    class Slow(StubDoor):
        async def close(self) -> None:
            await super().close()
            await asyncio.sleep(3_600)

    door, product = Slow(StubClient([])), Bots(OpenBots(), hall.core)
    product._lines[PROSPECTS] = Line(door, hall.core.house, HOOK)
    running = asyncio.create_task(product.works()["arrivals"]())
    await asyncio.sleep(0.05)
    assert (door.closed, running.done()) == (0, False)
    hall.core.house.live.close()
    await asyncio.wait_for(running, 5)
    assert door.closed == 1
