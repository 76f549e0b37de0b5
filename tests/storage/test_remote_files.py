"""Files that a bot uploaded before."""

from __future__ import annotations

from storage import remote_files
from storage.db import Database


async def test_an_upload_is_found_by_bot_and_key(db: Database) -> None:
    await db.write(lambda tx: remote_files.keep(tx, "prospects", "paper:1", "id-1", 5))
    await db.write(lambda tx: remote_files.keep(tx, "desk", "paper:1", "id-2", 5))
    assert db.peek(lambda tx: remote_files.find(tx, "prospects", "paper:1")) == "id-1"
    assert db.peek(lambda tx: remote_files.find(tx, "desk", "paper:1")) == "id-2"
    assert db.peek(lambda tx: remote_files.find(tx, "prospects", "paper:2")) == ""


async def test_a_later_upload_takes_its_place(db: Database) -> None:
    await db.write(lambda tx: remote_files.keep(tx, "prospects", "k", "id-1", 0))
    await db.write(lambda tx: remote_files.keep(tx, "prospects", "k", "id-2", 1))
    assert db.peek(lambda tx: remote_files.find(tx, "prospects", "k")) == "id-2"
    found = db.peek(lambda tx: tx.all("SELECT at FROM remote_file"))
    assert found == [(1,)]


async def test_what_telegram_forgot_is_forgotten(db: Database) -> None:
    await db.write(lambda tx: remote_files.keep(tx, "prospects", "k", "id", 1))
    await db.write(lambda tx: remote_files.forget(tx, "prospects", "k"))
    await db.write(lambda tx: remote_files.forget(tx, "prospects", "k"))
    assert db.peek(lambda tx: remote_files.find(tx, "prospects", "k")) == ""
