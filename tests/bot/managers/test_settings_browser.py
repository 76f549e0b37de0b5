"""People, connections, audit log and privacy as an owner uses them: real Chromium, real product."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.bot.chat import WIDTHS, NewPage, browser, check_access, new_page, shoot
from tests.bot.server import Server, make_server
from tests.bot.systems.receiver import Receiver, receiving
from tests.bot.web.test_staff_browser import PAPER, TOO_WIDE

__all__ = ["browser", "new_page"]

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: what is set here must not reach other tests."""
    made = make_server(
        tmp_path_factory.mktemp("settings") / "data",
        ENCODER="off",
        REQUESTS_PER_MINUTE="100000",
        CONVERSATIONS_PER_HOUR="100000",
        WEBHOOK_HOSTS="127.0.0.1",
    )
    made.start()
    yield made
    assert made.faults() == []
    made.stop()


@pytest.fixture(scope="module")
def password(server: Server) -> str:
    return server.add_staff("ora", "owner+manager")


@pytest.fixture
def owner(server: Server, password: str, new_page: NewPage) -> Page:
    return sign_in(server, "ora", password, new_page())


def sign_in(server: Server, name: str, password: str, page: Page) -> Page:
    page.goto(server.url + "/signin")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/signin" not in url, wait_until="commit")
    return page


def talk(server: Server, words: str) -> str:
    """A prospect who writes this and then asks for a person; gives the conversation."""
    with server.client() as client:
        begun = client.post("/api/conversations", json={}).json()
        client.headers["Authorization"] = f"Bearer {begun['token']}"
        key = str(begun["conversation"])
        for body in (
            {"kind": "text", "text": words},
            {"kind": "choice", "question": 1, "value": "person"},
        ):
            answer = client.post(
                f"/api/conversations/{key}/messages", json={"id": secrets.token_hex(8), **body}
            )
            assert answer.status_code == 202, answer.text
        return key


def test_a_colleague_comes_gets_roles_and_goes(
    server: Server, owner: Page, new_page: NewPage
) -> None:
    owner.goto(server.url + "/people")
    owner.get_by_label("Name for signing in").fill("lena")
    owner.get_by_label("Name that prospects see").fill(HOSTILE)
    owner.get_by_label("Project manager").check()
    owner.get_by_role("button", name="Add the account").click()
    first = owner.locator(".once code").inner_text()
    assert owner.title() != "owned"
    lena = sign_in(server, "lena", first, new_page(java_script_enabled=False))
    owner.get_by_label("Read only").check()
    owner.get_by_label("Pre-sales", exact=True).uncheck()
    owner.get_by_label("Project manager").uncheck()
    owner.locator("form", has=owner.get_by_label("Read only")).get_by_role(
        "button", name="Set"
    ).click()
    expect(owner.get_by_role("status")).to_contain_text("The roles are set.")
    lena.goto(server.url + "/inbox")
    expect(lena.get_by_text("Your role does not include this page.")).to_be_visible()
    expect(owner.locator(".rowsof li")).to_have_count(1)
    expect(owner.locator(".rowsof")).to_contain_text("Chrome · Linux")
    owner.get_by_role("button", name="End all sessions").click()
    lena.goto(server.url + "/transcripts")
    expect(lena.get_by_role("button", name="Sign in")).to_be_visible()
    for name in ("Owner", "ora"):  # the first account goes; then there is but one owner
        owner.goto(server.url + "/people")
        owner.get_by_role("link", name=name, exact=True).click()
        owner.get_by_role("button", name="Disable the account").click()
    expect(owner.get_by_role("alert")).to_contain_text("the last owner")


def test_a_crm_is_connected_and_told(server: Server, owner: Page, receiver: Receiver) -> None:
    owner.goto(server.url + "/connections")
    owner.get_by_text("New webhook").click()
    owner.get_by_label("Address").fill("https://10.0.0.1/")
    owner.get_by_role("button", name="Add the webhook").click()
    expect(owner.get_by_role("alert")).to_contain_text("private network")
    owner.get_by_label("Address").fill(receiver.url)
    owner.get_by_role("button", name="Add the webhook").click()
    expect(owner.locator(".once code")).to_contain_text("whsec_")
    owner.get_by_role("link", name=receiver.url).click()
    owner.get_by_role("button", name="Send a test").click()
    receiver.wait_for(1)
    receiver.script = ["fail"]
    talk(server, "We are a private retailer in Graz")
    receiver.wait_for(2)
    created = owner.locator("tbody tr").filter(has_text="Lead created").first
    for _ in range(20):  # the answer is noted down a moment after it was given
        owner.reload()
        if "500" in created.inner_text():
            break
        owner.wait_for_timeout(250)
    expect(created).to_contain_text("500")
    owner.locator("tbody tr").filter(has_text="Test").get_by_role("button").click()
    receiver.wait_for(3)
    assert [got.attempt for got in receiver.got if got.event == "test"] == [1, 2]
    owner.get_by_role("button", name="Pause").click()
    expect(owner.get_by_role("status")).to_contain_text("Paused.")
    owner.goto(server.url + "/connections")
    owner.get_by_text("New token").click()
    owner.get_by_label("What it is for").fill("CRM")
    owner.get_by_role("button", name="Make the token").click()
    token = owner.locator(".once code").inner_text()
    with server.client(headers={"Authorization": f"Bearer {token}"}) as client:
        assert len(client.get("/api/v1/leads").json()["leads"]) == 1
        owner.get_by_role("button", name="Revoke CRM").click()
        assert client.get("/api/v1/leads").status_code == 401


def test_a_person_is_found_and_erased(server: Server, owner: Page) -> None:
    key = talk(server, "I am Ana Zirkon, ana@zirkon.example")
    owner.goto(server.url + "/privacy")
    owner.get_by_role("searchbox", name="Find a person").fill("ana@zirkon.example")
    owner.get_by_role("button", name="Find", exact=True).click()
    owner.locator(f'a[href="/privacy/{key}"]').click()
    with owner.expect_download() as downloading:
        owner.get_by_role("button", name="Download the ZIP").click()
    assert downloading.value.suggested_filename.endswith(".zip")
    owner.get_by_label("Erase it for good").check()
    owner.get_by_role("button", name="Erase", exact=True).click()
    for _ in range(20):
        if owner.get_by_text("Everything is gone").count():
            break
        owner.wait_for_timeout(1_000)
        owner.reload()
    expect(owner.get_by_text("Everything is gone")).to_be_visible()
    owner.goto(server.url + "/privacy?q=ana%40zirkon.example")
    expect(owner.get_by_text("0 talks found")).to_be_visible()
    owner.goto(server.url + "/audit?act=privacy.erase")
    expect(owner.locator("tbody tr")).to_have_count(1)
    expect(owner.locator("tbody tr")).to_contain_text("ora")
    expect(owner.get_by_text("Unbroken")).to_be_visible()


def test_every_page_is_accessible_and_fits_every_screen(server: Server, owner: Page) -> None:
    key = talk(server, "call +43 660 1234567 or " + "verylongword" * 14)
    pages = {
        "people": "/people",
        "person": "/people/1",
        "connections": "/connections",
        "webhook": "/connections/webhooks/1",
        "audit": "/audit",
        "privacy": "/privacy?q=verylongword",
        "kept": f"/privacy/{key}",
        "proof": "/privacy/proofs/1",
        "people-ru": "/people?language=ru",
        "connections-zh": "/connections?language=zh",
        "privacy-es": "/privacy?language=es",
    }
    for name, path in pages.items():
        answer = owner.goto(f"{server.url}{path}")
        assert answer is not None
        assert len(answer.body()) < 100_000, name
        for scheme in ("light", "dark") if "-" not in name else ("light",):
            owner.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            check_access(owner)
            for width, (wide, high) in WIDTHS.items():
                owner.set_viewport_size({"width": wide, "height": high})
                found = owner.evaluate("document.documentElement.scrollWidth")
                assert found <= wide, f"{name} is {found} px wide on a {width}"
                if scheme == "light" or width == "desk":
                    shoot(owner, f"settings-{name}-{width}-{scheme}")
    for language in ("ru", "es"):
        owner.goto(f"{server.url}/people?language={language}")
        owner.locator("details:has(.rights) > summary").click()
        owner.set_viewport_size(PAPER)
        owner.emulate_media(media="print")
        assert owner.evaluate(TOO_WIDE) == [], f"the rights on paper in {language}"
        owner.emulate_media(media="screen")
    owner.goto(f"{server.url}/people?language=en")
