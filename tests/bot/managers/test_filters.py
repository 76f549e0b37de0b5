"""Filters of transcripts in the address: read, worded, turned round, taken away, and kept."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.managers.transcripts.chosen import Chosen, Picked, read_chosen
from bot.managers.transcripts.fields import make_fields
from bot.managers.transcripts.wording import Wording
from bot.web.staffpages import Worker
from dialogs.figures import fold_value
from storage import accounts, audit
from storage.audit import Wanted
from tests.bot.office import Office

PAGE = {"Accept": "text/html"}
SENTENCE = "State-owned, no own servers, asked for the comparison, not brought to a person: "
QUERY = "ownership=state_owned&own_servers=false&asked=comparison&not_step=escalated"
OWNER = Worker(id=1, display_name="Olga", role="owner", personal=True)


def ids_of(page: str) -> list[str]:
    return re.findall(r'<a href="/transcripts/([A-Za-z0-9_-]{22})', page)


async def see(client: httpx.AsyncClient, address: str) -> str:
    answer = await client.get(address, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def told(page: str) -> str:
    """The sentence of the page."""
    return re.sub(r"<[^>]+>", "", re.findall(r'<p class="sentence"[^>]*>(.*?)(?:<a|</p>)', page)[0])


async def make_talk(office: Office, servers: bool, person: bool) -> str:
    talk = await office.open_talk()
    known = {"buyer_type": "enterprise", "ownership": "state_owned", "own_servers": servers}
    await office.say(talk, f"We are state-owned, servers {servers}", "provide_info", slots=known)
    paper = {"doc_type": "comparison"}
    await office.say(talk, "Send me the comparison", "ask_document", slots=paper)
    if person:
        await office.say(talk, "A person, please", "talk_to_human")
    return talk


async def test_the_sentence_of_the_issue(office: Office) -> None:
    client = await office.worker("manager")
    wanted = await make_talk(office, servers=False, person=False)
    others = [
        await make_talk(office, servers=True, person=False),
        await make_talk(office, servers=False, person=True),
    ]
    page = await see(client, f"/transcripts?{QUERY}&tongue=en")
    assert told(page).startswith(SENTENCE[:-2] + ", Language: English: ")
    assert wanted in ids_of(page)
    assert not set(others) & set(ids_of(page))
    turned = await see(client, f"/transcripts?{QUERY.replace('not_step', 'step')}")
    assert others[1] in ids_of(turned)
    assert wanted not in ids_of(turned)


async def test_a_chip_is_turned_round_and_taken_away(office: Office) -> None:
    client = await office.worker("manager")
    await make_talk(office, servers=False, person=False)
    page = await see(client, f"/transcripts?{QUERY}")
    turns = re.findall(r'<a class="turn" href="([^"]+)"', page)
    removals = re.findall(r'<a class="remove" href="([^"]+)"', page)
    assert len(turns) == len(removals) == 4
    assert "not_ownership=state_owned" in turns[0]
    assert turns[3].endswith("&step=escalated")
    assert "Not state-owned" in told(await see(client, turns[0]))
    rest = await see(client, removals[0])
    assert "state-owned" not in told(rest).lower()
    assert "no own servers" in told(rest).lower()


async def test_a_form_without_choices_leads_to_a_short_address(office: Office) -> None:
    client = await office.worker("manager")
    answer = await client.get("/transcripts?q=&outcome=&city=Graz&since=&rated=", headers=PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/transcripts?city=graz"


async def test_several_values_of_a_field_are_any_of_them(office: Office) -> None:
    client = await office.worker("manager")
    page = await see(client, "/transcripts?outcome=open&outcome=escalated&channel=widget")
    assert told(page).startswith("Outcome: Open or Escalated, Channel: website: ")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("outcome=bogus", "“bogus” is nothing that “Outcome” can be"),
        ("ownership=mine", "“mine” is nothing that “Ownership” can be"),
        ("since=yesterday", "“yesterday” is not a date"),
        ("length=some", "“some” is nothing that “Messages” can be"),
        ("length=9-3", "“9-3” is nothing"),
        ("rated=6", "“6” is nothing"),
        ("staff=99999999999", "“99999999999” is nothing"),
        ("not_step=dreaming", "“dreaming” is nothing"),
        ("city=~forged", "“~forged” is nothing"),
        ("&".join(f"{slot}=a&not_{slot}=a" for slot in (
            "city", "company", "name", "need", "industry", "role", "topic", "timeline",
            "alternatives", "phone", "email",
        )), "more than can be filtered by"),
        ("&".join(f"city=c{n}" for n in range(40)), "more than can be filtered by"),
    ],
)  # fmt: skip
async def test_what_means_nothing_is_told(office: Office, query: str, words: str) -> None:
    client = await office.worker("manager")
    assert words in await see(client, f"/transcripts?{query}")


@pytest.mark.parametrize(
    "value",
    ["<script>alert(1)</script>", "' OR 1=1 --", '"><img src=x>', "%00", "\u202eevil", "🙂",
     "{{7*7}}", "a" * 5_000, "~known", "../../etc", "\r\nSet-Cookie: x=1"],
)  # fmt: skip
async def test_hostile_values_stay_values(office: Office, value: str) -> None:
    client = await office.worker("manager")
    for name in ("city", "not_company", "source", "team", "topic", "q", "outcome", "since"):
        answer = await client.get("/transcripts", params={name: value}, headers=PAGE)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "set-cookie" not in {key for key in answer.headers if "x=1" in answer.headers[key]}


async def test_known_not_known_and_refused(office: Office) -> None:
    client = await office.worker("manager")
    told_so, silent = await office.open_talk(), await office.open_talk()
    await office.say(told_so, "In Kiruna", "provide_info", slots={"city": "Kiruna"})
    assert told_so in ids_of(await see(client, "/transcripts?city=Kiruna"))
    assert told_so in ids_of(await see(client, "/transcripts?city=~known"))
    unknown = await see(client, "/transcripts?city=~unknown")
    assert silent in ids_of(unknown)
    assert told_so not in ids_of(unknown)
    assert told(unknown).startswith("City: not known: ")


async def test_who_may_not_see_a_person_cannot_ask_for_one(office: Office) -> None:
    talk = await office.open_talk()
    await office.say(talk, "mail me", "provide_info", slots={"email": "zoe@shop.example"})
    manager, reader = await office.worker("manager"), await office.worker("readonly")
    query = "/transcripts?email=zoe@shop.example"
    assert ids_of(await see(manager, query)) == [talk]
    page = await see(reader, query)
    assert "zoe@shop.example" not in page
    assert len(ids_of(page)) > 1  # the filter is not there for them


async def test_every_field_has_words_in_every_language(office: Office) -> None:
    fields = make_fields(office.deps, OWNER)
    for language in office.deps.pack.languages:
        wording = Wording(office.deps, language, fields)
        for field in fields.values():
            assert wording.label(field) != field.name, (language, field.name)
            for value in (*field.values, *field.extra) or ("x",):
                for no in (False, True):
                    phrase = wording.phrase(Picked(name=field.name, values=(value,), no=no))
                    assert phrase.strip()
                    assert "~" not in phrase, (language, phrase)


# --- saved views ---------------------------------------------------------------------------------


async def test_views_are_kept_shared_renamed_and_deleted(office: Office) -> None:
    anna, ben = await office.worker("manager"), await office.worker("manager")
    query = "ownership=state_owned&not_step=escalated"
    form = {"page": "transcripts", "query": query, "name": "  State,  not <b>called</b>  "}
    kept = await anna.post("/views", data=form)
    assert (kept.status_code, kept.headers["location"]) == (303, f"/transcripts?{query}")
    page = await see(anna, "/transcripts")
    assert f'<a href="/transcripts?{query}"' in page
    assert "State, not <b>called</b>" in page  # unescaped by this test alone
    number = re.findall(r'action="/views/(\d+)"', page)[-1]
    assert query not in await see(ben, "/transcripts")
    for act in ("", "/delete"):
        answer = await ben.post(f"/views/{number}{act}", data={"name": "mine now"})
        assert answer.status_code == 404
    changed = await anna.post(f"/views/{number}", data={"name": "For all", "shared": "yes"})
    assert changed.status_code == 303
    seen = await see(ben, "/transcripts")
    assert "For all" in seen
    assert f'action="/views/{number}"' not in seen
    assert (await anna.post(f"/views/{number}/delete")).status_code == 303
    assert "For all" not in await see(ben, "/transcripts")


async def test_a_view_needs_a_name_and_a_page(office: Office) -> None:
    client = await office.worker("presales")
    assert (
        await client.post("/views", data={"page": "transcripts", "name": " "})
    ).status_code == 400
    assert (await client.post("/views", data={"page": "/evil", "name": "x"})).status_code == 400
    figures = {"page": "funnel", "name": "x"}
    assert (await client.post("/views", data=figures)).status_code == 404
    assert (await client.post("/views/99999/delete")).status_code == 404


# --- reading leaves a line -----------------------------------------------------------------------


async def test_every_reading_leaves_a_line(office: Office) -> None:
    client, talk = await office.worker("readonly", "reader-who-reads"), await office.open_talk()
    for _ in range(2):
        assert (await client.get(f"/transcripts/{talk}", headers=PAGE)).status_code == 200
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, "reader-who-reads"))
    assert staff is not None
    wanted = Wanted(action="transcript.read", subject=talk)
    lines = await office.db.read(lambda connection: audit.entries(connection, wanted))
    assert [line.staff_id for line in lines] == [staff.id, staff.id]


# --- the address ---------------------------------------------------------------------------------


def _picks() -> st.SearchStrategy[Picked]:
    texts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
    city = st.builds(
        lambda words, no: Picked(name="city", values=(words,), no=no),
        texts.map(lambda words: fold_value("city", words)).filter(
            lambda words: words and fold_value("city", words) == words and words[0] != "~"
        ),
        st.booleans(),
    )
    outcome = st.builds(
        lambda value, no: Picked(name="outcome", values=(value,), no=no),
        st.sampled_from(["open", "escalated", "silent"]),
        st.booleans(),
    )
    return st.one_of(city, outcome)


@given(
    picks=st.lists(_picks(), max_size=4, unique_by=lambda pick: (pick.name, pick.no)),
    since=st.sampled_from(["", "2026-01-31"]),
)
def test_a_choice_survives_its_address(office: Office, picks: list[Picked], since: str) -> None:
    fields = make_fields(office.deps, OWNER)
    chosen = Chosen(q="two words & more", since=since, picks=tuple(picks))
    again = read_chosen(fields, parse_qsl(chosen.query()))
    assert again == chosen
    for pick in picks:
        assert pick not in again.without(pick).picks
        turned = again.turned(pick)
        assert all(value in dict_of(turned)[pick.name, not pick.no] for value in pick.values)


def dict_of(chosen: Chosen) -> dict[tuple[str, bool], tuple[str, ...]]:
    return {(pick.name, pick.no): pick.values for pick in chosen.picks}


async def test_the_form_asks_what_is_known(office: Office) -> None:
    client = await office.worker("manager")
    asked = "/transcripts?known=city&unknown=ownership&refused=budget&known=nothing"
    answer = await client.get(asked, headers=PAGE)
    address = answer.headers["location"]
    assert address == "/transcripts?city=~known&ownership=~unknown&budget=~refused"
    page = await see(client, address)
    assert told(page).startswith("City: known, Ownership: not known, Budget: not told on purpose: ")


async def test_a_view_that_no_address_can_hold_is_refused(office: Office) -> None:
    client = await office.worker("manager")
    for query in ("q=1\r\nSet-Cookie: a=b", "q=\x00", "city=Köln"):
        form = {"page": "transcripts", "name": "Odd", "query": query}
        answer = await client.post("/views", data=form)
        assert answer.status_code == 400, query
    assert "Odd" not in (await client.get("/transcripts", headers={"Accept": "text/html"})).text


async def test_a_shared_view_says_what_is_hidden_from_its_reader(office: Office) -> None:
    seeing, veiled = await office.worker("manager"), await office.worker("readonly")
    path, page = "/transcripts?email=~known&q=hello", {"Accept": "text/html"}
    assert "is hidden from you" not in (await seeing.get(path, headers=page)).text
    text = (await veiled.get(path, headers=page)).text
    assert "“E-mail” is hidden from you" in text
