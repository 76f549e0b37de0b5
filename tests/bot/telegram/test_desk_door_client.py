"""python-telegram-bot at the edge: each call, each error as one of ours, and no address in any."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.presales.fetching import fetch
from bot.presales.telegram import make_client
from bot.telegram.border import (
    Blocked,
    Busy,
    FilePost,
    GroupClient,
    Key,
    Mark,
    Moved,
    Post,
    Refused,
    Said,
    Target,
    TelegramError,
    Unchanged,
    Vanished,
    Webhook,
)
from bot.telegram.wire import read_answer
from tests.bot_api.faults import Fault
from tests.bot_api.limits import Limits
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.world import Group

TOKEN = "8001:" + "s3cret" * 6
SECRET = TOKEN.partition(":")[2]


@dataclass
class Edge:
    api: BotApi
    client: GroupClient
    anna: Person
    group: Group
    offset: int = 0

    async def read(self) -> Said:
        """The last update, in our words."""
        updates = read_answer(await self.client.fetch(self.offset, 0))
        self.offset = updates[-1].update_id + 1
        return self.client.read(updates[-1].payload)


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    api = BotApi(limits=Limits(rates=False))
    await api.start()
    api.add_bot(TOKEN, "desk_bot")
    anna = api.add_person(501, "Anna", "zh-hans")
    group = api.add_group(-1001, "Desk", members=[anna])
    client = make_client(TOKEN, api.url)
    await client.connect(None)
    yield Edge(api, client, anna, group)
    await client.close()
    await api.stop()
    assert not api.crashes
    assert not api.unknown


async def fail(call: Any) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await call
    told = "".join(traceback.format_exception(caught.value))
    whole = f"{told} {caught.value!r} {caught.value.__cause__!r}"
    assert SECRET not in whole
    assert "http://" not in whole
    return caught.value


# --- calls ----------------------------------------------------------------------------------------


async def test_a_topic_with_its_message_file_reaction_and_end(edge: Edge) -> None:
    client, group = edge.client, edge.group.id
    thread = await client.create_topic(group, "Müller · Köln")
    to = Target(chat=group, thread=thread)
    keys = ((Key(label="Take", data="d:take"), Key(label="Inbox", url="https://firm.example/")),)
    marks = (
        Mark(kind="bold", start=0, length=5),
        Mark(kind="mention", start=6, length=4, user=501),
    )
    posted = await client.send(to, Post(text="Hello Anna <b>", marks=marks, keys=keys))
    (shown,) = [m for m in edge.group.in_thread(thread) if m.text]
    assert (shown.id, shown.text, shown.labels) == (
        posted.message,
        "Hello Anna <b>",
        ["Take", "Inbox"],
    )
    assert [each["type"] for each in shown.entities] == ["bold", "text_mention"]
    await client.edit(group, posted.message, Post(text="Bye"))
    await client.edit_keys(group, posted.message, ((Key(label="Back", data="d:menu"),),))
    assert (shown.text, shown.labels) == ("Bye", ["Back"])
    await client.react(group, posted.message, "👌")
    assert shown.emojis == ["👌"]
    sent = await client.send_file(to, FilePost(name="плаn.txt", content=b"text", caption="Look"))
    again = await client.send_file(to, FilePost(name="x", file_id=sent.file_id))
    assert again.message > sent.message
    assert b"".join([piece async for piece in client.download(sent.file_id)]) == b"text"
    await client.rename_topic(group, thread, "Meyer")
    await client.close_topic(group, thread)
    await client.reopen_topic(group, thread)
    await client.show_typing(to)
    await client.delete_topic(group, thread)
    assert isinstance(await fail(client.send(to, Post(text="x"))), Vanished)


async def test_who_is_a_member_and_what_the_bot_may(edge: Edge) -> None:
    client, group = edge.client, edge.group.id
    assert await client.find_status(group, edge.anna.id) == "creator"
    assert await client.find_status(group, 999) == "left"
    facts = await client.look_at(group)
    assert (facts.title, facts.is_forum, facts.is_admin) == ("Desk", True, True)
    assert facts.can_manage_topics
    assert facts.can_delete
    edge.api.set_rights(edge.group, "desk_bot", can_manage_topics=False)
    assert not (await client.look_at(group)).can_manage_topics
    await client.leave(group)
    assert isinstance(await fail(client.look_at(group)), Blocked)


async def test_the_webhook_is_set_with_its_secret_and_taken_away(edge: Edge) -> None:
    await edge.client.connect(Webhook(url="http://127.0.0.1:9/telegram/desk", secret="abc"))
    (call,) = edge.api.made("setWebhook")
    assert call.parameters["secret_token"] == "abc"
    assert set(json.loads(call.parameters["allowed_updates"])) == {
        "message", "edited_message", "callback_query", "my_chat_member", "chat_member",
    }  # fmt: skip
    assert (await edge.client.connect(None)).username == "desk_bot"


# --- errors ---------------------------------------------------------------------------------------


async def test_faults_become_our_errors(edge: Edge) -> None:
    client, to = edge.client, Target(chat=edge.group.id)
    edge.api.script("desk_bot", "sendMessage", Fault.flood(7), Fault.status(502), Fault.status(504),
                    Fault.cut_before(), Fault.cut_after())  # fmt: skip
    found = [await fail(client.send(to, Post(text="x"))) for _ in range(5)]
    assert all(isinstance(each, Busy) for each in found)
    told = [(each.after, each.uncertain) for each in found if isinstance(each, Busy)]
    assert told == [(7_000, False), (0, False), (0, False), (0, True), (0, True)]


async def test_a_server_that_is_not_there_is_certain() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
    client = make_client(TOKEN, address)
    error = await fail(client.send(Target(chat=1), Post(text="x")))
    assert isinstance(error, Busy)
    assert not error.uncertain
    error = await fail(client.fetch(0, 0))
    assert isinstance(error, Busy)
    assert not error.uncertain
    await client.close()
    error = await fail(client.connect(None))
    assert isinstance(error, Busy)
    await client.close()


async def test_a_wrong_token_is_refused_without_being_named(edge: Edge) -> None:
    wrong = make_client("8001:" + "wrong-s3cret" * 3, edge.api.url)
    error = await fail(wrong.connect(None))
    assert isinstance(error, Refused)
    assert error.code in (401, 404)
    await wrong.close()


async def test_refusals_by_their_words(edge: Edge) -> None:
    client, group = edge.client, edge.group.id
    posted = await client.send(Target(chat=group), Post(text="one"))
    assert isinstance(await fail(client.edit(group, posted.message, Post(text="one"))), Unchanged)
    assert isinstance(await fail(client.edit(group, 9_999, Post(text="x"))), Vanished)
    assert isinstance(await fail(client.react(group, 9_999, "👌")), Vanished)
    assert isinstance(await fail(client.answer_tap("123", "x")), Vanished)
    assert isinstance(await fail(client.send(Target(chat=777), Post(text="x"))), Blocked)
    assert isinstance(
        await fail(client.send(Target(chat=group, thread=77), Post(text="x"))), Vanished
    )
    for wrong in (Post(text=""), Post(text="x" * 5_000)):
        error = await fail(client.send(Target(chat=group), wrong))
        assert type(error) is Refused
    old, new = group, -100200300
    edge.anna.migrate(edge.group, new)
    moved = await fail(client.send(Target(chat=old), Post(text="x")))
    assert isinstance(moved, Moved)
    assert moved.to == new


async def test_an_answer_that_nobody_can_read_is_uncertain(edge: Edge) -> None:
    """The message may be out: nobody may take the answer for a refusal."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10_000)
        body = b'{"ok":true,"result":{"mess'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    client = make_client(TOKEN, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    error = await fail(client.send(Target(chat=1), Post(text="x")))
    assert isinstance(error, Busy)
    assert error.uncertain
    await client.close()
    server.close()


async def test_no_log_holds_the_token_at_any_level(
    edge: Edge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = make_client(TOKEN, edge.api.url)
    await client.connect(None)
    await client.fetch(0, 0)
    edge.api.script("desk_bot", "sendMessage", Fault.status(502), Fault.cut_after())
    for _ in range(2):
        await fail(client.send(Target(chat=edge.group.id), Post(text="x")))
    posted = await client.send_file(Target(chat=edge.group.id), FilePost(name="x", content=b"x"))
    assert [piece async for piece in client.download(posted.file_id)]
    await client.close()
    assert SECRET not in caplog.text


async def test_a_file_comes_in_pieces_and_no_further_than_it_is_wanted(edge: Edge) -> None:
    content = b"x" * 3_000_000
    to = Target(chat=edge.group.id)
    posted = await edge.client.send_file(to, FilePost(name="x", content=content))
    pieces = edge.client.download(posted.file_id)
    first = await anext(pieces)
    assert 0 < len(first) <= 65_536
    rest = [piece async for piece in pieces]
    assert len(first) + sum(map(len, rest)) == len(content)
    half = edge.client.download(posted.file_id)
    await anext(half)
    await half.aclose()  # type: ignore[attr-defined]
    assert (await edge.client.look_at(edge.group.id)).title, "the connections are well"


async def test_a_file_on_this_machines_disk_is_read_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    async with httpx.AsyncClient() as http:
        found = [piece async for piece in fetch(http, str(tmp_path / "file"))]
        assert b"".join(found) == b"text"
        with pytest.raises(Refused):
            await anext(fetch(http, str(tmp_path / "none")))


@pytest.mark.parametrize("where", ["", "http://127.0.0.1:9/file/bot" + SECRET, "http://[" + SECRET])
async def test_a_file_that_cannot_be_had_shows_no_address(where: str) -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(Busy) as caught:
            await anext(fetch(http, where))
    assert SECRET not in "".join(traceback.format_exception(caught.value))


# --- what comes in --------------------------------------------------------------------------------


async def test_a_batch_with_poison_is_fetched_as_it_is(edge: Edge) -> None:
    edge.api.push_raw("desk_bot", {"message": {"chat": "nonsense"}})
    edge.anna.write_in(edge.group, 0, "after it")
    poison, good = read_answer(await edge.client.fetch(0, 0))
    with pytest.raises(ValueError) as caught:
        edge.client.read(poison.payload)
    assert "nonsense" not in str(caught.value)
    assert edge.client.read(good.payload).text == "after it"


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b"7", b"{}", b'{"update_id":1,"message":7}', b"[" * 100_000]
)
async def test_what_is_no_update_is_told_so(edge: Edge, payload: bytes) -> None:
    with pytest.raises(ValueError):
        edge.client.read(payload)


async def test_what_is_said_in_a_topic(edge: Edge) -> None:
    thread = edge.anna.create_topic(edge.group, "Talk")
    assert (await edge.read()).service == "topic_created"
    made = edge.anna.write_in(edge.group, thread, "Grüße 🙂")
    said = await edge.read()
    assert (said.kind, said.chat, said.chat_kind) == ("message", edge.group.id, edge.group.kind)
    assert (said.thread, said.message, said.text) == (thread, made.id, "Grüße 🙂")
    assert said.sender is not None
    assert (said.sender.id, said.sender.name, said.sender.language) == (501, "Anna", "zh-hans")
    assert not said.forwarded
    assert abs(said.at / 1_000 - edge.api.now()) < 5
    edge.anna.edit(made, "Hello")
    said = await edge.read()
    assert (said.kind, said.text, said.message) == ("edited", "Hello", made.id)
    edge.anna.write_in(edge.group, thread, "theirs", forwarded=True)
    assert (await edge.read()).forwarded
    edge.anna.close_topic(edge.group, thread)
    assert (await edge.read()).service == "topic_closed"
    edge.anna.reopen_topic(edge.group, thread)
    assert (await edge.read()).service == "topic_reopened"


async def test_files_and_other_things(edge: Edge) -> None:
    edge.anna.send_photo(edge.group, b"jpeg", caption="Look", album="5")
    said = await edge.read()
    assert said.file is not None
    assert said.file.kind == "photo"
    assert said.file.size == 4
    assert (said.text, bool(said.album)) == ("Look", True)
    for kind in ("document", "audio", "video", "animation", "voice", "video_note"):
        edge.anna.send_file(edge.group, kind, f"a.{kind}")
        said = await edge.read()
        assert said.file is not None
        assert said.file.kind == kind
        assert not said.other
    edge.anna.send_location(edge.group)
    assert (await edge.read()).other == "location"
    edge.anna.send_poll(edge.group)
    assert (await edge.read()).other == "poll"
    edge.anna.send_sticker(edge.group)
    assert (await edge.read()).other == "sticker"
    edge.anna.share_contact(edge.group)
    assert (await edge.read()).other == "contact"


async def test_members_who_come_go_and_are_half_gone(edge: Edge) -> None:
    sam = edge.api.add_person(502, "Sam")
    sam.join(edge.group)
    said = await edge.read()
    assert said.member == 502
    edge.anna.kick(edge.group, sam)
    found = [
        edge.client.read(u.payload) for u in read_answer(await edge.client.fetch(edge.offset, 0))
    ]
    changes = [each for each in found if each.kind == "member"]
    assert [(each.member, each.status) for each in changes] == [(502, "kicked")]
    change = {
        "chat": {"id": -1001, "type": "supergroup", "title": "Desk"}, "date": 1,
        "from": {"id": 501, "is_bot": False, "first_name": "Anna"},
        "old_chat_member": {"status": "left", "user": _user(502)},
        "new_chat_member": {"status": "restricted", "user": _user(502), "is_member": False,
                            **dict.fromkeys(_RIGHTS, False), "until_date": 0},
    }  # fmt: skip
    said = edge.client.read(json.dumps({"update_id": 1, "chat_member": change}).encode())
    assert (said.kind, said.status) == ("member", "left")


async def test_both_sides_of_a_move_read_the_same(edge: Edge) -> None:
    edge.anna.migrate(edge.group, -100200300)
    found = [edge.client.read(u.payload) for u in read_answer(await edge.client.fetch(0, 0))]
    moves = {(each.chat, each.moved_to) for each in found if each.service == "migrated"}
    assert moves == {(-1001, -100200300)}


def _user(number: int) -> dict[str, object]:
    return {"id": number, "is_bot": False, "first_name": "Sam"}


_RIGHTS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
    "can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls",
    "can_send_other_messages", "can_add_web_page_previews", "can_change_info",
    "can_invite_users", "can_pin_messages", "can_manage_topics", "can_react_to_messages",
    "can_edit_tag",
)  # fmt: skip
