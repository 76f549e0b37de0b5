"""Talks of one person: proposed, joined, taken apart, and what erasing leaves of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.desk.joining import find_duplicates
from bot.linking import Linking, issue
from storage import chats, joined, reading, retention
from storage.chats import ChatRow
from tests.bot.desk.room import CARE, refusal, told_talk
from tests.bot.hall import ANNA, BORIS, GUEST, HEAD, Hall, hall, make_hall, make_settings

__all__ = ["hall"]

MAIL = "ada@nordlicht.example"


def proposed(hall: Hall, talk: str) -> dict[str, str]:
    found = hall.db.peek(lambda tx: find_duplicates(tx, talk, hall.state(talk)))
    return {each.conversation: each.why for each in found}


def others(hall: Hall, talk: str) -> set[str]:
    return set(hall.db.peek(lambda tx: joined.joined_with(tx, talk)))


async def test_who_may_be_the_same_person(hall: Hall) -> None:
    talk = await told_talk(
        hall, email=MAIL, phone="+4989123456", name="Ada Weiss", company="Nordlicht"
    )
    mail = await told_talk(hall, email="ADA@Nordlicht.example")
    phone = await told_talk(hall, phone="4989123456")
    both = await told_talk(hall, name="ada  weiss", company="NORDLICHT")
    await told_talk(hall, name="Ada Weiss", company="Another")
    await told_talk(hall, company="Nordlicht")
    assert proposed(hall, talk) == {mail: "email", phone: "phone", both: "company"}
    assert proposed(hall, mail) == {talk: "email"}
    assert proposed(hall, phone) == {talk: "phone"}


async def test_joined_talks_know_each_other_until_it_is_undone(hall: Hall) -> None:
    first, second, third = [await told_talk(hall, email=MAIL) for _ in range(3)]
    desk = hall.core.desk
    one = await desk.join(ANNA, first, second)
    assert (await desk.join(BORIS, second, first)).repeated
    two = await desk.join(ANNA, third, second)
    assert others(hall, first) == {second, third}
    assert others(hall, second) == {first, third}
    assert proposed(hall, first) == {}
    assert refusal(await desk.undo(BORIS, third, two.undo)) == "not_yours"
    assert not refusal(await desk.undo(ANNA, third, two.undo))
    assert others(hall, third) == set()
    assert others(hall, first) == {second}
    assert (await desk.undo(ANNA, third, two.undo)).repeated
    assert not refusal(await desk.undo(HEAD, first, one.undo))
    assert others(hall, first) == others(hall, second) == set()
    assert proposed(hall, first) == {second: "email", third: "email"}


async def test_a_late_undo_leaves_what_a_colleague_joined_since(hall: Hall) -> None:
    first, second = [await told_talk(hall, email=MAIL) for _ in range(2)]
    desk = hall.core.desk
    one = await desk.join(ANNA, first, second)
    assert (await desk.join(ANNA, first, second)).undo == one.undo, "clicked twice"
    assert not refusal(await desk.part(BORIS, first, second))
    await hall.wait(1)
    two = await desk.join(BORIS, first, second)
    assert refusal(await desk.undo(ANNA, first, one.undo)) == "moved_on"
    assert others(hall, first) == {second}
    assert not refusal(await desk.part(BORIS, first, second))
    await hall.wait(1)
    await desk.join(BORIS, second, first)
    assert refusal(await desk.undo(HEAD, first, one.undo)) == "moved_on"
    assert refusal(await desk.undo(BORIS, first, two.undo)) == "moved_on"
    assert others(hall, first) == {second}


async def test_taking_one_out_leaves_the_others_together(hall: Hall) -> None:
    talks = [await told_talk(hall, email=MAIL) for _ in range(4)]
    head, *rest = talks
    for each in rest:
        await hall.core.desk.join(ANNA, head, each)
    assert not refusal(await hall.core.desk.part(BORIS, rest[0], head))
    assert others(hall, head) == set()
    assert others(hall, rest[0]) == set(rest[1:])
    assert (await hall.core.desk.part(BORIS, rest[0], head)).repeated, "clicked twice"
    assert refusal(await hall.core.desk.part(ANNA, rest[0], head)) == "not_joined"


async def test_what_cannot_be_joined(hall: Hall) -> None:
    talk, other = await told_talk(hall, email=MAIL), await told_talk(hall, email=MAIL)
    desk = hall.core.desk
    assert refusal(await desk.join(ANNA, talk, talk)) == "self"
    assert refusal(await desk.join(ANNA, talk, "nowhere")) == "unknown"
    assert refusal(await desk.join(GUEST, talk, other)) == "role"
    assert refusal(await desk.join(CARE, talk, other)) == "unknown", "not theirs to see"
    await hall.db.write(lambda tx: retention.erase(tx, other, hall.clock()))
    assert refusal(await desk.join(ANNA, talk, other)) == "unknown"
    assert others(hall, talk) == set()


async def test_a_group_does_not_grow_without_end(hall: Hall) -> None:
    talks = [await hall.open() for _ in range(joined.GROUP_MAX + 1)]
    answers = [await hall.core.desk.join(ANNA, talks[0], each) for each in talks[1:]]
    assert [refusal(each) for each in answers][-1] == "full"
    assert len(others(hall, talks[0])) == joined.GROUP_MAX - 1


async def test_two_who_join_at_once_make_one_group(hall: Hall) -> None:
    first, second = await told_talk(hall, email=MAIL), await told_talk(hall, email=MAIL)
    desk = hall.core.desk
    answers = await asyncio.gather(desk.join(ANNA, first, second), desk.join(BORIS, second, first))
    assert [each.repeated for each in answers] == [False, True]
    assert others(hall, first) == {second}


async def test_an_erased_talk_is_named_nowhere(hall: Hall) -> None:
    head, second, third = [await told_talk(hall, email=MAIL) for _ in range(3)]
    await hall.core.desk.join(ANNA, head, second)
    await hall.core.desk.join(ANNA, head, third)
    await hall.db.write(lambda tx: retention.erase(tx, head, hall.clock()))
    assert others(hall, second) == {third}
    assert proposed(hall, second) == {}
    await hall.db.write(lambda tx: retention.erase(tx, third, hall.clock()))
    assert others(hall, second) == set()


async def test_a_talk_that_goes_on_in_another_ones_chat_is_joined_with_it(tmp_path: Path) -> None:
    hall = make_hall(make_settings(tmp_path))
    website = await told_talk(hall, city="Munich")
    chat = await told_talk(hall, city="Munich")
    await hall.db.write(lambda tx: _link(tx, chat))
    issued = await issue(hall.db, website, hall.clock())
    linking = Linking(hall.core.house, hall.core.mind, frozenset({"telegram"}))
    crossed = await linking.cross(ChatRow("telegram", "77", "", hall.clock()), issued.code)
    assert crossed.outcome == "linked"
    assert others(hall, website) == {chat}
    await hall.db.close()


async def test_talks_that_stay_apart_because_one_waits_are_joined_as_one_persons(
    tmp_path: Path,
) -> None:
    hall = make_hall(make_settings(tmp_path))
    website = await told_talk(hall, city="Munich")
    chat = await told_talk(hall, city="Munich")
    await hall.escalate(chat)
    await hall.db.write(lambda tx: _link(tx, chat))
    issued = await issue(hall.db, website, hall.clock())
    linking = Linking(hall.core.house, hall.core.mind, frozenset({"telegram"}))
    for _ in range(2):
        crossed = await linking.cross(ChatRow("telegram", "77", "", hall.clock()), issued.code)
        assert crossed.outcome == "kept"
    assert (hall.state(chat).owner, hall.state(website).owner) == ("waiting", "bot")
    assert others(hall, website) == {chat}
    assert others(hall, chat) == {website}
    for talk, other in ((website, chat), (chat, website)):
        rows = hall.db.peek(
            lambda tx, of=talk: reading.messages_after(tx, of, 0, internal=True, limit=100)  # type: ignore[misc]
        )
        notes = [row.text for row in rows if row.author == "note"]
        assert sum(f"/transcripts/{other}" in note for note in notes) == 1
    await hall.db.close()


def _link(tx: object, talk: str) -> None:
    chats.link(tx, ChatRow("telegram", "77", talk, 1))  # type: ignore[arg-type]
