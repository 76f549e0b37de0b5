"""The inbox's lists: whose team, what sleeps, what is unread, what words find. The lead page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.presales.queue import SHOWN
from storage import audit, desk
from storage.audit import Wanted
from tests.bot.office import Office, open_office
from tests.bot.presales.test_inbox import PAGE, act, listed

MATE, OTHER = "Jonas Okafor", "林雨晴"  # of the team Pre-sales Europe, and of another one
OWN = "Mareike Tönnsen"


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """An office of its own: its people bear the names of the pack."""
    async with open_office(tmp_path_factory.mktemp("lists-office")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module")
async def people(office: Office) -> dict[str, httpx.AsyncClient]:
    names = (OWN, MATE, OTHER)
    return {name: await office.worker("presales", display_name=name) for name in names}


async def claimed_by(office: Office, client: httpx.AsyncClient, **slots: str) -> str:
    talk = await office.escalate(**slots)
    assert (await act(client, talk, "claim")).status_code == 200
    return talk


async def row_of(client: httpx.AsyncClient, talk: str, query: str) -> str:
    html = str((await client.get(f"/inbox/list?{query}")).json()["html"])
    return html.split(f'<li data-key="{talk}"')[1].split("</li>")[0]


async def test_a_team_sees_what_its_people_have_and_what_waits_for_it(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    ours = await claimed_by(office, people[MATE])
    theirs = await claimed_by(office, people[OTHER])
    waiting = await office.escalate()
    await office.db.write(lambda tx: desk.put(tx, waiting, team="", person=MATE))
    elsewhere = await office.escalate()
    await office.db.write(lambda tx: desk.put(tx, elsewhere, team="", person=OTHER))
    seen = await listed(people[OWN], "team")
    assert {ours, waiting} <= set(seen)
    assert not {theirs, elsewhere} & set(seen)
    assert {theirs, elsewhere} <= set(await listed(people[OTHER], "team"))


async def test_who_is_in_no_team_sees_what_colleagues_have(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    loner = await office.worker("presales", display_name="Nobody's Colleague")
    has, waits = await claimed_by(office, people[OTHER]), await office.escalate()
    seen = await listed(loner, "team")
    assert has in seen
    assert waits not in seen


async def test_what_is_snoozed_sleeps_in_its_own_list_and_comes_back(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    client = people[OWN]
    mine, waits = await claimed_by(office, client), await office.escalate()
    for talk in (mine, waits):
        assert (await act(client, talk, "snooze", minutes="30")).status_code == 200
    assert {mine, waits} <= set(await listed(client, "snoozed"))
    assert mine not in await listed(client, "mine")
    assert waits not in await listed(client, "waiting")
    row = await row_of(client, mine, "view=snoozed")
    assert re.search(r"Snoozed until (\d+\s\w+,\s)?\d\d:\d\d ·", row)
    for talk in (mine, waits):
        assert (await act(client, talk, "wake")).status_code == 200
    assert mine in await listed(client, "mine")
    assert waits in await listed(client, "waiting")


async def test_a_row_tells_words_and_not_what_the_desk_wrote_by_itself(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    talk = await claimed_by(office, people[OWN])
    for n in range(7):
        await act(people[OWN], talk, "reply", text=f"Reply {n}.", external_id=f"r{n}")
    await act(people[OWN], talk, "note", text="Ask Tom.", external_id="n")
    await act(people[OWN], talk, "snooze", minutes="60")
    assert "Reply 6." in await row_of(people[OWN], talk, "view=snoozed")
    for n in range(5):
        await act(people[OWN], talk, "note", text=f"Note {n}.", external_id=f"n{n}")
    row = await row_of(people[OWN], talk, "view=snoozed")
    assert "Note 4." in row
    assert "snoozed this" not in row


async def test_new_words_are_unread_until_the_talk_is_opened(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    client = people[OWN]
    talk = await claimed_by(office, client)
    await client.get(f"/inbox/{talk}", headers=PAGE)
    before = (await client.get("/inbox/list?view=mine")).json()["unread"]
    assert "unread" not in await row_of(client, talk, "view=mine")
    await office.say(talk, "Are you there?")
    await office.say(talk, "Hello?")
    assert "2 new" in await row_of(client, talk, "view=mine")
    assert (await client.get("/inbox/list?view=mine")).json()["unread"] == before + 1
    # A colleague who looks at it reads it for themselves alone.
    await people[MATE].get(f"/inbox/{talk}", headers=PAGE)
    assert "2 new" in await row_of(client, talk, "view=mine")
    await client.get(f"/inbox/{talk}", headers=PAGE)
    assert "2 new" not in await row_of(client, talk, "view=mine")
    assert (await act(client, talk, "unread")).status_code == 200
    assert "1 new" in await row_of(client, talk, "view=mine")


async def test_whoever_is_named_in_a_note_finds_it_among_their_own(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    talk = await claimed_by(office, people[OWN])
    await act(people[OWN], talk, "note", external_id="n1", text=f"@{MATE} please look")
    assert "You are named" in await row_of(people[MATE], talk, "view=mine")
    assert talk not in await listed(people[OTHER], "mine")
    await people[MATE].get(f"/inbox/{talk}", headers=PAGE)
    assert talk not in await listed(people[MATE], "mine")


async def test_a_reply_that_is_owed_counts_down(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    talk = await office.escalate()
    now = office.clock.now()
    await office.db.write(lambda tx: desk.put(tx, talk, due=now + 5 * 60_000 + 30_000))
    row = await row_of(people[OWN], talk, "view=waiting")
    assert "reply due in 5 min" in row
    await office.db.write(lambda tx: desk.put(tx, talk, due=now - 7 * 60_000 - 30_000))
    row = await row_of(people[OWN], talk, "view=waiting")
    assert "reply 7 min late" in row
    assert re.search(r'class="due late"><time data-due="\d+"', row)


async def test_a_search_finds_names_and_words_and_only_what_one_may_see(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    named = await office.escalate(name="Zacharias Quill", company="Quill & Sons")
    said = await office.escalate()
    await office.say(said, "We print on zirconium labels")
    await office.index()
    client = people[OWN]

    async def found(words: str, who: httpx.AsyncClient) -> list[str]:
        html = (await who.get("/inbox/list", params={"q": words})).json()["html"]
        return re.findall(r'<li data-key="([^"]+)"', html)

    assert await found("quill", client) == [named]
    assert await found("zirconium", client) == [said]
    assert "<mark>zirconium</mark>" in await row_of(client, said, "q=zirconium")
    assert await found("100%_nothing", client) == []
    aftersales = await office.worker("aftersales")
    assert await found("zirconium", aftersales) == []
    assert await found("quill", aftersales) == []
    page = (await client.get("/inbox", params={"q": "<script>x"}, headers=PAGE)).text
    assert "No talk fits." in page
    assert "<script>x" not in page


async def test_who_may_not_see_contact_data_sees_none_in_lists_and_lead(office: Office) -> None:
    talk = await office.escalate(email="hidden@person.example", name="Petra")
    await office.say(talk, "Write to hidden@person.example please")
    await office.index()
    reader = await office.worker("presales", "masked")
    await office.db.write(
        lambda tx: tx.run("UPDATE staff SET personal = 'no' WHERE name = 'masked'")
    )
    for path in ("/inbox", "/inbox?q=please", f"/inbox/{talk}"):
        page = (await reader.get(path, headers=PAGE)).text
        assert "hidden@person" not in page
        assert talk in page
    assert 'id="slot-email"' not in (await reader.get(f"/inbox/{talk}", headers=PAGE)).text


async def test_without_a_script_an_act_offers_its_undo(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    client = people[OWN]
    talk = await office.escalate()
    answer = await client.post(f"/inbox/{talk}/claim", headers=PAGE)
    assert answer.status_code == 303
    page = (await client.get(answer.headers["location"], headers=PAGE)).text
    form = page.split('id="undoable"')[1].split("</form>")[0]
    assert " hidden" not in form.split(">")[0]
    number = re.search(r'name="act" value="(\d+)"', form)
    assert number
    undone = await client.post(f"/inbox/{talk}/undo", data={"act": number[1]}, headers=PAGE)
    assert undone.status_code == 303
    assert talk in await listed(client, "waiting")
    once_more = (await client.get(answer.headers["location"], headers=PAGE)).text
    assert " hidden" in once_more.split('id="undoable"')[1].split(">")[0], "it is undone"
    plain = (await client.get(f"/inbox/{talk}?undo=<b>", headers=PAGE)).text
    assert " hidden" in plain.split('id="undoable"')[1].split(">")[0]


# --- the lead ------------------------------------------------------------------------------------


async def test_a_long_talk_opens_at_its_end_and_stays_light(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    client = people[OWN]
    talk = await claimed_by(office, client, company="Long Story Ltd")
    for number in range(120):
        await office.say(talk, f"Sentence number {number} of a long story that goes on and on")
    page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    assert "Sentence number 119" in page
    assert "Sentence number 3 " not in page
    left = re.search(r"Show the (\d+) earlier entries", page)
    assert left
    assert int(left[1]) > 30
    assert len(page.encode()) < 100_000
    earlier = (await client.get(f"/inbox/{talk}?part=1", headers=PAGE)).text
    assert "Sentence number 119" not in earlier
    assert 'href="?view=waiting&amp;show=all&amp;part=0#sieve"' in earlier
    first = (await client.get(f"/inbox/{talk}?m=4", headers=PAGE)).text
    assert 'id="m4"' in first
    assert "Sentence number 119" not in first


async def test_each_day_of_a_talk_has_its_name_before_what_was_said_on_it(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    talk = await claimed_by(office, people[OWN])
    office.clock.ahead += 2 * 24 * 3_600_000
    try:
        client = await office.worker("presales")
        await office.say(talk, "Are you there?")
        page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
        names = re.findall(r'<li class="day"[^>]*>([^<]+)</li>', page)
        assert len(names) == 2
        assert re.fullmatch(r"\w+day,? \d+ \w+( \d{4})?|\d+ \w+ \d{4}", names[0])
        assert names[1] == "Today"
        assert page.index(">Today</li>") < page.index("Are you there?")
        # What comes later brings its day along only once.
        last = int(page.split('data-last="')[1].split('"')[0])
        await office.say(talk, "Hello?")
        piece = (await client.get(f"/inbox/{talk}/pieces?after={last}")).json()["messages"]
        days = re.findall(r'id="(day-[^"]+)"', piece)
        assert len(days) == len(set(days))
        assert days[-1] in page
    finally:
        office.clock.ahead -= 2 * 24 * 3_600_000


async def test_a_crowd_in_the_queue_leaves_every_page_light(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    client = people[OWN]
    for number in range(90):
        await office.escalate(company=f"Company number {number} of the long queue")
    talk = await claimed_by(office, client, company="Beside the queue")
    for path in ("/inbox", f"/inbox/{talk}"):
        page = (await client.get(path, headers=PAGE)).text
        assert 'rel="next"' in page
        assert len(page.encode()) < 100_000, path
    assert len(await listed(client)) == SHOWN


async def test_the_timeline_tells_everything_in_its_order(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    client = people[OWN]
    talk = await office.escalate(company="Timeline Ltd")
    await act(client, talk, "claim")
    papers = re.findall(
        r'name="paper" value="([^"]+)"', (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    )
    assert len(papers) >= 4
    sent = await act(client, talk, "reply", external_id="p1", text="", paper=papers[0])
    assert sent.status_code == 200
    await act(client, talk, "stage", stage="contract")
    await act(client, talk, "profile", slot="city", value="Graz")
    piece = (await client.get(f"/inbox/{talk}/pieces?after=0")).json()
    told = [
        piece["messages"].index(words)
        for words in (
            "Escalated: Asked for a person (Urgent)",
            "Rung for ",
            "has joined the talk",
            "Document given: ",
            f"{OWN} set the stage: Contract",
        )
    ]
    assert told == sorted(told)
    assert f"entered by {OWN}" in piece["html"]


async def test_every_fact_of_the_profile_can_be_changed_and_its_entry_is_marked(
    office: Office, people: dict[str, httpx.AsyncClient]
) -> None:
    client = people[OWN]
    talk = await office.escalate(city="Munich", ownership="private")
    page = (await client.get(f"/inbox/{talk}", headers=PAGE)).text
    slots = re.findall(r'name="slot" value="([^"]+)"', page)
    assert {"city", "ownership", "email", "own_servers", "edition"} <= set(slots)
    assert len(slots) == len(set(slots))
    answers = [
        await act(client, talk, "profile", slot=slot, value=value)
        for slot, value in (("city", "Graz"), ("ownership", "state_owned"), ("own_servers", "true"))
    ]
    assert [each.status_code for each in answers] == [200, 200, 200]
    profile = (await client.get(f"/inbox/{talk}", headers=PAGE)).text.split('id="profile"')[1]
    assert profile.count(f"entered by {OWN}") == 3
    assert "Graz" in profile
    assert '<s dir="auto">Munich</s>' in profile


async def test_whoever_is_shown_a_talk_stands_in_the_record(office: Office) -> None:
    client = await office.worker("presales", name="reader-of-leads")
    talk, wanted = await office.escalate(), Wanted(action="transcript.read")

    async def readings() -> list[str]:
        rows = await office.db.read(lambda connection: audit.entries(connection, wanted))
        return [row.subject for row in rows if row.subject == talk]

    await client.get("/inbox/list")
    assert await readings() == [], "a row of a list is no talk"
    for path in ("", "/pieces", "/brief", ""):
        assert (await client.get(f"/inbox/{talk}{path}")).status_code == 200
    assert await readings() == [talk], "within the hour it is the same reading"
    office.clock.ahead += 3_600_001
    await client.get(f"/inbox/{talk}/brief")
    office.clock.ahead -= 3_600_001
    assert await readings() == [talk] * 2
    other = await office.worker("presales")
    await other.get(f"/inbox/{talk}")
    assert await readings() == [talk] * 3
