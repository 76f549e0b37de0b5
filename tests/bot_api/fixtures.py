"""For any test that wants the local Bot API: import `bot_api` (and `clock`) from here."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from .server import BotApi


class Clock:
    """Seconds that a test turns forward: `BotApi(clock=Clock())`."""

    def __init__(self) -> None:
        self.seconds = time.monotonic()

    def __call__(self) -> float:
        return self.seconds

    def turn(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    """A running server with nobody in it, on the real clock and the real limits; change
    `bot_api.limits` or `bot_api.clock` as needed. No call may hold a parameter that the Bot API
    does not know."""
    api = BotApi()
    await api.start()
    yield api
    await api.stop()
    if api.crashes:
        raise api.crashes[0]
    assert not api.unknown, f"parameters that Telegram does not know: {api.unknown}"
