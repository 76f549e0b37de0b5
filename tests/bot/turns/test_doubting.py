"""Doubts are written with their turn: on time, once, and only where a reading was the reason."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.types import Passage, Reading
from storage import doubts, retention
from storage.doubts import Doubt, Wanted
from tests.bot.hall import Hall, Papers, hall

__all__ = ["hall"]


def means(hall: Hall, text: str, *intents: str, **more: Any) -> None:
    hall.words.script[text] = Reading(text=text, language="en", intents=intents, **more)


async def listed(hall: Hall) -> list[Doubt]:
    return list((await hall.db.read(lambda at: doubts.find(at, Wanted())))[0])


async def test_a_doubt_is_committed_with_its_turn(hall: Hall) -> None:
    talk = await hall.open()
    means(hall, "mumble", "ask_feature", certainty=0.3)
    handled = await hall.say(talk, "mumble")
    (found,) = await listed(hall)
    assert (found.conversation, found.seq, found.kind) == (talk, handled.seq, "unsure")
    assert (found.text, found.language, found.certainty) == ("mumble", "en", 0.3)
    assert found.asked == "start"


async def test_a_repeat_leaves_no_second_one(hall: Hall) -> None:
    talk = await hall.open()
    means(hall, "mumble", "unclear")
    await hall.say(talk, "mumble", external_id="once")
    again = await hall.say(talk, "mumble", external_id="once")
    assert again.repeated
    assert len(await listed(hall)) == 1


async def test_a_correction_names_the_words_before_it(hall: Hall) -> None:
    talk = await hall.open()
    means(hall, "two racks", "provide_info", slots={"own_servers": False}, certainty=0.7)
    means(hall, "no, own ones", "correct", slots={"own_servers": True})
    read = await hall.say(talk, "two racks")
    await hall.say(talk, "no, own ones")
    (found,) = await listed(hall)
    assert (found.kind, found.seq, found.text) == ("corrected", read.seq, "two racks")
    assert found.certainty == 0.7


async def test_a_late_correction_is_a_change_of_mind(hall: Hall) -> None:
    talk = await hall.open()
    means(hall, "two racks", "provide_info", slots={"own_servers": False})
    means(hall, "in Graz", "provide_info", slots={"city": "Graz"})
    means(hall, "no, own ones", "correct", slots={"own_servers": True})
    for text in ("two racks", "in Graz", "no, own ones"):
        await hall.say(talk, text)
    assert await listed(hall) == []


async def test_a_button_that_is_put_right_was_not_misread(hall: Hall) -> None:
    talk = await hall.open()
    means(hall, "we sell chairs", "provide_info", slots={"need": "chairs"})
    await hall.say(talk, "we sell chairs")
    question = hall.state(talk).question
    assert question is not None
    assert question.slot == "buyer_type"
    await hall.press(talk, "enterprise")
    means(hall, "no, for myself", "correct", slots={"buyer_type": "individual"})
    await hall.say(talk, "no, for myself")
    assert await listed(hall) == []


async def test_erasing_takes_the_doubts_along(hall: Hall) -> None:
    talk = await hall.open()
    means(hall, "mumble", "unclear")
    await hall.say(talk, "mumble")
    await hall.db.write(lambda tx: retention.erase(tx, talk, hall.clock()))
    assert await listed(hall) == []
    assert hall.db.peek(doubts.count_open) == 0


async def test_an_answer_that_was_not_meant_is_kept_with_its_question(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Passage(
        source="backups-en", kind="article", title="Backups", place="", language="en",
        text="Every day.", score=1.0, answers=True,
    )  # fmt: skip
    monkeypatch.setattr(Papers, "find", lambda *_: (found,))
    talk = await hall.open()
    means(hall, "how are backups made?", "ask_feature", certainty=0.9)
    asked = await hall.say(talk, "how are backups made?")
    await hall.press(talk, f"not_meant:{asked.seq}", question=0)
    (doubt,) = await listed(hall)
    assert (doubt.kind, doubt.seq, doubt.text) == (
        "not_helpful",
        asked.seq,
        "how are backups made?",
    )
