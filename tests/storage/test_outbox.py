"""Deliveries: in order, claimed once, put right after a crash; timers that move."""

from __future__ import annotations

import pytest

from storage import outbox
from storage.db import Database
from storage.errors import Conflict
from storage.outbox import Delivery, NewDelivery
from tests.storage.samples import NOW, begin


@pytest.fixture
async def two(db: Database) -> Database:
    await begin(db, "c1", "c2")
    return db


async def put(db: Database, key: str, seq: int, kind: str = "send", due: int = NOW) -> int:
    new = NewDelivery(key, kind, due, seq=seq, channel="pushing", payload=b"p")  # type: ignore[arg-type]
    return await db.write(lambda tx: outbox.put(tx, new))


async def claim(db: Database, now: int = NOW, limit: int = 10) -> list[Delivery]:
    return await db.write(lambda tx: outbox.claim_due(tx, now, limit))


def get(db: Database, delivery: int) -> Delivery | None:
    return db.peek(lambda tx: outbox.get(tx, delivery))


async def test_a_delivery_goes_its_way(two: Database) -> None:
    number = await put(two, "c1", 7)
    (got,) = await claim(two)
    assert (got.id, got.conversation, got.seq, got.payload) == (number, "c1", 7, b"p")
    assert (got.state, got.attempts, got.repeated) == ("sending", 1, False)
    assert get(two, number) == got
    assert await claim(two) == []
    await two.write(lambda tx: outbox.done(tx, number))
    sent = get(two, number)
    assert sent is not None
    assert sent.state == "sent"


async def test_sends_keep_their_order_and_others_pass(two: Database) -> None:
    for seq in (1, 2, 3):
        await put(two, "c1", seq)
    await put(two, "c2", 1)
    await put(two, "c1", 9, kind="alert")
    first = await claim(two)
    assert {(each.conversation, each.seq) for each in first} == {("c1", 1), ("c2", 1), ("c1", 9)}
    assert await claim(two) == []
    (one,) = [each.id for each in first if (each.conversation, each.seq) == ("c1", 1)]
    await two.write(lambda tx: outbox.later(tx, one, NOW + 50, "busy", 1))
    assert await claim(two) == []
    (again,) = await claim(two, NOW + 50)
    assert (again.seq, again.attempts, again.error) == (1, 2, "busy")
    await two.write(lambda tx: outbox.done(tx, one))
    (second,) = await claim(two, NOW + 50)
    assert second.seq == 2
    await two.write(lambda tx: outbox.failed(tx, second.id, "blocked"))
    (third,) = await claim(two, NOW + 50)
    assert third.seq == 3


async def test_what_is_not_due_waits(two: Database) -> None:
    await put(two, "c1", 1, due=NOW + 10)
    assert two.peek(outbox.next_due) == NOW + 10
    assert await claim(two, NOW + 9) == []
    assert len(await claim(two, NOW + 10)) == 1
    assert two.peek(outbox.next_due) is None


async def test_a_claim_takes_no_more_than_its_limit(two: Database) -> None:
    for _ in range(5):
        await put(two, "c1", 0, kind="alert")
    assert len(await claim(two, limit=3)) == 3
    assert len(await claim(two, limit=3)) == 2


async def test_a_claim_takes_no_more_sends_than_it_may(two: Database) -> None:
    await put(two, "c1", 1)
    await put(two, "c2", 1)
    job = await put(two, "c1", 0, kind="alert")
    some = await two.write(lambda tx: outbox.claim_due(tx, NOW, 10, 1))
    assert [each.kind for each in some] == ["send", "alert"]
    later = await put(two, "c1", 0, kind="alert", due=NOW + 5)
    assert two.peek(lambda tx: outbox.next_due(tx, sends=False)) == NOW + 5
    assert two.peek(outbox.next_due) == NOW
    jobs = await two.write(lambda tx: outbox.claim_due(tx, NOW + 5, 10, 0))
    assert [each.id for each in jobs] == [later]
    assert job in {each.id for each in some}


async def test_what_waits_behind_another_send_wakes_nobody(two: Database) -> None:
    await put(two, "c1", 1)
    await put(two, "c1", 2)
    (first,) = await claim(two)
    assert two.peek(outbox.next_due) is None
    await two.write(lambda tx: outbox.later(tx, first.id, NOW + 50, "busy", 1))
    assert two.peek(outbox.next_due) == NOW + 50
    await claim(two, NOW + 50)
    await two.write(lambda tx: outbox.done(tx, first.id))
    assert two.peek(outbox.next_due) == NOW


async def test_tries_are_counted_by_who_puts_it_back(two: Database) -> None:
    number = await put(two, "c1", 1)
    await claim(two)
    await two.write(lambda tx: outbox.later(tx, number, NOW, "busy", 0))
    (again,) = await claim(two)
    assert (again.attempts, again.repeated) == (1, False)
    await two.write(lambda tx: outbox.repeat_later(tx, number, NOW, "uncertain", 1))
    (third,) = await claim(two)
    assert (third.attempts, third.repeated, third.error) == (2, True, "uncertain")


async def test_a_takeover_withdraws_what_was_not_begun(two: Database) -> None:
    first = await put(two, "c1", 1)
    second = await put(two, "c1", 2)
    other = await put(two, "c2", 1)
    await two.write(lambda tx: outbox.start_timer(tx, "c1", "silence", NOW + 5))
    await claim(two, limit=1)
    assert await two.write(lambda tx: outbox.withdraw(tx, "c1")) == 1
    states = [each.state for number in (first, second, other) if (each := get(two, number))]
    assert states == ["sending", "withdrawn", "queued"]
    assert len(await claim(two, NOW + 5)) == 2


async def test_a_timer_of_a_name_is_one(two: Database) -> None:
    for due in (50, 20, 80, 60):
        await two.write(lambda tx, due=due: outbox.start_timer(tx, "c1", "silence", NOW + due))  # type: ignore[misc]
    await two.write(lambda tx: outbox.start_timer(tx, "c1", "ring", NOW + 70))
    await two.write(lambda tx: outbox.start_timer(tx, "c2", "silence", NOW + 70))
    assert await claim(two, NOW + 20) == []
    assert await claim(two, NOW + 59) == []
    (silence,) = await claim(two, NOW + 60)
    assert (silence.kind, silence.name, silence.due) == ("timer", "silence", NOW + 60)
    assert {(each.conversation, each.name) for each in await claim(two, NOW + 99)} == {
        ("c1", "ring"),
        ("c2", "silence"),
    }


async def test_a_done_timer_is_gone_and_its_id_is_not_given_again(two: Database) -> None:
    await two.write(lambda tx: outbox.start_timer(tx, "c1", "silence", NOW))
    (first,) = await claim(two)
    # Handling it starts the next one of the same name.
    await two.write(lambda tx: outbox.start_timer(tx, "c1", "silence", NOW + 5))
    await two.write(lambda tx: outbox.done(tx, first.id))
    assert get(two, first.id) is None
    (second,) = await claim(two, NOW + 5)
    await two.write(lambda tx: outbox.done(tx, second.id))
    await two.write(lambda tx: outbox.start_timer(tx, "c1", "silence", NOW))
    (third,) = await claim(two)
    assert first.id < second.id < third.id


async def test_timers_are_cancelled_by_name_or_all(two: Database) -> None:
    for name in ("silence", "ring", "apology"):
        await two.write(lambda tx, name=name: outbox.start_timer(tx, "c1", name, NOW))  # type: ignore[misc]
    await two.write(lambda tx: outbox.start_timer(tx, "c2", "ring", NOW))
    await two.write(lambda tx: outbox.cancel_timers(tx, "c1", ["ring", "silence"]))
    assert {each.name for each in await claim(two)} == {"apology", "ring"}
    await two.write(lambda tx: outbox.start_timer(tx, "c1", "ring", NOW))
    await two.write(lambda tx: outbox.cancel_timers(tx, "c1"))
    assert await claim(two) == []


async def test_after_a_crash_a_send_is_repeated_once_and_then_fails(two: Database) -> None:
    send = await put(two, "c1", 1)
    job = await put(two, "c2", 0, kind="file_read")
    await claim(two)
    assert await two.write(outbox.recover) == 2
    again = {each.id: each for each in await claim(two)}
    assert again[send].repeated
    assert not again[job].repeated
    await two.write(outbox.recover)
    given_up = get(two, send)
    assert given_up is not None
    assert (given_up.state, given_up.error) == ("failed", "interrupted")
    assert [each.id for each in await claim(two)] == [job]


async def test_a_job_that_kills_the_process_is_given_up(two: Database) -> None:
    job = await put(two, "c1", 0, kind="file_read")
    for _ in range(outbox.MAX_ATTEMPTS):
        assert [each.id for each in await claim(two)] == [job]
        await two.write(outbox.recover)
    assert await claim(two) == []
    given_up = get(two, job)
    assert given_up is not None
    assert given_up.state == "failed"


async def test_there_is_no_delivery_without_a_conversation(two: Database) -> None:
    with pytest.raises(Conflict):
        await put(two, "nobody", 1)
