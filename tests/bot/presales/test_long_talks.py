"""Talks of any length: their pages stay light, and every message has its page."""

from __future__ import annotations

import html
import re

import pytest

from bot.web.parts import MOST, ROOM, cut
from storage import conversations
from storage.conversations import NewMessage
from tests.bot.office import Office

PAGE = {"Accept": "text/html"}
LIGHT = 100_000  # bytes


async def long_talk(office: Office, texts: list[str]) -> str:
    talk = await office.escalate(company="Long Story Ltd", city="Munich", phone="+4989123456")
    now = office.clock.now()
    messages = [NewMessage("prospect", text, now + place) for place, text in enumerate(texts)]
    await office.db.write(lambda tx: conversations.append(tx, talk, messages))
    return talk


@pytest.mark.parametrize(
    "texts",
    [
        [f"Sentence {n} of a story that goes on and on" for n in range(1_000)],
        ["<&\"'>" * 1_600] * 30,
        ["长" * 8_000] * 12,
    ],
)
async def test_no_part_of_a_talk_is_heavy(office: Office, texts: list[str]) -> None:
    client = await office.worker("manager")
    talk = await long_talk(office, texts)
    for address in (f"/inbox/{talk}", f"/transcripts/{talk}"):
        for query in ("", "?part=1", "?part=2", "?m=3", "?part=999999"):
            page = await client.get(address + query, headers=PAGE)
            assert page.status_code == 200
            assert len(page.content) < LIGHT, (address, query, len(page.content))


@pytest.mark.parametrize("path", ["inbox", "transcripts"])
async def test_links_lead_through_all_of_a_talk(office: Office, path: str) -> None:
    client = await office.worker("manager")
    talk = await long_talk(office, [f"Sentence {n}." for n in range(90)])
    seen: list[int] = []
    query = ""
    while True:
        page = (await client.get(f"/{path}/{talk}{query}", headers=PAGE)).text
        seen = [
            int(each) for each in re.findall(r'<li class="message[^"]*" id="m(\d+)"', page)
        ] + seen
        links = [
            html.unescape(each) for each in re.findall(r'class="earlier"><a href="([^"#]+)', page)
        ]
        earlier = next((each for each in links if f"part={_part(query) + 1}" in each), "")
        if not earlier:
            break
        query = earlier
    assert seen == sorted(set(seen))
    assert seen[0] <= 2
    assert len(seen) > 90
    for seq in (seen[0], seen[45], seen[-1]):
        page = (await client.get(f"/{path}/{talk}?m={seq}", headers=PAGE)).text
        assert f'id="m{seq}"' in page


def _part(query: str) -> int:
    found = re.search(r"part=(\d+)", query)
    return int(found[1]) if found else 0


def test_parts_hold_each_entry_once() -> None:
    weights = [700, ROOM * 2, 900, *[1_000] * 60, ROOM - 1, 2]
    parts = [cut(weights, number) for number in range(20)]
    ends = {each.number: (each.start, each.end) for each in parts}
    assert sorted(ends) == list(range(len(ends)))
    assert [place for n in reversed(sorted(ends)) for place in range(*ends[n])] == list(
        range(len(weights))
    )
    assert all(end - start <= MOST for start, end in ends.values())
    for at in range(len(weights)):
        part = cut(weights, at=at)
        assert part.start <= at < part.end
    assert cut([]).end == 0
