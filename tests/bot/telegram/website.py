"""The website of the lobby's own product, and somebody who visits it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn

from bot.web import pages
from tests.bot.office import _Server, make_deps
from tests.bot.server import find_ports
from tests.bot.telegram.lobby import Lobby


@dataclass
class Visitor:
    """Somebody at the website, seeing only what its protocol gives."""

    client: httpx.AsyncClient
    talk: str
    token: str
    sent: int = 0

    def path(self, last: str) -> str:
        return f"/api/conversations/{self.talk}/{last}"

    async def send(self, **body: object) -> None:
        self.sent += 1
        answer = await self.client.post(
            self.path("messages"), json={"id": f"w{self.sent}", **body}, headers=self.headers
        )
        assert answer.status_code == 202, answer.text

    async def say(self, text: str) -> None:
        await self.send(kind="text", text=text)

    async def read(self) -> list[dict[str, object]]:
        answer = await self.client.get(self.path("messages"), headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()["messages"]
        return found

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def ask_link(self, **headers: str) -> httpx.Response:
        given = {**self.headers, **headers}
        return await self.client.post(self.path("telegram"), headers=given)

    async def get_code(self) -> str:
        answer = await self.ask_link()
        assert answer.status_code == 201, answer.text
        href: str = answer.json()["href"]
        return parse_qs(urlsplit(href).query)["start"][0]


@dataclass
class Website:
    lobby: Lobby
    client: httpx.AsyncClient

    async def visit(self, language: str = "en") -> Visitor:
        answer = await self.client.post("/api/conversations", json={"language": language})
        assert answer.status_code == 201, answer.text
        started = answer.json()
        return Visitor(self.client, started["conversation"], started["token"])


@pytest.fixture
async def website(lobby: Lobby) -> AsyncIterator[Website]:
    """The web application of the lobby's own product, on a free port of this machine."""
    (port,) = find_ports(1)
    application = pages.make_application(make_deps(lobby.hall.core, secrets.token_bytes(32)))
    config = uvicorn.Config(application, port=port, log_config=None, ws="none", lifespan="on")
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the server did not start"
        await asyncio.sleep(0.01)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20
    ) as client:
        yield Website(lobby, client)
    lobby.hall.core.house.live.close()
    server.should_exit = True
    await serving
