"""Webhooks are sent once there is one: nobody else pays for their HTTP client."""

from __future__ import annotations

import asyncio
import importlib

from bot.house import House
from bot.live import DESK
from storage import hooks

_SENDER = "bot.systems.sender"
POLL_SECONDS = 1.0  # how long a lost wake-up can delay anything


async def send_hooks(house: House, secret: bytes) -> None:
    """Wait for the first webhook, then send until the server closes. Raises what storage raises;
    may be run again."""
    with house.live.subscribe(DESK) as watch:
        while not house.db.peek(hooks.all_hooks):
            if house.live.closed:
                return
            await watch.wait(POLL_SECONDS)
    sender = await asyncio.to_thread(importlib.import_module, _SENDER)
    await sender.HookSender(house, secret).run()
