"""What happens while a message waits: a colleague takes over, or the talk goes on elsewhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.prospects.messenger import files
from dialogs.types import Attachment, Button, Reply
from storage import chats
from storage.chats import ChatRow
from storage.db import Tx
from tests.bot.hall import ANNA, SECOND
from tests.bot.telegram.outgoing import BOT, Station, ann, api, open_station, station, with_paper
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi

__all__ = ["ann", "api", "station"]

SHOWING = ("sendMessage", "sendDocument", "editMessageText")
PAPER = Reply(
    key="given",
    text="",
    attachments=(Attachment(kind="document", id="one", title="One / paper"),),
)
QUESTION = Reply(
    key="ask.x", text="Which?", buttons=(Button(value="yes", label="Yes"),), question=1, asks="x"
)
AGAIN = Reply(
    key="ask.x", text="Again?", buttons=(Button(value="yes", label="Yes"),), question=1, asks="x"
)
PARTS = Reply(key="said", text="a" * 4_000 + "\n\n" + "b" * 4_000)


def hold_at(station: Station, patch: pytest.MonkeyPatch, call: int) -> asyncio.Event:
    """From this question to the pace on nothing goes out for 2 s; tells when it was asked."""
    pace, reached, asked = station.channel._pace, asyncio.Event(), list[int]()
    take = pace.take

    def wait(chat: int, *, urgent: bool = False) -> int:
        asked.append(chat)
        if len(asked) == call:
            pace.hold(chat, 2 * SECOND)
            reached.set()
        return take(chat, urgent=urgent)

    patch.setattr(pace, "take", wait)
    return reached


async def during_the_wait(
    station: Station, reached: asyncio.Event, happens: Callable[[], Awaitable[object]]
) -> None:
    """Let the outbox work; while a message waits this happens, and then the wait is over."""
    working = asyncio.create_task(station.work())
    async with asyncio.timeout(10):
        await reached.wait()
        await happens()
        station.hall.clock.turn(2 * SECOND)
        await working


def shown(station: Station) -> int:
    """How many calls have shown something so far."""
    return sum(len(station.api.made(name)) for name in SHOWING)


async def no_setup(station: Station, talk: str) -> None:
    pass


async def ask_before(station: Station, talk: str) -> None:
    await station.tell(talk, QUESTION)


async def upload_before(station: Station, talk: str) -> None:
    await station.tell(talk, PAPER)


async def lose_paper(station: Station, talk: str) -> None:
    pack = Path(station.channel._files._mind.pack.folder)
    (pack / "documents" / "one.md").unlink()


@pytest.mark.parametrize(
    ("before", "reply"),
    [
        (no_setup, Reply(key="said", text="a")),
        (no_setup, QUESTION),
        (ask_before, AGAIN),
        (no_setup, PAPER),
        (upload_before, PAPER),
        (lose_paper, PAPER),
    ],
    ids=["words", "question", "edit", "upload", "known file", "link"],
)
async def test_after_a_claim_the_bot_shows_nothing(
    api: BotApi,
    ann: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: Callable[[Station, str], Awaitable[None]],
    reply: Reply,
) -> None:
    pack = with_paper(tmp_path / "pack", "1", "# One")
    async with open_station(tmp_path / "data", api, pack=pack) as station:
        talk = await station.enter(ann, greeted=False)
        await before(station, talk)
        await station.put(talk, reply)
        count = shown(station)
        reached = hold_at(station, monkeypatch, 1)
        await during_the_wait(station, reached, lambda: station.hall.core.desk.claim(ANNA, talk))
        assert shown(station) == count + 1, "that somebody joined"
        assert station.shown(ann)[-1].text.startswith("Anna Keller")
        states = [d.state for d in station.sends(talk)]
        assert states[-2:] == ["withdrawn", "sent"]


async def test_a_claim_while_a_part_waits_withdraws_the_rest(
    station: Station, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await station.enter(ann, greeted=False)
    await station.put(talk, PARTS)
    reached = hold_at(station, monkeypatch, 2)
    await during_the_wait(station, reached, lambda: station.hall.core.desk.claim(ANNA, talk))
    first, joined = station.shown(ann)
    assert (first.text, joined.text[:4]) == ("a" * 4_000, "Anna")
    assert [d.state for d in station.sends(talk)] == ["withdrawn", "sent"]


async def test_the_rest_follows_the_talk_into_another_chat(
    station: Station, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = station.api.add_person(101, "Bob")
    bob.start(BOT)
    talk = await station.enter(ann, greeted=False)
    await station.put(talk, PARTS)

    def move(tx: Tx) -> None:
        here = ChatRow("telegram", str(bob.id), talk, station.hall.clock.time)
        chats.link(tx, here)
        chats.unlink_others(tx, here)

    reached = hold_at(station, monkeypatch, 2)
    await during_the_wait(station, reached, lambda: station.db.write(move))
    await station.later(SECOND)
    assert [m.text for m in station.shown(ann)] == ["a" * 4_000]
    assert [m.text for m in station.shown(bob)] == ["b" * 4_000]
    (row,) = station.sends(talk)
    assert (row.state, row.attempts, row.repeated) == ("sent", 1, False)


async def test_a_chat_that_was_let_go_gets_no_more(
    station: Station, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await station.enter(ann, greeted=False)
    await station.put(talk, PARTS)
    reached = hold_at(station, monkeypatch, 2)
    await during_the_wait(
        station,
        reached,
        lambda: station.db.write(lambda tx: chats.unlink(tx, "telegram", str(ann.id))),
    )
    await station.later(SECOND)
    assert len(station.shown(ann)) == 1
    assert [(d.state, d.error) for d in station.sends(talk)] == [("failed", "unlinked")]


# --- an upload under way -------------------------------------------------------------------------


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.005)


@dataclass
class Queue:
    """A paper that is being uploaded for one and is wanted for another, too: for Bob."""

    station: Station
    bob: Person
    talk: str  # Bob's
    gate: threading.Event  # the upload goes on once it is set


@asynccontextmanager
async def open_queue(api: BotApi, ann: Person, folder: Path) -> AsyncIterator[Queue]:
    pack, bob = with_paper(folder / "pack", "1", "# One"), api.add_person(101, "Bob")
    async with open_station(folder / "data", api, pack=pack) as station:
        first, second = [await station.enter(each, greeted=False) for each in (ann, bob)]
        papers, gate = station.channel._files, threading.Event()
        load = papers._load
        papers._load = lambda document: load(document) if gate.wait(20) else b""  # type: ignore[method-assign]
        await station.put(first, PAPER)
        working = [asyncio.create_task(station.work())]
        await until(lambda: any(turn.locked() for turn in papers._uploading.values()))
        await station.put(second, PAPER)
        working.append(asyncio.create_task(station.work()))
        try:
            yield Queue(station, bob, second, gate)
        finally:
            gate.set()
            await asyncio.gather(*working)


async def test_a_claim_while_the_paper_is_uploaded_for_another(
    api: BotApi, ann: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "TURN_SECONDS", 20)
    async with open_queue(api, ann, tmp_path) as queue:
        station = queue.station
        turns = station.channel._files._uploading.values()
        await until(lambda: any(turn._waiters for turn in turns))
        assert (await station.hall.core.desk.claim(ANNA, queue.talk)).won
        queue.gate.set()
        await until(lambda: station.shown(queue.bob))
        await station.work()
        assert [m.file for m in station.shown(queue.bob)] == [None]
        assert [d.state for d in station.sends(queue.talk)] == ["withdrawn", "sent"]
        assert len(station.shown(ann)) == 1


async def test_an_upload_that_hangs_holds_nobody_up(
    api: BotApi, ann: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "TURN_SECONDS", 0.05)
    async with open_queue(api, ann, tmp_path) as queue:
        station = queue.station
        await until(lambda: station.sends(queue.talk)[0].error == "busy")
        (row,) = station.sends(queue.talk)
        waits = row.due - station.hall.clock.time
        assert (row.state, row.attempts, waits) == ("queued", 0, files.TURN_AGAIN)
        queue.gate.set()
        await station.work()
        await station.later(files.TURN_AGAIN)
        assert [d.state for d in station.sends(queue.talk)] == ["sent"]
        assert len(station.shown(queue.bob)) == 1
