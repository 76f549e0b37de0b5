"""The whole process: how soon it is ready, how much memory it takes, and what a watcher costs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from dialogs.types import Struct

STREAMS = 500
START_SECONDS = 60
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Process(Struct):
    """Seconds and megabytes; `stream_kb` is memory of one open conversation with its stream."""

    first_start: float
    second_start: float
    memory_mb: float
    stream_kb: float


async def measure_process(data: Path) -> Process:
    """Start the server twice on a new folder in `data`, and open STREAMS live conversations."""
    with TemporaryDirectory(dir=data, prefix="bench-") as folder:
        first, second = find_ports()
        environment = os.environ | {
            "DATA_DIR": folder,
            "DATABASE_URL": "",
            "HOST": "127.0.0.1",
            "PORT": str(first),
            "DEMO_PORT": str(second),
            "REQUESTS_PER_MINUTE": "1000000",
            "CONVERSATIONS_PER_HOUR": "1000000",
            "STREAMS_PER_ADDRESS": "100000",
        }
        first_start, child = await start(environment, first)
        await stop(child)
        second_start, child = await start(environment, first)
        try:
            await say_something(first)  # after which the encoder is loaded for certain
            ready = resident(child.pid)
            # The first ones fill caches that all share; only the next tell what one costs.
            streams = [await open_stream(first) for _ in range(STREAMS)]
            before = resident(child.pid)
            streams += [await open_stream(first) for _ in range(STREAMS)]
            after = resident(child.pid)
            for writer in streams:
                writer.close()
        finally:
            await stop(child)
    return Process(
        first_start=first_start,
        second_start=second_start,
        memory_mb=ready / 1e6,
        stream_kb=(after - before) / STREAMS / 1e3,
    )


def find_ports() -> tuple[int, int]:
    """Two ports of this machine that are free now."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(two.getsockname()[1])


async def start(environment: dict[str, str], port: int) -> tuple[float, asyncio.subprocess.Process]:
    """Start the server; gives the seconds until it answered, and the process."""
    begun = time.perf_counter()
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env=environment,
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    while time.perf_counter() - begun < START_SECONDS:
        if child.returncode is not None:
            break
        try:
            status, _ = await ask(port, "GET", "/health")
        except OSError:
            await asyncio.sleep(0.02)
            continue
        if status == 200:
            return time.perf_counter() - begun, child
    raise RuntimeError("the server did not start")


async def stop(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.send_signal(signal.SIGTERM)
        await child.wait()


async def ask(
    port: int, method: str, path: str, header: str = "", body: object = None
) -> tuple[int, bytes]:
    """One request over a connection of its own; gives status and body."""
    headers = f"{header}\r\nConnection: close" if header else "Connection: close"
    reader, writer = await send(port, method, path, headers, body)
    head = await reader.readuntil(b"\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return int(head.split(b" ", 2)[1]), answer


async def send(
    port: int, method: str, path: str, headers: str, body: object = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send a request; its answer is still to be read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    data = b"" if body is None else json.dumps(body).encode()
    lines = (
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        headers,
        "Content-Type: application/json",
        f"Content-Length: {len(data)}",
    )
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
    await writer.drain()
    return reader, writer


async def open_talk(port: int) -> tuple[str, str]:
    """A new conversation; gives its path and the header that opens it."""
    status, answer = await ask(port, "POST", "/api/conversations", body={"language": "en"})
    if status != 201:
        raise RuntimeError(f"a conversation could not be opened: {status}")
    opened = json.loads(answer)
    path = f"/api/conversations/{opened['conversation']}"
    return path, f"Authorization: Bearer {opened['token']}"


async def say_something(port: int) -> None:
    """A message that no pattern covers."""
    path, token = await open_talk(port)
    said = {"id": "bench-1", "kind": "text", "text": "Do parrots enjoy the opera on Sundays?"}
    status, _ = await ask(port, "POST", f"{path}/messages", token, said)
    if status != 202:
        raise RuntimeError(f"a message was not taken in: {status}")


async def open_stream(port: int) -> asyncio.StreamWriter:
    """A new conversation with its stream open, its greeting received."""
    path, token = await open_talk(port)
    reader, writer = await send(port, "GET", f"{path}/stream", token)
    await reader.readuntil(b"\n\n")
    return writer


def resident(pid: int) -> int:
    """Bytes of memory that a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
