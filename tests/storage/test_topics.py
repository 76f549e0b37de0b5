"""The desk's topics: kept while the conversation is, and until the topic is deleted."""

from __future__ import annotations

from functools import partial

import msgspec
import pytest

from storage import accounts, conversations, leads, marks, retention, topics
from storage.conversations import NewConversation, NewMessage, NewState
from storage.db import Database, Tx
from storage.topics import Called, Reached, Sight, TopicRow

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
    left = db.peek(lambda tx: topics.erased(tx, GROUP))
    assert [(each.conversation, each.thread_id, each.memory) for each in left] == (
        [("a", 7, topics.WISHED)] if thread else []
    )
    assert not await db.write(lambda tx: topics.save(tx, row)), "nothing brings it back"
    assert db.peek(lambda tx: topics.find_by_thread(tx, GROUP, 7)) is None
    await db.write(lambda tx: topics.drop(tx, row))
    assert db.peek(lambda tx: topics.erased(tx, GROUP)) == []


async def test_a_topic_that_was_opened_too_late_is_still_to_be_deleted(db: Database) -> None:
    row = TopicRow("gone", GROUP, thread_id=9, memory=b"words")
    await db.write(lambda tx: topics.put_erased(tx, row))
    (left,) = db.peek(lambda tx: topics.erased(tx, GROUP))
    assert (left.thread_id, left.memory, left.state) == (9, b"", "erased")


@pytest.mark.parametrize("wished", [True, False])
async def test_why_a_topic_goes_is_kept_also_when_it_is_put_again(
    db: Database, wished: bool
) -> None:
    await begin(db, "a")
    row = TopicRow("a", GROUP, thread_id=7, memory=b"words")
    await db.write(lambda tx: topics.begin(tx, row))
    await db.write(lambda tx: retention.erase(tx, "a", 5, wished=wished))
    await db.write(lambda tx: topics.put_erased(tx, row))
    (left,) = db.peek(lambda tx: topics.erased(tx, GROUP))
    assert left.memory == (topics.WISHED if wished else b"")


async def test_a_topic_that_was_left_for_another_group_is_deleted_with_its_talk(
    db: Database,
) -> None:
    await begin(db, "a")
    here = TopicRow("a", GROUP, thread_id=7)
    there = TopicRow("a", -200, thread_id=9)
    await db.write(lambda tx: topics.begin(tx, here))
    await db.write(lambda tx: topics.save(tx, msgspec.structs.replace(here, head_message=8)))
    await db.write(lambda tx: topics.save(tx, there))
    assert db.peek(topics.left_of_erased) == [], "the talk is still there"
    await db.write(lambda tx: topics.regroup(tx, GROUP, -300))
    await db.write(lambda tx: retention.erase(tx, "a", 5))
    (left,) = db.peek(topics.left_of_erased)
    assert (left.conversation, left.group_id, left.thread_id) == ("a", -300, 7)
    (last,) = db.peek(lambda tx: topics.erased(tx, GROUP))
    assert (last.group_id, last.thread_id) == (-200, 9)
    await db.write(lambda tx: topics.drop(tx, left))
    assert db.peek(topics.left_of_erased) == []
    assert len(db.peek(lambda tx: topics.erased(tx, GROUP))) == 1, "each by itself"


async def test_erased_before_its_new_topic_was_kept(db: Database) -> None:
    await begin(db, "a")
    await db.write(lambda tx: topics.begin(tx, TopicRow("a", GROUP, 7)))
    await db.write(lambda tx: retention.erase(tx, "a", 5))
    await db.write(lambda tx: topics.put_erased(tx, TopicRow("a", -200, 9)))
    both = db.peek(lambda tx: [*topics.erased(tx, -200), *topics.left_of_erased(tx)])
    assert [(each.group_id, each.thread_id) for each in both] == [(-200, 9), (GROUP, 7)]


async def test_a_topic_that_was_deleted_by_hand_is_not_looked_for(db: Database) -> None:
    await begin(db, "a")
    await db.write(lambda tx: topics.begin(tx, TopicRow("a", GROUP, 7)))
    await db.write(lambda tx: topics.save(tx, TopicRow("a", GROUP, 0)))
    await db.write(lambda tx: retention.erase(tx, "a", 5))
    assert db.peek(topics.left_of_erased) == []


async def test_those_of_this_group_are_deleted_first(db: Database) -> None:
    for name, group in (("a", -300), ("b", GROUP), ("c", -200)):
        await db.write(partial(topics.put_erased, row=TopicRow(name, group, 7)))
    found = db.peek(lambda tx: topics.erased(tx, GROUP, 1))
    assert [each.conversation for each in found] == ["b"]


async def test_all_who_wait_are_seen(db: Database) -> None:
    for name, owner in (("a", "bot"), ("b", "waiting"), ("c", "human"), ("d", "closed")):
        await begin(db, name, owner, messages=2)
    assert db.peek(topics.waiting) == [Sight("b", 1, 2)]
    assert await db.read(partial(topics.behind, group=GROUP)) == ["c"], "nothing shows it yet"
    await db.write(lambda tx: topics.begin(tx, TopicRow("c", GROUP, seen_seq=2, seen_version=1)))
    assert await db.read(partial(topics.behind, group=GROUP)) == []
    assert await db.read(partial(topics.behind, group=-200)) == ["c"], "not in this group"


async def test_what_was_touched_and_what_is_behind(db: Database) -> None:
    for name in ("a", "b", "c"):
        await begin(db, name, messages=1)
    await begin(db, "d", "human")
    last = db.peek(topics.reached)
    for name in ("a", "b", "d"):
        seen = TopicRow(name, GROUP, 5, seen_seq=int(name != "d"), seen_version=1)
        await db.write(partial(topics.begin, row=seen))
    behind = partial(topics.behind, group=GROUP)
    assert db.peek(lambda tx: topics.touched(tx, last)) == (last, [])
    assert await db.read(behind) == []
    for name in ("a", "c"):
        said = [NewMessage("prospect", "more", 9)]
        await db.write(partial(conversations.append, conversation=name, messages=said))
    after, touched = db.peek(lambda tx: topics.touched(tx, last))
    assert touched == ["a"], "c has no topic"
    assert after == db.peek(topics.reached)
    assert await db.read(behind) == ["a"]
    await db.write(lambda tx: conversations.save(tx, "b", 1, NewState(b"", 3)))
    assert sorted(await db.read(behind)) == ["a", "b"]


async def test_what_staff_did_without_a_word_is_touched_too(db: Database) -> None:
    await begin(db, "a")
    await db.write(lambda tx: topics.begin(tx, TopicRow("a", GROUP, 5)))
    last = db.peek(topics.reached)
    for subject in ("a", "nobody", ""):
        await db.write(partial(accounts.note_action, at=1, staff_id=1, action="x", subject=subject))
    after, touched = db.peek(lambda tx: topics.touched(tx, last))
    assert touched == ["a"]
    assert after == Reached(last.message, last.act + 3)
    assert db.peek(lambda tx: topics.touched(tx, after)) == (after, [])


async def test_a_talk_that_a_human_has_is_touched_before_it_has_a_topic(db: Database) -> None:
    last = db.peek(topics.reached)
    await begin(db, "a", "human", messages=1)
    await begin(db, "b", "bot", messages=1)
    assert db.peek(lambda tx: topics.touched(tx, last))[1] == ["a"]


async def test_in_whose_topics_something_may_have_been_written(db: Database) -> None:
    for name in ("a", "b", "c"):
        await begin(db, name, messages=1)
        row = TopicRow(name, GROUP, 5, seen_seq=int(name != "b"), updated_at=9 * (name == "c"))
        await db.write(partial(topics.begin, row=row))
    found = db.peek(lambda tx: topics.written(tx, GROUP, 5))
    assert sorted(sight.conversation for sight in found) == ["b", "c"]
    assert db.peek(lambda tx: topics.written(tx, -200, 5)) == []


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
        (topics._WAITING, "conversation_at_desk"),
        (topics._ERASED, "desk_topic_at_work"),
        (topics._BY_THREAD, "desk_topic_by_thread"),
    ):
        given = {"most": 1, "chat": 1, "thread": 1}
        plan = db.peek(partial(Tx.all, statement=f"EXPLAIN QUERY PLAN {statement}", params=given))
        assert any(index in row[-1] for row in plan), plan
