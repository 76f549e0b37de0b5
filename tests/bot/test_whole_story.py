"""The main job from end to end, in real browsers on the real server: a prospect on the company's
site, pre-sales at the inbox, a manager who finds the talk by a word in it."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.bot.chat import NewPage, check_access, messages, open_widget, say, shoot
from tests.bot.server import Server

pytestmark = pytest.mark.browser


def sign_in(page: Page, server: Server, name: str, password: str) -> None:
    page.goto(server.url + "/signin")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/signin"))


def conversation_of(page: Page) -> str:
    """Id of the talk that this browser keeps."""
    kept = page.frames[-1].evaluate("JSON.parse(localStorage.getItem('firstline.talk'))")
    return str(kept["conversation"])


def test_a_prospect_reaches_a_person_and_a_manager_finds_the_talk(
    server: Server, new_page: NewPage
) -> None:
    password = server.add_staff("mareike", "presales")
    site = new_page(viewport={"width": 1440, "height": 900})
    site.goto(server.url)
    chat = open_widget(site)
    say(chat, "We are a private retailer in Munich, about 180 people, with our own servers.")
    expect(messages(chat, "bot").nth(1)).to_be_visible()
    say(chat, "We want to sell zinnober lamps to resellers")
    expect(messages(chat, "prospect")).to_have_count(2)
    say(chat, "I would like to talk to a person")
    expect(chat.locator("#status")).to_contain_text("colleague")
    expect(chat.get_by_role("button", name="Change: City")).to_be_enabled()
    expect(chat.locator(".choices").last.get_by_role("button").last).to_be_enabled()
    conversation = conversation_of(site)

    desk = new_page(viewport={"width": 1440, "height": 900})
    sign_in(desk, server, "mareike", password)
    desk.goto(f"{server.url}/inbox/{conversation}")
    shoot(desk, "story-inbox")
    desk.get_by_role("button", name="Claim").click()
    expect(chat.locator("#who")).to_contain_text("areike")
    expect(chat.locator("#status")).to_contain_text("person")
    desk.get_by_label("Reply to the prospect").fill("Good morning, I can help with the lamps.")
    desk.get_by_role("button", name="Send", exact=True).click()
    reply = messages(chat, "staff")
    expect(reply.locator(".text")).to_have_text("Good morning, I can help with the lamps.")
    expect(reply.locator(".badge")).to_be_visible()
    shoot(site, "story-takeover")
    check_access(site)

    say(chat, "Wonderful, thank you")
    expect(messages(chat, "prospect")).to_have_count(4)
    expect(chat.locator("#typing")).to_be_hidden()
    bots = messages(chat, "bot").count()
    expect(desk.get_by_text("Wonderful, thank you").first).to_be_visible()
    assert messages(chat, "bot").count() == bots  # the bot is silent

    desk.locator("summary", has_text="Hand back").click()
    desk.get_by_role("button", name="Give it to the assistant").click()
    expect(chat.locator("#status")).to_contain_text("Automated assistant")
    expect(chat.locator("#who")).not_to_contain_text("areike")
    say(chat, "What does Enterprise cost?")
    expect(messages(chat, "bot").nth(bots)).to_be_visible()

    manager = new_page()
    sign_in(manager, server, "boss", server.add_staff("boss", "manager"))
    expect(find_by_word(manager, server, "zinnober", conversation)).to_be_visible()
    shoot(manager, "story-transcripts")


def find_by_word(page: Page, server: Server, word: str, conversation: str) -> Locator:
    """The hit in the list of transcripts; the index may be a moment behind the talk."""
    link = page.locator(f'a[href*="{conversation}"]').first
    for _ in range(20):
        page.goto(f"{server.url}/transcripts?{httpx.QueryParams({'q': word})}")
        if link.count():
            break
        page.wait_for_timeout(250)
    return link
