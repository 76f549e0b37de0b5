"""Routes by edition and trade, and who is at work: hours, time zones, nights and holidays."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.web import pages
from bot.web.access import COOKIE, hash_token
from dialogs.types import Reading, Value
from storage import sessions
from storage.sessions import SessionRow
from tests.bot.hall import DAY, HOUR, MINUTE, SECOND, Hall
from tests.bot.office import make_deps
from tests.bot.turns.branches import call, hire, leave, open_branches, rung, said, tell


def at(words: str, zone: str = "Europe/Berlin") -> int:
    """The instant (ms) of a local time."""
    return int(datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


NIGHT = at("2026-11-24 02:00")  # Tuesday: 10:00 in Tokyo, 14:00 in Auckland
LATE = at("2026-11-23 20:00")  # Monday: 04:00 on Tuesday in Tokyo, 08:00 in Auckland
DAYTIME = at("2026-11-23 10:00")


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    made = open_branches(tmp_path)
    yield made
    await made.db.close()


# --- edition and trade ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slots", "routed", "person"),
    [
        ({"industry": "jewellery"}, "Jewellers", "Cleo"),
        (
            {"industry": "watches", "edition": "cluster"},
            "Jewellers",
            "Cleo",
        ),  # the first that holds
        ({"industry": "furniture"}, "Berlin", "Ada"),
        ({"edition": "cluster"}, "Clusters", "Dev"),  # wanted
        ({"headcount": "4000", "ownership": "private", "city": "Munich"}, "Clusters", "Dev"),
        ({"headcount": "40", "ownership": "private", "city": "Munich"}, "Berlin", "Ada"),
        ({"edition": "professional", "city": "Hamburg"}, "Ben", "Ben"),
    ],
)
async def test_edition_and_trade_name_who_is_rung_for(
    hall: Hall, slots: dict[str, Value], routed: str, person: str
) -> None:
    await hire(hall)
    talk = await call(hall, **slots)
    assert hall.state(talk).routed == routed
    assert rung(hall, talk) == [person]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "We sell jewellery in Munich"),
        ("en", "A small jewelry chain, 60 people"),
        ("zh", "我们在慕尼黑卖珠宝"),
        ("ru", "Мы продаём ювелирные изделия"),
        ("es", "Vendemos joyas en Madrid"),
    ],
)
async def test_a_trade_told_in_passing_counts_in_every_language(
    hall: Hall, language: str, words: str
) -> None:
    await hire(hall)
    talk = await hall.open(language=language)
    hall.words.script[words] = Reading(text=words, language=language, intents=("provide_info",))
    await hall.say(talk, words)
    await hall.press(talk, "person")
    assert (hall.state(talk).routed, rung(hall, talk)) == ("Jewellers", ["Cleo"])


@pytest.mark.parametrize("city", ["Tokyo", "tokyo", "东京", "Токио", "Tokio"])
async def test_a_territory_is_known_by_all_names_of_its_city(hall: Hall, city: str) -> None:
    await hire(hall)
    assert hall.state(await call(hall, city=city)).routed == "Tokyo"


async def test_an_edition_corrected_after_the_call_leaves_the_talk_where_it_rings(
    hall: Hall,
) -> None:
    await hire(hall)
    talk = await call(hall, edition="cluster")
    await tell(hall, talk, edition="professional")
    assert (hall.state(talk).routed, rung(hall, talk)) == ("Clusters", ["Dev"])


# --- hours and time zones ------------------------------------------------------------------------


async def test_who_has_gone_home_is_not_rung_and_the_team_of_another_time_zone_is(
    hall: Hall,
) -> None:
    await hire(hall)
    hall.clock.time = NIGHT
    talk = await call(hall, city="Tokyo")
    assert rung(hall, talk) == ["Eri"]
    assert "closed" not in said(hall, talk), "somebody is at work and is told now"
    await hall.core.outbox.drain()
    await hall.wait(MINUTE)
    await hall.wait(MINUTE)
    assert rung(hall, talk) == ["Eri", "Eri", "Finn"], "nobody in Berlin is woken"
    before = hall.row(talk).last_seq
    await hall.wait(MINUTE)
    assert "10:00" in said(hall, talk, before), "Tokyo is there until 18:00, which is 10:00 here"
    assert len(rung(hall, talk)) == 3, "everybody is rung for when the office opens"
    hall.clock.time = at("2026-11-24 09:00") - SECOND
    await hall.core.outbox.drain()
    assert len(rung(hall, talk)) == 3
    await hall.wait(SECOND)
    assert rung(hall, talk)[3:] == [""]
    assert set(hall.state(talk).called) == {"Eri", "Finn", "Ada", "Ben", "Cleo"}


async def test_while_berlin_works_a_route_to_tokyo_after_hours_rings_in_berlin(hall: Hall) -> None:
    await hire(hall)
    hall.clock.time = DAYTIME + 2 * HOUR  # 20:00 in Tokyo
    talk = await call(hall, city="Tokyo")
    assert hall.state(talk).routed == "Tokyo"
    assert rung(hall, talk) == ["Ada"]
    for _ in range(3):
        await hall.wait(MINUTE)
    assert rung(hall, talk) == ["Ada", "Ada", "Ben", ""]
    assert set(hall.state(talk).called) == {"Ada", "Ben", "Cleo"}


async def test_a_person_whom_a_route_names_is_left_alone_after_hours(hall: Hall) -> None:
    await hire(hall)
    hall.clock.time = DAYTIME - HOUR // 2  # 09:30: 21:30 in Auckland, where the deputy has begun
    night = await call(hall, city="Auckland")
    assert (hall.state(night).routed, rung(hall, night)) == ("Gus", ["Hana"])
    hall.clock.time = at("2026-11-23 23:00")  # 11:00 on Tuesday in Auckland
    assert rung(hall, await call(hall, city="Auckland")) == ["Gus"]


async def test_a_night_shift_goes_on_after_midnight_and_keeps_its_own_holidays(hall: Hall) -> None:
    people = await hire(hall)
    await leave(hall, people["Gus"])
    hall.clock.time = at("2026-11-25 04:00", "Pacific/Auckland")  # of the shift of Tuesday evening
    assert rung(hall, await call(hall, city="Auckland")) == ["Hana"]
    hall.clock.time = at("2026-11-25 22:00", "Pacific/Auckland")  # her holiday, 10:00 in Berlin
    assert rung(hall, await call(hall, city="Auckland")) == ["Ada"]
    hall.clock.time = at("2026-11-28 04:00", "Pacific/Auckland")  # Saturday; off since Friday 05:00
    assert rung(hall, await call(hall, city="Auckland")) == ["Ben"]


async def test_when_the_clocks_change_so_do_the_hours(hall: Hall) -> None:
    await hire(hall)
    hall.clock.time = at("2027-03-28 02:00", "UTC")  # Sunday, after the change in Berlin
    talk = await call(hall)
    assert "09:00" in said(hall, talk)
    hall.clock.time = at("2027-03-29 07:00", "UTC") - SECOND  # 08:59:59 in summer time
    await hall.core.outbox.drain()
    assert len(rung(hall, talk)) == 1
    await hall.wait(SECOND)
    assert len(rung(hall, talk)) == 2


# --- outside all hours ---------------------------------------------------------------------------


async def page_of(hall: Hall, staff: int, path: str) -> str:
    """A page of the desk, as a browser of this account gets it."""
    token, now = secrets.token_hex(8), hall.clock.time
    row = SessionRow(hash_token(token), staff, now, now + DAY)
    await hall.db.write(lambda tx: sessions.open_session(tx, row))
    door = httpx.ASGITransport(pages.make_application(make_deps(hall.core, b"s" * 32)))
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(
        transport=door, base_url="http://127.0.0.1", cookies={COOKIE: token}, headers=headers
    ) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200
    return answer.text


async def test_outside_all_hours_the_bot_says_when_and_the_morning_list_is_ready(
    hall: Hall,
) -> None:
    people = await hire(hall, "Ada", "Ben")
    hall.clock.time = LATE
    talk = await call(hall, name="Petra Lind", company="Nordhem")
    assert rung(hall, talk) == ["Ada"], "it rings once, for the morning"
    told = said(hall, talk)
    assert "Tuesday" in told
    assert "09:00" in told
    asked = hall.state(talk).question
    assert asked is not None
    assert asked.slot == "email"
    await tell(hall, talk, email="petra@nordhem.example")
    assert hall.state(talk).profile["email"].value == "petra@nordhem.example"
    before = hall.row(talk).last_seq
    for _ in range(5):
        await hall.wait(MINUTE)
    assert "09:00" in said(hall, talk, before), "the apology has a true time"
    hall.clock.time = at("2026-11-24 08:59")
    await hall.core.outbox.drain()
    assert len(rung(hall, talk)) == 1, "nobody is woken"
    page = await page_of(hall, people["Ada"].id, "/inbox?view=waiting")
    assert "Petra Lind, Nordhem" in page
    assert "petra@nordhem.example" in await page_of(hall, people["Ada"].id, f"/inbox/{talk}")
    await hall.wait(MINUTE)
    assert rung(hall, talk) == ["Ada", "Ada"]


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-27 17:30", "Monday 09:00"),  # after the short Friday: over the week-end
        ("2026-12-25 11:00", "Tuesday 09:00"),  # Christmas, a week-end, and the 28th, a Monday
        ("2026-12-28 11:00", "Tuesday 09:00"),
    ],
)
async def test_on_a_week_end_or_holiday_the_bot_names_the_next_working_day(
    hall: Hall, now: str, opens: str
) -> None:
    await hire(hall)
    hall.clock.time = at(now)
    talk = await call(hall)
    day, _, clock = opens.partition(" ")
    assert day in said(hall, talk)
    assert clock in said(hall, talk)
    assert hall.state(talk).rings == 1
    await hall.wait(2 * HOUR)
    assert hall.state(talk).rings == 1


async def test_the_time_is_told_on_the_prospects_own_clock_too(hall: Hall) -> None:
    await hire(hall)
    hall.clock.time = LATE
    opened = await hall.core.intake.open("widget", "en", "https://shop.example/")
    talk = opened.conversation
    await hall.handle(talk, kind="open", external_id="open", time_zone="Asia/Kolkata")
    await hall.escalate(talk)
    assert "13:30" in said(hall, talk)
    assert "09:00" in said(hall, talk)
