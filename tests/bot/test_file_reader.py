"""Reading files of any kind: their text or a problem, whatever the parser does."""

from __future__ import annotations

import asyncio
import io
import os
import time
from pathlib import Path

import docx
import pytest

from bot.file_reader import decode
from bot.uploads import Limits, Uploads
from tests.bot.made_files import pdf_file, take, take_and_read, word_file, word_xml, zipped


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "files")


# --- reading -------------------------------------------------------------------------------------


async def test_word_text_comes_in_order_with_lists_and_tables(uploads: Uploads) -> None:
    paper = docx.Document()
    paper.add_heading("Needs", 1)
    paper.add_paragraph("The shop must be fast.")
    paper.add_paragraph("Payment by card", style="List Bullet")
    table = paper.add_table(rows=2, cols=2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells),
        ("Need", "Priority", "Export", "must"),
        strict=True,
    ):
        cell.text = text
    inner = table.cell(1, 0).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "to DATEV"
    paper.add_paragraph("最后一段。")
    out = io.BytesIO()
    paper.save(out)
    read = await take_and_read(uploads, out.getvalue(), "needs.docx")
    assert read.problem == ""
    lines = [line for line in read.text.split("\n") if line]
    assert lines == [
        "# Needs",
        "The shop must be fast.",
        "- Payment by card",
        "Need | Priority",
        "Export to DATEV | must",
        "最后一段。",
    ]


async def test_content_controls_and_insertions_are_read_and_deletions_not(
    uploads: Uploads,
) -> None:
    body = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>In a control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:ins><w:r><w:t>Added</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>Removed</w:delText></w:r></w:del></w:p>"
    )
    read = await take_and_read(uploads, zipped(word_xml(body)), "a.docx")
    assert read.text.split() == ["In", "a", "control", "Added"]


async def test_pdf_text_is_read(uploads: Uploads) -> None:
    read = await take_and_read(uploads, pdf_file(["We need a shop", "and a blog"]), "a.pdf")
    assert read.problem == ""
    assert read.text.split("\n")[0] == "We need a shop"
    assert "and a blog" in read.text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Wir möchten £5 sparen".encode(), "Wir möchten £5 sparen"),
        ("我们需要一个商城".encode(), "我们需要一个商城"),
        ("\ufeff我们需要商城".encode(), "我们需要商城"),
        ("我们需要商城，支持微信支付".encode("utf-16"), "我们需要商城，支持微信支付"),
        ("We need a shop".encode("utf-16-le"), "We need a shop"),
        ("We need a shop".encode("utf-16-be"), "We need a shop"),
        ("我们需要一个商城，预算五万元。".encode("gb18030"), "我们需要一个商城，预算五万元。"),
        ("Größe und Übersicht für Käufer".encode("cp1252"), "Größe und Übersicht für Käufer"),
    ],
)
async def test_text_in_any_usual_encoding(uploads: Uploads, data: bytes, text: str) -> None:
    read = await take_and_read(uploads, data, "needs.txt")
    assert (read.text, read.problem) == (text, "")


def test_decoding_never_fails() -> None:
    for seed in range(300):
        data = bytes((seed * 31 + i * i * 7 + (i >> 3)) % 256 for i in range(seed))
        assert isinstance(decode(data), str)


@pytest.mark.parametrize(
    ("data", "name", "problem"),
    [
        (b" \n\t\r\n ", "a.txt", "empty"),
        (word_file(""), "a.docx", "no_text"),
        (pdf_file([""]), "scan.pdf", "no_text"),
        (pdf_file(["secret"], "password"), "locked.pdf", "encrypted"),
        (pdf_file(["a shop"])[:300], "half.pdf", "broken"),
        (b"%PDF-1.7\n" + b"garbage " * 500, "broken.pdf", "broken"),
        (b"%PDF-1.7", "short.pdf", "broken"),
        (word_file("a shop")[:-200], "half.docx", "broken"),
        (b"PK\x03\x04 word/document.xml and no more", "fake.docx", "broken"),
        (zipped({"word/document.xml": "no xml at all"}), "fake.docx", "broken"),
        (zipped({"a/word/document.xml": "<x/>"}), "fake.docx", "wrong_type"),
        (zipped(word_xml("<w:p/>" * 10)).replace(b"w:body", b"w:baby"), "odd.docx", "no_text"),
    ],
)
async def test_what_cannot_be_read_is_said(
    uploads: Uploads, data: bytes, name: str, problem: str
) -> None:
    read = await take_and_read(uploads, data, name)
    assert (read.problem, read.text) == (problem, "")


async def test_a_pdf_locked_against_editing_alone_is_read(uploads: Uploads) -> None:
    read = await take_and_read(uploads, pdf_file(["We need a shop"], "", "owner"), "a.pdf")
    assert read.text.startswith("We need a shop")


async def test_an_encrypted_zip_entry_is_told_as_encrypted(uploads: Uploads) -> None:
    data = bytearray(zipped(word_xml("<w:p/>")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + offset] |= 1
    assert (await take_and_read(uploads, bytes(data), "a.docx")).problem == "encrypted"


async def test_zip_bombs_named_docx(uploads: Uploads) -> None:
    """By size, by ratio, by number of entries, and by a size that lies."""
    huge = zipped({**word_xml("<w:p/>"), "word/media/a.bin": b"\0" * 210_000_000})
    assert len(huge) < 300_000
    dense = zipped(word_xml("<w:p/>" + " " * 20_000_000))
    many = zipped({**word_xml("<w:p/>"), **{f"word/{n}": "" for n in range(3_000)}})
    for data in (huge, dense, many):
        started = time.monotonic()
        assert (await take_and_read(uploads, data, "needs.docx")).problem == "zip_bomb"
        assert time.monotonic() - started < 20
    lying = bytearray(zipped(word_xml("<w:p/>" + " " * 20_000_000)))
    entry = lying.rfind(b"PK\x01\x02")
    lying[entry + 24 : entry + 28] = (500).to_bytes(4, "little")
    assert (await take_and_read(uploads, bytes(lying), "lies.docx")).problem == "broken"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_exploding_entities_are_refused_unopened(uploads: Uploads, encoding: str) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "boom"}">' for n in range(10))
    before = f"<!DOCTYPE w:document [{levels}]>"
    parts = word_xml("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", before)
    xml = str(parts["word/document.xml"]).replace(
        'version="1.0"', f'version="1.0" encoding="{encoding}"'
    )
    read = await take_and_read(
        uploads, zipped({**parts, "word/document.xml": xml.encode(encoding)}), "a.docx"
    )
    assert (read.problem, read.text) == ("broken", "")


async def test_an_outside_entity_reads_no_file(uploads: Uploads, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    before = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "file://{secret}">]>'
    read = await take_and_read(
        uploads, zipped(word_xml("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", before)), "a.docx"
    )
    assert read.problem == "broken"
    assert "the secret" not in read.text + read.detail


async def test_tables_a_thousand_deep_do_no_harm(uploads: Uploads) -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 60 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 60
    read = await take_and_read(uploads, zipped(word_xml(deep)), "deep.docx")
    assert read.problem in ("no_text", "broken")
    deeper = "<w:sdt>" * 5_000 + "</w:sdt>" * 5_000
    read = await take_and_read(uploads, zipped(word_xml(deeper)), "deeper.docx")
    assert read.problem in ("no_text", "broken")


async def test_too_many_pages_or_letters(uploads: Uploads) -> None:
    uploads = Uploads(uploads.folder, Limits(pages=3, chars=1_000))
    assert (await take_and_read(uploads, pdf_file("abc"), "a.pdf")).problem == ""
    assert (await take_and_read(uploads, pdf_file("abcd"), "a.pdf")).problem == "too_long_to_read"
    for data, name in ((b"need " * 5_000, "a.txt"), (word_file("need " * 300), "a.docx")):
        assert (await take_and_read(uploads, data, name)).problem == "too_long_to_read"


# --- a parser that misbehaves --------------------------------------------------------------------

MISDEEDS = {
    "crash": ("import os; os.abort()", "broken"),
    "exit": ("raise SystemExit(3)", "broken"),
    "silence": ("", "broken"),
    "babble": ("print('not json')", "broken"),
    "flood": ("while True: print('x' * 100000)", "broken"),
    "other answer": ("print('[1, 2]')", "broken"),
    "unknown problem": ('print(\'{"problem": "../../x"}\')', "broken"),
    "hang": ("import time; time.sleep(600)", "too_long_to_read"),
    "hang with children": (
        "import os, time\nos.fork()\ntime.sleep(600)",
        "too_long_to_read",
    ),
    "burn": ("while True: pass", "too_long_to_read"),
}


@pytest.mark.parametrize("misdeed", MISDEEDS)
async def test_whatever_the_reader_does_is_a_problem(tmp_path: Path, misdeed: str) -> None:
    code, problem = MISDEEDS[misdeed]
    program = tmp_path / "reader.py"
    program.write_text(code)
    uploads = Uploads(tmp_path / "files", Limits(seconds=2), str(program))
    stored = await take(uploads, b"We need a shop.", "a.txt")
    started = time.monotonic()
    read = await uploads.read(stored.id, stored.media_type)
    assert (read.problem, read.text) == (problem, "")
    assert time.monotonic() - started < 15
    assert not _running(str(program))


async def test_the_reader_is_limited_in_memory_time_and_writing(tmp_path: Path) -> None:
    """The real script with a parser that goes wrong: the limits are set before it reads."""
    real = Path(__file__).parents[2] / "bot" / "file_reader.py"
    harm = {
        "memory": ("held = bytearray(4_000_000_000)", "too_big"),
        "cpu": ("while True: pass", "too_long_to_read"),
        "disk": (f"open({str(tmp_path / 'out')!r}, 'w').write('x' * 9999)", "broken"),
    }
    for name, (code, problem) in harm.items():
        program = tmp_path / f"{name}.py"
        source = real.read_text().replace("    readers = {", f"    {code}\n    readers = {{", 1)
        assert source != real.read_text()
        program.write_text(source)
        limits = Limits(seconds=60 if name != "cpu" else 2)
        uploads = Uploads(tmp_path / "files", limits, str(program))
        read = await take_and_read(uploads, b"We need a shop.", "a.txt")
        assert (name, read.problem) == (name, problem)
    assert not (tmp_path / "out").exists() or (tmp_path / "out").stat().st_size == 0


async def test_giving_up_ends_the_reader(tmp_path: Path) -> None:
    started = tmp_path / "started"
    program = tmp_path / "reader.py"
    program.write_text(f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep(600)")
    uploads = Uploads(tmp_path / "files", Limits(seconds=60), str(program))
    stored = await take(uploads, b"We need a shop.", "a.txt")
    task = asyncio.create_task(uploads.read(stored.id, stored.media_type))
    async with asyncio.timeout(30):
        while not started.exists():
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not _running(str(program))


async def test_a_file_that_is_gone_is_a_problem(uploads: Uploads) -> None:
    stored = await take(uploads, b"We need a shop.", "a.txt")
    uploads.delete([stored.id])
    uploads.delete([stored.id])
    assert (await uploads.read(stored.id, stored.media_type)).problem == "broken"


def _running(program: str) -> list[int]:
    found: list[int] = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if program.encode() in line and state != "Z":
            found.append(int(pid))
    return found
