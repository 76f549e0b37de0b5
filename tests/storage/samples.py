"""Sample rows for the storage tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from storage import conversations
from storage.conversations import NewConversation, NewMessage, NewState
from storage.db import Database, Tx
from storage.errors import Gone, LostTurn

NOW = 1_790_000_000_000
DAY = 86_400_000


async def begin(db: Database, *keys: str, at: int = NOW, language: str = "en") -> None:
    """Create conversations of these ids."""
    for key in keys:
        new = NewConversation(key, "widget", b"hash", language, at, source="/shop")
        await db.write(lambda tx, new=new: conversations.create(tx, new))  # type: ignore[misc]


def state(**changes: object) -> NewState:
    return msgspec.structs.replace(NewState(b"state", NOW), **changes)


def take_turn(
    tx: Tx, key: str, external: str, replies: Sequence[str] = ("Noted.",), **changes: object
) -> list[int]:
    """One turn as the bot does it: find, load, append, save."""
    seen = conversations.find_message(tx, key, external)
    if seen is not None:
        return [seen.seq]
    row = conversations.load(tx, key)
    if row is None or row.erased:
        raise Gone(key)
    said = NewMessage("prospect", f"message {external}", NOW, external_id=external)
    answers = [NewMessage("bot", reply, NOW) for reply in replies]
    seqs = conversations.append(tx, key, [said, *answers])
    if not conversations.save(tx, key, row.version, state(**changes)):
        raise LostTurn(key)
    return seqs


async def say(db: Database, key: str, *texts: str, author: str = "prospect", at: int = NOW) -> None:
    """Append messages without a turn around them."""
    new = [NewMessage(author, text, at) for text in texts]  # type: ignore[arg-type]
    await db.write(lambda tx: conversations.append(tx, key, new))


async def save(db: Database, key: str, **changes: object) -> None:
    """Store a state with these summary columns."""

    def work(tx: Tx) -> None:
        row = conversations.load(tx, key)
        assert row is not None
        assert conversations.save(tx, key, row.version, state(**changes))

    await db.write(work)


def leave_copy(path: Path, table: str, words: str) -> None:
    """Put words into the gap of the one page of a table, where SQLite leaves copies of rows when it
    moves them to other pages. The database is closed."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        head = file.read(8)
        assert head[0] in (10, 13), "one leaf holds all rows"
        after_pointers = 8 + 2 * int.from_bytes(head[3:5], "big")
        gap = int.from_bytes(head[5:7], "big") - after_pointers
        assert gap > max(500, 2 * len(words.encode()))
        file.seek((page - 1) * size + after_pointers + gap // 2)
        file.write(words.encode())
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
