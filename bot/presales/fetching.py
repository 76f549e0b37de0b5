"""What the desk's bot needs around files: read from this machine's disk, or streamed from Telegram.

An address at Telegram holds the bot's token: no error and no log of ours may hold one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx

from bot.telegram.border import Busy, FilePost, Refused, TelegramError
from bot.telegram.refusals import read_refusal

PIECE = 65_536  # bytes
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, RuntimeError)


async def load(post: FilePost) -> bytes:
    """What is to be sent. Raises Refused when it cannot be read."""
    try:
        return await asyncio.to_thread(post.path.read_bytes) if post.path else post.content
    except OSError:
        reason = "the file cannot be read"
    raise Refused(reason)


def fetch(http: httpx.AsyncClient, where: str) -> AsyncGenerator[bytes, None]:
    """A file of Telegram's in pieces, so that who takes it may stop. Raises Busy and Refused.

    `where`: its address; from a Bot API server on this machine perhaps its place on the disk.
    """
    path = Path(where)
    return _read(path) if path.is_absolute() else _stream(http, where)


async def _read(path: Path) -> AsyncGenerator[bytes, None]:
    readable = True
    try:
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece
    except OSError:
        readable = False
    if not readable:
        raise Refused("the file cannot be read")


async def _stream(http: httpx.AsyncClient, url: str) -> AsyncGenerator[bytes, None]:
    failure: TelegramError | None = None
    try:
        async with http.stream("GET", url) as answer:
            if answer.status_code == httpx.codes.OK:
                async for piece in answer.aiter_bytes(PIECE):
                    yield piece
            else:
                failure = read_refusal(answer.status_code, b"")
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
        failure = explain_cut(error)
    # Outside of the handler, so that nothing hangs on it that holds the address.
    if failure is not None:
        raise failure


def explain_cut(cause: BaseException) -> Busy:
    """Whether the request can have gone out before the connection failed."""
    certain = isinstance(cause, _NOT_SENT)
    return Busy("no connection" if certain else "connection cut", uncertain=not certain)
