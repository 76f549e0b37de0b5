"""Stored updates: once, in order within a chat, and quickly found however many are remembered."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
import sqlalchemy
from alembic import command

from storage import arrivals, chats, retention
from storage.arrivals import ASIDE_KEPT, DONE_KEPT, Arrival, NewArrival
from storage.chats import ChatRow
from storage.db import Database, Tx, connect_writer
from storage.migrate import configuration
from tests.storage.samples import NOW, begin

SOURCE = "prospects"


def new(update_id: int, chat: str = "a", **more: object) -> NewArrival:
    """An update whose content follows from its id and chat, unless told otherwise."""
    payload = more.pop("payload", f"{chat}/{update_id}".encode())
    assert isinstance(payload, bytes)
    made = NewArrival(SOURCE, update_id, sha256(payload).digest(), chat, payload, NOW)
    return msgspec.structs.replace(made, **more)


async def keep(db: Database, *updates: NewArrival) -> list[int]:
    return await db.write(lambda tx: [arrivals.keep(tx, each) for each in updates])


def get(db: Database, number: int) -> Arrival:
    found = db.peek(lambda tx: arrivals.get(tx, number))
    assert found is not None
    return found


def due(db: Database, now: int = NOW, limit: int = 100, source: str = SOURCE) -> list[str]:
    return db.peek(lambda tx: arrivals.next_chats(tx, source, now, limit))


def first(db: Database, chat: str) -> Arrival | None:
    return db.peek(lambda tx: arrivals.next_of(tx, SOURCE, chat))


async def test_a_repeat_is_not_stored_again(db: Database) -> None:
    (one,) = await keep(db, new(7))
    assert one > 0
    assert await keep(db, new(7), new(7, at=NOW + 5)) == [0, 0]
    await db.write(lambda tx: arrivals.done(tx, one))
    assert await keep(db, new(7)) == [0], "it is remembered after it was done"
    other = await keep(db, new(7, payload=b"other"), new(7, source="desk"))
    assert 0 not in other
    assert len({one, *other}) == 3


async def test_the_order_is_that_of_storing(db: Database) -> None:
    numbers = await keep(db, new(900), new(3), new(901), new(2))
    assert numbers == sorted(numbers)
    taken = []
    while (arrival := first(db, "a")) is not None:
        taken.append(arrival.update_id)
        await db.write(lambda tx: arrivals.done(tx, arrival.id))
    assert taken == [900, 3, 901, 2]
    assert due(db) == []


async def test_what_is_done_keeps_no_content(db: Database, path: Path) -> None:
    (one,) = await keep(db, new(1, payload=b"my secret words"))
    await db.write(lambda tx: arrivals.done(tx, one))
    kept = get(db, one)
    assert (kept.state, kept.payload, kept.error) == ("done", b"", "")
    await db.checkpoint()
    assert b"my secret words" not in path.read_bytes()


async def test_one_that_waits_holds_back_its_chat_alone(db: Database) -> None:
    held, behind, free = await keep(db, new(1, "a"), new(2, "a"), new(3, "b"))
    await db.write(lambda tx: arrivals.later(tx, held, NOW + 1_000, "Busy", 1))
    assert due(db) == ["b"]
    waiting = first(db, "a")
    assert waiting is not None
    assert (waiting.id, waiting.attempts, waiting.error) == (held, 1, "Busy")
    assert due(db, NOW + 1_000) == ["a", "b"], "the one that waits longest first"
    await db.write(lambda tx: arrivals.aside(tx, held, "ValueError"))
    after = first(db, "a")
    assert after is not None
    assert after.id == behind
    assert due(db) == ["a", "b"]
    assert free > behind


async def test_chats_are_those_of_one_source(db: Database) -> None:
    await keep(db, new(1, "a"), new(1, "a", source="desk"), new(2, "b", source="desk"))
    assert due(db) == ["a"]
    assert due(db, source="desk") == ["a", "b"]
    assert due(db, source="desk", limit=1) == ["a"]
    assert due(db, source="widget") == []


async def test_what_is_set_aside_is_listed_and_may_come_again(db: Database) -> None:
    one, two = await keep(db, new(1), new(2))
    await db.write(lambda tx: arrivals.aside(tx, one, "KeyError"))
    (listed,) = db.peek(arrivals.aside_list)
    assert listed == arrivals.Aside(one, SOURCE, "a", NOW, "KeyError")
    assert get(db, one).payload == b"a/1"
    assert await db.write(lambda tx: arrivals.again(tx, one, NOW + 9))
    assert not await db.write(lambda tx: arrivals.again(tx, one, NOW + 9))
    assert not await db.write(lambda tx: arrivals.again(tx, two, NOW + 9)), "it is not aside"
    back = get(db, one)
    assert (back.state, back.attempts, back.error, back.due) == ("new", 0, "", NOW + 9)


async def test_the_same_content_is_set_aside_once(db: Database) -> None:
    message = new(0, "talk", source="widget")

    def put(error: str) -> Callable[[Tx], int]:
        return lambda tx: arrivals.set_aside(tx, message, error)

    one = await db.write(put("KeyError"))
    assert await db.write(put("ValueError")) == one
    (listed,) = db.peek(arrivals.aside_list)
    assert (listed.source, listed.chat, listed.error) == ("widget", "talk", "ValueError")
    await db.write(lambda tx: arrivals.done(tx, one))
    assert await db.write(put("KeyError")) == one
    assert get(db, one).payload == message.payload, "its content is back"


async def test_a_tap_is_known_by_its_chat_its_key_and_its_time(db: Database) -> None:
    one, two, three, four = await keep(
        db,
        new(1, tap="m:b"),
        new(2, tap="m:b", at=NOW + 9),
        new(3, "b", tap="m:b"),
        new(4, tap=""),
    )

    def known(number: int, since: int) -> bool:
        arrival = get(db, number)
        return db.peek(lambda tx: arrivals.tapped_before(tx, arrival, since))

    assert not known(two, NOW), "nobody took the first in yet"
    await db.write(lambda tx: arrivals.done(tx, one))
    assert known(two, NOW)
    assert not known(two, NOW + 1), "too long ago"
    assert not known(one, NOW), "it does not repeat itself"
    assert not known(three, NOW), "another chat"
    assert not known(four, NOW), "no tap at all"
    await db.write(lambda tx: arrivals.aside(tx, one, "KeyError"))
    assert not known(two, NOW), "the first failed"


async def test_a_repeated_tap_does_not_make_others_repeats(db: Database) -> None:
    one, two = await keep(db, new(1, tap="m:b"), new(2, tap="m:b", at=NOW + 20_000))
    await db.write(lambda tx: arrivals.done_without_effect(tx, one))
    arrival = get(db, two)
    assert not db.peek(lambda tx: arrivals.tapped_before(tx, arrival, NOW))
    assert (get(db, one).state, get(db, one).payload) == ("done", b"")


async def test_deaths_at_the_same_update_are_counted(db: Database) -> None:
    culprit, behind, later, other = await keep(
        db, new(1), new(2), new(3, "b"), new(1, source="desk")
    )
    await db.write(lambda tx: arrivals.later(tx, later, NOW + 99, "Busy", 1))
    counted = [await db.write(lambda tx: arrivals.recover(tx, SOURCE, NOW, 3)) for _ in range(4)]
    assert counted == [0, 0, 1, 0]
    assert (get(db, culprit).state, get(db, culprit).error) == ("aside", "interrupted")
    assert get(db, behind).attempts == 1, "it came to the front after the third"
    assert get(db, later).attempts == 1, "it was not at work"
    assert get(db, other).attempts == 0, "its bot did not run"


async def test_old_ones_are_forgotten_bit_by_bit(db: Database) -> None:
    numbers = await keep(db, *(new(n, at=NOW + n) for n in range(6)))
    for number in numbers[:4]:
        await db.write(lambda tx, number=number: arrivals.done(tx, number))  # type: ignore[misc]
    await db.write(lambda tx: arrivals.aside(tx, numbers[4], "KeyError"))

    async def forget(now: int, limit: int = 1_000) -> int:
        return await db.write(lambda tx: arrivals.forget_old(tx, now, limit))

    assert await forget(NOW + DONE_KEPT) == 0
    assert await forget(NOW + DONE_KEPT + 3, limit=2) == 2
    assert await forget(NOW + DONE_KEPT + 3, limit=2) == 1
    assert await forget(NOW + DONE_KEPT + 99) == 1
    assert get(db, numbers[4]).state == "aside", "somebody may still replay it"
    assert await forget(NOW + ASIDE_KEPT + 99) == 1
    assert get(db, numbers[5]).state == "new", "nothing that waits is ever forgotten"


async def test_erasing_takes_the_arrivals_along(db: Database) -> None:
    await begin(db, "talk", "other")
    for talk in ("talk", "other"):
        message = new(0, talk, source="widget", conversation=talk)
        await db.write(lambda tx, m=message: arrivals.set_aside(tx, m, "KeyError"))  # type: ignore[misc]
    await db.write(lambda tx: retention.erase(tx, "talk", NOW))
    assert [each.chat for each in db.peek(arrivals.aside_list)] == ["other"]


async def test_what_was_set_aside_goes_with_the_talk_that_it_was_for(db: Database) -> None:
    await begin(db, "first", "second")
    before, during, after = await keep(db, new(1), new(2), new(3))

    async def link(talk: str) -> None:
        await db.write(lambda tx: chats.link(tx, ChatRow("telegram", "a", talk, NOW)))

    await db.write(lambda tx: arrivals.aside(tx, before, "KeyError"))
    await link("first")
    await db.write(lambda tx: arrivals.aside(tx, during, "KeyError"))
    await link("second")
    await db.write(lambda tx: arrivals.aside(tx, after, "KeyError"))
    await db.write(lambda tx: retention.erase(tx, "first", NOW))
    assert [each.id for each in db.peek(arrivals.aside_list)] == [after, before]
    await db.write(lambda tx: retention.erase(tx, "second", NOW))
    assert db.peek(arrivals.aside_list) == []


@pytest.mark.parametrize("own", [False, True])
async def test_what_waits_goes_too_unless_they_erase_it_themselves(db: Database, own: bool) -> None:
    await begin(db, "talk")
    await db.write(lambda tx: chats.link(tx, ChatRow("telegram", "a", "talk", NOW)))
    waiting, other, of_staff = await keep(db, new(1), new(2, "b"), new(3, source="desk"))
    await db.write(lambda tx: retention.erase(tx, "talk", NOW, waiting=not own))
    left = [n for n in (waiting, other, of_staff) if db.peek(lambda tx, n=n: arrivals.get(tx, n))]  # type: ignore[misc]
    assert left == ([waiting] if own else []) + [other, of_staff]


async def test_waiting_ones_are_counted_up_to_what_matters(db: Database) -> None:
    one, *_ = await keep(db, *(new(n) for n in range(5)), new(9, "b"))
    await db.write(lambda tx: arrivals.done(tx, one))
    counts = [db.peek(lambda tx, n=n: arrivals.count_waiting(tx, SOURCE, "a", n)) for n in (3, 99)]  # type: ignore[misc]
    assert counts == [3, 4]


# --- work stays bounded --------------------------------------------------------------------------


def steps_of(path: Path, work: Callable[[Tx], object]) -> int:
    """Hundreds of SQLite's own instructions that a piece of work takes."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    with closing(connect_writer(path, durable=False)) as connection:
        tx = Tx(connection)
        work(tx)  # statements are made ready at their first use
        connection.set_progress_handler(tick, 100)
        work(tx)
        connection.set_progress_handler(None, 0)
    return count


def fill(path: Path, updates: Iterable[NewArrival], *, done: bool) -> None:
    with closing(connect_writer(path, durable=False)) as connection:
        connection.execute("BEGIN")
        tx = Tx(connection)
        for update in updates:
            number = arrivals.keep(tx, update)
            if done:
                arrivals.done(tx, number)
        connection.execute("COMMIT")


@pytest.mark.parametrize(
    "work",
    [
        lambda tx: arrivals.next_chats(tx, SOURCE, NOW, 100),
        lambda tx: arrivals.next_of(tx, SOURCE, "a"),
        lambda tx: arrivals.tapped_before(
            tx, Arrival(10**6, SOURCE, 1, "a", "t:new", b"", NOW, NOW, "new", 0, ""), NOW
        ),
        lambda tx: arrivals.aside_list(tx),
        lambda tx: arrivals.recover(tx, SOURCE, NOW, 99),
        lambda tx: arrivals.forget_old(tx, NOW),
        lambda tx: retention.erase(tx, "nobody", NOW),
    ],
    ids=["next_chats", "next_of", "tapped_before", "aside_list", "recover", "forget_old", "erase"],
)
def test_what_is_done_costs_nothing(path: Path, work: Callable[[Tx], object]) -> None:
    fill(path, (new(n, "a") for n in range(10**6, 10**6 + 5)), done=False)
    before = steps_of(path, work)
    fill(path, (new(n, "a", tap=f"t:{n}") for n in range(4_000)), done=True)
    assert steps_of(path, work) <= before + 2


def test_a_flood_from_one_chat_costs_nothing(path: Path) -> None:
    fill(path, [new(1, "a"), new(2, "b"), new(3, "c")], done=False)
    before = steps_of(path, lambda tx: arrivals.next_chats(tx, SOURCE, NOW, 100))
    fill(path, (new(n, "b") for n in range(4, 4_000)), done=False)
    assert steps_of(path, lambda tx: arrivals.next_chats(tx, SOURCE, NOW, 100)) <= before + 1


def test_a_repeat_costs_the_same_however_many_there_are(path: Path) -> None:
    fill(path, [new(1)], done=True)
    before = steps_of(path, lambda tx: arrivals.keep(tx, new(1)))
    fill(path, (new(n) for n in range(2, 4_000)), done=True)
    assert steps_of(path, lambda tx: arrivals.keep(tx, new(1))) <= before + 1


# --- a database of the version before ------------------------------------------------------------


def upgrade_to(path: Path, revision: str) -> None:
    engine = sqlalchemy.create_engine("sqlite://", creator=lambda: connect_writer(path))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        command.upgrade(configuration(connection), revision)
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


def put_row(connection: sqlite3.Connection, table: str, **given: object) -> None:
    """A row with these columns; the others are empty."""
    for _, name, kind, *_rest, key in connection.execute(f"PRAGMA table_info({table})"):
        if not key:
            given.setdefault(name, 0 if "INT" in kind or kind == "BOOLEAN" else b"")
    names = ", ".join(given)
    marks = ", ".join(f":{name}" for name in given)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", given)


def test_what_an_earlier_version_set_aside_moves_along(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    upgrade_to(path, "0001")
    with closing(sqlite3.connect(path)) as connection, connection:
        put_row(connection, "conversation", id="talk", channel="widget", created_at=NOW)
        put_row(connection, "conversation_state", conversation="talk", state=b"", updated_at=NOW)
        for kind, payload in (("arrival", b"first"), ("arrival", b"second"), ("alert", b"")):
            put_row(
                connection, "delivery", conversation="talk", kind=kind, payload=payload, due=NOW,
                wake=NOW, state="failed", error="KeyError",
            )  # fmt: skip
    upgrade_to(path, "head")
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT source, chat, payload, at, state, error FROM arrival ORDER BY id"
        ).fetchall()
        kinds = connection.execute("SELECT kind FROM delivery").fetchall()
    assert found == [
        ("widget", "talk", payload, NOW, "aside", "KeyError") for payload in (b"first", b"second")
    ]
    assert kinds == [("alert",)]
