"""Updates by webhook: the secret, order, and again until it says 2xx."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiohttp import web

from .conftest import Scene
from .faults import Fault

SECRET = "right_secret-1"


@dataclass
class Hook:
    """A webhook that refuses a wrong secret, and whatever `statuses` says first."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    statuses: list[int] = field(default_factory=list)
    answer: dict[str, Any] | None = None

    async def take(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            self.refused += 1
            return web.Response(status=401)
        if self.statuses:
            self.refused += 1
            return web.Response(status=self.statuses.pop(0))
        self.got.append(await request.json())
        return web.json_response(self.answer) if self.answer else web.Response()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await runner.cleanup()


async def test_updates_come_one_by_one_with_the_secret(scene: Scene, hook: Hook) -> None:
    scene.ann.write("front_bot", "before")
    await scene.aio.set_webhook(hook.url, secret_token=SECRET, allowed_updates=["message"])
    scene.ann.write("front_bot", "after")
    await scene.api.until(lambda: not scene.front.queue.waiting)
    assert [update["message"]["text"] for update in hook.got] == ["before", "after"]
    info = await scene.aio.get_webhook_info()
    assert (info.url, info.pending_update_count, info.allowed_updates) == (hook.url, 0, ["message"])
    with pytest.raises(TelegramConflictError, match="while webhook is active"):
        await scene.aio.get_updates()
    await scene.aio.delete_webhook()
    assert await scene.aio.get_updates() == []


async def test_a_wrong_secret_is_refused_and_tried_again(scene: Scene, hook: Hook) -> None:
    scene.api.limits.webhook_pause = 0.01
    await scene.ptb.set_webhook(hook.url, secret_token="wrong")
    scene.bob.write("desk_bot", "let me in")
    await scene.api.until(lambda: hook.refused >= 2)
    assert not hook.got
    info = await scene.ptb.get_webhook_info()
    assert info.pending_update_count == 1
    assert info.last_error_message == "Wrong response from the webhook: 401 Unauthorized"
    await scene.ptb.set_webhook(hook.url, secret_token=SECRET)
    await scene.api.until(lambda: not scene.desk.queue.waiting)
    assert [update["message"]["text"] for update in hook.got] == ["let me in"]


async def test_a_failing_webhook_gets_the_same_again_in_order(scene: Scene, hook: Hook) -> None:
    scene.api.limits.webhook_pause = 0.01
    hook.statuses = [500, 503, 302]
    await scene.aio.set_webhook(hook.url, secret_token=SECRET)
    for text in ("one", "two"):
        scene.ann.write("front_bot", text)
    await scene.api.until(lambda: not scene.front.queue.waiting)
    assert hook.refused == 3
    assert [update["message"]["text"] for update in hook.got] == ["one", "two"]


async def test_repeats_and_disorder_by_webhook(scene: Scene, hook: Hook) -> None:
    for text in ("one", "two"):
        scene.ann.write("front_bot", text)
    scene.api.script("front_bot", "getUpdates", Fault.reorder(), Fault.duplicate(1))
    await scene.aio.set_webhook(hook.url, secret_token=SECRET)
    await scene.api.until(lambda: not scene.front.queue.waiting)
    assert [update["update_id"] for update in hook.got] == [2, 2, 1, 1]


async def test_an_answer_may_hold_a_call(scene: Scene, hook: Hook) -> None:
    hook.answer = {"method": "sendMessage", "chat_id": 100, "text": "by return"}
    await scene.aio.set_webhook(hook.url, secret_token=SECRET)
    scene.ann.write("front_bot", "hello")
    await scene.api.until(lambda: scene.api.made("sendMessage"))
    assert scene.api.chat(100).texts == ["hello", "by return"]


async def test_a_webhook_ends_a_poll_and_may_drop_what_waits(scene: Scene, hook: Hook) -> None:
    poll = asyncio.create_task(scene.aio.get_updates(timeout=30))
    await scene.api.until(lambda: scene.front.queue.poll)
    await scene.aio.set_webhook(hook.url, secret_token=SECRET)
    with pytest.raises(TelegramConflictError):
        await poll
    await scene.aio.delete_webhook()
    scene.ann.write("front_bot", "old")
    await scene.aio.set_webhook(hook.url, secret_token=SECRET, drop_pending_updates=True)
    scene.ann.write("front_bot", "new")
    await scene.api.until(lambda: hook.got)
    assert [update["message"]["text"] for update in hook.got] == ["new"]


@pytest.mark.parametrize("wrong", ["https://example.org/hook", "ftp://127.0.0.1/hook"])
async def test_webhooks_elsewhere_are_refused(scene: Scene, wrong: str) -> None:
    with pytest.raises(TelegramBadRequest, match="bad webhook"):
        await scene.aio.set_webhook(wrong)


async def test_a_secret_has_its_letters(scene: Scene, hook: Hook) -> None:
    with pytest.raises(TelegramBadRequest, match="unallowed characters"):
        await scene.aio.set_webhook(hook.url, secret_token="no spaces")
