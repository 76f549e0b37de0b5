"""Clients that take their time, or never come to an end: they lose their connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import uvicorn

from bot.app import _listening
from bot.settings import Settings
from bot.web.patience import HEAD_BYTES, PatientProtocol
from tests.bot.server import find_ports

SHORT = 0.2  # seconds
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Impatient(PatientProtocol):
    head_seconds = SHORT
    pause_seconds = SHORT
    body_seconds = 4 * SHORT


class Listener:
    """Takes in bodies and notes how each ended; never answers the path /slow before its time."""

    def __init__(self) -> None:
        self.ends: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect" or not message["more_body"]:
                break
        self.ends.append(message["type"])
        if scope["path"] == "/slow":
            await asyncio.sleep(3 * SHORT)
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def serve(app: Listener) -> AsyncIterator[int]:
    port = find_ports(1)[0]
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        host="127.0.0.1",
        port=port,
        http=Impatient,
        lifespan="off",
        log_config=None,
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    loop = asyncio.create_task(server.main_loop())
    try:
        yield port
    finally:
        server.should_exit = True
        await loop
        await server.shutdown()


async def ask(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send the pieces and give all that comes until the server closes, or the answer is there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
    said = b""
    with contextlib.suppress(ConnectionError):
        while not said.endswith(b"ok"):
            chunk = await asyncio.wait_for(reader.read(1_000), 50 * SHORT)
            if not chunk:
                break
            said += chunk
    writer.close()
    return said


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_a_head_that_does_not_come_ends_the_connection(sent: bytes) -> None:
    listener = Listener()
    async with serve(listener) as port:
        assert await ask(port, sent) == b""
    assert listener.ends == []


async def test_a_body_that_stops_ends_the_connection_and_the_route_hears_of_it() -> None:
    listener = Listener()
    async with serve(listener) as port:
        assert await ask(port, HEAD + b"x") == b""
    assert listener.ends == ["http.disconnect"]


async def test_a_body_in_drops_has_an_end_too() -> None:
    listener = Listener()
    async with serve(listener) as port:
        assert await ask(port, HEAD, *[b"x"] * 99, pause=SHORT / 4) == b""
    assert listener.ends == ["http.disconnect"]


async def test_a_body_in_pieces_is_taken_in_and_a_slow_answer_is_waited_for() -> None:
    listener = Listener()
    async with serve(listener) as port:
        slowly = HEAD.replace(b"/ ", b"/slow ", 1)
        assert (await ask(port, slowly, b"x" * 50, b"x" * 50, pause=SHORT / 4)).endswith(b"ok")
    assert listener.ends == ["http.request"]


@pytest.mark.parametrize("endless", [b"GET / HTTP/1.1\r\nX: ", b"GET /", b"GET / HTTP/1.1\r\n"])
async def test_an_endless_head_ends_the_connection(endless: bytes) -> None:
    filler = b"a: b\r\n" if endless.endswith(b"\r\n") else b"aaaaaa"
    listener = Listener()
    async with serve(listener) as port:
        pieces = [filler * 5_000] * (2 + HEAD_BYTES // (5_000 * len(filler)))
        assert b"ok" not in await ask(port, endless, *pieces, pause=0.01)
    assert listener.ends == []


def test_answers_do_not_wait_for_acknowledgements(tmp_path: Any) -> None:
    """asyncio switches Nagle's algorithm off only for sockets that are named as TCP."""
    port, second = find_ports(2)
    settings = Settings.from_environment(
        {"PORT": str(port), "DEMO_PORT": str(second), "DATA_DIR": str(tmp_path)}
    )
    with _listening(settings) as sockets:
        assert {at.proto for at in sockets} == {socket.IPPROTO_TCP}
