"""Lists of hundreds of talks: page by page, each talk once, every page light."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.presales.queue import SHOWN, SHOWN_BESIDE
from storage import desk
from storage.db import Tx
from tests.bot.office import Office, open_office
from tests.bot.presales.test_inbox import PAGE

CROWD = 170
MATE = "Jonas Okafor"
ROW = re.compile(r'<li data-key="([^"]+)" class="row ')
NEXT = re.compile(r'<a href="([^"]+)" rel="next">')
HUMAN = "UPDATE conversation SET owner = 'human', staff_id = :who WHERE id = :of"


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with open_office(tmp_path_factory.mktemp("pages-office")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module")
async def crowd(office: Office) -> list[str]:
    return [await office.escalate(company=f"Company number {n} of many") for n in range(CROWD)]


@pytest_asyncio.fixture(scope="module")
async def client(office: Office) -> httpx.AsyncClient:
    return await office.worker("presales", display_name=MATE)


async def walk(client: httpx.AsyncClient, path: str) -> list[list[str]]:
    """The rows of every page, by the links from one to the next."""
    pages = []
    while path:
        answer = await client.get(path, headers=PAGE)
        assert answer.status_code == 200
        assert len(answer.content) < 100_000, path
        pages.append(ROW.findall(answer.text))
        found = NEXT.search(answer.text)
        path = html.unescape(found[1]) if found else ""
    return pages


def all_of(pages: list[list[str]], most: int = SHOWN) -> list[str]:
    assert all(len(page) == most for page in pages[:-1])
    assert 0 < len(pages[-1]) <= most
    rows = [row for page in pages for row in page]
    assert len(rows) == len(set(rows)), "no talk stands on two pages"
    return rows


async def put_there(office: Office, crowd: list[str], view: str) -> None:
    """Makes the crowd stand in this list."""
    found = office.db.peek(lambda tx: tx.one("SELECT id FROM staff WHERE display_name = :it",
                                             {"it": MATE}))  # fmt: skip
    assert found
    wake = office.clock.now() + 3_600_000

    def work(tx: Tx) -> None:
        for number, talk in enumerate(crowd):
            if view in ("mine", "team", "open"):
                tx.run(HUMAN, {"of": talk, "who": found[0]})
            elif view == "closed":
                tx.run("UPDATE conversation SET owner = 'closed' WHERE id = :of", {"of": talk})
            elif view == "snoozed":
                # Many wake at the very same moment.
                desk.put(tx, talk, snoozed_until=wake + number // 50)

    await office.db.write(work)


@pytest.mark.parametrize("view", ["waiting", "mine", "team", "open", "closed", "snoozed"])
async def test_every_talk_of_a_long_list_stands_on_one_page(
    office: Office, client: httpx.AsyncClient, crowd: list[str], view: str
) -> None:
    await put_there(office, crowd, view)
    rows = all_of(await walk(client, f"/inbox?view={view}"))
    assert set(crowd) <= set(rows)
    if view == "waiting":
        assert [row for row in rows if row in crowd] == crowd, "the longest first"


async def test_what_sleeps_is_in_no_other_list_however_much_it_is(
    office: Office, client: httpx.AsyncClient, crowd: list[str]
) -> None:
    await office.db.write(
        lambda tx: [tx.run("UPDATE conversation SET owner = 'waiting' WHERE id = :of", {"of": talk})
                    for talk in crowd]
    )  # fmt: skip
    await put_there(office, crowd, "snoozed")
    (page,) = await walk(client, "/inbox?view=waiting")
    assert not set(page) & set(crowd)
    await office.db.write(lambda tx: [desk.wake(tx, talk) for talk in crowd])
    assert set(crowd) <= set(all_of(await walk(client, "/inbox?view=waiting")))


async def test_beside_an_open_talk_the_page_stays_and_goes_on(
    office: Office, client: httpx.AsyncClient, crowd: list[str]
) -> None:
    first = (await client.get("/inbox?view=waiting", headers=PAGE)).text
    onward = NEXT.search(first)
    assert onward
    second = (await client.get(html.unescape(onward[1]), headers=PAGE)).text
    row = ROW.findall(second)[0]
    link = re.search(rf'<a href="(/inbox/{row}\?[^"]+)"', second)
    assert link
    opened = (await client.get(html.unescape(link[1]), headers=PAGE)).text
    assert ROW.findall(opened) == ROW.findall(second)[:SHOWN_BESIDE]
    assert len(opened.encode()) < 100_000
    after = html.unescape(onward[1]).split("after=")[1]
    anew = (await client.get(f"/inbox/list?view=waiting&talk={row}&after={after}")).json()
    assert ROW.findall(anew["html"]) == ROW.findall(opened), "the live list is the same page"


@pytest.mark.parametrize(
    "cursor", ["x", "called", "called.1.2", "called.a.b.c", "mates.1.x", "called.9e9.1.x", "%00",
               "called." + "9" * 40 + ".1.x", "called.--1.1.x", "called.1." + "x" * 300],
)  # fmt: skip
async def test_a_cursor_that_is_none_begins_at_the_beginning(
    office: Office, client: httpx.AsyncClient, crowd: list[str], cursor: str
) -> None:
    plain = (await client.get("/inbox/list?view=waiting")).json()["html"]
    answer = await client.get(f"/inbox/list?view=waiting&after={cursor}")
    assert answer.status_code == 200
    assert ROW.findall(answer.json()["html"]) == ROW.findall(plain)
