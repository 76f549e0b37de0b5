"""Turns: how many a second this machine takes in durably, and how long one takes under load."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.core import Core, make_core
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.records import read_state
from bot.settings import Settings
from bot.web.deps import read_clock
from dialogs.types import Incoming, State, Struct
from storage import conversations
from storage.db import Database
from storage.migrate import migrate

AT_ONCE = 200  # conversations
FLOW = 8  # questions answered by a button in each
SECONDS = 5.0  # that one measure takes
OFFERED = 200  # turns a second for the latency
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE state (id TEXT PRIMARY KEY, version INTEGER, state BLOB);
CREATE TABLE message (conversation TEXT, seq INTEGER, text TEXT, body BLOB,
    PRIMARY KEY (conversation, seq)) WITHOUT ROWID;
"""


class Rate(Struct):
    """Turns a second by the clock, and microseconds of CPU for each."""

    turns: int
    per_second: float
    cpu_us: float


class Latency(Struct):
    """Milliseconds from the moment a turn was due to its acknowledgement."""

    offered: int
    p50: float
    p99: float
    worst: float


@dataclass
class _Watch:
    """Adds up wall and CPU time of the measured parts only."""

    turns: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    _marks: tuple[float, float] = field(default=(0.0, 0.0))

    def __enter__(self) -> None:
        self._marks = (time.perf_counter(), time.process_time())

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._marks[0]
        self.cpu += time.process_time() - self._marks[1]

    @property
    def rate(self) -> Rate:
        return Rate(
            turns=self.turns,
            per_second=self.turns / self.wall,
            cpu_us=self.cpu / self.turns * 1e6,
        )


@asynccontextmanager
async def open_core(settings: Settings, mind: Mind) -> AsyncIterator[Core]:
    """Real intake and storage on a throw-away folder beside the data, with FULL sync."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.data, prefix="bench-") as folder:
        chosen = replace(
            settings,
            data_dir=folder,
            database_url="",
            messages_per_minute=100_000,
            turns_waiting_max=100_000,
        )
        migrate(chosen.database)
        db = Database.open(chosen.database)
        try:
            house = House(chosen, db, Live(), Metrics(), read_clock)
            yield make_core(house, mind)
        finally:
            await db.close()


async def open_talks(core: Core, count: int) -> list[str]:
    """So many greeted conversations."""

    async def open_one() -> str:
        opened = await core.intake.open("widget", "en", "bench")
        await core.intake.handle(
            Incoming(conversation=opened.conversation, external_id="open", kind="open")
        )
        return opened.conversation

    return list(await asyncio.gather(*(open_one() for _ in range(count))))


async def record_flow(core: Core, length: int = FLOW) -> list[Incoming]:
    """Play one conversation by its buttons and keep what was pressed, to be played by others."""
    (talk,) = await open_talks(core, 1)
    pressed: list[Incoming] = []
    for number in range(length):
        question = _state(core, talk).question
        if question is None:
            break
        value = question.options[number % len(question.options)] if question.options else "skip"
        if value == "person":
            value = question.options[0]
        press = Incoming(
            conversation=talk,
            external_id=f"press-{number}",
            kind="choice",
            question=question.number,
            value=value,
        )
        await core.intake.handle(press)
        pressed.append(press)
    return pressed


def _state(core: Core, talk: str) -> State:
    row = core.house.db.peek(lambda tx: conversations.load(tx, talk))
    assert row is not None
    return read_state(row.state)


async def measure_buttons(core: Core, seconds: float = SECONDS) -> Rate:
    """Button turns of AT_ONCE conversations at once, each waiting for its own answers."""
    flow = await record_flow(core)
    watch = _Watch()

    async def play(talk: str) -> None:
        for press in flow:
            handled = await core.intake.handle(_for(press, talk))
            assert not handled.refused, handled.refused

    while watch.wall < seconds:
        talks = await open_talks(core, AT_ONCE)
        with watch:
            await asyncio.gather(*(play(talk) for talk in talks))
        watch.turns += len(talks) * len(flow)
    return watch.rate


async def measure_texts(core: Core, sentences: Sequence[str], seconds: float = SECONDS) -> Rate:
    """Text turns of AT_ONCE conversations at once; `sentences` are said in turn."""
    watch = _Watch()
    said = 0

    async def play(talk: str, first: int) -> None:
        for place in range(4):
            text = sentences[(first + place) % len(sentences)]
            handled = await core.intake.handle(
                Incoming(conversation=talk, external_id=f"say-{place}", kind="text", text=text)
            )
            assert not handled.refused, handled.refused

    while watch.wall < seconds:
        talks = await open_talks(core, AT_ONCE)
        with watch:
            await asyncio.gather(*(play(talk, said + n * 4) for n, talk in enumerate(talks)))
        said += len(talks) * 4
        watch.turns += len(talks) * 4
    return watch.rate


async def measure_latency(core: Core, offered: int = OFFERED, seconds: float = SECONDS) -> Latency:
    """Button turns that arrive at a fixed rate, whether or not the earlier ones are done."""
    flow = await record_flow(core)
    count = int(offered * seconds)
    talks = await open_talks(core, -(-count // len(flow)))
    presses = [_for(press, talk) for press in flow for talk in talks][:count]
    times: list[float] = []
    begun = time.perf_counter()

    async def arrive(press: Incoming, due: float) -> None:
        handled = await core.intake.handle(press)
        assert not handled.refused, handled.refused
        times.append((time.perf_counter() - due) * 1_000)

    async with asyncio.TaskGroup() as tasks:
        for number, press in enumerate(presses):
            due = begun + number / offered
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(arrive(press, due))
    ordered = sorted(times)
    return Latency(
        offered=offered,
        p50=ordered[len(ordered) // 2],
        p99=ordered[int(len(ordered) * 0.99)],
        worst=ordered[-1],
    )


def _for(press: Incoming, talk: str) -> Incoming:
    return Incoming(
        conversation=talk,
        external_id=press.external_id,
        kind=press.kind,
        question=press.question,
        value=press.value,
    )


# --- floors: the same rows without a product around them ------------------------------------------


def measure_floor(folder: Path, shared: int, seconds: float = SECONDS) -> Rate:
    """Turns a second of bare SQLite with FULL sync: a state and two messages a turn, and a commit
    every `shared` turns."""
    with TemporaryDirectory(dir=folder, prefix="bench-") as place:
        connection = sqlite3.connect(f"{place}/floor.db", isolation_level=None)
        connection.executescript(_SCHEMA)
        state, body = os.urandom(1_000), os.urandom(200)
        watch, write = _Watch(), connection.execute
        with watch:
            end = time.perf_counter() + seconds
            while time.perf_counter() < end:
                write("BEGIN")
                for talk in range(shared):
                    _write_turn(write, f"{talk:022d}", watch.turns, (state, body))
                    watch.turns += 1
                write("END")
        connection.close()
    return watch.rate


def _write_turn(
    write: Callable[..., object], talk: str, number: int, blobs: tuple[bytes, bytes]
) -> None:
    state, body = blobs
    write(
        "INSERT INTO state VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET version = excluded.version, state = excluded.state",
        (talk, number, state),
    )
    for place in (0, 1):
        write("INSERT INTO message VALUES (?, ?, ?, ?)", (talk, number * 2 + place, "text", body))
