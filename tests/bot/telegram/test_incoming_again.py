"""A chat that begins anew: its talk was erased or left, or another bot stands behind it."""

from __future__ import annotations

import json

import pytest

from bot import linking
from bot.prospects.telegram import make_client
from bot.telegram.wire import read_update
from dialogs.types import Incoming
from storage import chats, retention
from tests.bot.hall import SECOND
from tests.bot.telegram.lobby import BOT, Lobby, lobby
from tests.bot_api.people import Person

__all__ = ["lobby"]


def payload(person: Person, number: int, message: int, text: str) -> bytes:
    """An update as a Bot API sends it."""
    sender = {"id": person.id, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    chat = {"id": person.id, "type": "private", "first_name": "Ann"}
    said = {"message_id": message, "date": 1_795_424_400, "chat": chat, "from": sender}
    return json.dumps({"update_id": number, "message": {**said, "text": text}}).encode()


# --- erased ---------------------------------------------------------------------------------------


async def test_words_set_aside_go_with_their_talk_though_the_chat_went_on(lobby: Lobby) -> None:
    await lobby.start()
    left = lobby.talk
    poison = payload(lobby.ann, 99, 77, "my zanzibar secret").replace(b"1795424400", b'"x"')
    await lobby.arrivals.keep(lobby.door.name, (read_update(poison),))
    await lobby.work()
    assert [state for _, state, _ in lobby.set_aside()] == ["aside"]
    web = await lobby.hall.open()
    code = await linking.issue(lobby.db, web, lobby.hall.clock())
    await lobby.start(code.code)
    assert lobby.talk == web
    await lobby.db.write(lambda tx: retention.erase(tx, left, lobby.hall.clock()))
    assert lobby.set_aside() == []


async def test_what_waits_when_staff_erase_begins_no_new_talk(lobby: Lobby) -> None:
    await lobby.start()
    talk = lobby.talk
    lobby.ann.write(BOT, "my zanzibar secret")
    await lobby.fetch()
    await lobby.db.write(lambda tx: retention.erase(tx, talk, lobby.hall.clock()))
    await lobby.work()
    assert lobby.talks() == 1
    assert lobby.talk_of(lobby.ann) == ""
    await lobby.write("and now?")
    assert lobby.words() == ["and now?"]


@pytest.mark.parametrize("own", [False, True])
async def test_what_is_being_taken_in_when_it_is_erased(lobby: Lobby, own: bool) -> None:
    """Erased by staff it goes, too; by the prospects themselves it begins a new talk."""
    await lobby.start()
    talk = lobby.talk
    lobby.hall.words.gate.clear()
    lobby.ann.write(BOT, "my zanzibar secret")
    await lobby.fetch()
    began = lobby.arrivals._begin_due()
    assert began == 1
    while not lobby.hall.core.intake._lanes.total:
        await lobby.db.write(lambda tx: None)
    now = lobby.hall.clock()
    await lobby.db.write(lambda tx: retention.erase(tx, talk, now, waiting=not own))
    lobby.hall.words.gate.set()
    await lobby.work()
    await lobby.wait(2 * SECOND)
    assert lobby.talks() == (2 if own else 1)
    if own:
        assert lobby.words() == ["my zanzibar secret"]
    assert lobby.set_aside() == []


async def test_what_follows_the_own_wish_to_forget_begins_anew(lobby: Lobby) -> None:
    await lobby.write("We are 40 people")
    talk = lobby.talk
    await lobby.write("/forget")
    lobby.ann.tap(lobby.keyboard, lobby.keyboard.labels[0])
    lobby.ann.write(BOT, "Hello again")
    await lobby.settle()
    assert lobby.hall.row(talk).erased
    assert lobby.words() == ["Hello again"]


# --- another bot ----------------------------------------------------------------------------------


async def test_another_bot_in_the_same_chat_counts_its_own_messages(lobby: Lobby) -> None:
    await lobby.start()
    for number in range(3):
        await lobby.write(f"hello {number}")
    talk, words = lobby.talk, lobby.words()
    first = next(each for each in lobby.messages if each.author == "prospect")
    assert first.external_id.startswith("tg:7001:")
    number = int(first.external_id.split(":")[2])
    lobby.api.add_bot("7002:" + "q" * 35, "new_bot")
    await lobby.client.close()
    lobby.client = make_client("7002:" + "q" * 35, lobby.api.url)
    lobby.reopen()
    again = read_update(payload(lobby.ann, 1, number, first.text))
    await lobby.arrivals.keep(lobby.door.name, (again,))
    await lobby.work()
    assert lobby.talk == talk
    assert lobby.words() == [*words, first.text]


async def test_buttons_of_another_bot_work_at_once(lobby: Lobby) -> None:
    for number in range(30):  # ids of the first bot are high by now
        lobby.ann.write(BOT, f"hello {number}")
    await lobby.settle()
    talk = lobby.talk
    # The talk came into this chat by a high message of the bot before.
    here = lobby.db.peek(lambda tx: chats.find(tx, "telegram", str(lobby.ann.id)))
    assert here is not None
    place = lobby.door._reception.place(lobby.client.read(payload(lobby.ann, 1, 10_000, "/start")))
    await lobby.db.write(lambda tx: chats.save_view(tx, "telegram", here.address, place.view))
    lobby.api.add_bot("7002:" + "q" * 35, "new_bot")
    await lobby.client.close()
    lobby.client = make_client("7002:" + "q" * 35, lobby.api.url)
    lobby.reopen()
    opened = Incoming(conversation=talk, external_id="x", kind="open", value="continue")
    await lobby.hall.core.intake.handle(opened)
    shown = [m for m in lobby.messages if m.author == "bot" and b'"buttons"' in m.body]
    tap = {
        "id": "5", "from": {"id": lobby.ann.id, "is_bot": False, "first_name": "Ann"},
        "chat_instance": "1", "data": f"b:{shown[-1].seq}:0",
        "message": json.loads(payload(lobby.ann, 1, 3, "asked"))["message"],
    }  # fmt: skip
    update = read_update(json.dumps({"update_id": 2, "callback_query": tap}).encode())
    before = len(lobby.words())
    await lobby.arrivals.keep(lobby.door.name, (update,))
    await lobby.work()
    assert len(lobby.words()) == before + 1
