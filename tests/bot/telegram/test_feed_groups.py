"""Many at the desk, and a desk that has moved to another group."""

from __future__ import annotations

import time

import pytest

from bot.telegram.border import Blocked, Busy, Moved, Refused
from storage import retention, topics
from storage.db import Tx
from storage.topics import TopicRow
from tests.bot.hall import DAY, MINUTE
from tests.bot.telegram.paper_desk import Desk, desk
from tests.bot.telegram.paper_group import GROUP

__all__ = ["desk"]

FORMER, MANY = -777, 2_000


async def fill(desk: Desk, owner: str, *, shown: bool) -> None:
    """Very many talks at the desk, copied from one."""
    talk = await desk.waiting()
    if owner == "human":
        await desk.claim(await desk.add_staff("Mia"), talk)

    def columns(tx: Tx, table: str, change: dict[str, str]) -> tuple[str, str]:
        names = [row[1] for row in tx.all(f"PRAGMA table_info({table})")]
        return ",".join(names), ",".join(change.get(name, name) for name in names)

    def work(tx: Tx) -> None:
        for at in range(MANY):
            for table, key in (("conversation", "id"), ("conversation_state", "conversation")):
                change = {key: f"'h{at}'"}
                names, values = columns(tx, table, change)
                tx.run(
                    f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {key} = :of",
                    {"of": talk},
                )
        if shown:
            tx.run(
                "INSERT INTO desk_topic SELECT conversation, :chat, rowid, 9, 'open', last_seq,"
                " version, x'', 1 FROM conversation_state WHERE conversation LIKE 'h%'",
                {"chat": GROUP},
            )

    await desk.hall.db.write(work)
    desk.restart()


@pytest.mark.parametrize("shown", [True, False])
async def test_who_waits_comes_first_however_many_a_human_has(desk: Desk, shown: bool) -> None:
    await fill(desk, "human", shown=shown)
    talk = await desk.waiting()
    for _ in range(25):
        await desk.feed.step()
    assert desk.row(talk).head_message, "an escalation after two thousand"


async def test_all_of_many_who_wait_are_looked_at(desk: Desk) -> None:
    await fill(desk, "waiting", shown=True)
    talk = await desk.waiting()
    for _ in range(25):
        await desk.feed.step()
    assert desk.row_or_none(talk) is not None


async def test_talks_that_a_human_has_get_their_topics_after_all(desk: Desk) -> None:
    await fill(desk, "human", shown=False)
    for _ in range(60):
        await desk.feed.step()
    assert len(desk.group.topics) >= 20


async def test_looking_at_many_costs_next_to_nothing(desk: Desk) -> None:
    await fill(desk, "human", shown=True)
    outlook, now = desk.feed._outlook, desk.hall.clock()
    await outlook.look(GROUP, now)
    times = []
    for _ in range(20):
        began = time.perf_counter()
        await outlook.look(GROUP, now)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.002, "it was fifteen milliseconds"


async def stand_in(desk: Desk, group: int, talk: str) -> int:
    """The topic of this talk stands in another group; gives its thread."""
    row = desk.row(talk)
    change = "UPDATE desk_topic SET group_id = :chat WHERE conversation = :of"
    await desk.hall.db.write(lambda tx: tx.run(change, {"chat": group, "of": talk}))
    return row.thread_id


async def erase(desk: Desk, talk: str) -> None:
    await desk.hall.db.write(lambda tx: retention.erase(tx, talk, desk.hall.clock()))


def to_delete(desk: Desk) -> list[TopicRow]:
    return desk.hall.db.peek(lambda tx: [*topics.erased(tx, GROUP), *topics.left_of_erased(tx)])


def watch_deletions(desk: Desk, *errors: Exception) -> list[tuple[int, int]]:
    """What is deleted from now on, also in groups that are not on paper; these fail first."""
    deleted: list[tuple[int, int]] = []
    plain, failures = desk.group.delete_topic, [*errors]

    async def delete_topic(group: int, thread: int) -> None:
        deleted.append((group, thread))
        if group == GROUP:
            await plain(group, thread)
        elif failures:
            raise failures.pop()

    desk.group.delete_topic = delete_topic  # type: ignore[method-assign]
    return deleted


async def test_erasing_reaches_the_group_that_was_the_desks_before(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    thread = await stand_in(desk, FORMER, talk)
    desk.restart()
    await desk.feed.drain()
    here = desk.row(talk)
    assert here.group_id == GROUP, "the talk goes on in the group of now"
    assert here.thread_id not in (0, thread)
    deleted = watch_deletions(desk)
    await desk.pass_time(2 * MINUTE)
    assert deleted == [], "while it is not erased both stay"
    await erase(desk, talk)
    await desk.pass_time(2 * MINUTE)
    assert sorted(deleted) == sorted([(FORMER, thread), (GROUP, here.thread_id)])
    assert to_delete(desk) == []


@pytest.mark.parametrize("error", [Blocked("bot was kicked", 403), Refused("no"), Busy("429", 9)])
async def test_a_former_group_out_of_reach_stops_nothing(desk: Desk, error: Exception) -> None:
    old = await desk.waiting()
    await desk.feed.drain()
    await stand_in(desk, FORMER, old)
    await erase(desk, old)
    deleted = watch_deletions(desk, error)
    desk.restart()
    await desk.feed.drain()
    assert desk.feed.trouble == ""
    assert len(deleted) == 1
    new = await desk.waiting()
    await desk.feed.drain()
    assert desk.row(new).head_message, "at once"
    await desk.pass_time(2 * MINUTE, MINUTE // 2)
    assert len(to_delete(desk)) == (0 if isinstance(error, Busy) else 1)
    desk.hall.clock.turn(DAY)
    await desk.feed.drain()
    assert to_delete(desk) == [], "tried again the next day"


async def test_a_former_group_that_has_moved_is_followed(desk: Desk) -> None:
    talk = await desk.waiting()
    await desk.feed.drain()
    thread = await stand_in(desk, FORMER, talk)
    await erase(desk, talk)
    deleted = watch_deletions(desk, Moved(-888))
    desk.restart()
    await desk.feed.step()
    assert [(each.group_id, each.thread_id) for each in to_delete(desk)] == [(-888, thread)]
    assert desk.feed.group == GROUP
    await desk.feed.drain()
    assert deleted == [(FORMER, thread), (-888, thread)]
    assert to_delete(desk) == []


async def test_what_stands_in_general_names_nobody(desk: Desk) -> None:
    talks = [await desk.waiting() for _ in range(3)]
    for talk in talks:
        await desk.hall.say(talk, "We are in Hamburg")
    await desk.feed.step()
    (alarm,) = desk.group.in_topic(0)
    assert all(talk[:6] in alarm.text for talk in talks)
    assert "Hamburg" not in alarm.text
