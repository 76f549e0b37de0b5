"""Files from Telegram: fetched, kept, read; or refused with words that help."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.desk import StaffReply
from bot.prospects.messenger import attachments
from bot.telegram.wire import read_answer
from storage import leads
from tests.bot.hall import ANNA
from tests.bot.made_files import word_file
from tests.bot.telegram.lobby import BOT, Lobby, close, lobby, make_lobby
from tests.bot_api.faults import Fault

__all__ = ["lobby"]

PAPER = word_file("The shop must take payments by card.", "The shop must speak Chinese.")


def on_disk(lobby: Lobby) -> list[str]:
    folder = lobby.hall.core.uploads.folder
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def in_rows(lobby: Lobby) -> list[str]:
    return sorted(lobby.db.peek(leads.file_ids))


async def test_a_document_is_taken_in_and_read(lobby: Lobby) -> None:
    await lobby.start()
    lobby.ann.send_document(BOT, "Requirements v2.docx", PAPER)
    await lobby.settle()
    assert lobby.words() == ["Requirements v2.docx"]
    made = lobby.state.requirement
    assert made is not None
    assert "card" in " ".join(item.text for item in made.items)
    assert on_disk(lobby) == in_rows(lobby)
    assert len(on_disk(lobby)) == 1
    stored = lobby.hall.core.uploads.path(on_disk(lobby)[0])
    assert stored.read_bytes() == PAPER


async def test_a_caption_is_a_text_after_the_file(lobby: Lobby) -> None:
    await lobby.start()
    lobby.ann.send_document(BOT, "r.docx", PAPER, caption="We are 80 people")
    await lobby.settle()
    assert lobby.words() == ["r.docx", "We are 80 people"]
    said = lobby.said
    await lobby.settle()
    assert lobby.said == said


async def test_an_edited_caption_is_a_correction_and_the_file_stays(lobby: Lobby) -> None:
    await lobby.start()
    message = lobby.ann.send_document(BOT, "r.docx", PAPER, caption="We are 80 people")
    await lobby.settle()
    lobby.ann.edit(message, "We are 80 people")
    await lobby.settle()
    assert lobby.words() == ["r.docx", "We are 80 people"]
    lobby.ann.edit(message, "We are 90 people")
    await lobby.settle()
    assert lobby.words() == ["r.docx", "We are 80 people", "We are 90 people"]
    assert len(on_disk(lobby)) == 1


async def test_an_album_is_one_requirement_and_no_flood(lobby: Lobby) -> None:
    await lobby.start()
    before = len(lobby.said)
    for number in range(4):
        paper = word_file(f"The shop must do thing number {number} by itself.")
        lobby.ann.send_document(BOT, f"part {number}.docx", paper, album="a1")
    await lobby.settle()
    assert lobby.words() == [f"part {number}.docx" for number in range(4)]
    made = lobby.state.requirement
    assert made is not None
    assert len(made.items) == 4
    right = lobby.text("option.confirm_requirement.right")
    assert sum(right in m.labels for m in lobby.bot_messages[before:]) == 1
    assert right in lobby.keyboard.labels
    assert on_disk(lobby) == in_rows(lobby)


async def test_an_album_of_pictures_is_answered_once(lobby: Lobby) -> None:
    await lobby.start()
    for _ in range(5):
        lobby.ann.send_photo(BOT, album="a2")
    await lobby.settle()
    assert lobby.said[1:] == [lobby.text("telegram.in.unread.photo")]


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "file_wrong_type"),
        ("list.xlsx", b"PK\x03\x04" + b"0" * 100, "file_wrong_type"),
        ("empty.txt", b"", "file_empty"),
        ("page.pdf", b"<html>", "file_wrong_type"),
    ],
)
async def test_what_cannot_be_read_is_refused_in_the_websites_words(
    lobby: Lobby, name: str, content: bytes, key: str
) -> None:
    await lobby.start()
    lobby.ann.send_document(BOT, name, content)
    await lobby.settle()
    assert lobby.said[1:] == [lobby.text(f"error.{key}")]
    assert on_disk(lobby) == []
    assert lobby.words() == []


async def test_a_file_that_is_too_big_is_not_even_fetched(lobby: Lobby) -> None:
    await lobby.start()
    lobby.ann.send_document(BOT, "big.pdf", b"%PDF-", size=20_000_001)
    await lobby.settle()
    assert lobby.said[1:] == [lobby.text("error.file_too_big")]
    assert not lobby.api.made("getFile")


async def test_what_only_telegram_finds_too_big_may_go_by_the_website(tmp_path: Path) -> None:
    lobby = await make_lobby(tmp_path, public_url="https://shop.example", file_max_bytes=30_000_000)
    try:
        await lobby.start()
        hint = lobby.text("telegram.in.file.website", address="https://shop.example/chat")
        lobby.ann.send_document(BOT, "big.pdf", b"%PDF-", size=25_000_000)
        await lobby.settle()
        assert lobby.said[1:] == [lobby.text("error.file_too_big"), hint]
        lobby.ann.send_document(BOT, "huge.pdf", b"%PDF-", size=35_000_000)
        await lobby.settle()
        assert lobby.said[3:] == [lobby.text("error.file_too_big")]
    finally:
        await close(lobby)


async def test_a_liar_about_the_size_is_stopped_while_it_comes(tmp_path: Path) -> None:
    lobby = await make_lobby(tmp_path, file_max_bytes=10_000)
    try:
        await lobby.start()
        lobby.ann.send_document(BOT, "big.txt", b"a line\n" * 5_000, size=100)
        await lobby.settle()
        assert lobby.said[1:] == [lobby.text("error.file_too_big")]
        assert on_disk(lobby) == []
    finally:
        await close(lobby)


async def test_one_file_too_many_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    lobby = await make_lobby(tmp_path, files_per_conversation=1)
    try:
        await lobby.start()
        for number in range(2):
            lobby.ann.send_document(BOT, f"{number}.docx", PAPER)
            await lobby.settle()
        assert lobby.text("error.too_many_files", files=1) in lobby.said
        assert len(lobby.api.made("getFile")) == 1
        assert len(on_disk(lobby)) == 1
    finally:
        await close(lobby)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once."""
    monkeypatch.setattr(attachments, "PAUSES", (0.01, 0.01))


def notes(lobby: Lobby) -> list[str]:
    return [each.text for each in lobby.messages if each.author == "note"]


async def test_a_busy_telegram_is_asked_again_and_no_file_stays_behind(
    lobby: Lobby, quick: None
) -> None:
    await lobby.start()
    lobby.api.script(BOT, "getFile", Fault.flood(1), Fault.status(502))
    lobby.ann.send_document(BOT, "r.docx", PAPER, caption="We are 80 people")
    await lobby.settle()
    assert lobby.words() == ["r.docx", "We are 80 people"]
    assert on_disk(lobby) == in_rows(lobby)
    assert lobby.set_aside() == []


@pytest.mark.parametrize("fault", [Fault.status(502), Fault.cut_after(), Fault.flood(1)])
async def test_a_file_that_cannot_be_fetched_is_told_and_holds_nothing_up(
    lobby: Lobby, quick: None, fault: Fault
) -> None:
    await lobby.start()
    lobby.api.script(BOT, "getFile", *[fault] * 3)
    lobby.ann.send_document(BOT, "r.docx", PAPER, caption="We are 80 people")
    lobby.ann.write(BOT, "/person")
    await lobby.settle()
    assert lobby.text("telegram.in.file.gone") in lobby.said
    assert notes(lobby) == [lobby.text("telegram.in.note.file", name="r.docx")]
    assert lobby.words() == ["We are 80 people", "/person"]
    assert lobby.state.owner == "waiting"
    assert lobby.set_aside() == []
    assert on_disk(lobby) == []


async def test_a_file_that_trickles_is_given_up_once(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "FETCH_SECONDS", 0.2)
    await lobby.start()
    lobby.api.script(BOT, "getFile", Fault.slow(1))
    lobby.ann.send_document(BOT, "r.docx", PAPER)
    await lobby.fetch()
    await lobby.work()
    assert lobby.said[1:] == [lobby.text("telegram.in.file.gone")]
    lobby.offset -= 1
    found = read_answer(await lobby.client.fetch(lobby.offset, 0))
    (update,) = [each for each in found if b"document" in each.payload]
    lobby.reopen()
    await lobby.door.take(update)  # cut off before it was marked as done
    assert len(lobby.api.made("getFile")) == 1
    assert len(lobby.said) == 2
    assert len(notes(lobby)) == 1


async def test_files_of_staff_leave_the_prospect_theirs(tmp_path: Path) -> None:
    lobby = await make_lobby(tmp_path, files_per_conversation=1)

    async def content() -> AsyncIterator[bytes]:
        yield b"an offer"

    try:
        await lobby.start()
        desk = lobby.hall.core.desk
        assert (await desk.claim(ANNA, lobby.talk)).won
        stored = await lobby.hall.core.uploads.receive(content(), "offer.bin", any_kind=True)
        acted = await desk.reply(ANNA, lobby.talk, "r1", StaffReply(files=(stored.info(),)))
        assert not acted.refused
        for number in range(2):
            lobby.ann.send_document(BOT, f"{number}.docx", PAPER)
            await lobby.settle()
        assert lobby.words() == ["0.docx"]
        assert lobby.said[-1] == lobby.text("error.too_many_files", files=1)
        assert len(on_disk(lobby)) == 2
    finally:
        await close(lobby)


async def test_a_file_that_is_gone_at_telegram_is_asked_for_again(lobby: Lobby) -> None:
    await lobby.start()
    lobby.api.script(BOT, "getFile", Fault.status(400))
    lobby.ann.send_document(BOT, "r.docx", PAPER)
    await lobby.settle()
    assert lobby.said[1:] == [lobby.text("telegram.in.file.gone")]
    assert lobby.set_aside() == []


async def test_a_repeat_leaves_no_orphan(lobby: Lobby) -> None:
    await lobby.start()
    lobby.ann.send_document(BOT, "r.docx", PAPER)
    await lobby.fetch()
    await lobby.work()
    lobby.offset -= 1
    found = read_answer(await lobby.client.fetch(lobby.offset, 0))
    (update,) = [each for each in found if b"document" in each.payload]
    lobby.reopen()
    await lobby.door.take(update)
    assert lobby.words() == ["r.docx"]
    assert on_disk(lobby) == in_rows(lobby)
    assert len(lobby.api.made("getFile")) == 1
