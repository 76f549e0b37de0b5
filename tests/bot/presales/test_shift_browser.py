"""A whole shift, everybody at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from tests.bot.presales.floor import Colleague, Floor, open_floor
from tests.bot.web.test_staff_browser import NewPage, browser, check_access, new_page

__all__ = ["browser", "new_page"]

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def floor(new_page: NewPage, tmp_path: Path) -> AsyncIterator[Floor]:
    async with open_floor(tmp_path, new_page) as opened:
        yield opened


async def test_everybody_at_once(floor: Floor) -> None:
    await three_ask_for_a_person(floor)
    await both_claim_at_the_same_moment(floor)


async def three_ask_for_a_person(floor: Floor) -> None:
    await asyncio.gather(
        floor.petra.say("We are a private retailer in Munich, about 180 people, own servers."),
        floor.wei.say("我们是上海的一家民营企业，大约60人"),
        floor.lucia.say("Somos una empresa privada de Madrid, unas 40 personas"),
    )
    for each in floor.prospects:
        print(await each.log.inner_text())
    await asyncio.gather(
        floor.petra.say("I would like to talk to a person"),
        floor.wei.say("我想找真人客服"),
        floor.lucia.say("Quiero hablar con una persona"),
    )
    for each in floor.staff:
        await expect(each.page.locator(".row")).to_have_count(3)
        await expect(each.page).to_have_title("(3) Inbox · Larkstall Software")
        for prospect, language in zip(floor.prospects, ("English", "Chinese", "Spanish")):
            await expect(each.row(prospect.talk)).to_contain_text(language)
            await expect(each.row(prospect.talk)).to_contain_text("Asked for a person")
    for prospect, words in zip(floor.prospects, ("A colleague", "同事", "un compañero")):
        await expect(prospect.page.locator("#status")).to_contain_text(words)
        print(await prospect.log.inner_text())


async def both_claim_at_the_same_moment(floor: Floor) -> None:
    """Both claims are on their way before the server sees the first."""
    talk, both, sent = floor.petra.talk, (floor.mareike, floor.jonas), asyncio.Event()
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)
        if len(held) == 2:
            sent.set()
        await sent.wait()
        await route.continue_()

    for each in both:
        await each.row(talk).locator("a").click()
        await each.page.wait_for_url(f"**/inbox/{talk}*")
        await each.page.route("**/claim", hold)
        await each.acts.get_by_role("button", name="Claim", exact=True).click()
    mine, other = (expect(each.state).to_contain_text("has this talk") for each in both), 0
    for each in both:
        await expect(each.state).to_contain_text("ha")
        print(each.name, await each.state.inner_text(), await each.page.locator("#said").inner_text())
