"""One mind for all talks: the demo pack is loaded once."""

from __future__ import annotations

import pytest

from bot.core import load_mind
from bot.house import Mind
from bot.settings import Settings


@pytest.fixture(scope="session")
def mind() -> Mind:
    return load_mind(Settings())
