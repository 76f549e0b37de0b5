"""kill -9 of the running product while it tells a webhook: nothing is lost, a repeat is marked."""

from __future__ import annotations

import secrets
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.faults import VARIABLE
from tests.bot.server import Server, make_server
from tests.bot.systems.receiver import Receiver, receiving


def open_owner(server: Server) -> httpx.Client:
    password = server.add_staff("ora", "owner")
    client = server.client()
    answer = client.post("/signin", json={"name": "ora", "password": password})
    client.headers["X-Form-Token"] = answer.json()["form_token"]
    return client


def tell(server: Server) -> str:
    """A prospect who asks for a person; gives the conversation."""
    with server.client() as client:
        begun = client.post("/api/conversations", json={}).json()
        client.headers["Authorization"] = f"Bearer {begun['token']}"
        talk = str(begun["conversation"])
        body = {"id": secrets.token_hex(8), "kind": "choice", "question": 1, "value": "person"}
        answer = client.post(f"/api/conversations/{talk}/messages", json=body)
        assert answer.status_code == 202, answer.text
        return talk


def add_hook(owner: httpx.Client, receiver: Receiver) -> None:
    form = {"url": receiver.url, "event_lead.created": "1", "event_lead.escalated": "1"}
    answer = owner.post("/connections/webhooks", data=form)
    assert answer.status_code == 200, answer.text
    assert "whsec_" in answer.text


@pytest.mark.parametrize("step", ["", "before_hook_mark"])
def test_a_kill_in_between_loses_nothing(tmp_path: Path, step: str) -> None:
    with receiving() as receiver:
        server = make_server(tmp_path / "data", ENCODER="off", WEBHOOK_HOSTS="127.0.0.1")
        server.start()
        with closing(open_owner(server)) as owner:
            add_hook(owner, receiver)
        if step:
            server.stop()
            server.settings = {**server.settings, VARIABLE: step}
            server.start()
        else:
            receiver.script = ["slow"]
        talk = tell(server)
        if step:
            assert server.process is not None
            server.process.wait(20)
        else:
            receiver.wait_for(1)
            server.stop(kill=True)
        server.settings = {k: v for k, v in server.settings.items() if k != VARIABLE}
        assert len(receiver.got) == 1
        server.start()
        receiver.wait_for(3)
        server.stop()
        assert server.faults() == []
    told = [(got.event, got.number, got.attempt) for got in receiver.got]
    first = ("lead.created", 1)
    assert told == [(*first, 1), (*first, 2), ("lead.escalated", 2, 1)]
    assert {got.said["lead"] for got in receiver.got} == {talk}
    assert receiver.got[0].id == receiver.got[1].id
    assert receiver.got[0].body == receiver.got[1].body
