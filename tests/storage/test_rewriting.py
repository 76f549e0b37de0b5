"""No byte of what was erased stays in the file: it is written anew, also after a restart."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import purging, retention, rewriting, search
from storage.db import Database, Tx
from storage.errors import WriteFailed
from storage.figure_models import Fact
from storage.models import table_of
from storage.reading import Filter
from storage.statements import insert_sql
from tests.storage.samples import NOW, begin, leave_copy, say

MAIL = "zita@zircon.example"
PUT = insert_sql(table_of(Fact))


def tell(tx: Tx, talk: str, value: str) -> None:
    row = {"conversation": talk, "slot": "email", "value": value, "status": "given", "at": NOW}
    tx.run(PUT, row)


def holds(path: Path, words: str) -> bool:
    """Whether the words can be read in any file of the database."""
    return any(words.encode() in each.read_bytes() for each in path.parent.glob(path.name + "*"))


async def erase_with_copy(path: Path) -> Database:
    """A database with one talk erased and a copy of its e-mail address left in a gap."""
    db = Database.open(path)
    await begin(db, "gone", "stays")
    await db.write(lambda tx: tell(tx, "gone", MAIL))
    await db.write(lambda tx: tell(tx, "stays", "sound@basalt.example"))
    await say(db, "stays", "granite and basalt")
    while await db.write(search.index_new):
        continue
    await db.close()
    leave_copy(path, "fact", MAIL)
    db = Database.open(path)
    await db.write(lambda tx: retention.erase(tx, "gone", NOW))
    assert await purging.scrub(db)
    assert holds(path, MAIL), "deleting and overwriting do not reach the gap"
    return db


async def test_a_copy_in_the_gap_of_a_page_goes(path: Path) -> None:
    db = await erase_with_copy(path)
    assert db.peek(purging.must_rewrite)
    assert await purging.rewrite(db)
    assert not db.peek(purging.must_rewrite)
    assert not holds(path, MAIL)
    found = await db.read(lambda connection: search.search(connection, "basalt", Filter()))
    assert [hit.line.id for hit in found.hits] == ["stays"]
    assert db.peek(lambda tx: tx.all("SELECT value FROM fact")) == [("sound@basalt.example",)]
    assert sorted(each.name for each in path.parent.iterdir()) == [
        path.name, f"{path.name}-shm", f"{path.name}-wal",
    ]  # fmt: skip
    await db.close()


async def test_it_is_owed_after_a_restart_without_a_word_kept(path: Path) -> None:
    db = await erase_with_copy(path)
    owed = db.peek(lambda tx: tx.all("SELECT name, value FROM mark WHERE name = 'rewrite'"))
    await db.close()
    assert owed == [("rewrite", 1)]
    db = Database.open(path)
    assert db.peek(purging.must_rewrite)
    assert await purging.rewrite(db)
    assert not holds(path, MAIL)
    await db.close()


async def test_after_a_crash_in_the_middle_it_is_done_again(path: Path) -> None:
    """Begun and not ended: what the mark then says is not taken for done."""
    db = await erase_with_copy(path)
    await db.write(purging._begin_rewriting)
    await db.close()
    db = Database.open(path)
    assert holds(path, MAIL)
    assert await purging.rewrite(db)
    assert not holds(path, MAIL)
    await db.close()


class EraserInBetween(Database):
    """Another talk is erased just after the file was written anew."""

    async def rewrite(self) -> None:
        await super().rewrite()
        await self.write(lambda tx: retention.erase(tx, "stays", NOW))


async def test_what_is_erased_meanwhile_is_owed_anew(path: Path) -> None:
    await (await erase_with_copy(path)).close()
    db = EraserInBetween.open(path)
    assert not await purging.rewrite(db)
    assert db.peek(purging.must_purge)
    assert db.peek(purging.must_rewrite)
    await db.close()
    db = Database.open(path)
    assert await purging.rewrite(db)
    assert not db.peek(purging.must_purge)
    assert not holds(path, "basalt")
    await db.close()


class Once(Database):
    """Lets the file be written anew a single time."""

    begun = 0

    async def rewrite(self) -> None:
        self.begun += 1
        assert self.begun == 1
        await super().rewrite()


async def test_a_reader_in_the_way_leaves_only_the_log_to_be_emptied(path: Path) -> None:
    await (await erase_with_copy(path)).close()
    db = Once.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM message").fetchone()
        assert not await purging.rewrite(db)
        assert db.peek(purging.must_rewrite)
        assert holds(path, MAIL)
    assert await purging.rewrite(db)
    assert not holds(path, MAIL)
    await db.close()


async def test_writes_wait_for_it_and_are_kept(path: Path) -> None:
    db = await erase_with_copy(path)
    turns = (say(db, "stays", f"while it runs {n}") for n in range(20))
    await asyncio.gather(purging.rewrite(db), *turns)
    assert db.peek(lambda tx: tx.one("SELECT count(*) FROM message")) == (21,)
    assert await purging.rewrite(db)
    assert not holds(path, MAIL)
    await db.close()


async def test_without_room_on_the_disk_nothing_is_begun(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = await erase_with_copy(path)
    monkeypatch.setattr(rewriting, "ROOM", 1e12)
    with pytest.raises(WriteFailed, match="no room"):
        await purging.rewrite(db)
    assert db.peek(purging.must_rewrite)
    assert holds(path, MAIL)
    monkeypatch.undo()
    assert await purging.rewrite(db)
    assert not holds(path, MAIL)
    await db.close()


async def test_a_backup_made_before_it_holds_nothing_erased(path: Path, tmp_path: Path) -> None:
    db = await erase_with_copy(path)
    await begin(db, "also")
    await say(db, "also", "tourmaline")
    while await db.write(search.index_new):
        continue
    await db.write(lambda tx: retention.erase(tx, "also", NOW))
    assert db.peek(purging.must_purge)
    copy = tmp_path / "copy" / "firstline.db"
    copy.parent.mkdir()
    retention.backup(path, copy)
    assert [each.name for each in copy.parent.iterdir()] == [copy.name]
    assert holds(path, MAIL)
    assert not holds(copy, MAIL)
    assert holds(path, "tourmaline")
    assert not holds(copy, "tourmaline")
    await db.close()
    db = Database.open(copy)
    assert db.peek(purging.must_rewrite), "it is done again"
    assert await purging.rewrite(db)
    found = await db.read(lambda connection: search.search(connection, "basalt", Filter()))
    assert [hit.line.id for hit in found.hits] == ["stays"]
    await db.close()
