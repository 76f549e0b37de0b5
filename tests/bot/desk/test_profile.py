"""What staff enter into the profile: what it may be, what follows, and who has the last word."""

from __future__ import annotations

import asyncio

import pytest

from bot.desk.profile import editable
from dialogs.brief import brief
from dialogs.brief_text import write_brief
from dialogs.types import Reading
from storage import insights
from storage.insights import Period
from tests.bot.desk.room import audit, claimed_talk, refusal, shown, told_talk, waiting_talk
from tests.bot.hall import ANNA, BORIS, GUEST, Hall, demo_texts, hall

__all__ = ["hall"]

ENTRIES = {
    "name": "Ada Weiß", "company": "Nordlicht GmbH", "city": "上海", "headcount": "50-60",
    "role": "owner", "need": "A shop for two countries", "industry": "toys",
    "alternatives": "Shopware", "budget": "EUR 5000", "timeline": "next spring",
    "email": "ada@nordlicht.example", "phone": "+49 (89) 123-456", "buyer_type": "enterprise",
    "ownership": "state_owned", "department": "it", "authority": "recommends",
    "own_servers": "true", "written_requirement": "false", "existing_customer": "false",
    "edition": "cluster", "sales_model": "both",
}  # fmt: skip
KEPT = {
    "phone": "+4989123456", "own_servers": True, "written_requirement": False,
    "existing_customer": False,
}  # fmt: skip


def test_every_slot_of_the_form_is_tried_here() -> None:
    assert {each.slot for each in editable(demo_texts().pack)} == set(ENTRIES)


@pytest.mark.parametrize("slot", ENTRIES)
async def test_what_staff_enter_is_theirs_and_can_be_taken_back(hall: Hall, slot: str) -> None:
    talk = await claimed_talk(hall)
    before = hall.state(talk).profile.get(slot)
    desk = hall.core.desk
    acted = await desk.edit_profile(BORIS, talk, slot, ENTRIES[slot])
    assert not refusal(acted)
    known = hall.state(talk).profile[slot]
    assert (known.value, known.status, known.by) == (
        KEPT.get(slot, ENTRIES[slot]), "stated", "Boris Lang",
    )  # fmt: skip
    assert hall.row(talk).staff_id == ANNA.id
    assert (await desk.edit_profile(BORIS, talk, slot, ENTRIES[slot])).repeated
    assert refusal(await desk.undo(ANNA, talk, acted.undo)) == "not_yours"
    assert not refusal(await desk.undo(BORIS, talk, acted.undo))
    assert hall.state(talk).profile.get(slot) == before
    assert audit(hall)[-2:] == [f"desk.profile.{slot}", "desk.undo"]


@pytest.mark.parametrize(
    ("slot", "value", "refused"),
    [
        ("doc_type", "manual", "slot"),
        ("language", "en", "slot"),
        ("../etc", "x", "slot"),
        ("", "x", "slot"),
        ("ownership", "mine", "value"),
        ("own_servers", "perhaps", "value"),
        ("edition", "deluxe", "value"),
        ("edition", "cluster+enterprise", "value"),
        ("headcount", "many", "value"),
        ("headcount", "9" * 30, "value"),
        ("email", "ada at nordlicht", "value"),
        ("email", "a@b", "value"),
        ("phone", "call me", "value"),
        ("phone", "+1", "value"),
        ("name", "x" * 301, "value"),
        ("name", "\u202e\u200b", "value"),
    ],
)
async def test_what_a_slot_cannot_hold_is_refused(
    hall: Hall, slot: str, value: str, refused: str
) -> None:
    talk = await waiting_talk(hall)
    before = hall.row(talk)
    assert refusal(await hall.core.desk.edit_profile(ANNA, talk, slot, value)) == refused
    assert hall.row(talk) == before


async def test_who_only_reads_enters_nothing(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    assert refusal(await hall.core.desk.edit_profile(GUEST, talk, "city", "Bonn")) == "role"


async def test_the_old_value_stays_in_the_history(hall: Hall) -> None:
    talk = await told_talk(hall, city="Munich")
    desk = hall.core.desk
    await desk.edit_profile(ANNA, talk, "city", "Bonn")
    await desk.edit_profile(BORIS, talk, "city", "Köln")
    known = hall.state(talk).profile["city"]
    assert [(each.value, each.by) for each in known.history] == [
        ("Munich", ""), ("Bonn", "Anna Keller"),
    ]  # fmt: skip


async def test_taking_a_value_out_and_putting_it_back(hall: Hall) -> None:
    talk = await told_talk(hall, city="Munich")
    desk = hall.core.desk
    assert (await desk.edit_profile(ANNA, talk, "industry", " ")).repeated, "nothing stood there"
    acted = await desk.edit_profile(ANNA, talk, "city", "")
    assert "city" not in hall.state(talk).profile
    assert not refusal(await desk.undo(ANNA, talk, acted.undo))
    known = hall.state(talk).profile["city"]
    assert (known.value, known.status, known.by, known.history) == ("Munich", "stated", "", ())


async def test_only_the_last_entry_can_be_taken_back(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    first = await desk.edit_profile(ANNA, talk, "city", "Bonn")
    second = await desk.edit_profile(ANNA, talk, "city", "Köln")
    assert refusal(await desk.undo(ANNA, talk, first.undo)) == "moved_on"
    assert not refusal(await desk.undo(ANNA, talk, second.undo))
    assert hall.state(talk).profile["city"].value == "Bonn"


async def test_two_who_enter_at_once_lose_nothing(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    await asyncio.gather(
        desk.edit_profile(ANNA, talk, "city", "Bonn"),
        desk.edit_profile(BORIS, talk, "industry", "toys"),
        hall.say(talk, "We need a shop"),
    )
    profile = hall.state(talk).profile
    assert {"city", "industry", "need"} <= profile.keys()


async def tell(hall: Hall, talk: str, inferred: tuple[str, ...] = (), **slots: str) -> None:
    text = f"{slots} {inferred}"
    hall.words.script[text] = Reading(
        text=text, language="en", intents=("provide_info",), slots=dict(slots), inferred=inferred
    )
    await hall.say(talk, text)


async def test_a_guess_never_takes_the_place_of_an_entry(hall: Hall) -> None:
    talk = await told_talk(hall, city="Munich")
    await hall.core.desk.edit_profile(ANNA, talk, "ownership", "state_owned")
    await tell(hall, talk, ("ownership",), ownership="private")
    known = hall.state(talk).profile["ownership"]
    assert (known.value, known.by) == ("state_owned", "Anna Keller")


async def test_the_prospects_own_word_counts_more_and_names_no_entry(hall: Hall) -> None:
    talk = await told_talk(hall, city="Munich")
    acted = await hall.core.desk.edit_profile(ANNA, talk, "headcount", "4321")
    await tell(hall, talk, headcount="80")
    known = hall.state(talk).profile["headcount"]
    assert (known.value, known.status, known.by) == ("80", "stated", "")
    assert known.history[-1].by == "Anna Keller"
    assert "4321" not in shown(hall, talk), "what colleagues write among themselves stays there"
    assert refusal(await hall.core.desk.undo(ANNA, talk, acted.undo)) == "moved_on"


async def test_a_second_undo_leaves_what_a_colleague_entered_since(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    acted = await desk.edit_profile(ANNA, talk, "industry", "toys")
    assert not refusal(await desk.undo(ANNA, talk, acted.undo))
    await desk.edit_profile(BORIS, talk, "industry", "books")
    assert refusal(await desk.undo(ANNA, talk, acted.undo)) == "moved_on"
    assert hall.state(talk).profile["industry"].value == "books"


async def test_edition_and_price_are_computed_again_in_silence(hall: Hall) -> None:
    talk = await told_talk(
        hall, buyer_type="enterprise", ownership="private", headcount="30", city="Munich",
        own_servers=True,
    )  # fmt: skip
    first = hall.state(talk).estimate
    assert first is not None
    last = hall.row(talk).last_seq
    acted = await hall.core.desk.edit_profile(ANNA, talk, "headcount", "9000")
    second = hall.state(talk).estimate
    assert second is not None
    assert (second.edition, second.low) != (first.edition, first.low)
    assert hall.row(talk).edition == second.edition
    assert hall.row(talk).last_seq == last, "the prospect is told nothing"
    await hall.core.desk.undo(ANNA, talk, acted.undo)
    assert hall.state(talk).estimate == first


async def test_the_bot_does_not_ask_what_staff_have_entered(hall: Hall) -> None:
    talk = await told_talk(hall, need="A shop")
    question = hall.state(talk).question
    assert question is not None
    entered = ENTRIES[question.slot]
    await hall.core.desk.edit_profile(ANNA, talk, question.slot, entered)
    assert hall.state(talk).question is None
    await tell(hall, talk, industry="toys")
    asked = hall.state(talk).question
    assert asked is not None
    assert asked.slot != question.slot


async def test_the_brief_says_who_entered_it(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    await hall.core.desk.edit_profile(ANNA, talk, "city", "Bonn")
    made = brief(demo_texts().pack, hall.state(talk), hall.clock(), "en")
    assert "Bonn [entered by Anna Keller]" in write_brief(demo_texts(), made, "en")


async def test_the_kinds_of_customers_follow(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk, period = hall.core.desk, Period(0, 2**62)

    async def segments() -> set[str]:
        found = await hall.db.read(lambda at: insights.count_facts(at, "segment", period))
        return {each.value for each in found}

    await desk.edit_profile(BORIS, talk, "ownership", "state_owned")
    await desk.edit_profile(BORIS, talk, "headcount", "4000")
    assert {"large", "public_sector"} <= await segments()
    await desk.edit_profile(BORIS, talk, "headcount", "12")
    assert "large" not in await segments()


async def test_an_entry_clicked_twice_can_be_undone_as_the_first(hall: Hall) -> None:
    talk, desk = await claimed_talk(hall), hall.core.desk
    entered = await desk.edit_profile(ANNA, talk, "industry", "toys")
    again = await desk.edit_profile(ANNA, talk, "industry", "toys")
    assert (again.repeated, again.undo) == (True, entered.undo)
    assert (await desk.edit_profile(BORIS, talk, "industry", "toys")).undo == 0, "not theirs"
    assert not refusal(await desk.undo(ANNA, talk, entered.undo))
    assert (await desk.undo(ANNA, talk, entered.undo)).repeated, "clicked twice, too"
    await desk.edit_profile(BORIS, talk, "industry", "toys")
    again = await desk.edit_profile(ANNA, talk, "industry", "toys")
    assert (again.repeated, again.undo) == (True, 0), "that it stands there is their doing"
