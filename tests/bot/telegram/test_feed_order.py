"""The most urgent first, fairly, and never above what the group takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram.pace import Limits
from tests.bot.hall import SECOND
from tests.bot.telegram.paper_desk import Desk, desk, make_desk

__all__ = ["desk"]

WINDOW, MOST = 60_000, 20  # Telegram: messages of a group in any minute


@pytest.fixture
async def busy(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk at the real limits."""
    made = make_desk(tmp_path, limits=Limits())
    yield made
    await made.hall.db.close()


async def fill(desk: Desk, count: int) -> list[str]:
    """So many talks that Anna has, all shown, and a minute without a word."""
    anna = await desk.add_staff("Anna Keller")
    talks = [await desk.waiting(urgent=False) for _ in range(count)]
    for talk in talks:
        await desk.claim(anna, talk)
    await desk.pass_time(600 * SECOND)
    for talk in talks:
        await desk.hall.core.desk.reply(anna, talk, "desk:1", "hello")
    await desk.pass_time(120 * SECOND)
    return talks


def busiest_minute(times: list[int]) -> int:
    times = sorted(times)
    return max(sum(start <= at < start + WINDOW for at in times) for start in times)


async def test_new_urgent_ones_come_before_others_and_these_before_lines(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    quiet = await desk.taken(anna)
    await desk.hall.core.desk.reply(anna, quiet, "desk:1", "hello")
    await desk.feed.drain()
    await desk.hall.say(quiet, "a line")
    everyday = await desk.waiting(urgent=False)
    urgent = await desk.waiting()
    order = []
    while not await desk.feed.step():
        newest = max(desk.group.topics)
        order.append((desk.group.calls[-1], desk.group.topics[newest].name))
    assert [call for call, _ in order] == ["create_topic", "send", "create_topic", "send", "send"]
    assert urgent[:6] in order[0][1]
    assert everyday[:6] in order[2][1]
    assert "a line" in desk.texts(quiet)[-1]


async def test_within_a_class_who_waits_longest_is_first(busy: Desk) -> None:
    talks = await fill(busy, 6)
    for round_ in range(3):
        for talk in talks:
            busy.hall.clock.turn(10)
            await busy.hall.say(talk, f"line {round_} of {talk}")
    shown: list[str] = []
    for _ in range(60):
        before = set(busy.group.messages)
        await busy.feed.drain()
        new = [busy.group.messages[at] for at in sorted(set(busy.group.messages) - before)]
        threads = {busy.row(talk).thread_id: talk for talk in talks}
        shown += [threads[each.thread] for each in new]
        busy.hall.clock.turn(SECOND)
    assert shown == talks, "each its turn, all its lines at once"


async def test_an_urgent_one_does_not_wait_for_the_crowd(busy: Desk) -> None:
    talks = await fill(busy, 12)
    for at in range(40):
        for talk in talks:
            await busy.hall.say(talk, f"line {at}")
        await busy.feed.drain()
        busy.hall.clock.turn(SECOND)
    began = busy.hall.clock()
    urgent = await busy.waiting()
    while not busy.row_or_none(urgent) or not busy.row(urgent).head_message:
        await busy.feed.drain()
        busy.hall.clock.turn(SECOND // 2)
        assert busy.hall.clock() - began <= 10_000
    assert busy.hall.clock() - began <= 2_000, "what is kept for it is there"


async def test_more_than_two_at_once_are_named_together_and_their_topics_follow(
    busy: Desk,
) -> None:
    await busy.pass_time(60_000)
    began = busy.hall.clock()
    talks = []
    for _ in range(5):
        busy.hall.clock.turn(1)
        talks.append(await busy.waiting())
    await busy.feed.drain()
    general = busy.group.in_topic(0)
    assert len(general) == 1
    assert general[0].text.split("\n")[0] == "5 people are waiting now:"
    assert all(talk[:6] in general[0].text for talk in talks)
    links = [mark.href for mark in general[0].post.marks if mark.kind == "link"]
    assert links == [f"https://desk.example/inbox/{talk}" for talk in talks]
    await busy.pass_time(60_000)
    assert all(busy.row(talk).head_message for talk in talks)
    assert len(busy.group.in_topic(0)) == 1
    assert busy.hall.clock() - began <= 61_000


async def test_two_at_once_get_their_topics_when_nothing_else_goes_on(busy: Desk) -> None:
    await busy.pass_time(60_000)
    for _ in range(2):
        await busy.waiting()
    await busy.pass_time(10_000)
    assert busy.group.in_topic(0) == []
    assert len(busy.group.topics) == 2


async def test_urgent_ones_all_the_time_are_all_known_within_ten_seconds(busy: Desk) -> None:
    talks = await fill(busy, 12)
    start = busy.hall.clock()
    called: dict[str, int] = {}
    for second in range(60):
        for at in range(3):
            await busy.hall.say(talks[(second * 3 + at) % 12], f"line {second}.{at}")
        if second % 5 == 0:
            called[await busy.waiting()] = busy.hall.clock()
        await busy.feed.drain()
        busy.hall.clock.turn(SECOND)
    await busy.pass_time(300 * SECOND)
    late = [busy.known_at(talk) - at for talk, at in called.items()]
    assert max(late) <= 10_000, late
    times = [each.at for each in busy.group.messages.values() if each.at >= start]
    assert busiest_minute(times) <= MOST
    for talk in talks:
        text = "\n".join(busy.texts(talk))
        said = [m.text for m in busy.hall.messages(talk) if m.text.startswith("line ")]
        assert said
        assert all(line in text.split("\n") for line in said)


async def test_a_crowd_of_lines_never_uses_what_is_kept_for_urgent_ones(busy: Desk) -> None:
    talks = await fill(busy, 8)
    start = busy.hall.clock()
    for at in range(8):
        await busy.hall.say(talks[at], "hello?")
    await busy.feed.drain()
    assert sum(each.at >= start for each in busy.group.messages.values()) == 2


async def test_others_are_not_forgotten_while_lines_go_on_and_on(busy: Desk) -> None:
    talks = await fill(busy, 10)
    everyday = await busy.waiting(urgent=False)
    for _ in range(90):
        for talk in talks:
            await busy.hall.say(talk, "and another thing")
        await busy.feed.drain()
        busy.hall.clock.turn(SECOND)
    assert busy.row(everyday).head_message


async def test_in_a_flood_of_unanswered_lines_a_claim_shows_all_the_same(busy: Desk) -> None:
    anna, boris = await busy.add_staff("Anna"), await busy.add_staff("Boris Lang")
    talks = [await busy.waiting(urgent=False) for _ in range(12)]
    for talk in talks:
        await busy.claim(anna, talk)
    await busy.pass_time(600 * SECOND)
    everyday = await busy.waiting(urgent=False)
    await busy.pass_time(60 * SECOND)
    shown: list[int] = []
    for second in range(120):
        for talk in talks:
            await busy.hall.say(talk, "hello? anybody?")
        await busy.hall.say(everyday, "and I?")
        if second == 30:
            await busy.claim(boris, everyday)
        await busy.feed.drain()
        if busy.head(everyday).text.startswith("With Boris Lang"):
            shown.append(second)
        busy.hall.clock.turn(SECOND)
    assert shown
    assert shown[0] <= 30 + 60
