"""`bench [NAME] [--data DIR] [--json]`: what this machine makes of the product, with floors.

Names: turns, latency, process, understanding, search, lists, figures; all of them unless one is
given. Everything happens on a throw-away folder beside the data, on the same disk, with every
commit synced.
`understanding --data DIR` measures on the public sets in that folder too, beside their goals.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bot.benches import figures as bench_figures
from bot.benches import lists as bench_lists
from bot.benches import search as bench_search
from bot.benches import turns as bench_turns
from bot.benches import understanding as bench_understanding
from bot.benches.costs import measure_costs
from bot.benches.goals import GOALS, Goal
from bot.benches.process import measure_process
from bot.benches.public_intents import measure_intents
from bot.benches.public_retrieval import measure_retrieval
from bot.benches.questions import measure_questions, name_sets
from bot.commands.setup import run_command
from bot.core import load_mind
from bot.house import Mind
from bot.logs import set_up_logs
from bot.packs.encoders import encoder_source
from bot.packs.vectors import KeptVectors
from bot.settings import Settings
from dialogs.pack import Pack
from dialogs.types import Struct
from dialogs.understanding.reader import Reader
from storage.db import Database
from storage.migrate import migrate

MESSAGES = 1_000_000  # searched
SENTENCES = 400
Fill = Callable[[Database, int], Awaitable[None]]
MeasureReads = Callable[[Database, int], Awaitable[list[bench_search.Timing]]]


class Figure(Struct):
    """One line. `of` is the ratio to a floor of the same run, 0 where there is none."""

    bench: str
    name: str
    value: float
    unit: str
    of: float = 0.0
    floor: str = ""
    goal: float = 0.0
    stretch: float = 0.0


class Bench:
    """The measures; the mind is loaded once."""

    def __init__(
        self, settings: Settings, messages: int = MESSAGES, data: Path | None = None
    ) -> None:
        """`data`: folder of public sets, measured by `understanding`."""
        self._settings = settings
        self._messages = messages
        self._data = data
        self._mind: Mind | None = None

    @property
    def mind(self) -> Mind:
        if self._mind is None:
            self._mind = load_mind(self._settings)
            # The encoder comes in the background; wait for it, so that no measure does.
            self._mind.reader.read("Do parrots like opera?", asked=None, known={}, language="en")
        return self._mind

    def turns(self) -> Iterable[Figure]:
        """Durable turns a second, beside bare SQLite."""
        self._settings.data.mkdir(parents=True, exist_ok=True)
        single = bench_turns.measure_floor(self._settings.data, 1)
        shared = bench_turns.measure_floor(self._settings.data, bench_turns.AT_ONCE)
        buttons, texts = asyncio.run(self._measure_turns())
        yield Figure(
            bench="turns", name="floor: a commit a turn", value=single.per_second, unit="turns/s"
        )
        yield Figure(
            bench="turns", name="floor: shared commits", value=shared.per_second, unit="turns/s"
        )
        for name, rate in (("button turns", buttons), ("text turns", texts)):
            yield Figure(
                bench="turns",
                name=name,
                value=rate.per_second,
                unit="turns/s",
                of=rate.per_second / single.per_second,
                floor="a commit a turn",
            )
            yield Figure(bench="turns", name=f"{name}: CPU", value=rate.cpu_us, unit="us/turn")

    async def _measure_turns(self) -> tuple[bench_turns.Rate, bench_turns.Rate]:
        async with bench_turns.open_core(self._settings, self.mind) as core:
            buttons = await bench_turns.measure_buttons(core)
            texts = await bench_turns.measure_texts(core, pick_sentences(self.mind.pack))
        return buttons, texts

    def latency(self) -> Iterable[Figure]:
        """How long a button turn takes at a fixed rate of arrival."""

        async def measure() -> bench_turns.Latency:
            async with bench_turns.open_core(self._settings, self.mind) as core:
                return await bench_turns.measure_latency(core)

        found = asyncio.run(measure())
        at = f"at {found.offered} turns/s"
        for name, value in (("p50", found.p50), ("p99", found.p99), ("worst", found.worst)):
            yield Figure(bench="latency", name=f"{name} {at}", value=value, unit="ms")

    def process(self) -> Iterable[Figure]:
        """Start, memory, and memory of an open conversation."""
        self._settings.data.mkdir(parents=True, exist_ok=True)
        found = asyncio.run(measure_process(self._settings.data))
        for name, value, unit in (
            ("first start", found.first_start, "s"),
            ("second start", found.second_start, "s"),
            ("memory with the encoder", found.memory_mb, "MB"),
            ("memory of an open stream", found.stream_kb, "KB"),
        ):
            yield Figure(bench="process", name=name, value=value, unit=unit)

    def understanding(self) -> Iterable[Figure]:
        """Milliseconds to understand one message, no two alike, and how often it is right."""
        times = []
        for text in pick_sentences(self.mind.pack):
            begun = time.perf_counter()
            self.mind.reader.read(text, asked=None, known={}, language="en")
            times.append((time.perf_counter() - begun) * 1_000)
        ordered = sorted(times)
        for name, value in (
            ("mean", sum(times) / len(times)),
            ("p50", ordered[len(ordered) // 2]),
            ("p99", ordered[int(len(ordered) * 0.99)]),
        ):
            yield Figure(bench="understanding", name=f"{name} a message", value=value, unit="ms")
        yield from self._score()
        yield from map(_beside_goal, self._measure_by_encoder())

    def _measure_by_encoder(self) -> Iterable[tuple[str, float, str]]:
        """What needs an encoder of its own: costs, and the public sets."""
        source = encoder_source(self._settings.encoder)
        encoder = None
        if source is not None:
            encoder = KeptVectors(source.load, self._settings.data / "cache", source.brand)
            if bench_understanding.DEV_LINES.exists():
                lines = bench_understanding.load_lines()
                yield from measure_costs(self.mind.pack, lines, encoder)
        for title, questions in name_sets().items():
            yield from measure_questions(self.mind.library, questions, title=title)
        if self._data is not None:
            yield from measure_intents(self._data, encoder)
            if encoder is not None:
                yield from measure_retrieval(self._data, encoder)

    def _score(self) -> Iterable[Figure]:
        """In percent, for each set of lines: messages read wholly right, and the parts of that."""
        reader = self.mind.reader
        if not isinstance(reader, Reader) or not bench_understanding.DEV_LINES.exists():
            return
        for title, lines in bench_understanding.name_sets().items():
            outcomes = bench_understanding.score(reader, lines)
            for name, rows in bench_understanding.group(outcomes).items():
                found = bench_understanding.sum_up(rows)
                what = f"{title}, {name} ({found.messages})"
                span = f"% ({found.low:.0f} to {found.high:.0f})"
                yield _share(f"right, {what}", found.turn_right, span)
                if len(name) <= len("all"):  # all, and each language
                    yield _share(f"intents exact, {what}", found.intents_exact)
                    yield _share(f"slot precision, {what}", found.slot_precision)
                    yield _share(f"slot recall, {what}", found.slot_recall)
            corrected = bench_understanding.corrections_found(outcomes)
            yield _share(f"corrections found, {title}", corrected)

    def search(self) -> Iterable[Figure]:
        """Milliseconds a query over very many messages."""
        yield from self._measure_reads("search", bench_search.fill, bench_search.measure)

    def lists(self) -> Iterable[Figure]:
        """Milliseconds a list with filters, of the conversations of very many messages."""
        yield from self._measure_reads("lists", bench_lists.fill, bench_lists.measure)

    def figures(self) -> Iterable[Figure]:
        """Milliseconds for the figures of a year, of the conversations of very many messages."""
        yield from self._measure_reads("figures", bench_figures.fill, bench_figures.measure)

    def _measure_reads(self, bench: str, fill: Fill, measure: MeasureReads) -> Iterable[Figure]:
        for each in asyncio.run(self._fill_and_measure(fill, measure)):
            for name, value in (("p50", each.p50), ("p95", each.p95)):
                yield Figure(bench=bench, name=f"{each.kind}: {name}", value=value, unit="ms")

    async def _fill_and_measure(
        self, fill: Fill, measure: MeasureReads
    ) -> list[bench_search.Timing]:
        self._settings.data.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._settings.data, prefix="bench-") as folder:
            path = Path(folder) / "search.db"
            migrate(path)
            db = Database.open(path, durable=False)
            try:
                await fill(db, self._messages)
                return await measure(db, self._messages)
            finally:
                await db.close()


def pick_sentences(pack: Pack) -> list[str]:
    """What people type, half of it with a fact that patterns find, half a plain sentence."""
    spoken = [s for language in pack.examples.values() for group in language.intents.values()
              for s in group]  # fmt: skip
    facts = [f"We are {number} people in Munich." for number in range(SENTENCES // 2)]
    step = max(1, len(spoken) * 2 // SENTENCES)
    plain = spoken[::step][: SENTENCES // 2]
    return [text for pair in zip(facts, plain, strict=False) for text in pair]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot bench", description=__doc__)
    names = ("turns", "latency", "process", "understanding", "search", "lists", "figures")
    parser.add_argument("name", nargs="?", choices=names)
    parser.add_argument("--json", action="store_true", help="one JSON line a figure")
    reads = "of `search`, `lists` and `figures`"
    parser.add_argument("--messages", type=int, default=MESSAGES, help=reads)
    parser.add_argument("--data", type=Path, help="folder of public sets, for `understanding`")
    given = parser.parse_args(arguments)
    chosen = (given.name,) if given.name else names
    if given.data and not given.data.is_dir():
        parser.error(f"{given.data} is no folder")

    def run(settings: Settings) -> int:
        # The turns that are measured would write hundreds of lines between the figures.
        set_up_logs(settings.log_format, "error", tokens=settings.tokens)
        return _run(Bench(settings, given.messages, given.data), chosen, given.json)

    return run_command(run)


def _run(bench: Bench, names: tuple[str, ...], as_json: bool) -> int:
    for name in names:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        measure: Callable[[], Iterable[Figure]] = getattr(bench, name)
        pin = contextlib.nullcontext() if name == "process" else _on_one_core()
        with pin:
            for figure in measure():
                print(_line(figure, as_json), flush=True)
    return 0


def _line(figure: Figure, as_json: bool) -> str:
    if as_json:
        return msgspec.json.encode(figure).decode()
    ratio = f"  {figure.of:.2f} x {figure.floor}" if figure.of else ""
    goal = f"  goal {figure.goal:g}" if figure.goal else ""
    goal += f", stretch {figure.stretch:g}" if figure.stretch else ""
    met = "" if not figure.goal or figure.value >= figure.goal else "  MISSED"
    shown = f"{figure.value:>12,.2f} {figure.unit}{ratio}{goal}{met}"
    return f"{figure.bench:<14} {figure.name:<50} {shown}"


def _share(name: str, value: float, unit: str = "%") -> Figure:
    return Figure(bench="understanding", name=name, value=value, unit=unit)


def _beside_goal(measured: tuple[str, float, str]) -> Figure:
    name, value, unit = measured
    goal = GOALS.get(name, Goal(least=0))
    return Figure(
        bench="understanding",
        name=name,
        value=value,
        unit=unit,
        goal=goal.least,
        stretch=goal.stretch,
    )


@contextlib.contextmanager
def _on_one_core() -> Iterator[None]:
    """Keep this process on one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
