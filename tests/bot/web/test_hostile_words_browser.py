"""Hostile words through every field into every view, in real Chromium: nothing runs, nothing
breaks out, and the words are there to be read."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.bot.office import Office, open_office
from tests.bot.web.hostile_words import WORDS
from tests.bot.web.test_roles import STAFF_ROUTES
from tests.bot.web.test_staff_browser import NewPage, browser, new_page, sign_in

__all__ = ["browser", "new_page"]

pytestmark = pytest.mark.browser
SLOTS = (
    "name",
    "company",
    "city",
    "need",
    "industry",
    "role",
    "budget",
    "timeline",
    "alternatives",
)
TALKS = 12
SHARE = len(WORDS) // TALKS  # of the words in each talk
PAGE = {"Accept": "text/html"}
# These give files or streams, or are walked with an id of their own below.
NO_PAGE = re.compile(r"export|\.csv|stream|/pieces|/brief|/list$|/files/|/file$|\{")


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with open_office(tmp_path_factory.mktemp("hostile-office")) as opened:
        await opened.add_staff("owner", "owner", WORDS[1][:80])
        yield opened


async def fill_talk(office: Office, words: list[str]) -> str:
    """A talk whose facts, messages, notes and wishes are these words."""
    source = f"https://shop.example/?{words[0]}"
    opened = await office.core.intake.open("widget", "en", source)
    talk = opened.conversation
    await office.do(talk, "open")
    facts = dict(zip(SLOTS, words, strict=False))
    await office.say(talk, words[-1], "provide_info", slots=facts)
    for word in words[len(SLOTS) : -3]:
        await office.say(talk, word, "ask_feature")
    await office.say(talk, words[-2], "custom_requirement")
    await office.say(talk, words[-3], "talk_to_human")
    return talk


async def fill_desk(client: httpx.AsyncClient, talk: str, words: Iterator[str]) -> None:
    """What staff write into a talk: every act with words of its own."""
    await client.post(f"/inbox/{talk}/claim", headers=PAGE)
    for act, fields in (
        ("note", ("text",)), ("reply", ("text",)), ("pass-on", ("to", "note")),
        ("tasks", ("note",)), ("profile", ("value",)), ("hand-back", ("line",)),
    ):  # fmt: skip
        data = {name: next(words) for name in fields} | {
            "slot": "company",
            "due": "2027-01-01T09:00",
            "kind": "follow_up",
        }
        answer = await client.post(
            f"/inbox/{talk}/{act}", data={**data, "external_id": f"{act}-{talk}"}, headers=PAGE
        )
        assert answer.status_code < 500, (act, answer.status_code)


async def fill_console(client: httpx.AsyncClient, words: Iterator[str]) -> None:
    """What managers write: every form of every page, whatever comes of it."""
    for (method, path), _ in sorted(STAFF_ROUTES.items()):
        if method != "POST" or "{" in path or path in ("/signout", "/account"):
            continue
        page = await client.get(path, headers=PAGE)
        names = set(re.findall(r'name="([^"]+)"', page.text)) - {"form_token", "seen"}
        data = {name: next(words) for name in sorted(names)}
        answer = await client.post(path, data=data, headers=PAGE)
        assert answer.status_code < 500, (path, answer.status_code)


async def look(page: Page, address: str) -> str:
    """Open a view, touch what could be touched, and see that nothing ran; gives its words."""
    answer = await page.goto(address)
    assert answer is not None
    assert answer.status < 500, address
    for summary in await page.locator("details > summary").all():
        await summary.evaluate("each => { each.parentElement.open = true }")
    found: dict[str, int] = await page.evaluate(
        """() => {
          for (const each of document.querySelectorAll('a, button, input')) {
            each.dispatchEvent(new Event('mouseover', { bubbles: true }));
            each.dispatchEvent(new Event('focus'));
          }
          return {
            ran: top.__ran ? 1 : 0,
            broke: document.querySelectorAll('[data-broke-out]').length,
            links: document.querySelectorAll('a[href^="javascript:" i]').length,
            base: document.querySelectorAll('base').length,
          };
        }"""
    )
    assert found == {"ran": 0, "broke": 0, "links": 0, "base": 0}, (address, found)
    return await page.locator("main").inner_text()


@pytest.mark.timeout(600)
async def test_nothing_that_anybody_writes_is_run(office: Office, new_page: NewPage) -> None:
    words = [WORDS[n::TALKS][:SHARE] for n in range(TALKS)]
    talks = [await fill_talk(office, list(each)) for each in words]
    client = await office.worker("owner")
    endless = itertools.cycle(WORDS)
    for talk in talks[:4]:
        await fill_desk(client, talk, endless)
    await fill_console(client, endless)
    await office.index()
    page = await sign_in(office, await new_page(), "owner")
    shown = ""
    for talk in talks:
        shown += await look(page, f"{office.url}/inbox/{talk}")
        shown += await look(page, f"{office.url}/transcripts/{talk}")
    for (method, path), _ in sorted(STAFF_ROUTES.items()):
        if method == "GET" and not NO_PAGE.search(path):
            shown += await look(page, office.url + path)
    for query in ("/transcripts?q=top", "/inbox?view=open", "/questions/1", "/people/1"):
        shown += await look(page, office.url + query)
    # They were not dropped either: each is there to be read, as the words that it is.
    plain = " ".join(shown.split())
    missing = [each for each in WORDS if " ".join(each.split()) not in plain]
    assert len(missing) < 0.1 * len(WORDS), missing[:10]


@pytest.mark.parametrize("part", range(3))
async def test_nothing_of_them_runs_in_the_chat(
    office: Office, new_page: NewPage, part: int
) -> None:
    """The prospect sees their own words, and those of staff, as words."""
    prospect = await office.open_prospect()
    talk = prospect.conversation
    for word in WORDS[part::3][:40]:
        await office.say(talk, word, "ask_feature")
    await office.say(talk, "a person", "talk_to_human")
    client = await office.worker("presales", display_name=WORDS[2][:80])
    await client.post(f"/inbox/{talk}/claim")
    for number, word in enumerate(WORDS[part::3][40:60]):
        await client.post(f"/inbox/{talk}/reply", json={"external_id": f"r{number}", "text": word})
    page = await new_page()
    token = prospect.client.headers["Authorization"].removeprefix("Bearer ")
    await page.goto(f"{office.url}/health")
    await page.evaluate(
        "kept => localStorage.setItem('firstline.talk', JSON.stringify(kept))",
        {"conversation": talk, "token": token},
    )
    await page.goto(f"{office.url}/chat")
    await expect(page.locator(".message.prospect").first).to_be_visible()
    shown = " ".join((await look(page, f"{office.url}/chat?again=1")).split())
    assert " ".join(WORDS[part::3][39].split()) in shown
    assert " ".join(WORDS[part::3][59].split()) in shown
