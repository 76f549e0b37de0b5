"""A busy Telegram holds up one topic for moments, and never another one."""

from __future__ import annotations

import json

import pytest

from bot.presales.group.people import KNOWN_FOR
from bot.presales.group.tries import TRIES, Tries
from bot.telegram.border import Busy
from bot.telegram.wire import read_update
from tests.bot.telegram.room import BOT, GROUP, Room, room
from tests.bot_api.faults import Fault

__all__ = ["room"]

SECOND = 1_000


async def turn(room: Room, seconds: int) -> None:
    """Let time go by for what waits to be taken again."""
    for _ in range(seconds):
        room.hall.clock.turn(SECOND)
        await room.arrivals.drain()
    await room.settle()


async def test_a_menu_that_cannot_be_shown_comes_as_a_message(room: Room) -> None:
    talk = await room.waiting()
    room.api.script(BOT, "editMessageReplyMarkup", Fault.flood(40))
    await room.tap(room.boris, talk, "Later")
    assert not room.set_aside(), "it is done, not waited for"
    menu = room.shown(talk)[-1]
    assert menu.text == room.text("desk_act.choose.later")
    await room.tap_on(room.boris, menu, "In an hour")
    assert room.hall.state(talk).rings == 0


async def test_what_has_had_its_effect_is_not_repeated_for_its_menu(room: Room) -> None:
    talk = await room.waiting()
    await room.tap(room.boris, talk, "Later")
    room.api.script(BOT, "editMessageReplyMarkup", Fault.flood(40))
    await room.tap(room.boris, talk, "In an hour")
    assert not room.set_aside()
    assert len(room.said(talk, "note")) == 1


async def test_the_way_back_that_fails_holds_up_nothing(room: Room) -> None:
    talk = await room.waiting()
    await room.tap(room.boris, talk, "Later")
    room.api.script(BOT, "editMessageReplyMarkup", Fault.flood(40))
    await room.tap(room.boris, talk, "‹ Back")
    assert not room.set_aside()


async def test_a_topic_that_waits_keeps_no_other_waiting(room: Room) -> None:
    one, two = await room.taken("Anna"), await room.waiting()
    room.api.script(BOT, "getFile", Fault.status(502))
    thread = room.topic(one).thread_id
    room.anna.send_document_in(room.group, thread, "offer.pdf", b"%PDF-1 hi")
    room.boris.tap(room.head(two), "Take")
    await room.settle()
    assert len(room.set_aside()) == 1, "the file waits"
    assert room.owner(two) == ("human", room.staff["Boris"].id)
    await turn(room, 2)
    assert not room.set_aside()
    assert len(room.hall.messages(one)[-1].body) > 0


async def test_a_file_that_cannot_be_fetched_is_given_up_soon_and_said(room: Room) -> None:
    talk = await room.taken("Anna")
    room.api.script(BOT, "getFile", *[Fault.status(502)] * TRIES)
    thread = room.topic(talk).thread_id
    made = room.anna.send_document_in(room.group, thread, "offer.pdf", b"%PDF-1 hi")
    await room.settle()
    await turn(room, 5)
    assert not room.set_aside()
    assert made.emojis == ["👎"]
    assert room.bot_lines(talk)[-1] == room.text("desk_act.file.unreachable")
    assert room.said(talk) == []
    await room.write(room.anna, talk, "Here is the line instead")
    assert room.said(talk) == ["Here is the line instead"]


async def test_who_cannot_be_known_just_now_is_refused_in_words(room: Room) -> None:
    talk = await room.taken("Anna")
    room.hall.clock.turn(KNOWN_FOR + 1)
    room.api.script(BOT, "getChatMember", *[Fault.status(502)] * TRIES)
    made = await room.write(room.anna, talk, "Hello")
    await turn(room, 5)
    assert not room.set_aside()
    assert (made.emojis, room.said(talk)) == (["👎"], [])
    assert room.bot_lines(talk)[-1] == room.text("desk_act.refused.unsure")
    await room.write(room.anna, talk, "Hello again")
    assert room.said(talk) == ["Hello again"]


async def test_a_tap_of_somebody_who_cannot_be_known_is_answered(room: Room) -> None:
    talk = await room.waiting()
    room.api.script(BOT, "getChatMember", *[Fault.flood(400)] * TRIES)
    tap = room.boris.tap(room.head(talk), "Take")
    await room.settle()
    await turn(room, 11)
    assert (tap.answer, tap.alert) == (room.text("desk_act.refused.unsure"), True)
    assert room.owner(talk)[0] == "waiting"


async def test_a_change_of_membership_while_it_is_asked_for_is_not_forgotten(room: Room) -> None:
    talk = await room.taken("Anna")
    room.hall.clock.turn(KNOWN_FOR + 1)
    people, find_status = room.door._people, room.client.find_status

    async def asked(group: int, user: int) -> str:
        status = await find_status(group, user)
        people.forget()
        return status

    room.client.find_status = asked  # type: ignore[method-assign]
    await room.write(room.anna, talk, "Hello")
    room.client.find_status = find_status  # type: ignore[method-assign]
    room.anna.leave(room.group)
    assert room.said(talk) == ["Hello"]
    assert await people._status(GROUP, room.anna.id) == "left"


async def test_an_id_that_cannot_be_looked_up_is_said_so(room: Room) -> None:
    room.api.script(BOT, "getChat", *[Fault.status(502)] * TRIES)
    room.anna.write_in(room.group, 0, "/id")
    await room.settle()
    await turn(room, 5)
    assert not room.set_aside()
    assert room.group.in_thread(0)[-1].text == room.text("desk_act.refused.unsure")


async def test_news_of_the_groups_move_may_come_late(room: Room) -> None:
    """The bot hears of its rights in the supergroup before it hears of the move."""
    talk, new = await room.taken("Anna"), -100200300
    me = room.api.account(BOT).id
    bot = {"id": me, "is_bot": True, "first_name": "b"}
    change = {
        "chat": {"id": new, "type": "supergroup", "title": "Desk", "is_forum": True},
        "from": {"id": room.anna.id, "is_bot": False, "first_name": "Anna"},
        "date": 1_795_424_400,
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": {"user": bot, "status": "member"},
    }
    moved = room.anna.migrate(room.group, new, forum=True)
    update = read_update(json.dumps({"update_id": 900_001, "my_chat_member": change}).encode())
    await room.arrivals.keep(room.door.name, (update,))
    await room.arrivals.drain()
    assert not room.api.made("leaveChat")
    assert room.feed.group == new
    assert room.topic(talk).group_id == new
    await room.settle()
    assert moved.holds(me)
    assert room.feed.group == new


async def test_another_supergroup_is_left_all_the_same(room: Room) -> None:
    other = room.api.add_group(-1002, "Other", members=[room.sam])
    room.sam.write_in(other, 0, "hello?")
    await room.settle()
    assert len(room.api.made("leaveChat")) == 1
    assert room.feed.group == GROUP


async def test_after_sales_write_nothing_where_they_may_not_look(room: Room) -> None:
    eve = room.api.add_person(555, "Eve")
    eve.join(room.group)
    await room.add_staff("Eve", role="aftersales", person=eve)
    talk = await room.taken("Anna")
    made = await room.write(eve, talk, "a note of after-sales")
    assert room.said(talk, "note") == []
    assert made.emojis == ["👎"]
    assert room.bot_lines(talk)[-1] == room.text("desk.refused.role")


@pytest.mark.parametrize("times", [1, TRIES - 1])
def test_counting_begins_anew_once_it_came_through(times: int) -> None:
    tries = Tries()
    for _ in range(2):
        for _ in range(times):
            with pytest.raises(Busy):
                tries.wait("a", Busy("busy"))
        tries.forget("a")


def test_nobody_waits_as_long_as_telegram_asks() -> None:
    with pytest.raises(Busy) as caught:
        Tries().wait("a", Busy("flood", 300_000))
    assert 0 < caught.value.after <= 5_000
