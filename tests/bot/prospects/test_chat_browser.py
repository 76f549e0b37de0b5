"""The chat as people use it: real Chromium on the real server."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.bot.chat import (
    NewPage,
    check_access,
    messages,
    open_chat,
    open_widget,
    say,
    shoot,
)
from tests.bot.server import Server, make_server

pytestmark = pytest.mark.browser


# --- a whole talk ---------------------------------------------------------------------------------


def test_from_greeting_to_escalation_through_the_launcher(
    server: Server, new_page: NewPage
) -> None:
    page = new_page(viewport={"width": 1440, "height": 900})
    page.goto(server.url)
    frame = open_widget(page)
    expect(frame.get_by_role("button", name="Prices")).to_be_enabled()
    frame.get_by_role("button", name="Prices").click()
    expect(messages(frame, "prospect")).to_have_text(re.compile("Prices"))
    expect(messages(frame, "bot").nth(1)).to_be_visible()
    say(frame, "Please send me your white paper")
    card = frame.locator("a.card").last
    expect(card).to_be_visible()
    with page.expect_popup() as opened:
        card.click()
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    opened.value.close()
    say(frame, "I want to talk to a person, please")
    expect(frame.locator("#status")).to_contain_text("colleague")
    shoot(page, "widget-desk")
    check_access(page)


def test_the_same_from_a_foreign_page(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(server.second_url)
    frame = open_widget(page)
    say(frame, "What does Enterprise cost?")
    expect(messages(frame, "bot").nth(1)).to_be_visible()
    page.reload()
    frame = open_widget(page)
    expect(messages(frame, "prospect")).to_have_count(1)


STRICT = (
    "default-src 'none'; script-src {0}; frame-src {0}; style-src 'none'; img-src 'none'; "
    "connect-src 'none'; require-trusted-types-for 'script'"
)
HOSTILE_STYLE = b"* { display: none !important } iframe, button { position: static !important }"


@pytest.fixture
def strict_host(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A foreign site with a policy that allows the widget and nothing more, on a third port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", STRICT.format(made.url))
            self.end_headers()
            page = '<!doctype html><html lang="en"><title>Guest</title><h1>Host</h1>'
            self.wfile.write(f'{page}<script src="{made.url}/widget.js" async></script>'.encode())

        def log_message(self, *args: object) -> None:
            pass

    host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{host.server_port}"
    made = make_server(tmp_path / "data", ENCODER="off", WIDGET_ORIGINS=address)
    made.start()
    thread = threading.Thread(target=host.serve_forever)
    thread.start()
    yield made, address
    host.shutdown()
    thread.join()
    host.server_close()
    made.stop()


def test_under_a_strict_policy_of_the_host(
    strict_host: tuple[Server, str], new_page: NewPage
) -> None:
    _, address = strict_host
    page = new_page()
    page.goto(address)
    frame = open_widget(page)
    say(frame, "hello")
    expect(messages(frame, "bot").nth(1)).to_be_visible()
    reached = page.evaluate(
        """() => {
          const frame = document.querySelector("firstline-chat").shadowRoot.querySelector("iframe");
          try { return frame.contentWindow.document.body.innerText } catch { return "refused" }
        }"""
    )
    assert reached == "refused"
    frame.get_by_role("button", name="Close the chat").click()
    expect(page.get_by_role("button", name="Ask us")).to_be_focused()


def test_a_page_that_was_not_named_cannot_show_the_chat(
    server: Server, strict_host: tuple[Server, str], browser: Browser
) -> None:
    _, address = strict_host
    page = browser.new_page()
    page.goto(address)
    page.route("**/framing", lambda route: route.fulfill(
        content_type="text/html", body=f'<iframe src="{server.url}/chat"></iframe>'
    ))  # fmt: skip
    page.goto(address + "/framing")
    page.wait_for_timeout(300)
    assert page.frames[1].locator("#log").count() == 0
    page.close()


def test_the_hosts_styles_do_not_reach_the_widget(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.route("**/site.css", lambda route: route.fulfill(
        content_type="text/css", body="button, iframe, svg { display: none; color: red }"
    ))  # fmt: skip
    page.goto(server.url)
    expect(page.get_by_role("button", name="Ask us")).to_be_visible()
    assert page.get_by_role("button", name="Ask us").evaluate("b => getComputedStyle(b).color") == (
        "rgb(255, 255, 255)"
    )


def test_without_storage_the_talk_lives_as_long_as_the_page(
    server: Server, new_page: NewPage
) -> None:
    page = new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked') }})"
    )
    open_chat(page, server.url + "/chat")
    expect(page.locator("#notice")).to_contain_text("keeps nothing")
    say(page, "hello")
    expect(messages(page, "bot").nth(1)).to_be_visible()


# --- coming back, losing the network --------------------------------------------------------------


def test_a_reload_keeps_everything(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    say(page, "What does Enterprise cost?")
    expect(messages(page, "bot").nth(1)).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()
    page.get_by_label("Your message").fill("half a thought")
    before = page.locator("#log .text").all_inner_texts()
    page.reload()
    expect(messages(page).nth(len(before) - 1)).to_be_visible()
    assert page.locator("#log .text").all_inner_texts() == before
    expect(page.get_by_label("Your message")).to_have_value("half a thought")


def test_an_offline_minute_loses_nothing_and_sends_nothing_twice(
    server: Server, new_page: NewPage
) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    say(page, "first")
    expect(messages(page, "prospect")).to_have_count(1)
    page.context.set_offline(True)
    expect(page.locator("#banner")).to_contain_text("offline")
    say(page, "second")
    say(page, "third")
    expect(page.locator("#unsent .held")).to_have_count(2)
    shoot(page, "chat-offline")
    page.context.set_offline(False)
    expect(messages(page, "prospect")).to_have_count(3)
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#unsent .message")).to_have_count(0)
    texts = messages(page, "prospect").locator(".text").all_inner_texts()
    assert texts == ["first", "second", "third"]


def test_unsent_words_survive_closing_the_tab(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    page.route("**/messages", lambda route: route.abort())
    say(page, "kept for later")
    expect(page.locator("#unsent .message")).to_have_count(1)
    other = page.context.new_page()
    page.close()
    open_chat(other, server.url + "/chat")
    expect(messages(other, "prospect").locator(".text")).to_have_text(["kept for later"])


def test_an_answer_that_got_lost_is_asked_for_again_without_a_second_message(
    server: Server, new_page: NewPage
) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/messages*", lose_the_first)
    say(page, "only once")
    expect(page.locator("#unsent .message")).to_have_count(0)
    assert lost == [202]
    page.reload()
    expect(messages(page, "prospect").locator(".text")).to_have_text(["only once"])


def test_the_server_restarts_and_the_talk_goes_on(tmp_path: Path, new_page: NewPage) -> None:
    made = make_server(tmp_path / "data", ENCODER="off")
    made.start()
    try:
        page = open_chat(new_page(), made.url + "/chat")
        made.stop(kill=True)
        expect(page.locator("#banner")).to_be_visible()
        say(page, "are you there?")
        made.start()
        expect(messages(page, "prospect")).to_have_count(1, timeout=20_000)
        expect(page.locator("#banner")).to_be_hidden()
        expect(messages(page, "bot").nth(1)).to_be_visible()
    finally:
        made.stop()


def test_who_reads_above_is_told_of_news_and_not_moved(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(viewport={"width": 360, "height": 500}), server.url + "/chat")
    for words in ("What does Enterprise cost?", "And Cluster?", "Please send me your white paper"):
        asked = messages(page, "prospect").count()
        say(page, words)
        expect(messages(page, "prospect")).to_have_count(asked + 1)
        expect(page.locator("#typing")).to_be_hidden()
    page.locator("#scroll").evaluate("s => { s.scrollTop = 0 }")
    expect(page.locator("#newer")).to_be_visible()
    other = open_chat(page.context.new_page(), server.url + "/chat")
    known = messages(page, "bot").count()
    say(other, "anything else?")
    expect(messages(page, "bot").nth(known)).to_be_attached()
    assert page.locator("#scroll").evaluate("s => s.scrollTop") == 0
    page.get_by_role("button", name="New messages").click()
    expect(messages(page, "bot").nth(known)).to_be_in_viewport()


def test_two_tabs_are_one_talk(server: Server, new_page: NewPage) -> None:
    one = open_chat(new_page(), server.url + "/chat")
    other = open_chat(one.context.new_page(), server.url + "/chat")
    say(one, "from the first tab")
    expect(messages(other, "prospect").locator(".text")).to_have_text(["from the first tab"])
    expect(messages(other, "bot").nth(1)).to_be_visible()


# --- buttons, typing ------------------------------------------------------------------------------


def test_a_double_click_answers_once_and_old_buttons_rest(
    server: Server, new_page: NewPage
) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    page.get_by_role("button", name="Prices").dblclick()
    expect(page.locator(".choices").nth(1)).to_be_visible()
    expect(messages(page, "prospect")).to_have_count(1)
    for button in page.locator(".choices").first.get_by_role("button").all():
        expect(button).to_be_disabled()
    expect(page.locator(".choices").last.get_by_role("button").first).to_be_enabled()


def test_buttons_are_taken_whatever_signs_their_value_holds(
    server: Server, new_page: NewPage
) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    say(page, "We want to sell lamps online. We are a private company in Munich, own servers.")
    page.get_by_role("button", name="Fewer than 10").click()  # its value is <10
    expect(messages(page, "prospect").locator(".text").last).to_have_text("Fewer than 10")
    say(page, "I would like to talk to a person")
    page.get_by_role("button", name="Change: City").click()  # and of this one edit:city
    expect(messages(page, "bot").locator(".text").last).to_contain_text("city")
    expect(messages(page, "prospect")).to_have_count(4)
    expect(page.locator("#unsent .message")).to_have_count(0)


def test_the_typing_sign_comes_at_once_and_goes_with_the_answer(
    server: Server, new_page: NewPage
) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    held: list[Route] = []
    page.route("**/messages", lambda route: held.append(route))
    page.get_by_label("Your message").fill("hello")
    page.get_by_label("Your message").press("Enter")
    expect(page.locator("#typing")).to_be_visible(timeout=500)
    expect(page.locator("#unsent .text")).to_have_text(["hello"], timeout=500)
    for route in held:
        route.continue_()
    expect(messages(page, "bot").nth(1)).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()


def test_what_people_write_stays_text(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    words = "<img src=x onerror=\"document.title='broken'\"> {{ 7*7 }} <b>bold</b>"
    say(page, words)
    expect(messages(page, "prospect").locator(".text")).to_have_text([words])
    expect(messages(page, "bot").nth(1)).to_be_visible()
    assert page.locator("#log img, #log b").count() == 0
    assert "broken" not in page.title()


def test_right_to_left_words_are_set_so(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    say(page, "שלום, מה המחיר?")
    text = messages(page, "prospect").locator(".text")
    expect(text).to_be_visible()
    assert text.evaluate("p => getComputedStyle(p).direction") == "rtl"


def test_the_interface_follows_the_language_of_the_talk(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_label("您的留言")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    shoot(page, "chat-chinese")


def test_too_long_words_are_offered_as_a_file(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    page.get_by_label("Your message").fill("We need a shop. " * 2_000)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Send it as a file").click()
    expect(messages(page, "prospect").locator(".card")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("")


def test_a_file_is_sent_and_a_bad_one_is_explained(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    page.locator("#picker").set_input_files(
        {"name": "needs.txt", "mimeType": "text/plain", "buffer": b"We need three shops."}
    )
    expect(messages(page, "prospect").locator(".card strong")).to_have_text("needs.txt")
    page.locator("#picker").set_input_files(
        {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"<html><script></script>"}
    )
    expect(page.locator("#uploads .failed")).to_contain_text("Word (docx), PDF")
    page.locator("#uploads button").click()
    expect(page.locator("#uploads li")).to_have_count(0)


def test_forget_me_empties_the_page_and_the_browser(server: Server, new_page: NewPage) -> None:
    page = open_chat(new_page(), server.url + "/chat")
    say(page, "We are 80 people in Bremen")
    expect(messages(page, "bot").nth(1)).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Forget me").click()
    page.get_by_role("button", name=re.compile("Delete this talk")).click()
    expect(page.locator("#gone")).to_be_visible()
    expect(messages(page)).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0
    page.get_by_role("button", name="Start a new conversation").click()
    expect(messages(page, "bot")).to_have_count(1)
