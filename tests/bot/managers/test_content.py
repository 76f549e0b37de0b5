"""Texts, canned replies, prices and papers changed in the browser: checked, tried, published,
taken back; prospects hear of it from the next message on."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pypdf
import pytest
import pytest_asyncio

from bot.house import Contents
from bot.managers.content.naming import name_edit
from bot.managers.content.price_file import read_amount, with_commas, write_prices
from bot.managers.content.texts import ORDER
from bot.packs.edits import Edit
from dialogs import texts
from dialogs.folder.problems import Place, problem
from dialogs.folder.wording import phrase
from dialogs.pack import Pack
from dialogs.types import Reading
from tests.bot.office import Office, open_office

PAGE = {"Accept": "text/html"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
PRICE_QUESTION = "What does Professional cost?"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """One of its own whose mind follows the edits, as the product's does."""
    async with open_office(tmp_path / "data") as opened:
        slots = {"edition": "professional"}
        opened.reader.script[PRICE_QUESTION] = Reading(
            text=PRICE_QUESTION, language="en", intents=("ask_price",), slots=slots
        )

        async def follow(pack: Pack) -> None:
            pack = msgspec.structs.replace(pack, company=opened.deps.pack.company)
            library = opened.core.mind.library
            opened.core.mind.swap(Contents(texts.of(pack), opened.reader, library))

        opened.deps.overlay.follow = follow
        yield opened


@pytest_asyncio.fixture
async def manager(office: Office) -> httpx.AsyncClient:
    await office.add_staff("mara", "manager", "Mara")
    return await office.sign_in("mara")


async def read(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path, headers=PAGE)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    return answer.text


def mark(page: str) -> str:
    return re.findall(r'name="seen" value="(\w+)"', page)[0]


def areas(page: str) -> dict[str, str]:
    found = re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(words) for name, words in found}


# --- what no longer fits -------------------------------------------------------------------------


async def test_a_file_that_no_longer_fits_is_named_with_what_can_be_done(
    office: Office, manager: httpx.AsyncClient
) -> None:
    overlay = office.deps.overlay
    await overlay.change({"texts/en.yaml": "desk.title: Room\n"}, "Mara", "desk.title", 1)
    assert "No longer fits" not in await read(manager, "/content")
    place, out = Place(file="overlay/texts/en.yaml", line=1), phrase("do.take_out")
    overlay.left_out = (problem(place, "text_no_text", out, key="desk.title"),)
    page = await read(manager, "/content")
    for words in (
        "No longer fits the pack", "texts/en.yaml:1", "`desk.title` is no text — take it out",
        'href="/content/texts"', 'action="/content/changes/1/undo"', 'action="/content/left-out"',
    ):  # fmt: skip
        assert words in page, words
    assert 'aria-label="1 to put right"' in await read(manager, "/transcripts"), "in the menu"
    other = await manager.post("/content/left-out", data={"file": "prices.csv"}, headers=PAGE)
    assert other.status_code == 404
    done = await manager.post("/content/left-out", data={"file": "texts/en.yaml"})
    assert (done.status_code, done.headers["location"]) == (303, "/content?done=2")
    assert "texts/en.yaml" not in overlay.files
    assert "No longer fits" not in await read(manager, "/content")


# --- texts ---------------------------------------------------------------------------------------


def some_text(office: Office) -> str:
    """A key of a text that takes no values."""
    plain = office.deps.pack.texts["en"]
    return next(
        key for key in sorted(plain) if key.startswith("ask.need") and "{" not in plain[key]
    )


async def test_a_text_is_changed_and_taken_back(office: Office, manager: httpx.AsyncClient) -> None:
    key = some_text(office)
    page = await read(manager, f"/content/texts/{key}")
    fields = {**areas(page), "seen": mark(page), "en": "Welcome to our little shop."}
    sent = await manager.post(f"/content/texts/{key}", data=fields, headers=PAGE)
    assert sent.status_code == 303, sent.text
    assert office.deps.texts.say("en", key) == "Welcome to our little shop."
    assert office.deps.pack.texts["zh"][key] == areas(page)["zh"]
    number = sent.headers["location"].rpartition("=")[2]
    assert "Welcome to our little shop." in await read(manager, "/content/texts")
    undone = await manager.post(f"/content/changes/{number}/undo", headers=PAGE)
    assert undone.status_code == 303, undone.text
    assert office.deps.pack.texts["en"][key] == areas(page)["en"]
    history = await read(manager, "/content")
    assert history.count('class="card"') >= 2


async def test_a_change_is_named_and_leads_to_its_page(
    office: Office, manager: httpx.AsyncClient
) -> None:
    overlay, words = office.deps.overlay, office.deps.pack.texts["en"]
    key, reply, paper = (
        some_text(office),
        office.deps.pack.replies[0],
        office.deps.pack.documents[0],
    )
    for changes, what in (
        ({"texts/en.yaml": f"{key}: Short.\n"}, key),
        (
            {"prices.csv": write_prices(office.deps.pack, office.deps.pack.prices) + "\n"},
            "prices.csv",
        ),
    ):
        await overlay.change(changes, "Mara", what, 1)
    page = await read(manager, "/content")
    assert f'<a href="/content/texts/{key}">Short.</a>' in page
    assert '<a href="/content/prices">Prices</a>' in page
    assert words[key] not in page
    for after, what, told in (
        ("replies.yaml", reply.id, (reply.title["en"], f"/content/replies/{reply.id}")),
        ("documents/index.yaml", paper.id, (paper.title, f"/content/papers/{paper.id}")),
        ("replies.yaml", "gone", ("gone", "")),
        ("examples/en.yaml", "a sentence", ("", "/understanding")),
    ):
        named = name_edit(
            office.deps, "en", Edit(number=1, at=1, by="Mara", what=what, after={after: ""})
        )
        assert (named.title, named.address) == told


async def test_what_is_only_checked_is_said_to_be_sound(
    office: Office, manager: httpx.AsyncClient
) -> None:
    key = some_text(office)
    page = await read(manager, f"/content/texts/{key}")
    fields = {**areas(page), "seen": mark(page), "act": "try", "question": ""}
    told = await manager.post(
        f"/content/texts/{key}", data={**fields, "en": "Sound."}, headers=PAGE
    )
    assert "No mistake was found" in told.text
    broken = {**fields, "en": "{{ nonsense }}", "act": "save", "question": "How much is it?"}
    refused = await manager.post(f"/content/texts/{key}", data=broken, headers=PAGE)
    assert refused.status_code == 422
    assert 'value="How much is it?"' in refused.text  # what was to be tried is not lost
    assert "No mistake was found" not in refused.text
    assert "<strong>English:</strong>" in refused.text  # which of the languages


async def test_every_text_stands_in_a_group_with_a_name(office: Office) -> None:
    for language in office.deps.pack.languages:
        for group in ORDER:
            assert office.deps.texts.has(language, f"content.group.{group}"), (language, group)


async def test_an_empty_text_brings_the_original_back(
    office: Office, manager: httpx.AsyncClient
) -> None:
    key = some_text(office)
    original = office.deps.pack.texts["en"][key]
    for words in ("Something else.", ""):
        page = await read(manager, f"/content/texts/{key}")
        fields = {**areas(page), "seen": mark(page), "en": words}
        sent = await manager.post(f"/content/texts/{key}", data=fields, headers=PAGE)
        assert sent.status_code == 303, sent.text
    assert office.deps.pack.texts["en"][key] == original


async def test_a_text_that_breaks_changes_nothing(
    office: Office, manager: httpx.AsyncClient
) -> None:
    key = some_text(office)
    page = await read(manager, f"/content/texts/{key}")
    for words in ("Hello {{ nobody_knows }}", "Hello {% if %}", "{{ 7 *"):
        fields = {**areas(page), "seen": mark(page), "en": words}
        sent = await manager.post(f"/content/texts/{key}", data=fields, headers=PAGE)
        assert sent.status_code == 422, (words, sent.status_code)
        assert html.escape(words, quote=False) in sent.text.replace("&#34;", '"')
        assert "alarm" in sent.text
    assert office.deps.pack.texts["en"][key] == areas(page)["en"]
    assert not office.deps.overlay.files


async def test_two_who_change_the_same_do_not_overwrite_each_other(
    office: Office, manager: httpx.AsyncClient
) -> None:
    key = some_text(office)
    page = await read(manager, f"/content/texts/{key}")
    for words, status in (("First.", 303), ("Second.", 409)):
        fields = {**areas(page), "seen": mark(page), "en": words}
        sent = await manager.post(f"/content/texts/{key}", data=fields, headers=PAGE)
        assert sent.status_code == status
    assert "Second." in sent.text  # what was typed is not lost
    assert office.deps.pack.texts["en"][key] == "First."


async def test_hostile_words_stay_words(office: Office, manager: httpx.AsyncClient) -> None:
    key = some_text(office)
    page = await read(manager, f"/content/texts/{key}")
    fields = {**areas(page), "seen": mark(page), "en": HOSTILE}
    sent = await manager.post(f"/content/texts/{key}", data=fields, headers=PAGE)
    assert sent.status_code == 303
    for path in (f"/content/texts/{key}", "/content/texts", "/content"):
        assert "<script>alert" not in await read(manager, path)
        assert "<img src=x" not in await read(manager, path)


# --- prices --------------------------------------------------------------------------------------


def amounts(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(amount:[^"]+)" value="([^"]*)"', page))


async def test_an_amount_is_tried_published_and_named(
    office: Office, manager: httpx.AsyncClient
) -> None:
    page = await read(manager, "/content/prices")
    fields = {**amounts(page), "seen": mark(page)}
    (name,) = [each for each in fields if each.startswith("amount:professional/once/EUR")]
    fields |= {name: "2345", "question": PRICE_QUESTION, "tongue": "en", "act": "try"}
    tried = await manager.post("/content/prices", data=fields, headers=PAGE)
    assert tried.status_code in (200, 201), tried.text
    assert "2,345" in tried.text
    assert "2,345" not in await price_now(office)
    sent = await manager.post("/content/prices", data={**fields, "act": "save"}, headers=PAGE)
    assert sent.status_code == 303, sent.text
    assert "2,345" in await price_now(office)


async def price_now(office: Office) -> str:
    turn = await office.deps.intake.rehearse(PRICE_QUESTION, "en")
    return "\n".join(reply.text for reply in turn.replies)


async def test_a_new_list_begins_on_its_day(office: Office, manager: httpx.AsyncClient) -> None:
    page = await read(manager, "/content/prices")
    fields = {**amounts(page), "seen": mark(page)}
    name = next(each for each in fields if each.startswith("amount:professional/once/EUR"))
    fields |= {name: "2000", "valid_from": "2027-07-01", "valid_to": "2028-06-30"}
    missing = await manager.post("/content/prices", data=fields, headers=PAGE)
    assert missing.status_code == 422  # the list has no name
    sent = await manager.post(
        "/content/prices", data={**fields, "version": "2027-H2"}, headers=PAGE
    )
    assert sent.status_code == 303, sent.text
    rows = [p for p in office.deps.pack.prices if p.item == "professional" and p.currency == "EUR"
            and p.unit == "once"]  # fmt: skip
    found = {(p.valid_from, p.valid_to, p.amount, p.version) for p in rows}
    assert found == {
        ("2026-07-01", "2027-06-30", 190_000, "2026-H2"),
        ("2027-07-01", "2028-06-30", 200_000, "2027-H2"),
    }


@pytest.mark.parametrize("words", ["", "-5", "twelve", "NaN", "1e400", "12.345", "9" * 30])
async def test_no_amount_is_guessed(office: Office, manager: httpx.AsyncClient, words: str) -> None:
    page = await read(manager, "/content/prices")
    fields = {**amounts(page), "seen": mark(page)}
    name = next(each for each in fields if "/USD" in each)
    sent = await manager.post("/content/prices", data={**fields, name: words}, headers=PAGE)
    assert sent.status_code == 422
    assert not office.deps.overlay.files


@pytest.mark.parametrize(
    ("words", "minor"),
    [("1900", 190_000), ("1 900", 190_000), ("65.5", 6_550), ("65,50", 6_550), ("0", 0)],
)
def test_amounts_as_people_write_them(words: str, minor: int) -> None:
    assert read_amount(words, "EUR") == minor
    assert read_amount("500", "JPY") == 500


async def test_the_file_comes_back_as_it_went(office: Office, manager: httpx.AsyncClient) -> None:
    given = await manager.get("/content/prices.csv")
    rows = list(csv.DictReader(io.StringIO(given.text.removeprefix("\ufeff"))))
    assert len(rows) == len(office.deps.pack.prices)
    semicolons = io.StringIO()
    writer = csv.DictWriter(semicolons, rows[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows({**row, "version": "2027-A"} for row in rows)
    assert with_commas(semicolons.getvalue()).count(";") == 0
    before = office.deps.pack.prices
    files = {"file": ("prices.csv", semicolons.getvalue().encode("utf-8-sig"), "text/csv")}
    sent = await manager.post("/content/prices/file", files=files, headers=PAGE)
    assert sent.status_code == 303, sent.text
    after = tuple(msgspec.structs.replace(p, version="2026-H2") for p in office.deps.pack.prices)
    assert after == before
    assert write_prices(office.deps.pack, before)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"item,kind\nx,y\n", b"PK\x03\x04"])
async def test_a_wrong_file_changes_nothing(
    office: Office, manager: httpx.AsyncClient, content: bytes
) -> None:
    files = {"file": ("prices.csv", content, "text/csv")}
    sent = await manager.post("/content/prices/file", files=files, headers=PAGE)
    assert sent.status_code == 422
    assert not office.deps.overlay.files


# --- papers --------------------------------------------------------------------------------------


def fields_of(page: str) -> dict[str, str]:
    inputs = re.findall(r'<input name="(\w+)" value="([^"]*)"', page)
    dates = re.findall(r'<input type="date" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(words) for name, words in [*inputs, *dates]} | areas(page)


async def test_a_paper_has_a_new_version(office: Office, manager: httpx.AsyncClient) -> None:
    page = await read(manager, "/content/papers/white-paper-en")
    fields = {**fields_of(page), "seen": mark(page), "version": "2027-01", "visibility": "public"}
    files = {"file": ("new.md", b"# New paper\n\nAll about the new engine.\n", "text/markdown")}
    sent = await manager.post(
        "/content/papers/white-paper-en", data=fields, files=files, headers=PAGE
    )
    assert sent.status_code == 303, sent.text
    paper = office.deps.pack.document("white-paper-en")
    assert paper is not None
    assert (paper.version, paper.public) == ("2027-01", True)
    assert "All about the new engine." in str(paper.text)
    assert (
        "All about the new engine."
        in (await manager.get("/content/papers/white-paper-en/file")).text
    )
    number = sent.headers["location"].rpartition("=")[2]
    await manager.post(f"/content/changes/{number}/undo", headers=PAGE)
    former = office.deps.pack.document("white-paper-en")
    assert former is not None
    assert former.version != "2027-01"
    assert "new engine" not in str(former.text)


async def test_a_new_paper_and_one_that_is_withdrawn(
    office: Office, manager: httpx.AsyncClient
) -> None:
    content = make_pdf()
    fields = {"kind": "security_doc", "language": "en", "title": "Security", "summary": "How safe.",
              "version": "1", "valid_from": "2026-11-01", "valid_to": "2027-11-01",
              "visibility": "public", "edition": ""}  # fmt: skip
    files = {"file": ("s.pdf", content, "application/pdf")}
    sent = await manager.post("/content/papers/new", data=fields, files=files, headers=PAGE)
    assert sent.status_code == 303, sent.text
    (paper,) = [each for each in office.deps.pack.documents if each.title == "Security"]
    assert paper.media_type == "application/pdf"
    given = await manager.get(f"/content/papers/{paper.id}/file")
    assert given.content == content
    page = await read(manager, f"/content/papers/{paper.id}")
    fields |= {"seen": mark(page), "visibility": "internal"}
    sent = await manager.post(f"/content/papers/{paper.id}", data=fields, files={"file": ("", b"")},
                              headers=PAGE)  # fmt: skip
    assert sent.status_code == 303, sent.text
    hidden = office.deps.pack.document(paper.id)
    assert hidden is not None
    assert not hidden.public


def make_pdf() -> bytes:
    """The smallest PDF with a page."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.exe", b"MZ"), ("x.pdf", b"<html>"), ("x.md", b"\xff\xfe"), ("x.md", b""), ("x", b"a")],
)
async def test_what_is_no_paper_is_refused(
    office: Office, manager: httpx.AsyncClient, name: str, content: bytes
) -> None:
    fields = {"kind": "brochure", "language": "en", "title": "T", "summary": "S", "version": "1",
              "valid_from": "2026-11-01", "valid_to": "2027-11-01"}  # fmt: skip
    files = {"file": (name, content, "application/octet-stream")}
    sent = await manager.post("/content/papers/new", data=fields, files=files, headers=PAGE)
    assert sent.status_code == 422, sent.status_code
    assert not office.deps.overlay.files


# --- canned replies ------------------------------------------------------------------------------


async def test_a_canned_reply_is_added_and_changed(
    office: Office, manager: httpx.AsyncClient
) -> None:
    page = await read(manager, "/content/replies/new")
    spoken = office.deps.pack.languages
    fields = {"seen": mark(page), "when:qualified": "yes"}
    fields |= {f"title:{each}": "A demo" for each in spoken}
    fields |= {f"text:{each}": "Hello {{ name }}, shall we?" for each in spoken}
    sent = await manager.post("/content/replies/new", data=fields, headers=PAGE)
    assert sent.status_code == 303, sent.text
    (made,) = [each for each in office.deps.pack.replies if each.title["en"] == "A demo"]
    assert made.when == ("qualified",)
    page = await read(manager, f"/content/replies/{made.id}")
    fields |= {"seen": mark(page), "text:en": "Hello {{ nobody }}"}
    sent = await manager.post(f"/content/replies/{made.id}", data=fields, headers=PAGE)
    assert sent.status_code == 422
    assert "nobody" in sent.text


async def test_who_may_not_change_content(office: Office) -> None:
    await office.add_staff("pia", "presales")
    client = await office.sign_in("pia")
    for path in ("/content", "/content/prices", "/content/prices.csv", "/content/papers"):
        assert (await client.get(path, headers=PAGE)).status_code == 403
    sent = await client.post("/content/changes/1/undo", headers=PAGE)
    assert sent.status_code == 403
