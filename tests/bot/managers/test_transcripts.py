"""Transcripts: every talk is found by what it is and by what was said in it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.managers.choices import Choice, read_choice
from storage import conversations, reading
from tests.bot.office import Office, open_office

PAGE = {"Accept": "text/html"}
DAY = 24 * 3_600_000


async def found(client: httpx.AsyncClient, query: str = "") -> list[str]:
    """Ids of the talks on the page, in its order."""
    answer = await client.get(f"/transcripts?{query}", headers=PAGE)
    assert answer.status_code == 200, answer.text
    return re.findall(r'<a href="/transcripts/([A-Za-z0-9_-]{22})', answer.text)


async def hits(client: httpx.AsyncClient, words: str) -> tuple[list[str], str]:
    """The talks found by words, and the page with its marks."""
    answer = await client.get("/transcripts", params={"q": words}, headers=PAGE)
    ids = re.findall(r'<a href="/transcripts/([A-Za-z0-9_-]{22})', answer.text)
    return ids, answer.text


# --- filters -------------------------------------------------------------------------------------


async def test_filters_by_everything_that_a_talk_is(office: Office) -> None:
    client = await office.worker("manager")
    waiting = await office.escalate(edition="cluster")
    chinese = await office.open_talk("zh")
    support = await office.open_talk()
    await office.say(support, "It crashed this morning", "support_request")
    assert waiting in await found(client, "outcome=escalated")
    assert chinese not in await found(client, "outcome=escalated")
    assert waiting in await found(client, "reason=person_requested")
    assert support not in await found(client, "reason=person_requested")
    assert support in await found(client, "outcome=support")
    assert chinese in await found(client, "tongue=zh")
    assert waiting not in await found(client, "tongue=zh")
    assert waiting in await found(client, "channel=widget")
    assert await found(client, "channel=telegram") == []
    everything = await found(client)
    assert {waiting, chinese, support} <= set(everything)


async def test_filters_by_the_edition_that_was_estimated(office: Office) -> None:
    client = await office.worker("manager")
    talk = await office.open_talk()
    known: dict[str, str | bool] = {
        "buyer_type": "enterprise", "ownership": "private", "headcount": "80",
        "own_servers": True, "city": "Graz", "edition": "professional",
    }  # fmt: skip
    await office.say(talk, "80 people in Graz, Professional", "provide_info", slots=known)
    row = office.db.peek(lambda tx: conversations.load(tx, talk))
    assert row is not None
    editions = [edition.id for edition in office.deps.pack.editions]
    assert row.edition in editions
    for edition in editions:
        assert (talk in await found(client, f"edition={edition}")) == (edition == row.edition)


async def test_filters_by_days_where_the_company_is(tmp_path: Path) -> None:
    async with open_office(tmp_path / "data") as office:
        client = await office.worker("manager")
        talks = []
        for days in (0, 1, 2):
            office.clock.ahead = days * DAY
            talks.append(await office.open_talk())
        office.clock.ahead = 0
        zone = ZoneInfo(office.deps.pack.company.time_zone)
        first = datetime.fromtimestamp(office.clock.now() / 1000, zone).date()
        day = [(first + timedelta(days=n)).isoformat() for n in range(3)]
        assert await found(client, f"since={day[0]}&until={day[0]}") == [talks[0]]
        assert await found(client, f"since={day[1]}") == [talks[2], talks[1]]
        assert await found(client, f"until={day[1]}") == [talks[1], talks[0]]
        assert await found(client, f"since={day[2]}&until={day[0]}") == []


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday", "since=0001-01-01", "until=9999-12-31", "since=2026-13-40",
        "cursor=garbage", "cursor=1-", "cursor=99999999999999999999999-x", "cursor=%00",
        "outcome=%27%20OR%201=1", "q=%00", "q=%22", "q=*", "q=AND+OR+NOT", "q=NEAR(a+b)",
        "q=" + "a" * 5_000, "q=%F0%9F%98%80", "view=%3Cscript%3E",
    ],
)  # fmt: skip
async def test_odd_filters_are_answered(office: Office, query: str) -> None:
    client = await office.worker("manager")
    answer = await client.get(f"/transcripts?{query}", headers=PAGE)
    assert answer.status_code == 200
    assert "<script>" not in answer.text


async def test_long_lists_have_pages(tmp_path: Path) -> None:
    async with open_office(tmp_path / "data") as office:
        client = await office.worker("manager")
        talks = []
        for step in range(60):
            office.clock.ahead = step
            talks.append(await office.open_talk())
        newest = await client.get("/transcripts?outcome=open", headers=PAGE)
        ids = re.findall(r'<a href="/transcripts/([A-Za-z0-9_-]{22})', newest.text)
        assert ids == talks[:9:-1]
        older = re.search(r'<a href="(/transcripts\?[^"]*cursor=[^"]+)"', newest.text)
        assert older
        assert "outcome=open" in older[1]
        address = older[1].replace("&amp;", "&")
        rest = (await client.get(address, headers=PAGE)).text
        assert re.findall(r'<a href="/transcripts/([A-Za-z0-9_-]{22})', rest) == talks[9::-1]


# --- full text -----------------------------------------------------------------------------------


async def test_finds_an_english_word_in_its_sentence(office: Office) -> None:
    client = await office.worker("manager")
    talk = await office.open_talk()
    await office.say(talk, "First things first. Our marzipan warehouse is in Lübeck. Thank you.")
    await office.index()
    ids, page = await hits(client, "marzipan")
    assert ids == [talk]
    assert "<mark>marzipan</mark>" in page
    assert "warehouse is in Lübeck" in page
    seq = re.search(rf'href="/transcripts/{talk}\?m=\d+#m(\d+)"', page)
    assert seq
    shown = (await client.get(f"/transcripts/{talk}", headers=PAGE)).text
    message = shown.split(f'id="m{seq[1]}"')[1].split("</li>")[0]
    assert "marzipan" in message


async def test_finds_two_chinese_characters(office: Office) -> None:
    client = await office.worker("manager")
    talk = await office.open_talk("zh")
    await office.say(talk, "我们在杭州有三家旗舰店，想了解库存管理。")
    await office.index()
    ids, page = await hits(client, "旗舰")
    assert ids == [talk]
    assert "<mark>旗舰</mark>" in page


async def test_words_and_filters_go_together(office: Office) -> None:
    client = await office.worker("manager")
    one, two = await office.open_talk(), await office.escalate()
    for talk in (one, two):
        await office.say(talk, "We sell zabaglione")
    await office.index()
    assert set((await hits(client, "zabaglione"))[0]) == {one, two}
    assert await found(client, "q=zabaglione&outcome=escalated") == [two]


async def test_what_nobody_said_is_not_found(office: Office) -> None:
    client = await office.worker("manager")
    ids, page = await hits(client, "xylophoneless")
    assert ids == []
    assert "No talk fits" in page


# --- one transcript ------------------------------------------------------------------------------


async def test_the_transcript_has_profile_ledger_brief_and_every_message(office: Office) -> None:
    client = await office.worker("readonly")
    talk = await office.open_talk()
    await office.say(talk, "We are in Graz", "provide_info", slots={"city": "Graz"})
    await office.say(talk, "no, Linz", "correct", slots={"city": "Linz"})
    await office.say(
        talk, "the white paper, please", "ask_document", slots={"doc_type": "white_paper"}
    )
    page = (await client.get(f"/transcripts/{talk}", headers=PAGE)).text
    rows = office.db.peek(lambda tx: reading.messages_after(tx, talk, 0, internal=True, limit=99))
    for row in rows:
        assert f'id="m{row.seq}"' in page
    assert "Linz" in page
    assert "corrected" in page
    assert re.search(r"<s[^>]*>Graz</s>", page)
    assert "white paper" in page.split("Papers given")[1]
    assert 'id="brief"' in page
    assert "/inbox/" not in page  # read-only roles are offered no act


async def test_questions_without_an_answer_are_listed(office: Office) -> None:
    client = await office.worker("manager")
    talk = await office.open_talk()
    await office.say(talk, "Does it brew coffee <b>at dawn</b>?", "ask_feature")
    moved = await client.get("/transcripts?view=unanswered", headers=PAGE)
    assert (moved.status_code, moved.headers["location"]) == (303, "/questions")
    page = (await client.get("/questions", headers=PAGE)).text
    assert "Does it brew coffee &lt;b&gt;at dawn&lt;/b&gt;?" in page
    assert f'href="/transcripts/{talk}"' in page


async def test_an_erased_talk_is_gone(office: Office) -> None:
    client = await office.worker("manager")
    assert (await client.get(f"/transcripts/{'z' * 22}", headers=PAGE)).status_code == 404


def test_a_choice_survives_its_address() -> None:
    choice = Choice(q="two words & more", outcome="escalated", since="2026-01-31")
    address = choice.address("/transcripts", cursor="1-x")
    assert read_choice(httpx.URL(address).params) == choice
    assert httpx.URL(address).params["cursor"] == "1-x"
    assert Choice().address("/transcripts") == "/transcripts"
