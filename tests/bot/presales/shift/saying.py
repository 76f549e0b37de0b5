"""What is said: words, files, notes, names, ready words and papers."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.bot.presales.shift.floor import JONAS, Colleague, Floor

PLAN = b"Three steps to the new shop"


async def words_and_a_file_reach_the_prospect_and_notes_do_not(
    floor: Floor, first: Colleague, second: Colleague
) -> None:
    petra = floor.petra
    file = {"name": "plan.txt", "mimeType": "text/plain", "buffer": PLAN}
    await first.page.locator("#picker").set_input_files(file)  # type: ignore[arg-type]
    await first.reply("Here is the plan")
    await expect(petra.log).to_contain_text("Here is the plan")
    async with petra.page.expect_download() as taken:
        await petra.log.get_by_role("link", name="plan.txt").click()
    assert (await (await taken.value).path()).read_bytes() == PLAN
    await expect(second.page.locator(".message.staff .papers")).to_contain_text("plan.txt")
    await first.note("They will haggle")
    await expect(second.page.locator(".message.note").last).to_contain_text("They will haggle")

    # What comes before one's eyes is read at once and counts nowhere.
    await petra.say("Thank you")
    await expect(first.page.locator(".message.prospect").last).to_contain_text("Thank you")
    await expect(first.page).to_have_title("(2) Munich · Larkstall Software")

    # What comes while one looks elsewhere counts in the tab's title, for who has the talk.
    await first.list()
    await petra.say("And the price of it?")
    await expect(first.page).to_have_title("(2) 1 new · Inbox · Larkstall Software")
    await expect(second.page.locator(".message.prospect").last).to_contain_text("the price of it")
    await expect(petra.log).not_to_contain_text("haggle")


async def a_colleague_is_named(floor: Floor, first: Colleague, second: Colleague) -> None:
    talk = floor.petra.talk
    await second.list("mine")
    await expect(second.page.get_by_text("You have no talk at the moment.")).to_be_visible()
    await first.open(talk)
    await first.note(f"@{second.name} do you know retail?")
    await expect(second.row(talk)).to_contain_text("You are named")
    await expect(second.page).to_have_title("(2) 1 new · Inbox · Larkstall Software")
    await second.row(talk).locator("a").click()
    await expect(second.page.locator(".message.note").last).to_contain_text("do you know retail?")
    await expect(second.page).not_to_have_title(re.compile("new"))
    await second.note("I do")
    await expect(first.page.locator(".message.note").last).to_contain_text("I do")
    await expect(floor.petra.log).not_to_contain_text("retail?")


async def everything_is_in_the_prospects_language(floor: Floor) -> None:
    """Ready words with what is known filled in, and a document by one click."""
    wei, jonas, log = floor.wei, floor.jonas, floor.wei.log
    await jonas.open(wei.talk)
    await jonas.claim()
    await expect(log).to_contain_text(f"{JONAS} 已加入对话")
    company = jonas.side.locator("#profile .gaps > dl > div", has_text="Company")
    await jonas.side.get_by_text("Not known yet").click()
    await company.get_by_text("Change").click()
    await company.locator("input[name=value]").fill("浦江灯具")
    await company.get_by_role("button", name="Save").click()
    await expect(floor.boss.row(wei.talk)).to_have_count(0)  # nobody waits there any more
    await expect(jonas.page.locator("#talk-title")).to_have_text("浦江灯具")
    await jonas.words.press_sequentially("/目标")
    await expect(jonas.page.locator("#suggest li").first).to_be_visible()
    await jonas.words.press("Tab")
    await expect(jonas.words).to_have_value(re.compile("为了给您和浦江灯具更合适的建议"))
    await jonas.words.press("Control+Enter")
    await expect(log.locator(".message.staff").last).to_contain_text("浦江灯具")

    paper = jonas.side.locator(".offers li").first
    title = await paper.locator("span").first.inner_text()
    await expect(paper.locator("span").first).to_have_attribute("lang", "zh")
    await paper.get_by_role("button", name="Send").click()
    card = log.locator(".message.staff a.card")
    await expect(card).to_contain_text(title)
    async with wei.page.expect_popup() as opened:
        await card.tap()
    await (await opened.value).close()
    await expect(jonas.page.locator("#log")).to_contain_text(f"Opened by the prospect: {title}")
