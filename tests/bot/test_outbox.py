"""Deliveries: in order, once, tried again, found again after a crash, and visibly failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

import bot.outbox
from bot.outbox import FIRST_WAIT, TRIES
from bot.prospects.channel import Outgoing, Progress, TryLater, Undeliverable, Withdrawn
from dialogs.types import FileInfo
from storage import chats, outbox
from storage.chats import ChatRow
from storage.db import Tx
from storage.outbox import Delivery, NewDelivery
from tests.bot.hall import ANNA, BORIS, HOUR, MINUTE, SECOND, Hall, hall, make_hall, make_settings

__all__ = ["hall"]


class Carrier:
    """A channel with rules: so many messages a second for each chat, and some it never takes."""

    name = "carrier"
    pushes = True

    def __init__(self) -> None:
        self.got: list[Outgoing] = []
        self.times: list[int] = []
        self.now: Callable[[], int] = lambda: 0
        self.pause = 0  # ms between two messages of one chat
        self.trouble: dict[str, list[Exception]] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = 0

    async def send(self, message: Outgoing, progress: Progress) -> None:
        self.begun += 1
        await self.gate.wait()
        if not progress.still_wanted():
            raise Withdrawn
        waiting = self.trouble.get(message.conversation)
        if waiting:
            raise waiting.pop(0)
        earlier = [
            at
            for at, m in zip(self.times, self.got, strict=True)
            if m.conversation == message.conversation
        ]
        if earlier and self.now() - earlier[-1] < self.pause:
            raise TryLater(self.pause - (self.now() - earlier[-1]))
        self.got.append(message)
        self.times.append(self.now())


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
async def station(tmp_path: Path, carrier: Carrier) -> AsyncIterator[Hall]:
    """A hall whose channel "carrier" pushes."""
    made = make_hall(make_settings(tmp_path), (carrier,))
    carrier.now = made.clock
    yield made
    await made.db.close()


async def queue(station: Hall, talk: str, count: int) -> list[int]:
    """Put some lines of staff into the outbox; gives their seqs."""
    assert (await station.core.desk.claim(ANNA, talk)).won
    told = [await station.core.desk.reply(ANNA, talk, f"q{n}", f"line {n}") for n in range(count)]
    return [each.seq for each in told]


def texts(carrier: Carrier, talk: str) -> list[str]:
    return [m.reply.text for m in carrier.got if m.conversation == talk]


async def test_order_is_kept_within_a_conversation(station: Hall, carrier: Carrier) -> None:
    talks = [await station.open("carrier") for _ in range(3)]
    for talk in talks:
        await queue(station, talk, 5)
    await station.core.outbox.drain()
    for talk in talks:
        seqs = [m.seq for m in carrier.got if m.conversation == talk]
        assert seqs == sorted(seqs)
        assert texts(carrier, talk)[-5:] == [f"line {n}" for n in range(5)]
        assert {d.state for d in station.deliveries(talk, "send")} <= {"sent", "withdrawn"}


async def test_a_busy_channel_is_asked_again_when_it_said(station: Hall, carrier: Carrier) -> None:
    carrier.pause = SECOND
    talk = await station.open("carrier")
    await queue(station, talk, 4)
    for _ in range(30):
        await station.wait(SECOND)
    assert texts(carrier, talk)[-4:] == [f"line {n}" for n in range(4)]
    gaps = [b - a for a, b in zip(carrier.times, carrier.times[1:], strict=False)]
    assert min(gaps) >= SECOND


async def test_one_busy_chat_does_not_hold_up_another(station: Hall, carrier: Carrier) -> None:
    stuck, free = await station.open("carrier"), await station.open("carrier")
    carrier.trouble[stuck] = [TryLater(HOUR) for _ in range(50)]
    await queue(station, stuck, 2)
    await queue(station, free, 2)
    await station.core.outbox.drain()
    assert texts(carrier, stuck) == []
    assert texts(carrier, free)[-2:] == ["line 0", "line 1"]


async def test_a_fault_is_tried_again_with_growing_pauses_and_then_fails(
    station: Hall, carrier: Carrier
) -> None:
    talk = await station.open("carrier")
    await station.core.outbox.drain()
    carrier.trouble[talk] = [ConnectionError("no line") for _ in range(TRIES)]
    await station.press(talk, "prices")
    (waiting, *_) = [d for d in station.deliveries(talk, "send") if d.state == "queued"]
    waits = []
    await station.core.outbox.drain()
    while (row := station.delivery(waiting.id)) is not None and row.state == "queued":
        assert row.error == "ConnectionError"
        waits.append(row.due - station.clock.time)
        await station.wait(waits[-1])
    assert row is not None
    assert (row.state, row.attempts) == ("failed", TRIES)
    assert waits == [FIRST_WAIT * 2**n for n in range(TRIES - 1)]


async def one_waiting(station: Hall, carrier: Carrier, *trouble: Exception) -> tuple[str, int]:
    """A conversation and its next delivery, which meets this trouble; that is not begun yet."""
    talk = await station.open("carrier")
    await station.core.outbox.drain()
    carrier.trouble[talk] = list(trouble)
    await station.press(talk, "prices")
    return talk, next(d.id for d in station.deliveries(talk, "send") if d.state == "queued")


def found(station: Hall, number: int) -> Delivery:
    row = station.delivery(number)
    assert row is not None
    return row


async def test_what_a_channel_will_never_take_fails_at_once(
    station: Hall, carrier: Carrier
) -> None:
    talk = await station.open("carrier")
    await station.core.outbox.drain()
    carrier.trouble[talk] = [Undeliverable("the prospect blocked us")]
    await station.press(talk, "prices")
    rows = [d.id for d in station.deliveries(talk, "send") if d.state == "queued"]
    await station.core.outbox.drain()
    first = station.delivery(rows[0])
    assert first is not None
    assert (first.state, first.error) == ("failed", "the prospect blocked us")
    rest = [station.delivery(number) for number in rows[1:]]
    assert all(each is not None and each.state == "sent" for each in rest)


async def test_no_such_channel_is_a_failure_that_staff_see(station: Hall) -> None:
    talk = await station.open()
    now = station.clock.time
    lost = NewDelivery(talk, "send", now, seq=1, channel="pigeon")
    number = await station.db.write(lambda tx: outbox.put(tx, lost))
    await station.core.outbox.drain()
    row = station.delivery(number)
    assert row is not None
    assert row.state == "failed"


async def test_half_sent_is_sent_once_more_and_flagged_then_fails(
    station: Hall, carrier: Carrier
) -> None:
    talk = await station.open("carrier")
    now = station.clock.time
    claimed = await station.db.write(lambda tx: outbox.claim_due(tx, now, 1))
    # The process dies here; the next start finds the row.
    assert await station.core.outbox.recover() == 1
    await station.core.outbox.drain()
    assert [m.repeated for m in carrier.got if m.seq == claimed[0].seq] == [True]

    await station.press(talk, "prices")
    again = await station.db.write(lambda tx: outbox.claim_due(tx, now, 1))
    await station.core.outbox.recover()
    await station.db.write(lambda tx: outbox.claim_due(tx, now, 1))
    await station.core.outbox.recover()
    row = station.delivery(again[0].id)
    assert row is not None
    assert row.state == "failed"


async def test_a_takeover_between_claim_and_sending_withdraws(
    station: Hall, carrier: Carrier
) -> None:
    """The bot is checked to be allowed to speak once more at the moment of sending."""
    talk = await station.open("carrier")
    await station.core.outbox.drain()
    count = len(carrier.got)
    await station.press(talk, "prices")
    now = station.clock.time
    claimed = await station.db.write(lambda tx: outbox.claim_due(tx, now, 10))
    assert (await station.core.desk.claim(ANNA, talk)).won
    await station.core.outbox.recover()
    await station.core.outbox.drain()
    assert [m.author for m in carrier.got[count:]] == ["event"]
    rows = [station.delivery(each.id) for each in claimed]
    assert {row.state for row in rows if row} == {"withdrawn"}


@pytest.mark.parametrize("what", ["claim", "erase"])
async def test_a_channel_learns_of_it_while_it_waits(
    station: Hall, carrier: Carrier, what: str
) -> None:
    _, number = await one_waiting(station, carrier)
    carrier.gate.clear()
    begun, count = carrier.begun, len(carrier.got)
    draining = asyncio.create_task(station.core.outbox.drain())
    while carrier.begun == begun:
        await asyncio.sleep(0.001)
    talk = found(station, number).conversation
    if what == "claim":
        assert (await station.core.desk.claim(ANNA, talk)).won
    else:
        await station.press(talk, "erase")
    carrier.gate.set()
    await draining
    assert [m.author for m in carrier.got[count:]] == (["event"] if what == "claim" else [])
    row = station.delivery(number)
    assert (row.state if row else "gone") == ("withdrawn" if what == "claim" else "gone")


async def test_a_channel_that_hangs_leaves_room_for_timers(
    station: Hall, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.outbox, "AT_ONCE", 3)
    monkeypatch.setattr(bot.outbox, "SENDS_AT_ONCE", 2)
    carrier.gate.clear()
    waiting = await station.open()
    await station.escalate(waiting)
    for _ in range(5):
        await station.open("carrier")
    station.clock.turn(MINUTE)
    draining = asyncio.create_task(station.core.outbox.drain())
    async with asyncio.timeout(10):
        while station.state(waiting).rings < 2:
            await asyncio.sleep(0.001)
    assert carrier.begun == 2
    carrier.gate.set()
    await draining
    assert carrier.begun >= 5


async def test_a_turn_looks_once_where_its_messages_go(
    station: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await station.open("carrier")
    asked: list[str] = []
    look = chats.of

    def of(tx: Tx, conversation: str) -> ChatRow | None:
        asked.append(conversation)
        return look(tx, conversation)

    monkeypatch.setattr(chats, "of", of)
    before = len(station.deliveries(talk, "send"))
    for value in ("prices", "documents"):
        await station.press(talk, value)
    assert len(station.deliveries(talk, "send")) - before > 2, "a turn with some messages"
    assert asked == [talk, talk]


async def test_a_second_takeover_leaves_the_first_colleagues_words(
    station: Hall, carrier: Carrier
) -> None:
    talk = await station.open("carrier")
    await station.core.outbox.drain()
    carrier.trouble[talk] = [TryLater(MINUTE)]
    await queue(station, talk, 1)
    await station.core.outbox.drain()
    await station.core.desk.hand_back(ANNA, talk)
    await station.press(talk, "prices")
    await station.core.desk.claim(BORIS, talk)
    for _ in range(5):
        await station.wait(MINUTE)
    assert "line 0" in texts(carrier, talk)
    withdrawn = [d.name for d in station.deliveries(talk, "send") if d.state == "withdrawn"]
    assert withdrawn
    assert set(withdrawn) == {"bot"}


async def test_what_is_under_way_is_not_sent_again_by_the_next_round(
    station: Hall, carrier: Carrier
) -> None:
    carrier.gate.clear()
    talk = await station.open("carrier")
    draining = asyncio.create_task(station.core.outbox.drain())
    while not carrier.begun:
        await asyncio.sleep(0.001)
    other = asyncio.create_task(station.core.outbox.drain())
    await asyncio.sleep(0.01)
    carrier.gate.set()
    await asyncio.gather(draining, other)
    seqs = [m.seq for m in carrier.got if m.conversation == talk]
    assert len(seqs) == len(set(seqs))


async def test_erased_while_it_waits_is_simply_gone(station: Hall, carrier: Carrier) -> None:
    talk = await station.open("carrier")
    await station.press(talk, "erase")
    await station.core.outbox.drain()
    assert [m for m in carrier.got if m.conversation == talk] == []


async def test_a_timer_is_done_in_the_commit_of_what_it_leads_to(hall: Hall) -> None:
    talk = await hall.open()
    await hall.escalate(talk)
    before = hall.row(talk).version
    (fired,) = [d.id for d in hall.deliveries(talk, "timer") if d.name == "ring"]
    await hall.wait(MINUTE)
    assert hall.row(talk).version == before + 1
    assert hall.delivery(fired) is None
    await hall.core.outbox.recover()
    await hall.wait(0)
    assert hall.row(talk).version == before + 1


async def test_timers_survive_a_restart(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    before = make_hall(settings)
    talk = await before.open()
    await before.escalate(talk)
    await before.db.close()
    after = make_hall(settings)
    await after.core.outbox.recover()
    await after.wait(MINUTE)
    assert after.state(talk).rings == 2
    await after.db.close()


async def test_a_timer_that_was_called_off_while_claimed_changes_nothing(hall: Hall) -> None:
    talk = await hall.open()
    await hall.escalate(talk)
    hall.clock.turn(MINUTE)
    now = hall.clock.time
    claimed = await hall.db.write(lambda tx: outbox.claim_due(tx, now, 10))
    assert "ring" in {d.name for d in claimed}
    await hall.core.desk.claim(ANNA, talk)
    await hall.core.outbox.recover()
    await hall.core.outbox.drain()
    assert hall.state(talk).rings == 1


async def test_a_file_is_read_and_answered(hall: Hall) -> None:
    talk = await hall.open()
    paper = "The shop must accept SEPA payments.\nThe shop should export orders to SAP.\n"

    async def chunks() -> AsyncIterator[bytes]:
        yield paper.encode()

    stored = await hall.core.uploads.receive(chunks(), "plan.txt")
    await hall.handle(talk, kind="file", file=stored.info())
    last = hall.row(talk).last_seq
    await hall.core.outbox.drain()
    assert hall.row(talk).last_seq > last
    found = hall.state(talk).requirement
    assert found is not None
    assert any("SEPA" in item.text for item in found.items)
    assert hall.deliveries(talk, "file_read") == []


async def test_a_file_that_is_gone_is_a_problem_and_no_fault(hall: Hall) -> None:
    talk = await hall.open()
    lost = FileInfo(id="a" * 32, name="plan.txt", size=5, media_type="text/plain")
    await hall.handle(talk, kind="file", file=lost)
    last = hall.row(talk).last_seq
    await hall.core.outbox.drain()
    assert hall.row(talk).last_seq > last, "the prospect is told"
    assert hall.deliveries(talk, "file_read") == []


async def test_the_loop_wakes_for_what_is_due_and_ends_with_the_server(
    station: Hall, carrier: Carrier
) -> None:
    running = asyncio.create_task(station.core.outbox.run())
    talk = await station.open("carrier")
    async with asyncio.timeout(10):
        while not texts(carrier, talk):
            await asyncio.sleep(0.005)
    station.core.house.live.close()
    await asyncio.wait_for(running, 5)
