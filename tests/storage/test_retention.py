"""What was erased stays erased: gone from every table, from the index, and from the file."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Table
from sqlmodel import SQLModel

from storage import (
    arrivals,
    chats,
    conversations,
    desk_models,
    doubts,
    figure_models,
    leads,
    manager_models,
    outbox,
    purging,
    reading,
    retention,
    search,
)
from storage.arrivals import NewArrival
from storage.chats import ChatRow
from storage.conversations import Facts
from storage.db import Database, Tx, connect_reader
from storage.doubts import NewDoubt, Wanted
from storage.errors import Conflict, Gone, StorageError
from storage.outbox import NewDelivery
from storage.reading import Filter
from storage.statements import insert_sql
from storage.transcript import read_transcript
from tests.storage.samples import DAY, NOW, begin, save, say, state

SECRET = "zirconium"
SECRETS = (SECRET, "钛合金配方")


def fill_every_table(tx: Tx, key: str) -> None:
    """A row with a secret in every table that belongs to a conversation."""
    leads.record_escalation(
        tx, leads.Escalation(key, SECRET, "presales", "high", first=True, at=NOW)
    )
    leads.open_task(tx, leads.NewTask(key, "follow_up", NOW, NOW, SECRET))
    leads.give_document(tx, leads.DocumentGiven(key, SECRET, "1", "manual", "en", NOW))
    leads.record_estimate(tx, leads.Estimate(key, "cluster", SECRET, SECRET, NOW))
    items = (leads.Item(SECRET, SECRET),)
    leads.record_requirement(tx, leads.Requirement(key, 1, "text", SECRET, NOW, items=items))
    leads.record_unanswered(tx, leads.NewUnanswered(key, SECRET, "en", NOW))
    doubts.record(tx, NewDoubt(key, 1, "unclear", "en", SECRET, 1.0, NOW))
    leads.record_file(tx, leads.File(f"file-{key}", key, SECRET, 10, "text/plain", b"", NOW))
    leads.rate(tx, key, 5, NOW)
    leads.record_promises(tx, [leads.Promise(key, 1, SECRET, NOW)])
    outbox.put(tx, NewDelivery(key, "send", NOW, payload=SECRET.encode()))
    outbox.start_timer(tx, key, SECRET, NOW)
    chats.link(tx, ChatRow("telegram", f"{SECRET}-{key}", key, NOW, SECRET.encode()))
    lost = NewArrival("widget", 0, key.encode(), key, SECRET.encode(), NOW, conversation=key)
    arrivals.set_aside(tx, lost, "KeyError")
    for module in (desk_models, figure_models, manager_models):
        for table in tables_of(module):
            fill(tx, table, key)


def tables_of(module: ModuleType) -> list[Table]:
    """The tables of a module of models whose rows belong to a conversation."""
    models = [each for each in vars(module).values() if hasattr(each, "__table__")]
    return [each.__table__ for each in models if "conversation" in each.__table__.columns]


def fill(tx: Tx, table: Table, key: str) -> None:
    """One row with the secret in every column of words."""
    fitting = {bytes: SECRET.encode(), int: 1, bool: True}  # all else is words
    values = {each.name: fitting.get(each.type.python_type, SECRET) for each in table.columns}
    tx.run(insert_sql(table), {**values, "conversation": key})


async def tell_secrets(db: Database, key: str) -> None:
    await begin(db, key)
    await db.write(lambda tx: fill_every_table(tx, key))
    await say(db, key, *(f"the secret is {secret} today" for secret in SECRETS))
    facts = Facts(city=SECRET, title=SECRET)
    await save(db, key, state=SECRET.encode(), facts=facts, milestones=("answered", "price"))
    while await db.write(search.index_new):
        continue


async def test_nothing_is_left_but_a_tombstone(db: Database) -> None:
    await tell_secrets(db, "gone")
    await tell_secrets(db, "stays")
    files = await db.write(lambda tx: retention.erase(tx, "gone", NOW + 7))
    assert files == ["file-gone"]

    def rows_of(key: str) -> dict[str, int]:
        return {
            table.name: rows[0]
            for table in SQLModel.metadata.sorted_tables
            if "conversation" in table.columns
            and table.name not in ("desk_topic", "left_topic")  # the desk deletes these
            and (
                rows := db.peek(
                    lambda tx, name=table.name: tx.one(  # type: ignore[misc]
                        f"SELECT count(*) FROM {name} WHERE conversation = :key", {"key": key}
                    )
                )
            )
        }

    assert set(rows_of("gone").values()) == {0}
    assert 0 not in rows_of("stays").values()
    row = db.peek(lambda tx: conversations.load(tx, "gone"))
    assert row is not None
    assert row.erased
    assert (row.erased_at, row.state, row.token_hash, row.source) == (NOW + 7, b"", b"", "")
    assert row.created_at == NOW - NOW % DAY
    assert await db.write(lambda tx: retention.erase(tx, "gone", NOW + 9)) == []
    assert await db.write(lambda tx: retention.erase(tx, "never", NOW + 9)) == []
    row = db.peek(lambda tx: conversations.load(tx, "gone"))
    assert row is not None
    assert row.erased_at == NOW + 7


async def test_an_erased_conversation_is_in_no_list(db: Database) -> None:
    await tell_secrets(db, "gone")
    await db.write(lambda tx: retention.erase(tx, "gone", NOW))

    def look(connection: sqlalchemy.Connection) -> tuple[Any, ...]:
        return (
            reading.transcripts(connection, Filter()).lines,
            read_transcript(connection, "gone"),
            search.search(connection, SECRET, Filter()).hits,
            reading.unanswered(connection),
            doubts.find(connection, Wanted())[0],
            reading.open_tasks(connection),
            {step.name: step.count for step in reading.funnel(connection, Filter())}["price"],
        )

    assert await db.read(look) == ((), None, (), (), (), (), 1)


async def test_the_tombstone_refuses_every_write(db: Database) -> None:
    await tell_secrets(db, "gone")
    await db.write(lambda tx: retention.erase(tx, "gone", NOW))
    with pytest.raises(Conflict):
        await begin(db, "gone")
    with pytest.raises(Gone):
        await say(db, "gone", "hello")
    new = state()
    assert not await db.write(lambda tx: conversations.save(tx, "gone", 1, new))
    with pytest.raises(Conflict):
        await db.write(lambda tx: fill_every_table(tx, "gone"))
    with pytest.raises(Conflict):
        await db.write(lambda tx: outbox.start_timer(tx, "gone", "silence", NOW))
    with pytest.raises(Conflict):
        await db.write(lambda tx: leads.rate(tx, "gone", 1, NOW))


async def test_erased_words_leave_the_file_and_the_log(db: Database, path: Path) -> None:
    await begin(db, "other")
    await tell_secrets(db, "gone")
    for n in range(300):
        await say(db, "other", f"filler number {n} about servers and shops")
        if n % 30 == 0:
            await db.write(search.index_new)
    while await db.write(search.index_new):
        continue
    assert traces(path)
    await db.write(lambda tx: retention.erase(tx, "gone", NOW))
    assert db.peek(purging.must_purge)
    assert await purging.scrub(db)
    assert not db.peek(purging.must_purge)
    assert traces(path) == []
    found = await db.read(lambda connection: search.search(connection, "filler", Filter()))
    assert found.hits[0].others == 299


async def test_words_that_were_not_indexed_yet_leave_the_log_too(db: Database, path: Path) -> None:
    await tell_secrets(db, "gone")
    assert traces(path)
    await db.write(lambda tx: retention.erase(tx, "gone", NOW))
    assert db.peek(purging.must_purge)
    assert await purging.scrub(db)
    assert traces(path) == []


async def test_a_log_that_could_not_be_emptied_is_emptied_later(db: Database, path: Path) -> None:
    await tell_secrets(db, "gone")
    while await db.write(search.index_new):
        continue
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM message").fetchone()
        await db.write(lambda tx: retention.erase(tx, "gone", NOW))
        assert not await purging.scrub(db)
        assert db.peek(purging.must_purge)
    assert await purging.scrub(db)
    assert not db.peek(purging.must_purge)
    assert traces(path) == []


def traces(path: Path) -> list[str]:
    """Secrets that can be read in the files of the database, also by their folded pairs."""
    wanted = [SECRET.encode(), "钛合".encode(), "配方".encode()]
    return [
        f"{each.name}: {word.decode()}"
        for each in path.parent.glob(path.name + "*")
        for word in wanted
        if word in each.read_bytes()
    ]


async def test_a_message_after_an_erased_one_is_indexed(db: Database) -> None:
    """Ids are not given twice, else the index would take a new message for an old one."""
    await begin(db, "stays")
    await tell_secrets(db, "gone")
    await db.write(lambda tx: retention.erase(tx, "gone", NOW))
    await say(db, "stays", "a fresh marker")
    await db.write(search.index_new)
    found = await db.read(lambda connection: search.search(connection, "marker", Filter()))
    assert [hit.line.id for hit in found.hits] == ["stays"]


async def test_what_is_old_expires_by_its_outcome(db: Database) -> None:
    days = {"default": 365, "price_only": 90, "quarantined": 0}
    ages = {"open-young": 364, "open-old": 366, "price_only-old": 91, "price_only-young": 89,
            "quarantined-old": 5_000}  # fmt: skip
    for key, age in ages.items():
        await begin(db, key)
        touched = NOW - age * DAY
        await save(db, key, outcome=key.split("-")[0], updated_at=touched)
    await db.write(
        lambda tx: leads.record_file(
            tx, leads.File("f1", "open-old", "x", 1, "text/plain", b"", NOW)
        )
    )
    expired = await db.write(lambda tx: retention.expire(tx, NOW, days, limit=50))
    assert {(each.conversation, each.files) for each in expired} == {
        ("open-old", ("f1",)),
        ("price_only-old", ()),
    }
    assert await db.write(lambda tx: retention.expire(tx, NOW, days)) == []
    assert len(await db.write(lambda tx: retention.expire(tx, NOW + 2 * DAY, days, limit=1))) == 1


async def test_a_backup_is_whole_while_writing_goes_on(
    db: Database, path: Path, tmp_path: Path
) -> None:
    await begin(db, "c1")
    stop = threading.Event()

    async def write() -> int:
        count = 0
        while not stop.is_set():
            await say(db, "c1", "one", "two")
            count += 1
        return count

    writing = asyncio.create_task(write())
    targets = [tmp_path / f"copy{n}.db" for n in range(3)]
    for target in targets:
        await asyncio.to_thread(retention.backup, f"sqlite:///{path}", target)
    stop.set()
    assert await writing > 0
    for target in targets:
        assert target.stat().st_mode & 0o077 == 0
        with closing(sqlite3.connect(target)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            last = copy.execute("SELECT last_seq FROM conversation_state").fetchone()[0]
            assert last % 2 == 0
            assert copy.execute("SELECT count(*) FROM message").fetchone() == (last,)
        again = Database.open(target)
        assert again.peek(lambda tx: conversations.load(tx, "c1")) is not None
        await again.close()
    assert not list(tmp_path.glob(".*part"))


def test_a_backup_overwrites_nothing_and_says_what_is_wrong(path: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("precious")
    with pytest.raises(StorageError, match="exists"):
        retention.backup(path, there)
    assert there.read_text() == "precious"
    with pytest.raises(StorageError, match="cannot back up"):
        retention.backup(path, tmp_path / "no" / "folder.db")
    with pytest.raises(StorageError, match="cannot back up"):
        retention.backup(tmp_path / "none.db", tmp_path / "copy.db")
    with closing(connect_reader(path)) as connection:
        assert connection.execute("SELECT count(*) FROM conversation").fetchone() == (0,)
