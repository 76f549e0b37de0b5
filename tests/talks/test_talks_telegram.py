"""The sample company's talks in Telegram: every one passes there as it does on the website."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from bot.house import Mind
from bot.settings import Settings
from bot.talks.files import TalkFile, find_talks, read_talk
from bot.talks.player import Played, play
from bot.telegram.border import Client, FilePost, Key, Post, Posted, Target
from tests.talks.telegram import Booth
from tests.talks.test_talks import FOLDER


@pytest_asyncio.fixture(scope="module")
async def booth() -> AsyncIterator[Booth]:
    opened = Booth()
    await opened.open()
    yield opened
    await opened.close()


async def play_here(talk: TalkFile, mind: Mind, booth: Booth) -> Played:
    settings = replace(Settings(), telegram_api_url=booth.api.url)
    return await play(talk, FOLDER, mind, settings, booth.seat)


@pytest.mark.parametrize("path", find_talks(FOLDER), ids=lambda path: path.stem)
async def test_demo_talk_in_telegram(path: Path, mind: Mind, booth: Booth) -> None:
    talk = read_talk(path, mind.pack)
    end = msgspec.structs.replace(talk.end, amounts_from_price_book=True)

    played = await play_here(msgspec.structs.replace(talk, end=end), mind, booth)

    assert played.differences == ()
    assert booth.seated[-1].wrong == []
    assert booth.api.crashes == []
    assert booth.api.unknown == []


# --- what no talk of the sample company shows -----------------------------------------------------


async def play_turns(mind: Mind, booth: Booth, *turns: object) -> None:
    """All of it must hold, and nothing may be wrong with the chat."""
    content = {"talk": "t", "language": "en", "turns": turns}
    played = await play_here(msgspec.convert(content, TalkFile), mind, booth)

    assert played.differences == ()
    assert booth.seated[-1].wrong == []


async def test_a_key_in_place_of_the_letters_answers(mind: Mind, booth: Booth) -> None:
    await play_turns(
        mind,
        booth,
        {"choose": "person"},
        {"wait": "3m", "then": {"asks": "email"}},
        {"choose": "skip", "then": {"asks": "need", "says": ["then we answer you here"]}},
    )


async def test_erasing_works_while_a_person_has_the_talk(mind: Mind, booth: Booth) -> None:
    """The question whether to erase is a line of notice then; its button works all the same."""
    await play_turns(
        mind,
        booth,
        {"choose": "person"},
        {"desk": {"claim": "Anna"}},
        {"say": "/forget", "then": {"owner": "human", "erased": False}},
        {"choose": "erase", "then": {"erased": True, "says": ["has been deleted"]}},
    )


async def test_keys_of_a_question_that_was_closed_go(mind: Mind, booth: Booth) -> None:
    await play_turns(
        mind,
        booth,
        {"choose": "edition", "then": {"asks": "need"}},
        {"say": "Stop, do not contact me again.", "then": {"owner": "closed", "asks": None}},
    )


# --- the eyes on the chat -------------------------------------------------------------------------


class Spoiler:
    """A client that does one thing wrong."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __getattr__(self, name: str) -> object:
        return getattr(self._client, name)

    async def send(self, to: Target, post: Post) -> Posted:
        return await self._client.send(to, post)

    async def send_file(self, to: Target, post: FilePost) -> Posted:
        return await self._client.send_file(to, post)


class OtherWords(Spoiler):
    async def send(self, to: Target, post: Post) -> Posted:
        return await super().send(to, msgspec.structs.replace(post, text=f"{post.text}!", marks=()))


class Twice(Spoiler):
    async def send(self, to: Target, post: Post) -> Posted:
        await super().send(to, msgspec.structs.replace(post, keys=()))
        return await super().send(to, post)


class NoKeys(Spoiler):
    async def send(self, to: Target, post: Post) -> Posted:
        return await super().send(to, msgspec.structs.replace(post, keys=()))


class OldKeys(Spoiler):
    async def edit(self, chat: int, message: int, post: Post) -> None: ...

    async def edit_keys(
        self, chat: int, message: int, keys: tuple[tuple[Key, ...], ...]
    ) -> None: ...


class OtherFile(Spoiler):
    async def send_file(self, to: Target, post: FilePost) -> Posted:
        return await super().send_file(to, msgspec.structs.replace(post, content=b"other"))


class NoFile(Spoiler):
    async def send_file(self, to: Target, post: FilePost) -> Posted:
        return await super().send(to, Post(text=post.caption))


class NoToast(Spoiler):
    async def answer_tap(self, tap: str, text: str = "", *, alert: bool = False) -> None: ...


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (OtherWords, "not in the chat: 'Hello"),
        (Twice, "the chat says 'Hello"),
        (NoKeys, "keys of 'Hello"),
        (OldKeys, "keys of a closed question: 'Hello"),
        (OtherFile, "another content"),
        (NoFile, "was not handed over as a file"),
        (NoToast, "the clock on the button 'Documents' goes on"),
    ],
)
async def test_what_is_spoilt_on_the_way_is_seen(
    spoil: Callable[[Client], Client], told: str, mind: Mind, booth: Booth
) -> None:
    turns = [{"choose": "documents"}, {"choose": "brochure"}]
    talk = msgspec.convert({"talk": "t", "language": "en", "turns": turns}, TalkFile)
    real = booth.client
    booth.client = spoil(real)
    try:
        await play_here(talk, mind, booth)
    finally:
        booth.client = real

    assert any(told in each for each in booth.seated[-1].wrong), booth.seated[-1].wrong
