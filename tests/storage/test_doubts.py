"""Messages that were not understood: kept once, listed, settled, put back, and gone when erased."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import sqlalchemy

from storage import doubts, retention
from storage.db import Database
from storage.doubts import PER_TALK, Doubt, NewDoubt, Settling, Wanted
from storage.statements import COUNTED
from tests.storage.samples import NOW, begin, say

MINUTE = 60_000


def doubt(key: str, seq: int = 1, **more: Any) -> NewDoubt:
    new = NewDoubt(key, seq, "unclear", "en", "city", 0.4, NOW + seq)
    return msgspec.structs.replace(new, **more)


async def keep(db: Database, *found: NewDoubt) -> list[bool]:
    return [await db.write(lambda tx, each=each: doubts.record(tx, each)) for each in found]  # type: ignore[misc]


async def listed(db: Database, **wanted: Any) -> tuple[Doubt, ...]:
    return (await db.read(lambda at: doubts.find(at, Wanted(**wanted))))[0]


async def test_a_doubt_carries_its_message(db: Database) -> None:
    await begin(db, "a")
    await say(db, "a", "mumble mumble")
    assert await keep(db, doubt("a")) == [True]
    (found,) = await listed(db)
    assert (found.conversation, found.seq, found.text) == ("a", 1, "mumble mumble")
    assert (found.kind, found.asked, found.certainty) == ("unclear", "city", 0.4)
    assert db.peek(lambda tx: doubts.get(tx, found.id)) == found
    assert db.peek(lambda tx: doubts.get(tx, found.id + 1)) is None


async def test_a_message_has_one_doubt_and_a_correction_is_the_graver_one(db: Database) -> None:
    await begin(db, "a")
    await say(db, "a", "mumble")
    again = [doubt("a", kind="unsure"), doubt("a", kind="corrected"), doubt("a", kind="unread")]
    assert await keep(db, doubt("a"), *again) == [True, False, False, False]
    assert [each.kind for each in await listed(db)] == ["corrected"]
    (found,) = await listed(db)
    await db.write(lambda tx: doubts.settle(tx, found.id, Settling("dismissed", 7, NOW)))
    await keep(db, doubt("a", kind="corrected"))
    assert await listed(db) == ()  # what was dealt with stays so


async def test_a_talk_fills_no_list(db: Database) -> None:
    await begin(db, "flood", "calm")
    await say(db, "flood", *("asdf" for _ in range(PER_TALK + 5)))
    await say(db, "calm", "mumble")
    kept = await keep(db, *(doubt("flood", seq) for seq in range(1, PER_TALK + 6)))
    assert kept == [True] * PER_TALK + [False] * 5
    assert await keep(db, doubt("calm")) == [True]


async def test_filters_and_pages(db: Database) -> None:
    await begin(db, "a", "b")
    await say(db, "a", *(f"one {n}" for n in range(1, 6)))
    await say(db, "b", *(f"two {n}" for n in range(1, 4)))
    await keep(db, *(doubt("a", n, kind="unsure") for n in range(1, 6)))
    await keep(db, *(doubt("b", n, language="zh", at=NOW + n * MINUTE) for n in range(1, 4)))
    assert [each.text for each in await listed(db, kind="unsure")] == [
        f"one {n}" for n in (5, 4, 3, 2, 1)
    ]
    assert [each.text for each in await listed(db, language="zh")] == ["two 3", "two 2", "two 1"]
    assert await listed(db, kind="unsure", language="zh") == ()
    assert len(await listed(db, since=NOW + MINUTE)) == 3
    assert len(await listed(db, since=NOW + MINUTE, until=NOW + 2 * MINUTE)) == 1
    seen, cursor = [], ""
    for _ in range(3):
        page, cursor = await db.read(partial(doubts.find, wanted=Wanted(), cursor=cursor, limit=3))
        seen += [each.id for each in page]
    assert cursor == ""
    assert seen == [each.id for each in await listed(db)]


async def test_settling_and_putting_back(db: Database) -> None:
    await begin(db, "a")
    await say(db, "a", "mumble", "jumble")
    await keep(db, doubt("a"), doubt("a", 2))
    assert db.peek(doubts.count_open) == 2
    _, first = await listed(db)
    settling = Settling("example", 7, NOW + 9, 31)
    assert await db.write(lambda tx: doubts.settle(tx, first.id, settling))
    assert not await db.write(lambda tx: doubts.settle(tx, first.id, settling))
    assert db.peek(doubts.count_open) == 1
    (done,) = await listed(db, settled=True)
    assert (done.id, done.settled_by, done.settled_at) == (first.id, 7, NOW + 9)
    assert (done.settled_how, done.edit) == ("example", 31)
    assert await db.write(lambda tx: doubts.reopen(tx, first.id))
    assert not await db.write(lambda tx: doubts.reopen(tx, first.id))
    assert await listed(db, settled=True) == ()
    assert [each.edit for each in await listed(db)] == [0, 0]


async def test_erasing_takes_words_and_rows(db: Database) -> None:
    await begin(db, "gone", "stays")
    await say(db, "gone", "a secret")
    await say(db, "stays", "no secret")
    await keep(db, doubt("gone"), doubt("stays"))
    await db.write(lambda tx: retention.erase(tx, "gone", NOW))
    assert [each.conversation for each in await listed(db)] == ["stays"]
    rows = db.peek(lambda tx: tx.all("SELECT * FROM doubt"))
    assert len(rows) == 1
    assert "secret" not in repr(rows)


async def test_the_last_words_of_the_prospect(db: Database) -> None:
    await begin(db, "a")
    await say(db, "a", "one")
    await say(db, "a", "Noted.", author="bot")
    await say(db, "a", "two")
    last = db.peek(lambda tx: doubts.last_said(tx, "a", 3))
    assert last is not None
    assert (last.seq, last.text) == (1, "one")
    assert db.peek(lambda tx: doubts.last_said(tx, "a", 1)) is None


async def test_lists_walk_their_index(db: Database) -> None:
    """Whatever is filtered: rows come in order from the index of the open or the settled ones."""
    plans = []

    def look(connection: sqlalchemy.Connection, wanted: Wanted) -> str:
        asked: list[tuple[str, Any]] = []

        def note(_: Any, __: Any, statement: str, params: Any, *___: Any) -> None:
            asked.append((statement, params))

        sqlalchemy.event.listen(connection, "before_cursor_execute", note)
        doubts.find(connection, wanted, f"{NOW}-7")
        sqlalchemy.event.remove(connection, "before_cursor_execute", note)
        statement, params = asked[0]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", params)
        return " ".join(str(row) for row in plan)

    for more in ({}, {"kind": "unread"}, {"language": "zh", "since": NOW}, {"settled": True}):
        wanted = Wanted(**more)
        plans.append(await db.read(partial(look, wanted=wanted)))
        assert ("doubt_settled" if wanted.settled else "doubt_open") in plans[-1]
        assert "TEMP B-TREE" not in plans[-1]
        assert "SCAN message" not in plans[-1]
    assert len(set(plans)) > 1


async def test_a_long_list_is_only_said_to_be_long(db: Database) -> None:
    for number in range(COUNTED // PER_TALK + 1):
        await begin(db, f"c{number}")
        await say(db, f"c{number}", *("mumble" for _ in range(PER_TALK)))
        await keep(db, *(doubt(f"c{number}", seq) for seq in range(1, PER_TALK + 1)))
    assert db.peek(doubts.count_open) == COUNTED
