"""The staff pages as people use them: real Chromium, two colleagues, a prospect and a manager."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    async_playwright,
    expect,
)

from dialogs.types import Reading
from tests.bot.office import PASSWORD, Office, open_office
from tests.bot.server import CHROMIUM, CHROMIUM_FLAGS

pytestmark = pytest.mark.browser
PAPER = {"width": 718, "height": 1046}  # A4 without the margins of a browser
TOO_WIDE = """[document.documentElement, ...document.querySelectorAll(".tablebox")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.className || each.nodeName)"""
SHOTS = Path(__file__).parents[3] / "var" / "screenshots"
WIDTHS = {"phone": (360, 740), "tablet": (768, 1024), "desk": (1440, 900)}
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
PERSON = "I would like to speak to a person"
NewPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """An office of its own, so that lists hold only what these tests put there."""
    async with open_office(tmp_path_factory.mktemp("browser-office")) as opened:
        opened.reader.script[PERSON] = Reading(
            text=PERSON, language="en", intents=("talk_to_human",)
        )
        yield opened


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        made = await play.chromium.launch(
            executable_path=CHROMIUM,
            args=[*CHROMIUM_FLAGS, "--autoplay-policy=document-user-activation-required"],
        )
        yield made
        await made.close()


@pytest_asyncio.fixture
async def new_page(browser: Browser) -> AsyncIterator[NewPage]:
    """Makes pages that fail the test on a script error or a breach of the policy."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def make(**options: Any) -> Page:
        context = await browser.new_context(**{"locale": "en-GB", **options})
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: complaints.append(line.text) if "Content Security" in line.text else None,
        )
        return page

    yield make
    for context in contexts:
        await context.close()
    assert complaints == []


async def sign_in(office: Office, page: Page, name: str) -> Page:
    await page.goto(office.url + "/signin")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/signin" not in url)
    return page


async def colleague(office: Office, new_page: NewPage, role: str, name: str) -> Page:
    """A signed-in colleague at the inbox, or wherever the role starts."""
    short = f"{role}-{name.split()[0].lower()}"
    await office.add_staff(short, role, name)
    return await sign_in(office, await new_page(), short)


async def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    for width, size in WIDTHS.items():
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size[0], f"{name} is {wide} px wide on a {width}"
        await page.screenshot(path=SHOTS / f"{name}-{width}.png", animations="disabled")
    await check_print(page, name)


async def check_print(page: Page, name: str) -> None:
    """On paper nothing stands over the edge."""
    await page.set_viewport_size(PAPER)
    await page.emulate_media(media="print")
    assert await page.evaluate(TOO_WIDE) == [], f"{name} on paper"
    await page.emulate_media(media="screen")
    await page.set_viewport_size({"width": WIDTHS["desk"][0], "height": WIDTHS["desk"][1]})


async def check_access(page: Page) -> None:
    """No fault that the accessibility engine finds, in light and in dark.

    Without motion: a message that is just fading in is half transparent, and pale for that moment.
    """
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = (await Axe().run(page)).response["violations"]
        told = [(each["id"], each["nodes"][0]["html"]) for each in found]
        assert told == [], f"{page.url} ({scheme})"
    await page.emulate_media(color_scheme="light", reduced_motion="no-preference")


# --- the story -----------------------------------------------------------------------------------


async def test_from_escalation_to_close(office: Office, new_page: NewPage) -> None:
    anna = await colleague(office, new_page, "presales", "Anna Berg")
    jonas = await colleague(office, new_page, "presales", "Jonas Okafor")
    await expect(anna.get_by_text("Nobody is waiting.")).to_be_visible()
    await anna.locator(".brand").click()  # a gesture allows sound

    prospect = await new_page()
    await prospect.goto(office.url + "/chat")
    await expect(prospect.locator("#log .message.bot").first).to_be_visible()
    await prospect.get_by_label("Your message").fill(PERSON)
    await prospect.get_by_label("Your message").press("Enter")

    # It appears at both, live, with a sound and a count in the title.
    for page in (anna, jonas):
        row = page.locator(".row").first
        await expect(row).to_contain_text("Asked for a person")
        await expect(row).to_contain_text("Urgent")
        await expect(page).to_have_title(r"(1) Inbox · Larkstall Software")
    await expect(anna.locator("#inbox")).to_have_attribute("data-beeps", "1")
    await anna.locator(".row a").first.click()
    await jonas.locator(".row a").first.click()
    await expect(anna.get_by_role("heading", name="Brief")).to_be_visible()
    await expect(anna.locator(".log")).to_contain_text(PERSON)

    # Both click; one has it, the other is told who.
    await anna.get_by_role("button", name="Claim").click()
    await expect(anna.get_by_text("You have this talk")).to_be_visible()
    await expect(jonas.get_by_text("Anna Berg has this talk")).to_be_visible()
    await expect(jonas.get_by_role("button", name="Claim")).to_have_count(0)
    await expect(prospect.locator("#log")).to_contain_text("Anna Berg")

    # The prospect sees the reply, not the note.
    await anna.get_by_role("radio", name="Note").check()
    await anna.get_by_label("Internal note").fill("First to myself: a big one")
    await anna.get_by_role("button", name="Save as note").click()
    await expect(anna.locator(".message.note")).to_contain_text("a big one")
    await anna.get_by_role("radio", name="Reply").check()
    await anna.get_by_label("Reply to the prospect").fill("Good day, what can I do for you?")
    await anna.get_by_label("Reply to the prospect").press("Control+Enter")
    await expect(prospect.locator("#log")).to_contain_text("Good day, what can I do for you?")
    await expect(anna.get_by_label("Reply to the prospect")).to_have_value("")
    await expect(prospect.locator("#log")).not_to_contain_text("big one")

    # The prospect's answer arrives while the next reply is being typed, and does not disturb it.
    await anna.get_by_label("Reply to the prospect").fill("I am just typing")
    await prospect.get_by_label("Your message").fill("Our tills print marzipan receipts")
    await prospect.get_by_label("Your message").press("Enter")
    await expect(anna.locator(".message.prospect").last).to_contain_text("marzipan")
    await expect(anna.get_by_label("Reply to the prospect")).to_have_value("I am just typing")
    await expect(anna.get_by_label("Reply to the prospect")).to_be_focused()
    await expect(anna.locator(".message.bot").last).not_to_contain_text("marzipan")

    await anna.locator("summary", has_text="Hand back").click()
    await anna.get_by_role("button", name="Give it to the assistant").click()
    await expect(anna.get_by_text("The assistant is talking")).to_be_visible()
    await expect(anna.get_by_label("Internal note")).to_be_visible()
    await jonas.get_by_role("button", name="Step in").click()
    await expect(jonas.get_by_text("You have this talk")).to_be_visible()
    await jonas.locator("summary", has_text="Close").click()
    await jonas.locator("#acts").get_by_label("Reason").select_option("No need")
    await jonas.get_by_role("button", name="Close the talk").click()
    await expect(jonas.locator(".state")).to_contain_text("No need")
    await expect(anna.locator(".state")).to_contain_text("Closed")

    # The manager finds it by a word in it.
    await office.index()
    manager = await colleague(office, new_page, "manager", "Mareike Tönnsen")
    await manager.locator(".places summary", has_text="Transcripts").click()
    await manager.get_by_role("link", name="Transcripts", exact=True).click()
    await manager.get_by_role("searchbox").fill("marzipan")
    await manager.get_by_role("searchbox").press("Enter")
    await expect(manager.locator("mark")).to_have_text("marzipan")
    await manager.locator("td.who a").click()
    await expect(manager.locator(".message:target")).to_contain_text("marzipan")
    await expect(manager.locator(".message.note")).to_contain_text("a big one")


async def test_a_claim_that_came_second_is_told_who_has_it(
    office: Office, new_page: NewPage
) -> None:
    talk = await office.escalate(name="Petra", company="Nordhem")
    eva = await colleague(office, new_page, "presales", "Eva Lund")
    await eva.goto(f"{office.url}/inbox/{talk}")
    await eva.route("**/pieces*", lambda route: route.abort())  # her page does not know yet
    other = await office.worker("presales", display_name="Ole Brandt")
    assert (await other.post(f"/inbox/{talk}/claim")).status_code == 200
    await eva.get_by_role("button", name="Claim").click()
    await expect(eva.get_by_role("status").get_by_text("Ole Brandt has this talk.")).to_be_visible()


async def test_it_rings_again_and_can_be_muted(office: Office, new_page: NewPage) -> None:
    page = await colleague(office, new_page, "presales", "Ida Holm")
    sound = page.locator("#sound")
    await expect(sound).to_have_text("Allow sound")
    await sound.click()
    await expect(sound).to_have_text("Sound: on")
    talk = await office.escalate(company="Ringing Ltd")
    await expect(page.locator("#inbox")).to_have_attribute("data-beeps", "1")
    await expect(page.locator("#said")).to_have_text("New in the queue: Ringing Ltd")
    await office.do(talk, "timer", value="ring")
    await expect(page.locator("#inbox")).to_have_attribute("data-beeps", "2")
    await sound.click()
    await expect(sound).to_have_attribute("aria-pressed", "false")
    await page.locator("#said").evaluate("node => node.textContent = ''")
    await office.do(talk, "timer", value="ring")
    await expect(page.locator("#said")).to_have_text("New in the queue: Ringing Ltd")
    await expect(page.locator("#inbox")).to_have_attribute("data-beeps", "2")


async def test_the_page_finds_back_after_the_network_was_gone(
    office: Office, new_page: NewPage
) -> None:
    page = await colleague(office, new_page, "presales", "Tom Reil")
    talk = await office.open_talk()
    await page.goto(f"{office.url}/inbox/{talk}")
    await page.context.set_offline(True)
    await office.say(talk, "Said while you were away")
    await expect(page.locator(".log")).not_to_contain_text("while you were away")
    await page.context.set_offline(False)
    await expect(page.locator(".log")).to_contain_text("while you were away")
    await expect(page.locator("#lost")).to_be_hidden()


async def test_the_manager_finds_two_chinese_characters(office: Office, new_page: NewPage) -> None:
    talk = await office.open_talk("zh")
    await office.say(talk, "我们在苏州有两家仓库，需要扫码盘点。")
    await office.index()
    page = await colleague(office, new_page, "manager", "Wen Li")
    await page.goto(office.url + "/transcripts?language=zh")
    await page.get_by_role("searchbox").fill("盘点")
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.locator("mark")).to_have_text("盘点")
    await page.locator("td.who a").click()
    await expect(page.locator(".message:target")).to_contain_text("扫码盘点")


async def test_a_shift_with_the_keyboard_alone(office: Office, new_page: NewPage) -> None:
    talk = await office.escalate(company="Keyboard & Sons")
    page = await colleague(office, new_page, "presales", "Nora Quist")

    async def tab_to(name: str) -> None:
        for _ in range(60):
            await page.keyboard.press("Tab")
            text = await page.evaluate(
                "document.activeElement.getAttribute('aria-label') ||"
                " document.activeElement.innerText || document.activeElement.id"
            )
            if name in text:
                return
        raise AssertionError(f"{name} is not reached with the Tab key")

    await tab_to("Keyboard & Sons")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/inbox/{talk}*")
    await tab_to("Claim")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You have this talk")).to_be_visible()
    await tab_to("words")
    await page.keyboard.type("Hello from the keyboard")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".message.staff")).to_contain_text("Hello from the keyboard")
    await page.locator("#talk-title").focus()
    await tab_to("Close")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Close the talk")).to_be_hidden()
    await page.keyboard.press("Enter")
    await tab_to("Close the talk")
    await page.keyboard.press("Enter")
    await expect(page.locator(".state")).to_contain_text("Closed")


async def test_hostile_words_never_run(office: Office, new_page: NewPage) -> None:
    talk = await office.escalate(name=HOSTILE, company=HOSTILE, city=HOSTILE, need=HOSTILE)
    await office.say(talk, HOSTILE, "ask_feature")
    prospect = await office.open_prospect()
    await prospect.upload(HOSTILE + ".txt", b"A shop <script>alert(1)</script>")
    await office.say(prospect.conversation, HOSTILE)
    page = await colleague(office, new_page, "owner", "Olga Nord")
    await office.index()
    for path in (
        f"/inbox/{talk}", f"/inbox/{prospect.conversation}", f"/transcripts/{talk}",
        "/transcripts?q=owned", "/questions",
    ):  # fmt: skip
        await page.goto(office.url + path)
        await office.say(talk, HOSTILE)
        await expect(page.locator("main")).to_contain_text("<script>")
        assert await page.title() != "owned"
        assert await page.locator("main script, main img").count() == 0


async def test_it_works_without_script(office: Office, new_page: NewPage) -> None:
    talk = await office.escalate(company="Plain & Co")
    await office.add_staff("plain", "presales", "Paul Ainsley")
    page = await sign_in(office, await new_page(java_script_enabled=False), "plain")
    await page.get_by_role("link", name="Plain & Co").click()
    await page.get_by_role("button", name="Claim").click()
    await expect(page.get_by_text("You have this talk")).to_be_visible()
    await page.get_by_label("Reply to the prospect").fill("Plain words")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".message.staff")).to_contain_text("Plain words")
    assert f"/inbox/{talk}" in page.url
    await page.locator("summary", has_text="Paul Ainsley").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


# --- how it looks --------------------------------------------------------------------------------


async def test_every_page_is_accessible_and_fits_every_screen(
    office: Office, new_page: NewPage
) -> None:
    talk = await office.escalate(
        name="Petra Lindqvist", company="Nordhem Retail", headcount="80", ownership="private",
        city="Munich", own_servers=True, department="it", authority="recommends", timeline="Q3",
        email="petra@nordhem.example",
    )  # fmt: skip
    await office.say(talk, "Does it print labels for shelves in forty shops?", "ask_feature")
    await office.say(talk, "no, 85 people", "correct", slots={"headcount": "85"})
    await office.index()
    page = await new_page()
    await page.goto(office.url + "/signin")
    await check_access(page)
    await shoot(page, "staff-signin")
    await office.add_staff("looks", "owner", "Mareike Tönnsen")
    await sign_in(office, page, "looks")
    pages = {
        "inbox": "/inbox",
        "talk": f"/inbox/{talk}",
        "talk-zh": f"/inbox/{talk}?language=zh",
        "transcripts": "/transcripts?language=en",
        "search": "/transcripts?q=shelves",
        "transcript": f"/transcripts/{talk}",
        "questions": "/questions",
        "question": "/questions/1",
        "understanding": "/understanding",
        "articles": "/articles",
        "article": "/articles/new",
        "funnel": "/funnel",
        "refused": "/transcripts/nothing",
    }
    for name, path in pages.items():
        await page.goto(office.url + path)
        await check_access(page)
        await shoot(page, f"staff-{name}")
    await page.goto(f"{office.url}/inbox/{talk}?view=mine")
    await page.get_by_role("button", name="Claim").click()
    await expect(page.get_by_text("You have this talk")).to_be_visible()
    await page.locator("summary", has_text="Pass on").click()
    await check_access(page)
    await shoot(page, "staff-mine")
