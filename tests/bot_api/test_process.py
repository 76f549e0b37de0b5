"""The server as a process of its own, driven through its control address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import telegram

from .faults import Fault
from .remote import Reference, RemoteBotApi, run_bot_api

KEYS = telegram.InlineKeyboardMarkup.from_button(
    telegram.InlineKeyboardButton("Take", callback_data="d:take")
)


@pytest.fixture(scope="module")
async def api() -> AsyncIterator[RemoteBotApi]:
    async with run_bot_api() as api:
        await api.add_bot("22:desk", "desk_bot")
        bob = await api.add_person(200, "Bob")
        await api.add_group(-1001, "Desk", members=[bob])
        yield api


@pytest.fixture
async def bot(api: RemoteBotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot("22:desk", f"{api.url}/bot", f"{api.url}/file/bot") as bot:
        yield bot


@pytest.fixture
def bob(api: RemoteBotApi) -> Reference:
    return api.person(200)


async def test_a_person_writes_and_taps_from_afar(
    api: RemoteBotApi, bot: telegram.Bot, bob: Reference
) -> None:
    await bob.start("desk_bot", "code")
    said = await bob.send_document("desk_bot", "need.pdf", b"\x00pdf", caption="need")
    assert said.document == b"\x00pdf"
    got = await bot.get_updates(timeout=5)
    assert [update.message.caption for update in got if update.message] == [None, "need"]

    async def shown() -> list[object]:
        return [m for m in (await api.chat(-1001)).messages if m.labels == ["Take"]]

    seen = asyncio.create_task(api.until(shown))
    await bot.send_message(-1001, "New", reply_markup=KEYS)
    (message,) = await seen
    await bob.tap(message, "Take")
    got = await bot.get_updates(offset=3, timeout=5)
    assert got[0].callback_query
    await got[0].callback_query.answer("Yours")
    assert (await api.chat(200, "desk_bot")).body["taps"][0]["answer"] == "Yours"
    thread = await bob.create_topic(api.group(-1001), "Acme")
    await bob.write_in(api.group(-1001), thread, "hello")
    assert (await api.chat(-1001)).in_thread(thread)[-1].text == "hello"


async def test_faults_and_limits_from_afar(
    api: RemoteBotApi, bot: telegram.Bot, bob: Reference
) -> None:
    await api.script("desk_bot", "getMe", Fault.flood(9))
    with pytest.raises(telegram.error.RetryAfter):
        await bot.get_me()
    await bob.start("desk_bot")
    await api.set_limits(private_burst=1, private_per_second=0.001)
    await bot.send_message(200, "one")
    with pytest.raises(telegram.error.RetryAfter):
        await bot.send_message(200, "one too many")
    await api.set_limits(private_burst=3, private_per_second=1.0)
    assert [call["status"] for call in await api.calls("sendMessage")][-2:] == [200, 429]


async def test_what_cannot_be_says_why(api: RemoteBotApi, bob: Reference) -> None:
    with pytest.raises(LookupError, match="no such bot"):
        await bob.write("nobody_bot", "hello")
    with pytest.raises(LookupError, match="no such call"):
        await api.stop()
    with pytest.raises(LookupError, match="no such limit"):
        await api.set_limits(patience=1)
    with pytest.raises(TimeoutError):
        await api.until(lambda: asyncio.sleep(0, False), 0.1)
