"""Search over very many messages: fill a throw-away database and measure queries of every kind."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice

import msgspec

from storage import conversations, search
from storage.conversations import Author, NewConversation, NewMessage, NewState
from storage.db import Connection, Database, Tx
from storage.reading import Filter

TALK = 10  # messages of one conversation
BATCH = 200  # conversations written at once
WORDS = 20_000
CHARACTERS = 2_500
OUTCOMES = ("open", "price_only", "escalated", "silent", "closed")
MINUTE = 60_000


class Timing(msgspec.Struct, frozen=True):
    """Milliseconds of one kind of query, and the hits of the last."""

    kind: str
    p50: float
    p95: float
    worst: float
    hits: int


class Vocabulary:
    """Made-up words and characters; the n-th is n times as rare as the first, as in real text."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        parts = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "ti", "vo", "xe")
        self.words = [
            "".join(self._random.choices(parts, k=2 + n % 3)) + f"{n:x}" for n in range(WORDS)
        ]
        self.characters = [chr(0x4E00 + n * 7) for n in range(CHARACTERS)]
        self._word_odds = _falling(WORDS)
        self._character_odds = _falling(CHARACTERS)

    def sentence(self) -> str:
        """A message of 6 to 24 words; every third in characters without spaces."""
        size = self._random.randint(6, 24)
        if self._random.random() < 1 / 3:
            picked = self._random.choices(self.characters, cum_weights=self._character_odds, k=size)
            return "".join(picked) + "。"
        picked = self._random.choices(self.words, cum_weights=self._word_odds, k=size)
        return " ".join(picked) + "."

    def pick(self, choices: tuple[str, ...]) -> str:
        return self._random.choice(choices)


async def fill(db: Database, messages: int, seed: int = 1) -> None:
    """Write and index this many messages in conversations of TALK, a minute apart."""
    vocabulary = Vocabulary(seed)
    total = messages // TALK
    for first in range(0, total, BATCH):
        await asyncio.gather(
            *(
                db.write(partial(_write_talk, number=number, vocabulary=vocabulary))
                for number in range(first, min(first + BATCH, total))
            )
        )
        while await db.write(partial(search.index_new, limit=BATCH * TALK)):
            pass


def _write_talk(tx: Tx, number: int, vocabulary: Vocabulary) -> None:
    key, begun = f"{number:022d}", number * TALK * MINUTE
    conversations.create(tx, NewConversation(key, "widget", b"", "en", begun))
    authors: tuple[Author, Author] = ("prospect", "bot")
    said = [
        NewMessage(authors[place % 2], vocabulary.sentence(), begun + place * MINUTE)
        for place in range(TALK)
    ]
    conversations.append(tx, key, said)
    outcome = vocabulary.pick(OUTCOMES)
    conversations.save(tx, key, 0, NewState(b"", begun + TALK * MINUTE, outcome=outcome))


def queries(messages: int, seed: int = 1) -> Iterator[tuple[str, str, Filter]]:
    """Endless (kind, query, filter), every kind in turn, other words each time."""
    vocabulary, chance, everything = Vocabulary(seed), random.Random(seed + 1), Filter()
    words, characters = vocabulary.words, vocabulary.characters
    middle = messages * MINUTE // 2
    while True:
        common, usual, rare = (
            chance.randrange(*span) for span in ((0, 8), (50, 400), (5_000, WORDS))
        )
        pair = characters[chance.randrange(40)] + characters[chance.randrange(40)]
        yield "a rare word", words[rare], everything
        yield "a usual word", words[usual], everything
        yield "a very common word", words[common], everything
        yield "two common words", f"{words[common]} {words[common + 5]}", everything
        yield "a common and a rare word", f"{words[common]} {words[rare]}", everything
        yield "two characters", pair, everything
        yield "four characters", pair + pair, everything
        yield "one character", pair[0], everything
        yield "a common word, one outcome", words[common], Filter(outcome="escalated")
        yield "a common word, an old month", words[common], Filter(since=middle // 2, until=middle)
        yield "no such word", "qqq" + words[rare], everything


async def measure(db: Database, messages: int, rounds: int = 40) -> list[Timing]:
    """Ask every kind of query so often, one after the other; the last line is over all of them."""
    return await time_kinds(
        db,
        (
            (kind, partial(_ask, query=query, wanted=wanted))
            for kind, query, wanted in islice(queries(messages), rounds * 11)
        ),
    )


async def time_kinds(
    db: Database, asked: Iterable[tuple[str, Callable[[Connection], int]]]
) -> list[Timing]:
    """Run reads one after the other, each with its kind; they give how much they found.

    The last line is over all of them.
    """
    times: dict[str, list[float]] = {}
    hits: dict[str, int] = {}
    for kind, read in asked:
        begun = time.perf_counter()
        hits[kind] = await db.read(read)
        times.setdefault(kind, []).append((time.perf_counter() - begun) * 1_000)
    everything = [each for values in times.values() for each in values]
    return [_timing(kind, values, hits[kind]) for kind, values in times.items()] + [
        _timing("all", everything, sum(hits.values()))
    ]


def _ask(connection: Connection, query: str, wanted: Filter) -> int:
    return len(search.search(connection, query, wanted).hits)


def _timing(kind: str, values: list[float], hits: int) -> Timing:
    ordered = sorted(values)
    return Timing(
        kind=kind,
        p50=ordered[len(ordered) // 2],
        p95=ordered[int(len(ordered) * 0.95)],
        worst=ordered[-1],
        hits=hits,
    )


def _falling(size: int) -> list[float]:
    """Cumulative weights 1, 1/2, 1/3 and so on."""
    total, sums = 0.0, []
    for place in range(size):
        total += 1 / (place + 1)
        sums.append(total)
    return sums
