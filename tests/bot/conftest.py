"""Fixtures of the tests that go through the doors."""

from tests.bot.chat import browser, new_page
from tests.bot.office import office
from tests.bot.prospect import client, prospect
from tests.bot.server import server

__all__ = ["browser", "client", "new_page", "office", "prospect", "server"]
