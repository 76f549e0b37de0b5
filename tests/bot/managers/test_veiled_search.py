"""Whoever may not see e-mail and phone finds out nothing about them by searching either."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from storage import accounts
from tests.bot.office import Office

PAGE = {"Accept": "text/html"}
MAIL, PHONE = "ottilie@quirrel.example", "+43 660 7654321"


@dataclass
class Two:
    """A talk whose prospect told how they are reached, and two managers: one does not see it."""

    talk: str
    open: httpx.AsyncClient
    veiled: httpx.AsyncClient


@pytest_asyncio.fixture(scope="module")
async def two(office: Office) -> AsyncIterator[Two]:
    source = "https://shop.example/quirrel-page?mail=ottilie"
    talk = (await office.core.intake.open("widget", "en", source)).conversation
    await office.do(talk, "open")
    told = {"email": MAIL, "phone": PHONE, "need": f"a marmalade shop, write to {MAIL}"}
    said = f"We need a marmalade shop. Write to {MAIL} or ring {PHONE}. Thanks from Ottilie"
    await office.say(talk, said, "provide_info", slots=told)
    await office.say(talk, "The kiosk of Quirrel shall look like a greenhouse")
    await office.index()
    name = f"veiled-{secrets.token_hex(4)}"
    veiled = await office.worker("manager", name)
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, name))
    assert staff is not None
    await office.db.write(lambda tx: accounts.set_personal(tx, staff.id, "no"))
    yield Two(talk, await office.worker("manager"), veiled)


async def exported(client: httpx.AsyncClient, words: str) -> list[str]:
    """Ids of the conversations that an export with these words holds."""
    params = {"format": "jsonl", "q": words}
    answer = await client.get("/transcripts/export", params=params)
    assert answer.status_code == 200, answer.text
    return [json.loads(line)["id"] for line in answer.text.splitlines()]


@pytest.mark.parametrize(
    "words",
    [
        MAIL, PHONE, "7654321", "quirrel.example",
        "marmalade 7654321",  # the first word stands in sight, the second one does not
        "example ottilie",
    ],
)  # fmt: skip
async def test_a_hit_in_contact_data_is_none_without_the_right(two: Two, words: str) -> None:
    assert await exported(two.open, words) == [two.talk]
    assert await exported(two.veiled, words) == []
    for path, link in (("/transcripts", "/transcripts/"), ("/inbox", "/inbox/"), ("/privacy", "")):
        answer = await two.veiled.get(path, params={"q": words}, headers=PAGE)
        assert answer.status_code == 200
        assert f"{link}{two.talk}" not in answer.text, path
    page = (await two.veiled.get("/transcripts", params={"q": words}, headers=PAGE)).text
    nothing = (await two.veiled.get("/transcripts?q=nosuchwordatall", headers=PAGE)).text
    assert page.count('role="status"') == nothing.count('role="status"')
    assert "1 talk" not in page


async def test_what_stands_in_sight_is_found_by_everybody(two: Two) -> None:
    for client in (two.open, two.veiled):
        for words in ("marmalade", "quirrel greenhouse", "quirrel", "marmalade ottilie"):
            assert await exported(client, words) == [two.talk], words
    page = (await two.veiled.get("/transcripts?q=quirrel", headers=PAGE)).text
    assert two.talk in page
    assert "greenhouse" in page
    assert MAIL not in page


async def test_filters_by_a_part_of_what_was_told_do_not_reach_contact_data(two: Two) -> None:
    for query, found in (
        ({"need": "marmalade"}, True),
        ({"need": "ottilie@quirrel"}, False),
        ({"source": "https://shop.example/quirrel-page"}, True),
        ({"source": "https://shop.example/quirrel-page?mail=zz"}, True),  # as without the rest
        ({"q": "marmalade", "email": MAIL}, True),  # no filter of theirs: left out and said
    ):
        params = {"format": "jsonl", **query}
        answer = await two.veiled.get("/transcripts/export", params=params)
        assert (two.talk in answer.text) is found, query
    asked = {"format": "jsonl", "source": "https://shop.example/quirrel-page?mail=zz"}
    assert two.talk not in (await two.open.get("/transcripts/export", params=asked)).text


async def test_privacy_finds_a_person_by_contact_data_only_for_who_may_see_it(two: Two) -> None:
    seen = (await two.open.get("/privacy", params={"q": MAIL}, headers=PAGE)).text
    assert f"/privacy/{two.talk}" in seen
    assert "ask an owner" not in seen
    for words, there in ((MAIL, False), ("7654321", False), (two.talk, True), ("greenhouse", True)):
        page = (await two.veiled.get("/privacy", params={"q": words}, headers=PAGE)).text
        assert (f"/privacy/{two.talk}" in page) is there, words
        assert "ask an owner" in page


async def test_a_shared_view_does_not_tell_what_its_owner_searched_for(two: Two) -> None:
    mark = secrets.token_hex(4)
    for name, query in (
        (f"words {mark}", "q=ottilie"),
        (f"mail {mark}", "email=ottilie%40quirrel.example"),
        (f"by {MAIL} {mark}", "outcome=open"),
        (f"harmless {mark}", "outcome=open"),
    ):
        form = {"page": "transcripts", "name": name, "query": query, "shared": "yes"}
        assert (await two.open.post("/views", data=form)).status_code == 303
    own = {"page": "transcripts", "name": f"own {mark}", "query": "q=greenhouse"}
    assert (await two.veiled.post("/views", data=own)).status_code == 303
    seen = (await two.open.get("/transcripts", headers=PAGE)).text
    assert "q=ottilie" in seen
    assert seen.count(mark) >= 4
    veiled = (await two.veiled.get("/transcripts", headers=PAGE)).text
    assert "ottilie" not in veiled
    assert f"harmless {mark}" in veiled
    assert f"own {mark}" in veiled
