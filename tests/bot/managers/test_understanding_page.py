"""The page of what was not understood: who asks, what it shows, what becomes of a click."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from dialogs.types import Reading
from storage import accounts, doubts
from storage.doubts import Doubt
from tests.bot.office import Office, open_office

PAGE = {"Accept": "text/html"}
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}<img src=x onerror=alert(2)>"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """One of its own, so that the list holds only what the test put there."""
    async with open_office(tmp_path / "data") as opened:
        yield opened


async def read(client: httpx.AsyncClient, query: str = "") -> str:
    answer = await client.get(f"/understanding{query}", headers=PAGE)
    assert answer.status_code == 200, answer.text
    return answer.text


async def post(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await client.post(f"/understanding/{path}", data=fields, headers=PAGE)


def stored(office: Office, number: int = 1) -> Doubt:
    found = office.db.peek(lambda tx: doubts.get(tx, number))
    assert found is not None
    return found


async def mumble(office: Office, text: str = "mumble mumble", **more: Any) -> str:
    """A talk with one message that was not understood; gives its id."""
    talk = await office.open_talk()
    reading = Reading(text=text, language="en", intents=("unclear",), **more)
    office.reader.script[text] = reading
    await office.say(talk, text)
    return talk


async def test_a_row_tells_words_question_reading_and_place(office: Office) -> None:
    client = await office.worker("manager")
    assert "everything was understood" in await read(client)
    talk = await office.open_talk()
    office.reader.script["two racks"] = Reading(
        text="two racks",
        language="en",
        intents=("ask_feature",),
        slots={"own_servers": False},
        certainty=0.38,
    )
    seq = await office.say(talk, "two racks")
    page = await read(client)
    assert 'class="count" aria-label="1 open">1<' in page
    assert "Not sure" in page
    assert "two racks" in page
    assert "What can I do for you?" in page
    assert "Asks what the product can do" in page
    assert re.search(r"Own servers</span>\s*<span[^>]*>no<", page)
    assert "38 % sure" in page
    assert f'href="/transcripts/{talk}?m={seq}#m{seq}"' in page
    assert '<option value="ask_feature" selected>' in page


async def test_a_corrected_one_offers_what_is_right(office: Office) -> None:
    client, talk = await office.worker("manager"), await office.open_talk()
    await office.say(talk, "two racks hum", slots={"own_servers": False})
    await office.say(talk, "no, we own them", "correct", slots={"own_servers": True})
    page = await read(client)
    assert "Put right by the prospect" in page
    assert "no, we own them" in page
    assert '<option value="own_servers=true" selected>Own servers: yes<' in page


async def test_an_example_is_kept_used_and_taken_back(office: Office) -> None:
    client = await office.worker("manager", display_name="Mara Holm")
    await mumble(office)
    sent = await post(client, "1/example", meaning="ask_trial", sentence="  can I fiddle  with it ")
    assert sent.status_code == 303
    assert sent.headers["location"] == "/understanding?done=example&of=1"
    assert "can I fiddle with it" in office.deps.overlay.files["examples/en.yaml"]
    (edit,) = office.deps.overlay.history()
    row = stored(office)
    assert (row.settled_how, row.edit, edit.by) == ("example", edit.number, "Mara Holm")
    assert edit.theirs is not None
    assert edit.theirs.conversation == row.conversation
    told = await read(client, "?done=example&of=1")
    assert "Learned as “Wants to try it”." in told
    assert "everything was understood" in told
    done = await read(client, "?view=settled")
    assert "Learned by Mara Holm" in done
    back = await post(client, "1/undo")
    assert back.headers["location"] == "/understanding?done=undone&of=1"
    assert "examples/en.yaml" not in office.deps.overlay.files
    assert stored(office).settled_at == 0
    assert "It is on the list again." in await read(client, "?done=undone&of=1")


async def test_a_fact_becomes_a_statement(office: Office) -> None:
    client = await office.worker("owner")
    await mumble(office)
    await post(client, "1/example", meaning="own_servers=true", sentence="two racks hum here")
    text = office.deps.overlay.files["examples/en.yaml"]
    assert re.search(r"statements:\s+own_servers:\s+'?true'?:\s+- two racks hum here", text)


async def test_who_wrote_it_is_hidden_whatever_is_typed(office: Office) -> None:
    client, talk = await office.worker("manager"), await office.open_talk()
    await office.say(talk, "I am Jarmila Novotna", slots={"name": "Jarmila Novotna"})
    await office.say(talk, "ask jarmila novotna, j@nov.cz, +420 601 234 567")
    page = await read(client)
    assert "ask [name], [e-mail], [phone]</textarea>" in page
    assert "What tells who it was is hidden here" in page
    typed = "ask Jarmila Novotna or j@nov.cz or +420 601 234 567"
    await post(client, "1/example", meaning="talk_to_human", sentence=typed)
    text = office.deps.overlay.files["examples/en.yaml"]
    assert "ask [name] or [e-mail] or [phone]" in text
    assert "ovotna" not in repr(office.deps.overlay.history())


async def test_mistakes_stand_beside_their_row(office: Office) -> None:
    client = await office.worker("manager")
    await mumble(office)
    cases = {
        "Choose what was meant.": {"meaning": "nonsense", "sentence": "x y"},
        "Write the sentence": {"meaning": "affirm", "sentence": "  "},
        "300 characters at most": {"meaning": "affirm", "sentence": "long " * 80},
    }
    for words, fields in cases.items():
        answer = await post(client, "1/example", **fields)
        assert answer.status_code == 422
        assert words in answer.text
        assert stored(office).settled_at == 0
    assert office.deps.overlay.files == {}
    sent = await post(client, "1/example", meaning="affirm", sentence="aye aye")
    assert sent.status_code == 303
    again = await post(client, "1/example", meaning="deny", sentence="aye aye")
    assert again.status_code == 422
    assert len(office.deps.overlay.history()) == 1
    assert (await post(client, "99/dismiss")).status_code == 404


async def test_dismissing_and_filters(office: Office) -> None:
    client = await office.worker("manager")
    await mumble(office, "first mumble")
    await mumble(office, "zweites Gemurmel")
    talk = await office.open_talk("zh")
    await office.say(talk, "啊啦啦")
    assert re.findall(r'id="d(\d+)"', await read(client)) == ["3", "2", "1"]
    assert re.findall(r'id="d(\d+)"', await read(client, "?tongue=zh")) == ["3"]
    assert re.findall(r'id="d(\d+)"', await read(client, "?kind=unsure")) == []
    assert re.findall(r'id="d(\d+)"', await read(client, "?since=2999-01-01")) == []
    assert re.findall(r'id="d(\d+)"', await read(client, "?cursor=nonsense")) == ["3", "2", "1"]
    gone = await client.post("/understanding/2/dismiss?tongue=en&next=//evil.example", headers=PAGE)
    assert gone.headers["location"] == "/understanding?tongue=en&done=dismissed&of=2"
    assert re.findall(r'id="d(\d+)"', await read(client)) == ["3", "1"]
    assert re.findall(r'id="d(\d+)"', await read(client, "?view=settled")) == ["2"]
    await post(client, "2/undo")
    assert re.findall(r'id="d(\d+)"', await read(client)) == ["3", "2", "1"]


async def test_what_is_done_is_on_record(office: Office) -> None:
    client = await office.worker("manager")
    await mumble(office)
    await post(client, "1/dismiss")
    await post(client, "1/dismiss")
    await post(client, "1/undo")
    acts = office.db.peek(
        lambda tx: tx.all("SELECT action, subject, detail FROM audit ORDER BY id")
    )
    assert acts == [("understanding.dismissed", "1", ""), ("understanding.undone", "1", "")]
    assert office.db.peek(accounts.count_staff) == 1


async def test_hostile_words_stay_words(office: Office) -> None:
    client = await office.worker("manager")
    await mumble(office, HOSTILE, quotes={"name": HOSTILE})
    page = await read(client)
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "onerror=alert(2)&gt;49" not in page
    answer = await post(client, "1/example", meaning=HOSTILE, sentence=HOSTILE)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    sent = await post(client, "1/example", meaning="abuse", sentence=HOSTILE)
    assert sent.status_code == 303
    assert "<img src=x" not in await read(client, "?view=settled")


async def test_an_undo_that_was_cut_short_can_be_ended(office: Office) -> None:
    client = await office.worker("manager")
    await mumble(office)
    await post(client, "1/example", meaning="ask_price", sentence="mumble mumble")
    await office.deps.overlay.undo(stored(office).edit, "Mira", 1)  # and then the power went
    assert (await post(client, "1/undo")).status_code == 303
    assert stored(office).settled_at == 0
