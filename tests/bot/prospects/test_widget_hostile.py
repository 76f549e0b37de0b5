"""The widget's protocol over a real socket with clients that mean no good."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bot.prospect import Prospect, check_refusal
from tests.bot.server import Server

# --- hostile words -------------------------------------------------------------------------------

HOSTILE = {
    "only emoji": "🦜🦜🦜👩‍👩‍👧‍👦",
    "right to left": "\u202eesrever\u202c مرحبا שלום",
    "zero width": "pri\u200bce \u200d\u2060 white\ufeff paper",
    "nul": "price\x00 of Enterprise\x00",
    "controls": "".join(map(chr, range(1, 32))) + "price",
    "a million digits": "9" * 1_000_000,
    "a long number": "we have " + "9" * 3_000 + " people",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "braces": "{{ 7*7 }} {% for x in y %} ${7*7} {0.__class__}",
    "sql": "'; DROP TABLE message; --",
    "a full-text query": '" OR * NEAR( ) AND NOT price^2:',
    "a path": "../../../../etc/passwd",
    "combining marks": "Z" + "\u0300" * 3_000,
    "100,000 letters": "a" * 100_000,
    "100,000 Chinese letters": "价" * 100_000,
    "many words": "price " * 600,
    "one long line of brackets": "(" * 3_900,
    "json": json.dumps({"id": "x", "kind": "timer", "value": "silence"}),
    "every plane": "\U0001f600\U00020000\U000e0041\ufffe",
}
NOTHING = {
    "empty": "",
    "blank": " \t\n ",
    "invisible": "\u200b\u200c\u2060",
    "only nul": "\x00\x00",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_get_a_clear_answer_and_harm_nothing(
    prospect: Prospect, text: str, server: Server
) -> None:
    faults = server.faults()
    prospect.read()
    answer = prospect.say(text)
    if answer.status_code == 202:
        new = prospect.read()
        assert any(each["author"] == "bot" and each["text"] for each in new)
    else:
        assert check_refusal(answer)["error"] in ("too_long", "too_large", "empty")
    assert prospect.ask("What does Enterprise cost?")
    assert "\x00" not in json.dumps(prospect.read(0))
    assert server.faults() == faults


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_a_message_without_words_is_refused_kindly(prospect: Prospect, text: str) -> None:
    prospect.read()
    problem = check_refusal(prospect.say(text))
    assert problem["error"] == "empty"
    assert prospect.read() == []


def test_a_refusal_speaks_the_language_of_the_talk(client: httpx.Client) -> None:
    chinese = Prospect(client, "zh")
    text = str(check_refusal(chinese.say(" "))["text"])
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text)


# --- hostile requests ----------------------------------------------------------------------------

BODIES = {
    "nothing": b"",
    "no json": b"hello",
    "cut off": b'{"id": "a", "te',
    "a list": b"[1, 2]",
    "null": b"null",
    "a number": b"1e999",
    "wrong types": b'{"id": 5, "text": ["a"]}',
    "no id": b'{"text": "hi"}',
    "empty id": b'{"id": "", "text": "hi"}',
    "long id": b'{"id": "%s", "text": "hi"}' % (b"x" * 65),
    "strange id": b'{"id": "a:b/../c", "text": "hi"}',
    "unknown kind": b'{"id": "a", "kind": "timer", "value": "silence"}',
    "a huge question": b'{"id": "a", "kind": "choice", "question": 1%s}' % (b"0" * 400),
    "a long value": b'{"id": "a", "kind": "choice", "question": 1, "value": "%s"}' % (b"v" * 5000),
    "a lone surrogate": b'{"id": "a", "text": "\\ud800"}',
    "broken utf-8": b'{"id": "a", "text": "\xff\xfe"}',
    "deeply nested": b"[" * 100_000,
    "too large": b'{"id": "a", "text": "%s"}' % (b"x" * 2_000_000),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_broken_body_is_refused(prospect: Prospect, body: bytes) -> None:
    prospect.read()
    headers = {**prospect.headers, "Content-Type": "application/json"}
    check_refusal(prospect.client.post(prospect.path("messages"), content=body, headers=headers))
    assert prospect.read() == []


@pytest.mark.parametrize("body", [b"", b"[]", b'{"language": 3}', b"{" * 50_000, b"x" * 900_000])
def test_a_broken_beginning_is_refused(client: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    check_refusal(client.post("/api/conversations", content=body, headers=headers))


def test_a_strange_beginning_is_taken(client: httpx.Client) -> None:
    body = {"language": "\x00" * 5000, "source": "javascript:alert(1)" * 5000}
    assert client.post("/api/conversations", json=body).status_code == 201


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "NaN", "", "0x10", "1;drop"])
def test_a_cursor_that_is_none_is_refused(prospect: Prospect, after: str) -> None:
    for last in ("messages", "stream"):
        answer = prospect.client.get(
            prospect.path(last), params={"after": after}, headers=prospect.headers
        )
        check_refusal(answer)


def test_a_body_without_end_is_cut_off(prospect: Prospect) -> None:
    def forever() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 100_000

    headers = {**prospect.headers, "Content-Type": "application/json"}
    try:
        answer = prospect.client.post(prospect.path("messages"), content=forever(), headers=headers)
    except httpx.TransportError:
        return  # the server hung up on it while it was still sending
    assert check_refusal(answer)["error"] == "too_large"


def test_methods_and_paths_that_are_none_are_refused_as_json(prospect: Prospect) -> None:
    assert prospect.client.put(prospect.path("messages"), json={}).status_code == 405
    answer = prospect.client.get("/api/conversations/x/y/z")
    assert check_refusal(answer)["error"] == "not_found"


def test_headers_that_are_too_many_or_too_long_do_no_harm(server: Server) -> None:
    # The server refuses it half-way and closes: whether we still hear why is a matter of luck.
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw,
    ):
        raw.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 500_000 + b"\r\n\r\n")
        assert b" 200 " not in raw.recv(100)
    with server.client() as client:
        assert client.get("/health").status_code == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
SENDS = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON | st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True),
        "kind": JSON | st.sampled_from(["text", "choice", "open", "file", "timer"]),
        "text": JSON | st.text(),
        "question": JSON | st.integers(0, 5),
        "value": JSON | st.sampled_from(["prices", "skip", "back", "person", "erase_not", ""]),
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=JSON | SENDS)
def test_whatever_comes_gets_an_answer(server: Server, client: httpx.Client, body: object) -> None:
    prospect = Prospect(client)
    answer = client.post(
        prospect.path("messages"),
        content=json.dumps(body).encode(),
        headers={**prospect.headers, "Content-Type": "application/json"},
    )
    if answer.status_code == 202:
        assert set(answer.json()) >= {"seq", "last", "repeated"}
    else:
        check_refusal(answer)


def test_a_client_that_leaves_in_the_middle_is_no_fault_of_ours(
    prospect: Prospect, server: Server
) -> None:
    faults = server.faults()
    head = (
        "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: {prospect.headers['Authorization']}\r\nContent-Length: 100\r\n\r\nabc"
    )
    mine = f"/api/conversations/{prospect.id}"
    for path in (f"{mine}/messages", f"{mine}/files?id=left&name=a.txt", "/signin"):
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            line.sendall(head.format(path).encode())
    assert prospect.ask("What does Enterprise cost?")
    assert server.faults() == faults
