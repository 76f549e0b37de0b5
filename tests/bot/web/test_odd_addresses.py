"""Every staff route with ids that are foreign, random, huge or hostile, and with odd bodies.

A clear answer, never a fault, and nothing of a talk that is not theirs to see.
"""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from tests.bot.office import Office
from tests.bot.web.test_roles import STAFF_ROUTES

SECRET = "quicksilver-otter"
SEED = 20_261_122
ODD_INTS = ("0", "-1", "1", "999999", str(2**63 - 1), str(2**63), "9" * 40, "٣", "1e3", "0x1")
ODD_WORDS = (
    "..", "%2e%2e%2fetc%2fpasswd", "%00", "%0d%0aSet-Cookie:a=b", "'", '"', "a" * 4_000, "<script>",
    "{{7*7}}", "нет", "不存在", "%F0%9F%92%A3", "%FF", "A" * 22, "' OR 1=1 --", "en", "null", "NaN",
)  # fmt: skip
ODD_QUERIES = (
    "", "?since=2026-13-45&until=9999-99-99", "?cursor=%00&view=%FF&month=0000-00",
    "?q=" + "x" * 3_000, "?page=-1&after=99999999999999999999&done=x", "?q=%22%28%2A",
    "?language=xx&what=fact:&value=", "?after=-5&talk=..&question=1e9",
    "?step=nothing&compare=by&week=2026-W99", "?since=0001-01-01&until=0001-01-01",
    "?since=9999-12-31&until=9999-12-31&month=9999-12",
)  # fmt: skip
ODD_BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/x-www-form-urlencoded", b""),
    ("application/x-www-form-urlencoded", b"text=%00%FF&reason=x&to=%22&stage=..&minutes=1e99"),
    (
        "application/x-www-form-urlencoded",
        b"until=9999-99-99T99:99&value=&slot=__class__&to=-1",
    ),
    ("application/json", b"{"),
    ("application/json", b'{"text": 5, "id": null, "until": [1]}'),
    ("multipart/form-data; boundary=x", b"--x\r\nnothing"),
    ("text/plain", b"\xff\xfe"),
)


def fill(path: str, chance: random.Random, talk: str) -> str:
    """The path with odd values; `talk` for talks now and then, so that deeper checks are met."""

    def value(match: re.Match[str]) -> str:
        name, kind = match[1], match[2]
        if kind == "int":
            return chance.choice(ODD_INTS)
        if name == "talk" and chance.random() < 0.6:
            return talk
        word = chance.choice(ODD_WORDS)
        return word if "%" in word else quote(word, safe="")

    return re.sub(r"\{(\w+):(\w+)\}", value, path)


def visits(role: str, talk: str, times: int) -> Iterator[tuple[str, str, str, bytes]]:
    """Method, address, kind of body, body; the same for every run."""
    chance = random.Random(f"{SEED}{role}")
    for _ in range(times):
        for (method, path), roles in sorted(STAFF_ROUTES.items()):
            if path == "/signout" or role not in roles:
                continue
            kind, body = chance.choice(ODD_BODIES) if method == "POST" else ("", b"")
            yield method, fill(path, chance, talk) + chance.choice(ODD_QUERIES), kind, body


async def send(
    client: httpx.AsyncClient, method: str, address: str, kind: str, body: bytes
) -> tuple[int, str]:
    """Status and what was answered; of a stream its first bytes."""
    headers = {"Content-Type": kind} if kind else {}
    async with client.stream(method, address, headers=headers, content=body or None) as answer:
        if "event-stream" in answer.headers.get("content-type", ""):
            return answer.status_code, ""
        return answer.status_code, (await answer.aread()).decode(errors="replace")


@pytest.mark.parametrize("role", ["owner", "manager", "presales", "aftersales", "readonly"])
async def test_odd_addresses_and_bodies_have_a_clear_answer(office: Office, role: str) -> None:
    talk = await office.escalate(name=secrets.token_hex(4))
    client = await office.worker(role)
    seen = set()
    for method, address, kind, body in visits(role, talk, times=2):
        status, text = await send(client, method, address, kind, body)
        assert status < 500, (role, method, address[:200], body, status)
        assert status != 401, (role, method, address[:200])
        assert "Traceback" not in text, address
        assert "sqlite3" not in text, address
        seen.add(status)
    assert {404} <= seen  # the odd ids were really looked for


@pytest.mark.parametrize("role", ["aftersales"])
async def test_nothing_of_a_foreign_talk_is_told(office: Office, role: str) -> None:
    talk = await office.open_talk()
    await office.say(talk, f"my name is {SECRET}", "provide_info", slots={"name": SECRET})
    await office.say(talk, "a person please", "talk_to_human")
    client = await office.worker(role)
    for method, address, kind, body in visits(role, talk, times=2):
        _, text = await send(client, method, address, kind, body)
        assert SECRET not in text, (method, address[:200])


async def test_the_stream_of_a_foreign_talk_stays_shut(office: Office) -> None:
    talk = await office.escalate(name=SECRET)
    client = await office.worker("aftersales")
    for address in (f"/inbox/stream?talk={talk}", "/inbox/stream?talk=" + "A" * 22):
        status, _ = await send(client, "GET", address, "", b"")
        assert status == 404, address
