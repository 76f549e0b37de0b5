"""What could not be taken in is set aside once, listed, and taken in again when asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.admin import Answer, Erase, Office, Replay, needs_intake
from bot.arrivals import Arrivals, NotTakenError, insist
from bot.telegram.border import PROSPECTS, Busy, RawUpdate
from bot.turns import transition
from bot.turns.transition import Handled
from bot.upkeep import tidy_up
from dialogs.consultation import advance
from dialogs.effects import Turn
from dialogs.types import Incoming, State
from storage import arrivals, codes
from storage.arrivals import ASIDE_KEPT, DONE_KEPT
from storage.codes import CodeRow
from tests.bot.commands.test_commands import run
from tests.bot.hall import HOUR, MINUTE, SECOND, Hall, hall, make_hall, make_settings

__all__ = ["hall"]


class Bot:
    """A prospects' bot on the real intake: one chat is one conversation."""

    def __init__(self, hall: Hall, talk: str) -> None:
        self._hall = hall
        self._talk = talk
        self.trouble: list[Exception] = []
        self.line = Arrivals(hall.core.house, {PROSPECTS: self.take})

    async def take(self, update: RawUpdate) -> None:
        if self.trouble:
            raise self.trouble.pop()
        said = update.payload.decode()
        incoming = Incoming(conversation=self._talk, external_id="tg:1", kind="text", text=said)
        insist(await self._hall.core.intake.handle(incoming, kept=True))

    async def hear(self, said: str, number: int = 1) -> None:
        await self.line.keep(
            PROSPECTS, [RawUpdate(update_id=number, payload=said.encode(), chat="42")]
        )


@pytest.fixture
def stumble(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The mind fails at the word poison, until this is undone."""

    def fail(pack: Any, state: State, incoming: Incoming, reading: Any, now: int) -> Turn:
        if "poison" in incoming.text:
            raise RuntimeError(incoming.text)
        return advance(pack, state, incoming, reading, now)

    with monkeypatch.context() as patched:
        patched.setattr(transition, "advance", fail)
        yield patched


@pytest.fixture
async def bot(hall: Hall) -> AsyncIterator[Bot]:
    made = Bot(hall, await hall.open())
    running = asyncio.create_task(made.line.run())
    yield made
    hall.core.house.live.close()
    await asyncio.wait_for(running, 5)


def office(hall: Hall, line: Arrivals | None) -> Office:
    return Office(hall.core.house, hall.core.uploads, hall.core.intake, line)


async def ask(hall: Hall, line: Arrivals | None, number: int = 0) -> Answer:
    return await office(hall, line).carry_out(Replay(arrival=number))


async def settle(hall: Hall, number: int, state: str) -> None:
    async with asyncio.timeout(10):
        while True:
            row = hall.db.peek(lambda tx: arrivals.get(tx, number))
            if row is not None and row.state == state:
                return
            await asyncio.sleep(0.005)


def prospect_lines(hall: Hall, talk: str) -> list[str]:
    return [m.text for m in hall.messages(talk) if m.author == "prospect"]


# --- from the website ----------------------------------------------------------------------------


async def test_a_message_that_failed_is_listed_and_replayed(
    hall: Hall, stumble: pytest.MonkeyPatch
) -> None:
    talk = await hall.open()
    for _ in range(2):  # the widget tries again
        said = await hall.say(talk, "poison 4711", external_id="p")
        assert said.refused == "error.internal"
    assert not (await hall.say(talk, "next")).refused
    (aside,) = hall.db.peek(arrivals.aside_list)
    assert (aside.source, aside.chat, aside.error) == ("widget", talk, "RuntimeError")
    (line,) = (await ask(hall, None)).lines
    when = "2026-11-23 09:00:00"
    assert line.split() == [str(aside.id), "widget", talk, *when.split(), "RuntimeError"]
    assert "poison" not in line

    again = await ask(hall, None, aside.id)
    assert (again.failed, again.lines) == (True, ("refused again: error.internal",))
    assert len(hall.db.peek(arrivals.aside_list)) == 1, "a replay sets nothing aside"
    stumble.undo()
    assert hall.db.peek(lambda tx: needs_intake(tx, Replay(arrival=aside.id)))
    done = await ask(hall, None, aside.id)
    assert not done.failed
    assert prospect_lines(hall, talk) == ["next", "poison 4711"]
    assert (await ask(hall, None, aside.id)).failed, "it is not set aside any more"
    assert (await ask(hall, None)).lines == ("nothing is set aside",)


async def test_what_stays_with_the_caller_is_not_set_aside(
    hall: Hall, stumble: pytest.MonkeyPatch
) -> None:
    talk = await hall.open()
    incoming = Incoming(conversation=talk, external_id="tg:1", kind="text", text="poison")
    handled = await hall.core.intake.handle(incoming, kept=True)
    assert handled.refused == "error.internal"
    assert hall.db.peek(arrivals.aside_list) == []


async def test_nothing_is_kept_of_who_was_erased(hall: Hall, stumble: pytest.MonkeyPatch) -> None:
    talk = await hall.open()
    await hall.say(talk, "poison")
    assert len(hall.db.peek(arrivals.aside_list)) == 1
    await office(hall, None).carry_out(Erase(conversation=talk))
    assert hall.db.peek(arrivals.aside_list) == []


# --- from a bot ----------------------------------------------------------------------------------


def test_what_a_taker_makes_of_intakes_answer() -> None:
    for refused in ("", "error.too_many", "error.erased", "error.too_long"):
        assert insist(Handled(refused=refused)).refused == refused
    for refused in ("error.busy", "error.unavailable"):
        with pytest.raises(Busy):
            insist(Handled(refused=refused))
    with pytest.raises(NotTakenError):
        insist(Handled(refused="error.internal"))


async def test_an_update_is_set_aside_once_and_replayed(
    hall: Hall, bot: Bot, stumble: pytest.MonkeyPatch
) -> None:
    await bot.hear("poison")
    await settle(hall, 1, "aside")
    (aside,) = hall.db.peek(arrivals.aside_list)
    assert (aside.source, aside.chat, aside.error) == (PROSPECTS, "42", "NotTakenError")
    again = await ask(hall, bot.line, 1)
    assert (again.failed, again.lines) == (True, ("it failed again: NotTakenError",))
    stumble.undo()
    done = await ask(hall, bot.line, 1)
    assert (done.failed, done.lines) == (False, ("taken in, from chat 42",))
    assert (await ask(hall, bot.line)).lines == ("nothing is set aside",)


async def test_a_replay_that_has_to_wait_says_so(hall: Hall, bot: Bot) -> None:
    bot.trouble = [Busy("429", 5 * SECOND), ValueError("text")]
    await bot.hear("hello")
    await settle(hall, 1, "aside")
    told = await ask(hall, bot.line, 1)
    assert told.failed
    assert told.lines == ("not now (Busy): it is tried again by itself",)
    hall.clock.turn(5 * SECOND)
    await settle(hall, 1, "done")


async def test_who_cannot_replay_an_update_says_so(hall: Hall, bot: Bot) -> None:
    bot.trouble = [ValueError("text")]
    await bot.hear("hello")
    await settle(hall, 1, "aside")
    assert not hall.db.peek(lambda tx: needs_intake(tx, Replay(arrival=1)))
    for line, words in ((None, "start the server"), (Arrivals(hall.core.house, {}), "switched on")):
        told = await ask(hall, line, 1)
        assert told.failed
        assert words in told.lines[0]
    assert [each.id for each in hall.db.peek(arrivals.aside_list)] == [1], "it was not touched"
    assert (await ask(hall, bot.line, 99)).lines == ("there is no arrival 99 set aside",)


async def test_replay_of_an_update_without_a_server(tmp_path: Path) -> None:
    hall = make_hall(make_settings(tmp_path))
    bot = Bot(hall, await hall.open())
    bot.trouble = [ValueError("text")]
    await bot.hear("hello")
    await bot.line.drain()
    await hall.db.close()
    listed = run(tmp_path, "replay")
    assert listed.stdout.split()[:3] == ["1", PROSPECTS, "42"]
    told = run(tmp_path, "replay", "1")
    assert told.returncode == 1
    assert "start the server" in told.stderr


async def test_replay_of_a_message_without_a_server(
    tmp_path: Path, stumble: pytest.MonkeyPatch
) -> None:
    hall = make_hall(make_settings(tmp_path))
    talk = await hall.open()
    await hall.say(talk, "poison")
    await hall.db.close()
    done = run(tmp_path, "replay", "1")
    assert (done.returncode, "taken in as message" in done.stdout) == (0, True), done.stderr
    after = make_hall(make_settings(tmp_path))
    assert prospect_lines(after, talk) == ["poison"]
    await after.db.close()


# --- swept ---------------------------------------------------------------------------------------


async def test_upkeep_forgets_what_is_done_and_codes_that_ended(hall: Hall) -> None:
    bot = Bot(hall, await hall.open())
    bot.trouble = [ValueError("text")]
    await bot.hear("aside", 1)
    await bot.line.drain()
    await bot.hear("hello", 2)
    await bot.line.drain()
    now = hall.clock()
    code = CodeRow(b"h", "continue", "talk", now, now + 10 * MINUTE)
    await hall.db.write(lambda tx: codes.issue(tx, code))

    def left() -> tuple[list[str], bool]:
        states = hall.db.peek(lambda tx: tx.all("SELECT state FROM arrival ORDER BY id"))
        found = hall.db.peek(lambda tx: codes.find(tx, "continue", b"h"))
        return [state for (state,) in states], found is not None

    await tidy_up(hall.core)
    assert left() == (["aside", "done"], True)
    hall.clock.turn(DONE_KEPT + HOUR)
    await tidy_up(hall.core)
    assert left() == (["aside"], False)
    hall.clock.turn(ASIDE_KEPT - DONE_KEPT)
    await tidy_up(hall.core)
    assert left() == ([], False)
