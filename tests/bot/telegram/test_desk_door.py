"""Taking a talk in the group, and what is written and tapped there, over the real Bot API."""

from __future__ import annotations

import asyncio
import contextlib

from bot.telegram.border import TapRefused
from bot.telegram.wire import read_answer
from storage import chats, outbox
from tests.bot.hall import MINUTE
from tests.bot.telegram.room import Room, room

__all__ = ["room"]


async def test_take_is_a_claim_and_the_brief_shows_the_owner(room: Room) -> None:
    talk = await room.waiting()
    tap = await room.tap(room.anna, talk, "Take")
    assert tap.answer == room.text("desk.done.claim")
    assert room.owner(talk) == ("human", room.staff["Anna"].id)
    assert "With Anna" in room.head(talk).text
    assert "Take" not in room.labels(room.head(talk))


async def test_of_two_taps_at_once_one_wins_and_the_other_hears_who(room: Room) -> None:
    talk = await room.waiting()
    head = room.head(talk)
    first = room.anna.tap(head, "Take")
    second = room.boris.tap(head, "Take")
    await room.settle()
    assert room.owner(talk) == ("human", room.staff["Anna"].id)
    assert first.answer == room.text("desk.done.claim")
    assert second.answer == room.text("desk.refused.taken", who="Anna")
    assert second.alert
    assert room.said(talk, "event").count("Anna is with you now.") <= 1


async def test_browser_and_group_at_once_have_one_winner(room: Room) -> None:
    talks = [await room.waiting() for _ in range(6)]
    desk, boris = room.hall.core.desk, room.staff["Boris"]
    taps = [room.anna.tap(room.head(talk), "Take") for talk in talks]
    while await room.fetch():
        taking = asyncio.create_task(room.arrivals.drain())
        claims = [asyncio.create_task(desk.claim(boris, talk)) for talk in talks]
        await asyncio.gather(taking, *claims)
    for talk, tap, claim in zip(talks, taps, claims, strict=True):
        owner = room.owner(talk)[1]
        won = claim.result().won
        assert owner == room.staff["Boris" if won else "Anna"].id
        expected = "desk.refused.taken" if won else "desk.done.claim"
        assert tap.answer == room.text(expected, who="Boris")
        joined = [m for m in room.hall.messages(talk) if m.author == "event"]
        assert len(joined) == 1


async def test_one_tap_delivered_three_times_is_one_act(room: Room) -> None:
    talk = await room.waiting()
    await room.tap(room.anna, talk, "Later")
    menu = room.head(talk)
    await room.tap_on(room.anna, menu, "In 15 min", times=3)
    notes = room.said(talk, "note")
    assert len(notes) == 1
    assert "Anna" in notes[0]
    await room.tap(room.anna, talk, "Take", times=3)
    assert len([m for m in room.hall.messages(talk) if m.author == "event"]) == 1


async def test_the_same_tap_taken_again_after_a_crash_changes_nothing(room: Room) -> None:
    talk = await room.waiting()
    room.anna.tap_raw(room.head(talk), "d:later:15")
    room.anna.tap_raw(room.head(talk), "d:pass:anyone")
    room.anna.tap_raw(room.head(talk), "d:docs:brochure-en")
    updates = read_answer(await room.client.fetch(0, 0))
    for update in (*updates, *updates):
        with contextlib.suppress(TapRefused):  # the paper: nobody has the talk
            await room.door.take(update)
    assert len(room.said(talk, "note")) == 2


async def test_a_topic_closed_by_hand_while_the_talk_goes_on_is_open_for_who_takes_it(
    room: Room,
) -> None:
    talk = await room.waiting()
    thread = room.topic(talk).thread_id
    room.sam.close_topic(room.group, thread)
    await room.settle()
    assert not room.group.topics[thread].closed
    assert room.bot_lines(talk) == [room.text("desk_act.stays_open")]
    await room.tap(room.anna, talk, "Take")
    await room.write(room.anna, talk, "Good morning")
    assert room.said(talk) == ["Good morning"]


async def test_a_topic_that_we_close_stays_closed_and_people_may_open_it(room: Room) -> None:
    talk = await room.taken()
    thread = room.topic(talk).thread_id
    await room.write(room.anna, talk, "/close won")
    await room.settle()
    assert room.group.topics[thread].closed
    lines = room.bot_lines(talk)
    room.sam.reopen_topic(room.group, thread)
    await room.settle()
    room.sam.close_topic(room.group, thread)
    await room.settle()
    assert room.group.topics[thread].closed
    assert room.bot_lines(talk) == lines
    assert room.owner(talk)[0] == "closed"


async def test_our_own_closing_told_late_is_no_closing_by_hand(room: Room) -> None:
    talk = await room.taken()
    await room.write(room.anna, talk, "/close won")
    assert room.group.topics[room.topic(talk).thread_id].closed
    await room.hall.say(talk, "I am back")
    await room.settle()
    assert room.owner(talk)[0] == "bot"
    assert room.text("desk_act.stays_open") not in room.bot_lines(talk)


async def test_the_owners_words_go_to_the_prospect_and_are_marked(room: Room) -> None:
    talk = await room.taken()
    sent = await room.write(room.anna, talk, "Good morning, this is Anna.")
    assert room.said(talk) == ["Good morning, this is Anna."]
    assert list(sent.reactions.values()) == [["👌"]]
    assert room.bot_lines(talk)[-1:] != ["Good morning, this is Anna."]


async def test_words_of_others_and_marked_ones_are_notes(room: Room) -> None:
    talk = await room.taken()
    note = await room.write(room.anna, talk, "// ask for the budget")
    other = await room.write(room.boris, talk, "I know them well")
    assert room.said(talk) == []
    assert room.said(talk, "note") == ["ask for the budget", "I know them well"]
    assert list(note.reactions.values()) == [["✍"]] == list(other.reactions.values())


async def test_before_anybody_took_it_words_are_notes(room: Room) -> None:
    talk = await room.waiting()
    await room.write(room.anna, talk, "shall I?")
    assert room.said(talk) == []
    assert room.said(talk, "note") == ["shall I?"]


async def test_a_reply_to_telegram_is_marked_once_its_delivery_is_through(room: Room) -> None:
    talk = await room.taken()
    here = chats.ChatRow("telegram", "77", talk, 1)
    await room.hall.db.write(lambda tx: chats.link(tx, here))
    desk = room.hall.core.desk
    desk._pushing = frozenset({"telegram"})
    made = room.anna.write_in(room.group, room.topic(talk).thread_id, "on its way")
    while await room.fetch():
        await room.arrivals.drain()
    assert not made.reactions
    (delivery,) = room.hall.deliveries(talk, "send")
    await room.hall.db.write(lambda tx: outbox.claim_due(tx, room.hall.clock(), 5))
    await room.hall.db.write(lambda tx: outbox.done(tx, delivery.id))
    await room.api.until(lambda: list(made.reactions.values()) == [["👌"]])


async def test_a_reply_that_fails_is_marked_and_told(room: Room) -> None:
    talk = await room.taken()
    here = chats.ChatRow("telegram", "77", talk, 1)
    await room.hall.db.write(lambda tx: chats.link(tx, here))
    room.hall.core.desk._pushing = frozenset({"telegram"})
    made = room.anna.write_in(room.group, room.topic(talk).thread_id, "on its way")
    while await room.fetch():
        await room.arrivals.drain()
    (delivery,) = room.hall.deliveries(talk, "send")
    await room.hall.db.write(lambda tx: outbox.failed(tx, delivery.id, "blocked"))
    await room.api.until(lambda: list(made.reactions.values()) == [["👎"]])
    await room.api.until(lambda: room.text("desk_act.failed.blocked") in room.bot_lines(talk))


async def test_marks_that_a_crash_took_are_set_at_the_next_start(room: Room) -> None:
    talk = await room.taken()
    made = room.anna.write_in(room.group, room.topic(talk).thread_id, "hello")
    await room.hall.core.desk.reply(room.staff["Anna"], talk, f"desk:{made.id}", "hello")
    room.open()
    await room.door.begin(await room.client.connect(None))
    assert list(made.reactions.values()) == [["👌"]]


async def test_a_file_goes_out_with_its_caption(room: Room) -> None:
    talk = await room.taken()
    content = b"\x89PNG\r\n\x1a\n" + b"pixels" * 50
    made = room.anna.send_document_in(
        room.group, room.topic(talk).thread_id, "plan.png", content, caption="The floor plan"
    )
    await room.settle()
    (reply,) = [m for m in room.hall.messages(talk) if m.author == "staff"]
    assert reply.text == "The floor plan"
    files = room.hall.db.peek(
        lambda tx: tx.all(
            "SELECT id, name, size FROM stored_file WHERE conversation = :of", {"of": talk}
        )
    )
    ((number, name, size),) = files
    assert (name, size) == ("plan.png", len(content))
    assert room.hall.core.uploads.path(number).read_bytes() == content
    assert list(made.reactions.values()) == [["👌"]]


async def test_an_album_goes_file_by_file_and_photos_get_a_name(room: Room) -> None:
    talk = await room.taken()
    thread = room.topic(talk).thread_id
    room.anna.send_photo(room.group, b"\xff\xd8\xff\xe0one", thread=thread, album="7")
    room.anna.send_photo(room.group, b"\xff\xd8\xff\xe0two", thread=thread, album="7")
    room.anna.send_voice(room.group, thread=thread)
    await room.settle()
    files = room.hall.db.peek(
        lambda tx: tx.all("SELECT name FROM stored_file WHERE conversation = :of", {"of": talk})
    )
    names = sorted(name for (name,) in files)
    assert len(names) == 3
    assert [name.partition("-")[0] for name in names] == ["photo", "photo", "voice"]
    assert len([m for m in room.hall.messages(talk) if m.author == "staff"]) == 3


async def test_a_file_that_is_too_big_is_refused_in_words(room: Room) -> None:
    talk = await room.taken()
    made = room.anna.send_document(
        room.group, "film.mp4", size=30_000_000, thread=room.topic(talk).thread_id
    )
    await room.settle()
    assert room.said(talk) == []
    assert list(made.reactions.values()) == [["👎"]]
    assert room.text("desk_act.file.too_big", most=20) in room.bot_lines(talk)


async def test_what_cannot_be_passed_on_is_told(room: Room) -> None:
    talk = await room.taken()
    room.anna.send_location(room.group, thread=room.topic(talk).thread_id)
    await room.settle()
    assert room.said(talk) == []
    assert room.text("desk_act.cannot_send") in room.bot_lines(talk)


async def test_an_edit_is_a_note_and_its_author_is_told(room: Room) -> None:
    talk = await room.taken()
    made = await room.write(room.anna, talk, "It costs 10.000")
    room.anna.edit(made, "It costs 12.000")
    await room.settle()
    assert room.said(talk) == ["It costs 10.000"]
    assert room.said(talk, "note") == ["Edited: It costs 12.000"]
    assert room.text("desk_act.edited") in room.bot_lines(talk)


async def test_after_handing_back_words_are_notes_again(room: Room) -> None:
    talk = await room.taken()
    tap = await room.tap(room.anna, talk, "Hand back")
    assert tap.answer == room.text("desk.done.hand-back")
    assert room.owner(talk)[0] == "bot"
    await room.write(room.anna, talk, "hm")
    assert room.said(talk) == []
    assert "hm" in room.said(talk, "note")


async def test_a_reminder_can_be_put_off(room: Room) -> None:
    talk = await room.waiting()
    await room.tap(room.anna, talk, "Later")
    assert room.labels(room.head(talk)) == ["In 15 min", "In an hour", "Tomorrow", "‹ Back"]
    tap = await room.tap(room.anna, talk, "In an hour")
    assert tap.answer == room.text("desk_act.done.later")
    rings = [d for d in room.hall.deliveries(talk, "timer") if d.name == "ring"]
    assert rings[0].due == room.hall.clock() + 60 * MINUTE
    assert "Take" in room.labels(room.head(talk))
