"""A prospect and a member of staff, two bots, and the real client of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiogram
import aiohttp
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from .fixtures import Clock, bot_api, clock
from .people import Person
from .server import BotApi
from .world import Account, Group

__all__ = ["bot_api", "clock"]

FRONT, DESK = "11:front", "22:desk"


@dataclass
class Scene:
    """`front` is met by aiogram as `aio`, `desk` by python-telegram-bot as `ptb`."""

    api: BotApi
    clock: Clock
    front: Account
    desk: Account
    aio: aiogram.Bot
    ptb: telegram.Bot
    ann: Person  # prospect
    bob: Person  # staff, owns the group
    group: Group

    async def session(self) -> aiohttp.ClientSession:
        """What aiogram calls with, for calls that no client would make."""
        assert isinstance(self.aio.session, AiohttpSession)
        return await self.aio.session.create_session()


@pytest.fixture
async def scene(bot_api: BotApi, clock: Clock) -> AsyncIterator[Scene]:
    bot_api.clock = clock
    front = bot_api.add_bot(FRONT, "front_bot")
    desk = bot_api.add_bot(DESK, "desk_bot")
    ann = bot_api.add_person(100, "Ann", "zh-hans")
    bob = bot_api.add_person(200, "Bob")
    group = bot_api.add_group(-1001, "Desk", members=[bob], bots=[desk])
    aio = aiogram.Bot(FRONT, session=AiohttpSession(api=TelegramAPIServer.from_base(bot_api.url)))
    ptb = telegram.Bot(DESK, f"{bot_api.url}/bot", f"{bot_api.url}/file/bot")
    async with ptb:
        scene = Scene(bot_api, clock, front, desk, aio, ptb, ann, bob, group)
        yield scene
    # `aio.session.close()` would rest a quarter of a second for TLS that is not there.
    await (await scene.session()).close()
