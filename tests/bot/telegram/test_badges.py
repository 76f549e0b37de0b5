"""From the page in the browser to the private chat with the desk's bot: who is who."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from structlog.testing import capture_logs

from bot.linking import issue as issue_talk
from bot.presales.group import badges
from bot.presales.group.badges import ALPHABET
from bot.telegram.presence import Presence
from bot.upkeep import tidy_up
from storage import staff_links
from tests.bot.hall import HOUR, MINUTE
from tests.bot.office import Office, office
from tests.bot.telegram.room import Room, room

__all__ = ["office", "room"]

PAGE = "/account/telegram"


def linked(room: Room, name: str) -> int:
    number = room.staff[name].id
    return room.hall.db.peek(lambda tx: staff_links.find_by_staff(tx, number))


def audit(room: Room) -> list[tuple[str, int]]:
    return room.hall.db.peek(
        lambda tx: tx.all("SELECT action, staff_id FROM audit WHERE action LIKE 'telegram.%'")
    )


async def test_a_code_links_and_says_whose_account(room: Room) -> None:
    await room.add_staff("Gail Ford")
    answer = await room.link("Gail Ford", room.sam)
    assert answer == room.text("desk_act.private.linked", name="Gail Ford")
    assert linked(room, "Gail Ford") == room.sam.id
    assert audit(room) == [("telegram.linked", room.staff["Gail Ford"].id)]


async def test_the_person_who_was_linked_can_act_at_once(room: Room) -> None:
    await room.add_staff("Gail")
    talk = await room.waiting()
    await room.tap(room.sam, talk, "Take")
    assert room.owner(talk)[0] == "waiting"
    await room.link("Gail", room.sam)
    room.hall.clock.turn(MINUTE)
    await room.tap(room.sam, talk, "Take")
    assert room.owner(talk) == ("human", room.staff["Gail"].id)
    await room.write(room.sam, talk, "Hello")
    assert room.said(talk) == ["Hello"]


async def test_the_link_of_the_page_works_as_the_line_does(room: Room) -> None:
    await room.add_staff("Gail")
    issued = await badges.issue(room.hall.db, room.staff["Gail"].id, room.hall.clock())
    room.sam.start("desk_bot", issued.code)
    await room.settle()
    assert room.answers(room.sam) == [room.text("desk_act.private.linked", name="Gail")]


async def test_a_code_may_be_typed_in_any_way(room: Room) -> None:
    await room.add_staff("Gail")
    issued = await badges.issue(room.hall.db, room.staff["Gail"].id, room.hall.clock())
    plain = issued.code.replace("-", "")
    assert len(plain) == 10
    assert set(plain) <= set(ALPHABET)
    assert re.fullmatch(r"[\w-]{1,64}", issued.code)
    spaced = " ".join((plain[:3].lower(), plain[3:]))
    await room.tell_bot(room.sam, f"/link {spaced}")
    assert linked(room, "Gail") == room.sam.id


async def test_a_code_works_once_and_for_ten_minutes(room: Room) -> None:
    await room.add_staff("Gail")
    issued = await badges.issue(room.hall.db, room.staff["Gail"].id, room.hall.clock())
    room.hall.clock.turn(10 * MINUTE)
    assert await room.tell_bot(room.sam, f"/link {issued.code}") == room.text(
        "desk_act.private.expired"
    )
    again = await badges.issue(room.hall.db, room.staff["Gail"].id, room.hall.clock())
    await room.tell_bot(room.sam, f"/link {again.code}")
    eve = room.api.add_person(600, "Eve")
    assert await room.tell_bot(eve, f"/link {again.code}") == room.text("desk_act.private.expired")
    assert linked(room, "Gail") == room.sam.id


async def test_the_same_update_taken_again_still_says_linked(room: Room) -> None:
    await room.add_staff("Gail")
    issued = await badges.issue(room.hall.db, room.staff["Gail"].id, room.hall.clock())
    for _ in range(2):
        tried = await badges.redeem(room.hall.core.house, room.sam.id, issued.code)
        assert tried.outcome == "linked"
    assert len(audit(room)) == 1


async def test_guessing_ends_after_five_tries_an_hour(room: Room) -> None:
    await room.add_staff("Gail")
    for number in range(5):
        answer = await room.tell_bot(room.sam, f"/link WRONG-{number}")
        assert answer == room.text("desk_act.private.wrong")
        room.hall.clock.turn(MINUTE)
    assert await room.link("Gail", room.sam) == room.text("desk_act.private.too_many")
    assert linked(room, "Gail") == 0
    room.hall.clock.turn(HOUR)
    assert await room.link("Gail", room.sam) == room.text("desk_act.private.linked", name="Gail")


async def test_a_link_moves_with_the_newest_code(room: Room) -> None:
    await room.link("Anna", room.sam)
    assert linked(room, "Anna") == room.sam.id
    await room.link("Boris", room.sam)
    assert (linked(room, "Anna"), linked(room, "Boris")) == (0, room.sam.id)
    talk = await room.waiting()
    await room.tap(room.anna, talk, "Take")
    assert room.owner(talk)[0] == "waiting"


async def test_a_disabled_accounts_code_is_worth_nothing(room: Room) -> None:
    await room.add_staff("Gail")
    issued = await badges.issue(room.hall.db, room.staff["Gail"].id, room.hall.clock())
    await room.disable("Gail")
    await room.tell_bot(room.sam, f"/link {issued.code}")
    assert linked(room, "Gail") == 0


async def test_codes_work_in_the_private_chat_alone(room: Room) -> None:
    await room.add_staff("Gail")
    issued = await badges.issue(room.hall.db, room.staff["Gail"].id, room.hall.clock())
    line = f"/link {issued.code}"
    await room.tell_bot(room.sam, line, forwarded=room.anna)
    assert linked(room, "Gail") == 0
    await room.tell_bot(room.sam, line)
    assert linked(room, "Gail") == room.sam.id


@pytest.mark.parametrize("command", ["/link", "/start", "/link@desk_bot"])
@pytest.mark.parametrize("linked_already", [False, True])
async def test_a_code_that_the_whole_group_has_read_is_worth_nothing(
    room: Room, command: str, linked_already: bool
) -> None:
    await room.add_staff("Gail")
    talk = await room.taken()
    issued = await badges.issue(room.hall.db, room.staff["Gail"].id, room.hall.clock())
    writer = room.anna if linked_already else room.sam
    before = len(room.bot_lines(talk))
    await room.write(writer, talk, f"{command} {issued.code.lower()}")
    assert len(room.bot_lines(talk)) == before, "nothing is said about it"
    assert room.said(talk) == []
    assert await room.tell_bot(room.sam, f"/link {issued.code}") == room.text(
        "desk_act.private.expired"
    )
    assert linked(room, "Gail") == 0


async def test_in_the_group_link_without_a_code_tells_the_address(room: Room) -> None:
    talk = await room.taken()
    for text in ("/link", "/link please"):
        await room.write(room.anna, talk, text)
        assert f"/inbox/{talk}" in room.bot_lines(talk)[-1]


async def test_five_wrong_codes_are_all_for_a_whole_hour(room: Room) -> None:
    await room.add_staff("Gail")
    for _ in range(5):
        await room.tell_bot(room.sam, "/link AAAAA-AAAAA")
        room.hall.clock.turn(6_000)
    room.hall.clock.turn(20 * 60_000)
    await tidy_up(room.hall.core)
    assert await room.link("Gail", room.sam) == room.text("desk_act.private.too_many")
    room.hall.clock.turn(40 * 60_000)
    assert await room.link("Gail", room.sam) == room.text("desk_act.private.linked", name="Gail")


async def test_a_talk_of_the_website_is_no_account(room: Room) -> None:
    talk = await room.waiting()
    issued = await issue_talk(room.hall.db, talk, room.hall.clock())
    assert await room.tell_bot(room.sam, f"/link {issued.code}") == room.text(
        "desk_act.private.wrong"
    )


async def test_all_else_in_private_gets_help_in_the_persons_language(room: Room) -> None:
    talk = await room.taken()
    for text in ("hello", "/take", "/start", "/close won"):
        assert await room.tell_bot(room.anna, text) == room.text("desk_act.private.help")
    assert await room.tell_bot(room.boris, "你好") == room.text("desk_act.private.help", "zh")
    assert room.owner(talk)[0] == "human"


async def test_no_code_stands_in_a_log(room: Room) -> None:
    await room.add_staff("Gail")
    with capture_logs() as logs:
        issued = await badges.issue(room.hall.db, room.staff["Gail"].id, room.hall.clock())
        await room.tell_bot(room.sam, f"/link {issued.code}")
    assert issued.code not in str(logs)
    assert issued.code.replace("-", "") not in str(logs)


# --- the page -------------------------------------------------------------------------------------


async def show(client: httpx.AsyncClient) -> str:
    answer = await client.get(PAGE, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def presence(office: Office) -> Iterator[Presence]:
    """What the doors tell; the office is the same for all tests."""
    found = office.core.house.presence
    yield found
    found.usernames.clear()
    found.troubles.clear()


async def test_the_page_gives_a_code_and_shows_the_link(office: Office, presence: Presence) -> None:
    presence.usernames["desk"] = "firm_desk_bot"
    client = await office.worker("presales", "gail")
    assert "Your account is not linked yet." in await show(client)
    answer = await client.post(PAGE, data={"act": "code"}, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    found = re.search(r"/link ([A-Z2-9]{5}-[A-Z2-9]{5})", answer.text)
    assert found
    code = found.group(1)
    assert f'href="https://t.me/firm_desk_bot?start={code}"' in answer.text
    assert "@firm_desk_bot" in answer.text
    tried = await badges.redeem(office.core.house, 77, code)
    assert tried.outcome == "linked"
    page = await show(client)
    assert "Your account is linked (Telegram number 77)." in page
    assert code not in page
    answer = await client.post(PAGE, data={"act": "unlink"}, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "not linked yet" in await show(client)
    assert office.db.peek(lambda tx: staff_links.find(tx, 77)) is None


async def test_the_page_says_when_no_bot_runs(office: Office) -> None:
    client = await office.worker("readonly")
    page = await show(client)
    assert "not running" in page
    answer = await client.post(PAGE, data={"act": "code"}, headers={"Accept": "text/html"})
    assert "t.me" not in answer.text
    chinese = await client.get(f"{PAGE}?language=zh", headers={"Accept": "text/html"})
    assert "您的账号还没有关联" in chinese.text


@pytest.mark.parametrize("act", ["", "other"])
async def test_the_page_takes_nothing_else(office: Office, act: str) -> None:
    client = await office.worker("presales")
    answer = await client.post(PAGE, json={"act": act})
    assert answer.status_code == 400


async def test_the_inbox_leads_to_the_page_and_names_what_the_group_lacks(
    office: Office, presence: Presence
) -> None:
    client = await office.worker("presales")
    page = (await client.get("/inbox", headers={"Accept": "text/html"})).text
    assert 'href="/account"' in page
    own = (await client.get("/account", headers={"Accept": "text/html"})).text
    assert 'href="/account/telegram"' in own
    assert "desk-trouble" not in page
    presence.troubles["desk"] = ("desk_act.trouble.no_deleting",)
    page = (await client.get("/inbox", headers={"Accept": "text/html"})).text
    assert "may not delete messages" in page
