"""A prospect's client, written from docs/widget.md alone."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.bot.server import Server

Message = dict[str, Any]


class Prospect:
    """One conversation over HTTP. `cursor` is the highest seq that was read."""

    def __init__(self, client: httpx.Client, language: str = "en") -> None:
        self.client = client
        answer = client.post("/api/conversations", json={"language": language, "source": "test"})
        assert answer.status_code == 201, answer.text
        started = answer.json()
        self.id: str = started["conversation"]
        self.token: str = started["token"]
        self.cursor = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def path(self, last: str) -> str:
        return f"/api/conversations/{self.id}/{last}"

    def post(self, body: object) -> httpx.Response:
        return self.client.post(self.path("messages"), json=body, headers=self.headers)

    def say(self, text: str, client_id: str = "") -> httpx.Response:
        return self.post({"id": client_id or secrets.token_hex(8), "kind": "text", "text": text})

    def choose(self, value: str, question: int, client_id: str = "") -> httpx.Response:
        made = client_id or secrets.token_hex(8)
        return self.post({"id": made, "kind": "choice", "question": question, "value": value})

    def read(self, after: int | None = None) -> list[Message]:
        """Messages after the cursor, which moves on; `after` reads from there and leaves it."""
        start = self.cursor if after is None else after
        found: list[Message] = []
        while True:
            answer = self.client.get(
                self.path("messages"), params={"after": start}, headers=self.headers
            )
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["messages"]
            start = found[-1]["seq"] if found else start
            if not page["more"]:
                break
        if after is None:
            self.cursor = start
        return found

    def state(self) -> dict[str, str]:
        answer = self.client.get(self.path("messages"), headers=self.headers)
        state: dict[str, str] = answer.json()["state"]
        return state

    def ask(self, text: str) -> list[Message]:
        """Say something and read what came of it, the own message left out."""
        self.read()
        answer = self.say(text)
        assert answer.status_code == 202, answer.text
        return [each for each in self.read() if each["author"] != "prospect"]

    def question(self) -> Message:
        """The newest message that has buttons."""
        return [each for each in self.read(0) if each.get("buttons")][-1]

    def upload(self, data: bytes, name: str, client_id: str = "") -> httpx.Response:
        return self.client.post(
            self.path("files"),
            params={"id": client_id or secrets.token_hex(8), "name": name},
            content=data,
            headers={**self.headers, "Content-Type": "application/octet-stream"},
        )

    def erase(self) -> httpx.Response:
        """Ask to be forgotten and press the button that names what goes."""
        self.choose("forget", 0)
        asked = self.question()
        assert [button["value"] for button in asked["buttons"]] == ["erase"]
        answer = self.choose("erase", asked.get("question", 0))
        assert answer.status_code == 202, answer.text
        return answer

    @contextmanager
    def follow(self, after: int = 0) -> Iterator[Iterator[tuple[str, Any]]]:
        """The stream as (event, data) pairs; signs of life are left out."""
        with self.client.stream(
            "GET", self.path("stream"), params={"after": after}, headers=self.headers
        ) as answer:
            assert answer.status_code == 200, answer.read()
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def check_refusal(answer: httpx.Response) -> dict[str, object]:
    """A refusal is 4xx, names its code, and says a sentence."""
    assert 400 <= answer.status_code < 500, answer.text
    problem: dict[str, object] = answer.json()
    assert problem["error"]
    assert len(str(problem["text"])) > 3
    return problem


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as made:
        yield made


@pytest.fixture
def prospect(client: httpx.Client) -> Prospect:
    return Prospect(client)
