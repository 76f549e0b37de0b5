"""The prospect of a talk: what they do, wherever they sit. The one here sits at the website."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from bot.core import Core, make_core
from bot.house import House, Mind
from bot.talks.files import TalkFile
from dialogs.types import Button, Incoming, Reply, Struct

Origin = Literal["", "edited", "forwarded"]


class Shown(Struct):
    """A button of ours that the prospect was shown: the one at `place` of message `seq`."""

    seq: int
    place: int
    reply: Reply

    @property
    def button(self) -> Button:
        return self.reply.buttons[self.place]


class Prospect(Protocol):
    """What a prospect does, in the place where they sit.

    Each act returns when all that follows from it has happened, and gives what was wrong with doing
    it, or "". The clock stands still meanwhile; the player alone moves it.
    """

    @property
    def core(self) -> Core:
        """The product that they talk with."""
        ...

    @property
    def conversation(self) -> str:
        """Its id, from `begin` on, and still when it was erased."""
        ...

    @property
    def goodbye(self) -> str:
        """The last words to whom everything was erased for, which are stored nowhere; else ""."""
        ...

    async def begin(self, talk: TalkFile) -> str:
        """Open the chat for the first time: they are greeted. The talk names their language."""
        ...

    async def come_back(self) -> str:
        """Open the chat again: a reload, or after days."""
        ...

    async def start(self) -> str:
        """Press Start once more, as in a messenger's menu."""
        ...

    async def say(self, text: str, origin: Origin = "") -> str:
        """Write; "edited" puts the words in place of what they wrote last, "forwarded" passes on
        what somebody else wrote."""
        ...

    async def press(self, shown: Shown) -> str:
        """Press a button that they were shown, even if its question is answered by now."""
        ...

    async def choose_language(self, value: str) -> str:
        """Choose in the menu of languages, which belongs to no question: "language:zh"."""
        ...

    async def send(self, file: Path) -> str:
        """Send a file. Raises RefusedError where it was not taken, and nothing came of it."""
        ...

    async def settle(self) -> None:
        """Let happen what is due: after an act of the desk, and when the clock has moved."""
        ...


Seat = Callable[[House, Mind], Prospect]  # puts a prospect before the product of this house


class Visitor:
    """A prospect at the website, without the website: what they do goes straight to intake."""

    def __init__(self, house: House, mind: Mind) -> None:
        self.core = make_core(house, mind)
        self.conversation = ""
        self.goodbye = ""
        self._sent = 0
        self._said = ""  # external id of what they wrote last
        self._edits = 0

    async def begin(self, talk: TalkFile) -> str:
        opened = await self.core.intake.open(talk.channel, talk.language, "talk")
        self.conversation = opened.conversation
        return await self._give("open", language=talk.language)

    async def come_back(self) -> str:
        return await self._give("open")

    async def start(self) -> str:
        return await self._give("open", value="start")

    async def say(self, text: str, origin: Origin = "") -> str:
        fields = {"text": text, "origin": origin}
        if origin == "edited":
            self._edits += 1
            return await self._give("text", external_id=f"{self._said}:{self._edits}", **fields)
        self._said = f"talk-{self._sent + 1}"
        return await self._give("text", **fields)

    async def press(self, shown: Shown) -> str:
        return await self._give("choice", value=shown.button.value, question=shown.reply.question)

    async def choose_language(self, value: str) -> str:
        return await self._give("choice", value=value)

    async def send(self, file: Path) -> str:
        data = _load(file)
        stored = await self.core.uploads.receive(_chunks(data), file.name, len(data))
        return await self._give("file", file=stored.info())

    async def settle(self) -> None:
        await self.core.outbox.drain()

    async def _give(self, kind: str, **fields: object) -> str:
        self._sent += 1
        incoming = msgspec.convert(
            {
                "conversation": self.conversation,
                "external_id": f"talk-{self._sent}",
                "kind": kind,
                **msgspec.to_builtins(fields),
            },
            Incoming,
        )
        handled = await self.core.intake.handle(incoming)
        self.goodbye = handled.said
        await self.settle()
        return f"refused: {handled.refused}" if handled.refused else ""


def _load(file: Path) -> bytes:
    return file.read_bytes()


async def _chunks(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 65_536):
        yield data[at : at + 65_536]
