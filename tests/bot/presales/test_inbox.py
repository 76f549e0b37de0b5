"""The inbox: what stands in it, what staff can do, and what the prospect sees of it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest

from storage import reading
from storage.conversations import MessageRow
from tests.bot.office import Office

PAGE = {"Accept": "text/html"}


def messages(office: Office, talk: str) -> list[MessageRow]:
    return office.db.peek(
        lambda tx: reading.messages_after(tx, talk, 0, internal=True, limit=1_000)
    )


async def listed(client: httpx.AsyncClient, view: str = "waiting") -> list[str]:
    html = (await client.get(f"/inbox/list?view={view}")).json()["html"]
    return re.findall(r'<li data-key="([^"]+)"', html)


async def act(client: httpx.AsyncClient, talk: str, name: str, **fields: str) -> httpx.Response:
    return await client.post(f"/inbox/{talk}/{name}", data=fields)


async def claimed(office: Office, **slots: Any) -> tuple[httpx.AsyncClient, str]:
    """A member of pre-sales who has just claimed a new escalation."""
    client = await office.worker("presales", display_name="Anna Berg")
    talk = await office.escalate(**slots)
    assert (await act(client, talk, "claim")).status_code == 200
    return client, talk


# --- the list ------------------------------------------------------------------------------------


async def test_an_escalation_waits_with_its_reason_and_urgency(office: Office) -> None:
    client = await office.worker("presales")
    talk = await office.escalate(name="Petra Lindqvist", company="Nordhem Retail")
    piece = (await client.get("/inbox/list?view=waiting")).json()
    row = piece["html"].split(f'data-key="{talk}"')[1].split("</li>")[0]
    assert "Petra Lindqvist, Nordhem Retail" in row
    assert "Asked for a person" in row
    assert "Urgent" in row
    assert "English" in row
    assert 'data-since="' in row
    waiting = {each["id"]: each for each in piece["waiting"]}
    assert waiting[talk]["rings"] == 1


async def test_a_minute_later_it_rings_again(office: Office) -> None:
    client = await office.worker("presales")
    talk = await office.escalate()
    await office.do(talk, "timer", value="ring")
    piece = (await client.get("/inbox/list")).json()
    assert {each["id"]: each["rings"] for each in piece["waiting"]}[talk] == 2


async def test_every_talk_stands_in_its_view(office: Office) -> None:
    client, mine = await claimed(office)
    waiting, running = await office.escalate(), await office.open_talk()
    closed = await office.open_talk()
    assert (await act(client, closed, "close", reason="no_need")).status_code == 200
    views = {view: await listed(client, view) for view in ("waiting", "mine", "open", "closed")}
    for talk, view in ((mine, "mine"), (waiting, "waiting"), (running, "open"), (closed, "closed")):
        assert talk in views[view]
    assert views["mine"] == [mine]
    assert mine in views["open"]
    assert running not in views["waiting"] + views["closed"]
    assert closed not in views["waiting"] + views["open"]


async def test_an_unknown_view_is_the_first_one(office: Office) -> None:
    client = await office.worker("presales")
    page = await client.get("/inbox?view=%3Cscript%3E", headers=PAGE)
    assert page.status_code == 200
    assert 'data-view="waiting"' in page.text
    assert "<script>" not in page.text


async def test_the_talk_shows_the_brief_with_links_to_the_messages(office: Office) -> None:
    client = await office.worker("presales")
    talk = await office.escalate(city="Munich", headcount="80")
    page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    brief = page.split('id="brief"')[1].split("</details>")[0]
    assert "Munich" in brief
    assert "stated" in brief
    seq = next(each.seq for each in messages(office, talk) if "Munich" in each.text)
    assert f'href="#m{seq}"' in brief
    assert f'id="m{seq}"' in page
    for message in messages(office, talk):
        assert f'id="m{message.seq}"' in page


async def test_the_pages_speak_chinese(office: Office) -> None:
    client = await office.worker("presales")
    talk = await office.escalate()
    page = await client.get(f"/inbox/{talk}?language=zh", headers=PAGE)
    assert "接手" in page.text
    assert "网站 · English" in page.text  # the talk itself is in English
    assert "Claim" not in page.text


# --- claiming ------------------------------------------------------------------------------------


async def test_of_two_who_claim_one_gets_it_and_the_other_is_told_who(office: Office) -> None:
    names = ("Anna Berg", "Jonas Okafor")
    clients = [await office.worker("presales", display_name=name) for name in names]
    for _ in range(5):
        talk = await office.escalate()
        answers = await asyncio.gather(*(act(each, talk, "claim") for each in clients))
        codes = [each.status_code for each in answers]
        assert sorted(codes) == [200, 409]
        winner = names[codes.index(200)]
        told = answers[codes.index(409)].json()
        assert told["owner"] == winner
        assert winner in told["error"]
        assert [each.author for each in messages(office, talk)].count("event") == 1


async def test_claiming_twice_is_claiming_once(office: Office) -> None:
    client, talk = await claimed(office)
    before = len(messages(office, talk))
    assert (await act(client, talk, "claim")).status_code == 200
    assert len(messages(office, talk)) == before


async def test_after_the_claim_the_bot_is_silent(office: Office) -> None:
    _, talk = await claimed(office)
    await office.say(talk, "How much is it?", "ask_price")
    last = messages(office, talk)[-1]
    assert last.author == "prospect"


async def test_staff_can_step_into_a_talk_of_the_bot(office: Office) -> None:
    client = await office.worker("presales", display_name="Anna Berg")
    talk = await office.open_talk()
    page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    assert f'action="/inbox/{talk}/step-in"' in page
    assert (await act(client, talk, "step-in")).status_code == 200
    assert talk in await listed(client, "mine")


# --- talking -------------------------------------------------------------------------------------


async def test_the_prospect_sees_the_reply_and_the_name_but_no_note(office: Office) -> None:
    prospect = await office.open_prospect()
    await office.say(prospect.conversation, "A person, please", "talk_to_human")
    client = await office.worker("presales", display_name="Anna Berg")
    talk = prospect.conversation
    await act(client, talk, "claim")
    await act(client, talk, "note", external_id="n1", text="Sounds like a big one")
    answer = await act(client, talk, "reply", external_id="r1", text="Good day, how can I help?")
    assert answer.status_code == 200
    seen = await prospect.read()
    assert seen[-1]["text"] == "Good day, how can I help?"
    assert seen[-1]["author"] == "staff"
    assert seen[-1]["name"] == "Anna Berg"
    assert any("Anna Berg" in each.get("text", "") for each in seen if each["author"] == "event")
    assert "big one" not in str(seen)
    assert "big one" in (await client.get(f"/inbox/{talk}", headers=PAGE)).text


async def test_the_same_reply_twice_is_one_reply(office: Office) -> None:
    client, talk = await claimed(office)
    first = await act(client, talk, "reply", external_id="same", text="Hello")
    again = await act(client, talk, "reply", external_id="same", text="Hello")
    assert (first.status_code, again.status_code) == (200, 200)
    assert [each.text for each in messages(office, talk)].count("Hello") == 1
    other = await act(client, talk, "reply", external_id="same", text="Something else")
    assert other.status_code == 409
    assert "Something else" not in [each.text for each in messages(office, talk)]


async def test_only_who_has_the_talk_replies(office: Office) -> None:
    _, talk = await claimed(office)
    other = await office.worker("presales")
    answer = await act(other, talk, "reply", external_id="r", text="Me too")
    assert answer.status_code == 409
    assert answer.json()["key"] == "desk.refused.not_yours"
    noted = await act(other, talk, "note", external_id="n", text="I know them")
    assert noted.status_code == 200


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "desk.refused.empty"),
        (" \n\t\u200b", "desk.refused.empty"),
        ("x" * 8_001, "desk.refused.too_long"),
    ],
)
async def test_what_cannot_be_sent_is_refused(office: Office, text: str, key: str) -> None:
    client, talk = await claimed(office)
    answer = await act(client, talk, "reply", external_id="r", text=text)
    assert answer.status_code == 409
    assert answer.json()["key"] == key


async def test_a_body_that_is_no_form_is_refused(office: Office) -> None:
    client, talk = await claimed(office)
    for body in (b"", b"{", b"[]", b'{"text": 5}', b"\xff\x00"):
        for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
            answer = await client.post(
                f"/inbox/{talk}/reply", content=body, headers={"Content-Type": kind}
            )
            assert 400 <= answer.status_code < 500


async def test_pieces_bring_only_what_is_new(office: Office) -> None:
    client, talk = await claimed(office)
    last = (await client.get(f"/inbox/{talk}/pieces?after=0")).json()["last"]
    await act(client, talk, "reply", external_id="r", text="A new message")
    piece = (await client.get(f"/inbox/{talk}/pieces?after={last}")).json()
    assert re.findall(r'id="m(\d+)"', piece["messages"]) == [str(last + 1)]
    assert piece["last"] == last + 1
    for part in ('id="talk-head"', 'id="brief"', 'id="composer"', 'id="side"'):
        assert part in piece["html"]


# --- handing on ----------------------------------------------------------------------------------


async def test_handed_back_the_bot_answers_again(office: Office) -> None:
    client, talk = await claimed(office)
    assert (await act(client, talk, "hand-back")).status_code == 200
    await office.say(talk, "How much is it?", "ask_price")
    assert messages(office, talk)[-1].author == "bot"
    assert talk not in await listed(client, "mine")


async def test_passed_on_it_waits_again_and_says_for_whom(office: Office) -> None:
    client, talk = await claimed(office)
    assert (await act(client, talk, "pass-on", to="Jonas Okafor")).status_code == 200
    assert talk in await listed(client, "waiting")
    notes = [each.text for each in messages(office, talk) if each.author == "note"]
    assert any("Jonas Okafor" in each for each in notes)


async def test_what_is_no_lead_goes_back_with_a_reason(office: Office) -> None:
    client, talk = await office.worker("presales"), await office.escalate()
    wrong = await act(client, talk, "not-a-lead", reason="because")
    assert wrong.status_code == 409
    assert wrong.json()["key"] == "desk.refused.reason"
    assert (await act(client, talk, "not-a-lead", reason="seller")).status_code == 200
    assert talk not in await listed(client, "waiting")
    assert talk in await listed(client, "open")


async def test_closed_with_a_reason(office: Office) -> None:
    client, talk = await claimed(office)
    assert (await act(client, talk, "close", reason="")).status_code == 409
    assert (await act(client, talk, "close", reason="won")).status_code == 200
    page = (await client.get(f"/inbox/{talk}?view=closed", headers=PAGE)).text
    assert "Won" in page
    assert talk in await listed(client, "closed")
    assert f'action="/inbox/{talk}/claim"' not in page


async def test_a_head_may_take_a_talk_from_a_colleague_who_is_gone(office: Office) -> None:
    _, talk = await claimed(office)
    colleague, head = await office.worker("presales"), await office.worker("manager")
    assert (await act(colleague, talk, "hand-back")).status_code == 409
    assert (await act(head, talk, "hand-back")).status_code == 200


async def test_the_stage_can_be_set(office: Office) -> None:
    client, talk = await claimed(office)
    assert (await act(client, talk, "stage", stage="contract")).status_code == 200
    page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    assert '<option value="contract" selected>' in page
    assert (await act(client, talk, "stage", stage="heaven")).status_code == 409


async def test_a_written_requirement_brings_a_task_that_can_be_done(office: Office) -> None:
    client = await office.worker("presales")
    talk = await office.open_talk()
    slots = {"written_requirement": True}
    await office.say(talk, "We have it all in writing", "provide_info", slots=slots)
    page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    found = re.search(rf'action="(/inbox/{talk}/tasks/\d+/done)"', page)
    assert found
    assert "Due" in page
    done = await client.post(found[1])
    assert done.status_code == 200
    assert found[1] not in (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    again = await client.post(found[1])
    assert (again.status_code, again.json()["undo"]) == (200, done.json()["undo"]), "twice"
    other = await office.worker("manager")
    assert (await other.post(found[1])).status_code == 409
