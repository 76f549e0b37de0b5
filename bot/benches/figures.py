"""The figures of a year of very many conversations: fill a throw-away database and measure them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from functools import partial

from bot.benches.search import Timing
from storage import conversations, courses, moments, quality, questions_asked
from storage.conversations import NewConversation, NewState
from storage.courses import BY
from storage.db import Connection, Database, Tx
from storage.moments import Reached
from storage.questions_asked import QuestionRow
from storage.reading import Filter

BATCH = 200  # conversations written at once
TALK = 5  # messages of one conversation
YEAR = 365 * 86_400_000  # ms
PAGES = 12
# Each step with the share of those before it that come to it, and the seconds that it takes.
COURSE = (
    ("answered", 0.75, 40), ("first_answer", 0.8, 60), ("buyer", 0.7, 60),
    ("organisation", 0.7, 120), ("contact", 0.7, 60), ("requirement", 0.7, 60),
    ("document", 0.6, 60), ("price", 0.8, 60), ("escalated", 0.6, 60), ("claimed", 0.9, 120),
    ("human_reply", 0.95, 60),
)  # fmt: skip
SLOTS = ("need", "buyer_type", "ownership", "headcount", "city", "department", "authority")
ENDINGS = ("answered", "answered", "answered", "answered", "refused", "skipped", "passed")


async def fill(db: Database, messages: int, seed: int = 1) -> None:
    """Write the steps and questions of conversations of TALK messages, spread over a year; the
    messages themselves are not looked at."""
    chance, count = random.Random(seed), messages // TALK
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        writes = (partial(_write, number=n, count=count, chance=chance) for n in numbers)
        await asyncio.gather(*(db.write(each) for each in writes))


def _write(tx: Tx, number: int, count: int, chance: random.Random) -> None:
    key, opened = f"{chance.getrandbits(96):024x}", number * YEAR // count
    new = NewConversation(
        key,
        chance.choice(("widget", "widget", "telegram")),
        b"",
        chance.choice(("en", "zh", "es", "ru")),
        opened,
        f"https://shop.example/page-{chance.randrange(PAGES)}?visit={number}",
    )
    conversations.create(tx, new)
    names: list[str] = []
    data, at = b"", opened
    for name, share, seconds in COURSE:
        if chance.random() > share:
            break
        at += int(chance.expovariate(1 / seconds) * 1_000)
        data = moments.add(Reached(conversations.milestone_bits(names), data, opened), (name,), at)
        names.append(name)
    for place in range(min(len(names), len(SLOTS))):
        asked = opened + place * 30_000
        last = place == len(names) - 1
        ended = "" if last else chance.choice(ENDINGS)
        ended_at = 0 if last else asked + int(chance.expovariate(1 / 20) * 1_000)
        row = QuestionRow(key, place + 1, SLOTS[place], 1, asked, ended_at, ended)
        questions_asked.put(tx, row)
    outcome = "escalated" if "escalated" in names else chance.choice(("silent", "open", "closed"))
    edition = chance.choice(("", "professional", "enterprise", "cluster"))
    state = NewState(
        b"", at, outcome=outcome, edition=edition, milestones=tuple(names), moments=data
    )
    conversations.save(tx, key, 0, state)


async def measure(db: Database, messages: int, rounds: int = 9) -> list[Timing]:
    """Every figure of the pages over the whole year, one after the other; `hits` are talks."""
    year = Filter(since=1, until=YEAR)
    figures: dict[str, Callable[[Connection], object]] = {
        "funnel of a year": lambda at: (
            courses.count_bits(at, year),
            courses.median_times(at, year),
        ),
        **{f"compared by {by}": partial(courses.count_bits, wanted=year, by=by) for by in BY},
        "quality of a year": lambda at: quality.judge(quality.load(at, year), YEAR),
        "questions of a year": lambda at: courses.count_questions(at, year, YEAR),
    }
    found = []
    for name, figure in figures.items():
        times = []
        for _ in range(rounds):
            begun = time.perf_counter()
            await db.read(figure)
            times.append((time.perf_counter() - begun) * 1_000)
        times.sort()
        p95 = times[int(rounds * 0.95)]
        found.append(Timing(name, times[rounds // 2], p95, times[-1], messages // TALK))
    return found
