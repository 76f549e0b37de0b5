"""The desk's topics: kept while the conversation is, and until the topic is deleted."""

from __future__ import annotations

from functools import partial

import msgspec
import pytest

from storage import conversations, leads, marks, retention, topics
from storage.conversations import NewConversation, NewMessage, NewState
from storage.db import Database, Tx
from storage.topics import Called, Sight, TopicRow

GROUP = -100


def new(name: str) -> NewConversation:
    return NewConversation(name, "widget", b"hash", "en", 1)


async def begin(db: Database, name: str, owner: str = "waiting", messages: int = 0) -> None:
    def work(tx: Tx) -> None:
        conversations.create(tx, new(name))
        state = NewState(state=b"", updated_at=1, owner=owner)
        assert conversations.save(tx, name, 0, state)
        said = [NewMessage("prospect", f"line {at}", at) for at in range(1, messages + 1)]
        if said:
            conversations.append(tx, name, said)

    await db.write(work)


async def test_a_topic_is_kept_and_found_by_its_thread(db: Database) -> None:
    await begin(db, "a")
    row = TopicRow("a", GROUP)
    assert await db.write(lambda tx: topics.begin(tx, row))
    opened = msgspec.structs.replace(row, thread_id=7, head_message=8, memory=b"m", updated_at=2)
    assert await db.write(lambda tx: topics.save(tx, opened))
    assert db.peek(lambda tx: topics.find(tx, "a")) == opened
    assert db.peek(lambda tx: topics.find_by_thread(tx, GROUP, 7)) == opened
    assert db.peek(lambda tx: topics.find_by_thread(tx, -101, 7)) is None
    assert db.peek(lambda tx: topics.find_by_thread(tx, GROUP, 0)) is None


async def test_no_topic_is_kept_for_what_is_not_there(db: Database) -> None:
    assert not await db.write(lambda tx: topics.begin(tx, TopicRow("nobody", GROUP)))
    assert not await db.write(lambda tx: topics.save(tx, TopicRow("nobody", GROUP)))
    assert db.peek(lambda tx: topics.find(tx, "nobody")) is None


@pytest.mark.parametrize("thread", [0, 7])
async def test_erasing_leaves_only_a_topic_that_is_still_to_be_deleted(
    db: Database, thread: int
) -> None:
    await begin(db, "a")
    row = TopicRow("a", GROUP, thread_id=thread, memory=b"words")
    await db.write(lambda tx: topics.begin(tx, row))
    await db.write(lambda tx: retention.erase(tx, "a", 5))
    left = db.peek(lambda tx: topics.erased(tx))
    assert [(each.conversation, each.thread_id, each.memory) for each in left] == (
        [("a", 7, b"")] if thread else []
    )
    assert not await db.write(lambda tx: topics.save(tx, row)), "nothing brings it back"
    assert db.peek(lambda tx: topics.find_by_thread(tx, GROUP, 7)) is None
    await db.write(lambda tx: topics.drop(tx, "a"))
    assert db.peek(lambda tx: topics.erased(tx)) == []


async def test_a_topic_that_was_opened_too_late_is_still_to_be_deleted(db: Database) -> None:
    row = TopicRow("gone", GROUP, thread_id=9, memory=b"words")
    await db.write(lambda tx: topics.put_erased(tx, row))
    (left,) = db.peek(lambda tx: topics.erased(tx))
    assert (left.thread_id, left.memory, left.state) == (9, b"", "erased")


async def test_who_is_at_the_desk(db: Database) -> None:
    for name, owner in (("a", "bot"), ("b", "waiting"), ("c", "human"), ("d", "closed")):
        await begin(db, name, owner, messages=2)
    found = sorted(db.peek(topics.at_desk), key=lambda sight: sight.conversation)
    assert found == [Sight("b", 1, 2), Sight("c", 1, 2)]


async def test_what_was_touched_and_what_has_moved(db: Database) -> None:
    for name in ("a", "b", "c"):
        await begin(db, name, messages=1)
    last = db.peek(topics.last_message)
    for name in ("a", "b"):
        seen = TopicRow(name, GROUP, 5, seen_seq=1, seen_version=1)
        await db.write(partial(topics.begin, row=seen))
    assert db.peek(lambda tx: topics.touched(tx, last)) == (last, [])
    assert await db.read(topics.moved) == []
    for name in ("a", "c"):
        said = [NewMessage("prospect", "more", 9)]
        await db.write(partial(conversations.append, conversation=name, messages=said))
    after, touched = db.peek(lambda tx: topics.touched(tx, last))
    assert touched == ["a"], "c has no topic"
    assert after == db.peek(topics.last_message)
    assert await db.read(topics.moved) == ["a"]
    await db.write(lambda tx: conversations.save(tx, "b", 1, NewState(b"", 3)))
    assert sorted(await db.read(topics.moved)) == ["a", "b"]


async def test_the_group_gets_another_id(db: Database) -> None:
    await begin(db, "a")
    await db.write(lambda tx: topics.begin(tx, TopicRow("a", GROUP, 5)))
    assert await db.write(lambda tx: topics.regroup(tx, GROUP, -200)) == 1
    found = db.peek(lambda tx: topics.find(tx, "a"))
    assert found is not None
    assert (found.group_id, found.thread_id) == (-200, 5)


async def test_calls_and_the_last_line_before_them(db: Database) -> None:
    await begin(db, "a", messages=5)
    for reason, urgency, at in (("qualified", "high", 4), ("direct_purchase", "urgent", 3)):
        fired = leads.Escalation("a", reason, "presales", urgency, False, at)
        await db.write(partial(leads.record_escalation, escalation=fired))
    assert db.peek(lambda tx: topics.calls(tx, "a")) == [
        Called("direct_purchase", "urgent", 3),
        Called("qualified", "high", 4),
    ]
    assert db.peek(lambda tx: topics.last_seq_before(tx, "a", 3)) == 2
    assert db.peek(lambda tx: topics.last_seq_before(tx, "a", 0)) == 0


async def test_marks_are_kept_by_name(db: Database) -> None:
    assert db.peek(lambda tx: marks.get(tx, "new")) == 0
    for value in (3, -100_123):
        await db.write(partial(marks.put, name="new", value=value))
        assert db.peek(lambda tx: marks.get(tx, "new")) == value


async def test_the_lists_use_their_small_indexes(db: Database) -> None:
    for statement, index in (
        (topics._AT_DESK, "conversation_at_desk"),
        (topics._ERASED, "desk_topic_at_work"),
        (topics._BY_THREAD, "desk_topic_by_thread"),
    ):
        given = {"most": 1, "chat": 1, "thread": 1}
        plan = db.peek(partial(Tx.all, statement=f"EXPLAIN QUERY PLAN {statement}", params=given))
        assert any(index in row[-1] for row in plan), plan
