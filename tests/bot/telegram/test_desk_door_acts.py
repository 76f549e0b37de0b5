"""Every act by its button and by its command, with its menu, its refusal and the way back."""

from __future__ import annotations

import json

import pytest

from bot.desk import StaffReply
from bot.presales.group import menus
from bot.presales.group.menus import Option, Wish
from bot.records import read_reply
from bot.telegram.border import DATA_MAX
from dialogs.documents import available
from dialogs.hours import local
from dialogs.pricing import iso_day
from storage import desk, retention
from tests.bot.hall import DAY, HOUR, MONDAY, demo_texts
from tests.bot.telegram.room import Room, room

__all__ = ["room"]

PACK = demo_texts().pack


async def test_a_command_does_what_the_button_does(room: Room) -> None:
    talk = await room.waiting()
    made = await room.write(room.anna, talk, "/take@desk_bot")
    assert room.owner(talk) == ("human", room.staff["Anna"].id)
    assert list(made.reactions.values()) == [["👌"]]
    lines = room.bot_lines(talk)
    await room.write(room.boris, talk, "/take")
    assert room.bot_lines(talk)[len(lines) :] == [room.text("desk.refused.taken", who="Anna")]


async def test_passing_on_rings_for_a_colleague_by_name(room: Room) -> None:
    talk = await room.taken()
    await room.write(room.anna, talk, "/pass")
    menu = room.shown(talk)[-1]
    names = [person.name for person in PACK.company.people]
    assert menu.text == room.text("desk_act.choose.pass")
    assert room.labels(menu)[: len(names)] == names
    tap = await room.tap_on(room.anna, menu, names[1])
    assert tap.answer == room.text("desk.done.pass-on")
    assert room.owner(talk)[0] == "waiting"
    assert room.hall.state(talk).routed == names[1]
    assert room.labels(menu) == []  # made for this choice, and gone with it


async def test_a_waiting_talk_can_be_passed_on_to_anyone(room: Room) -> None:
    talk = await room.waiting()
    await room.tap(room.anna, talk, "Pass on")
    await room.tap(room.anna, talk, "Anyone")
    notes = room.said(talk, "note")
    assert len(notes) == 1
    assert "Anna" in notes[0]
    assert room.owner(talk)[0] == "waiting"


async def test_the_way_back_from_a_menu(room: Room) -> None:
    talk = await room.waiting()
    before = room.labels(room.head(talk))
    for label in ("Pass on", "Later", "Not a lead", "Later"):
        await room.tap(room.anna, talk, label)
        assert room.labels(room.head(talk)) != before
        tap = await room.tap(room.anna, talk, "‹ Back")
        assert tap.answer == ""
        assert room.labels(room.head(talk)) == before
    assert room.owner(talk)[0] == "waiting"
    assert room.said(talk, "note") == []


async def test_the_same_button_after_a_change_of_hands_is_no_repeat(room: Room) -> None:
    talk = await room.waiting()
    for label, owner in (
        ("Take", "human"),
        ("Hand back", "bot"),
        ("Step in", "human"),
        ("Hand back", "bot"),
        ("Step in", "human"),
    ):
        await room.tap(room.anna, talk, label)
        assert room.owner(talk)[0] == owner


async def test_not_a_lead_goes_back_to_the_assistant_with_a_reason(room: Room) -> None:
    talk = await room.waiting()
    await room.tap(room.anna, talk, "Not a lead")
    tap = await room.tap(room.anna, talk, room.text("desk.not_a_lead.seller"))
    assert tap.answer == room.text("desk.done.not-a-lead")
    assert room.owner(talk)[0] == "bot"
    assert room.text("desk.not_a_lead.seller") in room.said(talk, "note")[0]


async def test_closing_and_the_stage(room: Room) -> None:
    talk = await room.taken()
    await room.tap(room.anna, talk, "Stage")
    await room.tap(room.anna, talk, room.text("desk.stage.contract"))
    assert room.hall.state(talk).stage == "contract"
    await room.tap(room.anna, talk, "Close")
    tap = await room.tap(room.anna, talk, room.text("desk.close.won"))
    assert tap.answer == room.text("desk.done.close")
    row = room.hall.row(talk)
    assert (row.owner, row.close_reason) == ("closed", "won")


async def test_a_command_takes_its_choice_along(room: Room) -> None:
    talk = await room.taken()
    await room.write(room.anna, talk, "/stage Delivery")
    assert room.hall.state(talk).stage == "delivery"
    await room.write(room.anna, talk, "/close no_budget")
    assert room.hall.row(talk).close_reason == "no_budget"


async def test_a_choice_that_is_none_offers_the_choices(room: Room) -> None:
    talk = await room.taken()
    await room.write(room.anna, talk, "/close whatever")
    menu = room.shown(talk)[-1]
    assert menu.text == room.text("desk_act.no_such_choice")
    assert room.text("desk.close.lost") in room.labels(menu)
    assert room.owner(talk)[0] == "human"


async def test_acts_on_a_colleagues_talk_are_refused(room: Room) -> None:
    talk = await room.taken()
    for command in ("/back", "/close won"):
        await room.write(room.boris, talk, command)
    assert room.bot_lines(talk)[-2:] == [room.text("desk.refused.taken", who="Anna")] * 2
    head = room.head(talk)
    tap = await room.tap_on(room.boris, head, "Hand back")
    assert (tap.answer, tap.alert) == (room.text("desk.refused.taken", who="Anna"), True)
    assert room.owner(talk) == ("human", room.staff["Anna"].id)


async def test_an_unknown_command_never_reaches_the_prospect(room: Room) -> None:
    talk = await room.taken()
    await room.write(room.anna, talk, "/tkae")
    assert room.said(talk) == []
    assert room.bot_lines(talk)[-1] == room.text("desk_act.unknown")
    await room.write(room.anna, talk, "/usr/bin is where it lies")
    assert room.said(talk) == ["/usr/bin is where it lies"]


async def test_a_paper_goes_out_by_a_tap(room: Room) -> None:
    talk = await room.taken()
    await room.tap(room.anna, talk, "Documents")
    labels = room.labels(room.head(talk))[:-1]
    papers = menus.choose_papers(PACK, room.hall.state(talk), iso_day(room.hall.clock()))
    assert 2 <= len(labels) == len(papers) <= 8
    assert all(paper.public and paper.language == "en" for paper in papers)
    tap = await room.tap_on(room.anna, room.head(talk), labels[0], times=3)
    assert tap.answer == room.text("desk_act.done.paper", title=papers[0].title)
    (reply,) = [m for m in room.hall.messages(talk) if m.author == "staff"]
    attached = read_reply(reply.body, reply.text).attachments
    assert [(each.kind, each.id) for each in attached] == [("document", papers[0].id)]
    assert [each.document for each in room.hall.state(talk).given] == [papers[0].id]


async def test_a_paper_of_the_topic_is_not_said_to_come_from_the_inbox(room: Room) -> None:
    talk = await room.taken()
    await room.tap(room.anna, talk, "Documents")
    await room.tap_on(room.anna, room.head(talk), room.labels(room.head(talk))[0])
    line = room.bot_lines(talk)[-1]
    assert line.startswith("Anna, ")
    assert "(inbox)" not in line
    paper = StaffReply(papers=("brochure-en",))
    await room.hall.core.desk.reply(room.staff["Anna"], talk, "web-1", paper)
    await room.show()
    assert room.bot_lines(talk)[-1].startswith("Anna (inbox), ")


async def test_an_internal_paper_cannot_be_asked_for(room: Room) -> None:
    talk = await room.taken()
    hidden = [paper for paper in PACK.documents if not paper.public]
    for name in [*(paper.id for paper in hidden), "price_list"]:
        await room.write(room.anna, talk, f"/docs {name}")
        room.anna.tap_raw(room.head(talk), f"d:docs:{menus.tag(name)}")
        await room.settle()
    assert room.said(talk) == []


async def test_the_profile_shows_everything_with_its_history(room: Room) -> None:
    talk = await room.taken()
    await room.tap(room.anna, talk, "Profile")
    page = room.bot_lines(talk)[-1]
    assert room.text("brief.label.next") in page


async def test_the_link_leads_to_the_inbox(room: Room) -> None:
    talk = await room.taken()
    await room.write(room.anna, talk, "/link")
    assert room.bot_lines(talk)[-1].endswith(f"/inbox/{talk}")


async def test_help_names_every_command(room: Room) -> None:
    talk = await room.waiting()
    await room.write(room.boris, talk, "/help")
    page = room.bot_lines(talk)[-1]
    assert all(f"/{name}" in page for name in menus.COMMANDS if name != "help")


async def test_an_erased_talk_is_out_of_reach(room: Room) -> None:
    talk = await room.taken()
    head, thread = room.head(talk), room.topic(talk).thread_id
    await room.hall.db.write(lambda tx: retention.erase(tx, talk, room.hall.clock()))
    tap = room.anna.tap_raw(head, "d:back")
    room.anna.write_in(room.group, thread, "Are you still there?")
    while await room.fetch():
        await room.arrivals.drain()
    assert tap.answer == room.text("desk_act.old_button")
    assert room.said(talk) == []


async def test_the_commands_are_named_in_every_language(room: Room) -> None:
    calls = room.api.made("setMyCommands")
    given = {call.parameters.get("language_code", ""): call.parameters for call in calls}
    assert set(given) == {"", "en", "zh", "ru", "es"}
    for parameters in given.values():
        assert json.loads(parameters["scope"])["type"] == "all_group_chats"
        named = [each["command"] for each in json.loads(parameters["commands"])]
        assert named == list(menus.COMMANDS)


def test_buttons_carry_little_and_are_found_again() -> None:
    options = [
        Option(value=value, label=value)
        for value in ("won", "Pre-sales Europe", "王小明", "x" * 200, "a:b:c~d")
    ]
    rows = menus.renew(menus.make_keys("pass", options, "back"), "1234567890123")
    keys = [key for row in rows for key in row][:-1]
    assert all(len(key.data.encode()) <= DATA_MAX for key in keys)
    for key, option in zip(keys, options, strict=True):
        wish = menus.read_tap(key.data)
        assert wish is not None
        assert wish.act == "pass"
        assert menus.find_option(options, wish.argument) == option


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("/take", Wish(act="take")),
        ("/Take@Desk_Bot", Wish(act="take")),
        ("/take@other", Wish(act="")),
        ("/not_a_lead spam", Wish(act="notlead", argument="spam")),
        ("/pass  Anna Keller ", Wish(act="pass", argument="Anna Keller")),
        ("// a note", None),
        ("/usr/bin", None),
        ("take", None),
        ("/", None),
    ],
)
def test_commands_are_told_from_texts(text: str, wish: Wish | None) -> None:
    assert menus.read_command(text, "desk_bot") == wish


def test_every_public_paper_can_be_chosen_by_name() -> None:
    today = iso_day(1_795_424_400_000)
    assert len({menus.tag(paper.id) for paper in available(PACK, today)}) == len(
        available(PACK, today)
    )


async def test_the_brief_is_accepted_by_its_button_once(room: Room) -> None:
    talk = await room.taken()
    tap = await room.tap(room.anna, talk, "Accept the brief")
    assert tap.answer == room.text("desk.done.accept")
    case = room.hall.db.peek(lambda tx: desk.get(tx, talk))
    assert case.accepted_at == room.hall.clock()
    await room.write(room.boris, talk, "/accept")
    assert room.bot_lines(talk)[-1] == room.text("desk.refused.taken", who="Anna")


async def test_snoozing_offers_moments_and_wakes_by_itself(room: Room) -> None:
    talk = await room.taken()
    await room.tap(room.anna, talk, "Snooze")
    tap = await room.tap(room.anna, talk, room.text("desk_act.key.tomorrow"))
    assert tap.answer == room.text("desk.done.snooze")
    case = room.hall.db.peek(lambda tx: desk.get(tx, talk))
    assert local(PACK.company, case.snoozed_until).strftime("%a %H:%M") == "Tue 09:00"
    assert case.snoozed_by == room.staff["Anna"].id
    await room.write(room.anna, talk, "/snooze 60")
    case = room.hall.db.peek(lambda tx: desk.get(tx, talk))
    assert case.snoozed_until == room.hall.clock() + HOUR


def test_a_week_over_a_weekend_ends_when_the_desk_opens() -> None:
    friday = MONDAY + 4 * DAY
    for choice, day in (("tomorrow", "Mon 09:00"), ("week", "Fri 09:00")):
        until = menus.wake_at(PACK, choice, friday)
        assert local(PACK.company, until).strftime("%a %H:%M") == day
        assert until > friday
