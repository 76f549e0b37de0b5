"""Updates of the bots are stored before they are acknowledged, and taken in once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.arrivals import AT_ONCE, LONGEST_WAIT, TRIES, Arrivals
from bot.live import Live
from bot.telegram.border import DESK, PROSPECTS, Busy, RawUpdate, TapRefused
from storage import arrivals
from storage.arrivals import Arrival
from storage.db import Database, Tx
from storage.errors import DatabaseClosed, StorageError, WriteFailed
from storage.migrate import migrate
from tests.bot.hall import DAY, SECOND, Hall, hall

__all__ = ["hall"]

SECRET = "zebra-words"


@dataclass
class Bot:
    """A door that notes what it takes, and stumbles where it was told to: once for each trouble."""

    taken: list[tuple[str, str]] = field(default_factory=list)  # chat and content
    trouble: dict[str, list[BaseException]] = field(default_factory=dict)  # by content
    hangs: set[str] = field(default_factory=set)
    at_work: dict[str, int] = field(default_factory=dict)
    most: int = 0

    async def take(self, update: RawUpdate) -> None:
        said = update.payload.decode()
        self.at_work[update.chat] = self.at_work.get(update.chat, 0) + 1
        assert self.at_work[update.chat] == 1, "one after the other within a chat"
        self.most = max(self.most, sum(self.at_work.values()))
        try:
            await asyncio.sleep(0)
            if self.trouble.get(said):
                raise self.trouble[said].pop(0)
            if said in self.hangs:
                await asyncio.Event().wait()
            self.taken.append((update.chat, said))
        finally:
            self.at_work[update.chat] -= 1

    def said(self, chat: str = "a") -> list[str]:
        return [said for at, said in self.taken if at == chat]


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def line(hall: Hall, bot: Bot) -> Arrivals:
    return Arrivals(hall.core.house, {PROSPECTS: bot.take}, patience=5)


def update(update_id: int, said: str = "", chat: str = "a", tap: str = "") -> RawUpdate:
    return RawUpdate(
        update_id=update_id, payload=(said or f"u{update_id}").encode(), chat=chat, tap=tap
    )


def rows(hall: Hall) -> list[Arrival]:
    numbers = hall.db.peek(lambda tx: tx.all("SELECT id FROM arrival ORDER BY id"))
    found = [hall.db.peek(lambda tx, n=n: arrivals.get(tx, n)) for (n,) in numbers]  # type: ignore[misc]
    return [row for row in found if row is not None]


def states(hall: Hall) -> list[str]:
    return [row.state for row in rows(hall)]


def metric(hall: Hall, state: str, source: str = PROSPECTS) -> float:
    value = hall.core.house.metrics.registry.get_sample_value(
        "firstline_arrivals_total", {"source": source, "state": state}
    )
    return value or 0


# --- once and in order ---------------------------------------------------------------------------


async def test_what_was_kept_is_taken_once(hall: Hall, line: Arrivals, bot: Bot) -> None:
    await line.keep(PROSPECTS, [update(1), update(2), update(1)])
    assert bot.taken == [], "storing and taking are two steps"
    await line.keep(PROSPECTS, [update(2)])
    await line.drain()
    await line.keep(PROSPECTS, [update(1), update(2)])
    await line.drain()
    assert bot.said() == ["u1", "u2"]
    assert states(hall) == ["done", "done"]
    assert [row.payload for row in rows(hall)] == [b"", b""]
    assert (metric(hall, "taken"), metric(hall, "repeated")) == (2, 4)


async def test_nothing_to_keep_costs_nothing(hall: Hall, line: Arrivals) -> None:
    await line.keep(PROSPECTS, [])
    assert states(hall) == []


async def test_too_many_of_one_chat_are_set_aside_and_not_lost(
    hall: Hall, line: Arrivals, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.arrivals.WAITING_MAX", 3)
    with capture_logs() as logs:
        await line.keep(PROSPECTS, [*(update(n) for n in range(1, 5)), update(9, chat="b")])
        await line.keep(PROSPECTS, [update(5), update(4), update(1)])
    assert states(hall) == ["new", "new", "new", "aside", "new", "aside"]
    assert [each["count"] for each in logs if each["event"] == "arrivals_overflow"] == [1, 1]
    assert (metric(hall, "aside"), metric(hall, "repeated")) == (2, 2)
    await line.drain()
    assert bot.said() == ["u1", "u2", "u3"]
    assert [row.payload for row in rows(hall) if row.state == "aside"] == [b"u4", b"u5"]
    await line.keep(PROSPECTS, [update(6)])
    await line.drain()
    assert bot.said("a")[-1] == "u6"


async def test_the_order_is_that_of_storing(line: Arrivals, bot: Bot) -> None:
    await line.keep(PROSPECTS, [update(5), update(4)])
    await line.keep(PROSPECTS, [update(9), update(1)])
    await line.drain()
    assert bot.said() == ["u5", "u4", "u9", "u1"]


async def test_numbers_that_begin_again_low(hall: Hall, line: Arrivals, bot: Bot) -> None:
    await line.keep(PROSPECTS, [update(900_000, "old"), update(900_001, "older")])
    await line.drain()
    hall.clock.turn(10 * DAY)
    await line.keep(PROSPECTS, [update(1, "new"), update(900_000, "another with this number")])
    await line.drain()
    assert bot.said() == ["old", "older", "new", "another with this number"]


async def test_one_tap_with_three_numbers_is_one(hall: Hall, line: Arrivals, bot: Bot) -> None:
    def tap(number: int, chat: str = "a") -> RawUpdate:
        return update(number, f"tap {number}", chat, tap="77:b:4:0")

    await line.keep(PROSPECTS, [tap(1), tap(2), tap(9, "b")])
    await line.drain()
    hall.clock.turn(29 * SECOND)
    await line.keep(PROSPECTS, [tap(3)])
    await line.drain()
    assert (bot.said("a"), bot.said("b")) == (["tap 1"], ["tap 9"])
    assert states(hall) == ["done"] * 4
    assert metric(hall, "repeated") == 2
    hall.clock.turn(2 * SECOND)
    await line.keep(PROSPECTS, [tap(4)])
    await line.drain()
    assert bot.said("a") == ["tap 1", "tap 4"], "much later it is meant once more"


async def test_a_tap_that_was_refused_does_not_count(hall: Hall, line: Arrivals, bot: Bot) -> None:
    bot.trouble["tap 1"] = [TapRefused()]
    await line.keep(PROSPECTS, [update(1, "tap 1", tap="7:b"), update(2, "tap 2", tap="7:b")])
    await line.drain()
    assert bot.said() == ["tap 2"]
    await line.keep(PROSPECTS, [update(3, "tap 3", tap="7:b")])
    await line.drain()
    assert bot.said() == ["tap 2"], "the one that was taken counts"
    assert states(hall) == ["done"] * 3
    assert all(row.payload == b"" for row in rows(hall))


async def test_a_tap_that_failed_may_be_tried_by_hand(line: Arrivals, bot: Bot) -> None:
    bot.trouble["tap 1"] = [KeyError("gone")]
    await line.keep(PROSPECTS, [update(1, "tap 1", tap="7:b"), update(2, "tap 2", tap="7:b")])
    await line.drain()
    assert bot.said() == ["tap 2"]


async def test_many_chats_at_once_each_in_order(hall: Hall, line: Arrivals, bot: Bot) -> None:
    chats, each = 200, 25
    batches = [
        [update(n * chats + chat, f"{n}", str(chat)) for chat in range(chats)] for n in range(each)
    ]
    for batch in batches:
        await line.keep(PROSPECTS, batch)
    await line.drain()
    assert len(bot.taken) == chats * each == 5_000
    for chat in range(chats):
        assert bot.said(str(chat)) == [str(n) for n in range(each)]
    assert bot.most == AT_ONCE
    assert set(states(hall)) == {"done"}


async def test_both_bots_go_their_own_way(hall: Hall, bot: Bot) -> None:
    desk = Bot()
    line = Arrivals(hall.core.house, {PROSPECTS: bot.take, DESK: desk.take})
    await line.keep(PROSPECTS, [update(1, "hello")])
    await line.keep(DESK, [update(1, "hello"), update(2, "take")])
    await line.drain()
    assert (bot.said(), desk.said()) == (["hello"], ["hello", "take"])


async def test_what_came_to_a_bot_that_is_off_waits_for_it(hall: Hall, bot: Bot) -> None:
    before = Arrivals(hall.core.house, {DESK: Bot().take})
    await before.keep(PROSPECTS, [update(1)])
    for _ in range(TRIES):
        await before.drain()
    assert states(hall) == ["new"]
    await Arrivals(hall.core.house, {PROSPECTS: bot.take}).drain()
    assert bot.said() == ["u1"]


# --- trouble -------------------------------------------------------------------------------------


async def test_poison_is_set_aside_and_stops_nobody(hall: Hall, line: Arrivals, bot: Bot) -> None:
    bot.trouble = {name: [ValueError(SECRET)] for name in (f"{SECRET} 1", f"{SECRET} 2")}
    await line.keep(
        PROSPECTS,
        [
            update(1, f"{SECRET} 1"),
            update(2, f"{SECRET} 2"),
            update(3, "after", tap=SECRET),
            update(4, "other", "b"),
        ],
    )
    with capture_logs() as logged:
        await line.drain()
    assert (bot.said("a"), bot.said("b")) == (["after"], ["other"])
    assert states(hall) == ["aside", "aside", "done", "done"]
    listed = hall.db.peek(arrivals.aside_list)
    assert [(each.id, each.error) for each in listed] == [(2, "ValueError"), (1, "ValueError")]
    assert [entry["arrival"] for entry in logged if entry["event"] == "arrival_set_aside"] == [1, 2]
    assert SECRET not in repr(logged)
    assert metric(hall, "aside") == 2


async def test_who_is_busy_is_asked_later(hall: Hall, line: Arrivals, bot: Bot) -> None:
    bot.trouble["u1"] = [Busy("429", 7 * SECOND)]
    await line.keep(PROSPECTS, [update(1), update(2), update(3, chat="b")])
    await line.drain()
    assert (bot.said("a"), bot.said("b")) == ([], ["u3"]), "only its own chat waits"
    hall.clock.turn(7 * SECOND - 1)
    await line.drain()
    assert bot.said("a") == []
    hall.clock.turn(1)
    await line.drain()
    assert bot.said("a") == ["u1", "u2"]
    waited = hall.core.house.metrics.registry.get_sample_value(
        "firstline_arrival_seconds_sum", {"source": PROSPECTS}
    )
    assert waited == 2 * 7


async def test_waits_double_and_come_to_an_end(hall: Hall, line: Arrivals, bot: Bot) -> None:
    bot.trouble["u1"] = [Busy("502") for _ in range(99)]
    await line.keep(PROSPECTS, [update(1), update(2)])
    waits = []
    for _ in range(TRIES - 1):
        await line.drain()
        (first, _) = rows(hall)
        waits.append(first.due - hall.clock())
        hall.clock.turn(waits[-1])
    assert waits[:4] == [1_000, 2_000, 4_000, 8_000]
    assert waits[-1] == max(waits) == LONGEST_WAIT
    assert states(hall) == ["new", "new"]
    await line.drain()
    assert states(hall) == ["aside", "done"]
    assert rows(hall)[0].error == "Busy"
    assert len(bot.trouble["u1"]) == 99 - TRIES


async def test_who_asks_for_time_is_not_given_up(hall: Hall, line: Arrivals, bot: Bot) -> None:
    bot.trouble["u1"] = [Busy("not connected yet", 5 * SECOND) for _ in range(10 * TRIES)]
    await line.keep(PROSPECTS, [update(1)])
    for _ in range(10 * TRIES + 1):
        await line.drain()
        hall.clock.turn(5 * SECOND)
    assert bot.said() == ["u1"]


@pytest.mark.parametrize("trouble", [WriteFailed("full"), DatabaseClosed("stopping")])
async def test_trouble_with_storage_passes(
    hall: Hall, line: Arrivals, bot: Bot, trouble: StorageError
) -> None:
    bot.trouble["u1"] = [trouble]
    await line.keep(PROSPECTS, [update(1), update(2)])
    await line.drain()
    assert bot.said() == []
    hall.clock.turn(SECOND)
    await line.drain()
    assert bot.said() == ["u1", "u2"]


async def test_a_taker_that_hangs_is_called_off(hall: Hall, bot: Bot) -> None:
    line = Arrivals(hall.core.house, {PROSPECTS: bot.take}, patience=0.02)
    bot.hangs.add("u1")
    await line.keep(PROSPECTS, [update(1), update(2)])
    await line.drain()
    assert (rows(hall)[0].state, rows(hall)[0].error) == ("new", "CalledOffError")
    bot.hangs.clear()
    hall.clock.turn(SECOND)
    await line.drain()
    assert bot.said() == ["u1", "u2"]


async def test_a_time_out_of_its_own_is_a_fault(hall: Hall, line: Arrivals, bot: Bot) -> None:
    bot.trouble["u1"] = [TimeoutError()]
    await line.keep(PROSPECTS, [update(1)])
    await line.drain()
    assert states(hall) == ["aside"]


async def test_a_cancellation_from_within_is_tried_again(
    hall: Hall, line: Arrivals, bot: Bot
) -> None:
    bot.trouble["u1"] = [asyncio.CancelledError()]
    await line.keep(PROSPECTS, [update(1)])
    await line.drain()
    assert (states(hall), bot.said()) == (["new"], [])
    hall.clock.turn(SECOND)
    await line.drain()
    assert bot.said() == ["u1"]


class Faulty(Database):
    """A database whose next writes fail, as on a full disk."""

    failures = 0

    async def write(self, fn: Callable[[Tx], Any]) -> Any:
        if self.failures:
            self.failures -= 1
            raise WriteFailed("the disk is full")
        return await super().write(fn)


@pytest.fixture
async def faulty(tmp_path: Path, hall: Hall) -> Any:
    path = tmp_path / "faulty.db"
    migrate(path)
    db = Faulty.open(path, durable=False)
    yield db
    await db.close()


async def test_what_was_not_stored_is_not_acknowledged(
    hall: Hall, faulty: Faulty, bot: Bot
) -> None:
    line = Arrivals(replace(hall.core.house, db=faulty), {PROSPECTS: bot.take})
    faulty.failures = 1
    with pytest.raises(StorageError):
        await line.keep(PROSPECTS, [update(1), update(2)])
    await line.drain()
    assert bot.said() == []
    await line.keep(PROSPECTS, [update(1), update(2)])
    await line.drain()
    assert bot.said() == ["u1", "u2"]


async def test_a_mark_that_fails_is_made_again_and_nothing_is_taken_twice(
    hall: Hall, faulty: Faulty, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.arrivals.POLL_SECONDS", 0.01)
    line = Arrivals(replace(hall.core.house, db=faulty), {PROSPECTS: bot.take})
    await line.keep(PROSPECTS, [update(1), update(2)])
    faulty.failures = 3
    await line.drain()
    assert bot.said() == ["u1", "u2"]
    assert faulty.failures == 0


# --- as the server runs it -----------------------------------------------------------------------


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


async def test_the_worker_wakes_up_and_ends_with_the_server(
    hall: Hall, line: Arrivals, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.arrivals.POLL_SECONDS", 60)  # only wake-ups count
    running = asyncio.create_task(line.run())
    for n in range(1, 4):
        await line.keep(PROSPECTS, [update(n)])
        await until(lambda n=n: len(bot.taken) == n)  # type: ignore[misc]
    hall.core.house.live.close()
    await asyncio.wait_for(running, 5)
    await line.keep(PROSPECTS, [update(4)])
    assert bot.said() == ["u1", "u2", "u3"]


async def test_a_lost_wake_up_is_made_good_by_polling(
    hall: Hall, line: Arrivals, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.arrivals.POLL_SECONDS", 0.01)
    deaf = replace(hall.core.house, live=Live())  # its wake-ups do not come through
    running = asyncio.create_task(line.run())
    await Arrivals(deaf, {}).keep(PROSPECTS, [update(1)])
    await until(lambda: bot.said() == ["u1"])
    hall.core.house.live.close()
    await asyncio.wait_for(running, 5)


async def test_what_a_stop_interrupts_is_taken_at_the_next_start(
    hall: Hall, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.arrivals.GRACE_SECONDS", 0.05)
    line = Arrivals(hall.core.house, {PROSPECTS: bot.take})
    bot.hangs.add("u1")
    await line.keep(PROSPECTS, [update(1), update(2)])
    running = asyncio.create_task(line.run())
    await until(lambda: bot.most == 1)
    hall.core.house.live.close()
    await asyncio.wait_for(running, 5)
    assert states(hall) == ["new", "new"]
    bot.hangs.clear()
    await line.drain()
    assert bot.said() == ["u1", "u2"]


async def test_what_kills_the_process_again_and_again_is_set_aside(hall: Hall, bot: Bot) -> None:
    bot.hangs.add("u1")
    hall.core.house.live.close()  # each run ends before it takes anything, as if it had died
    await Arrivals(hall.core.house, {PROSPECTS: bot.take}).keep(PROSPECTS, [update(1), update(2)])
    for _ in range(TRIES):
        assert states(hall) == ["new", "new"]
        await Arrivals(hall.core.house, {PROSPECTS: bot.take}).run()
    assert states(hall) == ["aside", "new"]
    assert rows(hall)[0].error == "interrupted"
    assert metric(hall, "aside") == 1
