"""A new mind while the product runs: after an edit, on a signal, by a command, and under load."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from bot.admin import Erase, Office, Reload
from bot.core import Core, load_mind, make_core
from bot.faults import reach_nothing
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.packs.minds import Minds, SharedEncoder
from bot.packs.notes import KeptNotes
from bot.packs.overlay import EditRefused
from bot.packs.overlay_files import NewArticle, NewExample
from bot.packs.reloading import Reloader
from bot.records import read_reading, read_reply, read_state
from bot.settings import Settings
from dialogs.types import Incoming, Reading, State
from dialogs.understanding.encoder import Matrix
from storage import conversations, reading, retention
from storage.conversations import MessageRow
from storage.db import Database
from storage.migrate import migrate
from tests.bot.hall import Clock, make_settings
from tests.bot.server import Server, make_server
from tests.dialogs.pack_folders import DEMO, edit

OWN = Path(__file__).parents[2] / "packs" / "own"
LIVE_SECONDS = 2.0
# Says nothing that a pattern or an example of ours could tell.
RIDDLE = "zorbing the quux at dawn"


@dataclass
class Shop:
    """A running core with the pack in a folder of its own."""

    core: Core
    reloader: Reloader
    pack: Path
    count: int = 0

    @property
    def mind(self) -> Mind:
        return self.core.mind

    async def open(self) -> str:
        opened = await self.core.intake.open("widget", "en", "")
        await self.handle(opened.conversation, kind="open")
        return opened.conversation

    async def handle(self, talk: str, **more: Any) -> str:
        """Take it in; gives what was refused."""
        self.count += 1
        incoming = Incoming(conversation=talk, external_id=f"id-{self.count}", **more)
        return (await self.core.intake.handle(incoming)).refused

    async def say(self, talk: str, text: str) -> str:
        return await self.handle(talk, kind="text", text=text)

    async def press(self, talk: str, value: str) -> str:
        question = self.state(talk).question
        return await self.handle(
            talk, kind="choice", value=value, question=question.number if question else 0
        )

    def state(self, talk: str) -> State:
        row = self.core.house.db.peek(lambda tx: conversations.load(tx, talk))
        assert row is not None
        return read_state(row.state)

    def heard(self, talk: str) -> Reading:
        """How the latest message of the prospect was read."""
        return next(
            found
            for m in reversed(self._messages(talk))
            if m.author == "prospect" and (found := read_reading(m.reading)) is not None
        )

    def answers(self, talk: str) -> str:
        """Everything that the bot said."""
        found = (read_reply(m.body, m.text) for m in self._messages(talk) if m.author == "bot")
        return "\n".join(reply.text for reply in found)

    def _messages(self, talk: str) -> list[MessageRow]:
        return list(
            self.core.house.db.peek(
                lambda tx: reading.messages_after(tx, talk, 0, internal=True, limit=500)
            )
        )


def open_shop(settings: Settings) -> Shop:
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    minds = Minds(settings)
    mind = load_mind(settings, minds)
    db = Database.open(settings.database, durable=False)
    house = House(settings, db, Live(), Metrics(), Clock(), reach_nothing)
    core = make_core(house, mind)
    return Shop(core, Reloader(house, mind, core.overlay, minds), settings.pack)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    pack = Path(shutil.copytree(OWN, tmp_path / "pack"))
    made = open_shop(make_settings(tmp_path / "data", company_pack=str(pack)))
    yield made
    await made.core.house.db.close()


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vectors of the demo pack's sentences, made once."""
    settings = Settings(data_dir=str(tmp_path_factory.mktemp("vectors")))
    minds = Minds(settings)
    minds.make(minds.read())
    return settings.data / "cache"


@pytest.fixture
async def demo_shop(tmp_path: Path, vectors: Path) -> AsyncIterator[Shop]:
    """The demo pack with the encoder, as it stands after a start."""
    shutil.copytree(vectors, tmp_path / "data" / "cache")
    pack = Path(shutil.copytree(DEMO, tmp_path / "pack"))
    made = open_shop(make_settings(tmp_path / "data", company_pack=str(pack), encoder="on"))
    yield made
    await made.core.house.db.close()


def teach(sentence: str, conversation: str = "") -> NewExample:
    return NewExample(
        language="en", intent="ask_tasting", sentence=sentence, conversation=conversation
    )


# --- edits ---------------------------------------------------------------------------------------


async def test_the_next_message_is_read_by_an_example_that_was_just_added(shop: Shop) -> None:
    talk = await shop.open()
    await shop.say(talk, RIDDLE)
    assert "ask_tasting" not in shop.heard(talk).intents
    before = shop.mind.pack.version
    await shop.core.overlay.add_example(teach(RIDDLE), "Mira", 1)
    assert shop.mind.pack.version != before
    await shop.say(talk, f"{RIDDLE}!")
    assert "ask_tasting" in shop.heard(talk).intents
    assert "showroom" in shop.answers(talk)
    await shop.core.overlay.undo(1, "Mira", 2)
    assert shop.mind.pack.version == before
    await shop.say(talk, f"{RIDDLE}?")
    assert "ask_tasting" not in shop.heard(talk).intents


async def test_what_was_edited_is_there_after_a_restart(shop: Shop) -> None:
    await shop.core.overlay.add_example(teach(RIDDLE), "Mira", 1)
    settings = shop.core.house.settings
    mind = load_mind(settings, Minds(settings))
    assert mind.pack == shop.mind.pack
    assert load_mind(settings).pack != shop.mind.pack, "only where it is asked for"


async def test_a_broken_edit_is_refused_and_the_mind_stays(shop: Shop) -> None:
    former = shop.mind.contents
    wrong = NewExample(language="en", intent="ask_tastng", sentence=RIDDLE)
    with pytest.raises(EditRefused) as caught:
        await shop.core.overlay.add_example(wrong, "Mira", 1)
    assert caught.value.problems[0].remedy == "did you mean `ask_tasting`?"
    assert shop.mind.contents is former


async def test_what_does_not_fit_a_new_pack_is_left_out_at_a_start(shop: Shop) -> None:
    await shop.core.overlay.add_example(teach(RIDDLE), "Mira", 1)
    article = NewArticle(
        language="en", title="Cups", questions=("cups?",), text="Twelve.", id="x-en"
    )
    await shop.core.overlay.add_article(article, "Mira", 2)
    edit(shop.pack, "own.yaml", "id: ask_tasting  ", "id: ask_sample  ")
    for language in ("en", "zh"):
        edit(shop.pack, f"examples/{language}.yaml", "ask_tasting:", "ask_sample:")
        edit(shop.pack, f"texts/{language}.yaml", "own.ask_tasting:", "own.ask_sample:")
    refused = await shop.reloader.reload()
    assert [p.file for p in refused.problems] == ["overlay/examples/en.yaml"]
    settings = shop.core.house.settings
    mind = load_mind(settings, Minds(settings))
    assert [a.id for a in mind.pack.articles if a.id == "x-en"] == ["x-en"]
    assert RIDDLE not in mind.pack.examples["en"].intents["ask_sample"]
    (problem,) = mind.contents.left_out
    assert problem.file == "overlay/examples/en.yaml"
    assert "ask_tasting" in problem.message


async def test_a_text_that_stands_in_one_language_alone_now_is_left_out(shop: Shop) -> None:
    for language in ("en", "zh"):
        path = shop.pack / "texts" / f"{language}.yaml"
        path.write_text(path.read_text() + "\nhouse.greeting: Hello\n", encoding="utf-8")
    changed = {"texts/en.yaml": "house.greeting: Hi\n"}
    await shop.core.overlay.change(changed, "Mira", "house.greeting", 1)
    for language in ("en", "zh"):
        edit(shop.pack, f"texts/{language}.yaml", "\nhouse.greeting: Hello\n", "")
    settings = shop.core.house.settings
    mind = load_mind(settings, Minds(settings))
    (problem,) = mind.contents.left_out
    assert problem.file == "overlay/texts/en.yaml"
    assert "house.greeting" in problem.message


async def test_what_was_left_out_keeps_nobody_from_changing_something_else(shop: Shop) -> None:
    await shop.core.overlay.add_example(teach(RIDDLE), "Mira", 1)
    edit(shop.pack, "own.yaml", "id: ask_tasting  ", "id: ask_sample  ")
    for language in ("en", "zh"):
        edit(shop.pack, f"examples/{language}.yaml", "ask_tasting:", "ask_sample:")
        edit(shop.pack, f"texts/{language}.yaml", "own.ask_tasting:", "own.ask_sample:")
    settings, minds = shop.core.house.settings, Minds(shop.core.house.settings)
    mind = load_mind(settings, minds)
    overlay = make_core(shop.core.house, mind).overlay
    reloader = Reloader(shop.core.house, mind, overlay, minds)
    assert overlay.paths_left_out == {"examples/en.yaml"}
    article = NewArticle(language="en", title="Cups", questions=("cups?",), text="Twelve.", id="x")
    await overlay.add_article(article, "Mira", 2)
    assert [a.id for a in mind.pack.articles if a.id == "x"] == ["x"]
    assert not (await reloader.reload()).problems
    assert overlay.paths_left_out == {"examples/en.yaml"}, "it still does not fit"
    with pytest.raises(EditRefused):
        await overlay.add_example(teach(f"{RIDDLE}!"), "Mira", 3)
    await overlay.change({"examples/en.yaml": None}, "Mira", "dropped", 4)
    assert not overlay.left_out
    assert "examples/en.yaml" not in overlay.files


# --- talks go on ---------------------------------------------------------------------------------


async def test_a_question_that_is_gone_gives_way_to_the_next_and_values_stay(shop: Shop) -> None:
    talk = await shop.open()
    await shop.say(talk, "hello")
    await shop.press(talk, "office")
    question = shop.state(talk).question
    assert question is not None
    assert question.slot == "milk"
    path = shop.pack / "topics.yaml"
    text = path.read_text()
    start, end = text.index("      - slot: milk"), text.index("  - id: buyer")
    path.write_text(text[:start] + text[end:])
    done = await shop.reloader.reload()
    assert done.problems == ()
    assert await shop.say(talk, "oat milk, we are 40 people") == ""
    after = shop.state(talk)
    assert after.pack_version == done.version
    assert after.question is not None
    assert after.question.slot == "buyer_type"
    assert after.profile["need"].value == "office"
    assert after.profile["headcount"].value == "40"


async def test_a_turn_under_way_ends_with_the_mind_that_it_began_with(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await shop.open()
    await shop.say(talk, "hello")
    former, begun = shop.mind.contents, asyncio.Event()
    loop, through = asyncio.get_running_loop(), asyncio.Event()
    read = former.reader.read

    def wait(text: str, **more: Any) -> Reading:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(through.wait(), loop).result(20)
        return read(text, **more)

    monkeypatch.setattr(former.reader, "read", wait)
    turn = asyncio.create_task(shop.say(talk, "is there a tasting before we decide"))
    await asyncio.wait_for(begun.wait(), 20)
    edit(shop.pack, "texts/en.yaml", "Come and taste!", "Do come by!")
    edit(shop.pack, "own.yaml", "values: [fresh, plant, black]", "values: [black, fresh, plant]")
    assert (await shop.reloader.reload()).problems == ()
    through.set()
    assert await turn == ""
    assert "Come and taste!" in shop.answers(talk)
    assert shop.state(talk).pack_version == former.pack.version
    assert await shop.say(talk, "do you offer a coffee tasting") == ""
    assert "Do come by!" in shop.answers(talk)


async def test_under_load_no_turn_fails_while_minds_are_swapped(shop: Shop) -> None:
    talks = [await shop.open() for _ in range(6)]
    stop = asyncio.Event()

    async def chatter(talk: str) -> int:
        said = 0
        while not stop.is_set():
            assert await shop.say(talk, f"we are {said + 10} people, oat milk") == ""
            said += 1
            await asyncio.sleep(0)
        return said

    talking = [asyncio.create_task(chatter(talk)) for talk in talks]
    edits = [shop.core.overlay.add_example(teach(f"{RIDDLE} {n}"), "Mira", n) for n in range(4)]
    await asyncio.gather(*edits, shop.reloader.reload(), shop.reloader.reload())
    stop.set()
    assert min(await asyncio.gather(*talking)) > 1
    assert len(shop.core.overlay.history()) == 4
    known = shop.mind.pack.examples["en"].intents["ask_tasting"]
    assert {f"{RIDDLE} {n}" for n in range(4)} <= set(known)
    assert shop.core.house.metrics.reloads.labels("done")._value.get() == 6


# --- erasing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["command", "sweep"])
async def test_examples_go_with_the_conversation_that_they_came_from(shop: Shop, way: str) -> None:
    talk = await shop.open()
    await shop.say(talk, RIDDLE)
    await shop.core.overlay.add_example(teach(RIDDLE, talk), "Mira", 1)
    house = shop.core.house
    running = asyncio.create_task(shop.reloader.run())
    office = Office(house, shop.core.uploads, reloader=shop.reloader if way == "command" else None)
    answer = await office.carry_out(Erase(conversation=talk))
    assert not answer.failed
    if way == "sweep":  # the words were taken out by another hand, and the mind is told
        await shop.reloader.reload()
    known = shop.mind.pack.examples["en"].intents["ask_tasting"]
    house.live.close()
    await asyncio.wait_for(running, 10)
    folder = house.settings.overlay
    found = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    assert RIDDLE.encode() not in found
    if way == "command":
        assert RIDDLE not in known


async def test_prospects_who_erase_everything_take_their_examples_along(shop: Shop) -> None:
    talk = await shop.open()
    await shop.say(talk, RIDDLE)
    await shop.core.overlay.add_example(teach(RIDDLE, talk), "Mira", 1)
    running = asyncio.create_task(shop.reloader.run())
    await asyncio.sleep(0.05)
    await shop.say(talk, "stop")
    await shop.press(talk, "erase")
    row = shop.core.house.db.peek(lambda tx: conversations.load(tx, talk))
    assert row is not None
    assert row.erased
    deadline = time.monotonic() + 20
    while RIDDLE in shop.mind.pack.examples["en"].intents["ask_tasting"]:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    shop.core.house.live.close()
    await asyncio.wait_for(running, 10)


async def test_what_was_made_of_erased_words_goes_however_it_is_cut_short(shop: Shop) -> None:
    talk = await shop.open()
    await shop.say(talk, RIDDLE)
    await shop.core.overlay.add_example(teach(RIDDLE, talk), "Mira", 1)
    minds, cache = shop.reloader._minds, shop.core.house.settings.data / "cache"
    cache.mkdir(exist_ok=True)
    (cache / "vectors-of-another.npz").write_bytes(b"")
    (cache / "learnt-by-another.npz").write_bytes(b"")
    notes = KeptNotes(cache)
    notes.keep("of all that was there", {"numbers": np.zeros(1)})
    notes.settle()
    broken = shop.pack / "rules.yaml"
    sound = broken.read_text()
    broken.write_text("escalations: 7\n")  # the company is at work on its pack
    house = shop.core.house
    await house.db.write(lambda tx: retention.erase(tx, talk, house.now()))
    assert await shop.reloader.forget_erased()
    assert minds.owes_cleaning
    broken.write_text(sound)
    assert await shop.reloader.forget_erased()
    assert RIDDLE not in shop.mind.pack.examples["en"].intents["ask_tasting"]
    assert not minds.owes_cleaning
    assert list(cache.iterdir()) == [notes.path]
    assert KeptNotes(cache).recall("of all that was there") is None
    assert not await shop.reloader.forget_erased()


async def test_a_reload_waits_for_an_edit_that_has_read_the_pack(shop: Shop) -> None:
    async with shop.core.overlay.changing:
        waiting = asyncio.create_task(shop.reloader.reload())
        await asyncio.sleep(0.2)
        assert not waiting.done()
    assert not (await waiting).problems


# --- how long it takes ---------------------------------------------------------------------------


async def _longest_wait(stop: asyncio.Event) -> float:
    """The longest time (s) that the event loop let something wait that was due."""
    longest = 0.0
    while not stop.is_set():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - began)
    return longest


async def test_an_edit_of_the_demo_pack_is_live_within_two_seconds(demo_shop: Shop) -> None:
    read_something(demo_shop)  # a start loads the encoder in the background
    stop = asyncio.Event()
    watching = asyncio.create_task(_longest_wait(stop))
    times = []
    for number in range(3):
        new = NewExample(
            language="en",
            intent="ask_trial",
            sentence=f"{RIDDLE}, and {number} of it to start with",
        )
        began = time.process_time(), time.perf_counter()
        await demo_shop.core.overlay.add_example(new, "Mira", number)
        times.append((time.process_time() - began[0], time.perf_counter() - began[1]))
        assert new.sentence in demo_shop.mind.pack.examples["en"].intents["ask_trial"]
    article = NewArticle(
        language="en", title="Zorbing", questions=("Can it zorb?",), text="It zorbs the quux."
    )
    began = time.process_time(), time.perf_counter()
    await demo_shop.core.overlay.add_article(article, "Mira", 9)
    times.append((time.process_time() - began[0], time.perf_counter() - began[1]))
    stop.set()
    longest = await watching
    print([f"{cpu:.2f} s of work, {wall:.2f} s" for cpu, wall in times], f"{longest * 1e3:.0f} ms")
    # Others may be busy on this machine, so its own work is what counts.
    assert min(min(cpu, wall) for cpu, wall in times) < LIVE_SECONDS
    assert sorted(min(cpu, wall) for cpu, wall in times)[1] < LIVE_SECONDS
    found = demo_shop.mind.library.find("Can it zorb?", "en")
    assert found[0].answers
    assert found[0].text == "It zorbs the quux."


def read_something(shop: Shop) -> None:
    shop.mind.reader.read("would it suit a bakery", asked=None, known={}, language="en")


async def test_only_new_sentences_are_encoded(
    demo_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_something(demo_shop)
    asked: list[str] = []
    encode = SharedEncoder.encode

    def count(encoder: SharedEncoder, texts: list[str]) -> Matrix:
        asked.extend(texts)
        return encode(encoder, texts)

    monkeypatch.setattr(SharedEncoder, "encode", count)
    new = NewExample(language="en", intent="ask_trial", sentence=RIDDLE)
    await demo_shop.core.overlay.add_example(new, "Mira", 1)
    assert asked == [RIDDLE]
    asked.clear()
    assert (await demo_shop.reloader.reload()).problems == ()
    assert asked == []


async def test_an_article_leaves_the_reader_as_it_is(shop: Shop) -> None:
    former = shop.mind.reader
    article = NewArticle(language="en", title="Zorbing", questions=("zorb?",), text="It zorbs.")
    await shop.core.overlay.add_article(article, "Mira", 1)
    assert shop.mind.reader is former
    await shop.core.overlay.add_example(teach(RIDDLE), "Mira", 2)
    assert shop.mind.reader is not former


# --- the running product -------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    pack = Path(shutil.copytree(OWN, tmp_path / "pack"))
    server = make_server(tmp_path / "data", ENCODER="off", COMPANY_PACK=str(pack))
    server.start()
    yield server, pack
    server.stop()


def version(server: Server) -> str:
    return str(httpx.get(f"{server.url}/health", timeout=10).json()["pack"])


def reload(server: Server) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "reload"],
        env={**os.environ, **server.environment()},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_command_and_a_signal_have_the_pack_read_again(served: tuple[Server, Path]) -> None:
    server, pack = served
    first = version(server)
    edit(pack, "texts/en.yaml", "Come and taste!", "Do come by!")
    done = reload(server)
    assert done.returncode == 0, done.stderr
    second = version(server)
    assert second != first
    assert second in done.stdout
    edit(pack, "own.yaml", "kind: text", "kind: txt")
    refused = reload(server)
    assert refused.returncode == 1
    assert "own.yaml:" in refused.stderr
    assert "did you mean `text`?" in refused.stderr
    assert version(server) == second
    edit(pack, "own.yaml", "kind: txt", "kind: text")
    edit(pack, "texts/en.yaml", "Do come by!", "Please come by!")
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGHUP)
    wait_for(lambda: version(server) not in (first, second))
    assert 'firstline_reloads_total{outcome="done"} 2.0' in httpx.get(f"{server.url}/metrics").text


def test_a_signal_at_any_moment_of_the_start_ends_nothing(served: tuple[Server, Path]) -> None:
    server, _ = served
    server.stop()
    made = start_by_hand(server, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not is_up(server):
            assert made.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
            made.send_signal(signal.SIGHUP)
        wait_for(lambda: 'firstline_reloads_total{outcome="done"}' in metrics(server))
    finally:
        made.terminate()
        assert made.wait(20) == 0


def test_a_server_ends_with_the_terminal_that_it_was_started_in(
    served: tuple[Server, Path],
) -> None:
    server, _ = served
    server.stop()
    ours, theirs = pty.openpty()
    made = start_by_hand(server, stdin=theirs)
    os.close(theirs)
    wait_for(lambda: is_up(server))
    os.close(ours)
    made.send_signal(signal.SIGHUP)  # as the system does to whom the terminal controls
    assert made.wait(20) == 0


def start_by_hand(server: Server, stdin: int) -> subprocess.Popen[bytes]:
    made = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env={**os.environ, **server.environment()}, stdin=stdin,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    # Until Python itself is up, nothing of ours can hear a signal.
    status = Path(f"/proc/{made.pid}/status")
    wait_for(lambda: int(re.findall(r"SigIgn:\s*(\w+)", status.read_text())[0], 16) & 1 == 1)
    return made


def metrics(server: Server) -> str:
    return httpx.get(f"{server.url}/metrics", timeout=10).text


def is_up(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_without_a_running_server_there_is_nothing_to_reload(tmp_path: Path) -> None:
    server = make_server(tmp_path / "data", ENCODER="off")
    refused = reload(server)
    assert refused.returncode == 1
    assert "nothing is running" in refused.stderr


async def test_the_office_tells_what_is_wrong(shop: Shop) -> None:
    office = Office(shop.core.house, shop.core.uploads, reloader=shop.reloader)
    edit(
        shop.pack,
        "prices.csv",
        "counter,edition,Counter rental,台式款租金,month,,,,EUR",
        "x,edition,Counter rental,台式款租金,month,,,,EUR",
    )
    answer = await office.carry_out(Reload())
    assert answer.failed
    assert "prices.csv" in "\n".join(answer.lines)
