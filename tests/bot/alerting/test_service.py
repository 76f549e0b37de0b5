"""What reply is owed, when it is late, who is told, and what the report keeps of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.alerting.notices import Notice
from bot.alerting.service_watch import ServiceWatch
from storage import accounts, conversations, desk, desk_people, outbox, service
from storage.accounts import StaffRow
from storage.desk import Case
from storage.desk_people import DeskPerson, OwnSettings
from storage.outbox import Delivery
from tests.bot.hall import ANNA, HOUR, MINUTE, SECOND, Hall, Member, hall

__all__ = ["hall"]


def case_of(hall: Hall, talk: str) -> Case:
    return hall.db.peek(lambda tx: desk.get(tx, talk))


async def replies(hall: Hall) -> list[service.Reply]:
    return await hall.db.read(lambda at: service.read_replies(at, 0, 2**53))


async def add_person(hall: Hall, name: str, **own: Any) -> Member:
    row = StaffRow(
        id=0, name=name.lower(), display_name=name, role="presales", password_hash="",
        disabled=False, created_at=hall.clock.time,
    )  # fmt: skip
    number = await hall.db.write(lambda tx: accounts.add_staff(tx, row))
    new = {"email": "", "away_from": 0, "away_until": 0, "deputy": "", "capacity": 0,
           "alerts": "browser"}  # fmt: skip
    await hall.db.write(lambda tx: desk_people.set_own(tx, number, OwnSettings(**{**new, **own})))
    return Member(number, name)


async def waiting(hall: Hall) -> str:
    talk = await hall.open()
    await hall.escalate(talk)
    return talk


def watch(hall: Hall) -> ServiceWatch:
    return ServiceWatch(hall.core.house, hall.core.mind)


async def test_a_call_for_a_person_owes_a_first_reply_until_one_comes(hall: Hall) -> None:
    talk, since = await waiting(hall), hall.clock.time
    case = case_of(hall, talk)
    assert (case.due_kind, case.due_since, case.due) == ("first", since, since + 5 * MINUTE)
    assert (case.person, case.team) == ("Mareike Tönnsen", "Pre-sales Europe")
    hall.clock.turn(2 * MINUTE)
    await hall.core.desk.claim(ANNA, talk)
    assert case_of(hall, talk).due == since + 5 * MINUTE, "whoever takes it owes it"
    hall.clock.turn(MINUTE)
    await hall.core.desk.reply(ANNA, talk, "r1", "Good morning")
    case = case_of(hall, talk)
    assert (case.due, case.due_kind, case.first_reply) == (0, "", hall.clock.time)
    (kept,) = await replies(hall)
    assert (kept.kind, kept.reason, kept.staff_id) == ("first", "person_requested", ANNA.id)
    assert (kept.since, kept.replied_at) == (since, since + 3 * MINUTE)


async def test_each_word_to_a_human_owes_the_next_reply_once(hall: Hall) -> None:
    talk = await waiting(hall)
    await hall.core.desk.claim(ANNA, talk)
    await hall.core.desk.reply(ANNA, talk, "r1", "Good morning")
    hall.clock.turn(MINUTE)
    await hall.say(talk, "One more thing")
    since = hall.clock.time
    hall.clock.turn(MINUTE)
    await hall.say(talk, "And another")
    case = case_of(hall, talk)
    assert (case.due_kind, case.due_since, case.due) == ("next", since, since + 15 * MINUTE)
    await hall.core.desk.reply(ANNA, talk, "r2", "Here you are")
    assert [each.kind for each in await replies(hall)] == ["next", "first"]


async def test_what_ends_without_a_reply_is_kept_as_such(hall: Hall) -> None:
    talk = await waiting(hall)
    hall.clock.turn(MINUTE)
    await hall.core.desk.not_a_lead(ANNA, talk, "spam")
    assert case_of(hall, talk).due == 0
    (kept,) = await replies(hall)
    assert (kept.replied_at, kept.due) == (0, 0), "its time had not come: nobody was late"


async def test_what_ends_late_without_a_reply_was_late(hall: Hall) -> None:
    talk, since = await waiting(hall), hall.clock.time
    hall.clock.turn(6 * MINUTE)
    await hall.core.desk.not_a_lead(ANNA, talk, "spam")
    (kept,) = await replies(hall)
    assert (kept.replied_at, kept.due) == (0, since + 5 * MINUTE)


async def test_a_talk_with_the_bot_owes_nothing_and_has_no_case(hall: Hall) -> None:
    talk = await hall.open()
    await hall.say(talk, "We sell bicycles")
    assert hall.db.peek(lambda tx: tx.all("SELECT * FROM desk_case")) == []


async def test_outside_the_hours_the_clock_stands_still(hall: Hall) -> None:
    hall.clock.turn(9 * HOUR)  # 19:00 in Berlin
    talk = await waiting(hall)
    assert case_of(hall, talk).due == hall.clock.time + 14 * HOUR + 5 * MINUTE


async def test_a_late_reply_is_found_noted_and_told_once(hall: Hall) -> None:
    talk = await waiting(hall)
    hall.clock.turn(5 * MINUTE - SECOND)
    assert await watch(hall).step() == 0
    hall.clock.turn(SECOND)
    assert await watch(hall).step() == 1
    assert await watch(hall).step() == 0
    case = case_of(hall, talk)
    assert (case.breached_at, case.breaches) == (hall.clock.time, 1)
    notes = [each.text for each in hall.messages(talk) if each.author == "note"]
    assert notes == ["The first answer is late: waiting for 5 min."]
    await hall.core.desk.claim(ANNA, talk)
    await hall.core.desk.reply(ANNA, talk, "r1", "Good morning")
    assert case_of(hall, talk).breaches == 1
    hall.clock.turn(MINUTE)
    await hall.say(talk, "Thanks")
    assert case_of(hall, talk).breached_at == 0, "the next one is another matter"


async def test_a_reply_that_comes_late_before_it_was_found_counts_as_late(hall: Hall) -> None:
    talk = await waiting(hall)
    hall.clock.turn(20 * MINUTE)
    await hall.core.desk.claim(ANNA, talk)
    await hall.core.desk.reply(ANNA, talk, "r1", "Good morning")
    assert case_of(hall, talk).breaches == 1


# --- told in person ------------------------------------------------------------------------------


class Told:
    """A way to tell people that only writes down whom it told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def reaches(self, tx: Any, person: DeskPerson) -> bool:
        return bool(person.email)

    async def tell(self, person: DeskPerson, notice: Notice, delivery: Delivery) -> None:
        self.told.append((person.shown, notice.why))


@pytest.fixture
def told(hall: Hall) -> Told:
    made = Told()
    hall.core.outbox._ways = {"email": made}
    return made


async def test_who_is_rung_for_is_told_alone_and_everybody_where_they_have_no_account(
    hall: Hall, told: Told
) -> None:
    await add_person(hall, "Mareike Tönnsen", email="m@shop.example", alerts="browser+email")
    await add_person(hall, "Jonas Okafor", email="j@shop.example", alerts="email")
    await waiting(hall)
    await hall.core.outbox.drain()
    assert told.told == [("Mareike Tönnsen", "ring")]
    await hall.wait(MINUTE)
    await hall.wait(MINUTE)
    assert told.told[1:] == [("Mareike Tönnsen", "ring"), ("Jonas Okafor", "ring")]
    await hall.wait(MINUTE)
    assert sorted(told.told[3:]) == [("Jonas Okafor", "ring"), ("Mareike Tönnsen", "ring")]


async def test_nobody_is_told_in_a_way_they_did_not_choose_or_while_away(
    hall: Hall, told: Told
) -> None:
    now = hall.clock.time
    await add_person(hall, "Mareike Tönnsen", email="m@shop.example", alerts="browser")
    await add_person(hall, "Jonas Okafor", email="j@shop.example", alerts="email", away_from=now)
    await add_person(hall, "Ann", alerts="email")
    await waiting(hall)
    for _ in range(4):
        await hall.wait(MINUTE)
    assert told.told == []


async def test_a_late_reply_is_told_to_who_has_the_talk(hall: Hall, told: Told) -> None:
    jonas = await add_person(hall, "Jonas Okafor", email="j@shop.example", alerts="email")
    talk = await waiting(hall)
    await hall.core.desk.claim(jonas, talk)
    await hall.core.outbox.drain()
    assert told.told == [], "what is not true any more is not told"
    hall.clock.turn(5 * MINUTE)
    await watch(hall).step()
    await hall.core.outbox.drain()
    assert told.told == [("Jonas Okafor", "breach")]
    kept = [each.state for each in hall.deliveries(talk, "notice")]
    assert kept == ["withdrawn", "sent"]


async def test_erasing_a_talk_takes_its_service_times_with_it(hall: Hall) -> None:
    talk = await waiting(hall)
    await hall.core.desk.claim(ANNA, talk)
    await hall.core.desk.reply(ANNA, talk, "r1", "Good morning")
    await hall.press(talk, "erase")
    row = hall.db.peek(lambda tx: conversations.load(tx, talk))
    assert row is not None
    assert row.erased
    assert await replies(hall) == []
    assert hall.db.peek(outbox.next_due) is None
