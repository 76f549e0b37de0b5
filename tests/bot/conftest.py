"""Fixtures of the tests that go through the doors."""

from tests.bot.server import server

__all__ = ["server"]
