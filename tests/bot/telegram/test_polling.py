"""Fetching: nothing is confirmed before it is stored, and no fault ends it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from bot.arrivals import Arrivals
from bot.telegram import polling
from bot.telegram.border import DESK, PROSPECTS, Busy, Client, RawUpdate, Refused
from bot.telegram.polling import LONGEST_WAIT, REFUSED_WAIT, Keeper, Poller, Retry
from storage.errors import DatabaseClosed, WriteFailed
from tests.bot.hall import Hall, hall

__all__ = ["hall"]


@dataclass
class Api:
    """Plays a script of answers, then holds the question open as a long poll does."""

    script: list[bytes | Exception]
    offsets: list[int] = field(default_factory=list)
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch(self, offset: int, seconds: int) -> bytes:
        self.offsets.append(offset)
        if not self.script:
            self.idle.set()
            await asyncio.sleep(seconds)
            return batch()
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Store:
    """Keeps what it is given, unless its script says that the disk is full."""

    faults: list[Exception | None] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    source: str = ""

    async def keep(self, source: str, updates: Sequence[RawUpdate]) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.source = source
        self.kept += [update.update_id for update in updates]


@dataclass
class FakeDoor:
    client: Client
    name: str = PROSPECTS


def batch(*numbers: int) -> bytes:
    return json.dumps({"ok": True, "result": [{"update_id": each} for each in numbers]}).encode()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been waited for; time itself stands still."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(polling, "Retry", lambda name: Retry(name, sleep))
    return waited


async def poll(hall: Hall, script: list[bytes | Exception], store: Keeper | None = None) -> Api:
    """Run a poller until its script is played."""
    api = Api(script)
    door = FakeDoor(cast(Client, api))
    running = asyncio.create_task(Poller(door, store or Store(), hall.core.house).run())
    played = asyncio.create_task(api.idle.wait())
    await asyncio.wait({running, played}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, played):
        task.cancel()
    done = await asyncio.gather(running, played, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError | None), done[0]
    return api


async def test_the_question_after_a_batch_confirms_it(hall: Hall, waits: list[float]) -> None:
    store = Store()
    api = await poll(hall, [batch(), batch(5, 6), batch(7), batch(), batch()], store)
    assert api.offsets == [0, 0, 7, 8, 0, 0]
    assert store.kept == [5, 6, 7]
    assert store.source == PROSPECTS
    assert waits == []


async def test_numbers_may_begin_again_low(hall: Hall, waits: list[float]) -> None:
    store = Store()
    api = await poll(hall, [batch(900_001), batch(), batch(4), batch(5)], store)
    assert api.offsets == [0, 900_002, 0, 5, 6]
    assert store.kept == [900_001, 4, 5]


async def test_a_batch_out_of_order_confirms_no_more_than_its_last(
    hall: Hall, waits: list[float]
) -> None:
    api = await poll(hall, [batch(7, 5, 6), batch(7), batch()])
    assert api.offsets == [0, 7, 8, 0]


async def test_what_could_not_be_stored_is_fetched_again(hall: Hall, waits: list[float]) -> None:
    store = Store(faults=[None, WriteFailed("disk full"), WriteFailed("disk full"), None])
    api = await poll(hall, [batch(5), batch(6), batch(6), batch(6), batch()], store)
    assert api.offsets == [0, 6, 6, 6, 7, 0]
    assert store.kept == [5, 6]
    assert waits == [1, 2]


async def test_waits_double_up_to_a_limit_and_start_over(hall: Hall, waits: list[float]) -> None:
    faults: list[bytes | Exception] = [
        Busy("cut"), Refused("another one", 409), TimeoutError(), b"<html>", Busy("502"),
        Busy("502"), Busy("502"), batch(3), Busy("429", 90_000),
    ]  # fmt: skip
    api = await poll(hall, faults)
    assert waits == [1, 2, 4, 8, 16, LONGEST_WAIT, LONGEST_WAIT, 90]
    assert api.offsets == [0] * 8 + [4, 4]


@pytest.mark.parametrize("code", [401, 404])
async def test_a_refused_token_is_told_by_its_setting(
    hall: Hall, waits: list[float], capsys: pytest.CaptureFixture[str], code: int
) -> None:
    await poll(hall, [Refused("Unauthorized", code), Refused("Unauthorized", code), batch(2)])
    assert waits == [REFUSED_WAIT] * 2
    said = capsys.readouterr()
    assert "PROSPECTS_BOT_TOKEN" in said.out + said.err
    assert polling.TOKENS[DESK] == "DESK_BOT_TOKEN"


async def test_updates_without_a_number_are_kept_and_do_not_spin(
    hall: Hall, waits: list[float]
) -> None:
    store = Store()
    poison = b'{"ok":true,"result":[{"message":1}]}'
    api = await poll(
        hall, [poison, poison, b'{"ok":true,"result":[{"message":1},{"update_id":4}]}'], store
    )
    assert store.kept == [0, 0, 0, 4]
    assert waits == [1, 2]
    assert api.offsets == [0, 1, 1, 5]


async def test_it_ends_at_once_when_called_off(hall: Hall) -> None:
    api = Api([])
    running = asyncio.create_task(
        Poller(FakeDoor(cast(Client, api)), Store(), hall.core.house).run()
    )
    await asyncio.wait_for(api.idle.wait(), 5)
    began = asyncio.get_running_loop().time()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert asyncio.get_running_loop().time() - began < 1


async def test_it_ends_with_the_database(hall: Hall, waits: list[float]) -> None:
    api = Api([batch(5)])
    store = Store(faults=[DatabaseClosed()])
    await asyncio.wait_for(Poller(FakeDoor(cast(Client, api)), store, hall.core.house).run(), 5)
    assert api.offsets == [0]


async def test_stored_for_real_before_it_is_confirmed(hall: Hall, waits: list[float]) -> None:
    """With the real store: a second poller, as after a crash, brings nothing twice."""
    taken: list[int] = []

    async def take(update: RawUpdate) -> None:
        taken.append(update.update_id)

    arrivals = Arrivals(hall.core.house, {PROSPECTS: take})
    await poll(hall, [batch(5, 6)], arrivals)
    await poll(hall, [batch(5, 6), batch(7)], arrivals)
    await arrivals.drain()
    assert taken == [5, 6, 7]
