"""Transcripts as managers use them: real Chromium, without script, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot.managers import sampling
from tests.bot.office import Office, open_office
from tests.bot.web.test_staff_browser import (
    HOSTILE,
    NewPage,
    browser,
    check_access,
    new_page,
    shoot,
    sign_in,
)

__all__ = ["browser", "new_page"]

pytestmark = pytest.mark.browser
WEEK = 7 * 24 * 3_600_000
QUERY = "ownership=state_owned&own_servers=false&asked=comparison&not_step=escalated"
SENTENCE = "State-owned, no own servers, asked for the comparison, not brought to a person"


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """An office of its own with a week of talks."""
    async with open_office(tmp_path_factory.mktemp("transcripts")) as opened:
        opened.clock.ahead = -WEEK
        for number in range(8):
            await fill(opened, number)
        await opened.index()
        opened.clock.ahead = 0
        await opened.add_staff("mara", "manager", "Mara Tönnsen")
        yield opened


async def fill(office: Office, number: int) -> None:
    talk = await office.open_talk()
    slots = {
        "buyer_type": "enterprise", "ownership": "state_owned" if number % 2 else "private",
        "own_servers": number % 4 == 3, "company": f"Nordhem {number}", "city": "Graz",
    }  # fmt: skip
    await office.say(talk, f"We are number {number}", "provide_info", slots=slots)
    paper = {"doc_type": "comparison"}
    await office.say(talk, f"The comparison for {number}", "ask_document", slots=paper)
    if number % 4 == 0:
        await office.say(talk, f"A person for {number}", "talk_to_human")


def week_of(office: Office) -> str:
    zone = ZoneInfo(office.deps.pack.company.time_zone)
    opened = datetime.fromtimestamp((office.clock.now() - WEEK) / 1000, zone)
    return sampling.name_week(opened.date())


def choose(page: Page, name: str) -> Locator:
    return page.locator(f".add-filters select[name={name}]")


async def tab_to(page: Page, name: str) -> None:
    for _ in range(120):
        await page.keyboard.press("Tab")
        text = await page.evaluate(
            "document.activeElement.getAttribute('aria-label') ||"
            " document.activeElement.name || document.activeElement.innerText"
        )
        if text and name in text:
            return
    raise AssertionError(f"{name} is not reached with the Tab key")


async def test_filters_without_script_on_a_phone(office: Office, new_page: NewPage) -> None:
    phone = {"width": 360, "height": 740}
    page = await new_page(java_script_enabled=False, viewport=phone)
    await sign_in(office, page, "mara")
    await page.goto(office.url + "/transcripts")
    await page.locator(".add-filters > summary").click()
    await choose(page, "ownership").select_option("state-owned")
    await choose(page, "own_servers").select_option("no")
    await choose(page, "asked").select_option("comparison")
    await choose(page, "step").select_option("brought to a person")
    await page.get_by_role("button", name="Show these talks").click()
    await expect(page.locator(".filter-chip")).to_have_count(4)
    await page.locator(".filter-chip .turn").last.click()
    await expect(page.locator(".sentence")).to_contain_text(f"{SENTENCE}: 2 talks")
    assert page.url == f"{office.url}/transcripts?{QUERY}"
    await expect(page.locator("td.who a")).to_have_text(["Nordhem 5", "Nordhem 1"])
    await page.locator(".filter-chip .remove").nth(1).click()
    await expect(page.locator(".sentence")).to_contain_text(": 4 talks")
    await page.get_by_role("searchbox").fill("number 5")
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.locator("td.who a")).to_have_text(["Nordhem 5"])
    await expect(page.locator(".filter-chip")).to_have_count(3)


async def test_a_view_is_kept_and_opened_with_the_keyboard(
    office: Office, new_page: NewPage
) -> None:
    page = await sign_in(office, await new_page(), "mara")
    await page.goto(f"{office.url}/transcripts?{QUERY}")
    await tab_to(page, "Saved views")
    await page.keyboard.press("Enter")
    await tab_to(page, "name")
    await page.keyboard.type("Comparison, no servers")
    await tab_to(page, "shared")
    await page.keyboard.press("Space")
    await tab_to(page, "Keep")
    await page.keyboard.press("Enter")
    await expect(page.locator(".saved-views .count")).to_have_text("1")
    await page.goto(office.url + "/transcripts")
    await tab_to(page, "Saved views")
    await page.keyboard.press("Enter")
    await tab_to(page, "Comparison, no servers")
    await page.keyboard.press("Enter")
    await expect(page.locator(".sentence")).to_contain_text(SENTENCE)
    await check_access(page)


async def test_a_week_is_reviewed(office: Office, new_page: NewPage) -> None:
    page = await sign_in(office, await new_page(), "mara")
    week = week_of(office)
    await page.goto(f"{office.url}/reviews?week={week}")
    await expect(page.get_by_text("0 of 8 read")).to_be_visible()
    await check_access(page)
    await shoot(page, "reviews")
    await page.get_by_role("link", name="Start reading").click()
    first = page.url
    await page.get_by_label("Poor").check()
    await page.get_by_label("A remark, if you like").fill("It never asked for the city")
    await page.get_by_role("button", name="Save and go on").click()
    await page.wait_for_url(lambda url: url != first)
    await expect(page.get_by_text("1 of 8 read")).to_be_visible()
    await page.goto(first)
    await expect(page.get_by_label("Poor")).to_be_checked()
    await expect(page.locator("#comments")).to_contain_text("It never asked for the city")
    await expect(page.locator("#comments")).to_contain_text("Mara Tönnsen")


async def test_comments_and_flags_at_a_talk(office: Office, new_page: NewPage) -> None:
    page = await sign_in(office, await new_page(), "mara")
    await page.goto(f"{office.url}/transcripts?company=Nordhem 3")
    await page.get_by_role("link", name="Nordhem 3", exact=True).click()
    message = page.locator("#m2")
    await message.get_by_role("link", name="Comment").click()
    await expect(message.get_by_label("Comment on message 2")).to_be_focused()
    await message.get_by_label("Comment on message 2").fill(HOSTILE)
    await message.get_by_role("button", name="Add comment").click()
    await expect(page.locator("#m2 .remark")).to_contain_text("<script>")
    await page.get_by_role("button", name="Wrong answer").click()
    await expect(page.locator("#flags .tag")).to_have_text("Wrong answer")
    assert await page.title() != "owned"
    await check_access(page)
    await shoot(page, "transcript-remarks")
    await page.get_by_role("button", name="Take off").click()
    await expect(page.locator("#flags .tag")).to_have_count(0)
    await page.locator("#m2 .remark").get_by_role("button", name="Delete").click()
    await expect(page.locator("#m2 .remark")).to_have_count(0)


async def test_lists_are_accessible_fit_and_are_small(office: Office, new_page: NewPage) -> None:
    page = await sign_in(office, await new_page(), "mara")
    for name, path in {
        "filters": f"/transcripts?{QUERY}",
        "filters-wrong": "/transcripts?outcome=bogus&since=soon&q=comparison",
        "filters-zh": f"/transcripts?{QUERY}&language=zh",
        "filters-ru": f"/transcripts?{QUERY}&language=ru",
        "filters-es": f"/transcripts?{QUERY}&language=es",
    }.items():
        answer = await page.goto(office.url + path)
        assert answer is not None
        assert len(await answer.body()) < 100_000
        await page.locator(".add-filters > summary").click()
        if name in ("filters", "filters-wrong"):
            await check_access(page)
        await shoot(page, name)
    await page.goto(office.url + "/transcripts?language=en")


async def test_an_export_is_a_file(office: Office, new_page: NewPage, tmp_path: Path) -> None:
    page = await sign_in(office, await new_page(), "mara")
    await page.goto(f"{office.url}/transcripts?{QUERY}&language=en")
    await page.locator(".exports > summary").click()
    async with page.expect_download() as taken:
        await page.get_by_role("link", name="Talks: CSV").click()
    download = await taken.value
    assert download.suggested_filename == "conversations.csv"
    await download.save_as(tmp_path / "taken.csv")
    assert (tmp_path / "taken.csv").read_text().count("\n") == 3
