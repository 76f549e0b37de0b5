"""What the three of them can do: a prospect, Anna at the browser, Boris in the topic."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import ClassVar, Literal, Protocol

from bot.desk import StaffReply
from bot.records import read_reply
from dialogs.types import Incoming
from tests.bot.telegram.crossing import FRONT_BOT, WANTS_PAPER
from tests.bot.telegram.crossing_talk import Claim, Talk

PAPER = "white-paper-en"
LONG = "so that it goes out as two messages at least. " * 110  # 5,060 characters


class Actor(Protocol):
    """`kinds` names its methods that are acts, and how often each comes in proportion."""

    kinds: ClassVar[Mapping[str, int]]
    chance: random.Random


class Prospect:
    """In the chat and on the website; in the chat only once the talk goes on there."""

    kinds: ClassVar[Mapping[str, int]] = {
        "write": 6, "tap": 5, "tap_old": 3, "ask_paper": 10, "ask_person": 2, "write_on_site": 3,
        "look_again": 5,
    }  # fmt: skip

    def __init__(self, talk: Talk, chance: random.Random) -> None:
        self._talk = talk
        self._ann = talk.ann
        self.chance = chance

    async def write(self) -> None:
        if not self._talk.linked:
            await self.write_on_site()
            return
        text = self._talk.make_words("w")
        self._talk.words.append(text)
        self._ann.write(FRONT_BOT, text)

    async def write_on_site(self) -> None:
        text = self._talk.make_words("s")
        self._talk.site_words.append(text)
        await self.take_in("text", text=text)

    async def tap(self) -> None:
        """A button that is shown, mostly the newest."""
        asked = [message for message in self._talk.chat if message.rows]
        if asked:
            message = asked[-1] if self.chance.random() < 0.8 else self.chance.choice(asked)
            button = self.chance.choice([each for row in message.rows for each in row])
            self._ann.tap_raw(message, button["callback_data"])

    async def tap_old(self) -> None:
        """A button of a question that was asked before, as a client shows it that lags behind."""
        talk = self._talk
        found = [each for each in talk.messages if each.author == "bot"]
        with_keys = {each.seq for each in found if read_reply(each.body, "").buttons}
        asks = [a for a in talk.crossing.asks[self._ann.id] if a.message and a.seq in with_keys]
        if asks:
            ask = self.chance.choice(asks)
            message = next(each for each in talk.chat if each.id == ask.message)
            self._ann.tap_raw(message, f"b:{ask.seq}:0")

    async def ask_paper(self) -> None:
        if self._talk.linked:
            self._ann.write(FRONT_BOT, WANTS_PAPER)
        else:
            await self.take_in("text", text=WANTS_PAPER)

    async def ask_person(self) -> None:
        if self._talk.linked:
            self._ann.write(FRONT_BOT, "/person")
        else:
            await self.call_person()

    async def call_person(self) -> None:
        """By the button of the website."""
        await self.take_in("choice", value="person")

    async def look_again(self) -> None:
        """The site shows where the talk stands; the chat does so in the question's message."""
        await self.take_in("open", value="continue")

    async def cross(self) -> None:
        """The talk of the website goes on in the chat from here on."""
        self._ann.start(FRONT_BOT, self._talk.code)

    async def take_in(self, kind: Literal["text", "choice", "open"], **more: str) -> None:
        """Something that is done on the website."""
        talk = self._talk
        name = talk.make_words("site-")
        incoming = Incoming(conversation=talk.id, external_id=name, kind=kind, **more)  # type: ignore[arg-type]
        handled = await talk.crossing.core.intake.handle(incoming)
        assert not handled.refused, handled.refused


class Browser:
    """Anna, in the inbox."""

    kinds: ClassVar[Mapping[str, int]] = {
        "claim": 14, "reply": 9, "reply_at_length": 2, "give_paper": 2, "note": 2, "hand_back": 10,
        "pass_on": 4, "not_a_lead": 2, "close": 1,
    }  # fmt: skip

    def __init__(self, talk: Talk, chance: random.Random) -> None:
        self._talk = talk
        self._desk = talk.crossing.core.desk
        self.chance = chance

    async def claim(self) -> None:
        since = self._talk.crossing.db.position
        claimed = await self._desk.claim(self._talk.anna, self._talk.id)
        self._talk.claims.append(Claim(since, self._talk.crossing.db.position, claimed))

    async def reply(self) -> None:
        mark = self._talk.make_words("a")
        await self._reply(mark, StaffReply(text=mark))

    async def reply_at_length(self) -> None:
        mark = self._talk.make_words("l")
        await self._reply(mark, StaffReply(text=f"{mark} {LONG}"))

    async def give_paper(self) -> None:
        mark = self._talk.make_words("p")
        await self._reply(mark, StaffReply(text=mark, papers=(PAPER,)))

    async def _reply(self, mark: str, said: StaffReply) -> None:
        acted = await self._desk.reply(self._talk.anna, self._talk.id, f"web-{mark}", said)
        (self._talk.refused if acted.refused else self._talk.replies).append(mark)

    async def note(self) -> None:
        mark = self._talk.make_words("n")
        acted = await self._desk.note(self._talk.anna, self._talk.id, f"web-{mark}", mark)
        assert not acted.refused

    async def hand_back(self) -> None:
        await self._desk.hand_back(self._talk.anna, self._talk.id)

    async def pass_on(self) -> None:
        await self._desk.pass_on(self._talk.anna, self._talk.id)

    async def not_a_lead(self) -> None:
        await self._desk.not_a_lead(self._talk.anna, self._talk.id, "other")

    async def close(self) -> None:
        await self._desk.close(self._talk.anna, self._talk.id, "other")


class Topic:
    """Boris, in the group. He does nothing while there is no topic."""

    kinds: ClassVar[Mapping[str, int]] = {
        "claim": 14, "write": 10, "note": 2, "hand_back": 10, "pass_on": 4, "not_a_lead": 2,
        "close": 1,
    }  # fmt: skip

    def __init__(self, talk: Talk, chance: random.Random) -> None:
        self._talk = talk
        self._boris = talk.crossing.boris
        self.chance = chance

    async def claim(self) -> None:
        self._tap_or_tell("d:take", "/take")

    async def hand_back(self) -> None:
        self._tap_or_tell("d:back", "/back")

    async def pass_on(self) -> None:
        self._tell("/pass anyone")

    async def not_a_lead(self) -> None:
        self._tell("/notlead other")

    async def close(self) -> None:
        self._tell("/close other")

    async def write(self) -> None:
        """For the prospect if he has the talk, else a note."""
        self._write("b")

    async def note(self) -> None:
        self._write("i", before="// ")

    def _write(self, kind: str, before: str = "") -> None:
        words = self._talk.make_words(kind)
        if self._tell(f"{before}{words}"):
            self._talk.there.append(words)

    def _tap_or_tell(self, data: str, command: str) -> None:
        """By the button where the brief shows it, else by the command."""
        head = self._talk.head
        shown = [each for row in head.rows for each in row] if head else []
        there = [each for each in shown if each.get("callback_data", "").startswith(data)]
        if head and there and self.chance.random() < 0.7:
            self._boris.tap_raw(head, there[0]["callback_data"])
        else:
            self._tell(command)

    def _tell(self, text: str) -> bool:
        topic = self._talk.topic
        if topic is None or not topic.head_message:
            return False
        self._boris.write_in(self._talk.crossing.group, topic.thread_id, text)
        return True
