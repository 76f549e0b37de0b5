"""The page that links an account to Telegram, in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.bot.office import Office
from tests.bot.web.test_staff_browser import (
    NewPage,
    browser,
    check_access,
    colleague,
    new_page,
    office,
    shoot,
)

__all__ = ["browser", "new_page", "office"]
pytestmark = pytest.mark.browser


async def test_a_code_on_a_phone(office: Office, new_page: NewPage) -> None:
    office.core.house.presence.usernames["desk"] = "a_rather_long_name_of_a_desk_bot"
    page = await colleague(office, new_page, "presales", "Gail Ford")
    await page.locator("summary", has_text="Gail Ford").click()
    await page.get_by_role("link", name="Your settings").click()
    await page.get_by_role("link", name="Link your Telegram").click()
    await expect(page.get_by_text("Your account is not linked yet.")).to_be_visible()
    await check_access(page)
    await page.get_by_role("button", name="Get a code").click()
    await expect(page.locator("#link-line")).to_contain_text("/link ")
    await check_access(page)
    await shoot(page, "account-telegram")
    target = await page.get_by_role("link", name="Open @").get_attribute("href")
    assert target is not None
    assert target.startswith("https://t.me/a_rather_long_name")
    await page.get_by_label("Language: English").click()
    await page.get_by_role("link", name="中文").click()
    await expect(page.get_by_text("您的账号还没有关联。")).to_be_visible()
