"""Fixtures of the tests that go through the doors."""

from tests.bot.office import office
from tests.bot.server import server

__all__ = ["office", "server"]
