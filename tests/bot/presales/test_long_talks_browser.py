"""Long talks in a browser: from an earlier part to what was just said, and long messages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.bot.office import Office, open_office
from tests.bot.presales.test_long_talks import comment, long_talk
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
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with open_office(tmp_path_factory.mktemp("long-office")) as opened:
        await opened.add_staff("reader", "manager", "Mareike Tönnsen")
        yield opened


async def read_back(office: Office, page: Page, talk: str) -> None:
    """An earlier part of the talk, with the page's script at work."""
    await page.goto(f"{office.url}/inbox/{talk}?view=mine&part=1")
    await expect(page.locator("#keys-open")).to_be_visible()
    await expect(page.locator("#log")).to_have_attribute("data-part", "1")


async def test_what_is_said_from_an_earlier_part_is_shown(
    office: Office, new_page: NewPage
) -> None:
    talk = await long_talk(office, [f"Sentence {n}." for n in range(60)])
    page = await sign_in(office, await new_page(), "reader")
    await read_back(office, page, talk)
    await page.get_by_label("Internal note").fill("Read from the beginning.")
    await page.get_by_role("button", name="Save as note").click()
    note = page.locator(".message.note", has_text="Read from the beginning.")
    await expect(note).to_be_in_viewport()
    await expect(page.locator("#log")).to_have_attribute("data-part", "0")
    await page.get_by_role("button", name="Claim").click()
    await expect(page.get_by_text("You have this talk")).to_be_visible()
    await read_back(office, page, talk)
    await page.get_by_label("Reply to the prospect").fill("That is a long story.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(
        page.locator(".message.staff", has_text="That is a long story.")
    ).to_be_in_viewport()
    assert "view=mine" in page.url
    await page.reload()
    await expect(page.locator("#keys-open")).to_be_visible()
    await expect(page.locator("#words")).to_have_value("", timeout=5_000)


async def test_a_message_that_is_too_long_is_read_on_its_page(
    office: Office, new_page: NewPage
) -> None:
    talk = await long_talk(office, ["short", "<&" * 10_000])
    page = await sign_in(office, await new_page(), "reader")
    for path in ("inbox", "transcripts"):
        await page.goto(f"{office.url}/{path}/{talk}")
        await page.get_by_role("link", name="Show all 20000 characters").click()
        await page.wait_for_url(re.compile(rf"/{path}/{talk}/messages/\d+$"))
        await check_access(page)
        await page.get_by_role("link", name="Next").click()
        await expect(page.get_by_text("Page 2 of 2")).to_be_visible()
        await page.get_by_role("link", name="To the talk").click()
        await expect(page.locator(".message:target")).to_be_in_viewport()


async def test_earlier_comments_are_a_link_away(office: Office, new_page: NewPage) -> None:
    talk = await long_talk(office, ["one", "two"])
    await comment(office, talk, [f"On it all, {n}." for n in range(40)])
    await comment(office, talk, [f"On the second, {n}." for n in range(20)], 2)
    page = await sign_in(office, await new_page(), "reader")
    await page.goto(f"{office.url}/transcripts/{talk}")
    second = page.locator("#m2")
    await expect(second.get_by_text("On the second, 19.")).to_be_visible()
    await check_access(page)
    await shoot(page, "many-comments")
    await second.get_by_role("link", name="earlier").click()
    await expect(page.locator("#comments").get_by_text("On the second, 14.")).to_be_visible()
    await page.goto(f"{office.url}/inbox/{talk}")
    beside = page.locator("#remarks")
    await expect(beside.get_by_text("On the second, 19.")).to_be_visible()
    await beside.get_by_role("link", name="earlier").click()
    await expect(page.locator("#keys-open")).to_be_visible()
    await expect(beside.get_by_text("On the second, 19.")).to_be_hidden()
    await comment(office, talk, ["Something else."])
    office.deps.live.wake(talk)
    await page.wait_for_timeout(1_000)
    await expect(beside.get_by_text("On the second, 19.")).to_be_hidden()
