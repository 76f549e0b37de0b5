"""The acts through their routes: forms without script, files with a reply, hostile fields."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.desk import ATTACHED_MAX
from bot.presales.fields import read_number
from bot.records import read_state
from dialogs.types import State
from storage import conversations, leads
from storage import desk as cases
from tests.bot.office import Office

PAGE = {"Accept": "text/html"}
SOON = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}T09:00"
HOSTILE = (
    "", "\x00", "<script>alert(1)</script>", "{{ 7 * 7 }}", "' OR 1=1 --", "-1", "0", "NaN", "٣",
    "9" * 400, "../../etc/passwd", "\ud83d", "9999-12-31T23:59", "0001-01-01T00:00",
    "2026-02-30T10:00", "2026-11-23T09:00+99:00",
)  # fmt: skip
ACTS = {
    "hand-back": ("line", "next"), "pass-on": ("to", "note"), "not-a-lead": ("reason",),
    "accept": ("external_id",), "decline": ("reason", "to", "note"), "snooze": ("minutes", "until"),
    "wake": ("external_id",), "read": ("seq",), "unread": ("seq",), "close": ("reason",),
    "reopen": ("external_id",), "stage": ("stage",), "profile": ("slot", "value"),
    "tasks": ("kind", "due", "note"), "join": ("other",), "part": ("other",), "undo": ("act",),
    "note": ("text", "external_id"), "reply": ("text", "external_id", "paper"),
}  # fmt: skip


async def claimed(office: Office) -> tuple[httpx.AsyncClient, str]:
    client = await office.worker("presales", display_name=f"Ida {secrets.token_hex(3)}")
    talk = await office.escalate()
    assert (await client.post(f"/inbox/{talk}/claim")).status_code == 200
    return client, talk


def state_of(office: Office, talk: str) -> State:
    row = office.db.peek(lambda tx: conversations.load(tx, talk))
    assert row is not None
    return read_state(row.state)


def stored(office: Office) -> set[str]:
    return {each.name for each in office.core.uploads.folder.glob("*") if each.is_file()}


def form(text: str = "Here you are", **more: Any) -> dict[str, Any]:
    return {"text": text, "external_id": secrets.token_hex(8), **more}


async def test_a_reply_takes_words_papers_and_files_at_once(office: Office) -> None:
    client, talk = await claimed(office)
    papers = [each.id for each in office.deps.pack.documents if each.public][:2]
    said = form(paper=papers)
    files = [("file", ("offer.pdf", b"%PDF-1.4 offer")), ("file", ("a/b\\c.txt", b"terms"))]
    for _ in range(2):
        answer = await client.post(f"/inbox/{talk}/reply", data=said, files=files)
        assert answer.status_code == 200, answer.text
    rows = office.db.peek(lambda tx: leads.files_of(tx, talk))
    assert sorted(each.name for each in rows) == ["c.txt", "offer.pdf"]
    assert stored(office) >= {each.id for each in rows}
    assert [each.document for each in state_of(office, talk).given][-2:] == papers


async def test_a_repeated_or_refused_reply_leaves_no_bytes(office: Office) -> None:
    client, talk = await claimed(office)
    said, files = form(), [("file", ("one.txt", b"one"))]
    assert (await client.post(f"/inbox/{talk}/reply", data=said, files=files)).is_success
    before = stored(office)
    assert (await client.post(f"/inbox/{talk}/reply", data=said, files=files)).is_success
    other = [("file", ("one.txt", b"two"))]
    answer = await client.post(f"/inbox/{talk}/reply", data=said, files=other)
    assert answer.json()["key"] == "desk.refused.other_body"
    colleague = await office.worker("presales")
    answer = await colleague.post(f"/inbox/{talk}/reply", data=form(), files=other)
    assert answer.json()["key"] == "desk.refused.not_yours"
    assert stored(office) == before


@pytest.mark.parametrize(
    ("files", "key"),
    [
        ([("file", ("a.txt", b""))], "desk.refused.file_empty"),
        ([("file", (f"{n}.txt", b"x")) for n in range(ATTACHED_MAX + 1)], "desk.refused.too_many"),
        ([("file", ("b.bin", b"x" * 20_000_001))], "desk.refused.file_too_big"),
    ],
)
async def test_files_that_do_not_go(office: Office, files: list[Any], key: str) -> None:
    client, talk = await claimed(office)
    before = stored(office)
    answer = await client.post(f"/inbox/{talk}/reply", data=form(), files=files)
    assert (answer.status_code, answer.json()["key"]) == (409, key)
    assert stored(office) == before


async def test_a_form_without_script_goes_back_to_the_talk(office: Office) -> None:
    client, talk = await claimed(office)
    # A browser sends a file field that was left empty as a file without a name.
    body = (
        b"--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nHello\r\n"
        b"--x\r\nContent-Disposition: form-data; name=\"external_id\"\r\n\r\nplain-1\r\n"
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n"
        b"Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n"
    )  # fmt: skip
    kind = {"Content-Type": "multipart/form-data; boundary=x", **PAGE}
    answer = await client.post(f"/inbox/{talk}/reply", content=body, headers=kind)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/inbox/{talk}")
    answer = await client.post(f"/inbox/{talk}/stage", data={"stage": "contract"}, headers=PAGE)
    location = answer.headers["location"]
    number = location.removeprefix(f"/inbox/{talk}?undo=")
    answer = await client.post(f"/inbox/{talk}/undo", data={"act": number}, headers=PAGE)
    assert answer.status_code == 303
    assert state_of(office, talk).stage == "consultation"


def fields_of(page: str, action: str) -> dict[str, str]:
    """What the form of an act carries besides what one fills in."""
    inside, *_ = re.findall(rf'action="{action}" data-act[^>]*>(.*?)</form>', page, re.DOTALL)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inside))


@pytest.mark.parametrize(
    ("act", "filled"),
    [
        ("pass-on", {"note": "Please."}),
        ("hand-back", {"line": "Cold."}),
        ("close", {"reason": "won"}),
        ("snooze", {"until": SOON}),
        ("accept", {}),
        ("stage", {"stage": "contract"}),
        ("tasks", {"kind": "answer", "due": SOON, "note": "Send it."}),
        ("decline", {"reason": "too_early", "to": "queue"}),
    ],
)
async def test_a_form_sent_twice_is_done_once(
    office: Office, act: str, filled: dict[str, str]
) -> None:
    client, talk = await claimed(office)
    page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    data = {**fields_of(page, f"/inbox/{talk}/{act}"), **filled}
    first = await client.post(f"/inbox/{talk}/{act}", data=data, headers=PAGE)
    assert first.status_code == 303
    row = office.db.peek(lambda tx: conversations.load(tx, talk))
    again = await client.post(f"/inbox/{talk}/{act}", data=data, headers=PAGE)
    assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])
    assert office.db.peek(lambda tx: conversations.load(tx, talk)) == row


async def test_a_note_carries_no_files(office: Office) -> None:
    client, talk = await claimed(office)
    files = [("file", ("secret.txt", b"x"))]
    answer = await client.post(f"/inbox/{talk}/note", data=form(), files=files)
    assert answer.json()["key"] == "desk.refused.note_file"


async def test_a_local_time_is_the_companys(office: Office) -> None:
    client, talk = await claimed(office)
    for said in ({"until": "2020-01-01T09:00"}, {"until": "soon"}, {"minutes": "x"}, {}):
        answer = await client.post(f"/inbox/{talk}/snooze", data=said)
        assert answer.json()["key"] == "desk.refused.moment"
    answer = await client.post(f"/inbox/{talk}/snooze", data={"minutes": "30"})
    assert answer.json()["undo"] > 0
    until = office.db.peek(lambda tx: cases.get(tx, talk)).snoozed_until
    assert 29 * 60_000 < until - office.clock.now() <= 30 * 60_000


async def test_joining_needs_both_talks_to_be_ones_own_to_see(office: Office) -> None:
    client, talk = await claimed(office)
    care = await office.worker("aftersales")
    assert (await client.post(f"/inbox/{talk}/join", data={"other": "nowhere"})).status_code == 404
    assert (await care.post(f"/inbox/{talk}/join", data={"other": talk})).status_code == 404


@pytest.mark.parametrize("act", ACTS)
async def test_hostile_fields_are_refused_in_words(office: Office, act: str) -> None:
    client, talk = await claimed(office)
    for value in HOSTILE:
        raw = value.encode("utf-8", "surrogatepass")
        for name in ACTS[act]:
            answer = await client.post(f"/inbox/{talk}/{act}", data={name: raw})
            assert answer.status_code in (200, 400, 404, 409), (name, value, answer.text)
            if answer.status_code == 409:
                assert answer.json()["error"]
    answer = await client.post(
        f"/inbox/{talk}/{act}", content=b"[1, 2]", headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (200, 404, 409)


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("007", 7), ("", 0), ("-7", 0), ("٣", 0), ("²", 0), ("9" * 16, 0), (" 7", 0)],
)
def test_numbers(text: str, number: int) -> None:
    assert read_number(text) == number
