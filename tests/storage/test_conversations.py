"""Turns on conversations: numbers without gaps, no lost update, no double input."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import conversations, reading
from storage.conversations import MILESTONES, Facts, NewConversation, NewMessage
from storage.db import Database, Tx
from storage.errors import Conflict, Gone, LostTurn
from tests.storage.samples import NOW, begin, save, say, state, take_turn


async def test_a_new_conversation_is_read_back(db: Database) -> None:
    await begin(db, "c1", language="zh")
    row = db.peek(lambda tx: conversations.load(tx, "c1"))
    assert row is not None
    assert (row.id, row.channel, row.token_hash, row.language) == ("c1", "widget", b"hash", "zh")
    assert (row.source, row.created_at, row.updated_at) == ("/shop", NOW, NOW)
    assert (row.owner, row.outcome, row.stage) == ("bot", "open", "consultation")
    assert (row.version, row.last_seq, row.state, row.erased) == (0, 0, b"", False)
    assert db.peek(lambda tx: conversations.load(tx, "other")) is None


async def test_an_id_is_used_once(db: Database) -> None:
    await begin(db, "c1")
    with pytest.raises(Conflict):
        await begin(db, "c1")


async def test_a_turn_is_read_back(db: Database) -> None:
    await begin(db, "c1")
    new = NewMessage(
        "prospect", "我们有预算", NOW + 5, reading=b"r", external_id="m-1", digest=b"d", body=b"b"
    )
    assert await db.write(lambda tx: conversations.append(tx, "c1", [new])) == [1]
    found = db.peek(lambda tx: conversations.find_message(tx, "c1", "m-1"))
    assert found is not None
    assert (found.seq, found.author, found.text, found.at) == (1, "prospect", "我们有预算", NOW + 5)
    assert (found.reading, found.body, found.digest, found.staff_id) == (b"r", b"b", b"d", 0)
    assert db.peek(lambda tx: conversations.get_message(tx, "c1", 1)) == found
    assert db.peek(lambda tx: conversations.find_message(tx, "c1", "m-2")) is None
    assert db.peek(lambda tx: conversations.find_message(tx, "c1", "")) is None


async def test_the_summary_follows_the_state(db: Database) -> None:
    await begin(db, "c1")
    facts = Facts("enterprise", "private", "München", "Retailer, München")
    await save(db, "c1", owner="waiting", outcome="escalated", reason="qualified", facts=facts)
    row = db.peek(lambda tx: conversations.load(tx, "c1"))
    assert row is not None
    assert (row.owner, row.outcome, row.reason, row.version) == (
        "waiting",
        "escalated",
        "qualified",
        1,
    )
    assert row.state == b"state"
    await save(db, "c1", owner="human", outcome="escalated", staff_id=3)
    row = db.peek(lambda tx: conversations.load(tx, "c1"))
    assert row is not None
    assert (row.owner, row.reason, row.staff_id, row.version) == ("human", "", 3, 2)


async def test_milestones_are_never_lost(db: Database) -> None:
    await begin(db, "c1")
    await save(db, "c1", milestones=("answered", "price"))
    await save(db, "c1", milestones=("buyer",))
    await save(db, "c1")
    steps = await db.read(lambda connection: reading.funnel(connection, reading.Filter()))
    reached = {step.name for step in steps if step.count}
    assert reached == {"opened", "answered", "price", "buyer"}
    with pytest.raises(KeyError):
        conversations.milestone_bits(["no such step"])
    assert conversations.milestone_bits(MILESTONES) == 2 ** len(MILESTONES) - 1


async def test_the_loser_of_the_version_writes_nothing(db: Database) -> None:
    await begin(db, "c1")

    def late(tx: Tx) -> None:
        conversations.append(tx, "c1", [NewMessage("bot", "too late", NOW)])
        if not conversations.save(tx, "c1", 0, state(state=b"late")):
            raise LostTurn("c1")

    await db.write(lambda tx: take_turn(tx, "c1", "m-1"))
    with pytest.raises(LostTurn):
        await db.write(late)
    row = db.peek(lambda tx: conversations.load(tx, "c1"))
    assert row is not None
    assert (row.version, row.last_seq, row.state) == (1, 2, b"state")


async def test_turns_at_once_each_happen_once(db: Database) -> None:
    """Thirty clients, every message sent three times, all on two conversations."""
    await begin(db, "c1", "c2")

    async def client(number: int) -> None:
        key = f"c{1 + number % 2}"
        for k in range(5):
            external = f"{number}-{k}"
            copies = [
                db.write(lambda tx, e=external: take_turn(tx, key, e))  # type: ignore[misc]
                for _ in range(3)
            ]
            assert len({seqs[0] for seqs in await asyncio.gather(*copies)}) == 1

    await asyncio.gather(*(client(number) for number in range(30)))
    for key in ("c1", "c2"):
        messages = db.peek(
            lambda tx, key=key: reading.messages_after(tx, key, 0, internal=True, limit=1000)  # type: ignore[misc]
        )
        assert [message.seq for message in messages] == list(range(1, 151))
        inputs = [message.external_id for message in messages if message.author == "prospect"]
        assert len(inputs) == len(set(inputs)) == 75
        row = db.peek(lambda tx, key=key: conversations.load(tx, key))  # type: ignore[misc]
        assert row is not None
        assert (row.version, row.last_seq) == (75, 150)


async def test_the_same_external_id_is_a_conflict_in_one_conversation_only(db: Database) -> None:
    await begin(db, "c1", "c2")
    same = [NewMessage("prospect", "x", NOW, external_id="m-1")]
    await db.write(lambda tx: conversations.append(tx, "c1", same))
    await db.write(lambda tx: conversations.append(tx, "c2", same))
    with pytest.raises(Conflict):
        await db.write(lambda tx: conversations.append(tx, "c1", same))
    row = db.peek(lambda tx: conversations.load(tx, "c1"))
    assert row is not None
    assert row.last_seq == 1


async def test_nothing_is_added_to_what_does_not_exist(db: Database) -> None:
    with pytest.raises(Gone):
        await say(db, "nobody", "hello")
    new = state()
    assert await db.write(lambda tx: conversations.save(tx, "nobody", 0, new)) is False


async def test_notes_are_internal(db: Database) -> None:
    await begin(db, "c1")
    for author in ("prospect", "bot", "note", "staff", "event"):
        await say(db, "c1", f"by {author}", author=author)

    def after(seq: int, internal: bool, limit: int = 10) -> list[str]:
        rows = db.peek(
            lambda tx: reading.messages_after(tx, "c1", seq, internal=internal, limit=limit)
        )
        return [row.author for row in rows]

    assert after(0, True) == ["prospect", "bot", "note", "staff", "event"]
    assert after(0, False) == ["prospect", "bot", "staff", "event"]
    assert after(2, False) == ["staff", "event"]
    assert after(0, True, limit=2) == ["prospect", "bot"]
    assert db.peek(lambda tx: conversations.latest(tx, "c1")) == (0, 5)
    assert db.peek(lambda tx: conversations.latest(tx, "none")) is None


@given(text=st.text(), body=st.binary(max_size=50))
@settings(max_examples=60, deadline=None)
async def test_any_text_is_kept_as_it_is(db_for_texts: Database, text: str, body: bytes) -> None:
    stored = text.encode("utf-8", "replace").decode()
    new = [NewMessage("prospect", stored, NOW, body=body)]
    (seq,) = await db_for_texts.write(lambda tx: conversations.append(tx, "c1", new))
    found = db_for_texts.peek(lambda tx: conversations.get_message(tx, "c1", seq))
    assert found is not None
    assert (found.text, found.body) == (stored, body)


async def test_what_looks_like_sql_is_only_text(db: Database) -> None:
    evil = "'); DROP TABLE message; --"
    new = NewConversation(evil, evil, b"", evil, NOW, evil)
    await db.write(lambda tx: conversations.create(tx, new))
    await say(db, evil, evil)
    row = db.peek(lambda tx: conversations.load(tx, evil))
    assert row is not None
    assert (row.id, row.source, row.last_seq) == (evil, evil, 1)
