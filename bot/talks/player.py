"""Plays a talk against the real intake, on a throw-away database, with a clock of its own."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from bot import records
from bot.core import Core, make_core
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.settings import Settings
from bot.talks.checks import Seen, compare
from bot.talks.desk import TalkDesk
from bot.talks.files import DeskAct, Step, TalkFile
from bot.uploads import RefusedError
from dialogs.profile import value_of
from dialogs.types import Button, Incoming, Reply, State
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


async def play(talk: TalkFile, folder: Path, mind: Mind, settings: Settings) -> Played:
    """Play one talk; files that it sends lie in `folder`."""
    with tempfile.TemporaryDirectory(prefix="talk-") as place:
        there = replace(settings, data_dir=place, database_url="", messages_per_minute=100_000)
        migrate(there.database)
        clock = Clock(BEGIN)
        db = Database.open(there.database, durable=False)
        try:
            house = House(settings=there, db=db, live=Live(), metrics=Metrics(), now=clock)
            return await _Player(make_core(house, mind), clock, folder).play(talk)
        finally:
            await db.close()


class _Player:
    def __init__(self, core: Core, clock: Clock, folder: Path) -> None:
        self.core = core
        self.clock = clock
        self.folder = folder
        self.desk = TalkDesk(core)
        self.conversation = ""
        self.last = 0
        self.sent = 0
        self.wished = False  # the prospect asks to be asked again
        self.goodbye = ""  # said with the erasing, and kept nowhere
        self.notes: list[str] = []
        self.differences: list[str] = []

    async def play(self, talk: TalkFile) -> Played:
        opened = await self.core.intake.open(talk.channel, talk.language, "talk")
        self.conversation = opened.conversation
        whole = Seen()
        state = self.state()
        await self.give("open", language=talk.language)
        whole.add(self.look(state))
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
            return await self.give("text", text=step.words)
        if step.send is not None:
            return await self.send(step.send)
        if step.open is not None:
            return await self.give("open")
        if step.desk is not None:
            return await self.act(step.desk)
        if step.again is not None:
            return await self.press_again(step.button)
        return await self.press(number, step.button)

    async def act(self, act: DeskAct) -> str:
        problem = await self.desk.do(act, self.conversation)
        await self.core.outbox.drain()
        return problem

    async def press(self, number: int, value: str) -> str:
        """Press the newest button of this value; without one, type what its label would say."""
        for reply, button in self.shown(value):
            if self.is_active(reply, button.kind):
                return await self.give("choice", value=button.value, question=reply.question)
        label = self.label_of(value)
        if not label:
            return f"choose: no button {value!r} was shown"
        self.notes.append(f"turn {number}: no button {value!r} was shown; typed {label!r}")
        return await self.give("text", text=label)

    async def press_again(self, value: str) -> str:
        """Press the newest button of this value, whichever question is open by now."""
        for reply, button in self.shown(value):
            return await self.give("choice", value=button.value, question=reply.question)
        return f"again: no button {value!r} was shown"

    def shown(self, value: str) -> Iterator[tuple[Reply, Button]]:
        """The buttons of this value or label that the bot showed, newest first."""
        for message in reversed(self.messages(0)):
            if message.author != "bot":
                continue
            reply = records.read_reply(message.body, message.text)
            for button in reply.buttons:
                if value in (button.value, button.label):
                    yield reply, button

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
        data = (self.folder / name).read_bytes()
        try:
            stored = await self.core.uploads.receive(_chunks(data), name, len(data))
        except RefusedError as error:
            self.notes.append(f"{name} was refused: {error.problem}")
            return ""
        return await self.give("file", file=stored.info())

    async def give(self, kind: str, **fields: object) -> str:
        self.sent += 1
        incoming = msgspec.convert(
            {
                "conversation": self.conversation,
                "external_id": f"talk-{self.sent}",
                "kind": kind,
                **msgspec.to_builtins(fields),
            },
            Incoming,
        )
        handled = await self.core.intake.handle(incoming)
        self.goodbye = handled.said
        await self.core.outbox.drain()
        return f"refused: {handled.refused}" if handled.refused else ""

    async def wait(self, span: int) -> None:
        """Move the clock, stopping at each timer that falls due on the way."""
        target = self.clock.at + span
        while True:
            due = self.core.house.db.peek(outbox.next_due)
            if due is None or due > target:
                break
            self.clock.at = max(self.clock.at, due)
            await self.core.outbox.drain()
        self.clock.at = target

    # --- what came of it -------------------------------------------------------------------------

    def state(self) -> State:
        row = self.row()
        if row is None or row.erased:
            return State(owner="closed", outcome="closed")
        return records.read_state(row.state)

    def row(self) -> ConversationRow | None:
        return self.core.house.db.peek(lambda tx: conversations.load(tx, self.conversation))

    def messages(self, after: int) -> list[MessageRow]:
        db = self.core.house.db
        return db.peek(
            lambda tx: reading.messages_after(
                tx, self.conversation, after, internal=True, limit=MANY
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
        row = self.row()
        seen.erased = row is None or row.erased
        if seen.erased and self.goodbye:
            seen.replies.append(Reply(key="erase.done", text=self.goodbye))
        self.note_changes(seen, before, after)
        for reply in seen.replies:
            seen.documents += [
                paper.kind
                for a in reply.attachments
                if a.kind == "document" and (paper := self.core.mind.pack.document(a.id))
            ]
        return seen

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


async def _chunks(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 65_536):
        yield data[at : at + 65_536]
