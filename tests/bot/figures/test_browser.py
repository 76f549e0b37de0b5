"""The pages of figures as a manager uses them: real Chromium, keyboard, both colours, on paper."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.bot.office import Office, open_office
from tests.bot.web.test_staff_browser import (
    NewPage,
    browser,
    check_access,
    new_page,
    shoot,
    sign_in,
)

__all__ = ["browser", "new_page"]

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(scope="module")
async def counted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A few talks that went in different ways."""
    async with open_office(tmp_path_factory.mktemp("figures-office")) as office:
        await office.add_staff("counts", "manager", "Mareike Tönnsen")
        await office.open_talk("zh")
        asked = await office.open_talk()
        await office.say(asked, "How much is Cluster?", "ask_price", slots={"edition": "cluster"})
        await office.say(asked, "I would rather not say.", "refuse")
        await office.escalate()
        yield office


async def test_a_manager_reads_the_figures(counted: Office, new_page: NewPage) -> None:
    page = await sign_in(counted, await new_page(), "counts")
    await page.goto(counted.url + "/funnel?by=language")
    await check_access(page)
    await shoot(page, "figures-funnel")
    summary = page.locator("tr", has_text="Price shown").locator("summary")
    await summary.focus()
    await page.keyboard.press("Enter")
    meaning = page.get_by_text("At least one price or price range from the price book")
    await expect(meaning).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(meaning).to_be_hidden()
    assert await summary.get_attribute("title") == await meaning.text_content()
    await page.get_by_label("Time").select_option("year")
    await page.get_by_role("combobox", name="Language").select_option("zh")
    await page.get_by_label("Compare by").select_option("week")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_text("Of 1 talk, 0 got a word")).to_be_visible()
    assert "by=week" in page.url
    await page.goto(counted.url + "/funnel/questions")
    await check_access(page)
    await shoot(page, "figures-questions")
    await page.get_by_role("link", name="Refused, 1").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Refused")
    await check_access(page)
    await page.get_by_role("main").get_by_role("listitem").get_by_role("link").click()
    assert "/transcripts/" in page.url


async def test_quality_has_a_table_behind_each_chart(counted: Office, new_page: NewPage) -> None:
    page = await sign_in(counted, await new_page(), "counts")
    await page.goto(counted.url + "/quality")
    tile = page.locator("#answered")
    await tile.get_by_text("As a table").click()
    await expect(tile.get_by_role("row").last).to_contain_text("100 %")
    await check_access(page)
    await shoot(page, "figures-quality")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button", name="Show")).to_be_hidden()
    await expect(tile).to_be_visible()
