"""The product, a group on paper, and the feed between them; nothing moves unless it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.desk.acting import Member as AnyMember
from bot.faults import Reach, reach_nothing
from bot.presales.group.feed import Feed
from bot.telegram.pace import UNLIMITED, Limits, Pace
from dialogs.types import Reading
from storage import accounts, staff_links, topics
from storage.accounts import StaffRow
from storage.topics import TopicRow
from tests.bot.hall import Hall, Member, make_hall, make_settings
from tests.bot.telegram.paper_group import GROUP, Message, PaperGroup

ASKS_DISCOUNT = "What discount is possible?"  # an everyday escalation: nobody is called at once


@dataclass
class Desk:
    hall: Hall
    group: PaperGroup
    limits: Limits = UNLIMITED
    feed: Feed = field(init=False)

    def __post_init__(self) -> None:
        self.teach()
        self.restart()

    def teach(self) -> None:
        """Let the words be understood that everyday escalations are made of."""
        self.hall.words.script[ASKS_DISCOUNT] = Reading(
            text=ASKS_DISCOUNT, language="en", intents=("ask_commercial",), cues=("discount",)
        )

    def restart(self) -> None:
        """The feed of a new process."""
        self.feed = Feed(self.hall.core, self.group, Pace(self.hall.clock, self.limits))

    async def pass_time(self, ms: int, step: int = 1_000) -> None:
        """Let the feed work while time goes by."""
        await self.feed.drain()
        for _ in range(ms // step):
            self.hall.clock.turn(step)
            await self.feed.drain()

    # --- what the group shows --------------------------------------------------------------------

    def row_or_none(self, talk: str) -> TopicRow | None:
        return self.hall.db.peek(lambda tx: topics.find(tx, talk))

    def row(self, talk: str) -> TopicRow:
        found = self.row_or_none(talk)
        assert found is not None
        return found

    def known_at(self, talk: str) -> int:
        """When (ms) the group first heard of it: by its brief, or by its number in General."""
        heads = [self.head(talk).at]
        heads += [each.at for each in self.group.in_topic(0) if talk[:6] in each.text]
        return min(heads)

    def posts(self, talk: str) -> list[Message]:
        """What stands in the topic, the brief first."""
        return self.group.in_topic(self.row(talk).thread_id)

    def texts(self, talk: str) -> list[str]:
        return [each.text for each in self.posts(talk)]

    def head(self, talk: str) -> Message:
        return self.group.messages[self.row(talk).head_message]

    # --- what people do --------------------------------------------------------------------------

    async def add_staff(self, name: str, telegram: int = 0, role: str = "presales") -> Member:
        row = StaffRow(
            id=0,
            name=name.casefold(),
            display_name=name,
            role=role,
            password_hash="",
            disabled=False,
            created_at=1,
        )
        number = await self.hall.db.write(lambda tx: accounts.add_staff(tx, row))
        if telegram:
            await self.hall.db.write(lambda tx: staff_links.link(tx, telegram, number, 1))
        return Member(number, name, role)

    async def waiting(self, *, urgent: bool = True) -> str:
        """A talk whose prospect waits; the group does not know yet."""
        talk = await self.hall.open()
        if urgent:
            await self.hall.escalate(talk)
        else:
            await self.hall.say(talk, ASKS_DISCOUNT)
            assert self.hall.state(talk).owner == "waiting"
        return talk

    async def claim(self, staff: AnyMember, talk: str, *, here: bool = False) -> None:
        assert (await self.hall.core.desk.claim(staff, talk, here=here)).won

    async def taken(self, staff: AnyMember) -> str:
        """A talk that somebody has, and the group shows it."""
        talk = await self.waiting()
        await self.feed.drain()
        await self.claim(staff, talk)
        await self.feed.drain()
        return talk


def make_desk(folder: Path, reach: Reach = reach_nothing, **more: Any) -> Desk:
    settings = make_settings(folder, desk_group_id=str(GROUP), public_url="https://desk.example")
    hall = make_hall(settings, reach=reach)
    return Desk(hall, PaperGroup(hall.clock), **more)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = make_desk(tmp_path)
    yield made
    await made.hall.db.close()
