"""Comments and flags on transcripts, and the sample of the week with its verdicts."""

from __future__ import annotations

import html
import random
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.managers import sampling
from bot.managers.sampling import SIZE, draw, kind_of
from storage import audit, remarks
from storage.audit import Wanted
from storage.reviews import Opened
from tests.bot.office import Office, open_office

PAGE = {"Accept": "text/html"}
WEEK = 7 * 24 * 3_600_000


async def see(client: httpx.AsyncClient, address: str) -> str:
    answer = await client.get(address, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


# --- comments ------------------------------------------------------------------------------------


async def test_comments_stand_where_they_belong(office: Office) -> None:
    anna = await office.worker("manager", display_name="Anna Berg")
    reader = await office.worker("readonly")
    talk = await office.open_talk()
    await office.say(talk, "Something to talk about")
    path = f"/transcripts/{talk}/comments"
    whole = await anna.post(path, data={"text": " Nicely done ", "seq": "0"})
    assert (whole.status_code, whole.headers["location"][:37]) == (303, f"/transcripts/{talk}#c")
    await anna.post(path, data={"text": "<b>Look</b> here", "seq": "2"})
    page = await see(reader, f"/transcripts/{talk}")
    message = page.split('id="m2"')[1].split("</li>")[0]
    assert "<b>Look</b> here" in message  # unescaped by this test alone
    assert "Anna Berg" in message
    assert "Nicely done" in page.split('id="comments"')[1]
    assert 'action="/transcripts/' not in page  # who may not comment is offered no form
    raw = (await reader.get(f"/transcripts/{talk}", headers=PAGE)).text
    assert "&lt;b&gt;Look&lt;/b&gt; here" in raw
    listed = await see(reader, "/transcripts?comment=~any")
    assert talk in listed
    assert "2 comments" in listed


async def test_only_ones_own_comment_is_taken_back(office: Office) -> None:
    anna, ben = await office.worker("manager"), await office.worker("owner")
    talk, other = await office.open_talk(), await office.open_talk()
    await anna.post(f"/transcripts/{talk}/comments", data={"text": "mine"})
    (comment,) = office.db.peek(lambda tx: remarks.comments_of(tx, talk))
    assert (await ben.post(f"/transcripts/{talk}/comments/{comment.id}/delete")).status_code == 404
    wrong = f"/transcripts/{other}/comments/{comment.id}/delete"
    assert (await anna.post(wrong)).status_code == 404
    assert (await anna.post(f"/transcripts/{talk}/comments/{comment.id}/delete")).status_code == 303
    assert office.db.peek(lambda tx: remarks.comments_of(tx, talk)) == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"text": "  "}, 400), ({"text": "x" * 2_001}, 400), ({"text": "x", "seq": "99"}, 404),
        ({"text": "x", "seq": "-1"}, 400), ({"text": "x", "seq": "²"}, 400), ({}, 400),
    ],
)  # fmt: skip
async def test_what_is_no_comment_is_refused(
    office: Office, form: dict[str, str], status: int
) -> None:
    client, talk = await office.worker("manager"), await office.open_talk()
    answer = await client.post(f"/transcripts/{talk}/comments", data=form)
    assert answer.status_code == status
    assert office.db.peek(lambda tx: remarks.comments_of(tx, talk)) == []
    gone = await client.post(f"/transcripts/{'z' * 22}/comments", data={"text": "x"})
    assert gone.status_code == 404


# --- flags ---------------------------------------------------------------------------------------


async def test_flags_are_set_listed_and_taken_off(office: Office) -> None:
    client, talk = await office.worker("manager"), await office.open_talk()
    path = f"/transcripts/{talk}/flags"
    for _ in range(2):
        assert (await client.post(path, data={"kind": "missed_lead"})).status_code == 303
    assert (await client.post(path, data={"kind": "splendid"})).status_code == 400
    assert "Missed lead" in await see(client, f"/transcripts/{talk}")
    assert talk in await see(client, "/transcripts?flag=missed_lead")
    assert talk not in await see(client, "/transcripts?flag=rude")
    await client.post(path, data={"kind": "missed_lead", "on": "no"})
    assert talk not in await see(client, "/transcripts?flag=~any")
    wanted = Wanted(subject=talk)
    lines = await office.db.read(lambda connection: audit.entries(connection, wanted))
    acts = [(line.action, line.detail) for line in lines if line.action.startswith("flag.")]
    assert acts == [("flag.remove", "missed_lead"), ("flag.add", "missed_lead")]


# --- the sample of the week ----------------------------------------------------------------------


def make_talks(count: int, seed: int = 1) -> list[Opened]:
    chance = random.Random(seed)
    outcomes = ("open", "silent", "price_only", "escalated", "closed", "quarantined")
    return [
        Opened(f"talk{n}", chance.choice(outcomes), chance.random() < 0.9, chance.random() < 0.2)
        for n in range(count)
    ]


def test_the_lots_are_the_same_for_everybody() -> None:
    talks = make_talks(800)
    first = draw("2026-W47", talks)
    shuffled = random.Random(2).sample(talks, len(talks))
    assert draw("2026-W47", shuffled) == first
    assert draw("2026-W48", talks) != first
    for group in first:
        assert len(group.talks) == SIZE
        fitting = [talk.id for talk in talks if kind_of(talk) == group.kind]
        assert set(group.talks) <= set(fitting)
        assert group.total == len(fitting)


def test_every_talk_of_a_kind_may_be_drawn() -> None:
    talks = [Opened(f"talk{n}", "silent", True, False) for n in range(40)]
    times = dict.fromkeys((talk.id for talk in talks), 0)
    for week in range(400):
        for group in draw(str(week), talks):
            for talk in group.talks:
                times[talk] += 1
    assert sum(times.values()) == 400 * SIZE
    assert min(times.values()) > 60  # 100 are expected of each; the digests are fixed
    assert max(times.values()) < 140


def test_what_was_read_stays_in_the_sample() -> None:
    talks = make_talks(300)
    first = draw("2026-W47", talks)
    read = [group.talks[0] for group in first]
    grown = [Opened(f"new{n}", "silent", True, False) for n in range(3_000)]
    later = draw("2026-W47", [*talks, *grown], read)
    drawn = {talk for group in later for talk in group.talks}
    assert set(read) <= drawn


@pytest.mark.parametrize(
    ("week", "monday"),
    [
        ("2026-W01", date(2025, 12, 29)), ("2026-W53", date(2026, 12, 28)), ("2025-W53", None),
        ("2026-W00", None), ("2026-W47 ", None), ("1999-W10", None), ("２０26-W47", None),
        ("", None),
    ],
)  # fmt: skip
def test_weeks_begin_on_monday(week: str, monday: date | None) -> None:
    assert sampling.first_day(week) == monday
    if monday is not None:
        assert sampling.name_week(monday + timedelta(days=6)) == week


async def test_a_week_is_read_to_its_end(tmp_path: Path) -> None:
    async with open_office(tmp_path / "data") as office:
        office.clock.ahead = -WEEK
        talks = []
        for number in range(3):
            talk = await office.open_talk()
            await office.say(talk, f"Number {number}", "provide_info", slots={"city": "Graz"})
            talks.append(talk)
        person = await office.escalate()
        zone = ZoneInfo(office.deps.pack.company.time_zone)
        opened = datetime.fromtimestamp(office.clock.now() / 1000, zone).date()
        week = sampling.name_week(opened)
        office.clock.ahead = 0
        client = await office.worker("manager", display_name="Mara")
        page = await see(client, f"/reviews?week={week}")
        assert "0 of 4 read" in page
        assert "3 of 3 such talks, 0 read" in page
        (following,) = re.findall(r'button primary" href="(/transcripts/[^"]+)"', page)
        verdicts = ["good", "poor", "fair", "good"]
        for number, verdict in enumerate(verdicts):
            talk = following.split("/")[2].split("?")[0]
            shown = await see(client, following)
            assert "How did this talk go?" in shown
            assert f"{number} of 4 read" in shown
            form = {"verdict": verdict, "text": "too slow" if verdict == "poor" else ""}
            answer = await client.post(f"/reviews/{week}/{talk}", data=form)
            following = answer.headers["location"]
        assert following == f"/reviews?week={week}"
        page = await see(client, following)
        assert "4 of 4 read" in page
        assert "Good 2 · Fair 1 · Poor 1" in page
        assert {*talks, person} == set(re.findall(r'<a href="/transcripts/([^?"]+)\?week', page))
        assert "too slow" in await see(client, await _poor(client))
        wrong = await client.post(f"/reviews/{week}/{person}", data={"verdict": "great"})
        assert wrong.status_code == 400
        assert (await client.get("/reviews?week=2026-W99", headers=PAGE)).status_code == 404
        old = await client.post(f"/reviews/2020-W01/{person}", data={"verdict": "good"})
        assert old.status_code == 404


async def _poor(client: httpx.AsyncClient) -> str:
    found = re.findall(
        r'<a href="(/transcripts/[A-Za-z0-9_-]{22})', await see(client, "/transcripts?review=poor")
    )
    assert len(found) == 1
    return str(found[0])
