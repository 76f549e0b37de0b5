"""A talk that began on the website goes on in Telegram: one talk, one transcript, both sides."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot import linking
from bot.intake import hash_token
from dialogs.types import Incoming
from storage import chats, conversations
from tests.bot.hall import ANNA, MINUTE
from tests.bot.telegram.lobby import BOT, Lobby, lobby
from tests.bot.telegram.website import Visitor, Website, website

__all__ = ["lobby", "website"]


def notes(lobby: Lobby, talk: str) -> list[str]:
    return [m.text for m in lobby.hall.messages(talk) if m.author == "note"]


def events(lobby: Lobby, talk: str) -> list[str]:
    return [m.text for m in lobby.hall.messages(talk) if m.author == "event"]


# --- the link -------------------------------------------------------------------------------------


async def test_a_link_opens_the_bot_with_a_code(website: Website) -> None:
    visitor = await website.visit()
    answer = await visitor.ask_link()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    link = answer.json()
    assert set(link) == {"href", "expires"}
    address, _, code = link["href"].partition("?start=")
    assert address == f"https://t.me/{BOT}"
    assert re.fullmatch(r"[A-Za-z0-9_-]{22,64}", code)
    assert link["expires"] == website.lobby.hall.clock.time + linking.LIFETIME
    assert (await visitor.get_code()) != code


async def test_only_who_has_the_talks_token_gets_one(website: Website) -> None:
    visitor, other = await website.visit(), await website.visit()
    for headers, status, error in (
        ({"Authorization": ""}, 401, "token"),
        ({"Authorization": f"Bearer {other.token}"}, 404, "unknown_conversation"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "origin"),
    ):
        answer = await visitor.ask_link(**headers)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
    nowhere = Visitor(visitor.client, "x" * 22, visitor.token)
    assert (await nowhere.ask_link()).json()["error"] == "unknown_conversation"


async def test_a_talk_gets_ten_links_a_minute(website: Website) -> None:
    visitor, other = await website.visit("zh"), await website.visit()
    codes = [(await visitor.ask_link()).status_code for _ in range(11)]
    assert codes == [201] * 10 + [429]
    answer = await visitor.ask_link()
    assert answer.json()["error"] == "too_many"
    assert int(answer.headers["retry-after"]) > 0
    assert (await other.ask_link()).status_code == 201


async def test_without_a_bot_there_is_no_link_and_no_button(website: Website) -> None:
    visitor = await website.visit()
    assert "data-telegram" in (await website.client.get("/chat")).text
    website.lobby.hall.core.house.presence.usernames.clear()
    answer = await visitor.ask_link()
    assert (answer.status_code, answer.json()["error"]) == (404, "no_telegram")
    assert answer.json()["text"] == website.lobby.text("error.no_telegram")
    assert "data-telegram" not in (await website.client.get("/chat")).text


async def test_the_route_is_described(website: Website) -> None:
    found = (await website.client.get("/api/openapi.json")).json()
    path = found["paths"]["/api/conversations/{conversation}/telegram"]["post"]
    assert "Telegram" in path["summary"]
    assert "201" in path["responses"]


# --- the same talk --------------------------------------------------------------------------------


async def test_the_talk_goes_on_at_the_same_question(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    await visitor.say("We need a shop for bicycles")
    question = lobby.hall.state(visitor.talk).question
    assert question is not None
    await lobby.start(await visitor.get_code())
    assert lobby.talk == visitor.talk
    assert lobby.said[0] == lobby.text("telegram.in.continued")
    assert len(lobby.said) == 2
    assert lobby.state.question == question
    await lobby.write("We are in Munich")
    assert lobby.words() == ["We need a shop for bicycles", "We are in Munich"]
    shown = await visitor.read()
    assert shown[-1]["author"] == "bot"
    assert "We are in Munich" in [each.get("text") for each in shown]
    await visitor.say("and in Berlin")
    await lobby.work()
    assert lobby.words()[-1] == "and in Berlin"
    assert lobby.said[-1] == lobby.messages[-1].text
    assert lobby.row.channel == "widget"
    lobby.hall.check_numbers(visitor.talk)


async def test_what_is_said_on_the_website_stands_in_the_chat_as_well(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    await visitor.say("We need a shop for bicycles")
    await lobby.start(await visitor.get_code())
    assert not any("bicycles" in each for each in lobby.said), "said before"
    await visitor.say("<b>in Munich</b> 🦊")
    await lobby.work()
    places = [n for n, m in enumerate(lobby.bot_messages) if m.text.endswith("🦊")]
    quote = lobby.bot_messages[places[0]]
    assert quote.text == "You, on the website: <b>in Munich</b> 🦊"
    assert quote.silent
    assert len(places) == 1
    assert places[0] < len(lobby.bot_messages) - 1, "the answer comes below"
    assert not lobby.bot_messages[-1].silent
    count = len(lobby.bot_messages)
    question = lobby.state.question
    assert question is not None
    skip = next(b for b in lobby.hall.buttons(visitor.talk) if b.kind == "skip")
    await visitor.send(kind="choice", question=question.number, value=skip.value)
    await lobby.work()
    assert lobby.bot_messages[count].text == f"You, on the website: {skip.label}"
    await lobby.write("And here in the chat")
    assert not any(each.endswith("in the chat") for each in lobby.said[count:])
    assert (await lobby.hall.core.desk.claim(ANNA, visitor.talk)).won
    await visitor.say("Are you there?")
    await lobby.work()
    assert lobby.said[-1] == "You, on the website: Are you there?"


async def test_the_open_question_can_be_answered_by_its_button(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    await visitor.say("We need a shop for bicycles")
    question = lobby.hall.state(visitor.talk).question
    assert question is not None
    await lobby.start(await visitor.get_code())
    await lobby.tap(lobby.keyboard.labels[0])
    assert lobby.state.profile[question.slot].value is not None


async def test_a_talk_that_was_only_greeted_shows_the_greeting(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit("zh")
    await lobby.start(await visitor.get_code())
    assert lobby.said == [
        lobby.text("telegram.in.continued", "zh"), lobby.text("greeting", "zh"),
    ]  # fmt: skip
    assert len(lobby.keyboard.labels) == 6


async def test_a_code_works_once_and_then_says_so(website: Website) -> None:
    lobby = website.lobby
    visitor, other = await website.visit(), lobby.add_person()
    code = await visitor.get_code()
    await lobby.start(code)
    await lobby.start(code, other)
    assert lobby.api.chat(other.id, BOT).texts[1:] == [
        lobby.text("telegram.in.code.unknown"), lobby.text("greeting"),
    ]  # fmt: skip
    assert lobby.talk == visitor.talk
    assert lobby.talk_of(other) not in ("", visitor.talk)
    assert lobby.hall.row(lobby.talk_of(other)).source == "telegram"


async def test_the_same_code_in_the_same_chat_shows_the_question_again(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    await visitor.say("We need a shop")
    code = await visitor.get_code()
    await lobby.start(code)
    said = lobby.said
    await lobby.start(code)
    assert lobby.talk == visitor.talk
    assert lobby.text("telegram.in.code.unknown") not in lobby.said
    assert events(lobby, visitor.talk) == [lobby.text("telegram.in.continued")]
    assert lobby.said[-1] == said[-1]
    assert lobby.keyboard is lobby.bot_messages[-1]


async def test_a_code_ends_after_ten_minutes(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    code = await visitor.get_code()
    lobby.hall.clock.turn(10 * MINUTE)
    await lobby.start(code)
    assert lobby.talk != visitor.talk
    assert lobby.said == [lobby.text("telegram.in.code.unknown"), lobby.text("greeting")]


async def test_a_code_of_an_erased_talk_is_gone_with_it(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    code = await visitor.get_code()
    await visitor.send(kind="choice", value="erase")
    await lobby.start(code)
    assert lobby.said == [lobby.text("telegram.in.code.unknown"), lobby.text("greeting")]


async def test_a_talk_goes_on_in_one_chat_at_a_time(website: Website) -> None:
    lobby = website.lobby
    visitor, phone = await website.visit(), lobby.add_person()
    await lobby.start(await visitor.get_code())
    await lobby.start(await visitor.get_code(), phone)
    assert lobby.talk_of(phone) == visitor.talk
    assert lobby.talk_of(lobby.ann) == ""
    await lobby.write("and now?")
    assert lobby.talk_of(lobby.ann) not in ("", visitor.talk)


async def test_a_code_cut_off_anywhere_links_once(website: Website) -> None:
    lobby = website.lobby
    for cut in range(25):
        person = lobby.add_person()
        visitor = await website.visit()
        await visitor.say("We need a shop")
        person.start(BOT, await visitor.get_code())
        await lobby.fetch()
        task = asyncio.create_task(lobby.arrivals.drain())
        await asyncio.sleep(cut * 0.0004)
        task.cancel()
        for each in (task, *lobby.arrivals._tasks):
            each.cancel()
        await asyncio.gather(task, *lobby.arrivals._tasks, return_exceptions=True)
        lobby.reopen()
        await lobby.work()
        assert lobby.talk_of(person) == visitor.talk
        assert events(lobby, visitor.talk) == [lobby.text("telegram.in.continued")]
        said = [m.text for m in lobby.api.chat(person.id, BOT).from_bot]
        assert len(said) == 2
        assert said[0] == lobby.text("telegram.in.continued")


# --- two talks become one -------------------------------------------------------------------------


async def test_an_untouched_talk_is_simply_left(website: Website) -> None:
    lobby = website.lobby
    await lobby.start()
    left = lobby.talk
    visitor = await website.visit()
    await lobby.start(await visitor.get_code())
    assert lobby.talk == visitor.talk
    assert notes(lobby, left) == []
    assert lobby.hall.row(left).close_reason == ""
    assert lobby.hall.row(left).owner == "bot"


async def test_the_websites_talk_takes_over_and_the_old_one_is_closed(website: Website) -> None:
    lobby = website.lobby
    await lobby.write("We need a shop")
    left = lobby.talk
    visitor = await website.visit()
    await visitor.say("We need a shop for bicycles")
    await lobby.start(await visitor.get_code())
    assert lobby.talk == visitor.talk
    row = lobby.hall.row(left)
    assert (row.owner, row.close_reason, row.outcome) == ("closed", "duplicate", "closed")
    assert [visitor.talk in note for note in notes(lobby, left)] == [True]
    assert [left in note for note in notes(lobby, visitor.talk)] == [True]
    assert lobby.hall.deliveries(left, "timer") == []
    assert not [d for d in lobby.hall.deliveries(left, "send") if d.state == "queued"]
    assert all("/transcripts/" not in str(each.get("text")) for each in await visitor.read())
    lobby.hall.check_numbers(left)


@pytest.mark.parametrize("claimed", [False, True])
async def test_where_a_colleague_is_the_chat_stays(website: Website, claimed: bool) -> None:
    lobby = website.lobby
    await lobby.write("/person")
    own = lobby.talk
    if claimed:
        assert (await lobby.hall.core.desk.claim(ANNA, own)).won
        await lobby.work()
    visitor = await website.visit()
    before = len(lobby.said)
    code = await visitor.get_code()
    await lobby.start(code)
    assert lobby.talk == own
    assert lobby.said[before:] == [lobby.text("telegram.in.code.kept")]
    assert [own in note for note in notes(lobby, visitor.talk)] == [True]
    assert [visitor.talk in note for note in notes(lobby, own)] == [True]
    await lobby.start(code)  # and again
    assert lobby.talk == own
    assert len(notes(lobby, visitor.talk)) == len(notes(lobby, own)) == 1


async def test_a_talk_that_a_colleague_has_can_come_to_telegram(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    await visitor.send(kind="choice", value="person")
    assert (await lobby.hall.core.desk.claim(ANNA, visitor.talk)).won
    await lobby.start(await visitor.get_code())
    assert lobby.said[0] == lobby.text("telegram.in.continued")
    assert ANNA.display_name in lobby.said[1]
    assert len(lobby.said) == 2
    acted = await lobby.hall.core.desk.reply(ANNA, visitor.talk, "r1", "Good morning")
    assert not acted.refused
    await lobby.work()
    assert lobby.said[-1].endswith("Good morning")
    await lobby.write("Good morning to you")
    assert lobby.words()[-1] == "Good morning to you"


async def test_a_talk_that_was_ended_goes_on_too(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    await visitor.say("We need a shop")
    assert not (await lobby.hall.core.desk.close(ANNA, visitor.talk, "other")).refused
    await lobby.start(await visitor.get_code())
    assert lobby.state.owner == "bot"
    assert lobby.state.question is not None
    assert lobby.keyboard is lobby.bot_messages[-1]


async def test_who_waits_is_shown_the_open_question(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    await visitor.send(kind="choice", value="person")
    question = lobby.hall.state(visitor.talk).question
    await lobby.start(await visitor.get_code())
    assert lobby.state.owner == "waiting"
    assert lobby.state.question == question
    # That it goes on here, that a colleague was told, and what is open.
    assert len(lobby.said) == (3 if question else 2)


async def test_buttons_of_the_left_talk_are_stale(website: Website) -> None:
    lobby = website.lobby
    await lobby.start()
    old = lobby.keyboard
    data = old.find_button("Prices")["callback_data"]
    visitor = await website.visit()
    await lobby.start(await visitor.get_code())
    assert await lobby.tap_raw(data, old) == lobby.text("telegram.in.tap.stale")
    assert lobby.words() == []


# --- what is kept ---------------------------------------------------------------------------------


async def test_neither_code_nor_token_stands_in_the_database(website: Website) -> None:
    lobby = website.lobby
    visitor = await website.visit()
    code = await visitor.get_code()
    await lobby.start(code)
    await lobby.db.checkpoint()
    stored = lobby.db.path.read_bytes()
    # The raw update holds it until it was taken in.
    assert code.encode() not in stored
    assert visitor.token.encode() not in stored
    row = lobby.db.peek(lambda tx: conversations.load(tx, visitor.talk))
    assert row is not None
    assert row.token_hash == hash_token(visitor.token)


async def test_opening_in_a_chat_that_is_taken_gives_the_talk_that_is_there(lobby: Lobby) -> None:
    intake = lobby.hall.core.intake
    chat = chats.ChatRow("telegram", "77", "", 1)
    first = await intake.open("telegram", "en", "fair", chat)
    second = await intake.open("telegram", "zh", "other", chat)
    assert second.conversation == first.conversation
    assert (bool(first.token), second.token) == (True, "")
    assert lobby.talks() == 1
    handled = await intake.handle(
        Incoming(conversation=first.conversation, external_id="tg:open", kind="open")
    )
    assert not handled.refused


def test_the_link_needs_a_running_bot(lobby: Lobby) -> None:
    presence = lobby.hall.core.house.presence
    assert linking.make_link(presence, "x") == f"https://t.me/{BOT}?start=x"
    presence.usernames.clear()
    assert linking.make_link(presence, "x") == ""
