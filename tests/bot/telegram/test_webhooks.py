"""Updates that are posted to us: only with the secret, answered only once they are stored."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn

from bot.arrivals import Arrivals
from bot.telegram.border import DESK, PROSPECTS, RawUpdate
from bot.telegram.webhooks import HEADER, make_routes, make_webhook
from bot.telegram.wire import UPDATE_MAX
from bot.web import pages
from storage.errors import WriteFailed
from tests.bot.hall import Hall, hall
from tests.bot.office import _Server, make_deps
from tests.bot.server import find_ports

__all__ = ["hall"]

SECRETS = {PROSPECTS: "secret-of_the-prospects-1", DESK: "secret-of_the-desk-2"}


@dataclass
class Posts:
    """The running website with both addresses, and what was taken in."""

    hall: Hall
    arrivals: Arrivals
    client: httpx.AsyncClient
    port: int
    taken: list[tuple[str, int]] = field(default_factory=list)
    fault: Exception | None = None

    async def keep(self, source: str, updates: Sequence[RawUpdate]) -> None:
        if self.fault is not None:
            raise self.fault
        await self.arrivals.keep(source, updates)

    async def post(
        self, number: int, bot: str = PROSPECTS, secret: str | None = None
    ) -> httpx.Response:
        return await self.client.post(
            f"/telegram/{bot}",
            content=json.dumps({"update_id": number, "message": {"chat": {"id": number % 9}}}),
            headers={HEADER: SECRETS[bot] if secret is None else secret},
        )

    async def stored(self) -> list[tuple[str, int]]:
        await self.arrivals.drain()
        return self.taken


@pytest.fixture
async def posts(hall: Hall) -> AsyncIterator[Posts]:
    (port,) = find_ports(1)
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20)
    taken: list[tuple[str, int]] = []

    async def take_prospects(update: RawUpdate) -> None:
        taken.append((PROSPECTS, update.update_id))

    async def take_desk(update: RawUpdate) -> None:
        taken.append((DESK, update.update_id))

    takers = {PROSPECTS: take_prospects, DESK: take_desk}
    made = Posts(hall, Arrivals(hall.core.house, takers), client, port, taken)
    application = pages.make_application(
        make_deps(hall.core, secrets.token_bytes(32)), make_routes(SECRETS, made)
    )
    server = _Server(
        uvicorn.Config(application, port=port, log_config=None, ws="none", lifespan="on")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the server did not start"
        await asyncio.sleep(0.01)
    yield made
    await client.aclose()
    server.should_exit = True
    await serving


async def test_an_update_is_stored_when_it_is_answered(posts: Posts) -> None:
    answer = await posts.post(11)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await posts.post(12, DESK)).status_code == 200
    assert await posts.stored() == [(PROSPECTS, 11), (DESK, 12)]


async def test_two_hundred_at_once(posts: Posts) -> None:
    answers = await asyncio.gather(*(posts.post(number) for number in range(1, 201)))
    assert {answer.status_code for answer in answers} == {200}
    found = await posts.stored()
    assert sorted(number for _, number in found) == list(range(1, 201))
    again = await asyncio.gather(*(posts.post(number) for number in range(1, 201)))
    assert {answer.status_code for answer in again} == {200}
    assert len(await posts.stored()) == 200


@pytest.mark.parametrize("secret", ["", "x", SECRETS[PROSPECTS][:-1], SECRETS[DESK], "é"])
async def test_without_the_secret_nothing_is_taken(posts: Posts, secret: str) -> None:
    given = {HEADER.encode(): secret.encode("latin-1")}
    answer = await posts.client.post("/telegram/prospects", content=b"{}", headers=given)
    assert answer.status_code == 403
    answer = await posts.client.post("/telegram/prospects", content=b"{}")
    assert answer.status_code == 403
    assert (await posts.client.get("/telegram/prospects")).status_code == 405
    assert await posts.stored() == []


async def test_a_stranger_is_turned_away_before_the_body(posts: Posts) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", posts.port)
    writer.write(b"POST /telegram/desk HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n")
    head = await asyncio.wait_for(reader.readline(), 5)
    assert b" 403 " in head
    writer.close()


async def test_a_body_has_a_bound(posts: Posts) -> None:
    headers = {HEADER: SECRETS[DESK]}
    answer = await posts.client.post(
        "/telegram/desk", content=b"x" * (UPDATE_MAX + 1), headers=headers
    )
    assert answer.status_code == 413
    assert await posts.stored() == []


@pytest.mark.parametrize("body", [b"", b"not json", b"[1,2]", b'{"message":{"text":"\xff"}}'])
async def test_poison_is_stored_like_anything_else(posts: Posts, body: bytes) -> None:
    headers = {HEADER: SECRETS[DESK]}
    answer = await posts.client.post("/telegram/desk", content=body, headers=headers)
    assert answer.status_code == 200
    assert await posts.stored() == [(DESK, 0)]


async def test_what_cannot_be_stored_is_not_confirmed(posts: Posts) -> None:
    posts.fault = WriteFailed("disk full")
    answer = await posts.post(5)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    posts.fault = None
    assert (await posts.post(5)).status_code == 200
    assert await posts.stored() == [(PROSPECTS, 5)]


async def test_the_addresses_are_nobodys_business(posts: Posts) -> None:
    described = (await posts.client.get("/api/openapi.json")).text
    assert "telegram/" not in described
    answer = await posts.post(5)
    assert "set-cookie" not in answer.headers


def test_each_bot_has_a_secret_of_its_own() -> None:
    key = b"k" * 32
    first = make_webhook(PROSPECTS, "https://chat.shop.example", "", key)
    second = make_webhook(DESK, "https://chat.shop.example", "", key)
    assert first.url == "https://chat.shop.example/telegram/prospects"
    assert second.url == "https://chat.shop.example/telegram/desk"
    assert first.secret != second.secret
    for webhook in (first, second):
        assert re.fullmatch(r"[A-Za-z0-9_-]{32,256}", webhook.secret)
    assert first == make_webhook(PROSPECTS, "https://chat.shop.example", "", key)
    assert first.secret != make_webhook(PROSPECTS, "https://x.example", "", b"l" * 32).secret
    assert make_webhook(DESK, "https://x.example", "chosen", key).secret == "chosen"


def test_without_webhooks_there_is_no_address(hall: Hall) -> None:
    deps = make_deps(hall.core, secrets.token_bytes(32))
    paths = {route.path for route in pages.make_application(deps).routes}
    assert not [path for path in paths if path.startswith("/telegram")]
    with_desk = pages.make_application(
        deps, make_routes({DESK: "s"}, Arrivals(hall.core.house, {}))
    )
    assert {route.path for route in with_desk.routes} - paths == {"/telegram/desk"}
