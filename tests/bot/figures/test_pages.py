"""The pages of figures: what they count, how they are narrowed, and what stands behind a number."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.managers.figure_exports import WEEKS_MAX
from bot.managers.figures.choice import FigureChoice, make_weeks, read_choice
from dialogs.hours import DAY
from tests.bot.office import Office, open_office

PAGE = {"accept": "text/html"}
SECONDS = 1_000

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """Six talks: two only opened, a price, a refusal, and two hand-offs, one of them claimed."""
    async with open_office(tmp_path_factory.mktemp("busy")) as office:
        await office.open_talk()
        await office.open_talk("zh")
        asked = await office.open_talk()
        await office.say(asked, "How much is Cluster?", "ask_price", slots={"edition": "cluster"})
        no = await office.open_talk()
        await office.say(no, "We are a company.", "provide_info", slots={"need": "shop"})
        await office.say(no, "I would rather not say.", "refuse")
        client = await office.worker("manager")
        taken = await office.escalate()
        await office.escalate()
        assert (await client.post(f"/inbox/{taken}/claim")).status_code == 200
        yield office


async def read(office: Office, path: str) -> str:
    client = await office.worker("manager")
    found = await client.get(path, headers=PAGE)
    assert found.status_code == 200, path
    assert len(found.content) < 100_000
    return found.text


def table(page: str) -> dict[str, list[str]]:
    """The texts of the cells of each line of the first table, by the text of its heading."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = {}
    for line in body.split("</tr>")[:-1]:
        head = re.sub(r"<details.*?</details>", "", line, flags=re.DOTALL)
        cells = [
            " ".join(re.sub(r"<[^>]+>", "", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", head, re.DOTALL)
        ]
        rows[cells[0]] = cells[1:]
    return rows


async def test_the_funnel_counts_what_happened(busy: Office) -> None:
    page = await read(busy, "/funnel")
    assert "Of 6 talks, 4 got a word from the prospect, 2 reached pre-sales and 1 was" in page
    rows = table(page)
    assert rows["Opened"][1:3] == ["6", "100 %"]
    assert rows["First word"][1:4] == ["4", "67 %", "67 %"]
    assert rows["Price shown"][1] == "1"
    assert rows["Question answered"][1] == "1"
    assert rows["Escalated"][1] == "2"
    assert rows["Claimed"][1:4] == ["1", "17 %", "50 %"]
    assert 'href="/transcripts?since=' in page
    assert "step=claimed" in page
    assert "lost_at=price" in page


async def test_a_number_opens_its_talks(busy: Office) -> None:
    page = await read(busy, "/funnel")
    rows = re.findall(r'href="(/transcripts\?[^"]*step=([a-z_]+))"[^>]*>(\d+)<', page)
    assert len(rows) >= 5
    for address, step, count in rows:
        shown = await read(busy, address.replace("&amp;", "&"))
        talks = set(re.findall(r'href="/transcripts/([\w-]{22})', shown))
        assert len(talks) == int(count), step


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ("/funnel", "since=2930-01-01", "“2930-01-01” is still to come"),
        ("/funnel", "since=2026-03-09&until=2026-03-01", "first day comes after the last"),
        ("/quality", "span=own&since=2026-03-09&until=2026-03-01", "first day comes after"),
        ("/quality", "since=2026-02-30", "“2026-02-30” is not a date (From)"),
        ("/funnel/questions", "since=2930-01-01", "“2930-01-01” is still to come"),
        ("/insights", "month=2930-01", "“2930-01” is still to come"),
        ("/insights", "month=soon", "“soon” is not a month"),
        ("/transcripts", "since=2026-03-09&until=2026-03-01", "first day comes after the last"),
        ("/transcripts", "since=2930-01-01", "“2930-01-01” is still to come"),
    ],
)
async def test_wrong_days_are_told_and_no_file_is_made_of_them(
    busy: Office, path: str, query: str, words: str
) -> None:
    page = await read(busy, f"{path}?{query}")
    assert words in page
    assert page.count('role="alert"') == 1
    client = await busy.worker("manager")
    refused = await client.get(f"{path}/export?{query}")
    assert refused.status_code == 400
    assert "Nothing was exported" in refused.json()["error"]
    assert (await client.get(f"{path}/export?format=csv")).status_code == 200


async def test_days_as_they_should_be_raise_no_alarm(busy: Office) -> None:
    for query in ("", "?since=2026-03-01&until=2999-03-09", "?until=2026-03-09", "?span=own"):
        page = await read(busy, f"/funnel{query}")
        assert 'role="alert"' not in page, query
    assert "2026-02-10" in await read(busy, "/funnel?until=2026-03-09"), "four weeks up to it"


async def test_the_funnel_is_narrowed_and_compared(busy: Office) -> None:
    assert "Of 1 talk, 0 got" in await read(busy, "/funnel?tongue=zh")
    assert "No talks in this time" in await read(busy, "/funnel?since=2020-01-01&until=2020-02-01")
    assert "No talks in this time" in await read(busy, "/funnel?source=https://nowhere.example")
    page = await read(busy, "/funnel?by=language")
    compared = table(page.partition('id="compared"')[2])
    assert compared["English"][0] == "5"
    assert compared["中文"][0] == "1"
    for by in ("source", "channel", "edition", "week"):
        page = await read(busy, f"/funnel?by={by}&span=month")
        rows = table(page.partition('id="compared"')[2])
        assert sum(int(cells[0]) for cells in rows.values()) == 6, by


@pytest.mark.parametrize("language", ["zh", "es", "ru"])
async def test_every_language_has_all_words(busy: Office, language: str) -> None:
    for path in ("/funnel?by=week&", "/funnel/questions?", "/quality?"):
        page = await read(busy, f"{path}span=year&language={language}")
        assert f'<html lang="{language}"' in page


async def test_questions_tell_how_they_ended(busy: Office) -> None:
    page = await read(busy, "/funnel/questions")
    rows = table(page)
    greeting = rows["Greeting"]
    asked, answered = int(greeting[1]), int(greeting[2].split()[0])
    assert (asked, answered) == (6, 4)
    refused = [name for name, cells in rows.items() if cells[5]]
    assert len(refused) == 1
    busy.clock.ahead += 2 * DAY
    try:
        later = table(await read(busy, "/funnel/questions"))
    finally:
        busy.clock.ahead -= 2 * DAY
    assert later["Greeting"][7].split()[0] == "2"  # silent, a day later
    address = re.findall(r'href="(/figures/talks\?[^"]*how=refused[^"]*)"', page)[0]
    behind = await read(busy, address.replace("&amp;", "&"))
    assert len(set(re.findall(r'href="/transcripts/([\w-]{22})', behind))) == 1


async def test_quality_shows_each_figure_with_its_meaning(busy: Office) -> None:
    page = await read(busy, "/quality")
    for name in ("contained", "silent", "missed", "answered", "reasked", "unhelpful", "accepted",
                 "returned", "first_answer", "human", "satisfaction"):  # fmt: skip
        tile = page.partition(f'id="{name}"')[2].partition("</section>")[0]
        assert "What it means" in tile, name
    answered = page.partition('id="answered"')[2].partition("</section>")[0]
    assert "100 %" in answered
    assert "1 of 1" in answered


async def test_a_hand_off_that_nobody_claims_is_missed(tmp_path: Path) -> None:
    async with open_office(tmp_path / "data") as office:
        client = await office.worker("manager")
        taken, left = await office.escalate(), await office.escalate()
        assert (await client.post(f"/inbox/{taken}/claim")).status_code == 200
        office.clock.ahead += 2 * DAY
        client = await office.worker("manager")
        page = (await client.get("/quality", headers=PAGE)).text
        missed = page.partition('id="missed"')[2].partition("</section>")[0]
        assert "1 of 2 waited a day for nobody" in missed, missed[-900:]
        behind = (await client.get("/figures/talks?figure=missed", headers=PAGE)).text
        assert left in behind
        assert taken not in behind


@pytest.mark.parametrize(
    "query", ["figure=nothing", "figure=", "figure=stars-9", "question=need&how=nothing", ""]
)
async def test_what_is_not_counted_is_not_found(busy: Office, query: str) -> None:
    client = await busy.worker("manager")
    assert (await client.get(f"/figures/talks?{query}", headers=PAGE)).status_code == 404


async def test_what_an_address_says_is_never_markup(busy: Office) -> None:
    client = await busy.worker("manager")
    query = httpx.QueryParams(
        source="<script>alert(1)</script>", question='"><img src=x>', how="asked", edition="<b>"
    )
    for path in ("/funnel", "/funnel/questions", "/quality", "/figures/talks"):
        page = (await client.get(f"{path}?{query}", headers=PAGE)).text
        assert "<script>alert" not in page
        assert "<img src=x>" not in page


async def test_times_stand_the_right_way_round(busy: Office) -> None:
    deps = busy.deps
    turned = read_choice(deps, {"since": "2026-03-31", "until": "2026-03-01", "by": "nothing"})
    last = read_choice(deps, {})
    assert (turned.span, turned.since, turned.until) == ("weeks", last.since, last.until)
    assert turned.problems, "the page says what it shows instead"
    choice = read_choice(deps, {"since": "2026-03-01", "until": "2026-03-31", "by": "nothing"})
    assert (choice.span, choice.since, choice.until, choice.by) == (
        "own", "2026-03-01", "2026-03-31", "",
    )  # fmt: skip
    weeks = make_weeks(choice, 60)
    assert [week.since for week in weeks][:2] == ["2026-03-01", "2026-03-02"]
    assert weeks[-1].until == "2026-03-31"
    for span in ("week", "weeks", "month", "quarter", "year"):
        found = read_choice(deps, {"span": span, "since": "1999-99-99"})
        assert found.span == span
        assert found.since <= found.until
        query = httpx.URL(found.address("/funnel")).params
        assert read_choice(deps, query) == found
    assert isinstance(choice, FigureChoice)


async def test_a_thousand_years_are_cut_into_no_more_weeks_than_are_shown(busy: Office) -> None:
    choice = read_choice(busy.deps, {"since": "2000-01-01", "until": "2999-12-31"})
    today = read_choice(busy.deps, {"span": "week"}).until
    assert choice.until == today, "of the days to come nothing is known"
    weeks = make_weeks(choice, 60)
    assert len(weeks) == 60
    assert weeks[-1].until == today
    whole = make_weeks(choice, 10_000)
    assert [week.since for week in whole[:2]] == ["2000-01-01", "2000-01-03"]
    assert whole[-60:] == weeks
    client = await busy.worker("manager")
    page = await client.get(f"/funnel?{choice.query(by='week')}", headers=PAGE)
    compared = page.text.partition('id="compared"')[2].partition("</table>")[0]
    assert len(re.findall(r'href="/funnel\?span=own&amp;since=', compared)) == 60
    file = await client.get(f"/quality/export?{choice.query()}&format=csv")
    lines = file.text.splitlines()
    assert len({line.split(",")[0] for line in lines[1:]}) == 1 + WEEKS_MAX
