"""What a manager does, and what each role sees of it."""

from __future__ import annotations

from playwright.async_api import expect

from tests.bot.presales.shift.floor import BOSS, Colleague, Floor


async def the_manager_reads(floor: Floor) -> None:
    jonas, page = floor.jonas, floor.boss.page
    await page.locator(".places summary", has_text="Transcripts").click()
    await page.get_by_role("link", name="Transcripts", exact=True).click()
    await page.locator(".add-filters > summary").click()
    await page.locator(".add-filters input[name=city]").fill("Munich")
    await page.get_by_role("button", name="Show these talks").click()
    for name, shared in (("Munich for all", True), ("Munich for me", False)):
        await page.locator(".saved-views > summary").click()
        form = page.locator(".saved-views form.fields")
        await form.get_by_label("Keep these filters as").fill(name)
        await form.get_by_label("Show to all colleagues").set_checked(shared)
        await form.get_by_role("button", name="Keep").click()
    await expect(page.locator(".saved-views .count")).to_have_text("2")
    await page.locator("td.who a").click()
    await expect(page.locator(".message.note").first).to_contain_text("They will haggle")
    await jonas.open(floor.petra.talk)
    await page.get_by_label("Comment on this talk").fill("Well caught, go for it")
    await page.get_by_role("button", name="Add comment").last.click()
    remarks = jonas.side.locator('[data-key="remarks"]')
    await expect(remarks).to_contain_text("Well caught, go for it")
    await expect(remarks).to_contain_text(BOSS)
    await page.get_by_role("button", name="Good example").click()
    await expect(remarks).to_contain_text("Good example")


async def each_sees_what_is_theirs(floor: Floor, first: Colleague, second: Colleague) -> None:
    """The second has the talk. A manager may act on it, a colleague may not, nor judge it."""
    boss, page = floor.boss.page, first.page
    await floor.boss.open(floor.petra.talk)
    await first.open(floor.petra.talk)
    await expect(floor.boss.acts.locator("summary")).to_contain_text(["Hand back", "Pass on"])
    await expect(first.acts.locator("summary")).to_have_count(0)
    await page.goto(f"{first.url}/transcripts?city=munich")
    await page.locator(".saved-views > summary").click()
    await expect(page.get_by_role("link", name="Munich for all")).to_be_visible()
    await expect(page.get_by_text("Munich for me")).to_have_count(0)
    await page.locator("td.who a").click()
    await expect(page.locator("#comments")).to_contain_text("Well caught, go for it")
    await expect(page.locator("textarea")).to_have_count(0)
    await page.goto(first.url + "/reviews")
    await expect(page.get_by_text("Your role does not include this page.")).to_be_visible()
    await boss.locator("#talk-title").focus()
    form = await floor.boss.unfold("hand-back")
    await form.get_by_role("button", name="Give it to the assistant").click()
    await expect(second.state).to_contain_text("The assistant is talking")
    await expect(floor.petra.log).to_contain_text("The assistant goes on")
