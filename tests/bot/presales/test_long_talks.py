"""Talks of any length: their pages stay light, and every message has its page."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from bot.web.parts import MOST, ROOM, cut
from storage import conversations, leads, remarks
from storage.conversations import NewMessage
from storage.remarks import NewComment
from tests.bot.office import Office

PAGE = {"Accept": "text/html"}
RUSSIAN = {**PAGE, "Accept-Language": "ru"}
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
        ["&" * 20_000],
        ["<" * 20_000] * 5,
        ["'" * 20_000, *["😀" * 8_000] * 30],
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


@pytest.mark.parametrize("sign", ["&", "<", "长", "a b "])
@pytest.mark.parametrize("path", ["inbox", "transcripts"])
async def test_a_message_that_is_too_long_has_a_page_of_its_own(
    office: Office, path: str, sign: str
) -> None:
    client = await office.worker("manager")
    text = (sign * 20_000)[:20_000]
    talk = await long_talk(office, ["short", text])
    page = (await client.get(f"/{path}/{talk}", headers=PAGE)).text
    (link,) = re.findall(rf'href="(/{path}/{talk}/messages/\d+)"', page)
    assert html.escape(text[:500]) in page
    assert html.escape(text[:5_000]) not in page
    read = []
    address = link
    while address:
        answer = await client.get(address, headers=PAGE)
        assert len(answer.content) < LIGHT
        (words,) = re.findall(r'<div class="card words"[^>]*>(.*?)</div>', answer.text, re.DOTALL)
        read.append(html.unescape(words))
        following = re.search(r'href="(\?piece=\d+)" rel="next"', answer.text)
        address = link + following[1] if following else ""
    assert "".join(read) == text
    for wrong in (f"/{path}/{talk}/messages/999", f"/{path}/nowhere/messages/1"):
        assert (await client.get(wrong, headers=PAGE)).status_code == 404


async def test_what_is_read_of_a_long_message_is_masked_for_whoever_may_not_know_it(
    office: Office,
) -> None:
    reader = await office.worker("readonly")
    talk = await long_talk(office, ["word " * 3_000 + "call me on +49 89 123456"])
    link = f"/transcripts/{talk}/messages/"
    page = (await reader.get(f"/transcripts/{talk}", headers=PAGE)).text
    (number,) = re.findall(rf'href="{link}(\d+)"', page)
    words = (await reader.get(link + number, headers=PAGE)).text
    assert "call me on" in words
    assert "123456" not in words
    assert (await reader.get(f"/inbox/{talk}/messages/{number}", headers=PAGE)).status_code == 403


async def comment(office: Office, talk: str, texts: list[str], seq: int = 0) -> None:
    for text in texts:
        new = NewComment(talk, seq, 1, text, office.clock.now())
        await office.db.write(lambda tx, new=new: remarks.comment(tx, new))


async def test_hundreds_of_comments_and_tasks_stay_light(office: Office) -> None:
    client = await office.worker("manager")
    talk = await long_talk(office, ["one", "two"])
    await comment(office, talk, [f"On it all, {n}." for n in range(250)])
    await comment(office, talk, [f"On the second, {n}." for n in range(250)], 2)
    await comment(office, talk, ["&" * 2_000] * 9)
    due = office.clock.now() + 1_000_000
    for n in range(300):
        new = leads.NewTask(talk, "follow_up", due + n, office.clock.now(), f"Step {n}.")
        await office.db.write(lambda tx, new=new: leads.open_task(tx, new))
    for path, name in (("inbox", "remarks"), ("transcripts", "comments")):
        seen = await _walk(client, f"/{path}/{talk}", name)
        assert {f"On it all, {n}." for n in range(250)} <= seen, path
        assert {f"On the second, {n}." for n in range(250)} <= seen, path
        tasks = await _walk(client, f"/{path}/{talk}", "tasks")
        if path == "inbox":
            assert {f"Step {n}." for n in range(300)} <= tasks
    first = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    assert "Step 0." in first, "the next one is on top"
    assert "Step 299." not in first


async def _walk(client: httpx.AsyncClient, address: str, name: str) -> set[str]:
    """All that the pages of a list beside a talk say."""
    seen: set[str] = set()
    number = 0
    while True:
        page = await client.get(f"{address}?{name}={number}", headers=RUSSIAN)
        assert page.status_code == 200
        assert len(page.content) < LIGHT, (address, name, number, len(page.content))
        seen |= set(re.findall(r"On it all, \d+\.|On the second, \d+\.|Step \d+\.", page.text))
        number += 1
        if f"{name}={number}#{name}" not in html.unescape(page.text):
            return seen


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
