"""Lists by any number of conditions, against a plain recount of the same conversations."""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.benches import lists as bench_lists
from storage import conversations, facts, insights, leads, lists, remarks, reviews, search
from storage.conditions import (
    ANY,
    JOURNEY,
    KNOWN,
    REFUSED,
    SLOT,
    UNKNOWN,
    Condition,
    driver,
    predicate,
)
from storage.conversations import NewConversation, NewMessage, NewState
from storage.db import Database, Tx
from storage.facts import FactRow
from storage.insights import NewWish
from storage.lists import Bounds, Listed
from storage.reading import Filter
from storage.remarks import FlagRow, NewComment
from storage.reviews import ReviewRow
from tests.storage.samples import NOW

TALKS = 120
PAPERS = ("manual", "comparison", "white_paper")
VALUES = {
    "ownership": ("private", "state_owned", ""),
    "own_servers": ("true", "false"),
    "city": ("munich", "graz", "杭州", "o'brien %_\\"),
}
OUTCOMES = ("open", "escalated", "silent")
SOURCES = ("https://shop.example/", "https://shop.example/a?x=1", "")
# Every plan: rare conditions, common ones found among the newest, and those that are not.
PLANS = (Bounds(), Bounds(1_000, 10, 20), Bounds(7, 1, 10), Bounds(5, 1, 500))


@dataclass
class Talk:
    """A conversation as the recount knows it."""

    key: str
    at: int
    language: str
    outcome: str
    source: str
    steps: tuple[str, ...]
    messages: int
    facts: dict[str, tuple[str, str]] = field(default_factory=dict)  # slot -> value, status
    given: dict[str, bool] = field(default_factory=dict)  # kind -> opened
    asked: set[str] = field(default_factory=set)
    stars: int = 0
    flags: set[str] = field(default_factory=set)
    comments: int = 0
    verdict: str = ""

    def fits(self, condition: Condition) -> bool:
        return self._holds(condition.field, set(condition.values)) != condition.negated

    def _holds(self, name: str, values: set[str]) -> bool:
        if name.startswith(SLOT):
            return self._tells(name.removeprefix(SLOT), values)
        if name in ("outcome", "language"):
            return getattr(self, name) in values
        if name == "step":
            return bool({"opened", *self.steps} & values)
        if name == "lost_at":
            last = max(JOURNEY.index(step) for step in ("opened", *self.steps))
            return JOURNEY[last] in values
        if name == "source":
            return any(self.source.startswith(value) for value in values)
        if name == "length":
            return any(_in_span(self.messages, value) for value in values)
        found = {
            "given": set(self.given),
            "read": {kind for kind, opened in self.given.items() if opened},
            "asked": self.asked,
            "rated": {str(self.stars)} if self.stars else set(),
            "flag": self.flags,
            "comment": {ANY} if self.comments else set(),
            "review": {self.verdict} if self.verdict else set(),
        }[name]
        return bool(found & values or (found and ANY in values))

    def _tells(self, slot: str, values: set[str]) -> bool:
        value, status = self.facts.get(slot, ("", ""))
        return (
            (bool(value) and value in values)
            or (KNOWN in values and value != "")
            or (UNKNOWN in values and value == "")
            or (REFUSED in values and status == "refused")
        )


def _in_span(count: int, span: str) -> bool:
    low, _, high = span.partition("-")
    return int(low or 1) <= count <= int(high or 10**6)


def make_talks(seed: int = 5) -> list[Talk]:
    chance = random.Random(seed)
    talks = []
    for number in range(TALKS):
        talk = Talk(
            key=bench_lists.name_talk(number),
            at=NOW + number // 3,  # some at the same moment
            language=chance.choice(("en", "zh")),
            outcome=chance.choice(OUTCOMES),
            source=chance.choice(SOURCES),
            steps=JOURNEY[1 : 1 + min(12, int(chance.expovariate(0.3)))],
            messages=chance.randrange(1, 9),
            stars=chance.choice((0, 0, 3, 5)),
            comments=chance.choice((0, 0, 1)),
            verdict=chance.choice(("", "", "good", "poor")),
        )
        for slot, values in VALUES.items():
            if chance.random() < 0.7:
                value = chance.choice(values)
                talk.facts[slot] = (value, "stated" if value else "refused")
        for kind in chance.sample(PAPERS, chance.randrange(3)):
            talk.given[kind] = chance.random() < 0.5
        talk.asked = set(chance.sample(PAPERS, chance.randrange(2)))
        talk.flags = set(chance.sample(("good", "rude"), chance.choice((0, 0, 1, 2))))
        talks.append(talk)
    return talks


def write(tx: Tx, talk: Talk) -> None:
    key, at = talk.key, talk.at
    new = NewConversation(key, "widget", b"", talk.language, at, talk.source)
    conversations.create(tx, new)
    conversations.append(
        tx, key, [NewMessage("prospect", f"marzipan number {n}", at) for n in range(talk.messages)]
    )
    state = NewState(b"", at, outcome=talk.outcome, language=talk.language, milestones=talk.steps)
    conversations.save(tx, key, 0, state)
    facts.put(tx, [FactRow(key, slot, v, status, at) for slot, (v, status) in talk.facts.items()])
    for kind, opened in talk.given.items():
        opened_at = at if opened else 0
        leads.give_document(
            tx, leads.DocumentGiven(key, kind, "1", kind, "en", at, opened_at, int(opened))
        )
    for kind in talk.asked:
        insights.record(tx, NewWish(key, 1, "paper", kind, at))
    if talk.stars:
        leads.rate(tx, key, talk.stars, at)
    for kind in talk.flags:
        remarks.flag(tx, FlagRow(key, kind, 1, at))
    for _ in range(talk.comments):
        remarks.comment(tx, NewComment(key, 0, 1, "hm", at))
    if talk.verdict:
        reviews.put(tx, ReviewRow(key, "2026-W47", 1, talk.verdict, at))


@dataclass
class Shelf:
    db: Database
    talks: list[Talk]


@pytest.fixture(scope="session")
async def shelf(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shelf]:
    """Conversations of all kinds, written once."""
    path = tmp_path_factory.mktemp("lists") / "firstline.db"
    database = Database.open(shutil.copy(fresh, path), durable=False)
    talks = make_talks()
    for talk in talks:
        await database.write(partial(write, talk=talk))
    while await database.write(search.index_new):
        continue
    yield Shelf(database, talks)
    await database.close()


def _conditions() -> st.SearchStrategy[Condition]:
    slots = st.sampled_from(sorted(VALUES)).flatmap(
        lambda slot: _made(SLOT + slot, (*filter(None, VALUES[slot]), KNOWN, UNKNOWN, REFUSED))
    )
    others = {
        "outcome": OUTCOMES,
        "language": ("en", "zh", "ru"),
        "step": JOURNEY,
        "lost_at": JOURNEY,
        "source": ("https://shop.example/", "https://shop.example/a", "https://other"),
        "length": ("1-3", "-2", "5-", "4-4"),
        "given": (*PAPERS, ANY),
        "read": PAPERS,
        "asked": (*PAPERS, "video"),
        "rated": (ANY, "3", "5"),
        "flag": (ANY, "good", "rude"),
        "comment": (ANY,),
        "review": (ANY, "good", "poor", "fair"),
    }
    return st.one_of(slots, *(_made(name, values) for name, values in others.items()))


def _made(name: str, values: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    picked = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    return st.builds(
        lambda some, no: Condition(name, tuple(some), no), some=picked, no=st.booleans()
    )


def recount(talks: list[Talk], wanted: Filter) -> list[str]:
    found = [
        talk
        for talk in talks
        if all(talk.fits(each) for each in wanted.conditions)
        and (not wanted.since or talk.at >= wanted.since)
        and (not wanted.until or talk.at < wanted.until)
    ]
    return [talk.key for talk in found]


def newest_first(talks: list[Talk], keys: list[str]) -> list[str]:
    at = {talk.key: talk.at for talk in talks}
    return sorted(keys, key=lambda key: (at[key], key), reverse=True)


async def read_all(shelf: Shelf, wanted: Filter, bounds: Bounds) -> tuple[list[str], Listed]:
    """Every page, and the first one."""
    pages: list[Listed] = []
    cursor, limit = "", 9
    while not pages or cursor:
        read = partial(lists.find, wanted=wanted, cursor=cursor, limit=limit, bounds=bounds)
        pages.append(await shelf.db.read(read))
        cursor = pages[-1].next
    return [line.id for page in pages for line in page.lines], pages[0]


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    conditions=st.lists(_conditions(), max_size=4),
    bounds=st.sampled_from(PLANS),
    window=st.sampled_from(((0, 0), (NOW + 10, 0), (0, NOW + 30), (NOW + 5, NOW + 25))),
)
async def test_every_list_is_that_of_a_recount(
    shelf: Shelf, conditions: list[Condition], bounds: Bounds, window: tuple[int, int]
) -> None:
    wanted = Filter(conditions=tuple(conditions), since=window[0], until=window[1])
    expected = newest_first(shelf.talks, recount(shelf.talks, wanted))
    found, first = await read_all(shelf, wanted, bounds)
    assert found == expected
    assert first.count == min(len(expected), bounds.counted)
    assert first.more == (len(expected) > bounds.counted)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(conditions=st.lists(_conditions(), min_size=1, max_size=3))
async def test_words_and_conditions_go_together(shelf: Shelf, conditions: list[Condition]) -> None:
    wanted = Filter(conditions=tuple(conditions))
    expected = recount(shelf.talks, wanted)
    found = await shelf.db.read(partial(search.search, query="marzipan", wanted=wanted, limit=200))
    assert {hit.line.id for hit in found.hits} == set(expected)
    assert found.talks == len(expected)
    none = await shelf.db.read(partial(search.search, query="nougat", wanted=wanted, limit=200))
    assert none.hits == ()


async def test_the_sentence_of_the_issue(shelf: Shelf) -> None:
    wanted = Filter(
        conditions=(
            Condition(f"{SLOT}ownership", ("state_owned",)),
            Condition(f"{SLOT}own_servers", ("false",)),
            Condition("asked", ("comparison",)),
            Condition("step", ("escalated",), negated=True),
        )
    )
    expected = recount(shelf.talks, wanted)
    assert expected, "the sample must have such talks"
    found, _ = await read_all(shelf, wanted, Bounds())
    assert set(found) == set(expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nothing", "x"), ("step", "x"), ("lost_at", "closed"), ("rated", "x"), ("rated", "9"),
        ("length", "x"), ("length", "-"), ("length", "1-x"), ("staff", "-1"), ("staff", "²"),
        ("length", "99999999999999999999-"), ("slots.city", "graz"),
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="no "):
        predicate(Condition(name, (value,)))


@pytest.mark.parametrize(
    "value", ["' OR 1=1 --", "%", "_", "\\", '"', "\U0010ffff", "a" * 5_000, "x\0y", "🙂"]
)
async def test_hostile_values_are_only_values(shelf: Shelf, value: str) -> None:
    for name in (f"{SLOT}city", f"{SLOT}' OR '1'='1", "source", "given", "flag", "team", "outcome"):
        condition = Condition(name, (value,))
        found, _ = await read_all(shelf, Filter(conditions=(condition,)), Bounds())
        assert found == [], (name, value)


@pytest.mark.parametrize("cursor", ["x", "1", "-", "1-", "-5-x", f"{10**30}-x", "1_0-x"])
async def test_a_cursor_is_a_cursor(shelf: Shelf, cursor: str) -> None:
    try:
        page = await shelf.db.read(partial(lists.find, wanted=Filter(), cursor=cursor))
    except ValueError:
        return
    assert page.lines == ()


def test_only_what_an_index_knows_is_started_from() -> None:
    assert driver(Condition("given", ("manual",))) is not None
    assert driver(Condition("given", ("manual",), negated=True)) is None
    assert driver(Condition(f"{SLOT}city", (UNKNOWN,))) is None
    assert driver(Condition("length", ("5-",))) is None


async def test_the_bench_measures_every_kind(path: Path) -> None:
    db = Database.open(path, durable=False)
    await bench_lists.fill(db, 2_000)
    timings = await bench_lists.measure(db, 2_000, rounds=2)
    await db.close()
    assert timings[-1].kind == "all"
    assert len(timings) == 12
    assert sum(timing.hits for timing in timings) > 0
