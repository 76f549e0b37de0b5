"""Plays a talk against the real product, on a throw-away database, with a clock of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from bot import records
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.settings import Settings
from bot.talks.checks import Seen, compare
from bot.talks.desk import TalkDesk
from bot.talks.files import DeskAct, Step, TalkFile
from bot.talks.prospect import Prospect, Seat, Shown, Visitor
from bot.uploads import RefusedError
from dialogs.consultation import LANGUAGE_BUTTON
from dialogs.profile import value_of
from dialogs.types import Reply, State
from storage import conversations, outbox, reading
from storage.conversations import ConversationRow, MessageRow
from storage.db import Database
from storage.migrate import migrate

BEGIN = 1_795_424_400_000  # Monday 23 November 2026, 09:00 UTC, in ms
BETWEEN = 5_000  # ms from one turn to the next
MANY = 100_000  # messages of one turn are never so many


class Played(msgspec.Struct, frozen=True):
    """How a talk went. `differences` name the turn; empty means passed."""

    talk: str
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.differences


class Clock:
    """Stands still unless it is moved. ms since 1970."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


async def play(
    talk: TalkFile, folder: Path, mind: Mind, settings: Settings, seat: Seat = Visitor
) -> Played:
    """Play one talk; files that it sends lie in `folder`. `seat`: where its prospect sits."""
    with tempfile.TemporaryDirectory(prefix="talk-") as place:
        there = replace(settings, data_dir=place, database_url="", messages_per_minute=100_000)
        migrate(there.database)
        clock = Clock(BEGIN)
        db = Database.open(there.database, durable=False)
        try:
            house = House(settings=there, db=db, live=Live(), metrics=Metrics(), now=clock)
            return await _Player(seat(house, mind), clock, folder).play(talk)
        finally:
            await db.close()


async def play_with(prospect: Prospect, clock: Clock, talk: TalkFile, folder: Path) -> Played:
    """Play one talk with a prospect who sits there already, such as one of many in one house."""
    return await _Player(prospect, clock, folder).play(talk)


class _Player:
    def __init__(self, prospect: Prospect, clock: Clock, folder: Path) -> None:
        self.prospect = prospect
        self.core = prospect.core
        self.clock = clock
        self.folder = folder
        self.desk = TalkDesk(self.core)
        self.last = 0
        self.wished = False  # the prospect asks to be asked again
        self.notes: list[str] = []
        self.differences: list[str] = []

    async def play(self, talk: TalkFile) -> Played:
        whole = Seen()
        if problem := await self.prospect.begin(talk):
            self.differences.append(f"opening: {problem}")
        whole.add(self.look(State()))
        for number, step in enumerate(talk.turns, start=1):
            before = self.state()
            self.wished = step.button == "back" or step.button.startswith("edit:")
            self.clock.at += BETWEEN
            problem = await self.take(number, step)
            seen = self.look(before)
            whole.add(seen)
            found = compare(step.then, seen, self.state(), self.core.mind.pack)
            if problem:
                found.insert(0, problem)
            self.differences += [f"turn {number}: {each}" for each in found]
        found = compare(talk.end, whole, self.state(), self.core.mind.pack)
        self.differences += [f"end: {each}" for each in found]
        return Played(talk=talk.talk, differences=tuple(self.differences), notes=tuple(self.notes))

    # --- what a prospect does --------------------------------------------------------------------

    async def take(self, number: int, step: Step) -> str:
        """Do one turn; gives what was wrong with doing it, or ""."""
        if step.wait is not None:
            await self.wait(step.milliseconds)
            return ""
        if step.say is not None:
            return await self.prospect.say(step.words, step.origin)
        if step.send is not None:
            return await self.send(step.send)
        if step.open is not None:
            return await self.prospect.come_back()
        if step.start is not None:
            return await self.prospect.start()
        if step.desk is not None:
            return await self.act(step.desk)
        if step.again is not None:
            return await self.press_again(step.button)
        return await self.press(number, step.button)

    async def act(self, act: DeskAct) -> str:
        problem = await self.desk.do(act, self.prospect.conversation)
        await self.prospect.settle()
        return problem

    async def press(self, number: int, value: str) -> str:
        """Press the newest button of this value; without one, type what its label would say."""
        for shown in self.shown(value):
            if self.is_active(shown.reply, shown.button.kind):
                return await self.prospect.press(shown)
        if value.startswith(LANGUAGE_BUTTON):
            return await self.prospect.choose_language(value)
        label = self.label_of(value)
        if not label:
            return f"choose: no button {value!r} was shown"
        self.notes.append(f"turn {number}: no button {value!r} was shown; typed {label!r}")
        return await self.prospect.say(label)

    async def press_again(self, value: str) -> str:
        """Press the newest button of this value, whichever question is open by now."""
        for shown in self.shown(value):
            return await self.prospect.press(shown)
        return f"again: no button {value!r} was shown"

    def shown(self, value: str) -> Iterator[Shown]:
        """The buttons of this value or label that the bot showed, newest first."""
        for message in reversed(self.messages(0)):
            if message.author not in ("bot", "event"):
                continue
            reply = records.read_reply(message.body, message.text)
            for place, button in enumerate(reply.buttons):
                if value in (button.value, button.label):
                    yield Shown(seq=message.seq, place=place, reply=reply)

    def is_active(self, reply: Reply, kind: str) -> bool:
        open_now = self.state().question
        return kind in ("edit", "more", "person") or reply.question in (
            0,
            1,
            open_now.number if open_now else 0,
        )

    def label_of(self, value: str) -> str:
        """The label of an option of this value anywhere in the pack."""
        mind, language = self.core.mind, self.state().language
        for topic in mind.pack.topics:
            for question in topic.questions:
                if any(o.value == value for o in question.options):
                    return mind.texts.say(language, f"option.{question.slot}.{value}")
        return ""

    async def send(self, name: str) -> str:
        try:
            return await self.prospect.send(self.folder / name)
        except RefusedError as error:
            self.notes.append(f"{name} was refused: {error.problem}")
            return ""

    async def wait(self, span: int) -> None:
        """Move the clock, stopping at each timer that falls due on the way."""
        target = self.clock.at + span
        while True:
            due = self.core.house.db.peek(outbox.next_due)
            if due is None or due > target:
                break
            self.clock.at = max(self.clock.at, due)
            await self.prospect.settle()
        self.clock.at = target

    # --- what came of it -------------------------------------------------------------------------

    def state(self) -> State:
        row = self.row()
        if row is None or row.erased:
            return State(owner="closed", outcome="closed")
        return records.read_state(row.state)

    def row(self) -> ConversationRow | None:
        return self.core.house.db.peek(
            lambda tx: conversations.load(tx, self.prospect.conversation)
        )

    def messages(self, after: int) -> list[MessageRow]:
        db = self.core.house.db
        return db.peek(
            lambda tx: reading.messages_after(
                tx, self.prospect.conversation, after, internal=True, limit=MANY
            )
        )

    def look(self, before: State) -> Seen:
        """What came since the last look."""
        seen = Seen()
        after = self.state()
        for message in self.messages(self.last):
            self.last = message.seq
            if message.author == "prospect":
                understood = records.read_reading(message.reading)
                seen.intents |= set(understood.intents) if understood else set()
            elif message.author in ("bot", "event"):
                seen.replies.append(records.read_reply(message.body, message.text))
            elif message.author == "staff":
                self.note_papers(seen, records.read_reply(message.body, message.text))
        row = self.row()
        seen.erased = row is None or row.erased
        if seen.erased and self.prospect.goodbye:
            seen.replies.append(Reply(key="erase.done", text=self.prospect.goodbye))
        self.note_changes(seen, before, after)
        for reply in seen.replies:
            self.note_papers(seen, reply)
        return seen

    def note_papers(self, seen: Seen, reply: Reply) -> None:
        seen.documents += [
            paper.kind
            for a in reply.attachments
            if a.kind == "document" and (paper := self.core.mind.pack.document(a.id))
        ]

    def note_changes(self, seen: Seen, before: State, after: State) -> None:
        seen.changed = {
            slot
            for slot, known in after.profile.items()
            if known.value is not None and known.value != value_of(before.profile, slot)
        }
        # Back and Edit ask for what is known because the prospect wishes it.
        if self.wished or "go_back" in seen.intents:
            return
        asked = [reply.asks for reply in seen.replies if reply.question]
        seen.asked_known += [s for s in asked if value_of(after.profile, s) is not None]
