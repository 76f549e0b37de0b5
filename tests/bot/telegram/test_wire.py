"""What is read off an update before it is stored, and what answers of the Bot API mean."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.border import Busy, RawUpdate, Refused
from bot.telegram.wire import NOBODY, UPDATE_MAX, read_answer, read_update

ANNA: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "Anna"}
CHAT: dict[str, Any] = {"id": 7, "type": "private"}
GROUP: dict[str, Any] = {"id": -1001234567890, "type": "supergroup"}
MESSAGE: dict[str, Any] = {"message_id": 5, "date": 1, "chat": GROUP, "from": ANNA, "text": "hi"}
TOPIC: dict[str, Any] = {"message_thread_id": 7, "is_topic_message": True}


def answer(*updates: object, **more: object) -> bytes:
    return json.dumps({"ok": True, "result": updates, **more}).encode()


def read(**content: object) -> RawUpdate:
    return read_update(json.dumps({"update_id": 3, **content}).encode())


@pytest.mark.parametrize(
    ("content", "chat"),
    [
        ({"message": MESSAGE}, "-1001234567890"),
        ({"edited_message": MESSAGE}, "-1001234567890"),
        ({"message": MESSAGE | TOPIC}, "-1001234567890:7"),
        ({"edited_message": MESSAGE | TOPIC}, "-1001234567890:7"),
        ({"message": MESSAGE | {"message_thread_id": 7}}, "-1001234567890"),
        ({"message": MESSAGE | {"migrate_to_chat_id": -5}}, "-1001234567890"),
        ({"message": MESSAGE | {"chat": CHAT} | TOPIC}, "7"),
        ({"my_chat_member": {"chat": CHAT, "from": ANNA}}, "7"),
        ({"chat_member": {"chat": GROUP, "from": ANNA}}, "-1001234567890"),
        ({"message_reaction": {"chat": GROUP, "user": ANNA}}, "-1001234567890"),
        ({"inline_query": {"id": "1", "from": ANNA}}, "7"),
        ({"poll_answer": {"poll_id": "1", "user": ANNA}}, "7"),
        ({"poll": {"id": "1"}}, NOBODY),
        ({"message": {"chat": {"id": "7"}}}, NOBODY),
        ({"message": {"chat": {"id": 2**70}}}, NOBODY),
        ({"message": ["chat"]}, NOBODY),
        ({}, NOBODY),
    ],
)
def test_order_is_kept_within_the_chat(content: dict[str, Any], chat: str) -> None:
    found = read(**content)
    assert (found.update_id, found.chat, found.tap) == (3, chat, "")


def test_a_tap_is_known_by_message_and_button() -> None:
    tap = {"id": "99", "from": ANNA, "message": MESSAGE, "data": "b:4:1"}
    found = read(callback_query=tap)
    assert (found.chat, found.tap) == ("-1001234567890", "7:5:b:4:1")
    again = read(callback_query=tap | {"id": "100"})
    assert again.tap == found.tap
    other = read(callback_query=tap | {"id": "101", "from": ANNA | {"id": 8}})
    assert other.tap != found.tap
    assert again.payload != found.payload


def test_a_tap_in_a_topic_keeps_its_place_among_what_is_written_there() -> None:
    tap = {"id": "99", "from": ANNA, "message": MESSAGE | TOPIC, "data": "b:4:1"}
    found = read(callback_query=tap)
    assert (found.chat, found.tap) == ("-1001234567890:7", "7:5:b:4:1")


def test_a_tap_on_no_message_of_ours_is_no_tap() -> None:
    found = read(callback_query={"id": "99", "from": ANNA, "inline_message_id": "x", "data": "y"})
    assert (found.chat, found.tap) == ("7", "")
    found = read(
        callback_query={"id": "9", "from": ANNA, "message": MESSAGE, "game_short_name": "x"}
    )
    assert (found.chat, found.tap) == ("-1001234567890", "")


def test_each_update_keeps_its_own_bytes() -> None:
    first = b'{ "update_id":11,\n"message": {"chat" : {"id":7}, "text":"caf\\u00e9 1.0"}}'
    second = b'{"update_id":12}'
    found = read_answer(b'{"result":[' + first + b" , " + second + b'],"ok":true}')
    assert [each.payload for each in found] == [first, second]
    assert [each.update_id for each in found] == [11, 12]
    assert found[0] == read_update(first)


@pytest.mark.parametrize(
    "poison",
    [
        b"17", b'"text"', b"[]", b"null", b"{}", b'{"update_id":"7"}', b'{"update_id":-1}',
        b'{"update_id":1e400}', b'{"update_id":99999999999999999999}', b'{"message":7}',
        b'{"callback_query":{"message":{"chat":7}}}',
    ],
)  # fmt: skip
def test_poison_is_kept_and_stops_nothing(poison: bytes) -> None:
    found = read_answer(b'{"ok":true,"result":[' + poison + b',{"update_id":8}]}')
    assert [each.update_id for each in found] == [0, 8]
    assert found[0].payload == poison
    assert found[0].chat == NOBODY


def test_a_webhook_body_may_be_anything() -> None:
    for body in (
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b'{"update_id":5,"message":{"text":"\xff"}}',
    ):
        assert read_update(body).payload == body
    assert read_update(b'{"update_id":5,"message":{"chat":{"id":3},"text":"\xff"}}').update_id == 5


def test_an_update_is_never_stored_without_bound() -> None:
    body = b'{"update_id":5,"message":{"chat":{"id":3},"text":"' + b"x" * 2 * UPDATE_MAX + b'"}}'
    found = read_update(body)
    assert (found.update_id, found.chat, len(found.payload)) == (5, "3", UPDATE_MAX)
    tap = read(callback_query={"message": MESSAGE, "data": "x" * 5_000})
    assert len(tap.tap) <= 200


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"ok":true}', b'{"ok":true,"result":{}}']
)
def test_what_is_no_answer_is_asked_for_again(body: bytes) -> None:
    with pytest.raises(Busy):
        read_answer(body)


@pytest.mark.parametrize("code", [401, 403, 404, 409])
def test_a_refusal_keeps_its_code(code: int) -> None:
    with pytest.raises(Refused) as caught:
        read_answer(answer(ok=False, error_code=code, description="for the token 1:abc"))
    assert caught.value.code == code
    assert "1:abc" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "after"),
    [
        ({"error_code": 429, "parameters": {"retry_after": 17}}, 17_000),
        ({"error_code": 429}, 0),
        ({"error_code": 500}, 0),
        ({"error_code": 502, "description": "Bad Gateway"}, 0),
        ({}, 0),
    ],
)
def test_busy_tells_how_long(error: dict[str, Any], after: int) -> None:
    with pytest.raises(Busy) as caught:
        read_answer(answer(ok=False, **error))
    assert caught.value.after == after


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["update_id", "message", "callback_query", "chat", "id", "from", "data"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(st.lists(JSON, max_size=5))
def test_whatever_comes_is_kept_in_order(updates: list[Any]) -> None:
    found = read_answer(answer(*updates))
    assert [json.loads(each.payload) for each in found] == updates
    assert all(each.update_id >= 0 and each.chat for each in found)


@given(st.binary(max_size=300))
def test_no_body_is_refused(body: bytes) -> None:
    assert read_update(body).payload == body
