"""Steps, times, questions and quality of made-up conversations, against plain Python."""

from __future__ import annotations

import math
import random
import statistics
from functools import partial
from itertools import pairwise

import pytest

from storage import conversations, courses, leads, moments, quality, questions_asked
from storage.conditions import JOURNEY, Condition
from storage.conversations import MILESTONES, NewConversation, NewState
from storage.db import Database, Tx
from storage.moments import Reached
from storage.questions_asked import QuestionRow
from storage.reading import Filter
from storage.rows import Row

DAY = 86_400_000
COUNT = 300
SLOTS = ("need", "city", "budget")
ENDS = ("answered", "refused", "skipped", "unknown", "passed", "")
NOW = 400 * DAY


class Made(Row, frozen=True):
    """A conversation as it was made; `after`: seconds to each step."""

    id: str
    opened: int
    channel: str
    source: str
    outcome: str
    after: dict[str, int]
    questions: tuple[QuestionRow, ...]
    stars: int


def make(number: int, chance: random.Random) -> Made:
    """Anything may happen."""
    opened = chance.randrange(300 * DAY)
    steps = chance.sample(MILESTONES, chance.randrange(len(MILESTONES)))
    after = {step: chance.randrange(3 * 86_400) for step in steps}
    questions = []
    for place in range(chance.randrange(4)):
        asked, ended = opened + place * 1_000, chance.choice(ENDS)
        ended_at = asked + chance.randrange(100_000) if ended else 0
        slot, times = chance.choice(SLOTS), chance.randint(1, 3)
        known = chance.random() < 0.1
        questions.append(
            QuestionRow(f"c{number}", place + 1, slot, times, asked, ended_at, ended, known)
        )
    return Made(
        id=f"c{number}",
        opened=opened,
        channel=chance.choice(("widget", "telegram")),
        source=f"https://shop.example/{chance.randrange(3)}?visit={number}",
        outcome=chance.choice(("open", "silent", "closed", "price_only", "escalated")),
        after=after,
        questions=tuple(questions),
        stars=chance.randrange(6),
    )


def write(tx: Tx, made: Made) -> None:
    conversations.create(
        tx, NewConversation(made.id, made.channel, b"", "en", made.opened, made.source)
    )
    data = b""
    names: list[str] = []
    for step, seconds in made.after.items():
        so_far = Reached(conversations.milestone_bits(names), data, made.opened)
        data = moments.add(so_far, (step,), made.opened + seconds * 1_000 + 500)
        names.append(step)
    state = NewState(b"", made.opened, outcome=made.outcome, milestones=tuple(names), moments=data)
    assert conversations.save(tx, made.id, 0, state)
    for row in made.questions:
        questions_asked.put(tx, row)
    if made.stars:
        leads.rate(tx, made.id, made.stars, made.opened)


@pytest.fixture
async def year(db: Database) -> list[Made]:
    chance = random.Random(7)
    found = [make(number, chance) for number in range(COUNT)]
    for each in found:
        await db.write(partial(write, made=each))
    return found


async def test_steps_and_shares(db: Database, year: list[Made]) -> None:
    bits = (await db.read(lambda at: courses.count_bits(at, Filter())))[""]
    assert courses.count_reached(bits, "opened") == COUNT
    for before, step in pairwise(JOURNEY):
        there = [made for made in year if step in made.after]
        both = [made for made in there if before in made.after or before == "opened"]
        later = set(JOURNEY[JOURNEY.index(step) + 1 :])
        lost = [made for made in there if not later & set(made.after)]
        assert courses.count_reached(bits, step) == len(there)
        assert courses.count_reached(bits, before, step) == len(both)
        assert courses.count_lost(bits, step) == len(lost)


@pytest.mark.parametrize("days", [(0, 400), (0, 20), (100, 300)])
async def test_times_are_medians(db: Database, year: list[Made], days: tuple[int, int]) -> None:
    wanted = Filter(since=days[0] * DAY, until=days[1] * DAY)
    found = await db.read(lambda at: courses.median_times(at, wanted))
    there = [made for made in year if wanted.since <= made.opened < wanted.until]
    for step in MILESTONES:
        told = [made.after[step] for made in there if step in made.after]
        assert found.get(step) == (statistics.median(told) if told else None)


async def test_comparisons_add_up(db: Database, year: list[Made]) -> None:
    pages = await db.read(lambda at: courses.count_bits(at, Filter(until=NOW), "source"))
    assert set(pages) == {f"https://shop.example/{n}" for n in range(3)}
    channels = await db.read(lambda at: courses.count_bits(at, Filter(), "channel"))
    for channel, bits in channels.items():
        there = [made for made in year if made.channel == channel]
        assert courses.count_reached(bits, "opened") == len(there)
        assert courses.count_reached(bits, "price") == sum("price" in m.after for m in there)
    one = Filter(conditions=(Condition("source", ("https://shop.example/1",)),))
    bits = (await db.read(lambda at: courses.count_bits(at, one)))[""]
    assert courses.count_reached(bits, "opened") == sum("/1?" in made.source for made in year)


@pytest.mark.parametrize("channel", ["", "telegram"])
async def test_questions(db: Database, year: list[Made], channel: str) -> None:
    wanted, silent_before = Filter(channel=channel, since=10 * DAY, until=290 * DAY), 200 * DAY
    found = await db.read(lambda at: courses.count_questions(at, wanted, silent_before))
    put = [
        row for made in year for row in made.questions
        if channel in ("", made.channel) and wanted.since <= row.asked_at < wanted.until
    ]  # fmt: skip
    assert [row.asked for row in found] == sorted((row.asked for row in found), reverse=True)
    for row in found:
        mine = [each for each in put if each.slot == row.slot]
        assert row.asked == len(mine)
        assert row.again == sum(each.times - 1 for each in mine)
        assert row.known == sum(each.known for each in mine)
        for how in ENDS[:-1]:
            assert getattr(row, how) == sum(each.ended == how for each in mine)
        still = [each for each in mine if not each.ended]
        assert row.silent == sum(each.asked_at < silent_before for each in still)
        assert row.silent + row.open == len(still)
        took = [(e.ended_at - e.asked_at) // 1_000 for e in mine if e.ended == "answered"]
        assert row.seconds == statistics.median(took)
        behind = await db.read(
            partial(
                courses.talks_with_question,
                wanted=wanted,
                slot=row.slot,
                ended=("silent", silent_before),
            )
        )
        assert set(behind) == {e.conversation for e in still if e.asked_at < silent_before}


async def test_quality(db: Database, year: list[Made]) -> None:
    records = await db.read(lambda at: quality.load(at, Filter()))
    found = quality.judge(records, NOW)
    over = [made for made in year if "answered" in made.after and made.outcome != "open"]
    alone = [
        made for made in over
        if made.outcome != "silent" and not {"escalated", "claimed"} & set(made.after)
    ]  # fmt: skip
    called = [made for made in year if "escalated" in made.after]
    late = [
        made for made in called
        if made.after.get("claimed", math.inf) - made.after["escalated"] > 86_400
    ]  # fmt: skip
    assert (found.contained.part, found.contained.whole) == (len(alone), len(over))
    assert found.silent.part == sum(made.outcome == "silent" for made in over)
    assert (found.missed.part, found.missed.whole) == (len(late), len(called))
    assert found.stars == tuple(sum(m.stars == n for m in year) for n in quality.STARS)
    took = sorted(
        made.after["human_reply"] - made.after["escalated"] for made in called
        if made.after.get("human_reply", -1) >= made.after["escalated"]
    )  # fmt: skip
    assert found.human.count == len(took)
    assert found.human.p50 == statistics.median(took)
    assert found.human.p95 == took[math.ceil(len(took) * 0.95) - 1]
    assert quality.talks_behind(records, "missed", NOW) == [
        made.id for made in sorted(late, key=lambda made: -made.opened)
    ]
    assert set(quality.talks_behind(records, "stars-3", NOW)) == {
        made.id for made in year if made.stars == 3
    }
    with pytest.raises(KeyError):
        quality.talks_behind(records, "nothing", NOW)
    reasked = await db.read(lambda at: quality.count_reasked(at, Filter(channel="widget")))
    put = [row for made in year if made.channel == "widget" for row in made.questions]
    assert (reasked.part, reasked.whole) == (sum(row.known for row in put), len(put))
    again = await db.read(lambda at: quality.talks_reasked(at, Filter()))
    assert set(again) == {made.id for made in year if any(q.known for q in made.questions)}


async def test_weeks_add_up_to_the_whole(db: Database, year: list[Made]) -> None:
    records = await db.read(lambda at: quality.load(at, Filter()))
    weeks = [quality.of_time(records, at, at + 7 * DAY) for at in range(0, 301 * DAY, 7 * DAY)]
    whole, parts = quality.judge(records, NOW), [quality.judge(week, NOW) for week in weeks]
    for name in ("contained", "silent", "missed", "answered"):
        assert sum(getattr(part, name).part for part in parts) == getattr(whole, name).part
    assert [sum(n) for n in zip(*(part.stars for part in parts), strict=True)] == list(whole.stars)


def test_moments_are_kept_once() -> None:
    start = Reached(0, b"", 1_000)
    data = moments.add(start, ("answered", "price", "answered"), 5_900)
    assert moments.after(data) == {"answered": 4, "price": 4}
    later = Reached(conversations.milestone_bits(["answered", "price"]), data, 1_000)
    assert moments.add(later, ("price", "answered"), 99_000) == data
    assert moments.after(moments.merge(data, {"price": 9_000, "buyer": 500}, 1_000)) == {
        "answered": 4, "price": 4, "buyer": 0,
    }  # fmt: skip
    with pytest.raises(KeyError):
        moments.add(start, ("no such step",), 0)
