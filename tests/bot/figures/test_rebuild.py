"""Conversations from before there were figures get theirs once, and go on from where it stopped."""

from __future__ import annotations

from functools import partial

from bot.turns import figures_rebuild
from storage import conversations, facts, insights, marks, moments, questions_asked
from storage.db import Tx
from storage.facts import FactRow
from tests.bot.hall import ANNA, Hall, hall

__all__ = ["hall"]


def forget(tx: Tx) -> None:
    """As it is right after the migration."""
    tx.run("DELETE FROM fact")
    tx.run("DELETE FROM question_asked")
    tx.run("UPDATE conversation SET moments = x''")


def steps(hall: Hall, talk: str) -> dict[str, int]:
    row = hall.db.peek(partial(conversations.load, conversation=talk))
    assert row is not None
    return moments.after(row.moments)


async def test_it_runs_once_and_resumes(hall: Hall) -> None:
    talks = []
    for _ in range(figures_rebuild.AT_ONCE + 3):
        talk = await hall.open()
        await hall.say(talk, "Hello")
        talks.append(talk)
    await hall.escalate(talks[0])
    await hall.core.desk.claim(ANNA, talks[0])
    await hall.core.desk.reply(ANNA, talks[0], "r1", "Good day")
    before = [steps(hall, talk) for talk in talks]
    asked = [hall.db.peek(partial(questions_asked.of, conversation=talk)) for talk in talks]
    await hall.db.write(forget)
    until = await hall.db.write(partial(figures_rebuild._begin, now=hall.core.house.now()))
    await hall.db.write(partial(figures_rebuild._rebuild_some, until=until))
    done = [talk for talk in talks if steps(hall, talk)]
    assert 0 < len(done) <= len(talks)
    await figures_rebuild.rebuild_all(hall.core.house, pause=0)
    assert [steps(hall, talk) for talk in talks] == before
    assert {"escalated", "claimed", "human_reply"} <= set(before[0])
    again = [hall.db.peek(partial(questions_asked.of, conversation=talk)) for talk in talks]
    assert [[row.slot for row in rows] for rows in again] == [
        [row.slot for row in rows] for rows in asked
    ]
    await hall.db.write(forget)
    await figures_rebuild.rebuild_all(hall.core.house, pause=0)
    assert not any(steps(hall, talk) for talk in talks), "once is enough"
    assert hall.db.peek(partial(marks.get, name=figures_rebuild.UNTIL)) == until


async def test_facts_from_before_get_the_one_name_of_a_city(hall: Hall) -> None:
    talks = [await hall.open() for _ in range(3)]
    old = {"берлин": talks[0], "柏林": talks[1], "berlin": talks[2]}

    def write(tx: Tx) -> None:
        for city, talk in old.items():
            facts.put(tx, [FactRow(talk, "city", city, "stated", 5)])
            facts.put(tx, [FactRow(talk, "company", city, "stated", 5)])
        facts.put(tx, [FactRow(talks[0], "industry", "мебель", "inferred", 5)])

    await hall.db.write(write)
    await figures_rebuild.rebuild_all(hall.core.house, pause=0)
    assert hall.db.peek(partial(facts.values_of, slot="city")) == ("berlin",)
    assert hall.db.peek(partial(facts.values_of, slot="industry")) == ("furniture",)
    assert len(hall.db.peek(partial(facts.values_of, slot="company"))) == 3
    found = await hall.db.read(
        lambda at: insights.talks_with_fact(at, "city", ["berlin"], insights.Period(0, 2**62))
    )
    assert set(found) == set(talks)
