"""Calls in the browser: those asked for, those that came by phone, and who may see what of them."""

from __future__ import annotations

import re

import pytest

from bot import records
from bot.presales.calls.pages import SHOWN
from bot.web.staffpages import iso_time
from dialogs import call_times
from dialogs.types import State
from storage import accounts, calls, conversations, desk, leads, reading
from storage.calls import CallTask, Page
from storage.conversations import MessageRow
from storage.db import Tx
from tests.bot.office import Office

PAGE = {"Accept": "text/html"}


def state_of(office: Office, talk: str) -> State:
    row = office.db.peek(lambda tx: conversations.load(tx, talk))
    assert row is not None
    return records.read_state(row.state)


def messages_of(office: Office, talk: str) -> list[MessageRow]:
    found = office.db.peek(lambda tx: reading.messages_after(tx, talk, 0, internal=True, limit=500))
    return list(found)


async def planned(office: Office, phone: str = "+4989123456") -> tuple[str, CallTask]:
    """A prospect who waits and asked to be called."""
    talk = await office.escalate(phone=phone, name="Ann Lee")
    await office.do(talk, "choice", value="call_back")
    state = state_of(office, talk)
    assert state.question is not None
    assert state.question.slot == "call_time"
    value = state.question.options[0]
    await office.do(talk, "choice", value=value, question=state.question.number)
    (task,) = [each for each in await open_calls(office) if each.conversation == talk]
    assert task.due == call_times.read_value(value)
    return talk, task


async def open_calls(office: Office) -> list[CallTask]:
    return await office.db.read(lambda at: calls.read_open(at, Page(1_000)))


def form(**fields: str) -> dict[str, str]:
    return {"id": "form-12345678", "notes": "Talked for ten minutes", **fields}


async def test_a_planned_call_stands_in_the_list_with_its_number(office: Office) -> None:
    client = await office.worker("presales")
    talk, task = await planned(office)
    page = (await client.get("/calls", headers=PAGE)).text
    assert f'href="/inbox/{talk}"' in page
    assert 'href="tel:+4989123456"' in page
    assert f'action="/calls/{task.id}"' in page
    case = office.db.peek(lambda tx: desk.get(tx, talk))
    assert case.due >= task.due, "nobody is late before the call"


@pytest.mark.parametrize("phone", ["+4989123456", ""])
async def test_a_call_planned_by_hand_shows_its_note_and_the_number_known(
    office: Office, phone: str
) -> None:
    client = await office.worker("presales")
    talk = await office.escalate(name="Ann Lee", **({"phone": phone} if phone else {}))
    words = "Offer 3 of 2026"
    task = {"kind": "call_back", "due": _tomorrow(office), "note": words}
    assert (await client.post(f"/inbox/{talk}/tasks", data=task)).status_code == 200
    page = (await client.get("/calls", headers=PAGE)).text
    (card,) = [each for each in page.split('<li class="panel') if f'/inbox/{talk}"' in each]
    assert words in card
    assert re.findall(r'href="tel:([^"]*)"', card) == ([phone] if phone else [])


async def test_another_time_of_the_prospect_moves_the_one_call(office: Office) -> None:
    talk, task = await planned(office)
    await office.do(talk, "choice", value="call_back")
    question = state_of(office, talk).question
    assert question is not None
    await office.do(talk, "choice", value=question.options[1], question=question.number)
    mine = [each for each in await open_calls(office) if each.conversation == talk]
    assert [(each.id, each.due > task.due) for each in mine] == [(task.id, True)]


async def test_a_call_planned_by_hand_stays_beside_the_time_the_prospect_picks(
    office: Office,
) -> None:
    client = await office.worker("presales")
    talk = await office.escalate(phone="+4989123456", name="Ann Lee")
    task = {"kind": "call_back", "due": _tomorrow(office), "note": "Offer 3 of 2026"}
    assert (await client.post(f"/inbox/{talk}/tasks", data=task)).status_code == 200
    (by_hand,) = [each for each in await open_calls(office) if each.conversation == talk]
    due = []
    for option in (0, 1):
        await office.do(talk, "choice", value="call_back")
        question = state_of(office, talk).question
        assert question is not None
        value = question.options[option]
        await office.do(talk, "choice", value=value, question=question.number)
        due.append(call_times.read_value(value))
    found = {each.id: each for each in await open_calls(office) if each.conversation == talk}
    kept = found.pop(by_hand.id)
    assert (kept.due, kept.note) == (by_hand.due, by_hand.note)
    assert [each.due for each in found.values()] == due[1:], "their own one was moved"


async def test_pages_of_calls_hold_what_the_reader_may_see(office: Office) -> None:
    """However many calls of others come first: what is for oneself stands on the first page."""
    now = office.clock.now()
    theirs = [await office.escalate() for _ in range(3)]
    own = await office.escalate()

    def work(tx: Tx) -> None:
        for number in range(SHOWN * 2):
            talk = theirs[number % 3]
            note = f"Call {number}"
            leads.open_task(tx, leads.NewTask(talk, calls.KIND, now + number, now, note))
        leads.open_task(tx, leads.NewTask(own, calls.KIND, now + 10_000, now, "The support one"))
        tx.run(f"UPDATE conversation SET outcome = 'support' WHERE id = '{own}'")

    await office.db.write(work)
    care, seller = await office.worker("aftersales"), await office.worker("presales")
    page = (await care.get("/calls", headers=PAGE)).text
    assert "The support one" in page
    assert not any(f"/inbox/{each}" in page for each in theirs)
    seen: list[str] = []
    for number in (1, 2, 3, 4):
        answer = await seller.get(f"/calls?page={number}", headers=PAGE)
        assert len(answer.content) < 100_000
        seen += re.findall(r"Call (\d+)<", answer.text)
        if f"page={number + 1}" not in answer.text:
            break
    assert seen == [str(number) for number in range(SHOWN * 2)]


async def test_a_call_that_was_made_is_a_reply_and_the_talk_is_theirs(office: Office) -> None:
    client = await office.worker("presales", display_name="Caller One")
    talk, task = await planned(office)
    answer = await client.post(f"/calls/{task.id}", data={"outcome": "done"})
    assert answer.status_code == 200, answer.text
    state = state_of(office, talk)
    assert (state.owner, state.staff, state.call_at) == ("human", "Caller One", 0)
    assert [each.id for each in await open_calls(office) if each.conversation == talk] == []
    case = office.db.peek(lambda tx: desk.get(tx, talk))
    assert (case.due, case.first_reply > 0) == (0, True)
    again = await client.post(f"/calls/{task.id}", data={"outcome": "done"})
    assert again.status_code == 404


async def test_nobody_answered_means_another_try_that_the_prospect_reads_of(
    office: Office,
) -> None:
    client = await office.worker("presales")
    talk, task = await planned(office)
    answer = await client.post(f"/calls/{task.id}", data={"outcome": "no_answer", "id": "n1"})
    assert answer.status_code == 200
    again = await client.post(f"/calls/{task.id}", data={"outcome": "no_answer", "id": "n1"})
    assert again.status_code == 200
    (found,) = [each for each in await open_calls(office) if each.conversation == talk]
    assert found.due > office.clock.now()
    said = [each.text for each in messages_of(office, talk) if each.author == "event"]
    assert len([text for text in said if "did not reach you" in text]) == 1


@pytest.mark.parametrize("due", ["", "2020-01-01T10:00", "2999-01-01T10:00", "soon"])
async def test_a_call_is_put_off_to_a_time_to_come(office: Office, due: str) -> None:
    client = await office.worker("presales")
    _, task = await planned(office)
    refused = await client.post(f"/calls/{task.id}", data={"outcome": "later", "due": due})
    assert refused.status_code == 409
    fine = await client.post(
        f"/calls/{task.id}", data={"outcome": "later", "due": _tomorrow(office)}
    )
    assert fine.status_code == 200


def _tomorrow(office: Office) -> str:
    return iso_time(office.clock.now() + 86_400_000)


async def test_who_may_not_see_numbers_sees_none(office: Office) -> None:
    client = await office.worker("presales", name="masked-caller")
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, "masked-caller"))
    assert staff is not None
    await office.db.write(lambda tx: accounts.set_personal(tx, staff.id, "no"))
    await planned(office, "+4989777666")
    page = (await client.get("/calls", headers=PAGE)).text
    assert "4989777666" not in page
    assert "tel:" not in page


async def test_after_sales_has_no_business_with_others_calls(office: Office) -> None:
    client = await office.worker("aftersales")
    talk, task = await planned(office)
    assert f"/inbox/{talk}" not in (await client.get("/calls", headers=PAGE)).text
    refused = await client.post(f"/calls/{task.id}", data={"outcome": "done"})
    assert refused.status_code == 404


# --- noted down ----------------------------------------------------------------------------------


async def test_a_call_that_came_by_phone_becomes_a_talk_like_any_other(office: Office) -> None:
    client = await office.worker("presales", display_name="Phone Hand")
    said = form(
        name="Olga", company="Samowar", city="Munich", headcount="80", buyer_type="enterprise",
        ownership="private", phone="+49 89 5555", stage="documents", language="en",
    )  # fmt: skip
    answer = await client.post("/calls/new", data=said)
    assert answer.status_code == 200, answer.text
    address = answer.json()["address"]
    talk = address.removeprefix("/inbox/")
    state = state_of(office, talk)
    assert (state.owner, state.staff, state.stage) == ("human", "Phone Hand", "documents")
    assert state.channel == "phone"
    assert state.profile["company"].value == "Samowar"
    assert state.profile["company"].by == "Phone Hand"
    assert state.profile["phone"].value == "+49895555"
    notes = [each.text for each in messages_of(office, talk) if each.author == "note"]
    assert "Talked for ten minutes" in notes
    assert (await client.get(address, headers=PAGE)).status_code == 200
    case = office.db.peek(lambda tx: desk.get(tx, talk))
    assert (case.due, case.first_reply > 0) == (0, True)
    manager = await office.worker("manager")
    listed = (await manager.get("/transcripts?channel=phone", headers=PAGE)).text
    assert talk in listed


async def test_the_same_form_twice_is_one_call(office: Office) -> None:
    client = await office.worker("presales")
    said = form(id="twice-12345678", name="Twice")
    first = await client.post("/calls/new", data=said)
    second = await client.post("/calls/new", data=said)
    assert first.json() == second.json()
    talk = first.json()["address"].removeprefix("/inbox/")
    notes = [each.text for each in messages_of(office, talk) if each.author == "note"]
    assert notes.count("Talked for ten minutes") == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"), ("headcount", "many"), ("buyer_type", "alien"), ("notes", ""),
        ("stage", "heaven"), ("ending", "heaven"), ("due", "2020-01-01T10:00"), ("id", "!"),
    ],
)  # fmt: skip
async def test_a_mistake_brings_the_form_back_as_it_was_filled_in(
    office: Office, field: str, value: str
) -> None:
    client = await office.worker("presales")
    said = form(**{"name": "Olga Iwanowa", field: value, "id": "wrong-12345678"})
    said[field] = value
    refused = await client.post("/calls/new", data=said)
    assert refused.status_code == 409
    assert field in refused.json()["fields"]
    page = await client.post(
        "/calls/new", data={**said, "form_token": client.headers["X-Form-Token"]}, headers=PAGE
    )
    assert page.status_code == 409
    assert 'value="Olga Iwanowa"' in page.text
    assert 'role="alert"' in page.text


async def test_a_call_that_is_over_is_closed_and_one_to_repeat_is_planned(office: Office) -> None:
    client = await office.worker("presales")
    over = await client.post("/calls/new", data=form(id="over-12345678", ending="lost"))
    talk = over.json()["address"].removeprefix("/inbox/")
    assert (state_of(office, talk).owner, state_of(office, talk).close_reason) == ("closed", "lost")
    again = form(id="again-12345678", due=_tomorrow(office), phone="+4989222333")
    planned_talk = (await client.post("/calls/new", data=again)).json()["address"]
    talk = planned_talk.removeprefix("/inbox/")
    (task,) = [each for each in await open_calls(office) if each.conversation == talk]
    assert task.note == "+4989222333"


async def test_a_customer_brought_to_the_last_stage_has_a_manager(office: Office) -> None:
    client = await office.worker("presales", display_name="Keeper")
    answer = await client.post("/calls/new", data=form(id="keep-12345678", stage="account"))
    talk = answer.json()["address"].removeprefix("/inbox/")
    assert state_of(office, talk).manager == "Keeper"
    assert office.db.peek(lambda tx: desk.get(tx, talk)).manager == "Keeper"


async def test_the_same_person_in_a_new_talk_is_rung_for_at_their_manager(office: Office) -> None:
    client = await office.worker("presales", display_name="Own Manager")
    said = form(id="mine-12345678", stage="account", email="regular@customer.example")
    await client.post("/calls/new", data={**said, "ending": "won"})
    talk = await office.escalate(email="regular@customer.example")
    assert state_of(office, talk).called == ("Own Manager",)
    assert state_of(office, talk).manager == "Own Manager"
    other = await office.escalate(email="stranger@customer.example")
    assert state_of(office, other).called != ("Own Manager",)


async def test_a_manager_can_be_named_by_hand_and_only_somebody_there_is(office: Office) -> None:
    client = await office.worker("presales", display_name="Namer")
    await office.worker("presales", display_name="Named")
    talk = await office.escalate()
    refused = await client.post(f"/inbox/{talk}/manager", data={"who": "Nobody at all"})
    assert refused.status_code == 409
    assert (await client.post(f"/inbox/{talk}/manager", data={"who": "Named"})).status_code == 200
    assert state_of(office, talk).manager == "Named"
    assert office.db.peek(lambda tx: desk.get(tx, talk)).manager == "Named"
    page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    assert '<option value="Named" selected>Named</option>' in page
    assert (await client.post(f"/inbox/{talk}/manager", data={"who": ""})).status_code == 200
    assert state_of(office, talk).manager == ""
