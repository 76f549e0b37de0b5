"""`chat`: the same conversation in the terminal. A channel like the widget, by the same intake.

It keeps a database of its own, `chat/` in the data folder, so that it can run beside the server,
and takes the conversation up again where it was left unless `--new` is given.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from bot.commands.setup import run_command
from bot.core import Core, load_mind, make_core
from bot.house import House
from bot.live import DESK, Live
from bot.logs import set_up_logs
from bot.metrics import Metrics
from bot.packs.minds import Minds
from bot.prospects.channel import TERMINAL
from bot.records import read_reply, read_state
from bot.settings import Settings
from bot.uploads import RefusedError
from bot.web.deps import read_clock
from dialogs.types import Button, Incoming, IncomingKind, Reply, Struct
from storage import conversations, reading
from storage.db import Database
from storage.lock import WriterLock
from storage.migrate import migrate

PAGE = 100
HELP = "/file PATH   /skip   /back   /person   /new   /quit"
Write = Callable[[str], None]


class Kept(Struct):
    """What is remembered between two chats."""

    conversation: str
    seen: int


class Terminal:
    """One prospect at one keyboard: lines in, messages out."""

    def __init__(self, core: Core, language: str, write: Write) -> None:
        self._core = core
        self._language = language
        self._write = write
        self._conversation = ""
        self._seen = 0
        self._open_reply = Reply(key="", text="")

    @property
    def kept(self) -> Kept:
        return Kept(conversation=self._conversation, seen=self._seen)

    async def open(self, kept: Kept | None = None) -> None:
        """Begin, or take up what was kept if it is still there."""
        row = None
        if kept is not None:
            row = self._core.house.db.peek(lambda tx: conversations.load(tx, kept.conversation))
        if kept is not None and row is not None and not row.erased:
            self._conversation, self._seen = kept.conversation, kept.seen
            self._show_new(after=max(0, kept.seen - 3))
        else:
            opened = await self._core.intake.open(TERMINAL.name, self._language, "terminal")
            self._conversation, self._seen = opened.conversation, 0
        await self._take("open")

    async def take_line(self, line: str) -> bool:
        """Take one typed line; False when the chat is to end."""
        words = line.strip()
        if words in ("/quit", "/exit"):
            return False
        if words in ("/help", "/?"):
            self._write(HELP)
        elif words == "/new":
            await self.open()
        elif words.startswith("/file "):
            await self._send_file(words[6:].strip())
        elif words:
            await self._say(words)
        return True

    async def _say(self, words: str) -> None:
        button = self._find_button(words)
        if button is None:
            await self._take("text", text=words)
        else:
            number = self._open_reply.question
            await self._take("choice", value=button.value, question=number)

    def _find_button(self, words: str) -> Button | None:
        """The button that was meant: by its number, its label, or /skip, /back, /person."""
        buttons = self._open_reply.buttons
        if words.isdecimal() and len(words) < 3 and 0 < int(words) <= len(buttons):
            return buttons[int(words) - 1]
        for button in buttons:
            if words.casefold() in (button.label.casefold(), f"/{button.value}"):
                return button
        return None

    async def _send_file(self, name: str) -> None:
        path = Path(os.path.expanduser(name))  # noqa: ASYNC240 - touches no disk
        try:
            data = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            self._write(f"! {path}: {error.strerror}")
            return

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        try:
            stored = await self._core.uploads.receive(chunks(), path.name, len(data))
        except RefusedError as error:
            self._write(f"! {self._words(error.key)}")
            return
        if not await self._take("file", file=stored.info()):
            self._core.uploads.delete([stored.id])

    async def _take(self, kind: IncomingKind, **more: Any) -> bool:
        incoming = Incoming(
            conversation=self._conversation,
            external_id=secrets.token_urlsafe(12),
            kind=kind,
            language=self._language,
            **more,
        )
        handled = await self._core.intake.handle(incoming)
        if handled.refused:
            self._write(f"! {self._words(handled.refused)}")
        if handled.said:
            self._write(handled.said)
        self._show_new(self._seen)
        return not handled.refused

    def _words(self, key: str) -> str:
        texts = self._core.mind.texts
        language = texts.pack.languages[0]
        row = self._core.house.db.peek(lambda tx: conversations.load(tx, self._conversation))
        if row is not None and row.state:
            language = read_state(row.state).language
        return texts.say(language, key) if texts.has(language, key) else key

    async def watch(self) -> None:
        """Show what comes without being asked for, such as the answer to a file."""
        with self._core.house.live.subscribe(DESK) as watch:
            async for _ in watch:
                self._show_new(self._seen)

    def _show_new(self, after: int) -> None:
        found = self._core.house.db.peek(
            lambda tx: reading.messages_after(
                tx, self._conversation, after, internal=False, limit=PAGE
            )
        )
        for message in found:
            self._seen = max(self._seen, message.seq)
            if message.author == "prospect":
                if message.seq <= after:
                    self._write(f"> {message.text}")
                continue
            reply = read_reply(message.body, message.text)
            self._write("")
            self._write(reply.text)
            for paper in reply.attachments:
                self._write(f"    [{paper.title}] {paper.place}".rstrip())
            if reply.buttons:
                self._open_reply = reply
                labels = (f"{n} {b.label}" for n, b in enumerate(reply.buttons, 1))
                self._write("    " + "   ".join(labels))


async def _chat(settings: Settings, language: str, new: bool) -> int:
    set_up_logs(settings.log_format, "error")  # nothing but faults between the lines of a talk
    folder = settings.data / "chat"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database, memo = folder / "chat.db", folder / "kept.json"
    with WriterLock(folder).acquire("chat", read_clock()):
        migrate(database)
        db = Database.open(database)
        try:
            house = House(settings=settings, db=db, live=Live(), metrics=Metrics(), now=read_clock)
            core = make_core(house, await asyncio.to_thread(load_mind, settings, Minds(settings)))
            terminal = Terminal(core, language or os.environ.get("LANG", "")[:5], print)
            await terminal.open(None if new else _read_kept(memo))
            await _converse(core, terminal)
            memo.write_bytes(msgspec.json.encode(terminal.kept))
        finally:
            await db.close()
    return 0


async def _converse(core: Core, terminal: Terminal) -> None:
    """Lines from the keyboard until it ends, while timers and files go on beside."""
    await core.outbox.recover()
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as tasks:
        beside = [tasks.create_task(core.outbox.run()), tasks.create_task(terminal.watch())]
        going = True
        while going:
            line = await loop.run_in_executor(None, sys.stdin.readline)
            going = bool(line) and await terminal.take_line(line)
        # What was just sent may still be in work, such as the reading of a file.
        await core.outbox.drain()
        core.house.live.close()
        await asyncio.wait(beside, timeout=1)


def _read_kept(memo: Path) -> Kept | None:
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(memo.read_bytes(), type=Kept)
    return None


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot chat")
    parser.add_argument("--language", default="", help="such as en or zh")
    parser.add_argument("--new", action="store_true", help="begin a new conversation")
    given = parser.parse_args(arguments)
    return run_command(lambda settings: asyncio.run(_chat(settings, given.language, given.new)))
