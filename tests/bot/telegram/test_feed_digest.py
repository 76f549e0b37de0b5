"""The daily digest: once a working day, counts and reasons alone."""

from __future__ import annotations

import msgspec
import pytest

from bot.presales.group.digest import TEXT_MAX, DailyDigest, opening_of_day
from bot.presales.group.words import Words
from bot.telegram.border import Busy
from dialogs import hours
from dialogs.texts import Texts
from dialogs.types import Reading
from storage.digest import Digest, read_digest
from tests.bot.hall import DAY, HOUR, MINUTE, MONDAY, demo_texts
from tests.bot.telegram.paper_desk import ASKS_DISCOUNT, Desk, desk
from tests.bot.telegram.test_feed_faults import AGAIN, Fate, die, fate, mortal

__all__ = ["desk", "fate", "mortal"]

TUESDAY_OPENING = MONDAY + 23 * HOUR  # 09:00 in Berlin


def digests(desk: Desk) -> list[str]:
    return [text for text in desk.group.texts() if "Talks opened" in text]


def test_the_day_begins_with_the_company() -> None:
    company = demo_texts().pack.company
    assert opening_of_day(company, MONDAY) == MONDAY - HOUR
    assert opening_of_day(company, TUESDAY_OPENING + 5 * HOUR) == TUESDAY_OPENING
    saturday = MONDAY + 5 * DAY
    assert hours.local(company, saturday).strftime("%A") == "Saturday"
    assert opening_of_day(company, saturday) is None


async def test_at_the_opening_of_the_next_working_day_and_once_also_after_a_restart(
    desk: Desk,
) -> None:
    await desk.feed.drain()
    assert digests(desk) == [], "there is nothing to tell of yet"
    desk.hall.clock.time = TUESDAY_OPENING - 1
    await desk.feed.drain()
    assert digests(desk) == []
    desk.hall.clock.turn(1)
    await desk.feed.drain()
    assert len(digests(desk)) == 1
    desk.restart()
    await desk.pass_time(8 * HOUR, step=HOUR)
    assert len(digests(desk)) == 1
    desk.hall.clock.time = TUESDAY_OPENING + 4 * DAY
    desk.restart()
    await desk.feed.drain()
    assert len(digests(desk)) == 1, "Saturday"
    desk.hall.clock.time = TUESDAY_OPENING + 6 * DAY + 2 * HOUR
    desk.restart()
    await desk.feed.drain()
    assert len(digests(desk)) == 2, "late is better than not at all"


async def test_it_counts_what_happened_since_the_last_one(desk: Desk) -> None:
    await desk.feed.drain()
    anna = await desk.add_staff("Anna Keller")
    hall, acts = desk.hall, desk.hall.core.desk
    first, second, third = [await desk.waiting() for _ in range(3)]
    fourth = await desk.waiting(urgent=False)
    hall.clock.turn(2 * MINUTE)
    await acts.claim(anna, first)
    hall.clock.turn(8 * MINUTE)
    await acts.claim(anna, second)
    await acts.claim(anna, second)
    await acts.close(anna, first, "won")
    await acts.not_a_lead(anna, fourth, "spam")
    await hall.open()
    hall.clock.time = TUESDAY_OPENING
    await desk.feed.drain()
    (text,) = digests(desk)
    assert text.split("\n") == [
        "Since Monday 23 November 10:00",
        "Talks opened: 5",
        "Escalated: 4 (Asked for a person 3, Commercial question 1)",
        "Taken: 2",
        "They waited: 6 min (median), 10 min (longest)",
        "Still waiting: 1",
        "Closed: 1 (Won 1)",
        "Questions without an answer: 0",
        "Messages not delivered: 0",
        "Arrivals set aside: 0",
    ]
    assert third
    hall.clock.time = TUESDAY_OPENING + DAY
    await desk.feed.drain()
    assert "Talks opened: 0" in digests(desk)[1]


async def test_a_prospect_who_ended_the_talk_is_counted(desk: Desk) -> None:
    hall = desk.hall
    talk = await hall.open()
    hall.words.script["goodbye"] = Reading(text="goodbye", language="en", intents=("stop",))
    await hall.say(talk, "goodbye")
    now = hall.clock()
    found = await hall.db.read(lambda at: read_digest(at, now - 1, now + 1))
    assert found.closed == (("stopped", 1),)
    assert (found.opened, found.escalated, found.taken) == (1, (), 0)


async def test_stepping_in_is_taking_without_a_wait(desk: Desk) -> None:
    talk, anna = await desk.hall.open(), await desk.add_staff("Anna Keller")
    await desk.claim(anna, talk)
    await desk.hall.core.desk.hand_back(anna, talk)
    desk.hall.clock.turn(MINUTE)
    await desk.hall.say(talk, ASKS_DISCOUNT)
    now = desk.hall.clock()
    found = await desk.hall.db.read(lambda at: read_digest(at, 0, now + 1))
    assert (found.taken, found.wait_longest) == (1, 0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_stays_short_whatever_the_figures(language: str) -> None:
    pack = demo_texts().pack
    company = msgspec.structs.replace(pack.company, languages=(language,))
    spoken = Texts(msgspec.structs.replace(pack, company=company))
    words = Words(lambda: spoken, "")
    many = tuple((f"a reason with a rather long name {at}", 10**9) for at in range(50))
    found = Digest(0, 1, 10**9, many, 10**9, 10**9, 10**12, 10**9, many, 1, 2, 3)
    made = DailyDigest.__new__(DailyDigest)
    made._words = words
    post = made.write(found)
    assert 300 < len(post.text) <= TEXT_MAX


@pytest.mark.parametrize("step", ["before_post", "after_post"])
async def test_a_crash_repeats_it_once_at_most(mortal: Desk, fate: Fate, step: str) -> None:
    await mortal.feed.drain()
    mortal.hall.clock.time = TUESDAY_OPENING
    fate.kill_at(step)
    await die(mortal)
    await mortal.feed.drain()
    assert [AGAIN in text for text in digests(mortal)][-1] is True
    assert len(digests(mortal)) == (2 if step == "after_post" else 1)
    mortal.hall.clock.time = TUESDAY_OPENING + DAY
    for _ in range(2):
        fate.kill_at("before_post")
        await die(mortal)
    await mortal.feed.drain()
    assert len(digests(mortal)) == (2 if step == "after_post" else 1), "given up"


async def test_while_the_server_is_down_it_waits(desk: Desk) -> None:
    await desk.feed.drain()
    desk.hall.clock.time = TUESDAY_OPENING
    desk.group.fail("send", Busy("server error"))
    await desk.pass_time(10_000)
    (text,) = digests(desk)
    assert AGAIN not in text
