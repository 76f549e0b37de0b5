"""The client of a Bot API in a process of its own: the names of `BotApi` and `Person`, awaited."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp

from .faults import Fault

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


class Reference:
    """Something on the other side. Its calls are awaited: `await person.write(bot, "Hello")`."""

    def __init__(self, api: RemoteBotApi, kind: str, key: Any) -> None:
        self._api = api
        self._kind = kind
        self.id = key

    def as_json(self) -> Json:
        return {self._kind: self.id}

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        if name.startswith("_"):
            raise AttributeError(name)

        async def call(*args: Any, **named: Any) -> Any:
            return await self._api.call(self, name, *args, **named)

        return call


@dataclass(frozen=True)
class RemoteMessage:
    """A message as it was when it was asked for; the fields are those of world.Message."""

    chat: int
    private_with: str
    id: int
    at: int
    sender: int
    by_bot: str  # username, "" for a person
    thread: int
    text: str
    texts: list[str]
    entities: list[Json]
    content: Json
    album: str
    reply_markup: Json | None
    reply_to: int
    edited: bool
    deleted: bool
    silent: bool
    emojis: list[str]
    file_name: str
    document: bytes | None

    @classmethod
    def read(cls, body: Json) -> Self:
        document = body.pop("document")
        return cls(**body, document=base64.b64decode(document) if document is not None else None)

    @property
    def rows(self) -> list[list[Json]]:
        return list((self.reply_markup or {}).get("inline_keyboard", []))

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.rows for button in row]

    def as_json(self) -> Json:
        return {"$message": [self.chat, self.id, self.private_with]}


@dataclass(frozen=True)
class RemoteChat:
    """A chat as it was when it was asked for."""

    body: Json
    everything: list[RemoteMessage]

    @property
    def messages(self) -> list[RemoteMessage]:
        return [message for message in self.everything if not message.deleted]

    @property
    def from_bot(self) -> list[RemoteMessage]:
        return [message for message in self.messages if message.by_bot]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    def in_thread(self, thread: int) -> list[RemoteMessage]:
        return [message for message in self.messages if message.thread == thread]


class RemoteBotApi:
    """`url` as the process printed it. Unknown names are calls of `BotApi` over there."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def _ask(self, verb: str, path: str, **more: Any) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.request(verb, f"{self.url}/control/{path}", **more) as answer:
            body = await answer.json()
            if "error" in body:
                raise LookupError(body["error"])
            return body["result"]

    async def call(self, on: Reference | None, name: str, *args: Any, **named: Any) -> Any:
        """Raises LookupError with what the other side says."""
        body = {
            "on": on.as_json() if on else None,
            "name": name,
            "args": [_write(each) for each in args],
            "named": {key: _write(each) for key, each in named.items()},
        }
        return self._read(await self._ask("POST", "call", json=body))

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        if name.startswith("_"):
            raise AttributeError(name)

        async def call(*args: Any, **named: Any) -> Any:
            return await self.call(None, name, *args, **named)

        return call

    def bot(self, username: str) -> Reference:
        return Reference(self, "$bot", username)

    def person(self, id: int) -> Reference:
        return Reference(self, "$person", id)

    def group(self, id: int) -> Reference:
        return Reference(self, "$group", id)

    async def chat(self, id: int, bot: str = "") -> RemoteChat:
        body = await self._ask("GET", f"chat/{id}", params={"bot": bot} if bot else {})
        read = [RemoteMessage.read(each) for each in body.pop("everything")]
        return RemoteChat(body, read)

    async def calls(self, method: str = "") -> list[Json]:
        found: list[Json] = await self._ask("GET", "calls", params={"method": method})
        return found

    async def set_limits(self, **changes: Any) -> None:
        await self._ask("POST", "limits", json=changes)

    async def until(self, predicate: Callable[[], Awaitable[Any]], seconds: float = 10.0) -> Any:
        """The same as there, with an awaited predicate. Raises TimeoutError."""
        ends = time.monotonic() + seconds
        events = -1
        while True:
            known = await self._ask("GET", "wait", params={"events": str(events), "seconds": "0"})
            if found := await predicate():
                return found
            left = ends - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"waited {seconds} s")
            wait = {"events": str(known), "seconds": str(left)}
            events = await self._ask("GET", "wait", params=wait)

    def _read(self, value: Any) -> Any:
        if isinstance(value, dict) and len(value) == 1:
            ((kind, what),) = value.items()
            if kind == "$message":
                return RemoteMessage.read(what)
            if kind in ("$bot", "$person", "$group"):
                return Reference(self, kind, what)
        return [self._read(each) for each in value] if isinstance(value, list) else value


def _write(value: Any) -> Any:
    if isinstance(value, Reference | RemoteMessage):
        return value.as_json()
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, Fault):
        return {"$fault": [value.kind, value.amount]}
    return [_write(each) for each in value] if isinstance(value, list | tuple) else value


@asynccontextmanager
async def run_bot_api(port: int = 0) -> AsyncIterator[RemoteBotApi]:
    """A Bot API in a process of its own for the time of the block: gives its RemoteBotApi."""
    command = (sys.executable, "-m", "tests.bot_api", "--port", str(port))
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        api = RemoteBotApi(json.loads(line)["url"])
        try:
            yield api
        finally:
            await api.close()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
