"""One mind for all talks: the demo pack is loaded once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from bot.core import load_mind
from bot.house import Mind
from bot.settings import Settings


@pytest.fixture(scope="session")
def mind() -> Mind:
    return load_mind(Settings())


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """A command sets the logs up on the stream that it finds, which is gone with its test."""
    yield
    structlog.reset_defaults()
