"""An update that comes again after it was cut off at any moment leads to one transition."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.telegram.border import Busy, RawUpdate
from bot.telegram.wire import read_answer
from storage import leads
from tests.bot.made_files import word_file
from tests.bot.telegram.lobby import BOT, Lobby, lobby
from tests.bot_api.people import Person

__all__ = ["lobby"]

CUTS = 24
STEP = 0.0006  # seconds between one cut and the next; any moment must do
PAPER = word_file("The shop must take payments by card.")


async def next_updates(lobby: Lobby) -> tuple[RawUpdate, ...]:
    found = read_answer(await lobby.client.fetch(lobby.offset, 0))
    lobby.offset = found[-1].update_id + 1
    return found


async def cut_off(lobby: Lobby, update: RawUpdate, after: float) -> None:
    """Take an update and call it off; then take it again with nothing in mind."""
    task = asyncio.create_task(lobby.door.take(update))
    await asyncio.sleep(after)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    lobby.reopen()
    try:
        await lobby.door.take(update)
    except Busy:  # erased in this very moment: whoever hands updates over comes again, once
        await lobby.door.take(update)


def said_by(lobby: Lobby, person: Person) -> list[str]:
    return [m.text for m in lobby.api.chat(person.id, BOT).from_bot]


async def test_start_begins_one_conversation(lobby: Lobby) -> None:
    for cut in range(CUTS):
        person = lobby.add_person()
        person.start(BOT, "fair")
        for update in await next_updates(lobby):
            await cut_off(lobby, update, cut * STEP)
        await lobby.work()
        assert said_by(lobby, person) == [lobby.text("greeting")]
        assert lobby.hall.row(lobby.talk_of(person)).source == "fair"
        assert lobby.talks() == cut + 1


async def test_a_first_message_is_greeted_and_taken_once(lobby: Lobby) -> None:
    for cut in range(CUTS):
        person = lobby.add_person()
        person.write(BOT, "We need a shop")
        for update in await next_updates(lobby):
            await cut_off(lobby, update, cut * STEP)
        await lobby.work()
        talk = lobby.talk_of(person)
        assert lobby.words(talk) == ["We need a shop"]
        assert said_by(lobby, person).count(lobby.text("greeting")) == 1
        assert lobby.talks() == cut + 1
        lobby.hall.check_numbers(talk)


async def test_a_tap_is_one_choice(lobby: Lobby) -> None:
    for cut in range(CUTS):
        person = lobby.add_person()
        person.start(BOT)
        await lobby.settle()
        person.tap(lobby.api.chat(person.id, BOT).from_bot[-1], "Prices")
        for update in await next_updates(lobby):
            await cut_off(lobby, update, cut * STEP)
        await lobby.work()
        assert lobby.words(lobby.talk_of(person)) == ["Prices"]


@pytest.mark.parametrize("caption", ["", "We are 80 people"])
async def test_a_file_is_one_file(lobby: Lobby, caption: str, tmp_path: Path) -> None:
    for cut in range(CUTS // 2):
        person = lobby.add_person()
        person.start(BOT)
        await lobby.settle()
        person.send_document(BOT, "r.docx", PAPER, caption=caption)
        for update in await next_updates(lobby):
            await cut_off(lobby, update, cut * STEP * 4)
        await lobby.work()
        words = lobby.words(lobby.talk_of(person))
        assert words == ["r.docx", *filter(None, [caption])]
    # What was cut off between disk and row is swept an hour later, and nothing else is.
    known = lobby.db.peek(leads.file_ids)
    uploads = lobby.hall.core.uploads
    later = 10**15
    uploads.sweep(known, later)
    assert sorted(p.name for p in uploads.folder.iterdir()) == sorted(known)
    assert len(known) == CUTS // 2


async def test_erasing_is_final(lobby: Lobby) -> None:
    for cut in range(CUTS // 2):
        person = lobby.add_person()
        person.write(BOT, "We need a shop")
        await lobby.settle()
        talk = lobby.talk_of(person)
        person.write(BOT, "/forget")
        await lobby.settle()
        keyboard = lobby.api.chat(person.id, BOT).from_bot[-1]
        person.tap(keyboard, keyboard.labels[0])
        for update in await next_updates(lobby):
            await cut_off(lobby, update, cut * STEP)
        await lobby.work()
        assert lobby.hall.row(talk).erased
        assert lobby.talk_of(person) == ""
