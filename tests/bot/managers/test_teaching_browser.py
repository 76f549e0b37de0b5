"""Teaching the assistant as managers do it: real Chromium, the real product, the real reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.bot.chat import (
    WIDTHS,
    NewPage,
    browser,
    check_access,
    messages,
    new_page,
    open_chat,
    say,
    shoot,
)
from tests.bot.server import Server, make_server

__all__ = ["browser", "new_page"]

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
MUMBLE = "summon the big cheese pronto"
QUESTION = "Does it support the Zubrowka till protocol?"


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: what is taught here must not reach other tests."""
    made = make_server(
        tmp_path_factory.mktemp("taught") / "data",
        ENCODER="off",
        REQUESTS_PER_MINUTE="100000",
        CONVERSATIONS_PER_HOUR="100000",
    )
    made.start()
    yield made
    assert made.faults() == []
    made.stop()


@pytest.fixture(scope="module")
def password(taught: Server) -> str:
    return taught.add_staff("mara", "manager")


@pytest.fixture
def manager(taught: Server, password: str, new_page: NewPage) -> Page:
    return sign_in(taught, password, new_page())


def sign_in(server: Server, password: str, page: Page) -> Page:
    page.goto(server.url + "/signin")
    page.get_by_label("Name").fill("mara")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/signin" not in url)
    return page


def ask(server: Server, page: Page, text: str) -> str:
    """A new prospect writes this; gives all that the bot said to it."""
    open_chat(page, server.url + "/chat")
    before = messages(page, "bot").count()
    say(page, text)
    expect(messages(page, "bot").nth(before)).to_be_visible()
    page.wait_for_timeout(300)
    return " ".join(messages(page, "bot").all_inner_texts()[before:])


def test_one_click_from_the_row_to_being_understood(
    taught: Server, manager: Page, new_page: NewPage
) -> None:
    assert "colleague" not in ask(taught, new_page(), MUMBLE)
    manager.goto(taught.url + "/understanding")
    row = manager.locator(".case").filter(has_text=MUMBLE)
    row.get_by_role("link", name="In the transcript").click()
    expect(manager.locator(".message:target")).to_contain_text(MUMBLE)
    manager.go_back()
    row.get_by_label("What was meant?").select_option(label="Wants a person")
    row.get_by_role("button", name="Learn this").click()
    expect(manager.get_by_role("status")).to_contain_text("Learned as “Wants a person”")
    expect(row).to_have_count(0)
    assert "colleague" in ask(taught, new_page(), MUMBLE)
    manager.get_by_role("button", name="Undo").click()
    expect(manager.get_by_role("status")).to_contain_text("on the list again")
    expect(row).to_have_count(1)
    assert "colleague" not in ask(taught, new_page(), MUMBLE)


def test_an_answer_reaches_the_next_prospect(
    taught: Server, manager: Page, new_page: NewPage
) -> None:
    assert "papers do not say" in ask(taught, new_page(), QUESTION)
    manager.goto(taught.url + "/questions")
    row = manager.locator(".case").filter(has_text=QUESTION)
    row.get_by_role("link", name="Write the answer").click()
    manager.get_by_label("Title").fill("Zubrowka tills")
    manager.get_by_role("textbox", name="Answer", exact=True).fill(
        "Yes, the till connector speaks Zubrowka 4."
    )
    manager.get_by_role("button", name="Save and use it").click()
    expect(manager.get_by_text("Your answer is in use.")).to_be_visible()
    expect(manager.locator(".tried")).to_contain_text("speaks Zubrowka 4")
    assert "speaks Zubrowka 4" in ask(taught, new_page(), QUESTION)
    manager.get_by_role("textbox", name="Answer", exact=True).fill(
        "Only with the connector of 2027."
    )
    manager.get_by_role("button", name="Save and use it").click()
    expect(manager.get_by_text("Version 2")).to_be_visible()
    assert "connector of 2027" in ask(taught, new_page(), QUESTION)
    manager.get_by_role("button", name="Undo", exact=True).click()
    expect(manager.get_by_text("The last change is undone.")).to_be_visible()
    assert "speaks Zubrowka 4" in ask(taught, new_page(), QUESTION)
    manager.get_by_role("button", name="Take it out").click()
    expect(manager.get_by_role("status")).to_contain_text("Taken out.")
    assert "papers do not say" in ask(taught, new_page(), QUESTION)
    manager.goto(taught.url + "/questions")
    expect(row).to_have_count(1)


def test_it_works_without_script(taught: Server, password: str, new_page: NewPage) -> None:
    ask(taught, new_page(), "flibber the flobber")
    page = sign_in(taught, password, new_page(java_script_enabled=False))
    page.locator("summary", has_text="Teach").click()
    page.get_by_role("link", name="Not understood").click()
    row = page.locator(".case").filter(has_text="flibber the flobber")
    row.get_by_role("button", name="Learn this").click()
    expect(row).to_have_count(1)  # the browser asks for the meaning
    row.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("status")).to_contain_text("Dismissed.")
    page.get_by_role("link", name="Done").click()
    expect(row).to_contain_text("Dismissed by mara")
    row.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("on the list again")


def test_the_keyboard_alone_will_do(taught: Server, manager: Page, new_page: NewPage) -> None:
    ask(taught, new_page(), "wibble the wobble")
    manager.goto(taught.url + "/understanding")
    row = manager.locator(".case").filter(has_text="wibble the wobble")
    row.get_by_label("What was meant?").focus()
    manager.keyboard.type("Says no")
    manager.keyboard.press("Tab")
    manager.keyboard.press("Tab")
    expect(row.get_by_role("button", name="Learn this")).to_be_focused()
    manager.keyboard.press("Enter")
    expect(manager.get_by_role("status")).to_contain_text("Learned as “Says no”")


def test_hostile_words_never_run(taught: Server, manager: Page, new_page: NewPage) -> None:
    ask(taught, new_page(), HOSTILE)
    ask(taught, new_page(), f"Does it support {HOSTILE} printers?")
    for path in ("/understanding", "/questions"):
        manager.goto(taught.url + path)
        assert manager.title() != "owned"
        assert manager.locator("main script, main img").count() == 0
    manager.goto(taught.url + "/articles/new")
    manager.get_by_label("Title").fill(HOSTILE)
    manager.get_by_label("Questions that it answers").fill(HOSTILE)
    manager.get_by_role("textbox", name="Answer", exact=True).fill(HOSTILE)
    manager.get_by_role("button", name="Save and use it").click()
    expect(manager.get_by_text("Saved. It is in use.")).to_be_visible()
    expect(manager.locator("h1")).to_have_text(HOSTILE)
    assert manager.title() != "owned"
    assert manager.locator("main script, main img").count() == 0


def test_every_page_is_accessible_and_fits_every_screen(
    taught: Server, manager: Page, new_page: NewPage
) -> None:
    ask(taught, new_page(), "call +43 660 1234567 or mumble " + "verylongword" * 14)
    ask(taught, new_page(), QUESTION)
    manager.goto(taught.url + "/questions")
    first = manager.get_by_role("link", name="Write the answer").first.get_attribute("href")
    pages = {
        "understanding": "/understanding",
        "understanding-done": "/understanding?view=settled",
        "questions": "/questions",
        "question": first,
        "articles": "/articles",
        "article": "/articles/new",
        "paper": "/papers/manual-enterprise-en",
        "understanding-zh": "/understanding?language=zh",
    }
    for name, path in pages.items():
        manager.goto(f"{taught.url}{path}")
        for scheme in ("light", "dark"):
            manager.emulate_media(color_scheme=scheme)
            check_access(manager)
            for width, (wide, high) in WIDTHS.items():
                manager.set_viewport_size({"width": wide, "height": high})
                found = manager.evaluate("document.documentElement.scrollWidth")
                assert found <= wide, f"{name} is {found} px wide on a {width}"
                shoot(manager, f"teaching-{name}-{width}-{scheme}")
