"""The inbox's event stream, its downloads, the brief as text, and words that mean harm."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from dialogs.brief import Brief, BriefLine
from dialogs.brief_text import CHARS_MAX, write_brief
from storage import accounts, leads, sessions
from tests.bot.office import Office
from tests.bot.presales.test_inbox import PAGE, act, listed

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"


# --- files and hostile words ---------------------------------------------------------------------


async def test_files_come_as_downloads_of_their_own_talk_alone(office: Office) -> None:
    prospect = await office.open_prospect()
    await prospect.upload("Anforderung <b>1</b>.txt", b"We need a shop.\nIt must sell shoes.\n")
    talk = prospect.conversation
    client = await office.worker("presales")
    (file,) = office.db.peek(lambda tx: leads.files_of(tx, talk))
    answer = await client.get(f"/inbox/{talk}/files/{file.id}")
    assert answer.content == b"We need a shop.\nIt must sell shoes.\n"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"].startswith("application/octet-stream")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    other = await office.escalate()
    for path in (
        f"/inbox/{other}/files/{file.id}",
        f"/inbox/{talk}/files/..%2F..%2Ffirstline.db",
        f"/inbox/{talk}/files/{'a' * 32}",
    ):
        assert (await client.get(path)).status_code == 404
    page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    assert f"/inbox/{talk}/files/{file.id}" in page
    assert "<b>1</b>" not in page


async def test_a_prospects_file_is_locked_without_the_right_to_personal_data(
    office: Office,
) -> None:
    prospect = await office.open_prospect()
    await prospect.upload("cv.txt", b"Carla Ruiz, carla@ruiz.example, +34 600 123 456")
    talk = prospect.conversation
    (file,) = office.db.peek(lambda tx: leads.files_of(tx, talk))
    address = f"/inbox/{talk}/files/{file.id}"
    open_, veiled = await office.worker("presales"), await office.worker("presales", "veiled-desk")
    await hide_personal(office, "veiled-desk")
    for path in (f"/inbox/{talk}", f"/transcripts/{talk}"):
        assert address in (await open_.get(path, headers=PAGE)).text
        page = (await veiled.get(path, headers=PAGE)).text
        assert address not in page
        assert "cv.txt" in page
        assert "does not see personal data" in page
    refused = await veiled.get(address, headers=PAGE)
    assert refused.status_code == 403
    assert "may hold personal data" in refused.text
    assert "ask the colleague" in refused.text
    assert "carla" not in refused.text
    assert (await open_.get(address)).status_code == 200


async def hide_personal(office: Office, name: str) -> None:
    """Take the right to see e-mail and phone from an account."""
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, name))
    assert staff is not None
    await office.db.write(lambda tx: accounts.set_personal(tx, staff.id, "no"))


async def test_hostile_words_stay_words(office: Office) -> None:
    client = await office.worker("presales", display_name=HOSTILE)
    talk = await office.escalate(name=HOSTILE, company=HOSTILE, city=HOSTILE, need=HOSTILE)
    await office.say(talk, HOSTILE)
    await act(client, talk, "claim")
    await act(client, talk, "note", external_id="n", text=HOSTILE)
    await act(client, talk, "reply", external_id="r", text=HOSTILE)
    await act(client, talk, "pass-on", to=HOSTILE)
    await office.index()
    for path in (
        f"/inbox/{talk}", "/inbox", "/inbox?view=mine", f"/transcripts/{talk}",
        "/transcripts?q=alert", "/questions",
    ):  # fmt: skip
        page = (await client.get(path, headers=PAGE)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in re.findall(r"onerror=alert\(2\)&gt;(\d+)", page)
    for path in ("/inbox/list?view=waiting", f"/inbox/{talk}/pieces?after=0"):
        piece = (await client.get(path)).json()
        text = piece["html"] + piece.get("messages", "")
        assert "&lt;script&gt;alert" in text
        assert "<script>" not in text
        assert "<img src=x" not in text


# --- the stream ----------------------------------------------------------------------------------


@asynccontextmanager
async def following(client: httpx.AsyncClient, talk: str = "") -> AsyncIterator[AsyncIterator[str]]:
    """The names of the stream's events, as they come."""
    async with client.stream("GET", f"/inbox/stream?talk={talk}") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")

        async def events() -> AsyncIterator[str]:
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    yield line.removeprefix("event: ").strip()

        yield events()


async def heard(events: AsyncIterator[str], name: str) -> None:
    """Wait until the event comes; the test's time limit is the end of patience."""
    async with asyncio.timeout(10):
        async for each in events:
            if each == name:
                return
    raise AssertionError(f"the stream ended without {name}")


async def test_the_stream_tells_of_every_escalation_and_message(office: Office) -> None:
    client = await office.worker("presales")
    talk = await office.open_talk()
    async with following(client, talk) as events:
        await heard(events, "desk")
        await office.say(talk, "I want a person", "talk_to_human")
        await heard(events, "talk")
        other = await office.escalate()
        await heard(events, "desk")
        assert other in await listed(client)


async def test_the_stream_tells_what_was_read_elsewhere_and_what_managers_say(
    office: Office,
) -> None:
    client, manager = await office.worker("presales"), await office.worker("manager")
    talk = await office.escalate()
    await act(client, talk, "claim")
    await office.say(talk, "Anybody there?")
    async with following(client) as events:
        await heard(events, "desk")  # the list as it is now
        assert (await client.get("/inbox/list")).json()["unread"] == 1
        await act(client, talk, "read")
        await heard(events, "desk")
        assert (await client.get("/inbox/list")).json()["unread"] == 0
    async with following(client, talk) as events:
        await heard(events, "desk")
        for path, form in (
            ("comments", {"text": "Well done"}),
            ("flags", {"kind": "good"}),
            ("flags", {"kind": "good", "on": "no"}),
        ):
            assert (await manager.post(f"/transcripts/{talk}/{path}", data=form)).is_redirect
            await heard(events, "talk")


async def test_the_stream_ends_with_the_session(office: Office) -> None:
    client = await office.worker("presales", "leaving-soon")
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, "leaving-soon"))
    assert staff is not None
    async with following(client) as events:
        await heard(events, "desk")
        now = office.clock.now()
        await office.db.write(lambda tx: sessions.revoke_all(tx, staff.id, now))
        await office.escalate()
        await heard(events, "bye")


@pytest.mark.parametrize(("role", "beside"), [("readonly", False), ("aftersales", True)])
async def test_the_stream_ends_with_the_right(office: Office, role: str, beside: bool) -> None:
    client = await office.worker("presales", f"now-{role}")
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, f"now-{role}"))
    assert staff is not None
    talk = await office.escalate() if beside else ""
    async with following(client, talk) as events:
        await heard(events, "desk")
        await office.db.write(lambda tx: accounts.set_role(tx, staff.id, role))
        await office.escalate()
        await heard(events, "bye")


async def test_the_stream_is_closed_to_other_talks(office: Office) -> None:
    client = await office.worker("aftersales")
    talk = await office.escalate()
    assert (await client.get(f"/inbox/stream?talk={talk}")).status_code == 404


# --- the brief as text ---------------------------------------------------------------------------


async def test_the_brief_comes_as_plain_text(office: Office) -> None:
    client = await office.worker("presales")
    talk = await office.escalate(city="Munich", need="forty shops in one", name="Petra")
    answer = await client.get(f"/inbox/{talk}/brief")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "City: Munich" in answer.text
    assert len(answer.text) <= CHARS_MAX
    page = await client.get(f"/inbox/{talk}/brief", headers=PAGE)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["vary"] == answer.headers["vary"] == "Accept"
    assert f'<a href="/inbox/{talk}">' in page.text
    assert answer.text in html.unescape(page.text)


@pytest.mark.parametrize("facts", [0, 1, 10, 100])
@pytest.mark.parametrize("length", [1, 50, 5_000])
def test_the_text_of_a_brief_is_never_too_long(office: Office, facts: int, length: int) -> None:
    lines = [
        BriefLine(section="who", label=f"L{i}", text="w" * length, status="inferred")
        for i in range(facts)
    ]
    lines.append(BriefLine(section="next", label="Next", text="call them " + "n" * length))
    made = Brief(headline="Urgent " + "h" * length, lines=tuple(lines))
    text = write_brief(office.deps.texts, made, "en")
    assert len(text) <= CHARS_MAX
    assert text.startswith("Urgent")
    assert "Next: call them" in text
    if facts * (length + 20) < 500:
        assert text.count("[inferred]") == facts
