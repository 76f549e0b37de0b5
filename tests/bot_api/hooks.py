"""Posts the updates of one bot to its webhook, one at a time, again until it says 2xx."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import aiohttp

from .world import Account, Json

if TYPE_CHECKING:
    from .server import BotApi

SECRET = "X-Telegram-Bot-Api-Secret-Token"


async def deliver(api: BotApi, account: Account) -> None:
    """Runs as long as the server does; rests while there is no webhook or nothing to say."""
    async with aiohttp.ClientSession() as session:
        pause = 0.0
        while True:
            queue = account.queue
            queue.changed.clear()
            if not account.webhook.url or not queue.waiting:
                pause = 0.0
                await queue.changed.wait()
                continue
            if account.script.of_updates:
                queue.waiting = account.script.spoil(queue.waiting)
            update, webhook = queue.waiting[0], account.webhook
            error = await _post(api, session, account, update)
            if not error:
                pause = 0.0
                # Dropped or confirmed meanwhile, it may be gone; a duplicate stays.
                if queue.waiting and queue.waiting[0] is update:
                    queue.waiting.pop(0)
                api.note()
                continue
            webhook.last_error, webhook.last_error_at = error, api.now()
            api.note()
            most = api.limits.webhook_pause_most
            pause = min(most, pause * 2 or api.limits.webhook_pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(webhook.replaced.wait(), pause)


async def _post(api: BotApi, session: aiohttp.ClientSession, account: Account, update: Json) -> str:
    """One attempt; returns what went wrong, or ""."""
    webhook = account.webhook
    headers = {SECRET: webhook.secret} if webhook.secret else {}
    timeout = aiohttp.ClientTimeout(total=api.limits.webhook_timeout)
    try:
        async with session.post(
            webhook.url, json=update, headers=headers, timeout=timeout, allow_redirects=False
        ) as answer:
            body = await answer.read()
            if not 200 <= answer.status < 300:
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"Connection failed: {type(error).__name__}"
    await api.take_webhook_answer(account, body)
    return ""
