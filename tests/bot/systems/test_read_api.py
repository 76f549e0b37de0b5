"""The read API: only with a token that counts, nothing personal without the right, page by page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.systems.address import Destination
from bot.systems.api import PER_MINUTE, WRONG_PER_MINUTE
from bot.systems.connections import DAY, Connections, NewToken
from storage import retention, tokens
from tests.bot.office import Office, open_office

PATHS = ("/api/v1/leads", "/api/v1/leads/x", "/api/v1/leads/x/messages", "/api/v1/figures")


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with open_office(tmp_path_factory.mktemp("asked")) as opened:
        yield opened


def door(office: Office) -> Connections:
    return Connections(office.db, office.clock.now, office.deps.secret, Destination(()))


async def system(office: Office, *, personal: bool = True, days: int = 0) -> httpx.AsyncClient:
    new = NewToken(name="crm", days=days, personal=personal)
    _, token = await door(office).add_token(1, new)
    return office.client(headers={"Authorization": f"Bearer {token}"})


def moment(office: Office, after: int = 0) -> str:
    return datetime.fromtimestamp((office.clock.now() + after) / 1000, UTC).isoformat()


async def get(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_who_has_no_token_that_counts_gets_nothing(office: Office) -> None:
    lead = await office.escalate(city="Graz")
    number, token = await door(office).add_token(1, NewToken(name="x", days=30, personal=False))
    _, revoked = await door(office).add_token(1, NewToken(name="y", days=0, personal=False))
    await office.db.write(lambda tx: tokens.revoke(tx, number + 1, office.clock.now()))
    owner = await office.worker("owner")
    for wrong in ("", "Bearer", f"Basic {token}", f"Bearer {token}x", f"Bearer {revoked}"):
        client = office.client(headers={"Authorization": wrong} if wrong else {})
        for path in (*PATHS, f"/api/v1/leads/{lead}"):
            answer = await client.get(path)
            assert answer.status_code in (401, 429), (wrong, path)
            assert lead not in answer.text
    assert (await owner.get("/api/v1/leads")).status_code in (401, 429), "a session is no token"
    good = office.client(headers={"Authorization": f"Bearer {token}"})
    assert (await good.get("/api/v1/leads")).status_code == 200
    office.clock.ahead += 31 * DAY
    assert (await good.get("/api/v1/leads")).status_code in (401, 429), "its time is over"
    office.clock.ahead -= 31 * DAY
    stored = office.db.peek(tokens.all_tokens)
    assert all(token not in str(row) for row in stored)


async def test_a_lead_with_its_messages(office: Office) -> None:
    client = await system(office)
    lead = await office.open_talk()
    await office.say(lead, "I am Ana, ana@zirkon.example", slots={"email": "ana@zirkon.example"})
    worker = await office.worker("presales", display_name="Mara")
    await office.say(lead, "A person", "talk_to_human")
    await worker.post(f"/inbox/{lead}/claim")
    await worker.post(f"/inbox/{lead}/note", data={"text": "between us", "id": "n1"})
    found = await get(client, f"/leads/{lead}")
    assert found["facts"]["email"]["value"] == "ana@zirkon.example"
    assert (found["owner"], found["staff"], found["reason"]) == (
        "human", "Mara", "person_requested",
    )  # fmt: skip
    said = await get(client, f"/leads/{lead}/messages")
    texts = [each["text"] for each in said["messages"]]
    assert "I am Ana, ana@zirkon.example" in texts
    assert "between us" not in " ".join(texts)
    seq = said["messages"][1]["seq"]
    later = await get(client, f"/leads/{lead}/messages", after=seq)
    assert [each["seq"] for each in later["messages"]] == [
        each["seq"] for each in said["messages"] if each["seq"] > seq
    ]


async def test_without_the_right_nobody_is_named(office: Office) -> None:
    client = await system(office, personal=False)
    lead = await office.open_talk()
    mine = {"name": "Zoe Quarz", "email": "zoe@quarz.example", "phone": "+43 660 7654321"}
    words = "Zoe Quarz here: zoe@quarz.example or 0660 7654321, of Quarz Trading"
    await office.say(lead, words, slots={**mine, "company": "Silex", "need": words})
    for path in (f"/leads/{lead}", f"/leads/{lead}/messages", "/leads"):
        text = (await client.get(f"/api/v1{path}", params={"limit": 100})).text
        for secret in ("Zoe", "quarz.example", "7654321"):
            assert secret not in text, (path, secret)
    found = await get(client, f"/leads/{lead}")
    assert found["facts"]["company"]["value"] == "Silex"
    assert found["facts"]["email"]["value"] is None


async def test_pages_hold_every_lead_once(office: Office) -> None:
    client = await system(office)
    office.clock.ahead += 1_000
    since = moment(office)
    wanted = [await office.escalate(city=f"Graz {n}") for n in range(7)]
    silent = await office.open_talk()
    seen, cursor = [], ""
    for _ in range(10):
        page = await get(client, "/leads", since=since, limit=3, cursor=cursor)
        seen += [each["id"] for each in page["leads"]]
        cursor = page["next"]
        if not cursor:
            break
    assert sorted(seen) == sorted(wanted)
    assert silent not in seen, "who said nothing is no lead"
    page = await get(client, "/leads", since=since, outcome="closed")
    assert page == {"leads": [], "next": ""}
    page = await get(client, "/leads", since=since, until=since)
    assert page["leads"] == []


async def test_what_went_on_since_comes_in_the_order_of_messages(office: Office) -> None:
    client = await system(office)
    old = await office.escalate(city="Graz")
    office.clock.ahead += 5_000
    since = moment(office)
    new = await office.escalate(city="Linz")
    await office.say(old, "and one more thing", slots={"headcount": "80"})
    page = await get(client, "/leads", active_since=since, limit=1)
    assert [each["id"] for each in page["leads"]] == [new]
    page = await get(client, "/leads", active_since=since, limit=5, cursor=page["next"])
    assert [each["id"] for each in page["leads"]] == [old]
    assert page["leads"][0]["facts"]["headcount"]["value"] == "80"


async def test_figures_and_refusals(office: Office) -> None:
    client = await system(office)
    office.clock.ahead += 1_000
    since = moment(office)
    await office.escalate(city="Graz")
    figures = await get(client, "/figures", since=since)
    steps = {each["step"]: each["count"] for each in figures["funnel"]}
    assert (steps["opened"], steps["escalated"], steps["claimed"]) == (1, 1, 0)
    for path, status in (
        ("/leads?since=yesterday", 400),
        ("/leads?until=9999-12-31T23:59:59-12:00", 400),
        ("/figures?since=0001-01-01T00:00:00%2B12:00", 400),
        ("/leads?cursor=x", 400),
        ("/leads?active_since=2026-01-01&cursor=x", 400),
        ("/leads?limit=0", 400),
        ("/leads?limit=101", 400),
        ("/leads/nobody", 404),
        ("/leads/nobody/messages", 404),
        ("/leads/x/messages?after=-1", 400),
        ("/nothing", 404),
    ):
        answer = await client.get(f"/api/v1{path}")
        assert answer.status_code == status, (path, answer.text)
        assert set(answer.json()) >= {"error"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await client.request(method, "/api/v1/leads")).status_code == 405


async def test_an_erased_lead_is_gone(office: Office) -> None:
    client = await system(office)
    lead = await office.escalate(city="Graz")
    await office.db.write(lambda tx: retention.erase(tx, lead, office.clock.now()))
    for path in (f"/leads/{lead}", f"/leads/{lead}/messages"):
        answer = await client.get(f"/api/v1{path}")
        assert (answer.status_code, answer.json()) == (410, {"error": "erased"})
    cursor, seen = "", []
    while True:
        page = await get(client, "/leads", cursor=cursor, limit=100)
        seen += [each["id"] for each in page["leads"]]
        cursor = page["next"]
        if not cursor:
            break
    assert lead not in seen


async def test_it_is_used_and_limited(office: Office) -> None:
    client = await system(office)
    codes = [(await client.get("/api/v1/leads/x")).status_code for _ in range(PER_MINUTE + 20)]
    assert set(codes[: PER_MINUTE - 10]) == {404}
    assert codes[-1] == 429
    answer = await client.get("/api/v1/leads/x")
    assert int(answer.headers["retry-after"]) >= 1
    used = office.db.peek(tokens.all_tokens)[-1]
    assert used.used_at > 0
    other = await system(office)
    assert (await other.get("/api/v1/leads/x")).status_code == 404, "each has its own"
    wrong = office.client()
    codes = [(await wrong.get("/api/v1/leads")).status_code for _ in range(WRONG_PER_MINUTE + 5)]
    assert codes[-1] == 429


async def test_it_stands_in_the_document(office: Office) -> None:
    told = (await office.client().get("/api/openapi.json")).json()
    assert {path for path in told["paths"] if path.startswith("/api/v1")} == {
        "/api/v1/leads", "/api/v1/leads/{lead}", "/api/v1/leads/{lead}/messages",
        "/api/v1/figures",
    }  # fmt: skip
    leads = told["paths"]["/api/v1/leads"]["get"]
    assert {each["name"] for each in leads["parameters"]} == {
        "since", "until", "active_since", "outcome", "stage", "cursor", "limit",
    }  # fmt: skip
    assert leads["security"] == [{"token": []}]
    assert told["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


async def test_tokens_are_made_and_revoked_on_the_page(office: Office) -> None:
    owner = await office.worker("owner")
    page = {"Accept": "text/html"}
    form = {"name": "Zirkon CRM", "days": "90", "personal": "1"}
    made = await owner.post("/connections/tokens", data=form, headers=page)
    (token,) = re.findall(r"<code>(flt_[\w-]{43})</code>", made.text)
    assert token not in (await owner.get("/connections", headers=page)).text
    client = office.client(headers={"Authorization": f"Bearer {token}"})
    assert (await client.get("/api/v1/figures")).status_code == 200
    row = office.db.peek(tokens.all_tokens)[-1]
    answer = await owner.post(f"/connections/tokens/{row.id}/revoke", headers=page)
    assert answer.status_code == 303
    assert (await client.get("/api/v1/figures")).status_code in (401, 429)
    for form in ({"name": "", "days": "90"}, {"name": "x", "days": "91"}, {"name": "x"}):
        answer = await owner.post("/connections/tokens", data=form, headers=page)
        assert answer.status_code == 422
