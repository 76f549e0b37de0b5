"""Fixtures of the tests that go through the doors."""

from playwright.async_api import expect as expect_later
from playwright.sync_api import expect

from tests.bot.chat import browser, new_page
from tests.bot.office import office
from tests.bot.prospect import client, prospect
from tests.bot.server import server

__all__ = ["browser", "client", "new_page", "office", "prospect", "server"]

PATIENCE = 15_000  # ms: several browsers and servers share what cores there are
expect.set_options(timeout=PATIENCE)
expect_later.set_options(timeout=PATIENCE)
