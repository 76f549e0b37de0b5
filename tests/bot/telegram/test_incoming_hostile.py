"""What a hostile or broken client may send: nothing is lost, and nothing stands still."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.telegram.pace import Limits
from storage import codes
from tests.bot.hall import SECOND
from tests.bot.telegram.lobby import BOT, TOKEN, Lobby, close, lobby, make_lobby
from tests.bot_api.faults import Fault

__all__ = ["lobby"]


async def test_a_hundred_messages_at_once_all_count_in_their_order(tmp_path: Path) -> None:
    lobby = await make_lobby(tmp_path, messages_per_minute=60)
    try:
        await lobby.start()
        wanted = [f"message number {number}" for number in range(100)]
        for text in wanted:
            lobby.ann.write(BOT, text)
        await lobby.settle()
        assert 20 <= len(lobby.words()) < 100  # what may be said in a minute, the greeting counts
        for _ in range(120):
            await lobby.wait(SECOND)
        assert lobby.words() == wanted
        assert lobby.set_aside() == []
        assert lobby.text("error.too_many") not in lobby.said
    finally:
        await close(lobby)


async def test_one_flooding_chat_does_not_hold_up_another(tmp_path: Path) -> None:
    lobby = await make_lobby(tmp_path, messages_per_minute=10)
    try:
        await lobby.start()
        for number in range(100):
            lobby.ann.write(BOT, f"message number {number}")
        other = lobby.add_person()
        other.write(BOT, "one quiet question")
        await lobby.settle()
        assert lobby.words(lobby.talk_of(other)) == ["one quiet question"]
    finally:
        await close(lobby)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 4_096,
        "字" * 4_096,
        "\N{FOX FACE}" * 2_048,
        "e\u0301\u200d" * 1_365,
        "\u202e" + "reversed" * 20,
        "\u2067hidden\u2069 and \u200bzero\u200bwidth",
        "{{ company }} {% raw %} {{ 7 * 7 }}",
        "<b>bold</b> *bold* [link](https://x.example) &lt;",
        "'; DROP TABLE conversation; --",
        "line\nline\r\nline\tend",
    ],
)
async def test_strange_words_are_taken_as_words(lobby: Lobby, text: str) -> None:
    await lobby.start()
    lobby.ann.write(BOT, text)
    await lobby.settle()
    (stored,) = lobby.words()
    assert stored
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(stored)
    assert lobby.set_aside() == []
    assert all("49" not in said for said in lobby.said if "{{" in text)
    assert not [d for d in lobby.hall.deliveries(lobby.talk, "send") if d.state != "sent"]


@pytest.mark.parametrize(
    "payload",
    [
        "x" * 64,
        "talk-" + "a" * 32,
        "talk-" + "a" * 31,
        "staff-" + "a" * 32,
        "-" * 64,
        "0",
    ],
)
async def test_a_made_up_start_parameter_begins_a_talk(lobby: Lobby, payload: str) -> None:
    await lobby.start(payload)
    assert lobby.talks() == 1
    assert lobby.said[-1] == lobby.text("greeting")
    formed = codes.is_code("continue", payload)
    assert lobby.said[:-1] == ([lobby.text("telegram.in.code.unknown")] if formed else [])
    assert lobby.row.source == ("telegram" if formed else payload)


@pytest.mark.parametrize(
    "written", ["/start " + "é" * 200, "/start \u202e\u200b", "/start\n\nline", "/START@Other x"]
)
async def test_a_start_typed_by_hand_may_say_anything(lobby: Lobby, written: str) -> None:
    await lobby.write(written)
    assert lobby.said == [lobby.text("greeting")]
    assert len(lobby.row.source) <= 64
    assert "\u202e" not in lobby.row.source


async def test_a_code_of_staff_opens_no_talk(lobby: Lobby) -> None:
    code = codes.make_code("staff")
    row = codes.CodeRow(codes.hash_code(code), "staff", "1", 0, 10**15)
    await lobby.db.write(lambda tx: codes.issue(tx, row))
    await lobby.start(code)
    assert lobby.said == [lobby.text("greeting")]
    kept = lobby.db.peek(lambda tx: codes.find(tx, "staff", row.code_hash))
    assert kept is not None
    assert kept.used_at == 0


BROKEN = [
    {"message": {}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": 100, "type": "private"}}},
    {"message": {"message_id": "one", "date": 1, "chat": {"id": 100, "type": "private"}}},
    {"callback_query": {"id": "1", "from": {"id": 100, "is_bot": False, "first_name": "A"}}},
    {"callback_query": 7},
    {"nothing_known": {"chat": {"id": 100}}},
    {},
]


@pytest.mark.parametrize("update", BROKEN, ids=[json.dumps(each)[:40] for each in BROKEN])
async def test_a_broken_update_stops_nobody(lobby: Lobby, update: dict[str, object]) -> None:
    await lobby.start()
    lobby.api.push_raw(BOT, update)
    await lobby.settle()
    await lobby.write("We need a shop")
    assert lobby.words() == ["We need a shop"]
    assert all(state == "aside" for _, state, _ in lobby.set_aside())


async def test_a_tap_without_its_message_is_answered(lobby: Lobby) -> None:
    """Too old to be sent along, or under a message of somebody else's."""
    await lobby.start()
    sender = {"id": 100, "is_bot": False, "first_name": "Ann", "language_code": "zh"}
    tap = {"id": "77", "from": sender, "chat_instance": "1", "data": "b:1:0"}
    lobby.api.push_raw(BOT, {"callback_query": tap})
    await lobby.settle()
    answered = lobby.api.made("answerCallbackQuery")[-1]
    assert answered.parameters["text"] == lobby.text("telegram.in.tap.stale", "zh")
    assert lobby.words() == []


async def test_other_bots_are_not_listened_to(lobby: Lobby) -> None:
    message = {
        "message_id": 5, "date": 1, "text": "hello",
        "chat": {"id": 555, "type": "private", "first_name": "R2"},
        "from": {"id": 555, "is_bot": True, "first_name": "R2"},
    }  # fmt: skip
    lobby.api.push_raw(BOT, {"message": message})
    await lobby.settle()
    assert lobby.talks() == 0


async def test_our_answers_that_do_not_get_through_stop_nothing(lobby: Lobby) -> None:
    await lobby.start()
    lobby.api.script(BOT, "sendMessage", Fault.cut_before(), Fault.status(500), Fault.flood(60))
    for _ in range(3):
        lobby.ann.send_voice(BOT)
    lobby.ann.write(BOT, "We need a shop")
    await lobby.settle()
    assert lobby.words() == ["We need a shop"]
    assert lobby.set_aside() == []


async def test_a_short_pause_that_telegram_asks_for_is_granted(lobby: Lobby) -> None:
    await lobby.start()
    lobby.api.script(BOT, "sendMessage", Fault.flood(1))
    lobby.ann.write(BOT, "/help")
    await lobby.settle()
    assert lobby.said[-1] == lobby.text("telegram.in.help")


async def test_no_token_in_what_is_logged(lobby: Lobby, capsys: pytest.CaptureFixture[str]) -> None:
    await lobby.start()
    lobby.api.script(BOT, "sendMessage", Fault.cut_before())
    lobby.api.script(BOT, "getFile", Fault.cut_after(), Fault.status(500))
    lobby.ann.send_voice(BOT)
    lobby.ann.send_document(BOT, "r.docx", b"PK")
    await lobby.settle()
    printed = capsys.readouterr()
    assert TOKEN not in printed.out + printed.err
    assert "p" * 35 not in printed.out + printed.err


async def test_below_telegrams_own_limits_every_direct_answer_arrives(tmp_path: Path) -> None:
    """Real rates at both ends: the pace keeps us below them, together with the outbox."""
    lobby = await make_lobby(tmp_path)
    lobby.api.limits.rates = True
    lobby.pace._limits = Limits()
    try:
        await lobby.start()
        for _ in range(4):
            lobby.ann.write(BOT, "/help")
        await lobby.settle()
        assert lobby.said.count(lobby.text("telegram.in.help")) == 4
        assert [call.status for call in lobby.api.calls if call.status == 429] == []
    finally:
        await close(lobby)
