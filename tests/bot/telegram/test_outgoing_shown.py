"""What staff see of messages that did not arrive, or perhaps twice."""

from __future__ import annotations

import re

import pytest

from storage import conversations, outbox
from storage.db import Tx
from storage.outbox import NewDelivery
from tests.bot.office import Office, office

__all__ = ["office"]

PAGE = {"Accept": "text/html"}


async def queue(office: Office, talk: str) -> tuple[int, int]:
    """A delivery of the newest message: its id and the message's seq."""

    def run(tx: Tx) -> tuple[int, int]:
        row = conversations.load(tx, talk)
        assert row is not None
        new = NewDelivery(talk, "send", 1, seq=row.last_seq, channel="telegram", name="bot")
        return outbox.put(tx, new), row.last_seq

    return await office.db.write(run)


def line_of(page: str, seq: int) -> str:
    found = re.search(
        rf'<li class="message[^"]*" id="m{seq}".*?</li>\s*(?=<li class="message|</ol)', page, re.S
    )
    assert found is not None
    return found.group(0)


@pytest.mark.parametrize("path", ["/transcripts/", "/inbox/"])
async def test_a_message_to_who_blocked_the_bot_says_so(office: Office, path: str) -> None:
    client = await office.worker("manager")
    talk = await office.open_talk()
    number, seq = await queue(office, talk)
    page = (await client.get(path + talk, headers=PAGE)).text
    assert "blocked the bot" not in page
    await office.db.write(lambda tx: outbox.failed(tx, number, "blocked"))
    page = (await client.get(path + talk, headers=PAGE)).text
    line = line_of(page, seq)
    assert "could not be delivered: the prospect blocked the bot or left Telegram" in line


@pytest.mark.parametrize("path", ["/transcripts/", "/inbox/"])
async def test_a_possible_repeat_is_marked(office: Office, path: str) -> None:
    client = await office.worker("manager")
    talk = await office.open_talk()
    number, seq = await queue(office, talk)
    await office.db.write(lambda tx: outbox.claim_due(tx, 2, 1))
    await office.db.write(lambda tx: outbox.repeat_later(tx, number, 3, "uncertain", 1))
    page = (await client.get(path + talk, headers=PAGE)).text
    assert "may have arrived twice" in line_of(page, seq)


async def test_failures_are_counted(office: Office) -> None:
    talk = await office.open_talk()
    number, _ = await queue(office, talk)
    assert office.db.peek(lambda tx: outbox.count_failed(tx, talk)) == 0
    await office.db.write(lambda tx: outbox.failed(tx, number, "blocked"))
    assert office.db.peek(lambda tx: outbox.count_failed(tx, talk)) == 1
