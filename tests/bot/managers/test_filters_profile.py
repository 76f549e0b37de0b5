"""Filters over everything in the profile: from and to, told or not, in words, joined, own slots."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio

from bot.house import Contents
from bot.managers.transcripts.ranges import read_range, takes
from dialogs import texts
from dialogs.pack import OwnSlot
from storage import facts
from storage.facts import FactRow
from tests.bot.office import EmptyLibrary, Office, open_office

PAGE = {"Accept": "text/html"}
pytestmark = pytest.mark.asyncio(loop_scope="module")
OWN = (
    OwnSlot(id="till", kind="choice", values=("old", "new")),
    OwnSlot(id="deliver_to", kind="text"),
)
# Who is in the office: slot -> value, or a status in brackets where there is no value.
PEOPLE: Mapping[str, Mapping[str, str]] = {
    "small": {"headcount": "12", "budget": "EUR 900", "city": "Берлин", "industry": "мебель"},
    "middle": {
        "headcount": "50-199", "budget": "EUR 5000", "city": "柏林", "need": "100% of our chairs",
        "till": "old",
    },
    "large": {
        "headcount": ">1000", "budget": "CNY 60000-90000", "city": "Berlin", "industry": "muebles",
        "deliver_to": "Alps and the coast",
    },
    "shy": {"headcount": "(refused)", "budget": "(skipped)", "city": "(unknown)"},
}  # fmt: skip
WORDS = "chairs for everybody"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowd(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Office, dict[str, str]]]:
    """The people above, each of whom says WORDS, in an office whose pack has slots of its own."""
    async with open_office(tmp_path_factory.mktemp("crowd")) as office:
        mind = office.core.mind
        pack = msgspec.structs.replace(mind.pack, own_slots=OWN)
        mind.swap(Contents(texts.of(pack), mind.reader, EmptyLibrary()))
        talks = {}
        for name, told in PEOPLE.items():
            talks[name] = talk = await office.open_talk()
            values = {slot: value for slot, value in told.items() if value[0] != "("}
            await office.say(talk, f"{WORDS}, {name}", "provide_info", slots=values)
            await _add_facts(office, talk, told)
        await office.index()
        yield office, talks


async def _add_facts(office: Office, talk: str, told: Mapping[str, str]) -> None:
    """What no single message tells: slots without a value, and slots of another pack."""
    rows = [
        FactRow(talk, slot, "", value.strip("()"), 1)
        for slot, value in told.items()
        if value[0] == "("
    ]
    rows += [
        FactRow(talk, slot, value.lower(), "stated", 1)
        for slot, value in told.items()
        if slot in ("need", "industry", "till", "deliver_to") and slot != "industry"
    ]
    await office.db.write(lambda tx: facts.put(tx, rows))


async def find(
    crowd: tuple[Office, dict[str, str]], client: httpx.AsyncClient, query: str
) -> list[str]:
    """The names of those whom the page lists."""
    _, talks = crowd
    answer = await client.get(f"/transcripts?{query}", headers=PAGE, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert 'role="alert"' not in answer.text, query
    ids = re.findall(r'<a href="/transcripts/([A-Za-z0-9_-]{22})', answer.text)
    return [name for name, talk in talks.items() if talk in ids]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("headcount=10-60", ["small", "middle"]),
        ("headcount=200-", ["large"]),
        ("headcount=-12", ["small"]),
        ("headcount=12", ["small"]),
        ("headcount=13-49", []),
        ("not_headcount=10-60", ["large", "shy"]),
        ("headcount_from=10&headcount_to=60", ["small", "middle"]),
        ("headcount_from=&headcount_to=", ["small", "middle", "large", "shy"]),
        ("headcount=~refused&headcount=-12", ["small", "shy"]),
        ("budget=1000-", ["middle", "large"]),
        ("budget=eur:1000-", ["middle"]),
        ("budget_from=80000&budget_to=&budget_unit=cny", ["large"]),
        ("budget_from=&budget_to=&budget_unit=cny", ["small", "middle", "large", "shy"]),
        ("budget=~skipped", ["shy"]),
        ("budget=~refused", []),
        ("skipped=budget", ["shy"]),
        ("city=~unsure", ["shy"]),
        ("unsure=city", ["shy"]),
        ("city=~known", ["small", "middle", "large"]),
        ("not_city=~known", ["shy"]),
        ("city=Берлин", ["small", "middle", "large"]),
        ("city=柏林", ["small", "middle", "large"]),
        ("not_city=berlin", ["shy"]),
        ("industry=furniture", ["small", "large"]),
        ("industry=家具", ["small", "large"]),
        ("need=100%25+of", ["middle"]),
        ("need=1_0", []),
        ("till=old", ["middle"]),
        ("not_till=old", ["small", "large", "shy"]),
        ("deliver_to=the+coast", ["large"]),
        ("deliver_to=~known", ["large"]),
        ("custom=~any", []),
        ("not_unanswered=~any", ["small", "middle", "large", "shy"]),
    ],
)  # fmt: skip
async def test_each_filter_alone_and_with_words(
    crowd: tuple[Office, dict[str, str]], query: str, names: list[str]
) -> None:
    client = await crowd[0].worker("manager")
    assert await find(crowd, client, query) == names
    assert await find(crowd, client, f"{query}&q=everybody") == names
    assert await find(crowd, client, f"{query}&q=nobody") == []


async def test_an_own_slot_named_like_an_end_is_no_end(
    crowd: tuple[Office, dict[str, str]],
) -> None:
    client = await crowd[0].worker("manager")
    answer = await client.get("/transcripts?deliver_to=coast", headers=PAGE)
    assert answer.status_code == 200


async def test_the_form_offers_ranges_and_leads_to_a_short_address(
    crowd: tuple[Office, dict[str, str]],
) -> None:
    client = await crowd[0].worker("manager")
    page = (await client.get("/transcripts", headers=PAGE)).text
    for name in ("headcount_from", "headcount_to", "budget_unit", "skipped", "unsure", "till"):
        assert f'name="{name}"' in page
    answer = await client.get(
        "/transcripts?budget_from=1000&budget_to=5000&budget_unit=eur&city=", headers=PAGE
    )
    assert answer.headers["location"] == "/transcripts?budget=eur%3A1000-5000"
    said = html.unescape((await client.get(answer.headers["location"], headers=PAGE)).text)
    assert "Budget: EUR 1000 to 5000: 1 talk" in said


@pytest.mark.parametrize(
    "value", ["60-10", "-", "ten", "1e3", "eur:", "euro:5-", "1234567890-", "٣"]
)
async def test_what_is_no_range_is_told(crowd: tuple[Office, dict[str, str]], value: str) -> None:
    client = await crowd[0].worker("manager")
    answer = await client.get("/transcripts", params={"headcount": value}, headers=PAGE)
    assert "is nothing that “People” can be" in html.unescape(answer.text)


@pytest.mark.parametrize(
    ("wanted", "told", "fits"),
    [
        ("50-200", "60", True), ("50-200", "200-999", True), ("50-199", "200-999", False),
        ("50-", ">1000", True), ("-1000", ">1000", False), ("-1001", ">1000", True),
        ("10-", "<10", False), ("9-", "<10", True), ("5", "5", True), ("5", "many", False),
        ("eur:100-", "eur 100", True), ("eur:100-", "usd 100", False), ("100-", "usd 100", True),
        ("usd:100-", "<=usd 100", True), ("usd:101-", "<=usd 100", False), ("eur:1-", "100", False),
    ],
)  # fmt: skip
async def test_a_range_takes_what_may_be_meant(wanted: str, told: str, fits: bool) -> None:
    found = read_range(wanted)
    assert found is not None
    assert takes(found, told) is fits


async def test_values_are_listed_once_and_in_order(tmp_path: Path) -> None:
    async with open_office(tmp_path / "values") as office:
        for city in ("Oslo", "Bergen", "Oslo", "卑尔根"):
            talk = await office.open_talk()
            await office.say(talk, f"{city} {talk}", "provide_info", slots={"city": city})
        assert office.db.peek(lambda tx: facts.values_of(tx, "city")) == ("bergen", "oslo")
        assert office.db.peek(lambda tx: facts.values_of(tx, "nothing")) == ()
