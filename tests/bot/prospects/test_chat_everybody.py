"""The chat when something is in the way: refusals, no mouse, no sight, a small screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.bot.chat import (
    WIDTHS,
    NewPage,
    check_access,
    messages,
    open_chat,
    say,
    shoot,
)
from tests.bot.server import Server

pytestmark = pytest.mark.browser


REFUSAL = '{"error": "invalid", "text": "That could not be understood."}'
LATER = '{"error": "too_many", "text": "Please wait a moment.", "retry_after": 1}'


def refuse_once(page: Page, status: int, body: str) -> list[str]:
    """Let the first message be refused; gives the bodies that were sent."""
    sent: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.post_data or "")
        if len(sent) == 1 and route.request.method == "POST":
            route.fulfill(status=status, content_type="application/json", body=body)
        else:
            route.continue_()

    page.route("**/messages*", answer)
    return sent


def test_a_refused_message_can_be_taken_back(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(viewport={"width": 360, "height": 740}), server.url + "/chat")
    refuse_once(page, 422, REFUSAL)
    say(page, "what I meant")
    expect(page.get_by_role("alert")).to_contain_text("could not be understood")
    expect(page.locator("#typing")).to_be_hidden()
    shoot(page, "chat-refused")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_label("Your message")).to_have_value("what I meant")
    expect(page.locator("#unsent .message")).to_have_count(0)


def test_a_refused_message_can_be_tried_again(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    sent = refuse_once(page, 500, REFUSAL)
    say(page, "once more")
    page.get_by_role("button", name="Try again").click()
    expect(messages(page, "prospect").locator(".text")).to_have_text(["once more"])
    assert sent[0] == sent[1]


def test_who_is_too_quick_is_told_and_sent_later(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    sent = refuse_once(page, 429, LATER)
    say(page, "quick")
    expect(page.locator("#notice")).to_have_text("Please wait a moment.")
    expect(messages(page, "prospect").locator(".text")).to_have_text(["quick"])
    assert sent[0] == sent[1]


def test_a_conversation_that_is_not_there_begins_anew(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    page.evaluate(
        """localStorage.setItem("firstline.talk",
          JSON.stringify({conversation: "A".repeat(22), token: "B".repeat(43)}))"""
    )
    page.reload()
    expect(page.locator("#gone-text")).to_have_text("This conversation is no longer here.")
    page.get_by_role("button", name="Start a new conversation").click()
    expect(messages(page, "bot").first).to_be_visible()


def test_the_hosts_own_links_open_the_chat(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(server.url)
    page.get_by_role("link", name="Ask a question").click()
    frame = page.frame_locator("firstline-chat iframe")
    expect(messages(frame, "bot").first).to_be_visible()
    expect(page).to_have_url(server.url + "/")


# --- for everybody --------------------------------------------------------------------------------


def test_with_the_keyboard_alone(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(server.url)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.localName") == "firstline-chat":
            break
    page.keyboard.press("Enter")
    frame = page.frame_locator("firstline-chat iframe")
    expect(frame.get_by_label("Your message")).to_be_focused()
    page.keyboard.type("What does Enterprise cost?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("And Cluster?")
    page.keyboard.press("Enter")
    expect(messages(frame, "prospect").locator(".text")).to_have_text(
        ["What does Enterprise cost?\nAnd Cluster?"]
    )
    expect(messages(frame, "bot").nth(1)).to_be_visible()
    expect(frame.locator("#typing")).to_be_hidden()
    target = frame.locator(".choices").last.get_by_role("button").last
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
        if target.evaluate("b => b === document.activeElement"):
            break
    expect(target).to_be_focused()
    assert target.evaluate("b => getComputedStyle(b).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(messages(frame, "prospect")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Ask us")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS)
def test_every_page_is_for_everybody(
    server: Server, new_page: NewPage, size: str, scheme: str
) -> None:
    width, height = WIDTHS[size]
    page = new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.goto(server.url)
    check_access(page)
    shoot(page, f"site-{size}-{scheme}")
    open_chat(page, server.url + "/chat")
    say(page, "What does Enterprise cost?")
    expect(messages(page, "bot").nth(1)).to_be_visible()
    say(page, "Please send me your white paper")
    expect(page.locator("a.card")).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()
    check_access(page)
    shoot(page, f"chat-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_popup() as opened:
        page.locator("a.card").click()
    heading = opened.value.get_by_role("heading", level=1)
    expect(heading).to_be_visible()
    expect(heading).to_have_css("line-height", re.compile(r"^3[56]"))  # the paper's own style
    shoot(opened.value, f"paper-{size}-{scheme}")


def test_everything_that_can_be_pressed_is_large_enough(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(viewport={"width": 360, "height": 740}), server.url + "/chat")
    say(page, "Please send me your white paper")
    expect(page.locator("a.card")).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a, textarea")]
          .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
          .map(([html]) => html)"""
    )
    assert small == []


def test_new_words_are_announced_and_old_ones_are_not(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_attribute("aria-label", "Conversation")
    expect(page.get_by_label("Your message")).to_have_attribute("dir", "auto")
