"""Members of staff who are told in their own chat with the desk's bot."""

from __future__ import annotations

from typing import Any

import pytest

from bot.alerting.letters import Telling
from bot.presales.group.personal import ByTelegram
from bot.telegram.border import Blocked, Busy
from storage import staff_links
from tests.bot.alerting.test_service import add_person, waiting
from tests.bot.hall import MINUTE, Hall, hall

__all__ = ["hall"]


class Client:
    """Keeps what is posted, or fails as it is told."""

    def __init__(self) -> None:
        self.posts: list[tuple[int, str]] = []
        self.fault: Exception | None = None

    async def send(self, target: Any, post: Any) -> None:
        if self.fault is not None:
            raise self.fault
        self.posts.append((target.chat, post.text))


@pytest.fixture
def client(hall: Hall) -> Client:
    made = Client()
    telling = Telling(hall.core.mind, hall.core.house.settings)
    hall.core.outbox._ways = {"telegram": ByTelegram(hall.db, made, telling)}  # type: ignore[arg-type]
    return made


async def linked(hall: Hall) -> None:
    mareike = await add_person(hall, "Mareike Tönnsen", alerts="telegram")
    await hall.db.write(lambda tx: staff_links.link(tx, 4_711, mareike.id, 1))


async def test_who_is_linked_gets_a_line_with_a_link(hall: Hall, client: Client) -> None:
    await linked(hall)
    talk = await waiting(hall)
    await hall.core.outbox.drain()
    ((chat, text),) = client.posts
    assert chat == 4_711
    assert text.startswith("Somebody waits for you: Asked for a person (0 min)\n")
    assert f"/inbox/{talk}" in text


async def test_who_is_not_linked_is_not_written_to(hall: Hall, client: Client) -> None:
    await add_person(hall, "Mareike Tönnsen", alerts="telegram")
    talk = await waiting(hall)
    await hall.core.outbox.drain()
    assert client.posts == []
    assert hall.deliveries(talk, "notice") == []


async def test_a_busy_bot_api_is_tried_again_and_a_block_is_final(
    hall: Hall, client: Client
) -> None:
    await linked(hall)
    client.fault = Busy("429", 3_000)
    talk = await waiting(hall)
    await hall.core.outbox.drain()
    assert [each.state for each in hall.deliveries(talk, "notice")] == ["queued"]
    client.fault = Blocked("blocked")
    await hall.wait(MINUTE // 2)
    assert [each.state for each in hall.deliveries(talk, "notice")] == ["failed"]
