"""A prospect of the kill tests: talks as fast as the server answers, and keeps count."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import httpx

from tests.bot.prospect import Message, Prospect
from tests.bot.server import Server

REFUSED_FOR_NOW = 429  # and above: try again with the same id


@dataclass
class Talker:
    """One prospect who talks as fast as the server answers, and keeps what was acknowledged."""

    client: httpx.Client
    prospect: Prospect
    acknowledged: dict[str, int] = field(default_factory=dict)  # client's id -> seq
    pending: dict[str, dict[str, object]] = field(default_factory=dict)  # id -> body, no answer yet
    said: int = 0

    def send(self, body: dict[str, object]) -> None:
        """Send, and remember by what came back; a broken line leaves the message pending."""
        name = str(body["id"])
        self.pending[name] = body
        answer = self.prospect.post(body)
        if answer.status_code == 202:
            self.acknowledged[name] = answer.json()["seq"]
            del self.pending[name]
        else:
            assert answer.status_code >= REFUSED_FOR_NOW, answer.text

    def talk_on(self, kill: threading.Event) -> None:
        """Alternate words and buttons until the line breaks."""
        try:
            while not kill.is_set():
                self.said += 1
                name = f"m{self.said}"
                if self.said == 1:
                    self.send({"id": name, "kind": "choice", "question": 1, "value": "person"})
                elif self.said % 4 == 0 and (question := self.open_question()):
                    number, value = question
                    self.send({"id": name, "kind": "choice", "question": number, "value": value})
                else:
                    self.send({"id": name, "kind": "text", "text": f"This is line {self.said}."})
        except httpx.TransportError:
            return

    def open_question(self) -> tuple[int, str] | None:
        for message in reversed(self.prospect.read(0)):
            if message.get("question") and message.get("buttons"):
                return message["question"], message["buttons"][-1]["value"]
        return None

    def send_pending(self) -> None:
        """Send again whatever had no answer, under the same ids."""
        for body in list(self.pending.values()):
            self.send(body)

    def check(self) -> None:
        """Numbers without a gap, everything acknowledged there once, nothing there twice."""
        found: list[Message] = self.prospect.read(0)
        assert [m["seq"] for m in found] == list(range(1, len(found) + 1))
        mine = [m["id"] for m in found if m["author"] == "prospect"]
        assert len(mine) == len(set(mine)), "a message stands twice"
        by_id = {m["id"]: m["seq"] for m in found if m.get("id")}
        for name, seq in self.acknowledged.items():
            # A second tap on the same button is acknowledged, and is no message of its own.
            assert seq == 0 or by_id.get(name) == seq, f"{name} was acknowledged and is lost"


def make_talker(server: Server) -> Talker:
    client = server.client()
    return Talker(client, Prospect(client))
