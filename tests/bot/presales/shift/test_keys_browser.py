"""A whole shift of pre-sales with the keyboard alone, from signing in to signing out.

Nothing is clicked, nothing is filled in that no key has led to, and the page says at the end
whether it ever felt a mouse. Each page on the way is passed through the accessibility engine.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.bot.office import PASSWORD, Office, open_office
from tests.bot.presales.test_calls_browser import plan_call
from tests.bot.web.test_staff_browser import NewPage, browser, check_access, new_page

__all__ = ["browser", "new_page"]

pytestmark = pytest.mark.browser
NORA, MATE = "Nora Quist", "Jonas Okafor"
DESK = {"width": 1440, "height": 900}
MOUSE_TRAP = """
for (const kind of ["pointerdown", "mousedown", "touchstart", "wheel"]) {
  addEventListener(kind, (event) => {
    if (event.isTrusted) sessionStorage.setItem("mouse", kind);
  }, true);
}
"""


@dataclass(frozen=True)
class Hands:
    """Ten fingers on the keys of one page."""

    page: Page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def tab_to(self, wanted: Locator, key: str = "Tab") -> None:
        """On with Tab (or Shift+Tab) until the element has the focus."""
        await expect(wanted).to_be_attached()
        for _ in range(90):
            await self.page.keyboard.press(key)
            if await wanted.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"{wanted} is not reached with {key}")

    async def choose(self, option: str) -> None:
        """In the list that has the focus, by the first letters."""
        await self.type(option)
        chosen = "document.activeElement.selectedOptions[0].text"
        assert await self.page.evaluate(chosen) == option

    async def arrive(self) -> None:
        """The page's script is at work, and nothing is wrong with the page."""
        await expect(self.page.locator("#keys-open")).to_be_visible()


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with open_office(tmp_path_factory.mktemp("keys-office")) as opened:
        await opened.add_staff("nora", "presales", NORA)
        await opened.add_staff("jonas", "presales", MATE)
        yield opened


async def test_from_signing_in_to_signing_out(
    office: Office, new_page: NewPage, tmp_path: Path
) -> None:
    who = {"name": "Petra", "company": "First Co", "email": "petra@first.example"}
    await office.escalate(**{**who, "city": "Graz"})
    first = await office.escalate("A person, if you please", **who, city="Munich")
    await office.escalate("I need a person", company="Second Co")
    await plan_call(office, "Lucía")
    page = await new_page(viewport=DESK)
    await page.add_init_script(MOUSE_TRAP)
    hands = Hands(page)
    await sign_in(office, hands)
    await open_the_second_row(hands, first)
    await claim_and_accept(hands)
    await write(hands, tmp_path)
    await see_to_the_lead(hands)
    await join_the_duplicate(hands)
    await put_off_and_take_up_again(hands)
    await pass_on_hand_back_and_close(hands)
    await send_a_brief_back(hands)
    await make_and_note_calls(hands)
    await office.index()
    await look_it_up(hands)
    await sign_out(hands)
    assert await page.evaluate("sessionStorage.getItem('mouse')") is None


async def sign_in(office: Office, hands: Hands) -> None:
    await hands.page.goto(office.url + "/signin")
    await check_access(hands.page)
    await hands.tab_to(hands.page.get_by_label("Name"))
    await hands.type("nora")
    await hands.press("Tab")
    await hands.type(PASSWORD)
    await hands.press("Enter")
    await hands.page.wait_for_url("**/inbox*")


async def open_the_second_row(hands: Hands, talk: str) -> None:
    page = hands.page
    await hands.arrive()
    await expect(page).to_have_title("(4) Inbox · Larkstall Software")
    await check_access(page)
    await hands.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await check_access(page)
    await hands.press("Escape")
    await hands.press("j", "j", "j", "k")
    await expect(page.locator(".row a").nth(1)).to_be_focused()
    await hands.press("Enter")
    await page.wait_for_url(f"**/inbox/{talk}*")
    await hands.arrive()
    await check_access(page)


async def claim_and_accept(hands: Hands) -> None:
    page = hands.page
    await hands.press("c")
    await expect(page.get_by_text("You have this talk")).to_be_visible()
    await hands.tab_to(page.get_by_role("button", name="Yes, accept it"))
    await hands.press("Enter")
    await expect(page.locator("#verdict")).to_contain_text("Brief accepted")


async def write(hands: Hands, folder: Path) -> None:
    """Ready words, a file, and a note with a colleague's name."""
    page, words = hands.page, hands.page.locator("#words")
    await hands.press("r")
    await hands.type("/greet")
    await expect(page.locator("#suggest li").first).to_be_visible()
    await hands.press("Enter")
    await expect(words).to_have_value(
        f"Hello Petra, this is {NORA} from Larkstall Software. I have read what you wrote and I"
        " am here for you now. What matters most to you?"
    )
    await hands.press("Control+Enter")
    await expect(page.locator(".message.staff").last).to_contain_text("Hello Petra")
    (folder / "offer.txt").write_text("The offer")
    async with page.expect_file_chooser() as asked:
        await hands.tab_to(page.get_by_role("button", name="Attach files"))
        await hands.press("Enter")
    await (await asked.value).set_files(folder / "offer.txt")
    await expect(page.locator("#chosen li")).to_contain_text("offer.txt")
    await hands.press("r")
    await hands.type("Here it is")
    await hands.press("Control+Enter")
    await expect(page.locator(".message.staff .papers").last).to_contain_text("offer.txt")
    await hands.press("Escape", "n")
    await hands.type("@jon")
    await expect(page.locator("#suggest li")).to_have_text([MATE])
    await hands.press("Enter")
    await hands.type("have a look")
    await hands.press("Control+Enter")
    await expect(page.locator(".message.note").last).to_contain_text(f"@{MATE} have a look")
    await hands.press("Escape")


async def see_to_the_lead(hands: Hands) -> None:
    """Stage with undo, profile, a document, a task."""
    page, side = hands.page, hands.page.locator("#side")
    await hands.press("t")
    await hands.choose("Contract")
    await hands.press("Tab", "Enter")
    await expect(page.locator("#undoable")).to_contain_text("Stage set.")
    await hands.press("u")
    await expect(page.get_by_label("Stage")).to_have_value("consultation")
    await hands.press("e")
    await expect(page.locator(".edit[open] input").last).to_be_focused()
    await hands.press("Control+a")
    await hands.type("Petra Lindqvist")
    await hands.press("Enter")
    await expect(page.locator("#brief")).to_contain_text("Petra Lindqvist")
    await hands.press("d")
    await expect(page.locator("#papers button").first).to_be_focused()
    await hands.press("Enter")
    await expect(page.locator(".happened", has_text="Document given")).to_be_visible()

    tasks = side.locator('[data-key="tasks"]')
    await hands.press("d")
    await hands.tab_to(tasks.locator("summary"))
    await hands.press("Enter", "Tab")
    await hands.choose("Follow up")
    await hands.tab_to(tasks.get_by_label("Note"))
    await hands.type("Ring on Friday")
    await hands.press("Enter")
    await expect(tasks.locator("li")).to_contain_text("Ring on Friday")
    await hands.press("d")
    await hands.tab_to(tasks.get_by_role("button", name="Mark as done"))
    await hands.press("Enter")
    await expect(tasks.locator("li.done")).to_contain_text("Ring on Friday")


async def join_the_duplicate(hands: Hands) -> None:
    twins = hands.page.locator(".twins")
    await hands.press("d")
    await hands.tab_to(twins.get_by_role("button", name="Join"), "Shift+Tab")
    await hands.press("Enter")
    await expect(hands.page.locator('[data-key="joined"]')).to_contain_text("First Co")
    await expect(twins).to_have_count(0)
    await check_access(hands.page)


async def put_off_and_take_up_again(hands: Hands) -> None:
    page = hands.page
    await hands.press("s")
    await expect(page.get_by_role("button", name="30 min")).to_be_focused()
    await hands.press("Enter")
    await expect(page.locator(".state")).to_contain_text("Snoozed until")
    await hands.press("g", "s")
    await page.wait_for_url("**/inbox?view=snoozed")
    await hands.arrive()
    await hands.press("j", "Enter")
    await page.wait_for_url("**/inbox/*")
    await hands.arrive()
    await hands.tab_to(page.get_by_role("button", name="End the snooze"))
    await hands.press("Enter")
    await expect(page.locator(".state")).not_to_contain_text("Snoozed until")


async def pass_on_hand_back_and_close(hands: Hands) -> None:
    page, state = hands.page, hands.page.locator("#talk-head .state")
    await hands.press("p")
    await hands.choose(MATE)
    await hands.press("Tab")
    await hands.type("Yours, I think")
    await hands.press("Tab", "Enter")
    await expect(state).to_contain_text(f"Rung for {MATE}")
    await hands.press("c")
    await expect(state).to_contain_text("You have this talk")
    await hands.press("h")
    await hands.choose("An offer will come")
    await hands.press("Tab")
    await hands.type("They need it by May")
    await hands.press("Enter")
    await expect(state).to_contain_text("The assistant is talking")
    await hands.press("c")
    await expect(state).to_contain_text("You have this talk")
    await hands.press("x")
    await hands.choose("No budget")
    await hands.press("Tab", "Enter")
    await expect(state).to_contain_text("No budget")
    await hands.press("c")
    await expect(state).to_contain_text("You have this talk")
    await hands.tab_to(page.get_by_role("button", name="Mark as unread"))
    await hands.press("Enter")
    await page.wait_for_url("**/inbox?view=*")


async def send_a_brief_back(hands: Hands) -> None:
    page = hands.page
    await hands.arrive()
    await hands.press("/")
    await hands.type("Second Co")
    await hands.press("Enter")
    await page.wait_for_url("**q=Second*")
    await hands.arrive()
    await hands.press("j", "Enter")
    await page.wait_for_url("**/inbox/*")
    await hands.arrive()
    await hands.press("c")
    await expect(page.get_by_text("You have this talk")).to_be_visible()
    part = page.locator("#verdict details")
    await hands.tab_to(part.locator("summary"))
    await hands.press("Enter")
    await hands.tab_to(part.get_by_label("Reason"))
    await hands.choose("Too early")
    await hands.press("Tab")
    await hands.choose("Assistant")
    await hands.press("Tab")
    await hands.type("Ask again in spring")
    await hands.press("Tab", "Enter")
    await expect(page.locator(".state")).to_contain_text("The assistant is talking")
    await expect(page.locator("#brief")).to_contain_text(f"Too early ({NORA})")
    await hands.press("Escape")  # back to what was searched
    await page.wait_for_url("**/inbox?view=*q=Second*")
    await hands.arrive()


async def make_and_note_calls(hands: Hands) -> None:
    page = hands.page
    await hands.tab_to(page.get_by_role("link", name="Calls"))
    await hands.press("Enter")
    await page.wait_for_url("**/calls")
    await check_access(page)
    await hands.tab_to(page.get_by_role("button", name="We talked"))
    await hands.press("Enter")
    await expect(page.get_by_text("Nobody asked for a call.")).to_be_visible()
    await hands.tab_to(page.get_by_role("link", name="Note down a call"))
    await hands.press("Enter")
    await page.wait_for_url("**/calls/new")
    await check_access(page)
    await hands.tab_to(page.get_by_label("What was said"))
    await hands.type("They want two shops in marzipan colours")
    await hands.tab_to(page.get_by_label("Company"))
    await hands.type("Third Co")
    await hands.press("Enter")
    await page.wait_for_url("**/inbox/*")
    await expect(page.locator("#talk-title")).to_have_text("Third Co")


async def look_it_up(hands: Hands) -> None:
    page = hands.page
    await hands.arrive()
    await hands.tab_to(page.get_by_role("link", name="Transcripts"))
    await hands.press("Enter")
    await page.wait_for_url("**/transcripts")
    await check_access(page)
    await hands.tab_to(page.get_by_role("searchbox"))
    await hands.type("marzipan")
    await hands.press("Enter")
    await hands.tab_to(page.locator("td.who a"))
    await hands.press("Enter")
    await page.wait_for_url("**/transcripts/*")
    await expect(page.locator(".message.note").first).to_contain_text("marzipan")
    await check_access(page)


async def sign_out(hands: Hands) -> None:
    page = hands.page
    await hands.tab_to(page.locator(".self summary"))
    await hands.press("Enter")
    await hands.tab_to(page.get_by_role("button", name="Sign out"))
    await hands.press("Enter")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
