"""Lists of very many conversations: fill a throw-away database, measure filters of every kind."""

from __future__ import annotations

import asyncio
import hashlib
import random
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from functools import partial
from itertools import islice

from bot.benches.search import BATCH, MINUTE, OUTCOMES, Timing, Vocabulary, time_kinds
from storage import conversations, facts, insights, leads, lists, search
from storage.conditions import JOURNEY, KNOWN, SLOT, UNKNOWN, Condition
from storage.conversations import Author, NewConversation, NewMessage, NewState
from storage.db import Connection, Database, Tx
from storage.facts import FactRow
from storage.insights import NewWish
from storage.reading import Filter

PAPERS = ("manual", "white_paper", "comparison", "brochure", "company_info", "case_study")
REASONS = ("person_requested", "written_requirement", "qualified", "custom_work")
LANGUAGES = ("en", "zh", "es", "ru")
CHANNELS = ("widget", "telegram")
CITIES, PAGES = 3_000, 40
TALK = 5  # messages of one conversation
# Slots with their values and how often each is told; the rest of a value's share is not told.
SLOTS: dict[str, dict[str, int]] = {
    "buyer_type": {"enterprise": 60, "individual": 20},
    "ownership": {"private": 42, "state_owned": 14, "": 4},
    "own_servers": {"true": 28, "false": 26, "": 3},
    "department": {"it": 15, "management": 9, "procurement": 5, "marketing": 3, "legal": 1},
    "authority": {"decides": 14, "recommends": 11, "none": 8},
    "written_requirement": {"false": 20, "true": 7},
    "industry": {"retail": 8, "food": 4, "toys": 1},
}  # fmt: skip


async def fill(db: Database, messages: int, seed: int = 1) -> None:
    """Write and index this many messages in conversations with all that lists ask for."""
    vocabulary, chance = Vocabulary(seed), random.Random(seed)
    total = messages // TALK
    for first in range(0, total, BATCH):
        numbers = range(first, min(first + BATCH, total))
        writes = (partial(_write_talk, number=n, words=vocabulary, chance=chance) for n in numbers)
        await asyncio.gather(*(db.write(write) for write in writes))
        while await db.write(partial(search.index_new, limit=BATCH * TALK)):
            pass


def name_talk(number: int) -> str:
    """An id such as the product's own: 22 characters in no order."""
    digest = hashlib.blake2b(str(number).encode(), digest_size=16).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _write_talk(tx: Tx, number: int, words: Vocabulary, chance: random.Random) -> None:
    key, begun = name_talk(number), number * TALK * MINUTE
    source = f"https://shop.example/{chance.randrange(PAGES)}"
    language, channel = chance.choice(LANGUAGES), chance.choice(CHANNELS)
    new = NewConversation(key, channel, b"", language, begun, source)
    conversations.create(tx, new)
    authors: tuple[Author, Author] = ("prospect", "bot")
    said = [
        NewMessage(authors[place % 2], words.sentence(), begun + place * MINUTE)
        for place in range(TALK)
    ]
    conversations.append(tx, key, said)
    steps = JOURNEY[1 : 1 + min(len(JOURNEY), int(chance.expovariate(0.25)))]
    outcome = "escalated" if "escalated" in steps else words.pick(OUTCOMES)
    state = NewState(
        b"s" * 800,
        begun + TALK * MINUTE,
        outcome=outcome,
        reason=chance.choice(REASONS) if outcome == "escalated" else "",
        edition=chance.choice(("", "", "professional", "enterprise", "cluster")),
        language=language,
        milestones=steps,
    )
    conversations.save(tx, key, 0, state)
    _write_profile(tx, key, begun, chance)
    for kind in chance.sample(PAPERS, chance.choice((0, 0, 0, 1, 2))):
        opened = begun if number % 3 else 0
        given = leads.DocumentGiven(key, kind, "1", kind, language, begun, opened, 1)
        leads.give_document(tx, given)
        insights.record(tx, NewWish(key, 1, "paper", kind, begun))


def _write_profile(tx: Tx, key: str, now: int, chance: random.Random) -> None:
    told = {"city": f"city {min(CITIES, int(chance.expovariate(0.01)))}"}
    for slot, shares in SLOTS.items():
        picked = chance.choices((*shares, None), (*shares.values(), 100 - sum(shares.values())))[0]
        told |= {} if picked is None else {slot: picked}
    if chance.random() < 0.4:
        told.pop("city")
    status = {"": "refused"}
    rows = [FactRow(key, slot, value, status.get(value, "stated"), now)
            for slot, value in told.items()]  # fmt: skip
    facts.put(tx, rows)


def filters(messages: int, seed: int = 1) -> Iterator[tuple[str, Filter]]:
    """Endless (kind, filter), every kind in turn, other values each time."""
    chance, span = random.Random(seed), messages * MINUTE

    def some(count: int) -> tuple[Condition, ...]:
        return tuple(_condition(chance) for _ in range(count))

    while True:
        city = Condition(f"{SLOT}city", (f"city {chance.randrange(CITIES)}",))
        month = chance.randrange(span)
        yield "everything", Filter()
        yield "one outcome", Filter(outcome=chance.choice(OUTCOMES))
        yield "one condition", Filter(conditions=some(1))
        yield "two conditions", Filter(conditions=some(2))
        yield "three conditions", Filter(conditions=some(3))
        yield "five conditions", Filter(conditions=some(5))
        yield "a city", Filter(conditions=(city,))
        yield "a city and two conditions", Filter(conditions=(city, *some(2)))
        yield (
            "a month and three conditions",
            Filter(since=month, until=month + span // 12, conditions=some(3)),
        )
        yield (
            "state-owned, no servers, asked for the comparison, not escalated",
            Filter(
                conditions=(
                    Condition(f"{SLOT}ownership", ("state_owned",)),
                    Condition(f"{SLOT}own_servers", ("false",)),
                    Condition("asked", ("comparison",)),
                    Condition("step", ("escalated",), negated=True),
                )
            ),
        )


def _condition(chance: random.Random) -> Condition:
    negated = chance.random() < 0.25
    kind = chance.randrange(8)
    if kind < 3:
        slot = chance.choice(list(SLOTS))
        value = chance.choice([*filter(None, SLOTS[slot]), KNOWN, UNKNOWN])
        return Condition(SLOT + slot, (value,), negated)
    if kind == 3:
        return Condition("step", (chance.choice(JOURNEY[1:12]),), negated)
    if kind == 4:
        paper = chance.choice(PAPERS)
        return Condition(chance.choice(("given", "read", "asked")), (paper,), negated)
    if kind == 5:
        return Condition("source", (f"https://shop.example/{chance.randrange(PAGES)}",), negated)
    if kind == 6:
        return Condition("lost_at", (chance.choice(JOURNEY[:10]),), negated)
    return Condition("language", tuple(chance.sample(LANGUAGES, 2)), negated)


async def measure(db: Database, messages: int, rounds: int = 40) -> list[Timing]:
    """Ask every kind so often, its first page with the count; then words with two conditions."""
    asked = [
        (kind, partial(_list, wanted=wanted))
        for kind, wanted in islice(filters(messages), rounds * 10)
    ]
    vocabulary, chance = Vocabulary(1), random.Random(2)
    for number in range(rounds):
        words = vocabulary.words[(0, 5, 200, 6_000)[number % 4] + chance.randrange(5)]
        wanted = Filter(conditions=(_condition(chance), _condition(chance)))
        asked.append(("a word and two conditions", partial(_search, query=words, wanted=wanted)))
    return await time_kinds(db, asked)


def _list(connection: Connection, wanted: Filter) -> int:
    return lists.find(connection, wanted).count


def _search(connection: Connection, query: str, wanted: Filter) -> int:
    return len(search.search(connection, query, wanted).hits)
