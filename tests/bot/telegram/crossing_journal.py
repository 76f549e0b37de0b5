"""A journal of what is committed, written where order is made, and what refers to it.

Triggers write it in the transaction that each change belongs to; each call of the Bot API notes how
far it had come.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from bot.prospects.channel import Progress
from storage.db import Database, Tx

T = TypeVar("T")

_JOURNAL = (
    "CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER, talk TEXT,"
    " kind TEXT, seq INTEGER, word TEXT, staff INTEGER, before TEXT)",
    "CREATE INDEX journal_by_talk ON journal (talk)",
    "CREATE TRIGGER said AFTER INSERT ON message BEGIN"
    " INSERT INTO journal (job, talk, kind, seq, word, staff, before)"
    " VALUES (job(), NEW.conversation, 'said', NEW.seq, NEW.author, NEW.staff_id, ''); END",
    "CREATE TRIGGER moved AFTER UPDATE OF owner, staff_id ON conversation"
    " WHEN OLD.owner != NEW.owner OR OLD.staff_id != NEW.staff_id BEGIN"
    " INSERT INTO journal (job, talk, kind, seq, word, staff, before)"
    " VALUES (job(), NEW.id, 'owner', 0, NEW.owner, NEW.staff_id, OLD.owner); END",
    "CREATE TRIGGER queued AFTER INSERT ON delivery WHEN NEW.kind = 'send' BEGIN"
    " INSERT INTO journal (job, talk, kind, seq, word, staff, before)"
    " VALUES (job(), NEW.conversation, 'send', NEW.seq, NEW.state, 0, NEW.name); END",
    "CREATE TRIGGER marked AFTER UPDATE OF state ON delivery"
    " WHEN NEW.kind = 'send' AND OLD.state != NEW.state BEGIN"
    " INSERT INTO journal (job, talk, kind, seq, word, staff, before)"
    " VALUES (job(), NEW.conversation, 'send', NEW.seq, NEW.state, 0, NEW.name); END",
)


class Entry(NamedTuple):
    """One change that was committed. `job`: the write that made it.

    `kind` said: `word` is the author. owner: `word` and `staff` have it now, `before` had it.
    send: the delivery of message `seq` is `word` now; `before` is whose words it carries.
    """

    id: int
    job: int
    kind: str
    seq: int
    word: str
    staff: int
    before: str


class Pauses:
    """Waits by chance; the chances of one seed are always the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    async def rest(self, often: float = 0.25, longest: float = 0.01) -> None:
        drawn = self._chance.random()
        if drawn < often:
            await asyncio.sleep(self._chance.random() * longest)
        elif drawn < 2 * often:
            await asyncio.sleep(0)


class SlowDatabase(Database):
    """Waits before and after each commit, and numbers the writes for the journal."""

    pauses: Pauses
    jobs = 0
    looked = 0  # position right before the last look at what is committed

    async def begin(self, pauses: Pauses) -> None:
        self.pauses = pauses
        assert self._writer is not None
        self._writer.create_function("job", 0, lambda: self.jobs)
        await super().write(lambda tx: [tx.run(statement) for statement in _JOURNAL])

    async def write(self, fn: Callable[[Tx], T]) -> T:
        def run(tx: Tx) -> T:
            self.jobs += 1
            return fn(tx)

        await self.pauses.rest()
        try:
            return await super().write(run)
        finally:
            await self.pauses.rest()

    def peek(self, fn: Callable[[Tx], T]) -> T:
        self.looked = self.position
        return super().peek(fn)

    @property
    def position(self) -> int:
        """The newest entry of the journal that is committed."""
        found = super().peek(lambda tx: tx.one("SELECT coalesce(max(id), 0) FROM journal"))
        return int(found[0]) if found else 0


@dataclass
class Ask:
    """One call to the Bot API, and how far the journal had come when it began and ended.

    `looked`: how far when it was asked, for this call alone, whether it is still wanted; -1: never.
    """

    method: str
    seq: int  # message of the talk that the outbox sends by it, 0: none
    looked: int = -1
    begun: int = -1
    ended: int = -1
    message: int = 0  # Telegram's, where it answered with one
    error: str = ""


@dataclass
class Handing:
    """One delivery as the outbox gave it to the channel, and what the channel asks of it."""

    seq: int
    author: str
    begun: int  # when the outbox looked whether it is still wanted
    in_parts: bool  # its words go out first, and then its files
    progress: Progress
    db: SlowDatabase
    asks: list[Ask] = field(default_factory=list)
    looked: int = -1

    @property
    def done(self) -> int:
        return self.progress.done

    async def step(self) -> None:
        await self.progress.step()

    def still_wanted(self) -> bool:
        wanted = self.progress.still_wanted()
        # A commit may end in its thread at any time: what counts is when it was looked up.
        self.looked = self.db.looked
        return wanted

    def add(self, ask: Ask) -> None:
        ask.looked, self.looked = self.looked, -1
        self.asks.append(ask)
