"""Calls, own settings and the service report in real Chromium: keyboard, widths, accessibility."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot import records
from storage import conversations
from tests.bot.office import Office
from tests.bot.web.test_staff_browser import (
    HOSTILE,
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


async def plan_call(office: Office, name: str) -> str:
    talk = await office.escalate(phone="+4989123456", name=name, city="Madrid")
    await office.do(talk, "choice", value="call_back")
    row = office.db.peek(lambda tx: conversations.load(tx, talk))
    assert row is not None
    question = records.read_state(row.state).question
    assert question is not None
    await office.do(talk, "choice", value=question.options[0], question=question.number)
    return talk


async def test_a_shift_at_the_telephone(office: Office, new_page: NewPage) -> None:
    talk = await plan_call(office, HOSTILE)
    page = await colleague(office, new_page, "presales", "Carla Caller")
    await page.goto(office.url + "/calls")
    await expect(page.get_by_role("link", name="+4989123456")).to_be_visible()
    await check_access(page)
    await shoot(page, "calls")
    later = page.get_by_text("Another time")
    await later.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("When")).to_be_visible()
    await page.get_by_role("button", name="We talked").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nobody asked for a call.")).to_be_visible()
    row = office.db.peek(lambda tx: conversations.load(tx, talk))
    assert row is not None
    assert row.owner == "human"
    assert await page.title() != "owned"


async def test_a_call_is_noted_down_and_opens_as_a_lead(office: Office, new_page: NewPage) -> None:
    page = await colleague(office, new_page, "presales", "Nora Notes")
    await page.goto(office.url + "/calls/new")
    await check_access(page)
    await shoot(page, "call-new")
    await page.get_by_label("What was said").fill(f"They want two shops. {HOSTILE}")
    await page.get_by_label("Name", exact=True).fill(HOSTILE)
    await page.get_by_label("E-mail").fill("nobody")
    await page.get_by_role("button", name="Keep").click()
    await expect(page.get_by_role("alert")).to_contain_text("E-mail")
    await check_access(page)
    assert await page.get_by_label("Name", exact=True).input_value() == HOSTILE
    await page.get_by_label("E-mail").fill("olga@example.org")
    await page.get_by_role("button", name="Keep").click()
    await page.wait_for_url(lambda url: "/inbox/" in url)
    await expect(page.get_by_text("They want two shops.").first).to_be_visible()
    assert await page.title() != "owned"


async def test_own_settings_and_the_report(office: Office, new_page: NewPage) -> None:
    late = await office.escalate()
    office.clock.ahead += 3_600_000
    page = await colleague(office, new_page, "manager", "Mona Manager")
    await page.goto(office.url + "/account")
    await page.get_by_label("I am away").check()
    await page.get_by_label("Talks at once").fill("4")
    await page.get_by_role("button", name="Keep").click()
    await expect(page.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
    await expect(page.get_by_label("I am away")).to_be_checked()
    await check_access(page)
    await shoot(page, "account")
    await page.goto(office.url + "/service")
    await expect(page.locator(f'a[href="/transcripts/{late}"]')).to_be_visible()
    await check_access(page)
    await shoot(page, "service")
