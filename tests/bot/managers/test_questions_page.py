"""Unanswered questions and the articles that answer them: written, checked, tried, taken back."""

from __future__ import annotations

import asyncio
import errno
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio

from bot.house import Contents
from bot.managers.questions import SHOWN
from dialogs import texts
from dialogs.knowledge import Library
from dialogs.pack import Pack
from dialogs.types import Reading
from storage import reading
from tests.bot.office import Office, open_office

PAGE = {"Accept": "text/html"}
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}<img src=x onerror=alert(2)>"
QUESTION = "Does it talk to a Zubrowka till?"
ANSWER = {
    "title": "Zubrowka tills",
    "questions": f"{QUESTION}\nCan we connect our Zubrowka till?",
    "text": "Yes. The **till connector** speaks to every Zubrowka till.\n\n- stock\n- receipts",
    "language": "en",
    "visibility": "public",
}


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """One of its own whose library follows the edits, as the product's does."""
    async with open_office(tmp_path / "data") as opened:
        opened.reader.script[QUESTION] = Reading(
            text=QUESTION, language="en", intents=("ask_feature",)
        )

        async def follow(pack: Pack) -> None:
            pack = msgspec.structs.replace(pack, company=opened.deps.pack.company)
            made = Contents(texts.of(pack), opened.reader, Library(pack))
            opened.core.mind.swap(made)

        opened.deps.overlay.follow = follow
        await follow(opened.deps.pack)
        yield opened


async def ask(office: Office, text: str = QUESTION, language: str = "en") -> str:
    talk = await office.open_talk(language)
    await office.say(talk, text, "ask_feature")
    return talk


async def read(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path, headers=PAGE)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


async def post(client: httpx.AsyncClient, path: str, fields: dict[str, str]) -> httpx.Response:
    return await client.post(path, data=fields, headers=PAGE)


async def answered(office: Office, client: httpx.AsyncClient) -> str:
    """The question asked and answered; gives the article's address."""
    await ask(office)
    sent = await post(client, "/questions/1/answer", ANSWER)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"].partition("?")[0]


async def open_questions(office: Office) -> list[str]:
    return [each.question for each in await office.db.read(reading.unanswered)]


async def test_the_most_asked_come_first_with_their_talks(office: Office) -> None:
    client = await office.worker("manager")
    assert "The papers answered everything so far." in await read(client, "/questions")
    first = await ask(office)
    second = await ask(office, "does it talk to a zubrowka till")
    await ask(office, "Is there a lift in your building?")
    page = await read(client, "/questions")
    assert page.index("asked 2 times") < page.index("asked 1 time<")
    assert f'href="/transcripts/{first}"' in page
    assert f'href="/transcripts/{second}"' in page
    assert 'aria-label="3 open">3<' in page


async def test_many_questions_are_turned_page_by_page(office: Office) -> None:
    client, asked = await office.worker("manager"), SHOWN + 2
    for number in range(asked):
        await ask(office, f"Has it a{number} with b{number} for c{number}?")
    first, second = await read(client, "/questions"), await read(client, "/questions?page=2")
    numbers = [re.findall(r'<a href="/questions/(\d+)">', page) for page in (first, second)]
    assert list(map(len, numbers)) == [SHOWN, 2]
    assert len({*numbers[0], *numbers[1]}) == asked, "each once"
    assert 'href="/questions?page=2" rel="next"' in first
    assert 'rel="next"' not in second
    assert 'href="/questions"' in second
    for beyond in (99, 0, -1, 10**30):
        assert '<li class="case' in await read(client, f"/questions?page={beyond}")


async def test_a_question_shows_what_comes_near(office: Office) -> None:
    client = await office.worker("manager")
    await ask(office, "Is there a warranty for the connector to the ERP on Mars?")
    page = await read(client, "/questions/1")
    links = re.findall(r'<a href="(/papers/[^"]+)">([^<]+)</a>', page)
    assert links
    for address, title in links:
        paper = await read(client, address.partition("#")[0])
        assert title in paper
        anchor = address.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in paper


async def test_readers_see_questions_and_write_nothing(office: Office) -> None:
    await ask(office)
    for role in ("presales", "readonly"):
        client = await office.worker(role)
        for path in ("/questions", "/questions/1"):
            page = await read(client, path)
            assert QUESTION in page
            assert "Write the answer" not in page
            assert 'method="post" action="/questions' not in page


async def test_an_answer_is_used_at_once(office: Office) -> None:
    client = await office.worker("manager", display_name="Mara Holm")
    await ask(office)
    await ask(office, "does it talk to a ZUBROWKA till")
    form = await read(client, "/questions/2")
    assert f"{QUESTION}</textarea>" in form or f"{QUESTION.lower()}" in form.lower()
    sent = await post(client, "/questions/2/answer", ANSWER)
    assert sent.status_code == 303
    page = await read(client, sent.headers["location"])
    assert "Your answer is in use. 2 questions settled." in page
    assert "till connector speaks to every Zubrowka till" in page.split("says now")[1]
    assert "From: Zubrowka tills" in page
    assert await open_questions(office) == []
    prospect = await office.open_talk()
    await office.say(prospect, QUESTION)
    said = office.db.peek(
        lambda tx: reading.messages_after(tx, prospect, 0, internal=False, limit=50)
    )
    assert any("till connector speaks" in each.text for each in said if each.author == "bot")
    listed = await read(client, "/articles")
    assert "Zubrowka tills" in listed
    assert "Mara Holm" in listed


async def test_an_internal_answer_reaches_no_prospect(office: Office) -> None:
    client = await office.worker("manager")
    await ask(office)
    sent = await post(client, "/questions/1/answer", {**ANSWER, "visibility": "internal"})
    page = await read(client, sent.headers["location"])
    assert "till connector speaks" not in page.split('class="tried"')[1].split("</section>")[0]
    found = office.deps.mind.library.find(QUESTION, "en", 3, "2026-11-22")
    assert all("till connector" not in each.text for each in found)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "Give it a title."),
        ("title", "x" * 121, "120 characters at most"),
        ("questions", " \n ", "at least one question"),
        ("questions", "\n".join(f"Question {n}?" for n in range(21)), "20 questions at most"),
        ("text", "", "Write the answer."),
        ("text", "x" * 8_001, "8000 characters at most"),
        ("language", "xx", "Choose a language."),
    ],
)
async def test_mistakes_stand_beside_their_field(
    office: Office, field: str, value: str, words: str
) -> None:
    client = await office.worker("manager")
    await ask(office)
    answer = await post(client, "/questions/1/answer", {**ANSWER, field: value})
    assert answer.status_code == 422
    assert re.search(rf'id="wrong-{field}">[^<]*{re.escape(words)}', answer.text)
    assert office.deps.overlay.files == {}
    assert len(await open_questions(office)) == 1


async def test_what_check_finds_is_told_and_nothing_is_kept(office: Office) -> None:
    client = await office.worker("manager")
    await ask(office)
    answer = await post(client, "/questions/1/answer", {**ANSWER, "text": "---"})
    assert answer.status_code == 422
    assert "has no text" in answer.text
    assert office.deps.overlay.files == {}


async def test_versions_undo_and_bringing_back(office: Office) -> None:
    client = await office.worker("manager")
    address = await answered(office, client)
    seen = re.findall(r'name="seen" value="(\d+)"', await read(client, address))[0]
    changed = {**ANSWER, "text": "No longer.", "seen": seen}
    assert (await post(client, address, changed)).status_code == 303
    assert "No longer." in await read(client, address)
    stale = await post(client, address, {**changed, "text": "Mine!"})
    assert stale.status_code == 409
    assert "Somebody else changed this article" in stale.text
    assert "Mine!" in stale.text  # what was typed is not lost
    await post(client, f"{address}/undo", {})
    (text,) = office.deps.overlay.files.values()
    assert "till connector" in text
    assert await open_questions(office) == []
    await post(client, f"{address}/undo", {})
    assert office.deps.overlay.files == {}
    assert await open_questions(office) == [QUESTION]
    assert (await post(client, f"{address}/undo", {})).status_code == 404
    page = await read(client, address)
    versions = re.findall(r'name="version" value="(\d+)"', page)
    sent = await post(client, f"{address}/restore", {"version": versions[-1]})
    assert sent.status_code == 303
    (text,) = office.deps.overlay.files.values()
    assert "till connector" in text
    assert (await post(client, f"{address}/restore", {"version": "99"})).status_code == 404


async def test_taking_an_article_out_opens_its_questions(office: Office) -> None:
    client = await office.worker("manager")
    address = await answered(office, client)
    await post(client, f"{address}/remove", {})
    assert office.deps.overlay.files == {}
    assert await open_questions(office) == [QUESTION]
    assert "No article was written here yet." in await read(client, "/articles")
    await post(client, f"{address}/undo", {})
    assert len(office.deps.overlay.files) == 1


async def test_an_article_of_one_s_own_and_a_try(office: Office) -> None:
    client = await office.worker("manager")
    sent = await post(client, "/articles/new", ANSWER)
    address = sent.headers["location"].partition("?")[0]
    tried = await post(client, f"{address}/try", {"question": QUESTION})
    assert tried.status_code == 200
    assert "till connector speaks" in tried.text.split("says now")[1]
    other = await post(client, f"{address}/try", {"question": "Who made the moon?"})
    assert "does not come from your article" in other.text
    acts = office.db.peek(lambda tx: tx.all("SELECT action, detail FROM audit"))
    assert acts == [("articles.saved", "")]


async def test_setting_aside_and_putting_back(office: Office) -> None:
    client = await office.worker("manager")
    await ask(office)
    await ask(office, QUESTION.upper())
    await ask(office, "Is there a lift?")
    sent = await post(client, "/questions/1/settle", {})
    assert sent.headers["location"] == "/questions?done=set_aside&of=1"
    assert await open_questions(office) == ["Is there a lift?"]
    assert 'action="/questions/1/undo"' in await read(client, sent.headers["location"])
    await post(client, "/questions/1/undo", {})
    assert len(await open_questions(office)) == 3
    assert (await post(client, "/questions/77/settle", {})).status_code == 404
    assert (await post(client, "/questions/77/undo", {})).status_code == 404


async def test_an_address_that_somebody_made_up(office: Office) -> None:
    client = await office.worker("manager")
    for path in ("/questions/99", "/articles/en/none", "/articles/..%2f/x", "/papers/none"):
        assert (await client.get(path, headers=PAGE)).status_code == 404, path
    sent = await post(client, "/articles/en/none", ANSWER)
    assert sent.status_code == 404
    assert office.deps.overlay.files == {}


async def test_hostile_words_stay_words(office: Office) -> None:
    client = await office.worker("manager")
    await ask(office, HOSTILE)
    hostile = dict.fromkeys(("title", "questions", "text"), HOSTILE)

    async def look(*paths: str) -> None:
        for path in paths:
            page = await read(client, path)
            assert "&lt;script&gt;alert" in page, path
            assert "<script>alert" not in page, path
            assert "<img src=x" not in page, path
            assert "onerror=alert(2)&gt;49" not in page, path

    await look("/questions", "/questions/1")
    sent = await post(client, "/questions/1/answer", {**ANSWER, **hostile})
    assert sent.status_code == 303
    await look("/articles", sent.headers["location"])


# --- two at once, odd numbers, a full disk -------------------------------------------------------


async def test_of_two_who_save_at_once_the_second_is_told(office: Office) -> None:
    one, two = await office.worker("manager"), await office.worker("owner")
    where = await answered(office, one)
    found = re.search(r'name="seen" value="(\d+)"', await read(one, where))
    assert found is not None
    sent = await asyncio.gather(
        post(one, where, {**ANSWER, "title": "By one", "seen": found[1]}),
        post(two, where, {**ANSWER, "title": "By two", "seen": found[1]}),
    )
    assert sorted(each.status_code for each in sent) == [303, 409]
    late = next(each for each in sent if each.status_code == 409)
    assert "Somebody else changed this article" in late.text
    assert len(office.deps.overlay.history()) == 2


async def test_of_two_who_answer_at_once_the_second_loses_no_words(office: Office) -> None:
    one, two = await office.worker("manager"), await office.worker("owner")
    await ask(office)
    sent = await asyncio.gather(
        post(one, "/questions/1/answer", ANSWER), post(two, "/questions/1/answer", ANSWER)
    )
    assert sorted(each.status_code for each in sent) == [303, 422]
    late = await post(two, "/questions/1/answer", {**ANSWER, "text": "My own words."})
    assert late.status_code == 422
    assert "Somebody has dealt with this already." in late.text
    assert "My own words." in late.text
    assert len(office.deps.overlay.files) == 1


@pytest.mark.parametrize("number", [2**70, 2**63, 0])
async def test_numbers_that_no_row_has(office: Office, number: int) -> None:
    client = await office.worker("manager")
    where = await answered(office, client)
    for path in (f"/questions?done=set_aside&of={number}", f"{where}?question={number}"):
        assert "Zubrowka tills" in await read(client, path) or "/questions?" in path
    await read(client, f"/understanding?done=example&of={number}")
    for path in ("questions/{}/answer", "questions/{}/settle", "questions/{}/undo"):
        assert (await post(client, "/" + path.format(number), ANSWER)).status_code == 404
    for act in ("example", "dismiss", "undo"):
        assert (await post(client, f"/understanding/{number}/{act}", {})).status_code == 404


async def test_no_keyboard_writes_these(office: Office) -> None:
    client = await office.worker("manager")
    odd = {"title": "A\x00B", "questions": "Is it\x1b[31m red?", "text": "Yes\x07, \u202ered."}
    sent = await post(client, "/articles/new", {**ANSWER, **odd})
    assert sent.status_code == 303
    (text,) = office.deps.overlay.files.values()
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    kind = {"content-type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; name="title"\r\n'
    body += b"Content-Type: text/plain; charset=bogus\r\n\r\nabc\r\n--x--\r\n"
    sent = await client.post("/articles/new", content=body, headers={**PAGE, **kind})
    assert sent.status_code == 422


@pytest.mark.parametrize("fault", [1, 2, 3, 4])  # the file, its name, and the same for people
async def test_a_full_disk_leaves_nothing_half(
    office: Office, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    client, sync, calls = await office.worker("manager"), os.fsync, iter(range(1, 99))

    def run_full(handle: int) -> None:
        if next(calls) == fault:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    with monkeypatch.context() as patched:
        patched.setattr("bot.packs.edits.os.fsync", run_full)
        sent = await post(client, "/articles/new", ANSWER)
    folder = office.deps.settings.overlay
    files = [path.name for path in (folder / "history").iterdir()]
    if fault <= 2:
        assert sent.status_code == 422
        assert "No space left on device" in sent.text
        assert files == []
        assert office.deps.overlay.history() == ()
    else:
        assert sent.status_code == 303
        assert files == ["00000001.json"]
    assert ("answer-1-en" in {each.id for each in office.deps.pack.articles}) == (fault > 2)
    assert not list(folder.rglob("*.part"))


async def test_a_line_in_nearly_the_prospects_words_is_theirs(office: Office) -> None:
    client = await office.worker("manager")
    talk = await ask(office)
    line = "does it talk to a Zubrowka till"
    await post(client, "/questions/1/answer", {**ANSWER, "questions": line, "title": line})
    assert await office.deps.overlay.forget([talk])
    (text,) = office.deps.overlay.files.values()
    assert "Zubrowka till\n" not in text
    assert "The **till connector**" in text
    assert await office.deps.overlay.propose({"texts/en.yaml": "ask.need: Who?\n"}) == ()
