"""Whoever may not act in the group has no effect there, is logged by ids, and is told how to."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.telegram.border import RawUpdate
from tests.bot.hall import HOUR, MINUTE
from tests.bot.telegram.room import GROUP, Room, open_room, refusals, room

__all__ = ["room"]

COMMANDS = ("/take", "/close won", "/notlead spam", "/later 15", "/pass anyone", "/stage contract")


async def test_a_stranger_in_the_group_has_no_effect(room: Room) -> None:
    talk = await room.waiting()
    before = room.hall.row(talk)
    with capture_logs() as logs:
        tap = await room.tap(room.sam, talk, "Take")
        for command in COMMANDS:
            await room.write(room.sam, talk, command)
        await room.write(room.sam, talk, "I am their boss")
    assert (tap.answer, tap.alert) == (room.text("desk_act.refused.unlinked"), True)
    assert room.hall.row(talk) == before
    assert refusals(logs) == [("unlinked", room.sam.id)] * (len(COMMANDS) + 2)
    assert room.bot_lines(talk).count(room.text("desk_act.refused.unlinked")) == 1


async def test_a_refused_tap_is_not_used_up(room: Room) -> None:
    talk = await room.waiting()
    await room.add_staff("Sam")
    tap = await room.tap(room.sam, talk, "Take")
    assert tap.answer == room.text("desk_act.refused.unlinked")
    await room.link("Sam", room.sam)
    tap = await room.tap(room.sam, talk, "Take")
    assert tap.answer == room.text("desk.done.claim")
    assert room.owner(talk) == ("human", room.staff["Sam"].id)


async def test_the_hint_comes_again_after_an_hour(room: Room) -> None:
    talk = await room.waiting()
    await room.write(room.sam, talk, "/take")
    room.hall.clock.turn(HOUR + MINUTE)
    await room.write(room.sam, talk, "/take")
    assert room.bot_lines(talk).count(room.text("desk_act.refused.unlinked")) == 2


async def test_an_ex_member_cannot_act_with_an_old_button(room: Room) -> None:
    talk = await room.waiting()
    await room.write(room.boris, talk, "here I am")  # a known member
    before = room.hall.row(talk)
    head = room.head(talk)
    room.anna.kick(room.group, room.boris)
    await room.settle()
    with capture_logs() as logs:
        tap = await room.tap_on(room.boris, head, "Take")
    assert tap.answer == room.text("desk_act.refused.no_member")
    assert room.hall.row(talk) == before
    assert refusals(logs) == [("no_member", room.boris.id)]


async def test_membership_is_asked_again_after_a_while(room: Room) -> None:
    talk = await room.waiting()
    await room.write(room.boris, talk, "one")
    await room.write(room.boris, talk, "two")
    asked = len(room.api.made("getChatMember"))
    room.hall.clock.turn(6 * MINUTE)
    await room.write(room.boris, talk, "three")
    assert len(room.api.made("getChatMember")) == asked + 1


async def test_a_disabled_account_has_no_say_from_the_next_word_on(room: Room) -> None:
    talk = await room.taken()
    await room.write(room.anna, talk, "before")
    await room.disable("Anna")
    await room.write(room.anna, talk, "after")
    await room.tap(room.anna, talk, "Hand back")
    assert room.said(talk) == ["before"]
    assert room.said(talk, "note") == []
    assert room.owner(talk)[0] == "human"
    await room.disable("Anna", disabled=False)
    await room.write(room.anna, talk, "again")
    assert room.said(talk) == ["before", "again"]


async def test_a_forwarded_command_does_nothing_whoever_forwards_it(room: Room) -> None:
    talk = await room.taken()
    before = room.hall.row(talk)
    with capture_logs() as logs:
        for person in (room.sam, room.boris, room.anna):
            for command in COMMANDS:
                await room.write(person, talk, command, forwarded=room.sam)
    assert room.hall.row(talk) == before
    assert room.said(talk) == room.said(talk, "note") == []
    reasons = [reason for reason, _ in refusals(logs)]
    assert reasons == ["unlinked"] * len(COMMANDS) + ["forwarded"] * 2 * len(COMMANDS)


async def test_what_the_owner_forwards_is_a_note_and_never_a_reply(room: Room) -> None:
    talk = await room.taken()
    made = await room.write(room.anna, talk, "Their boss wrote: fine", forwarded=room.sam)
    assert room.said(talk) == []
    assert room.said(talk, "note") == ["Forwarded: Their boss wrote: fine"]
    assert list(made.reactions.values()) == [["✍"]]
    with capture_logs() as logs:
        await room.write(room.boris, talk, "Spread this", forwarded=True)
    assert refusals(logs) == [("forwarded", room.boris.id)]
    assert len(room.said(talk, "note")) == 1


async def test_an_anonymous_admin_and_a_channel_have_no_say(room: Room) -> None:
    talk = await room.taken()
    before = room.hall.row(talk)
    thread = room.topic(talk).thread_id
    faces: tuple[dict[str, object], ...] = (
        {"sender_chat": {"id": GROUP, "type": "supergroup", "title": "Desk"}},
        {"sender_chat": {"id": -100777, "type": "channel", "title": "News"},
         "is_automatic_forward": True},
    )  # fmt: skip
    with capture_logs() as logs:
        for number, face in enumerate(faces):
            for text in ("/close won", "Hello from above"):
                room.api.push_raw(
                    TOKEN_OF_DESK, {"message": _message(900 + number, thread, text) | face}
                )
        await room.settle()
    assert room.hall.row(talk) == before
    assert [reason for reason, _ in refusals(logs)] == ["anonymous"] * 4
    assert room.said(talk) == room.said(talk, "note") == []


async def test_another_bot_has_no_say(room: Room) -> None:
    talk = await room.taken()
    bot = {"id": 99, "is_bot": True, "first_name": "Other", "username": "other_bot"}
    message = _message(901, room.topic(talk).thread_id, "/close won") | {"from": bot}
    room.api.push_raw(TOKEN_OF_DESK, {"message": message})
    with capture_logs() as logs:
        await room.settle()
    assert refusals(logs) == [("bot", 99)]
    assert room.owner(talk)[0] == "human"


async def test_another_group_is_refused_and_left(room: Room) -> None:
    talk = await room.waiting()
    other = room.api.add_group(-1002, "Elsewhere", members=[room.anna, room.sam])
    with capture_logs() as logs:
        room.anna.write_in(other, 0, "/take")
        await room.settle()
    assert ("other_group", 0) in refusals(logs)
    assert not other.holds(room.api.account("desk_bot").id)
    assert room.owner(talk)[0] == "waiting"
    assert not [m for m in other.messages if m.by_bot and m.text]


async def test_a_topic_of_the_same_number_elsewhere_means_nothing(room: Room) -> None:
    talk = await room.taken()
    thread = room.topic(talk).thread_id
    message = _message(902, thread, "Hello") | {
        "chat": {"id": -1002, "type": "supergroup", "title": "Elsewhere", "is_forum": True}
    }
    await room.door.take(_raw(message))
    assert room.said(talk) == []


async def test_tapped_data_that_nobody_gave_out_does_nothing(room: Room) -> None:
    talk = await room.waiting()
    before = room.hall.row(talk)
    head = room.head(talk)
    forged = (
        "d:", "d:erase", "x:take", "d:close:__class__", "d:stage:../..", "d:later:99999",
        "d:later:-5", "d:pass:Nobody", "d:docs:../../etc/passwd", "take", "d:notlead:",
    )  # fmt: skip
    for data in forged:
        tap = room.anna.tap_raw(head, data)
        await room.settle()
        assert tap.answer is not None, data
    assert room.hall.row(talk) == before


async def test_words_outside_of_topics_are_peoples_own(room: Room) -> None:
    talk = await room.taken()
    with capture_logs() as logs:
        room.sam.write_in(room.group, 0, "lunch?")
        own = room.sam.create_topic(room.group, "Parties")
        room.sam.write_in(room.group, own, "tonight")
        await room.settle()
    assert refusals(logs) == []
    assert room.said(talk) == room.said(talk, "note") == []


async def test_a_command_outside_of_topics_says_where_it_works(room: Room) -> None:
    room.anna.write_in(room.group, 0, "/take")
    await room.settle()
    assert room.group.in_thread(0)[-1].text == room.text("desk_act.only_in_topic")
    room.anna.write_in(room.group, 0, "/take@other_bot")
    await room.settle()
    assert room.group.in_thread(0)[-1].text == "/take@other_bot"


async def test_a_read_only_account_may_look_and_not_act(room: Room) -> None:
    gail = room.api.add_person(504, "Gail")
    gail.join(room.group)
    await room.add_staff("Gail", "readonly", gail)
    talk = await room.waiting()
    tap = await room.tap(gail, talk, "Take")
    assert (tap.answer, tap.alert) == (room.text("desk.refused.role"), True)
    assert room.owner(talk)[0] == "waiting"


async def test_after_sales_keep_to_their_own_talks(room: Room) -> None:
    gail = room.api.add_person(504, "Gail")
    gail.join(room.group)
    await room.add_staff("Gail", "aftersales", gail)
    talk = await room.waiting()
    tap = await room.tap(gail, talk, "Take")
    assert tap.answer == room.text("desk.refused.role")
    assert room.owner(talk)[0] == "waiting"


async def test_poison_is_set_aside_and_the_line_goes_on(room: Room) -> None:
    talk = await room.waiting()
    room.api.push_raw(TOKEN_OF_DESK, {"message": {"chat": {"id": GROUP}, "text": 7}})
    room.api.push_raw(TOKEN_OF_DESK, {"callback_query": {"message": {"chat": {"id": GROUP}}}})
    tap = await room.tap(room.anna, talk, "Take")
    assert tap.answer == room.text("desk.done.claim")
    aside = room.set_aside()
    assert [state for _, state, _ in aside] == ["aside", "aside"]
    await room.hall.db.write(lambda tx: tx.run("DELETE FROM arrival WHERE state = 'aside'", {}))


@pytest.fixture
async def lost(tmp_path: Path) -> AsyncIterator[Room]:
    """A bot that was not told its group yet."""
    async with open_room(tmp_path, group=0) as made:
        yield made


async def test_without_a_group_only_id_is_answered(lost: Room) -> None:
    lost.api.set_rights(lost.group, "desk_bot", can_manage_topics=False, can_delete_messages=False)
    lost.anna.write_in(lost.group, 0, "/take")
    lost.anna.write_in(lost.group, 0, "/id", forwarded=True)
    lost.anna.write_in(lost.group, 0, "/id@desk_bot")
    await lost.settle()
    (answer,) = [m.text for m in lost.group.in_thread(0) if m.by_bot]
    assert str(GROUP) in answer
    assert lost.text("desk_act.lacks.rights") in answer
    assert lost.text("desk_act.lacks.no_deleting") in answer
    assert lost.text("desk_act.lacks.topics") not in answer
    assert "DESK_GROUP_ID" in answer
    assert lost.group.holds(lost.api.account("desk_bot").id)
    assert lost.hall.core.house.presence.troubles["desk"] == ("desk_act.trouble.no_group",)


async def test_any_member_hears_what_the_desks_group_lacks(room: Room) -> None:
    room.api.set_rights(room.group, "desk_bot", can_manage_topics=False)
    for person in (room.sam, room.anna):
        person.write_in(room.group, 0, "/id")
        await room.settle()
        lines = room.group.in_thread(0)[-1].text.splitlines()
        assert lines == [
            room.text("desk_act.id.set", id=GROUP),
            room.text("desk_act.lacks.rights"),
        ]
    room.sam.write_in(room.group, 0, "/id", forwarded=True)
    await room.settle()
    assert room.group.in_thread(0)[-1].text == room.text("desk_act.refused.unlinked")


async def test_what_the_group_lacks_is_logged_and_shown(tmp_path: Path) -> None:
    async with open_room(tmp_path) as made:
        presence = made.hall.core.house.presence
        assert not presence.troubles["desk"]
        with capture_logs() as logs:
            made.api.set_rights(made.group, "desk_bot", can_delete_messages=False)
            await made.settle()
        assert presence.troubles["desk"] == ("desk_act.trouble.no_deleting",)
        lacks = [each["kind"] for each in logs if each["event"] == "desk_group_lacks"]
        assert lacks == ["no_deleting"]
        made.api.set_rights(made.group, "desk_bot", can_delete_messages=True)
        await made.settle()
        assert not presence.troubles["desk"]


async def test_the_group_that_became_a_supergroup_is_still_the_desk(room: Room) -> None:
    talk = await room.waiting()
    moved = room.anna.migrate(room.group, -100200300, forum=True)
    await room.settle()
    assert room.feed.group == moved.id
    room.anna.write_in(moved, 0, "/take")
    await room.settle()
    assert moved.holds(room.api.account("desk_bot").id)
    assert room.owner(talk)[0] == "waiting"


TOKEN_OF_DESK = "desk_bot"


def _message(number: int, thread: int, text: str) -> dict[str, object]:
    body: dict[str, object] = {
        "message_id": number, "date": 1_795_424_400, "text": text,
        "chat": {"id": GROUP, "type": "supergroup", "title": "Desk", "is_forum": True},
        "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
        "message_thread_id": thread, "is_topic_message": True,
    }  # fmt: skip
    if text.startswith("/"):
        length = len(text.split()[0])
        body["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return body


def _raw(message: dict[str, object]) -> RawUpdate:
    payload = json.dumps({"update_id": 1, "message": message}).encode()
    return RawUpdate(update_id=1, payload=payload, chat="0")
