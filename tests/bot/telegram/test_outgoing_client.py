"""The prospects' client by aiogram: what people do, in our words, and what the Bot API refuses."""

from __future__ import annotations

import asyncio
import json

import pytest

import bot.prospects.telegram
from bot.prospects import network
from bot.prospects.telegram import make_client
from bot.telegram.border import (
    Blocked,
    Busy,
    Contact,
    FilePost,
    Key,
    Mark,
    Post,
    Refused,
    Said,
    Target,
    Unchanged,
    Vanished,
    Webhook,
)
from tests.bot.telegram.outgoing import BOT, TOKEN, Station, ann, api, station
from tests.bot_api.faults import Fault
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi

__all__ = ["ann", "api", "station"]


async def read_all(station: Station) -> list[Said]:
    """Every update that waits."""
    await station.client.connect(None)
    answer = json.loads(await station.client.fetch(0, 0))
    return [station.client.read(json.dumps(each).encode()) for each in answer["result"]]


async def test_words_and_who_said_them(station: Station, api: BotApi) -> None:
    zoe = api.add_person(7, "Zoë", "zh-hans")
    bob = api.add_person(8, "Bob")
    message = zoe.write(BOT, "你好 🦊")
    zoe.edit(message, "您好")
    zoe.write(BOT, "from Bob", forwarded=bob)
    first, edited, forwarded = await read_all(station)
    assert (first.kind, first.chat, first.chat_kind, first.text) == (
        "message",
        7,
        "private",
        "你好 🦊",
    )
    assert first.sender is not None
    assert (first.sender.id, first.sender.name, first.sender.language) == (7, "Zoë", "zh-hans")
    assert first.message == edited.message == message.id
    assert (edited.kind, edited.text) == ("edited", "您好")
    assert edited.at >= first.at > 1_000_000_000_000
    assert (first.forwarded, forwarded.forwarded) == (False, True)


async def test_files_of_every_kind(station: Station, ann: Person) -> None:
    ann.send_document(BOT, "need.docx", b"12345", caption="our need", album="7")
    ann.send_photo(BOT)
    ann.send_voice(BOT)
    for kind in ("audio", "video", "animation", "video_note"):
        ann.send_file(BOT, kind, f"a.{kind}")
    found = await read_all(station)
    assert [each.file.kind for each in found if each.file] == [
        "document", "photo", "voice", "audio", "video", "animation", "video_note",
    ]  # fmt: skip
    document = found[0]
    assert document.file is not None
    assert (document.file.name, document.file.size) == ("need.docx", 5)
    assert (document.text, document.album) == ("our need", "7")
    assert all(each.other == "" and each.service == "" for each in found)
    pieces = [piece async for piece in station.client.download(document.file.file_id)]
    assert b"".join(pieces) == b"12345"


async def test_what_is_neither_words_nor_a_file(station: Station, ann: Person) -> None:
    ann.send_sticker(BOT)
    ann.send_location(BOT)
    ann.send_poll(BOT)
    ann.send_dice(BOT)
    ann.share_contact(BOT)
    ann.share_contact(BOT, own=False)
    *others, own, foreign = await read_all(station)
    assert [each.other for each in others] == ["sticker", "location", "poll", "dice"]
    assert own.contact == Contact(phone="+15555550123", name="Ann", own=True)
    assert foreign.contact is not None
    assert not foreign.contact.own
    assert (own.other, own.service) == ("", "")


async def test_taps_and_leaving(station: Station, ann: Person, api: BotApi) -> None:
    ann.start(BOT)
    sent = await station.client.send(
        Target(chat=ann.id), Post(text="Which?", keys=((Key(label="A", data="b:1:0"),),))
    )
    tap = ann.tap(station.shown(ann)[-1], "A")
    ann.block(BOT)
    _, tapped, left = await read_all(station)
    assert (tapped.kind, tapped.chat, tapped.message) == ("tap", ann.id, sent.message)
    assert (tapped.tap, tapped.data) == (tap.id, "b:1:0")
    assert (left.kind, left.status, left.member) == ("member", "kicked", api.account(BOT).id)
    await station.client.answer_tap(tap.id, "Fine", alert=True)
    assert (tap.answer, tap.alert) == ("Fine", True)
    with pytest.raises(Vanished):
        await station.client.answer_tap("no-such-tap")


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"{}", b'{"update_id": 1, "message": {"text": "SECRET"}}', b"\xff"],
)
async def test_poison_is_a_value_error_that_quotes_nothing(
    station: Station, payload: bytes
) -> None:
    with pytest.raises(ValueError, match="not an update") as caught:
        station.client.read(payload)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__context__ is None


async def test_kinds_that_nobody_asked_for(station: Station) -> None:
    assert station.client.read(b'{"update_id": 1, "from_the_future": {"a": 1}}') == Said(
        kind="other"
    )


async def test_a_batch_with_poison_still_comes(station: Station, ann: Person, api: BotApi) -> None:
    ann.write(BOT, "before")
    api.push_raw(BOT, {"message": {"text": 7, "what": []}})
    ann.write(BOT, "after")
    await station.client.connect(None)
    answer = json.loads(await station.client.fetch(0, 0))
    assert len(answer["result"]) == 3


async def test_refusals_by_their_kind(station: Station, ann: Person, api: BotApi) -> None:
    client, to = station.client, Target(chat=ann.id)
    ann.start(BOT)
    posted = await client.send(to, Post(text="a"))
    with pytest.raises(Unchanged):
        await client.edit(ann.id, posted.message, Post(text="a"))
    with pytest.raises(Vanished):
        await client.edit(ann.id, 999, Post(text="b"))
    with pytest.raises(Refused) as long:
        await client.send(to, Post(text="x" * 4_097))
    assert not isinstance(long.value, Vanished | Blocked)
    with pytest.raises(Refused):
        await client.send_file(to, FilePost(name="x", file_id="BQACAgIforgotten"))
    with pytest.raises(Blocked):
        await client.send(Target(chat=424_242), Post(text="a"))
    ann.block(BOT)
    with pytest.raises(Blocked):
        await client.show_typing(to)


async def test_a_wrong_token_is_refused_for_good(api: BotApi) -> None:
    stranger = make_client("99:nobody-knows-this", api.url)
    for attempt in (stranger.connect(None), stranger.fetch(0, 0)):
        with pytest.raises(Refused) as caught:
            await attempt
        assert caught.value.code == 401
    await stranger.close()
    with pytest.raises(ValueError, match="not a token"):
        make_client("no token", api.url)


async def test_marks_reply_and_silence(station: Station, ann: Person) -> None:
    ann.start(BOT)
    to = Target(chat=ann.id)
    marks = (
        Mark(kind="bold", start=0, length=2),
        Mark(kind="link", start=3, length=4, href="https://firm.example/x"),
        Mark(kind="mention", start=8, length=3, user=ann.id),
    )
    first = await station.client.send(to, Post(text="🦊 link Ann", marks=marks, silent=True))
    await station.client.send(to, Post(text="answer", reply_to=first.message))
    await station.client.send(to, Post(text="to nobody", reply_to=999))
    shown = station.shown(ann)
    assert [e["type"] for e in shown[0].entities] == ["bold", "text_link", "text_mention"]
    assert shown[0].silent
    assert shown[1].reply_to is shown[0]
    assert shown[2].reply_to is None


async def test_the_webhook_is_set_and_taken_away(station: Station, api: BotApi) -> None:
    hook = Webhook(url="http://127.0.0.1:9/telegram/prospects", secret="s" * 40)
    me = await station.client.connect(hook)
    assert me.username == BOT
    assert api.account(BOT).webhook.url == hook.url
    with pytest.raises(Refused) as conflict:
        await station.client.fetch(0, 0)
    assert conflict.value.code == 409
    await station.client.connect(None)
    assert api.account(BOT).webhook.url == ""


async def test_commands_by_language(station: Station, api: BotApi) -> None:
    await station.client.set_commands((("help", "Help me"),))
    await station.client.set_commands((("help", "查看帮助"),), "zh")
    told = json.dumps(api.account(BOT).commands, ensure_ascii=False)
    assert "Help" in told
    assert "帮助" in told


async def test_a_busy_poll_is_busy(station: Station, api: BotApi) -> None:
    port = int(api.url.rpartition(":")[2])
    await api.stop()
    with pytest.raises(Busy) as away:
        await station.client.fetch(0, 1)
    assert not away.value.uncertain
    await api.start(port)


async def test_what_got_no_connection_was_never_sent(
    ann: Person, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And fetching, which must go on meanwhile, needs none of those connections."""
    monkeypatch.setattr(bot.prospects.telegram, "CONNECTIONS", 1)
    monkeypatch.setattr(network, "CONNECT_SECONDS", 0.2)
    ann.start(BOT)
    client, to = make_client(TOKEN, api.url), Target(chat=ann.id)
    api.script(BOT, "sendMessage", Fault.slow(1.5))
    first = asyncio.create_task(client.send(to, Post(text="a")))
    await api.until(lambda: len(api.made("sendMessage")) == 1)
    with pytest.raises(Busy) as waited:
        await client.send(to, Post(text="b"))
    assert not waited.value.uncertain
    assert json.loads(await client.fetch(0, 0))["ok"]
    assert not first.done()
    await first
    assert [m.text for m in api.chat(ann.id).from_bot] == ["a"]
    await client.close()


async def test_no_answer_in_time_leaves_doubt(
    station: Station, ann: Person, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.prospects.telegram, "FILE_SECONDS", 0.3)
    ann.start(BOT)
    api.script(BOT, "sendDocument", Fault.slow(0.6))
    with pytest.raises(Busy) as late:
        await station.client.send_file(Target(chat=ann.id), FilePost(name="a", content=b"a"))
    assert late.value.uncertain
