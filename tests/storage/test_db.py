"""The shared commit: what is acknowledged is stored, and nobody pays for another's failure."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy

from storage import db as db_module
from storage.db import Database, Tx, connect_reader, connect_writer, sqlite_path
from storage.errors import Conflict, DatabaseClosed, StorageError, WriteFailed

SET = "INSERT INTO mark(name, value) VALUES (:name, :value)"
GET = "SELECT value FROM mark WHERE name = :name"
COUNT = "SELECT count(*) FROM mark"


def put(name: str, value: int = 1) -> Callable[[Tx], int]:
    return lambda tx: tx.run(SET, {"name": name, "value": value})


def count(tx: Tx) -> int:
    row = tx.one(COUNT)
    assert row is not None
    return int(row[0])


def count_commits(db: Database) -> list[str]:
    commits: list[str] = []
    assert db._writer is not None
    db._writer.set_trace_callback(lambda said: commits.append(said) if said == "COMMIT" else None)
    return commits


async def test_writes_that_arrive_together_share_commits(db: Database) -> None:
    commits = count_commits(db)
    await asyncio.gather(*(db.write(put(f"n{i}")) for i in range(200)))
    assert db.peek(count) == 200
    assert 1 <= len(commits) < 50


async def test_a_batch_is_bounded(db: Database) -> None:
    commits = count_commits(db)
    size = 3 * db_module.BATCH
    await asyncio.gather(*(db.write(put(f"n{i}")) for i in range(size)))
    assert db.peek(count) == size
    assert len(commits) >= 3


async def test_what_is_acknowledged_is_seen_by_others(db: Database, path: Path) -> None:
    with closing(connect_reader(path)) as other:
        for i in range(20):
            await db.write(put(f"n{i}"))
            assert other.execute(COUNT).fetchone() == (i + 1,)


async def test_a_failing_write_undoes_only_itself(db: Database) -> None:
    def fail(tx: Tx) -> None:
        put("half")(tx)
        raise ValueError("no")

    results = await asyncio.gather(
        db.write(put("a")), db.write(fail), db.write(put("b")), return_exceptions=True
    )
    assert results[0] == results[2] == 1
    assert isinstance(results[1], ValueError)
    names = db.peek(lambda tx: tx.all("SELECT name FROM mark ORDER BY name"))
    assert names == [("a",), ("b",)]


async def test_a_broken_rule_is_a_conflict(db: Database) -> None:
    await db.write(put("a"))
    with pytest.raises(Conflict):
        await db.write(put("a"))
    with pytest.raises(Conflict, match="FOREIGN KEY"):
        await db.write(
            lambda tx: tx.run("INSERT INTO rating(conversation, stars, at) VALUES ('x', 5, 1)")
        )


async def test_a_write_sees_what_came_before_it_in_the_same_commit(db: Database) -> None:
    seen = await asyncio.gather(db.write(put("a")), db.write(count))
    assert seen[1] == 1


async def test_uncommitted_rows_are_not_seen_by_peek(db: Database) -> None:
    def work(tx: Tx) -> int:
        put("a")(tx)
        return db.peek(count)

    assert await db.write(work) == 0
    assert db.peek(count) == 1


async def test_a_failing_commit_fails_every_caller_and_stores_nothing(db: Database) -> None:
    def poison(tx: Tx) -> None:
        tx.run("PRAGMA defer_foreign_keys = ON")
        tx.run("INSERT INTO rating(conversation, stars, at) VALUES ('nobody', 5, 1)")

    results = await asyncio.gather(
        db.write(put("a")), db.write(poison), db.write(put("b")), return_exceptions=True
    )
    assert [type(result) for result in results] == [WriteFailed] * 3
    assert db.peek(count) == 0
    assert await db.write(put("c")) == 1


async def test_a_full_disk_acknowledges_nothing_and_passes(db: Database) -> None:
    assert db._writer is not None
    (pages,) = db._writer.execute("PRAGMA page_count").fetchone()
    db._writer.execute(f"PRAGMA max_page_count = {pages + 4}")
    big = "x" * 200_000
    results = await asyncio.gather(
        db.write(put("a")), db.write(put(big)), db.write(put("b")), return_exceptions=True
    )
    failed = [result for result in results if isinstance(result, WriteFailed)]
    assert failed
    stored = {row[0] for row in db.peek(lambda tx: tx.all("SELECT name FROM mark"))}
    acknowledged = {
        name
        for name, result in zip(("a", big, "b"), results, strict=True)
        if not isinstance(result, Exception)
    }
    assert stored == acknowledged
    assert big not in stored
    db._writer.execute("PRAGMA max_page_count = 1000000")
    assert await db.write(put(big)) == 1


async def test_a_full_disk_within_a_write_is_told_as_such(db: Database) -> None:
    def choke(tx: Tx) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with pytest.raises(WriteFailed):
        await db.write(choke)
    with pytest.raises(sqlite3.OperationalError):  # a mistake of ours is no fault of the disk
        await db.write(lambda tx: tx.run("UPDATE nothing SET x = 1"))
    assert await db.write(put("after")) == 1


async def test_callers_are_told_even_where_nothing_can_be_undone(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = db._execute

    def stuck(statement: str) -> None:
        if statement in ("COMMIT", "ROLLBACK"):
            raise sqlite3.OperationalError("disk I/O error")
        execute(statement)

    with monkeypatch.context() as broken:
        broken.setattr(db, "_execute", stuck)
        for name in ("first", "next"):
            with pytest.raises(WriteFailed):
                await asyncio.wait_for(db.write(put(name)), 5)
    with pytest.raises(WriteFailed):
        await asyncio.wait_for(db.write(put("undone by this one")), 5)
    assert await asyncio.wait_for(db.write(put("after")), 5) == 1


async def test_cancelled_callers_do_no_harm(db: Database) -> None:
    tasks = [asyncio.create_task(db.write(put(f"n{i}"))) for i in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(result == 1 for result in done[1::2])
    assert all(isinstance(result, asyncio.CancelledError) for result in done[::2])
    names = {row[0] for row in db.peek(lambda tx: tx.all("SELECT name FROM mark"))}
    assert {f"n{i}" for i in range(1, 50, 2)} <= names
    assert await db.write(put("later")) == 1


async def test_close_commits_what_waits_and_refuses_what_comes(path: Path) -> None:
    db = Database.open(path)
    writes = [asyncio.create_task(db.write(put(f"n{i}"))) for i in range(500)]
    await asyncio.sleep(0)
    await db.close()
    assert await asyncio.gather(*writes) == [1] * 500
    with pytest.raises(DatabaseClosed):
        await db.write(put("late"))
    with pytest.raises(DatabaseClosed):
        db.peek(count)
    with pytest.raises(DatabaseClosed):
        await db.read(lambda connection: None)
    await db.close()
    with closing(connect_reader(path)) as other:
        assert other.execute(COUNT).fetchone() == (500,)


async def test_read_sees_one_moment_and_cannot_write(db: Database) -> None:
    await db.write(put("a"))
    loop = asyncio.get_running_loop()
    counted, written = asyncio.Event(), asyncio.Event()

    def twice(connection: sqlalchemy.Connection) -> tuple[int, int]:
        first = connection.exec_driver_sql(COUNT).scalar_one()
        loop.call_soon_threadsafe(counted.set)
        asyncio.run_coroutine_threadsafe(written.wait(), loop).result(timeout=10)
        return first, connection.exec_driver_sql(COUNT).scalar_one()

    reading = asyncio.create_task(db.read(twice))
    await counted.wait()
    await db.write(put("b"))
    written.set()
    assert await reading == (1, 1)
    with pytest.raises(sqlalchemy.exc.OperationalError, match="readonly"):
        await db.read(lambda connection: connection.exec_driver_sql("DELETE FROM mark").rowcount)


async def test_a_reader_only_database_writes_nothing(path: Path) -> None:
    db = Database.open(path, writer=False)
    assert db.peek(count) == 0
    with pytest.raises(StorageError, match="reading only"):
        await db.write(put("a"))
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.peek(put("a"))
    await db.close()


async def test_a_checkpoint_empties_the_log(db: Database, path: Path) -> None:
    await asyncio.gather(*(db.write(put(f"n{i}")) for i in range(50)))
    log = path.with_name(path.name + "-wal")
    assert log.stat().st_size > 0
    assert await db.checkpoint()
    assert log.stat().st_size == 0
    assert db.peek(count) == 50


def test_the_writer_is_durable(path: Path) -> None:
    with closing(connect_writer(path)) as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_addresses_of_databases() -> None:
    assert sqlite_path("sqlite:////var/lib/x.db") == Path("/var/lib/x.db")
    assert sqlite_path("x.db") == Path("x.db").absolute()
    with pytest.raises(StorageError, match="postgresql"):
        sqlite_path("postgresql://host/x")


def test_what_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="migrate"):
        Database.open(tmp_path / "none.db")
    bad = tmp_path / "bad.db"
    bad.write_text("this is no database, but it is long enough to look like one " * 20)
    with pytest.raises(StorageError, match="cannot open"):
        Database.open(bad)


async def test_a_cancelled_loop_acknowledges_nothing_uncommitted(path: Path) -> None:
    db = Database.open(path)
    writes = [asyncio.create_task(db.write(put(f"n{i}"))) for i in range(600)]
    await asyncio.sleep(0)
    assert db._draining is not None
    db._draining.cancel()
    results = await asyncio.gather(*writes, return_exceptions=True)
    acknowledged = {f"n{i}" for i, result in enumerate(results) if result == 1}
    assert all(result == 1 or isinstance(result, DatabaseClosed) for result in results)
    await db.close()
    with closing(connect_reader(path)) as other:
        stored = {row[0] for row in other.execute("SELECT name FROM mark")}
    assert acknowledged <= stored
