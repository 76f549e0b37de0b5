"""Whom the desk rings for, what putting off and passing on do to it, and what staff attach."""

from __future__ import annotations

import msgspec
import pytest

from bot.desk import ATTACHED_MAX, LATER_MAX, StaffReply
from bot.records import read_reply
from bot.turns.effects import AlertPayload
from bot.uploads import Stored
from dialogs.brief import brief
from dialogs.types import Attachment, FileInfo, Reading
from storage import leads
from tests.bot.hall import ANNA, BORIS, HEAD, HOUR, MINUTE, Hall, Member, hall
from tests.bot.made_files import stream

__all__ = ["hall"]

MAREIKE = Member(11, "Mareike Tönnsen")


async def waiting_talk(hall: Hall) -> str:
    talk = await hall.open()
    await hall.escalate(talk)
    return talk


async def claimed_talk(hall: Hall, by: Member = ANNA) -> str:
    talk = await waiting_talk(hall)
    assert (await hall.core.desk.claim(by, talk)).won
    return talk


def rung(hall: Hall, talk: str) -> list[str]:
    """For whom it rang, by what the alerts carry."""
    found = hall.deliveries(talk, "alert")
    return [msgspec.json.decode(each.payload, type=AlertPayload).to for each in found]


def due(hall: Hall, talk: str, name: str) -> int | None:
    """In how many ms a timer goes off."""
    found = [each.due for each in hall.deliveries(talk, "timer") if each.name == name]
    return found[0] - hall.clock.time if found else None


def notes(hall: Hall, talk: str) -> list[str]:
    return [each.text for each in hall.messages(talk) if each.author == "note"]


# --- ringing -------------------------------------------------------------------------------------


async def test_a_reminder_after_one_minute_the_next_person_after_two_then_everybody(
    hall: Hall,
) -> None:
    talk = await waiting_talk(hall)
    for _ in range(10):
        await hall.wait(MINUTE)
    assert rung(hall, talk) == ["Mareike Tönnsen", "Mareike Tönnsen", "Jonas Okafor", ""]
    called = hall.state(talk).called
    assert called[:2] == ("Mareike Tönnsen", "Jonas Okafor")
    assert set(called) == {person.name for person in hall.core.mind.pack.company.people}
    assert hall.state(talk).rings == 4


async def test_after_closing_time_nobody_is_reminded_before_the_desk_opens(hall: Hall) -> None:
    hall.clock.turn(9 * HOUR)  # 19:00 in Berlin
    talk = await waiting_talk(hall)
    await hall.wait(13 * HOUR)
    assert rung(hall, talk) == ["Mareike Tönnsen"]
    await hall.wait(HOUR)
    assert hall.state(talk).rings == 2
    assert rung(hall, talk) == ["Mareike Tönnsen"] * 2


# --- later ---------------------------------------------------------------------------------------


async def test_later_silences_the_desk_and_then_it_rings_anew(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    apology = due(hall, talk, "apology")
    assert not (await hall.core.desk.later(ANNA, talk, 30)).refused
    assert due(hall, talk, "ring") == 30 * MINUTE
    assert due(hall, talk, "apology") == apology
    assert (hall.state(talk).rings, hall.state(talk).called) == (0, ())
    assert hall.state(talk).owner == "waiting"
    (note,) = notes(hall, talk)
    assert "Anna Keller" in note
    assert "10:30" in note, "in the company's time zone"
    await hall.wait(29 * MINUTE)
    assert len(rung(hall, talk)) == 1
    await hall.wait(MINUTE)
    await hall.wait(MINUTE)
    await hall.wait(MINUTE)
    assert rung(hall, talk)[1:] == ["Mareike Tönnsen", "Mareike Tönnsen", "Jonas Okafor"]
    assert hall.state(talk).rings == 3


@pytest.mark.parametrize("minutes", [0, -5, LATER_MAX + 1])
async def test_later_has_bounds(hall: Hall, minutes: int) -> None:
    talk = await waiting_talk(hall)
    refused = await hall.core.desk.later(ANNA, talk, minutes)
    assert refused.refused == "desk.refused.invalid"
    assert notes(hall, talk) == []


async def test_later_is_for_those_who_wait(hall: Hall) -> None:
    with_bot, with_human = await hall.open(), await claimed_talk(hall)
    for talk in (with_bot, with_human):
        assert (await hall.core.desk.later(ANNA, talk, 5)).refused == "desk.refused.state"


async def test_a_claim_ends_being_put_off(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    await hall.core.desk.later(ANNA, talk, 5)
    await hall.core.desk.claim(BORIS, talk)
    await hall.wait(20 * MINUTE)
    assert len(rung(hall, talk)) == 1


# --- pass on -------------------------------------------------------------------------------------


async def test_a_waiting_talk_is_passed_on_to_a_person_who_is_rung_for(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    since = hall.state(talk).waiting_since
    await hall.wait(MINUTE + MINUTE // 2)
    apology = due(hall, talk, "apology")
    said = len(hall.messages(talk, internal=False))
    assert not (await hall.core.desk.pass_on(ANNA, talk, "Jonas Okafor")).refused
    state = hall.state(talk)
    assert (state.owner, state.routed) == ("waiting", "Jonas Okafor")
    assert (state.rings, state.called, state.waiting_since) == (1, ("Jonas Okafor",), since)
    assert rung(hall, talk)[-1] == "Jonas Okafor"
    assert due(hall, talk, "apology") == apology
    assert len(hall.messages(talk, internal=False)) == said, "the prospect waits as before"
    assert notes(hall, talk) == ["Anna Keller passed this on to: Jonas Okafor"]
    await hall.wait(MINUTE)
    assert rung(hall, talk)[-1] == "Jonas Okafor"


async def test_a_waiting_talk_is_passed_on_to_whoever_is_next(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    await hall.core.desk.pass_on(MAREIKE, talk)
    assert rung(hall, talk) == ["Mareike Tönnsen", "Jonas Okafor"]
    assert hall.state(talk).called == ("Mareike Tönnsen", "Jonas Okafor")
    assert hall.state(talk).routed == "Pre-sales Europe"
    assert notes(hall, talk) == ["Mareike Tönnsen passed this on to: Jonas Okafor"]


async def test_a_team_is_rung_through_one_of_its_people(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    await hall.core.desk.pass_on(HEAD, talk, "projects")
    assert rung(hall, talk)[-1] == "Tomasz Reil"
    assert hall.state(talk).routed == "projects"


async def test_who_passes_on_to_the_queue_is_not_rung_for(hall: Hall) -> None:
    talk = await claimed_talk(hall, MAREIKE)
    await hall.core.desk.pass_on(MAREIKE, talk)
    assert rung(hall, talk)[-1] == "Jonas Okafor"
    assert due(hall, talk, "apology") == 3 * MINUTE


# --- papers and files of staff -------------------------------------------------------------------


async def stored(hall: Hall, name: str = "Offer.xlsx", data: bytes = b"\x01\x02offer") -> FileInfo:
    kept: Stored = await hall.core.uploads.receive(stream(data), name, any_kind=True)
    return kept.info()


async def test_a_reply_with_files_records_them_with_the_message(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    file = await stored(hall)
    said = StaffReply(text="Here you are.", files=(file,))
    acted = await hall.core.desk.reply(ANNA, talk, "r1", said)
    assert not acted.refused
    message = hall.messages(talk)[-1]
    (attached,) = read_reply(message.body, message.text).attachments
    assert attached == Attachment(kind="file", id=file.id, title="Offer.xlsx")
    (row,) = hall.db.peek(lambda tx: leads.files_of(tx, talk))
    assert (row.id, row.name, row.size) == (file.id, "Offer.xlsx", 7)
    assert row.sha256.hex() == file.sha256


async def test_the_same_reply_again_answers_as_before_whatever_id_its_file_got(
    hall: Hall,
) -> None:
    talk = await claimed_talk(hall)
    first = await hall.core.desk.reply(ANNA, talk, "r", StaffReply(files=(await stored(hall),)))
    again = await hall.core.desk.reply(ANNA, talk, "r", StaffReply(files=(await stored(hall),)))
    assert (again.seq, again.repeated, again.refused) == (first.seq, True, "")
    assert len(hall.db.peek(lambda tx: leads.files_of(tx, talk))) == 1
    others = (
        StaffReply(files=(await stored(hall, data=b"other"),)),
        StaffReply(text="words", files=(await stored(hall),)),
        StaffReply(papers=("brochure-en",)),
        "words",
    )
    for other in others:
        refused = await hall.core.desk.reply(ANNA, talk, "r", other)
        assert refused.refused == "desk.refused.other_body"


async def test_a_refused_reply_leaves_no_file_behind(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    said = StaffReply(papers=("brochure-en", "nothing"), files=(await stored(hall),))
    refusals = [
        await hall.core.desk.reply(BORIS, talk, "r", StaffReply(files=said.files)),
        await hall.core.desk.reply(ANNA, talk, "r", said),
        await hall.core.desk.reply(
            ANNA, talk, "r", StaffReply(files=said.files * (ATTACHED_MAX + 1))
        ),
        await hall.core.desk.reply(ANNA, talk, "r", StaffReply()),
    ]
    assert [each.refused.rpartition(".")[2] for each in refusals] == [
        "not_yours", "paper", "invalid", "empty",
    ]  # fmt: skip
    assert hall.db.peek(lambda tx: leads.files_of(tx, talk)) == []
    assert hall.state(talk).given == ()


async def test_a_paper_of_staff_stands_in_the_ledger_and_in_the_brief(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    await hall.core.desk.reply(ANNA, talk, "r", StaffReply(papers=("brochure-en",)))
    message = hall.messages(talk)[-1]
    (paper,) = read_reply(message.body, "").attachments
    assert (paper.kind, paper.id) == ("document", "brochure-en")
    assert paper.title
    assert paper.version
    (given,) = hall.state(talk).given
    assert (given.document, given.at) == ("brochure-en", hall.clock.time)
    ledger = hall.db.peek(
        lambda tx: tx.all("SELECT document FROM document_given WHERE conversation = :of",
                          {"of": talk})
    )  # fmt: skip
    assert ledger == [("brochure-en",)]
    lines = brief(hall.core.mind.pack, hall.state(talk), hall.clock.time).lines
    assert any(paper.title in line.text for line in lines if line.section == "documents")
    opened = await hall.handle(talk, kind="opened", value="brochure-en")
    assert not opened.refused
    assert hall.state(talk).given[0].opened


@pytest.mark.parametrize("paper", ["internal-negotiation-guide-en", "nothing", ""])
async def test_no_internal_paper_leaves_the_house(hall: Hall, paper: str) -> None:
    talk = await claimed_talk(hall)
    refused = await hall.core.desk.reply(ANNA, talk, "r", StaffReply(papers=(paper,), text="x"))
    assert refused.refused == "desk.refused.paper"


# --- what intake says while a human has the talk --------------------------------------------------


async def test_start_while_a_human_has_the_talk_is_a_notice_and_no_word_of_the_bot(
    hall: Hall,
) -> None:
    talk = await claimed_talk(hall)
    before = hall.row(talk).last_seq
    await hall.handle(talk, kind="open", value="start")
    await hall.handle(talk, kind="open", value="start")
    new = hall.messages(talk, internal=False)[before:]
    assert [each.author for each in new] == ["event", "event"]
    assert all("Anna Keller" in each.text for each in new)


async def test_a_language_of_the_menu_reads_as_its_label_in_the_transcript(hall: Hall) -> None:
    talk = await hall.open()
    await hall.handle(talk, kind="choice", value="language:zh", text="中文")
    told = [each.text for each in hall.messages(talk) if each.author == "prospect"]
    assert told == ["中文"]
    assert hall.state(talk).language == "zh"


# --- reading edited and forwarded words -----------------------------------------------------------


async def test_an_edit_is_read_against_the_question_of_the_message_it_replaces(
    hall: Hall,
) -> None:
    talk = await hall.open()
    await hall.press(talk, "edition")
    await hall.say(talk, "a shop", external_id="tg:5")
    asked = hall.state(talk).question
    assert asked is not None
    assert asked.slot != "need"
    hall.words.script["a big shop"] = Reading(
        text="a big shop", language="en", intents=("provide_info",), slots={"need": "a big shop"}
    )
    await hall.say(talk, "a big shop", external_id="tg:5:99", origin="edited")
    assert [each.slot if each else None for each in hall.words.asked] == ["need", "need"]
    assert hall.state(talk).profile["need"].value == "a big shop"
    assert hall.state(talk).profile["need"].status == "corrected"


async def test_an_edit_of_a_message_that_is_not_there_is_read_without_a_question(
    hall: Hall,
) -> None:
    talk = await hall.open()
    await hall.say(talk, "a shop", external_id="tg:7:1", origin="edited")
    assert hall.words.asked == [None]


async def test_forwarded_words_are_not_read_at_all(hall: Hall) -> None:
    talk = await hall.open()
    await hall.say(talk, "We are in Paris", origin="forwarded")
    assert hall.words.asked == []
    assert hall.papers.searched == []
    assert "need" not in hall.state(talk).profile
    assert hall.state(talk).forwarded == "We are in Paris"
