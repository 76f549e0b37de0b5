"""Counts of what the market asks for, each against a count by hand over the same random rows."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from storage import facts, insights, leads, retention
from storage.db import Database, Tx
from storage.facts import FactRow
from storage.insights import NewWish, Period
from tests.storage.samples import DAY, NOW, begin, save

MONTH = Period(NOW, NOW + 30 * DAY)
CITIES = ("graz", "köln", "成都", "")
TOPICS = ("erp", "hosting", "white-paper#Backups")


@dataclass
class Told:
    """What one conversation told, as the test remembers it."""

    at: int
    facts: set[tuple[str, str]] = field(default_factory=set)
    wishes: set[tuple[str, str]] = field(default_factory=set)
    closed: str = ""
    wrote: bool = False

    @property
    def inside(self) -> bool:
        return MONTH.since <= self.at < MONTH.until


async def tell(db: Database, chance: random.Random, key: str) -> Told:
    told = Told(at=NOW + chance.randrange(-10 * DAY, 40 * DAY))
    await begin(db, key, at=told.at)
    told.closed = chance.choice(("", "lost", "no_budget", "won"))
    told.wrote = chance.random() < 0.7
    steps = ("answered",) if told.wrote else ()
    await save(db, key, close_reason=told.closed, milestones=steps)
    for slot, values in (("city", CITIES), ("edition", ("enterprise", "cluster"))):
        if chance.random() < 0.6:
            told.facts.add((slot, chance.choice(values)))
    if chance.random() < 0.5:
        told.facts.add(("budget", chance.choice(("eur 5000", "usd 100-200"))))
    for _ in range(chance.randrange(4)):
        told.wishes.add(("topic", chance.choice(TOPICS)))

    def work(tx: Tx) -> None:
        rows = [FactRow(key, slot, value, "stated", told.at) for slot, value in told.facts]
        facts.put(tx, rows)
        for kind, value in told.wishes:
            for seq in (2, 4):  # the same wish again counts once
                insights.record(tx, NewWish(key, seq, kind, value, told.at))

    await db.write(work)
    return told


@pytest.fixture
async def talks(db: Database) -> dict[str, Told]:
    chance = random.Random(5)
    return {f"c{n:03}": await tell(db, chance, f"c{n:03}") for n in range(150)}


async def test_counts_equal_a_count_by_hand(db: Database, talks: dict[str, Told]) -> None:
    inside = [each for each in talks.values() if each.inside]
    assert 20 < len(inside) < len(talks)
    opened = await db.read(lambda at: insights.count_opened(at, MONTH))
    assert opened == sum(each.wrote for each in inside)
    for slot in ("city", "edition"):
        found = await db.read(lambda at, s=slot: insights.count_facts(at, s, MONTH))  # type: ignore[misc]
        wanted = Counter(v for each in inside for s, v in each.facts if s == slot and v)
        assert {each.value: each.talks for each in found} == wanted
        assert [each.talks for each in found] == sorted(wanted.values(), reverse=True)
    found = await db.read(lambda at: insights.count_wishes(at, "topic", MONTH))
    assert {each.value: each.talks for each in found} == Counter(
        value for each in inside for _, value in each.wishes
    )
    found = await db.read(lambda at: insights.count_column(at, "close_reason", MONTH))
    assert {each.value: each.talks for each in found} == Counter(
        each.closed for each in inside if each.closed
    )


async def test_pairs_are_told_in_one_talk(db: Database, talks: dict[str, Told]) -> None:
    found = await db.read(lambda at: insights.count_pairs(at, ("edition", "budget"), MONTH))
    wanted: Counter[tuple[str, str]] = Counter()
    for each in talks.values():
        said = dict(each.facts)
        if each.inside and said.get("edition") and said.get("budget"):
            wanted[said["edition"], said["budget"]] += 1
    assert {(each.first, each.second): each.talks for each in found} == wanted
    assert wanted


async def test_a_number_opens_its_talks_newest_first(db: Database, talks: dict[str, Told]) -> None:
    def ids(wanted: set[str]) -> tuple[str, ...]:
        return tuple(sorted(wanted, key=lambda key: (talks[key].at, key), reverse=True))

    inside = {key: each for key, each in talks.items() if each.inside}
    found = await db.read(lambda at: insights.talks_with_fact(at, "city", ["graz"], MONTH))
    assert found == ids({k for k, each in inside.items() if ("city", "graz") in each.facts})
    found = await db.read(lambda at: insights.talks_with_wish(at, "topic", "erp", MONTH))
    assert found == ids({k for k, each in inside.items() if ("topic", "erp") in each.wishes})
    found = await db.read(lambda at: insights.talks_with_column(at, "close_reason", "lost", MONTH))
    assert found == ids({k for k, each in inside.items() if each.closed == "lost"})
    both = (("city", "graz"), ("edition", "cluster"))
    found = await db.read(lambda at: insights.talks_with_facts(at, both, MONTH))
    assert found == ids({k for k, each in inside.items() if set(both) <= each.facts})


async def test_only_named_columns_can_be_counted(db: Database) -> None:
    with pytest.raises(KeyError):
        await db.read(lambda at: insights.count_column(at, "token_hash", MONTH))
    with pytest.raises(KeyError):
        await db.read(lambda at: insights.talks_with_column(at, "title", "x", MONTH))


async def test_what_was_erased_is_not_counted(db: Database) -> None:
    await begin(db, "gone")
    await db.write(lambda tx: facts.put(tx, [FactRow("gone", "city", "graz", "stated", NOW)]))
    await db.write(lambda tx: insights.record(tx, NewWish("gone", 1, "custom", "a till", NOW)))
    await db.write(
        lambda tx: leads.record_unanswered(tx, leads.NewUnanswered("gone", "a till?", "en", NOW))
    )
    assert await db.read(lambda at: insights.sayings(at, "custom", MONTH))
    assert await db.read(lambda at: insights.unanswered(at, MONTH))
    await db.write(lambda tx: retention.erase(tx, "gone", NOW + 1))
    assert await db.read(lambda at: insights.sayings(at, "custom", MONTH)) == ()
    assert await db.read(lambda at: insights.unanswered(at, MONTH)) == ()
    assert await db.read(lambda at: insights.count_facts(at, "city", MONTH)) == ()


async def test_what_is_left_of_an_erased_talk_is_not_counted(db: Database) -> None:
    """Its day, language and steps stay for the funnel; the month of insights leaves it out."""
    days = Period(NOW - 2 * DAY, NOW + DAY)
    await begin(db, "gone")
    await save(db, "gone", milestones=("answered",))
    assert await db.read(lambda at: insights.count_opened(at, days)) == 1
    assert await db.read(lambda at: insights.talks_with_column(at, "language", "en", days))
    await db.write(lambda tx: retention.erase(tx, "gone", NOW + 1))
    assert await db.read(lambda at: insights.count_opened(at, days)) == 0
    assert await db.read(lambda at: insights.count_column(at, "language", days)) == ()
    assert await db.read(lambda at: insights.talks_with_column(at, "language", "en", days)) == ()


async def test_a_month_begins_with_its_first_instant_and_ends_before_the_next(db: Database) -> None:
    for key, at in (("first", MONTH.since), ("last", MONTH.until - 1), ("next", MONTH.until)):
        await begin(db, key, at=at)
    found = await db.read(lambda at: insights.talks_with_column(at, "language", "en", MONTH))
    assert found == ("last", "first")
