"""A month of made-up talks, played once for all tests that look at it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bot import records
from bot.commands.seed import fill
from bot.seeding.month import DAY, Plan, Played
from bot.settings import Settings
from dialogs.types import Reading, Reply, State
from storage import conversations, reading
from storage.conversations import ConversationRow, MessageRow
from storage.db import Database
from storage.migrate import migrate

UNTIL = 1_795_435_200_000  # 23 November 2026, 12:00 UTC
TALKS = 5_000 if os.environ.get("FIRSTLINE_CAMPAIGN") else 300
PLAN = Plan(talks=TALKS, days=30, until=UNTIL, chance=11)
MANY = 100_000
# Lines of notice by which a human has the talk, and has it no more.
TAKES = ("desk.joined", "desk.reopened")
GIVES = ("desk.handed_back", "desk.closed", "desk.passed_on", "handback.unanswered")


class Talk(msgspec.Struct, frozen=True):
    """One conversation as it was stored."""

    row: ConversationRow
    state: State
    messages: tuple[MessageRow, ...]

    def readings(self) -> Iterator[tuple[MessageRow, Reading]]:
        for message in self.messages:
            found = records.read_reading(message.reading)
            if message.author == "prospect" and found is not None:
                yield message, found

    def told_to_human(self) -> frozenset[int]:
        """Seqs of the prospect's messages that came while a human had the talk."""
        notices = {id(message): reply.key for message, reply in self.replies("event", "bot")}
        found, human = [], False
        for message in self.messages:
            key = notices.get(id(message), "")
            human = key in TAKES or (human and key not in GIVES)
            if human and message.author == "prospect":
                found.append(message.seq)
        return frozenset(found)

    def forgot(self) -> tuple[int, ...]:
        """Seqs of the messages by which all that was known began anew."""
        return tuple(m.seq for m, reply in self.replies("bot") if reply.key == "restart.fresh")

    def replies(self, *authors: str) -> Iterator[tuple[MessageRow, Reply]]:
        for message in self.messages:
            if message.author in authors:
                yield message, records.read_reply(message.body, message.text)


def play(folder: Path) -> tuple[Settings, Played]:
    """Play the month into a new database below the folder."""
    settings = Settings(data_dir=str(folder), encoder="off", messages_per_minute=100_000)
    folder.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    return settings, asyncio.run(fill(settings, PLAN))


def read_talks(db: Database) -> tuple[Talk, ...]:
    """Every conversation, from its state and messages alone."""
    period = reading.Filter(since=UNTIL - 2 * PLAN.days * DAY)
    ids: list[str] = []
    cursor = ""
    while True:
        page = asyncio.run(db.read(lambda at: reading.transcripts(at, period, cursor, 500)))  # noqa: B023
        ids += [line.id for line in page.lines]
        if not page.next:
            break
        cursor = page.next
    return tuple(_talk(db, each) for each in ids)


def _talk(db: Database, conversation: str) -> Talk:
    row = db.peek(lambda tx: conversations.load(tx, conversation))
    assert row is not None
    messages = db.peek(
        lambda tx: reading.messages_after(tx, conversation, 0, internal=True, limit=MANY)
    )
    return Talk(row, records.read_state(row.state), tuple(messages))
