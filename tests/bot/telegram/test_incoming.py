"""What prospects write and order in Telegram, on its way into the talk."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot import records
from dialogs.types import Reading, Value
from tests.bot.hall import ANNA, HOUR, MINUTE, SECOND
from tests.bot.telegram.lobby import BOT, Lobby, close, lobby, make_lobby

__all__ = ["lobby"]


# --- the beginning --------------------------------------------------------------------------------


async def test_the_menu_is_there_in_every_language(lobby: Lobby) -> None:
    commands = lobby.api.account(BOT).commands
    names = ["start", "help", "language", "person", "forget"]
    assert len(commands) == 5, "one for everybody else, and one for each language"
    for told in commands.values():
        assert [each["command"] for each in told] == names
        assert all(each["description"] for each in told)
    assert len({each[0]["description"] for each in commands.values()}) == 4
    assert lobby.hall.core.house.presence.usernames == {"prospects": BOT}


async def test_start_begins_one_conversation_with_the_greeting(lobby: Lobby) -> None:
    await lobby.start()
    assert lobby.talks() == 1
    assert lobby.row.channel == "telegram"
    assert lobby.row.source == "telegram"
    assert lobby.said == [lobby.text("greeting")]
    assert len(lobby.keyboard.labels) == 6
    assert lobby.words() == []


async def test_a_start_parameter_is_the_source(lobby: Lobby) -> None:
    await lobby.start("autumn_fair-2026")
    assert lobby.row.source == "autumn_fair-2026"
    assert lobby.said == [lobby.text("greeting")]


async def test_a_first_message_is_greeted_and_taken(lobby: Lobby) -> None:
    await lobby.write("We need a shop for our bicycles")
    assert lobby.talks() == 1
    assert lobby.said[0] == lobby.text("greeting")
    assert lobby.words() == ["We need a shop for our bicycles"]
    assert lobby.state.profile["need"].value == "We need a shop for our bicycles"


async def test_the_language_of_the_client_is_a_hint(lobby: Lobby) -> None:
    chinese, other = lobby.add_person("zh-hans"), lobby.add_person("xx")
    await lobby.start(person=chinese)
    await lobby.start(person=other)
    assert lobby.api.chat(chinese.id, BOT).texts[-1] == lobby.text("greeting", "zh")
    assert lobby.api.chat(other.id, BOT).texts[-1] == lobby.text("greeting")
    assert lobby.hall.row(lobby.talk_of(chinese)).language == "zh"


async def test_two_people_have_two_conversations(lobby: Lobby) -> None:
    other = lobby.add_person()
    await lobby.start()
    await lobby.start(person=other)
    assert lobby.talk != lobby.talk_of(other)
    assert lobby.talks() == 2


# --- commands -------------------------------------------------------------------------------------


async def test_start_again_shows_where_the_talk_stands(lobby: Lobby) -> None:
    await lobby.start()
    await lobby.tap("Prices")
    asked = lobby.state.question
    assert asked is not None
    before = len(lobby.said)
    await lobby.start()
    assert lobby.talks() == 1
    assert len(lobby.said) > before
    assert lobby.state.question is not None
    assert lobby.keyboard is lobby.bot_messages[-1]  # it stands below the command


@pytest.mark.parametrize("written", ["/help", "/HELP", "/Help@Front_Bot", "/help please"])
async def test_help_in_each_spelling(lobby: Lobby, written: str) -> None:
    await lobby.start()
    await lobby.write(written)
    assert lobby.said[-1] == lobby.text("telegram.in.help")
    assert lobby.words() == []


async def test_an_unknown_command_is_words_and_gets_a_short_hint(lobby: Lobby) -> None:
    await lobby.start()
    await lobby.write("/price")
    assert lobby.text("telegram.in.unknown_command") in lobby.said
    said = len(lobby.said)
    await lobby.write("/quote for 20 users please")
    assert lobby.words() == ["/price", "/quote for 20 users please"]
    assert lobby.text("telegram.in.unknown_command") not in lobby.said[said:]


async def test_commands_while_a_person_has_the_talk(lobby: Lobby) -> None:
    """What is words reaches them; what the menu answers is a line of notice."""
    await lobby.start()
    assert (await lobby.hall.core.desk.claim(ANNA, lobby.talk)).won
    await lobby.work()
    before = len(lobby.said)
    for written in ("/quote", "/quote for 20 users please"):
        await lobby.write(written)
    assert lobby.words() == ["/quote", "/quote for 20 users please"]
    assert lobby.said[before:] == []
    await lobby.write("/help")
    await lobby.write("/language")
    answers = lobby.bot_messages[before:]
    assert [each.text for each in answers] == [
        lobby.text("telegram.in.help.human"), lobby.text("telegram.in.language.ask"),
    ]  # fmt: skip
    for answer in answers:
        (mark,) = answer.entities
        assert (mark["type"], mark["offset"], mark["length"]) == ("italic", 0, len(answer.text))
    await lobby.tap("中文")
    assert lobby.state.language == "zh"
    assert len(lobby.said) == before + 2


@pytest.mark.parametrize("written", ["/ hello", "/usr/bin or /opt?", "price/performance", "//x"])
async def test_what_is_no_command_is_words(lobby: Lobby, written: str) -> None:
    await lobby.start()
    await lobby.write(written)
    assert lobby.words() == [written]


async def test_person_brings_in_a_colleague(lobby: Lobby) -> None:
    await lobby.start()
    await lobby.write("/PERSON")
    assert lobby.state.owner == "waiting"
    assert lobby.state.reason == "person_requested"
    assert lobby.words() == ["/PERSON"]


async def test_person_may_be_the_very_first_word(lobby: Lobby) -> None:
    await lobby.write("/person")
    assert lobby.said[0] == lobby.text("greeting")
    assert lobby.state.owner == "waiting"


async def test_language_offers_each_by_its_own_name(lobby: Lobby) -> None:
    await lobby.start()
    await lobby.write("/language")
    assert lobby.keyboard.labels == ["English", "中文", "Русский", "Español"]
    menu = lobby.keyboard
    assert await lobby.tap("中文") == ""
    assert lobby.state.language == "zh"
    assert menu.rows == []
    assert "中文" in lobby.words()
    assert lobby.text("greeting", "zh") in lobby.said


async def test_forget_names_what_goes_and_erases_by_its_button(lobby: Lobby) -> None:
    await lobby.write("We are 40 people")
    talk = lobby.talk
    await lobby.write("/forget")
    assert lobby.said[-1] == lobby.text("erase.ask")
    await lobby.tap(lobby.keyboard.labels[0])
    assert lobby.said[-1] == lobby.text("erase.done")
    assert lobby.hall.row(talk).erased
    assert lobby.talk_of(lobby.ann) == ""
    await lobby.write("Hello again")
    assert lobby.talk != talk
    assert lobby.text("greeting") in lobby.said[-2:]
    assert lobby.words() == ["Hello again"]


async def test_forget_where_nothing_is_kept_keeps_nothing(lobby: Lobby) -> None:
    await lobby.write("/forget")
    assert lobby.said == [lobby.text("telegram.in.nothing_kept")]
    assert lobby.talks() == 0


# --- words ----------------------------------------------------------------------------------------


async def test_words_are_taken_once_however_often_they_come(lobby: Lobby) -> None:
    await lobby.start()
    lobby.ann.write(BOT, "We need a shop")
    await lobby.fetch()
    lobby.offset -= 1  # the answer to the confirmation was lost
    await lobby.settle()
    assert lobby.words() == ["We need a shop"]
    said = len(lobby.said)
    await lobby.settle()
    assert len(lobby.said) == said


async def test_typing_is_shown_once_in_a_while(lobby: Lobby) -> None:
    await lobby.start()
    for number in range(5):
        await lobby.write(f"need number {number}")
    assert len(lobby.chat.actions) == 1
    lobby.hall.clock.turn(4 * SECOND)
    await lobby.write("one more")
    assert len(lobby.chat.actions) == 2


async def test_nobody_types_while_a_person_has_the_talk(lobby: Lobby) -> None:
    await lobby.start()
    assert (await lobby.hall.core.desk.claim(ANNA, lobby.talk)).won
    lobby.hall.clock.turn(MINUTE)
    await lobby.write("are you there?")
    assert lobby.chat.actions == []
    assert lobby.words() == ["are you there?"]


async def test_an_edited_text_is_a_correction(lobby: Lobby) -> None:
    await lobby.start()
    reading = Reading(
        text="We are in Berlin", language="en", intents=("provide_info",), slots={"city": "Berlin"}
    )
    lobby.hall.words.script["We are in Berlin"] = reading
    lobby.hall.words.script["We are in Munich"] = Reading(
        text="We are in Munich", language="en", intents=("provide_info",), slots={"city": "Munich"}
    )
    message = await lobby.write("We are in Berlin")
    lobby.ann.edit(message, "We are in Munich")
    await lobby.settle()
    assert lobby.state.profile["city"].value == "Munich"
    assert lobby.words() == ["We are in Berlin", "We are in Munich"]
    ids = [each.external_id for each in lobby.messages if each.author == "prospect"]
    assert ids[1].startswith(f"{ids[0]}:")


async def test_an_edit_that_changes_nothing_is_silent(lobby: Lobby) -> None:
    message = await lobby.write("We need a shop")
    said, words = len(lobby.said), lobby.words()
    lobby.ann.edit(message, "We need a shop")
    await lobby.settle()
    lobby.ann.edit(message, "We need a big shop")
    await lobby.settle()
    assert lobby.words() == [*words, "We need a big shop"]
    after = len(lobby.said)
    assert after > said
    lobby.ann.edit(message, "We need a big shop")
    await lobby.settle()
    assert len(lobby.said) == after


async def test_two_edits_in_one_second_both_count(lobby: Lobby) -> None:
    message = await lobby.write("first")
    lobby.api.clock = lambda: 1_000.0
    lobby.ann.edit(message, "second")
    lobby.ann.edit(message, "third")
    await lobby.settle()
    assert lobby.words() == ["first", "second", "third"]
    assert lobby.set_aside() == []


async def test_an_edit_of_what_nobody_knows_begins_nothing(lobby: Lobby) -> None:
    message = await lobby.write("/forget")
    lobby.ann.edit(message, "We need a shop")
    await lobby.settle()
    assert lobby.talks() == 0
    assert lobby.set_aside() == []


async def test_a_forwarded_text_is_somebody_elses(lobby: Lobby) -> None:
    await lobby.start()
    await lobby.write("/forget", forwarded=True)
    assert lobby.words() == ["/forget"]
    assert lobby.text("erase.ask") not in lobby.said
    assert lobby.state.forwarded == "/forget"


async def test_a_text_beyond_the_limit_is_refused_in_their_language(tmp_path: Path) -> None:
    lobby = await make_lobby(tmp_path, message_max_chars=100)
    try:
        lobby.ann.language = "zh"
        await lobby.start()
        await lobby.write("字" * 101)
        assert lobby.said[-1] == lobby.text("error.too_long", "zh")
        assert lobby.words() == []
        await lobby.write("字" * 100)
        assert lobby.words() == ["字" * 100]
    finally:
        await close(lobby)


async def test_an_invisible_text_is_refused_once(lobby: Lobby) -> None:
    await lobby.start()
    before = len(lobby.said)
    await lobby.write("\u2060\u200b\u2063")
    assert lobby.said[before:] == [lobby.text("error.empty")]
    assert lobby.words() == []


async def test_a_fault_of_ours_is_told_and_the_message_is_kept_for_replay(lobby: Lobby) -> None:
    await lobby.start()
    words = lobby.hall.words
    understand = words.read

    def fail(text: str, **_: Any) -> Reading:
        raise ZeroDivisionError(text)

    words.read = fail  # type: ignore[method-assign]
    await lobby.write("We need a shop")
    assert lobby.said[-1] == lobby.text("error.internal")
    ((number, state, _),) = lobby.set_aside()
    assert state == "aside"
    await lobby.write("/help")
    assert lobby.said[-1] == lobby.text("telegram.in.help")
    words.read = understand  # type: ignore[method-assign]
    replayed = asyncio.create_task(lobby.arrivals.replay(number))
    await asyncio.sleep(0.05)
    await lobby.work()
    row = await replayed
    assert row is not None
    assert row.state == "done"
    assert lobby.words() == ["We need a shop"]


async def test_the_own_contact_is_read_like_words(lobby: Lobby) -> None:
    await lobby.start()
    lobby.ann.share_contact(BOT, phone="4915112345678")
    await lobby.settle()
    assert lobby.words() == ["Ann, +4915112345678"]


async def test_a_foreign_contact_is_not_taken(lobby: Lobby) -> None:
    await lobby.start()
    lobby.ann.share_contact(BOT, own=False)
    await lobby.settle()
    assert lobby.words() == []
    assert lobby.said[-1] == lobby.text("telegram.in.contact.foreign")


NIGHT = 12 * HOUR  # after the hours of the demo company


@pytest.mark.parametrize("shared", [False, True])
async def test_the_keyboard_that_asks_for_the_number(lobby: Lobby, shared: bool) -> None:
    lobby.hall.clock.turn(NIGHT)
    await lobby.start()
    await lobby.tap("Talk to a person")
    asked = lobby.state.question
    assert asked is not None
    assert asked.slot == "email"
    keyboard = lobby.chat.keyboard
    assert keyboard is not None
    assert "request_contact" in keyboard["keyboard"][0][0]
    phone = "+4915112345678"
    said = f"Ann, {phone}"
    slots: dict[str, Value] = {"phone": phone, "name": "Ann"}
    lobby.hall.words.script[said] = Reading(text=said, intents=("provide_info",), slots=slots)
    if shared:
        lobby.ann.share_contact(BOT, phone=phone)
    else:
        lobby.ann.press(BOT, "Skip")
    await lobby.settle()
    assert lobby.words()[-1] == (said if shared else "Skip")
    after = lobby.state.question
    assert after is None or after.number != asked.number
    if shared:
        assert lobby.state.profile["phone"].value == phone
    assert lobby.chat.keyboard is None


# --- all that is no text --------------------------------------------------------------------------


async def test_each_unreadable_thing_gets_its_answer(lobby: Lobby) -> None:
    await lobby.start()
    question = lobby.state.question
    ann, sent = lobby.ann, lobby.api
    ann.send_voice(BOT)
    ann.send_photo(BOT)
    ann.send_sticker(BOT)
    ann.send_location(BOT)
    ann.send_poll(BOT)
    ann.send_dice(BOT)
    for kind in ("audio", "video", "video_note", "animation"):
        ann.send_file(BOT, kind, f"x.{kind}")
    await lobby.settle()
    names = (
        "voice", "photo", "sticker", "location", "poll", "other", "audio", "video", "video",
        "sticker",
    )  # fmt: skip
    assert lobby.said[1:] == [lobby.text(f"telegram.in.unread.{name}") for name in names]
    assert lobby.state.question == question
    assert lobby.words() == []
    assert not [c for c in sent.made("getFile")]


async def test_a_thumb_is_no_yes(lobby: Lobby) -> None:
    await lobby.start()
    before = lobby.state
    lobby.ann.send_sticker(BOT)
    await lobby.settle()
    assert lobby.state == before


async def test_the_answer_is_in_the_language_of_the_talk(lobby: Lobby) -> None:
    chinese = lobby.add_person("zh-CN")
    await lobby.start(person=chinese)
    chinese.send_voice(BOT)
    await lobby.settle()
    said = lobby.api.chat(chinese.id, BOT).texts[-1]
    assert said == lobby.text("telegram.in.unread.voice", "zh")


async def test_a_sticker_first_is_greeted(lobby: Lobby) -> None:
    lobby.ann.send_sticker(BOT)
    await lobby.settle()
    assert lobby.said == [lobby.text("greeting")]


async def test_a_caption_is_read_though_the_picture_is_not(lobby: Lobby) -> None:
    await lobby.start()
    lobby.ann.send_photo(BOT, caption="This is our old shop")
    await lobby.settle()
    assert lobby.said[1] == lobby.text("telegram.in.unread.captioned")
    assert lobby.words() == ["This is our old shop"]


async def test_while_a_person_has_the_talk_it_is_said_that_nothing_reaches_them(
    lobby: Lobby,
) -> None:
    await lobby.start()
    assert (await lobby.hall.core.desk.claim(ANNA, lobby.talk)).won
    await lobby.work()
    lobby.ann.send_voice(BOT)
    await lobby.settle()
    assert lobby.said[-1] == lobby.text("telegram.in.unread.human")
    assert notes(lobby) == ["telegram.in.note.sent.voice"]


async def test_what_nobody_can_read_leaves_a_line_for_staff(lobby: Lobby) -> None:
    lobby.ann.send_photo(BOT, caption="Our old shop")
    await lobby.settle()
    lobby.ann.send_voice(BOT)
    lobby.ann.share_contact(BOT, own=False)
    lobby.ann.send_dice(BOT)
    await lobby.fetch()
    await lobby.work()
    lobby.offset -= 1  # the last one comes again
    await lobby.settle()
    names = ("photo", "voice", "contact", "other")
    assert notes(lobby) == [f"telegram.in.note.sent.{name}" for name in names]
    assert lobby.words() == ["Our old shop"]
    assert all("[" not in each for each in lobby.said)


def notes(lobby: Lobby) -> list[str]:
    """The lines for staff, by the keys of their texts."""
    found = [each for each in lobby.messages if each.author == "note"]
    keys = [records.read_reply(each.body, each.text).key for each in found]
    assert [each.text for each in found] == [lobby.text(key) for key in keys]
    return keys


# --- elsewhere ------------------------------------------------------------------------------------


async def test_in_a_group_it_says_once_where_it_talks_and_leaves(lobby: Lobby) -> None:
    group = lobby.api.add_group(-1009, "Friends", members=[lobby.ann], bots=[])
    bot = lobby.api.account(BOT)
    for _ in range(2):
        lobby.api.change_member(group, bot, "administrator", lobby.ann)
        lobby.ann.write(group, "hello bot")
        await lobby.settle()
        assert not group.holds(bot.id)
    said = [m.text for m in group.from_bot if m.text]
    assert said == [lobby.text("telegram.in.private_only")]
    assert lobby.talks() == 0
    assert lobby.set_aside() == []


async def test_blocking_and_coming_back_change_nothing_by_themselves(lobby: Lobby) -> None:
    await lobby.start()
    talk, said = lobby.talk, len(lobby.said)
    lobby.ann.block(BOT)
    lobby.ann.unblock(BOT)
    await lobby.settle()
    assert lobby.talk == talk
    assert len(lobby.said) == said
    assert lobby.set_aside() == []
