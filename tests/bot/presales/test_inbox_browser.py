"""The inbox as pre-sales use it all day: keys, composer, side panel, undo, phone, notifications."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.bot.office import Office, open_office
from tests.bot.web.test_staff_browser import NewPage, browser, check_access, new_page, sign_in

__all__ = ["browser", "new_page"]

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
MATE = "Jonas Okafor"  # a person of the pack
AWAY = "Tomasz Reil"  # another, without an account
# A browser that grants notifications and keeps what it would have shown; nobody looks at its page.
RECORDER = """
window.shown = [];
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (Notification.permission = "granted"); }
  constructor(text, options) { window.shown.push([text, options.tag]); }
  addEventListener() {}
};
Object.defineProperty(document, "hidden", { get: () => true });
"""


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with open_office(tmp_path_factory.mktemp("inbox-office")) as opened:
        for name, shown in (("owner", "Mareike Tönnsen"), ("mate", MATE), ("other", "Nora Quist")):
            await opened.add_staff(name, "owner" if name == "owner" else "presales", shown)
        yield opened


async def at_talk(office: Office, page: Page, talk: str, claim: bool = True) -> None:
    """The talk's page, with its script at work."""
    await page.goto(f"{office.url}/inbox/{talk}")
    await expect(page.locator("#keys-open")).to_be_visible()
    if claim:
        await page.keyboard.press("c")
        await expect(page.get_by_text("You have this talk")).to_be_visible()


# --- keys ----------------------------------------------------------------------------------------


async def test_a_whole_shift_without_a_mouse(office: Office, new_page: NewPage) -> None:
    first = await office.escalate(company="First Co")
    await office.escalate(company="Second Co")
    page = await sign_in(office, await new_page(viewport=DESK), "owner")
    keys = page.keyboard
    await expect(page.locator("#keys-open")).to_be_visible()

    # Through the list and into a talk.
    await keys.press("j")
    await expect(page.locator(".row a").first).to_be_focused()
    await keys.press("j")
    await expect(page.locator(".row a").nth(1)).to_be_focused()
    await keys.press("k")
    await expect(page.locator(".row a").first).to_be_focused()
    await expect(page.locator(".row a").first).to_contain_text("First Co")
    await keys.press("Enter")
    await page.wait_for_url(f"**/inbox/{first}*")
    await expect(page.locator("#keys-open")).to_be_visible()

    # Claim, reply, note with a colleague's name.
    await keys.press("c")
    await expect(page.get_by_text("You have this talk")).to_be_visible()
    await keys.press("r")
    await keys.type("jkcx? all stay words here")
    await expect(page.get_by_label("Reply to the prospect")).to_have_value(
        "jkcx? all stay words here"
    )
    await expect(page.locator("#keys")).not_to_have_attribute("open", "")
    await keys.press("Control+Enter")
    await expect(page.locator(".message.staff")).to_contain_text("jkcx? all stay words here")
    await keys.press("Escape")
    await keys.press("n")
    await keys.type("@tom")
    await expect(page.locator("#suggest li")).to_have_text([AWAY])
    await keys.press("Enter")
    await keys.type("please look")
    await keys.press("Control+Enter")
    await expect(page.locator(".message.note").last).to_contain_text(f"@{AWAY} please look")
    await keys.press("Escape")

    # Stage, profile, a document: each is reached by its key.
    await keys.press("t")
    await expect(page.get_by_label("Stage")).to_be_focused()
    await page.locator("#talk-title").focus()
    await keys.press("e")
    await expect(page.locator(".edit[open] input").last).to_be_focused()
    await page.locator("#talk-title").focus()
    await keys.press("d")
    await expect(page.locator("#papers button").first).to_be_focused()
    await keys.press("Enter")
    await expect(page.locator(".message.staff .papers").last).to_be_visible()

    # Close, undo, snooze, and on to another list.
    await keys.press("x")
    await expect(page.locator("#acts").get_by_label("Reason")).to_be_focused()
    await page.get_by_role("button", name="Close the talk").press("Enter")
    await expect(page.locator(".state")).to_contain_text("Closed")
    await expect(page.locator("#undoable")).to_be_visible()
    await keys.press("u")
    await expect(page.get_by_text("You have this talk")).to_be_visible()
    await expect(page.locator("#undoable")).to_be_hidden()
    await keys.press("s")
    await expect(page.get_by_role("button", name="30 min")).to_be_focused()
    await keys.press("Enter")
    await expect(page.locator(".state")).to_contain_text("Snoozed until")
    await keys.press("g")
    await keys.press("s")
    await page.wait_for_url("**/inbox?view=snoozed")
    await expect(page.locator(".row")).to_contain_text("First Co")

    # The sheet holds the focus, shuts on Escape, and can switch single keys off.
    await expect(page.locator("#keys-open")).to_be_visible()
    await keys.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    await expect(sheet).to_be_visible()
    await sheet.get_by_label("Use single keys").uncheck()
    await keys.press("Escape")
    await expect(sheet).to_be_hidden()
    await expect(page).to_have_url(f"{office.url}/inbox?view=snoozed")
    await keys.press("/")
    await expect(page.locator("#find")).not_to_be_focused()
    await page.locator("#keys-open").press("Enter")
    await sheet.get_by_label("Use single keys").check()
    await keys.press("Escape")
    await keys.press("/")
    await expect(page.locator("#find")).to_be_focused()
    await keys.type("Second")
    await keys.press("Enter")
    await expect(page.locator(".row")).to_have_count(1)
    await expect(page.locator(".row")).to_contain_text("Second Co")


# --- the lead ------------------------------------------------------------------------------------


async def test_the_panel_beside_the_talk(office: Office, new_page: NewPage) -> None:
    twin = await office.escalate(name="Petra", company="Nordhem", email="petra@nordhem.example")
    talk = await office.escalate(
        name="Petra", company="Nordhem", email="petra@nordhem.example", city="Munich"
    )
    page = await sign_in(office, await new_page(viewport=DESK), "owner")
    await at_talk(office, page, talk)
    side = page.locator("#side")

    # Words that are ready come into the reply, filled in; sending is still one's own.
    await side.get_by_role("button", name="Use", exact=True).click()
    words = page.get_by_label("Reply to the prospect")
    await expect(words).to_have_value("Hello Petra, this is Mareike Tönnsen, in person. I have read"
        " along, so you need not repeat anything. What matters most to you?")  # fmt: skip
    await words.fill("")
    await side.locator("#ready summary").click()
    await side.get_by_placeholder("Search ready words").fill("one moment")
    await expect(side.locator("[data-ready]:visible")).to_have_count(1)
    await side.get_by_role("button", name="Use: One moment").click()
    assert "{{" not in await words.input_value()
    assert len(await words.input_value()) > 10

    # A fact changed in place says who entered it, for everybody.
    city = side.locator("#profile > dl > div", has_text="City")
    await city.get_by_text("Change").click()
    await city.locator("input[name=value]").fill("Graz")
    await city.get_by_role("button", name="Save").click()
    await expect(city).to_contain_text("entered by Mareike Tönnsen")
    await expect(city.locator("summary")).to_be_focused()
    await expect(page.locator("#brief")).to_contain_text("Graz")
    await page.locator("#undoable button").click()
    await expect(page.locator("#talk-title")).to_be_focused()
    await expect(city).not_to_contain_text("Graz")

    # A document in one click; the timeline tells it, and can show events or messages alone.
    title = await side.locator(".offers li > span").first.inner_text()
    await side.get_by_role("button", name=f"Send: {title}").click()
    await expect(page.locator(".message.staff")).to_contain_text(title)
    await expect(page.locator(".happened", has_text="Document given")).to_contain_text(title)
    await page.get_by_role("link", name="Events", exact=True).click()
    await expect(page.locator(".message.staff")).to_be_hidden()
    await expect(page.locator(".happened", has_text="Document given")).to_be_visible()
    await page.get_by_role("link", name="Messages", exact=True).click()
    await expect(page.locator(".happened", has_text="Document given")).to_be_hidden()
    await page.locator("#brief .seq").first.click()
    await expect(page.locator(".message:target")).to_be_visible()

    # The same person's other talk, a task, and the verdict on the brief.
    twins = side.locator(".twins")
    await expect(twins).to_contain_text("same e-mail")
    await twins.get_by_role("button", name="Join").click()
    await expect(side.locator('[data-key="joined"] a')).to_have_attribute(
        "href", f"/inbox/{twin}?view=waiting"
    )
    await side.get_by_text("Add a task").click()
    await side.get_by_label("What to do").select_option("Call back")
    await side.locator('[data-key="new-task"]').get_by_role("button", name="Save").click()
    await expect(side.locator(".tasks li")).to_contain_text("Call back")
    await page.get_by_role("button", name="Yes, accept it").click()
    await expect(page.locator("#verdict")).to_contain_text("Brief accepted")
    await check_access(page)


# --- the composer --------------------------------------------------------------------------------


async def test_no_word_is_lost_on_the_way(
    office: Office, new_page: NewPage, tmp_path: Path
) -> None:
    prospect = await office.open_prospect()
    talk = prospect.conversation
    await office.say(talk, "A person, please", "talk_to_human")
    page = await sign_in(office, await new_page(viewport=DESK), "owner")
    await at_talk(office, page, talk)
    words = page.get_by_label("Reply to the prospect")

    # A draft outlives the page, in this talk alone.
    await words.fill("Half a thought")
    other = await office.escalate()
    await at_talk(office, page, other, claim=False)
    await expect(page.locator("#words")).to_have_value("")
    await page.goto(f"{office.url}/inbox/{talk}")
    await expect(words).to_have_value("Half a thought")

    # Files are chosen, removed again, and go with the words.
    for name in ("offer.txt", "wrong.txt"):
        (tmp_path / name).write_text(f"This is {name}")
    await page.locator("#picker").set_input_files([tmp_path / "offer.txt", tmp_path / "wrong.txt"])
    await page.get_by_role("button", name="Remove wrong.txt").click()
    await words.fill("Here is the offer")

    # The line is cut: the words stay, and a second try sends them once.
    await page.route("**/reply", lambda route: route.abort())
    await words.press("Control+Enter")
    await expect(page.locator("#sending")).to_contain_text("Sending")
    await expect(page.locator("#sending")).to_contain_text("Not sent yet", timeout=20_000)
    await expect(words).to_have_value("Here is the offer")
    await page.unroute("**/reply")
    await page.locator("#sending").get_by_role("button", name="Try again").click()
    await expect(page.locator(".message.staff")).to_contain_text("Here is the offer")
    await expect(words).to_have_value("")
    await expect(page.locator(".message.staff .papers a")).to_have_text("offer.txt")
    await expect(page.locator("#chosen li")).to_have_count(0)
    seen = [each for each in await prospect.read() if each["author"] == "staff"]
    assert [each["text"] for each in seen] == ["Here is the offer"]
    assert [each["title"] for each in seen[0]["attachments"]] == ["offer.txt"]

    # Ready words by a slash; a note looks like a note and never reaches the prospect.
    await words.fill("")
    await words.press_sequentially("/moment")
    await expect(page.locator("#suggest li").first).to_have_attribute("aria-selected", "true")
    await words.press("Tab")
    assert "/moment" not in await words.input_value()
    assert await words.input_value()
    white = await page.locator("#composer").evaluate("node => getComputedStyle(node).background")
    await page.get_by_role("radio", name="Note").check()
    yellow = await page.locator("#composer").evaluate("node => getComputedStyle(node).background")
    assert white != yellow
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_hidden()
    await page.get_by_label("Internal note").fill("Between us")
    await page.get_by_role("button", name="Save as note").click()
    await expect(page.locator(".message.note").last).to_contain_text("Between us")
    assert "Between us" not in str(await prospect.read())

    # Signed out meanwhile: the words stay, and the way in leads back to them.
    told = {"error": "You are signed out."}
    await page.route("**/note", lambda route: route.fulfill(status=401, json=told))
    await page.get_by_label("Internal note").fill("One thing more")
    await page.get_by_role("button", name="Save as note").click()
    way = page.locator("#sending").get_by_role("link", name="Sign in")
    await expect(way).to_have_attribute("href", f"/signin?next=%2Finbox%2F{talk}")
    await expect(page.locator("#words")).to_have_value("One thing more")


# --- two at once, and the bell -------------------------------------------------------------------


async def test_two_colleagues_see_each_other_at_once(office: Office, new_page: NewPage) -> None:
    talk = await office.escalate(company="Both Look Ltd")
    one = await sign_in(office, await new_page(viewport=DESK), "mate")
    two = await sign_in(office, await new_page(viewport=DESK), "other")
    for page in (one, two):
        await at_talk(office, page, talk, claim=False)
    await one.keyboard.press("c")
    await expect(two.get_by_text(f"{MATE} has this talk")).to_be_visible()
    await expect(two.get_by_role("button", name="Claim", exact=True)).to_have_count(0)
    await expect(two.get_by_role("radio", name="Reply")).to_have_count(0)
    await one.locator("#undoable button").click()
    await expect(two.get_by_role("button", name="Claim", exact=True)).to_be_visible()
    await two.keyboard.press("c")
    await expect(one.get_by_text("Nora Quist has this talk")).to_be_visible()
    await two.keyboard.press("p")
    await two.locator("#acts select[name=to]").select_option(MATE)
    await two.locator("#acts").get_by_label("Note").fill("Yours, I think")
    await two.get_by_role("button", name="Pass on").press("Enter")
    await expect(one.locator(".state")).to_contain_text(f"Rung for {MATE}")
    await expect(one.locator("#log")).to_contain_text("Yours, I think")

    # What comes in while one looks elsewhere counts in the title.
    await one.keyboard.press("c")
    await expect(one.get_by_text("You have this talk")).to_be_visible()
    await one.goto(office.url + "/inbox?view=mine")
    await expect(one.locator(".row")).to_contain_text("Both Look Ltd")
    await office.say(talk, "Anybody there?")
    await expect(one.locator(".row.unread")).to_contain_text("1 new")
    assert "1 new · Inbox" in await one.title()


async def test_notifications_come_only_where_they_were_chosen(
    office: Office, new_page: NewPage
) -> None:
    page = await new_page()
    await page.add_init_script(RECORDER)
    await sign_in(office, page, "other")
    await office.escalate(company="Too Early Ltd")
    await expect(page.locator("#queue")).to_contain_text("Too Early Ltd")
    button = page.locator("#alerts")
    await expect(button).to_have_text("Notifications: off")
    assert await page.evaluate("window.shown") == []
    await button.click()
    await expect(button).to_have_text("Notifications: on")
    talk = await office.escalate(company="Heard Ltd")
    await expect(page.locator("#queue")).to_contain_text("Heard Ltd")
    assert await page.evaluate("window.shown") == [["Heard Ltd is waiting", f"firstline-{talk}"]]
    # A new message in one's own talk, too, once it was read so far.
    assert (await page.context.request.get(f"{office.url}/inbox/{talk}")).ok
    token = await page.locator("form [name=form_token]").first.get_attribute("value")
    claimed = await page.context.request.post(
        f"{office.url}/inbox/{talk}/claim", headers={"X-Form-Token": token or ""}
    )
    assert claimed.ok
    await expect(page.locator("#queue")).not_to_contain_text("Heard Ltd")
    await office.say(talk, "Are you there?")
    await expect(page).to_have_title(re.compile(r"^\(\d+\) 1 new · Inbox · Larkstall Software$"))
    assert (await page.evaluate("window.shown"))[1:] == [
        ["New from Heard Ltd", f"firstline-{talk}"]
    ]
    await button.click()
    await office.escalate(company="Too Late Ltd")
    await expect(page.locator("#queue")).to_contain_text("Too Late Ltd")
    assert len(await page.evaluate("window.shown")) == 2


# --- how it looks --------------------------------------------------------------------------------


async def test_on_a_phone_list_and_talk_are_two_screens(office: Office, new_page: NewPage) -> None:
    talk = await office.escalate(company="Pocket & Long Name of a Company GmbH", city="Graz")
    page = await sign_in(office, await new_page(viewport=PHONE, has_touch=True), "owner")
    await expect(page.locator(".list")).to_be_visible()
    await check_access(page)
    await page.locator(".row a", has_text="Pocket").tap()
    await page.wait_for_url(f"**/inbox/{talk}*")
    await expect(page.locator(".list")).to_be_hidden()
    await expect(page.locator("#keys-open")).to_be_attached()
    await page.get_by_role("button", name="Claim", exact=True).tap()
    await expect(page.get_by_text("You have this talk")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    # The panel is a sheet; it shuts, and what is to be touched is large enough.
    side = page.locator("#side")
    await expect(side).to_be_hidden()
    await page.get_by_role("link", name="Lead").tap()
    await expect(side).to_be_visible()
    await check_access(page)
    small = await page.evaluate(
        """[...document.querySelectorAll("main button, main select, main summary.button,"
            + " main input:not([type=hidden], [type=radio]), .row a, a.button")]
        .filter((node) => node.offsetParent && !node.closest(".sr"))
        .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect().height])
        .filter(([, height]) => height < 44)"""
    )
    assert small == []
    await page.get_by_role("link", name="Back to the talk").tap()
    await expect(side).to_be_hidden()
    await page.locator("summary", has_text="Snooze").tap()
    await expect(page.get_by_role("button", name="30 min")).to_be_in_viewport()
    await page.keyboard.press("Escape")
    await page.get_by_role("link", name="Back to the list").tap()
    await expect(page.locator(".list")).to_be_visible()


async def test_menus_shut_on_escape_and_on_a_click_elsewhere(
    office: Office, new_page: NewPage
) -> None:
    talk = await office.escalate()
    page = await sign_in(office, await new_page(viewport=DESK), "owner")
    await page.goto(office.url + "/funnel")
    menu = page.locator(".places-of", has_text="Teach")
    for key in ("Escape", ""):
        await menu.locator("summary").click()
        await expect(menu.locator("a").first).to_be_visible()
        await (page.keyboard.press(key) if key else page.mouse.click(700, 700))
        await expect(menu.locator("a").first).to_be_hidden()
    await page.goto(f"{office.url}/inbox/{talk}?language=ru")
    await expect(page.locator("#keys-open")).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Клавиши")).to_be_visible()
    await check_access(page)
    await page.keyboard.press("Escape")
    await page.locator("summary", has_text="Отложить").click()
    await check_access(page)
    for language, title in (("zh", "快捷键"), ("es", "Teclas")):
        await page.goto(f"{office.url}/inbox/{talk}?language={language}")
        await expect(page.locator("#keys-open")).to_have_text(title)
    await page.goto(f"{office.url}/inbox?language=en")
