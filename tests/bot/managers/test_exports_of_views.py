"""Every view of the managers can be taken along, as it is filtered, and nothing in it runs."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.managers.exports import BOM, FORMATS
from bot.web.places import MENU
from tests.bot.office import Office, open_office

PAGE = {"Accept": "text/html"}
pytestmark = pytest.mark.asyncio(loop_scope="module")
FORMULA = '=HYPERLINK("http://x","y")'
VIEWS = (
    "/transcripts", "/funnel", "/funnel/questions", "/quality", "/service", "/insights",
    "/questions", "/understanding", "/audit",
)  # fmt: skip
# Pages of the menu that are no tables of what happened: forms, lists of work, settings.
NO_VIEWS = {
    "/inbox", "/calls", "/reviews", "/content", "/people", "/connections", "/privacy",
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """Somebody who writes formulas everywhere, and a colleague who is called like one."""
    async with open_office(tmp_path_factory.mktemp("hostile")) as office:
        worker = await office.worker("manager", "boss", f"{FORMULA} boss")
        told = {"city": FORMULA, "company": "+1", "alternatives": "@SUM(A1)"}
        talk = await office.escalate("A person", **told)
        assert (await worker.post(f"/inbox/{talk}/claim")).status_code == 200
        reply = {"text": "Good day", "external_id": "r1"}
        assert (await worker.post(f"/inbox/{talk}/reply", json=reply)).status_code == 200
        other = await office.open_talk()
        await office.say(other, FORMULA, "custom_requirement")
        await office.say(other, f"{FORMULA}?", "ask_feature")
        await office.say(other, f"{FORMULA}!!")
        await office.client().post("/signin", json={"name": FORMULA, "password": "x"})
        yield office


async def read(client: httpx.AsyncClient, path: str) -> httpx.Response:
    answer = await client.get(path, headers=PAGE)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer


def table(content: bytes) -> list[list[str]]:
    text = content.decode()
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True))


def links(page: str) -> dict[str, str]:
    """The exports that a page offers, by format; the last kind of rows where there are several."""
    found = re.findall(r'<a href="([^"]*format=(\w+)[^"]*)" download>', page)
    return {format_: html.unescape(address) for address, format_ in found}


@pytest.mark.parametrize("view", VIEWS)
async def test_each_view_offers_both_files_and_nothing_runs(hostile: Office, view: str) -> None:
    client = await hostile.worker("owner")
    offered = links((await read(client, view)).text)
    assert set(offered) == set(FORMATS)
    header, *rows = table((await read(client, offered["csv"])).content)
    assert rows, view
    for row in rows:
        assert len(row) == len(header)
        for cell in row:
            assert cell.lstrip(" ")[:1] not in set("=+@\t\r\n＝＋－＠"), (view, cell)
    answer = await read(client, offered["jsonl"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert all(list(line) == header for line in lines)
    # That the first file was taken is itself a line of the record.
    assert len(lines) == len(rows) + (view == "/audit")


async def test_what_was_written_is_in_the_files(hostile: Office) -> None:
    client = await hostile.worker("owner")
    for path, words in (
        ("/insights/export", FORMULA), ("/questions/export", f"{FORMULA}?"),
        ("/understanding/export", f"{FORMULA}!!"), ("/service/export", f"{FORMULA} boss"),
        ("/audit/export", f"{FORMULA} boss"), ("/transcripts/export", FORMULA),
    ):  # fmt: skip
        cells = [cell for row in table((await read(client, path)).content) for cell in row if cell]
        assert f"'{words}" in cells, path


@pytest.mark.parametrize(
    ("path", "query", "rows"),
    [
        ("/audit/export", "act=desk.claim", 1),
        ("/audit/export", "act=desk.claim&until=2020-01-01", 0),
        ("/service/export", "since=2020-01-01&until=2020-01-02", 0),
        ("/understanding/export", "view=settled", 0),
        ("/funnel/questions/export", "span=own&since=2020-01-01&until=2020-01-02", 0),
        ("/insights/export", "channel=telegram", 0),
    ],
)
async def test_a_file_holds_what_the_page_is_filtered_by(
    hostile: Office, path: str, query: str, rows: int
) -> None:
    client = await hostile.worker("owner")
    answer = await read(client, f"{path}?format=jsonl&{query}")
    assert len(answer.text.splitlines()) == rows


async def test_the_record_tells_acts_in_the_reader_s_words(hostile: Office) -> None:
    client = await hostile.worker("manager")
    client.headers["Accept-Language"] = "ru"
    answer = await read(client, "/audit/export?format=jsonl&act=desk.claim")
    (line,) = [json.loads(each) for each in answer.text.splitlines()]
    assert (line["act"], line["who"]) == ("desk.claim", f"{FORMULA} boss")
    assert re.search("[а-я]", line["did"])


async def test_who_may_not_take_along_sees_no_links_and_gets_nothing(hostile: Office) -> None:
    reader = await hostile.worker("readonly")
    for view in ("/transcripts", "/funnel", "/funnel/questions", "/quality", "/service"):
        assert not links((await read(reader, view)).text), view
    for view in VIEWS:
        answer = await reader.get(f"{view}/export")
        assert answer.status_code == 403, view


async def test_no_view_of_the_menu_is_forgotten() -> None:
    menu = {place.address for group in MENU for place in group.places}
    assert menu - set(VIEWS) - NO_VIEWS == set()
