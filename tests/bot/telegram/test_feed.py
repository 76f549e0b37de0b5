"""What the group shows: topics, briefs, lines, calls."""

from __future__ import annotations

import msgspec
import pytest

from bot.presales.group.words import LINES_MAX, Words
from bot.telegram.border import TEXT_MAX
from bot.telegram.split import units
from dialogs.texts import Texts
from dialogs.types import FileInfo, Known, Reading, State
from storage import topics
from tests.bot.hall import HOUR, MINUTE, demo_texts
from tests.bot.telegram.paper_desk import ASKS_DISCOUNT, Desk, desk
from tests.bot.telegram.paper_group import Message

__all__ = ["desk"]


def keys_of(message: Message) -> list[str]:
    return [key.data.partition("~")[0] or key.url for line in message.post.keys for key in line]


def known(**slots: str) -> dict[str, Known]:
    return {slot: Known(value=value, status="stated") for slot, value in slots.items()}


async def tell(desk: Desk, talk: str, **slots: str) -> None:
    """The prospect says who they are."""
    text = ", ".join(slots.values())
    desk.hall.words.script[text] = Reading(
        text=text, language="en", intents=("provide_info",), slots=dict(slots)
    )
    await desk.hall.say(talk, text)


# --- the topic and its brief ---------------------------------------------------------------------


async def test_an_escalation_opens_its_topic_with_brief_and_buttons(desk: Desk) -> None:
    talk = await desk.waiting()
    assert await desk.feed.drain() == 2
    (head,) = desk.posts(talk)
    assert head.id == desk.row(talk).head_message
    assert "Waiting since 10:00" in head.text
    assert "Asked for a person" in head.text
    assert keys_of(head) == ["d:take", "d:pass", "d:later", "d:notlead"]
    thread = desk.row(talk).thread_id
    assert desk.group.topics[thread].name == f"Asked for a person {talk[:6]}"
    assert desk.hall.db.peek(lambda tx: topics.find_by_thread(tx, -1001, thread)) == desk.row(talk)
    assert await desk.feed.drain() == 0, "everything is shown"


async def test_a_talk_that_nobody_is_called_to_has_no_topic(desk: Desk) -> None:
    talk = await desk.hall.open()
    await desk.hall.say(talk, "I need something for invoices")
    assert await desk.feed.drain() == 0
    assert desk.hall.db.peek(lambda tx: topics.find(tx, talk)) is None


async def test_the_topic_is_named_by_company_city_and_edition_as_they_become_known(
    desk: Desk,
) -> None:
    talk = await desk.waiting()
    await desk.feed.drain()
    await tell(desk, talk, company="Keller\nGmbH", city="Munich")
    await desk.feed.drain()
    name = desk.group.topics[desk.row(talk).thread_id].name
    assert name.startswith("Keller GmbH · Munich")


@pytest.mark.parametrize(
    ("slots", "name"),
    [
        ({"company": "Keller GmbH", "name": "Eva", "city": "Munich"}, "Keller GmbH · Munich"),
        ({"name": "Eva", "edition": "enterprise"}, "Eva · Enterprise"),
        ({"city": "Bremen"}, "Qualified lead abcdef · Bremen"),
        ({}, "Qualified lead abcdef"),
        ({"company": "x" * 300}, "x" * 127 + "…"),
        ({"company": "\U0001f600" * 100}, "\U0001f600" * 63 + "…"),
    ],
)
def test_names_of_topics(slots: dict[str, str], name: str) -> None:
    words = Words(demo_texts, "")
    state = State(reason="qualified", profile=known(**slots))
    assert words.name("abcdefghij", state) == name
    assert units(name) <= 128


async def test_a_brief_never_grows_beyond_a_caption(desk: Desk) -> None:
    await desk.add_staff("Mareike Tönnsen", telegram=77)
    talk = await desk.hall.open()
    await tell(
        desk, talk, company="\U0001f600" * 90, city="\U0001f3e2" * 90, need="\U0001f4e6" * 90
    )
    await tell(desk, talk, name="\U0001f468\u200d\U0001f469" * 60, industry="\U0001f6d2" * 100)
    await desk.hall.escalate(talk)
    await desk.feed.drain()
    head = desk.head(talk)
    assert 700 < units(head.text) <= 1_024
    end = max(mark.start + mark.length for mark in head.post.marks)
    assert end <= units(head.text)


async def test_the_brief_shows_the_owner_at_once_and_offers_what_the_owner_may_do(
    desk: Desk,
) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    head = desk.head(talk)
    assert head.text.startswith("With Anna Keller")
    link = f"https://desk.example/inbox/{talk}"
    assert keys_of(head) == [
        "d:back",
        "d:close",
        "d:accept",
        "d:snooze",
        "d:stage",
        "d:profile",
        "d:docs",
        link,
    ]
    await desk.hall.core.desk.hand_back(anna, talk)
    await desk.feed.drain()
    assert desk.head(talk).text.startswith("The assistant is talking")
    assert keys_of(desk.head(talk)) == ["d:take", "d:profile", link]


async def test_stage_and_profile_change_the_brief_but_not_at_every_word(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.core.desk.set_stage(anna, talk, "contract")
    await desk.feed.drain()
    assert "Contract" not in desk.head(talk).text, "the brief was changed a moment ago"
    await desk.pass_time(31_000)
    assert desk.head(talk).text.startswith("With Anna Keller · Contract")
    edits = desk.group.calls.count("edit")
    await desk.pass_time(MINUTE)
    assert desk.group.calls.count("edit") == edits


async def test_a_change_without_a_message_is_found_when_the_bot_has_the_talk(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.core.desk.hand_back(anna, talk)
    await desk.pass_time(MINUTE)
    await desk.hall.core.desk.set_stage(anna, talk, "delivery")
    await desk.pass_time(2 * MINUTE)
    assert "Delivery" in desk.head(talk).text


# --- lines ---------------------------------------------------------------------------------------


async def test_at_the_takeover_the_lines_since_the_call_come_as_one(desk: Desk) -> None:
    talk = await desk.waiting(urgent=False)
    await desk.feed.drain()
    for text in ("we have three warehouses", "and 40 shops", "in two countries"):
        await desk.hall.say(talk, text)
        await desk.feed.drain()
    assert len(desk.posts(talk)) == 1, "nobody reads along yet"
    anna = await desk.add_staff("Anna Keller")
    await desk.claim(anna, talk, here=True)
    await desk.feed.drain()
    _, lines = desk.texts(talk)
    assert lines.split("\n") == [
        "Prospect, 10:00",
        "we have three warehouses",
        "and 40 shops",
        "in two countries",
        "",
        "10:00",
        "Anna Keller has taken the talk here. The assistant is silent now.",
    ]


async def test_lines_of_somebody_who_waits_urgently_come_at_once(desk: Desk) -> None:
    talk = await desk.waiting()
    await desk.feed.drain()
    await desk.hall.say(talk, "my shop is down")
    await desk.feed.drain()
    assert desk.texts(talk)[1:] == ["Prospect, 10:00\nmy shop is down"]


async def test_while_a_human_has_the_talk_everything_said_elsewhere_is_mirrored(
    desk: Desk,
) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    before = len(desk.posts(talk))
    acts = desk.hall.core.desk
    await desk.hall.say(talk, "can you start in May?")
    await acts.reply(anna, talk, "web-1", "Yes, in the second week.")
    await acts.note(anna, talk, "web-2", "has a budget")
    await acts.reply(anna, talk, "desk:4711", "written in the topic")
    await acts.note(anna, talk, "desk:4712", "// noted in the topic")
    await desk.feed.drain()
    (lines,) = desk.texts(talk)[before:]
    assert lines.split("\n") == [
        "Prospect, 10:00",
        "can you start in May?",
        "",
        "Anna Keller (inbox), 10:00",
        "Yes, in the second week.",
        "",
        "Note by Anna Keller, 10:00",
        "has a budget",
    ]


async def test_what_the_bot_and_the_prospect_say_to_each_other_is_not_mirrored(
    desk: Desk,
) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.core.desk.hand_back(anna, talk)
    await desk.feed.drain()
    before = desk.texts(talk)
    assert before[-1].endswith("Anna Keller has handed the talk back to the assistant.")
    await desk.hall.say(talk, "just between us")
    await desk.feed.drain()
    await desk.claim(anna, talk)
    await desk.hall.say(talk, "hello again")
    await desk.feed.drain()
    (after,) = desk.texts(talk)[len(before) :]
    assert "just between us" not in after
    assert "hello again" in after


async def test_lines_said_before_a_hand_back_are_shown_after_it(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.say(talk, "one more thing")
    await desk.hall.core.desk.hand_back(anna, talk)
    await desk.hall.say(talk, "this is for the assistant")
    await desk.feed.drain()
    last = desk.texts(talk)[-1]
    assert "one more thing" in last
    assert "for the assistant" not in last


async def test_what_people_write_is_never_markup(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.say(talk, "<b>*_`[x](http://evil.example) @all #1")
    await desk.feed.drain()
    last = desk.posts(talk)[-1]
    assert last.text.endswith("<b>*_`[x](http://evil.example) @all #1")
    assert [mark.kind for mark in last.post.marks] == ["bold"]
    assert last.post.marks[0].length == units("Prospect, 10:00")


async def test_many_lines_become_few_messages_and_none_is_lost(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    before = len(desk.posts(talk))
    for at in range(150):
        desk.hall.clock.turn(61_000)
        await desk.hall.say(talk, f"line number {at} " + "\U0001f4e6" * 20)
    await desk.feed.drain()
    after = desk.posts(talk)[before:]
    assert 2 <= len(after) <= 5
    text = "\n".join(each.text for each in after)
    found = [int(line.split()[2]) for line in text.split("\n") if line.startswith("line number")]
    assert found == list(range(150))
    for each in after:
        assert units(each.text) <= TEXT_MAX
        assert len(each.post.marks) <= 100


async def test_a_line_that_is_too_long_goes_on_in_the_next_message(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    before = len(desk.posts(talk))
    words = [f"word{at}" for at in range(2_300)]
    await desk.hall.say(talk, " ".join(words))
    await desk.hall.say(talk, "and this")
    await desk.feed.drain()
    after = desk.texts(talk)[before:]
    assert all(units(text) <= LINES_MAX for text in after)
    said = " ".join(after).split()
    assert [each for each in said if each.startswith("word")] == words
    assert after[-1].endswith("and this")


async def test_a_file_comes_as_a_line_with_its_name_and_then_itself(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    file = FileInfo(
        id="f" * 32, name="plan.pdf", size=9, media_type="application/pdf", sha256="00" * 32
    )
    path = desk.hall.core.uploads.path(file.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.4\n")
    await desk.hall.handle(talk, kind="file", file=file)
    await desk.feed.drain()
    line, itself = desk.posts(talk)[-2:]
    assert line.text.endswith("File: plan.pdf")
    assert [mark.href for mark in line.post.marks if mark.kind == "link"] == [
        f"https://desk.example/inbox/{talk}"
    ]
    assert itself.file == "plan.pdf"


async def test_a_file_that_is_gone_costs_nothing_but_itself(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    file = FileInfo(id="g" * 32, name="plan.pdf", size=9, sha256="00" * 32)
    await desk.hall.handle(talk, kind="file", file=file)
    await desk.hall.say(talk, "did you get it?")
    await desk.feed.drain()
    assert "did you get it?" in desk.texts(talk)[-1]
    assert "send_file" not in desk.group.calls


# --- calls ---------------------------------------------------------------------------------------


async def test_whom_the_route_names_is_mentioned(desk: Desk) -> None:
    await desk.add_staff("mareike tönnsen", telegram=7_000_000_001)
    talk = await desk.hall.open()
    await tell(desk, talk, city="Bremen")
    await desk.hall.escalate(talk)
    await desk.feed.drain()
    head = desk.head(talk)
    (mention,) = [mark for mark in head.post.marks if mark.kind == "mention"]
    assert mention.user == 7_000_000_001
    shown = head.text[mention.start : mention.start + mention.length]
    assert shown == "Mareike Tönnsen"


async def test_a_reminder_after_a_minute_the_next_person_after_two_and_the_apology(
    desk: Desk,
) -> None:
    talk = await desk.waiting()
    await desk.feed.drain()
    first = desk.hall.state(talk).called[-1]
    await desk.hall.wait(MINUTE)
    await desk.feed.drain()
    assert desk.texts(talk)[1:] == [f"Waiting for 1 min.\nFor {first}"]
    await desk.hall.wait(MINUTE)
    await desk.feed.drain()
    second = desk.hall.state(talk).called[-1]
    assert second != first
    assert desk.texts(talk)[2:] == [f"Waiting for 2 min.\nFor {second}"]
    await desk.hall.wait(MINUTE)
    await desk.feed.drain()
    everybody, apology = sorted(desk.texts(talk)[3:], reverse=True)
    assert everybody.startswith(f"Waiting for 3 min.\nFor {first}, {second}, ")
    assert apology.startswith("Assistant, 10:03\nI am sorry")
    await desk.pass_time(2 * MINUTE - 1_000)
    assert len(desk.posts(talk)) == 5, "nothing rings for ever"
    await desk.pass_time(2 * MINUTE)
    assert len(desk.posts(talk)) == 5, "nothing rings for ever"


async def test_passed_on_calls_again_and_names_whom(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    await desk.add_staff("Jonas Okafor", telegram=42)
    talk = await desk.taken(anna)
    before = len(desk.posts(talk))
    desk.hall.clock.turn(MINUTE)
    await desk.hall.core.desk.pass_on(anna, talk, "Jonas Okafor")
    await desk.feed.drain()
    after = desk.posts(talk)[before:]
    text = "\n".join(each.text for each in after)
    assert "Anna Keller passed this on to: Jonas Okafor" in text
    assert "Anna Keller has put the talk back into the queue." in text
    assert [m.user for each in after for m in each.post.marks if m.kind == "mention"] == [42]
    assert desk.head(talk).text.startswith("Waiting since")


async def test_put_off_it_rings_anew(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.waiting()
    await desk.feed.drain()
    await desk.hall.core.desk.later(anna, talk, 15)
    await desk.feed.drain()
    before = len(desk.posts(talk))
    await desk.hall.wait(4 * MINUTE)
    await desk.feed.drain()
    assert not any("Waiting for" in text for text in desk.texts(talk))
    await desk.hall.wait(11 * MINUTE)
    await desk.feed.drain()
    assert any("Waiting for 15 min." in text for text in desk.texts(talk)[before:])


async def test_a_second_wait_is_called_out_in_the_same_topic(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.core.desk.hand_back(anna, talk)
    await desk.feed.drain()
    desk.hall.clock.turn(HOUR)
    await desk.hall.say(talk, ASKS_DISCOUNT)
    assert desk.hall.state(talk).owner == "waiting"
    thread = desk.row(talk).thread_id
    await desk.feed.drain()
    assert desk.row(talk).thread_id == thread
    assert any(text.startswith("Waiting for a person") for text in desk.texts(talk))
    assert desk.head(talk).text.startswith("Waiting since 11:00")


async def test_not_a_lead_says_by_whom_and_why(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.waiting()
    await desk.feed.drain()
    await desk.hall.core.desk.not_a_lead(anna, talk, "job_seeker")
    await desk.feed.drain()
    assert "Anna Keller sent this back to the assistant: Looks for a job" in desk.texts(talk)[-1]


# --- the end -------------------------------------------------------------------------------------


async def test_a_closed_talk_gets_its_last_line_and_its_topic_is_closed(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.core.desk.close(anna, talk, "won")
    await desk.feed.drain()
    assert desk.texts(talk)[-1].endswith("Anna Keller has closed the talk: Won.")
    assert desk.head(talk).text.startswith("Closed: Won")
    row = desk.row(talk)
    assert (row.state, desk.group.topics[row.thread_id].open) == ("closed", False)
    assert await desk.feed.drain() == 0


async def test_written_again_the_topic_is_opened_again(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.core.desk.close(anna, talk, "no_answer")
    await desk.feed.drain()
    desk.restart()
    await desk.feed.drain()
    await desk.hall.say(talk, "I am back")
    await desk.feed.drain()
    row = desk.row(talk)
    assert (row.state, desk.group.topics[row.thread_id].open) == ("open", True)
    assert "I am back" in desk.texts(talk)[-1]
    assert desk.head(talk).text.startswith("The assistant is talking")


async def test_without_desk_words_in_its_first_language_a_pack_is_shown_in_the_next() -> None:
    texts = demo_texts()
    pack = texts.pack
    spare = {
        key: text for key, text in pack.texts["en"].items() if not key.startswith("desk_group")
    }
    company = msgspec.structs.replace(pack.company, languages=("xx", "zh"))
    other = msgspec.structs.replace(
        pack, company=company, texts={"xx": spare, "zh": pack.texts["zh"]}
    )
    assert Words(lambda: Texts(other), "").language == "zh"
    assert Words(lambda: texts, "").language == "en"
