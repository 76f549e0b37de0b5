"""Exports read back: by Python's own reader, by what a spreadsheet would work out, and masked."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.managers import exports
from bot.managers.exports import BOM, CellRow, Table
from storage import accounts, audit, conversations, reading
from storage.audit import Wanted
from tests.bot.office import Office

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    " =1",
    '=HYPERLINK("http://x","y")',
)
TABLE = Table(name="things", columns=("one", "two"))


async def pieces_of(rows: Sequence[CellRow], size: int = 2) -> AsyncIterator[Sequence[CellRow]]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


async def collect(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


def read_csv(text: str) -> list[list[str]]:
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True))


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take the cell as a formula, spaces before it or not."""
    return cell.lstrip(" ")[:1] in set("=+-@\t\r\n＝＋－＠")


@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"])), st.none() | st.booleans() | st.text()
        ),
        max_size=6,
    )
)
async def test_csv_reads_back_and_never_runs(rows: list[CellRow]) -> None:
    said = (await collect(exports.write_csv(TABLE, pieces_of(rows)))).decode()
    found = read_csv(said)
    assert found[0] == list(TABLE.columns)
    assert len(found) == len(rows) + 1
    for row, back in zip(rows, found[1:], strict=True):
        for cell, text in zip(row, back, strict=True):
            assert not runs(text)
            plain = exports.safe(cell)
            assert text == plain.encode("utf-8", "replace").decode()
            if isinstance(cell, str):
                assert text in (cell, "'" + cell) or "?" in text


@given(rows=st.lists(st.tuples(st.text(), st.integers(-(2**53), 2**53)), max_size=6))
async def test_json_lines_read_back_exactly(rows: list[CellRow]) -> None:
    sane = [(str(a).encode("utf-8", "replace").decode(), b) for a, b in rows]
    said = await collect(exports.write_json(TABLE, pieces_of(sane)))
    found = [json.loads(line) for line in said.decode().split("\n")[:-1]]
    assert found == [{"one": a, "two": b} for a, b in sane]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(text: str) -> None:
    assert exports.safe(text) == f"'{text}"
    assert exports.safe(f"a{text}") == f"a{text}"


# --- transcripts ---------------------------------------------------------------------------------


async def take(client: httpx.AsyncClient, query: str) -> httpx.Response:
    answer = await client.get(f"/transcripts/export?{query}")
    assert answer.status_code == 200, answer.text
    return answer


async def test_the_talks_that_the_page_shows(office: Office) -> None:
    client = await office.worker("manager", "exporting-manager")
    told = {"ownership": "state_owned", "city": "Narvik", "company": "=cmd|' /C calc'!A0"}
    talk = await office.open_talk()
    await office.say(talk, "Narvik, we are state-owned", "provide_info", slots=told)
    other = await office.open_talk()
    await office.say(other, "Also Narvik", "provide_info", slots={"city": "Narvik"})
    answer = await take(client, "format=csv&city=narvik&ownership=state_owned")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="conversations.csv"' in answer.headers["content-disposition"]
    header, *rows = read_csv(answer.content.decode())
    (row,) = [dict(zip(header, row, strict=True)) for row in rows]
    assert row["id"] == exports.safe(talk)  # an id may begin with a minus
    assert row["profile_city"] == "Narvik"
    assert row["profile_company"] == "'" + told["company"]
    assert "answered" in row["steps"].split()
    stored = office.db.peek(lambda tx: conversations.load(tx, talk))
    assert stored is not None
    assert int(row["messages"]) == stored.last_seq
    both = await take(client, "format=jsonl&city=narvik")
    lines = [json.loads(line) for line in both.text.splitlines()]
    assert [line["id"] for line in lines] == [other, talk]
    assert lines[1]["profile_company"] == told["company"]
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, "exporting-manager"))
    assert staff is not None
    wanted = Wanted(action="export", staff_id=staff.id)
    noted = await office.db.read(lambda connection: audit.entries(connection, wanted))
    assert [line.detail for line in noted] == ["jsonl conversations", "csv conversations"]


async def test_one_row_a_message(office: Office) -> None:
    client, talk = await office.worker("owner"), await office.open_talk()
    for text in ("In Vardø", *HOSTILE[:3]):
        await office.say(talk, text, "provide_info", slots={"city": "Vardø"})
    answer = await take(client, "rows=messages&format=csv&city=vardø")
    header, *rows = read_csv(answer.content.decode())
    assert header == ["conversation", "number", "at", "author", "staff", "text"]
    stored = office.db.peek(lambda tx: reading.messages_after(tx, talk, 0, internal=True, limit=99))
    assert [int(row[1]) for row in rows] == [message.seq for message in stored]
    assert [row[5] for row in rows] == [exports.safe(message.text) for message in stored]
    assert not any(runs(cell) for row in rows for cell in row)


async def test_words_and_filters_hold_in_an_export(office: Office) -> None:
    client = await office.worker("manager")
    one, two = await office.open_talk(), await office.open_talk("zh")
    for talk in (one, two):
        await office.say(talk, "We sell lingonberry jam")
    await office.index()
    answer = await take(client, "format=jsonl&q=lingonberry&outcome=open")
    assert {json.loads(line)["id"] for line in answer.text.splitlines()} == {one, two}
    none = await take(client, "format=jsonl&q=lingonberry&not_outcome=open")
    assert none.text == ""


async def test_more_than_one_piece(office: Office) -> None:
    client = await office.worker("manager")
    for _ in range(410):
        await office.core.intake.open("widget", "en", "https://many.example/")
    answer = await take(client, "format=jsonl&source=https://many.example/")
    ids = [json.loads(line)["id"] for line in answer.text.splitlines()]
    assert len(ids) == len(set(ids)) == 410


async def test_who_may_not_see_a_person_gets_them_masked(office: Office) -> None:
    client = await office.worker("manager", "masked-manager")
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, "masked-manager"))
    assert staff is not None
    await office.db.write(lambda tx: accounts.set_personal(tx, staff.id, "no"))
    talk = await office.open_talk()
    told = {"email": "ingrid@vadso.example", "phone": "+4778951234", "city": "Vadsø"}
    await office.say(talk, "ingrid@vadso.example or +47 78 95 12 34", "provide_info", slots=told)
    for rows in ("conversations", "messages"):
        for format_ in ("csv", "jsonl"):
            answer = await take(client, f"rows={rows}&format={format_}&city=vadsø")
            assert talk in answer.text
            for secret in ("ingrid", "vadso.example", "78951234", "78 95 12 34"):
                assert secret not in answer.text, (rows, format_, secret)


async def test_odd_exports_are_refused(office: Office) -> None:
    client = await office.worker("manager")
    for query in ("format=xlsx", "rows=everything", "format=csv&rows="):
        assert (await client.get(f"/transcripts/export?{query}")).status_code == 400
    reader = await office.worker("readonly")
    assert (await reader.get("/transcripts/export")).status_code == 403
    assert (
        "/transcripts/export"
        not in (await reader.get("/transcripts", headers={"Accept": "text/html"})).text
    )


async def test_questions_without_an_answer(office: Office) -> None:
    client, talk = await office.worker("manager"), await office.open_talk()
    await office.say(talk, "=Can it fold napkins?", "ask_feature")
    answer = await client.get("/questions/export?format=csv")
    header, *rows = read_csv(answer.content.decode())
    (row,) = [row for row in rows if row[1] == exports.safe(talk)]
    assert row[header.index("question")] == "'=Can it fold napkins?"
    assert row[header.index("settled")] == ""


# --- figures -------------------------------------------------------------------------------------


async def test_the_funnel_as_the_page_shows_it(office: Office) -> None:
    client = await office.worker("owner")
    talk = await office.open_talk()
    await office.say(talk, "How much is it?", "ask_price", slots={"edition": "cluster"})
    answer = await client.get("/funnel/export?format=jsonl&span=week")
    steps = {line["step"]: line for line in map(json.loads, answer.text.splitlines())}
    opened = steps["opened"]["talks"]
    assert opened >= steps["answered"]["talks"] >= steps["price"]["talks"] >= 1
    assert steps["opened"]["percent_of_opened"] == 100
    assert sum(step["lost"] for step in steps.values()) == opened
    page = await client.get("/funnel?span=week", headers={"Accept": "text/html"})
    assert "/funnel/export?format=csv&amp;span=week" in page.text


async def test_quality_and_insights(office: Office) -> None:
    client = await office.worker("manager")
    asker = await office.open_talk()
    paper = {"doc_type": "comparison"}
    await office.say(asker, "=The comparison, please", "ask_document", slots=paper)
    answer = await client.get("/quality/export?format=csv")
    header, *rows = read_csv(answer.content.decode())
    assert header[2:5] == ["figure", "part", "of"]
    whole = [dict(zip(header, row, strict=True)) for row in rows if row[:2] == rows[0][:2]]
    assert {"contained", "human", "stars_5"} <= {row["figure"] for row in whole}
    assert all(int(row["part"]) <= int(row["of"]) for row in whole)
    answer = await client.get("/insights/export?format=jsonl")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    (wished,) = [line for line in lines if line["section"] == "paper" and "compar" in line["label"]]
    assert wished["talks"] >= 1
    for page in ("/quality", "/insights"):
        shown = await client.get(page, headers={"Accept": "text/html"})
        assert f"{page}/export?" in shown.text
