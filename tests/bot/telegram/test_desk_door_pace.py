"""Answers in the group keep to its limit, whatever happens at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.presales.group.answers import PATIENCE, Answers
from bot.telegram.border import Busy, Post, Posted, Refused, Target
from bot.telegram.pace import Pace
from tests.bot.hall import Clock, Hall, hall
from tests.bot.telegram.room import open_room

__all__ = ["hall"]


@dataclass
class Postbox:
    """Takes what is posted, at the time of a clock that waiting turns."""

    clock: Clock
    faults: list[Exception] = field(default_factory=list)
    posted: list[tuple[int, str]] = field(default_factory=list)  # time and text

    async def send(self, to: Target, post: Post) -> Posted:
        if self.faults:
            raise self.faults.pop(0)
        self.posted.append((self.clock(), post.text))
        return Posted(message=len(self.posted))

    async def sleep(self, seconds: float) -> None:
        self.clock.turn(max(1, round(seconds * 1_000)))


def make_answers(hall: Hall, *faults: Exception) -> tuple[Answers, Postbox]:
    box = Postbox(hall.clock, list(faults))
    answers = Answers(hall.core.house, box, Pace(hall.clock), lambda: -1001, box.sleep)  # type: ignore[arg-type]
    return answers, box


async def test_many_answers_never_exceed_the_limit(hall: Hall) -> None:
    answers, box = make_answers(hall)
    for number in range(90):
        answers.say("", f"answer {number}")
    await answers.drain()
    times = [at for at, _ in box.posted]
    for at in times:
        assert len([other for other in times if at <= other < at + 60_000]) <= 20
    texts = [text for _, text in box.posted]
    assert texts == [f"answer {number}" for number in range(len(texts))]
    assert 20 < len(texts) < 90  # what nobody waits for any more is left out
    assert times[-1] - times[0] <= PATIENCE


async def test_a_busy_group_is_left_alone_for_as_long_as_it_asks(hall: Hall) -> None:
    answers, box = make_answers(hall, Busy("flood", 7_000))
    before = hall.clock()
    answers.say("", "one")
    await answers.drain()
    assert [text for _, text in box.posted] == ["one"]
    assert box.posted[0][0] - before >= 7_000


@pytest.mark.parametrize("fault", [Busy("cut", uncertain=True), Refused("no")])
async def test_what_may_have_been_said_is_not_said_twice(hall: Hall, fault: Exception) -> None:
    answers, box = make_answers(hall, fault)
    answers.say("", "one")
    answers.say("", "two")
    await answers.drain()
    assert [text for _, text in box.posted] == ["two"]


async def test_an_answer_for_a_talk_without_a_topic_is_left_out(hall: Hall) -> None:
    answers, box = make_answers(hall)
    answers.say("nobody", "one")
    await answers.drain()
    assert box.posted == []


async def test_without_a_group_nothing_is_posted(tmp_path: Path) -> None:
    async with open_room(tmp_path, group=0) as lost:
        talk = await lost.hall.open()
        await lost.hall.escalate(talk)
        await lost.settle()
        await lost.wait(120_000)
        assert lost.api.made("sendMessage") == lost.api.made("createForumTopic") == []
