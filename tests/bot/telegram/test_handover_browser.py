"""The way from the chat window to Telegram, in real Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import BrowserContext, Page, Route, async_playwright, expect

from tests.bot.server import CHROMIUM, CHROMIUM_FLAGS
from tests.bot.telegram.lobby import BOT, Lobby, lobby
from tests.bot.telegram.website import Website, website

__all__ = ["lobby", "website"]
pytestmark = pytest.mark.browser

TELEGRAM = "https://t.me/**"


@pytest.fixture
async def context(website: Website) -> AsyncIterator[BrowserContext]:
    """A browser for which Telegram is a page of ours; a breach of a policy fails the test."""
    complaints: list[str] = []
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        made = await browser.new_context(base_url=str(website.client.base_url), locale="en-GB")
        made.on("weberror", lambda error: complaints.append(str(error.error)))

        async def answer(route: Route) -> None:
            await route.fulfill(body="<title>Telegram</title>", content_type="text/html")

        await made.route(TELEGRAM, answer)
        yield made
        await browser.close()
    assert complaints == []


async def open_chat(context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.goto("/chat")
    await expect(page.locator("#log .message.bot").first).to_be_visible()
    return page


async def code_of(page: Page) -> str:
    await page.wait_for_url(f"https://t.me/{BOT}?start=*")
    return page.url.partition("start=")[2]


async def test_the_talk_goes_on_in_a_new_tab(website: Website, context: BrowserContext) -> None:
    lobby = website.lobby
    page = await open_chat(context)
    await page.get_by_label("Your message").fill("We need a shop for bicycles")
    await page.get_by_label("Your message").press("Enter")
    await expect(page.locator("#log .message.bot").nth(1)).to_be_visible()
    await page.get_by_role("button", name="Menu").click()
    async with page.expect_popup() as opened:
        await page.get_by_role("button", name="Continue in Telegram").click()
    tab = await opened.value
    code = await code_of(tab)
    assert await tab.evaluate("window.opener") is None
    await expect(page.locator("#menu")).to_be_hidden()
    await lobby.start(code)
    await expect(page.locator("#log")).to_contain_text(lobby.text("telegram.in.continued"))
    await lobby.write("We are in Munich")
    await expect(page.locator("#log .message.prospect").last).to_contain_text("We are in Munich")
    await page.get_by_label("Your message").fill("and in Berlin")
    await page.get_by_label("Your message").press("Enter")
    await expect(page.locator("#unsent")).to_be_empty()
    await lobby.work()
    assert lobby.words()[-2:] == ["We are in Munich", "and in Berlin"]


async def test_by_keyboard_alone(website: Website, context: BrowserContext) -> None:
    page = await open_chat(context)
    await page.get_by_role("button", name="Menu").focus()
    await page.keyboard.press("Enter")
    for _ in range(10):
        if await page.evaluate("'telegram' in document.activeElement.dataset"):
            break
        await page.keyboard.press("Tab")
    focused = page.locator(":focus")
    await expect(focused).to_have_accessible_name("Continue in Telegram opens in a new tab")
    async with page.expect_popup() as opened:
        await page.keyboard.press("Enter")
    assert await code_of(await opened.value)
    await expect(page.get_by_role("button", name="Menu")).to_be_focused()


async def test_in_chinese(website: Website, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto("/chat?language=zh")
    await page.locator("#menu-button").click()
    await expect(page.locator("[data-telegram] span").first).to_have_text("在 Telegram 中继续")


async def test_without_a_bot_nothing_is_offered(
    lobby: Lobby, website: Website, context: BrowserContext
) -> None:
    lobby.hall.core.house.presence.usernames.clear()
    page = await open_chat(context)
    await page.get_by_role("button", name="Menu").click()
    await expect(page.get_by_role("button", name="Forget me")).to_be_visible()
    await expect(page.get_by_role("button", name="Continue in Telegram")).to_have_count(0)


async def test_what_cannot_be_done_is_said_and_no_empty_tab_stays(
    lobby: Lobby, website: Website, context: BrowserContext
) -> None:
    page = await open_chat(context)
    lobby.hall.core.house.presence.usernames.clear()  # it stopped since the page was made
    await page.get_by_role("button", name="Menu").click()
    async with page.expect_popup() as opened:
        await page.get_by_role("button", name="Continue in Telegram").click()
    tab = await opened.value
    if not tab.is_closed():
        await tab.wait_for_event("close")
    await expect(page.locator("#notice")).to_have_text(lobby.text("error.no_telegram"))


async def test_where_tabs_are_blocked_a_link_stands_ready(
    website: Website, context: BrowserContext
) -> None:
    page = await open_chat(context)
    await page.evaluate("window.open = () => null")
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_role("button", name="Continue in Telegram").click()
    link = page.get_by_role("link", name="Open Telegram")
    await expect(link).to_have_attribute("target", "_blank")
    href = await link.get_attribute("href")
    assert href
    assert href.startswith(f"https://t.me/{BOT}?start=")
