"""Later, and by phone: snoozes, a call that is asked for, a call that is noted down."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.bot.presales.shift.floor import JONAS, OPENS, THERE, Floor

PHONE = "+34 600 123 456"


async def the_prospect_asks_to_be_called(floor: Floor) -> None:
    """The office is closed: the times are those of the days on which it works."""
    lucia, mareike = floor.lucia, floor.mareike
    await mareike.open(lucia.talk)
    await lucia.log.get_by_role("button", name="Que me llamen").last.click()
    await expect(lucia.log).to_contain_text("¿A qué número")
    await lucia.say(PHONE)
    times = lucia.log.locator(".choices").last.get_by_role("button")
    await expect(times.first).to_have_text(re.compile(f"{THERE} .nuestra hora: {OPENS}\\)"))
    await times.first.click()
    await expect(lucia.log).to_contain_text("Un compañero llamará al +34600123456")
    await expect(mareike.side.locator(".tasks li")).to_contain_text("Call back")


async def it_sleeps_and_wakes(floor: Floor) -> None:
    talk, mareike, jonas = floor.lucia.talk, floor.mareike, floor.jonas
    await mareike.list()
    await expect(mareike.row(talk)).to_be_visible()
    await jonas.open(talk)
    form = await jonas.unfold("snooze")
    await form.get_by_role("button", name="30 min").click()
    await expect(jonas.state).to_contain_text("Snoozed until")
    await expect(mareike.row(talk)).to_have_count(0)
    await expect(mareike.page).to_have_title("Inbox · Larkstall Software")

    # A word of the prospect ends it, and so does a colleague.
    await floor.lucia.say("¿Hay alguien?")
    await expect(mareike.row(talk)).to_contain_text("¿Hay alguien?")
    await expect(jonas.state).not_to_contain_text("Snoozed until")
    form = await jonas.unfold("snooze")
    await form.get_by_role("button", name="Snooze", exact=True).click()
    await mareike.list("snoozed")
    await mareike.row(talk).locator("a").click()
    await mareike.acts.get_by_role("button", name="End the snooze").click()
    await expect(jonas.state).not_to_contain_text("Snoozed until")
    await expect(floor.boss.row(talk)).to_be_visible()
    await jonas.acts.get_by_role("button", name="Mark as unread").click()
    await expect(jonas.row(talk)).to_contain_text("1 new")


async def the_call_is_made(floor: Floor) -> None:
    lucia, mareike, page = floor.lucia, floor.mareike, floor.jonas.page
    await mareike.open(lucia.talk)
    await page.get_by_role("link", name="Calls").click()
    call = page.locator(".callslist li")
    await expect(call.get_by_role("link", name=PHONE.replace(" ", ""))).to_be_visible()
    await call.get_by_role("button", name="No answer").click()
    await expect(lucia.log).to_contain_text("no hemos podido hablar")
    await page.get_by_role("button", name="We talked").click()
    await expect(page.get_by_text("Nobody asked for a call.")).to_be_visible()
    await expect(mareike.state).to_contain_text(f"{JONAS} has this talk")
    await expect(mareike.page.locator("#log")).to_contain_text("talked with them on the phone")
    await expect(floor.boss.page).to_have_title("Inbox · Larkstall Software")


async def a_call_is_noted_and_joined(floor: Floor) -> None:
    lucia, jonas = floor.lucia, floor.jonas
    page = jonas.page
    await page.get_by_role("link", name="Note down a call").click()
    await page.get_by_label("What was said").fill("She rang again: two shops, Madrid and Vigo")
    await page.get_by_label("Name", exact=True).fill("Lucía Prado")
    await page.get_by_label("Phone").fill(PHONE)
    await page.get_by_role("button", name="Keep").click()
    await page.wait_for_url("**/inbox/*")
    await expect(page.locator("#talk-title")).to_have_text("Lucía Prado")
    twins = jonas.side.locator(".twins")
    await expect(twins).to_contain_text("same phone")
    await twins.get_by_role("button", name="Join").click()
    # Whoever looks at the other talk sees it come.
    joined = floor.mareike.side.locator('[data-key="joined"]')
    await expect(joined).to_contain_text("Lucía Prado")
    await joined.get_by_role("button", name="Take off").click()
    await expect(twins).to_contain_text("same phone")
    await page.goto(f"{jonas.url}/inbox/{lucia.talk}")
    await jonas.has_it()
