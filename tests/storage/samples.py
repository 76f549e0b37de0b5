"""Sample rows for the storage tests."""

from __future__ import annotations

from collections.abc import Sequence

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
