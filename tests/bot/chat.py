"""Real Chromium at the chat: its fixtures, and what a person does there, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests.bot.server import CHROMIUM, CHROMIUM_FLAGS

SHOTS = Path(__file__).parents[2] / "var" / "screenshots"
WIDTHS = {"phone": (360, 740), "tablet": (768, 1024), "desk": (1440, 900)}
Where = Page | FrameLocator
NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        yield made
        made.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Makes pages that fail the test on a script error or a breach of a policy."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options: object) -> Page:
        context = browser.new_context(**{"locale": "en-GB", **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: complaints.append(line.text) if "Content Security" in line.text else None,
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def messages(where: Where, author: str = "") -> Locator:
    return where.locator(f"#log .message{'.' + author if author else ''}")


def say(where: Where, text: str) -> None:
    where.get_by_label("Your message").fill(text)
    where.get_by_label("Your message").press("Enter")


def open_chat(page: Page, address: str) -> Page:
    page.goto(address)
    expect(messages(page, "bot").first).to_be_visible()
    return page


def open_widget(page: Page) -> FrameLocator:
    page.get_by_role("button", name="Ask us").click()
    frame = page.frame_locator("firstline-chat iframe")
    expect(messages(frame, "bot").first).to_be_visible()
    return frame


def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")


def check_access(page: Page) -> None:
    """No serious fault for people who do not see, point or hear, in the page and its frames."""
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    told = [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious]
    assert told == [], told
