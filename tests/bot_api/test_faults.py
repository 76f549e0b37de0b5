"""Each fault by script, as the two real clients meet it."""

from __future__ import annotations

import asyncio

import pytest
import telegram
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.types import BufferedInputFile

from .conftest import Scene
from .faults import Fault


@pytest.fixture
def met(scene: Scene) -> Scene:
    scene.ann.start("front_bot")
    scene.bob.start("desk_bot")
    scene.api.limits.rates = False
    return scene


async def test_floods_and_statuses_come_in_order_and_do_nothing(met: Scene) -> None:
    met.api.script("front_bot", "sendMessage", Fault.flood(7), Fault.none(), Fault.status(502))
    with pytest.raises(TelegramRetryAfter) as refused:
        await met.aio.send_message(100, "one")
    assert refused.value.retry_after == 7
    await met.aio.send_message(100, "two")
    with pytest.raises(TelegramServerError):
        await met.aio.send_message(100, "three")
    await met.aio.send_message(100, "four")
    assert met.api.chat(100).texts == ["/start", "two", "four"]
    assert [call.status for call in met.api.made("sendMessage")] == [429, 200, 502, 200]
    assert [call.fault for call in met.api.made("sendMessage")] == ["flood", "", "status", ""]


async def test_the_same_for_the_other_client(met: Scene) -> None:
    met.api.script("desk_bot", "*", Fault.flood(7), Fault.status(502), Fault.cut_before())
    with pytest.raises(telegram.error.RetryAfter):
        await met.ptb.send_message(200, "one")
    with pytest.raises(telegram.error.NetworkError, match="Bad Gateway"):
        await met.ptb.get_me()
    with pytest.raises(telegram.error.NetworkError):
        await met.ptb.send_message(200, "three")
    assert met.api.chat(200).texts == ["/start"]


async def test_cut_before_and_cut_after(met: Scene) -> None:
    met.api.script("front_bot", "sendMessage", Fault.cut_before(), Fault.cut_after())
    for text in ("never done", "done"):
        with pytest.raises(TelegramNetworkError):
            await met.aio.send_message(100, text)
    assert met.api.chat(100).texts == ["/start", "done"]
    assert [call.status for call in met.api.made("sendMessage")] == [0, 200]
    file = BufferedInputFile(b"x" * 100_000, "x.bin")
    met.api.script("front_bot", "sendDocument", Fault.cut_before(), Fault.cut_after())
    for _ in range(2):
        with pytest.raises(TelegramNetworkError):
            await met.aio.send_document(100, file)
    assert len(met.api.chat(100).from_bot) == 2


async def test_slow_is_done_though_the_client_gives_up(met: Scene) -> None:
    met.api.script("desk_bot", "sendMessage", Fault.slow(0.3), Fault.slow(30))
    await met.ptb.send_message(200, "waited for")
    with pytest.raises(telegram.error.TimedOut):
        await met.ptb.send_message(200, "given up", read_timeout=0.1)
    assert met.api.chat(200).texts == ["/start", "waited for", "given up"]


async def test_downloads_break_too(met: Scene) -> None:
    said = met.ann.send_document("front_bot", "need.pdf", b"x" * 500_000)
    assert said.file
    file_id = said.file.id_for(met.front)
    met.api.script("front_bot", "download", Fault.cut_after(), Fault.status(500))
    for _ in range(2):
        with pytest.raises(Exception, match=r"(?i)payload|500|internal") as broken:
            await met.aio.download(file_id)
        assert not isinstance(broken.value, AssertionError)
    got = await met.aio.download(file_id)
    assert got
    assert got.read() == b"x" * 500_000


async def test_standing_faults_are_the_same_for_the_same_seed(met: Scene) -> None:
    seen = []
    for _ in range(2):
        met.api.stand("front_bot", "getMe", Fault.status(503), 0.5, seed=3)
        met.api.calls.clear()
        for _ in range(20):
            try:
                await met.aio.get_me()
            except TelegramServerError:
                continue
        seen.append([call.status for call in met.api.made("getMe")])
        met.api.clear_faults("front_bot")
    assert seen[0] == seen[1]
    assert 4 <= seen[0].count(503) <= 16
    await met.aio.get_me()


async def test_a_cut_poll_loses_nothing(met: Scene) -> None:
    await met.ptb.get_updates(offset=2)
    met.bob.write("desk_bot", "kept")
    met.api.script("desk_bot", "getUpdates", Fault.cut_after())
    with pytest.raises(telegram.error.NetworkError):
        await met.ptb.get_updates(offset=2)
    got = await met.ptb.get_updates(offset=2)
    assert [update.message.text for update in got if update.message] == ["kept"]


async def test_the_server_may_go_away_and_come_back(met: Scene) -> None:
    port = int(met.api.url.rpartition(":")[2])
    met.ann.write("front_bot", "before")
    await met.api.stop()
    with pytest.raises(TelegramNetworkError):
        await met.aio.get_me()
    await met.api.start(port)
    assert len(await met.aio.get_updates()) == 2
    await met.aio.send_message(100, "after")
    assert met.api.chat(100).texts == ["/start", "before", "after"]


async def test_until_tells_what_was_called(met: Scene) -> None:
    await met.aio.get_me()
    with pytest.raises(TimeoutError, match="getMe 200"):
        await met.api.until(lambda: False, 0.05)
    asyncio.get_running_loop().call_soon(lambda: met.ann.write("front_bot", "wake"))
    assert await met.api.until(lambda: "wake" in met.api.chat(100).texts)
