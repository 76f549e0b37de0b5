"""What the market asks for: the page's numbers against a recount of what was really said."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.managers.insights.budgets import find_tight_budgets
from bot.managers.insights.months import read_month
from bot.managers.insights.report import band_of
from dialogs.figures import fold_value
from storage import facts, leads
from storage.db import Tx
from storage.facts import FactRow
from storage.insights import Pair
from tests.bot.office import Office, open_office
from tests.dialogs.consulting import demo

PAGE = {"Accept": "text/html"}
HOSTILE = "<script>alert(1)</script>"
NOON = 1_795_435_200_000  # 23 November 2026, 12:00 UTC


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path / "data") as opened:
        yield opened


async def read(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path, headers=PAGE)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


def rows_of(page: str, section: str) -> dict[str, tuple[int, str]]:
    """Label -> number and address of its talks."""
    part = page.partition(f'id="{section}"')[2].partition("</section>")[0]
    found = re.findall(
        r'<span dir="auto">(.*?)</span>.*?<a href="([^"]+)"[^>]*>(\d+)</a>', part, re.DOTALL
    )
    return {html.unescape(label): (int(n), html.unescape(at)) for label, at, n in found}


async def test_every_number_opens_the_talks_that_it_counts(office: Office) -> None:
    told = [
        {"city": "Graz", "headcount": "60", "ownership": "private"},
        {"city": "Graz", "headcount": "7", "edition": "enterprise", "budget": "EUR 500"},
        {"city": "Köln", "headcount": "65", "edition": "enterprise", "budget": "EUR 9000"},
    ]
    talks = []
    for slots in told:
        talk = await office.open_talk()
        await office.say(talk, str(slots), "provide_info", slots=slots)
        talks.append(talk)
    await office.say(talks[0], "build us a till", "custom_requirement")
    await office.say(talks[1], "the manual please", "ask_document", slots={"doc_type": "manual"})
    client = await office.worker("manager")
    page = await read(client, "/insights")
    assert {k: n for k, (n, _) in rows_of(page, "city").items()} == {"Graz": 2, "Köln": 1}
    assert {k: n for k, (n, _) in rows_of(page, "headcount").items()} == {"1–9": 1, "50–199": 2}
    assert {k: n for k, (n, _) in rows_of(page, "paper").items()} == {"manual": 1}
    assert "build us a till" in rows_of(page, "custom")
    assert "2 named a budget, 1 of them less" in page
    for section, label, ids in (
        ("city", "Graz", talks[:2]),
        ("headcount", "50–199", [talks[0], talks[2]]),
        ("paper", "manual", [talks[1]]),
    ):
        number, address = rows_of(page, section)[label]
        opened = await read(client, address)
        found = re.findall(r'href="/transcripts/([\w-]{22})"', opened)
        assert sorted(found) == sorted(ids)
        assert len(found) == number


async def test_those_that_stand_first_together_are_told_together(office: Office) -> None:
    cities = ("Graz", "Graz", "Linz", "Linz", "Wels", "Wels", "Bonn")
    for city in cities:
        talk = await office.open_talk()
        await office.say(talk, city, "provide_info", slots={"city": city})
    page = await read(await office.worker("manager"), "/insights")
    title = re.findall(r'<h2 id="city-title">(.*?)</h2>', page)[0]
    assert title.endswith(" and 1 more, 2 each"), title
    assert "Bonn" not in title


async def test_a_city_counts_once_in_all_its_spellings(office: Office) -> None:
    talks = []
    for city, trade in (("Berlin", "muebles"), ("Берлин", "мебель"), ("柏林", "furniture")):
        talk = await office.open_talk()
        await office.say(talk, f"{city} {trade}", "provide_info", slots={"city": city})
        rows = [FactRow(talk, "industry", fold_value("industry", trade), "inferred", 1)]
        await office.db.write(partial(facts.put, rows=rows))
        talks.append(talk)
    client = await office.worker("manager")
    shown = {"en": ("Berlin", "Furniture"), "ru": ("Берлин", "Мебель"), "zh": ("柏林", "家具家居")}
    for language, (city, trade) in shown.items():
        client.headers["Accept-Language"] = language
        page = await read(client, "/insights")
        for section, label in (("city", city), ("industry", trade)):
            assert {k: n for k, (n, _) in rows_of(page, section).items()} == {label: 3}
            opened = await read(client, rows_of(page, section)[label][1])
            assert f'<span dir="auto">{label}</span>' in opened
            assert set(re.findall(r'href="/transcripts/([\w-]{22})"', opened)) == set(talks)
    for spelling in ("Berlin", "берлин", "柏林"):
        listed = await read(client, f"/transcripts?city={spelling}")
        assert set(re.findall(r'href="/transcripts/([\w-]{22})"', listed)) == set(talks)


async def test_the_month_is_narrowed_and_its_numbers_too(office: Office) -> None:
    known = {"ownership": "private", "headcount": "120", "buyer_type": "enterprise"}
    inside, outside = await office.open_talk("en"), await office.open_talk("zh")
    await office.say(inside, "from Graz", "provide_info", slots={**known, "city": "Graz"})
    await office.say(outside, "from Linz", "provide_info", slots={"city": "Linz"})
    client = await office.worker("manager")
    segment = next(each.id for each in office.deps.pack.segments if each.ideal)
    for query in (f"segment={segment}", f"channel=widget&tongue=en&segment={segment}"):
        page = await read(client, f"/insights?{query}")
        assert {k: n for k, (n, _) in rows_of(page, "city").items()} == {"Graz": 1}
        opened = await read(client, rows_of(page, "city")["Graz"][1])
        assert re.findall(r'href="/transcripts/([\w-]{22})"', opened) == [inside]
        left = re.search(r'href="(/transcripts\?[^"]*lost_at=[^"]*)">[^<]*</a> <[^>]*>(\d+)<', page)
        assert left is not None, "where they left"
        assert left[2] == "1"
        lost = await read(client, html.unescape(left[1]))
        assert re.findall(r'href="/transcripts/([\w-]{22})', lost) == [inside]
        assert 'href="/insights?' in opened
    for query in ("channel=telegram", "tongue=zh"):
        assert not rows_of(await read(client, f"/insights?{query}"), "city")
    unknown = await read(client, "/insights?segment=nothing&tongue=xx&channel=")
    assert len(rows_of(unknown, "city")) == 2
    assert not rows_of(await read(client, "/insights?month=last"), "city")


async def test_views_are_kept_on_every_page_of_figures(office: Office) -> None:
    client = await office.worker("manager")
    for page, query in (
        ("funnel", "span=month&channel=widget&by=week"),
        ("quality", "span=quarter&tongue=zh"),
        ("insights", "month=last&tongue=zh"),
    ):
        shown = html.unescape(await read(client, f"/{page}?{query}"))
        assert f'name="page" value="{page}"' in shown
        assert f'name="query" value="{query}"' in shown
        form = {"page": page, "query": query, "name": f"Mondays {page}", "shared": "yes"}
        kept = await client.post("/views", data=form)
        assert (kept.status_code, kept.headers["location"]) == (303, f"/{page}?{query}")
        again = html.unescape(await read(client, f"/{page}?{query}"))
        assert f'<a href="/{page}?{query}" aria-current="true">Mondays {page}</a>' in again
        colleague = await office.worker("owner")
        listed = html.unescape(await read(colleague, f"/{page}"))
        assert f'<a href="/{page}?{query}">Mondays {page}</a>' in listed
        assert (await colleague.get(f"/{page}?{query}", headers=PAGE)).status_code == 200


async def test_words_of_prospects_stay_words(office: Office) -> None:
    talk = await office.open_talk()
    await office.say(talk, HOSTILE, "custom_requirement", slots={"city": HOSTILE})
    client = await office.worker("manager")
    page = await read(client, "/insights")
    assert HOSTILE not in page
    assert html.escape(HOSTILE) in page


async def test_who_may_not_see_addresses_sees_none(office: Office) -> None:
    talk = await office.open_talk()
    await office.say(talk, "build it for otto@otter.example", "custom_requirement")
    assert "otto@otter.example" in await read(await office.worker("manager"), "/insights")
    page = await read(await office.worker("readonly"), "/insights")
    assert "otto@otter.example" not in page
    assert "build it for" in page


@pytest.mark.parametrize(
    "address",
    ["/insights/talks", "/insights/talks?what=column:token_hash&value=x",
     "/insights/talks?what=wish:nothing", "/insights/talks?what=else:x",
     "/insights/talks?what=fact:email&value=ada@nordlicht.example",
     "/insights/talks?what=fact:phone&value=%2B4989123456",
     "/insights/talks?what=size:phone&value=1000%2B"],
)  # fmt: skip
async def test_what_is_not_counted_is_not_there(office: Office, address: str) -> None:
    client = await office.worker("owner")
    assert (await client.get(address, headers=PAGE)).status_code == 404


@pytest.mark.parametrize("month", ["", "never", "2026-13", "0001-01", "9999-12", "2026-11"])
async def test_any_month_can_be_asked_for(office: Office, month: str) -> None:
    client = await office.worker("readonly")
    assert (await client.get(f"/insights?month={month}", headers=PAGE)).status_code == 200


def test_months_follow_the_company_s_midnight() -> None:
    month = read_month("2026-11", NOON, "Europe/Berlin")
    assert month.shift(-1).code == "2026-10"
    assert month.shift(2).code == "2027-01"
    period = month.period("Europe/Berlin")
    assert period.since == 1_793_487_600_000  # 31 October 2026, 23:00 UTC
    assert period.until - period.since == 30 * 86_400_000
    assert read_month("nonsense", NOON, "Europe/Berlin").code == "2026-11"


def test_a_budget_is_too_small_only_where_it_surely_is() -> None:
    pairs = [
        Pair("enterprise", "eur 500", 2),
        Pair("enterprise", "eur 100-9000", 1),
        Pair("enterprise", ">eur 100", 1),
        Pair("enterprise", "<=usd 3000", 1),
        Pair("enterprise", "10000", 5),  # of no currency
        Pair("enterprise", "none", 5),
        Pair("nothing", "eur 500", 5),
    ]
    (found,) = find_tight_budgets(demo(), pairs).items()
    assert found[0] == "enterprise"
    assert (found[1].named, found[1].below) == (5, 3)


@pytest.mark.parametrize(
    ("headcount", "band"),
    [("1", "1–9"), ("<10", "1–9"), ("10-49", "10–49"), ("49", "10–49"), ("50", "50–199"),
     ("200-999", "200–999"), (">1000", "1000+"), ("4000", "1000+")],
)  # fmt: skip
def test_headcounts_fall_into_bands(headcount: str, band: str) -> None:
    assert band_of(headcount) == band


async def test_questions_without_an_answer_are_counted_without_end(office: Office) -> None:
    talks = [await office.open_talk() for _ in range(3)]
    now = office.clock.now()

    def work(tx: Tx) -> None:
        for talk in talks:
            leads.record_unanswered(tx, leads.NewUnanswered(talk, "Do you sell boats?", "en", now))
        for number in range(700):
            words = f"Is there a thing{number} for machine{number} in place{number}?"
            leads.record_unanswered(tx, leads.NewUnanswered(talks[0], words, "en", now))

    await office.db.write(work)
    client = await office.worker("manager")
    rows = rows_of(await read(client, "/insights"), "unanswered")
    number, address = rows["Do you sell boats?"]
    assert number == 3, "asked first, and 700 others since"
    opened = await read(client, address)
    assert sorted(re.findall(r'href="/transcripts/([\w-]{22})"', opened)) == sorted(talks)
    assert 'href="/questions/' in opened
    assert "Do you sell boats?" in opened
    other = address.replace("month=", "month=2020-01&was=")
    assert (await client.get(other, headers=PAGE)).status_code == 404
