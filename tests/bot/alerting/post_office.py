"""A mail server on loopback that keeps what it gets, and fails in every way that one can."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class PostOffice:
    """`fault`: "" works; refuse_to, busy, refuse_data, drop (before data), drop_after (the letter
    is kept and the connection cut), hang, garbage."""

    port: int = 0
    fault: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    calls: int = 0
    signed_in: list[str] = field(default_factory=list)
    # Who hangs goes on hanging until the office closes, and no longer.
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.fault == "hang":
            await self.closing.wait()
            return
        if self.fault == "garbage":
            writer.write(b"\xff\x00 hello?\r\n")
            await writer.drain()
            return
        await self._say(writer, "220 here")
        while line := (await reader.readline()).decode("ascii", "replace").strip():
            word = line.split(" ")[0].upper()
            if word == "QUIT":
                await self._say(writer, "221 bye")
                return
            if word == "DATA":
                if not await self._take(reader, writer):
                    return
                continue
            await self._say(writer, self._answer(word, line))

    def _answer(self, word: str, line: str) -> str:
        if word == "EHLO":
            return "250-here\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME"
        if word == "AUTH":
            self.signed_in.append(line)
            return "235 welcome"
        if word == "RCPT" and self.fault == "refuse_to":
            return "550 nobody of this name"
        if word == "RCPT" and self.fault == "busy":
            return "451 later"
        return "250 ok"

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """The letter itself; False once the connection is to be cut."""
        if self.fault == "drop":
            return False
        await self._say(writer, "354 go on")
        content = await reader.readuntil(b"\r\n.\r\n")
        if self.fault == "refuse_data":
            await self._say(writer, "554 not this one")
            return True
        found = email.message_from_bytes(content[:-5], policy=email.policy.default)
        self.letters.append(found)
        if self.fault == "drop_after":
            return False
        await self._say(writer, "250 kept")
        return True

    async def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()


@asynccontextmanager
async def open_post_office() -> AsyncIterator[PostOffice]:
    """A mail server on a free port of this machine."""
    office = PostOffice()
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        office.closing.set()
        server.close()
        await asyncio.sleep(0)
