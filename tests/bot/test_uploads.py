"""Files as hostile as they come: taken in or refused, and never an error."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.uploads import (
    MEDIA_TYPES,
    ORPHAN_AGE,
    PROBLEMS,
    Limits,
    RefusedError,
    Uploads,
    clean_name,
)
from tests.bot.made_files import pdf_file, stream, take, word_file, zipped


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "files")


async def refusal(uploads: Uploads, data: bytes, name: str) -> str:
    """The problem a file is refused with; nothing of it may stay."""
    with pytest.raises(RefusedError) as refused:
        await take(uploads, data, name)
    assert refused.value.problem in PROBLEMS
    assert refused.value.key == f"error.file_{refused.value.problem}"
    assert not list(uploads.folder.glob("*"))
    return refused.value.problem


# --- taking in -----------------------------------------------------------------------------------


async def test_a_kept_file_is_named_at_random_and_described_truly(uploads: Uploads) -> None:
    data = word_file("We need a shop.")
    first, second = [await take(uploads, data, "Our needs.docx") for _ in range(2)]
    assert first.id != second.id
    assert uploads.path(first.id).read_bytes() == data
    assert (first.name, first.size) == ("Our needs.docx", len(data))
    assert first.media_type == MEDIA_TYPES["docx"]
    assert first.sha256 == second.sha256
    assert uploads.path(first.id).stat().st_mode & 0o077 == 0
    assert first.info().id == first.id
    assert {p.name for p in uploads.folder.iterdir()} == {first.id, second.id}


async def test_a_gigabyte_is_refused_early(uploads: Uploads) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        chunk = b"x" * 65_536
        while sent < 1_000_000_000:
            sent += len(chunk)
            yield chunk

    uploads = Uploads(uploads.folder, Limits(size=1_000_000))
    tracemalloc.start()
    with pytest.raises(RefusedError, match="too_big"):
        await uploads.receive(endless(), "big.txt")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent < 1_200_000
    assert peak < 5_000_000
    assert not list(uploads.folder.iterdir())


async def test_a_declared_gigabyte_is_refused_unread(uploads: Uploads) -> None:
    async def never() -> AsyncIterator[bytes]:
        pytest.fail("a byte was read")
        yield b""

    with pytest.raises(RefusedError, match="too_big"):
        await uploads.receive(never(), "big.txt", declared=1_000_000_000)


async def test_a_broken_off_upload_leaves_nothing(uploads: Uploads) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield b"half of it"
        raise EOFError("the other side is gone")

    with pytest.raises(EOFError):
        await uploads.receive(breaks(), "a.txt")
    assert not list(uploads.folder.iterdir())


async def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(RefusedError) as refused:
        await take(Uploads(tmp_path / "files"), b"We need a shop.", "a.txt")
    assert refused.value.problem == "not_stored"


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "name", "problem"),
    [
        (b"", "empty.txt", "empty"),
        (b"", "empty.docx", "empty"),
        (b"<html><body>hello</body></html>", "offer.pdf", "wrong_type"),
        (b"\n <!DOCTYPE html><p>hello", "offer.txt", "wrong_type"),
        (b"<svg onload=alert(1)>", "a.md", "wrong_type"),
        (b"#!/bin/sh\nrm -rf /", "needs.txt", "wrong_type"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "needs.docx", "wrong_type"),
        (b"\x7fELF\x02\x01\x01\x00", "needs.txt", "wrong_type"),
        (PNG, "needs.pdf", "wrong_type"),
        (PNG, "needs.txt", "wrong_type"),
        (b"We need\x00 a shop", "needs.txt", "wrong_type"),
        (b"\x00" * 5_000, "needs.txt", "wrong_type"),
        (b"plain text", "needs.docx", "wrong_type"),
        (b"plain text", "needs.exe", "wrong_type"),
        (b"a,b\n1,2", "needs.csv", "wrong_type"),
        (b"%PDF-1.7 looks right", "needs.html", "wrong_type"),
        (b"{\\rtf1 hello}", "needs.txt", "wrong_type"),
        (zipped({"xl/workbook.xml": "<x/>"}), "needs.docx", "wrong_type"),
        (zipped({"a.txt": "hello"}), "needs.zip", "wrong_type"),
        (OLE + b"\x00" * 600 + "WordDocument".encode("utf-16-le"), "old.docx", "wrong_type"),
        (OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "l.docx", "encrypted"),
    ],
)
async def test_what_is_no_paper_is_refused(
    uploads: Uploads, data: bytes, name: str, problem: str
) -> None:
    assert await refusal(uploads, data, name) == problem


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\system32\\needs.txt", "needs.txt"),
        ("/etc/cron.d/x.txt", "x.txt"),
        ("needs\x00.pdf.txt", "needs.pdf.txt"),
        ("needs\u202etxt.md\u202c.txt", "needstxt.md.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
        ('<img src=x onerror="a()">.txt', "_img src=x onerror=_a()__.txt"),
        ("...", "file.txt"),
        ("", "file.txt"),
        ("需求文档.TXT", "需求文档.txt"),
        ("x" * 5_000 + ".txt", "x" * 100 + ".txt"),
        (".htaccess.txt", "htaccess.txt"),
    ],
)
async def test_names_are_cleaned_and_never_a_path(uploads: Uploads, sent: str, kept: str) -> None:
    stored = await take(uploads, b"We need a shop.", sent)
    assert stored.name == kept
    assert [p.name for p in uploads.folder.iterdir()] == [stored.id]
    assert sorted(p.name for p in uploads.folder.parent.iterdir()) == ["files"]


async def test_the_content_gives_the_type_and_the_ending(uploads: Uploads) -> None:
    stored = await take(uploads, pdf_file(["Needs"]), "needs.docx")
    assert (stored.media_type, stored.name) == (MEDIA_TYPES["pdf"], "needs.docx.pdf")
    assert clean_name("notes.MARKDOWN", "md") == "notes.md"


async def test_only_ids_of_ours_become_paths(uploads: Uploads) -> None:
    for bad in ("", "..", "../../etc/passwd", "a" * 31, "a" * 33, "/" + "a" * 31, "a" * 31 + "\n"):
        with pytest.raises(ValueError, match="not the id"):
            uploads.path(bad)
        assert (await uploads.read(bad, MEDIA_TYPES["txt"])).problem == "broken"


# --- sweeping ------------------------------------------------------------------------------------


async def test_orphans_are_swept_when_old(uploads: Uploads) -> None:
    kept = await take(uploads, b"We need a shop.", "a.txt")
    orphan = await take(uploads, b"Nobody knows me.", "b.txt")
    part = uploads.folder / ("p" * 32 + ".part")
    part.write_bytes(b"half")
    foreign = uploads.folder / "README"
    foreign.write_bytes(b"not ours")
    now = time.time_ns() // 1_000_000
    assert uploads.sweep({kept.id}, now) == ()
    later = now + ORPHAN_AGE + 60_000
    assert set(uploads.sweep({kept.id}, later)) == {orphan.id, part.name}
    assert {p.name for p in uploads.folder.iterdir()} == {kept.id, "README"}
    assert Uploads(uploads.folder / "none").sweep(set(), later) == ()


# --- files of staff ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "kept", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40, "plan.png", "plan.png", "image/png"),
        (b"%PDF-1.7 locked", "offer.pdf", "offer.pdf", "application/pdf"),
        (b"plain words", "notes", "notes", "text/plain"),
        (b"MZ\x90\0\x03" * 20, "../../setup.exe", "setup.exe", None),
        (b"\x00\x01\x02", "C:\\tmp\\data.\u202ecod", "data.cod", "application/octet-stream"),
        (b"\x00\x01\x02", "", "file", "application/octet-stream"),
        (b"\x00\x01\x02", "x" * 300 + ".csv", "x" * 100 + ".csv", "application/octet-stream"),
        (b"\x00\x01\x02", "a.b c<d>", "a.b c_d_", "application/octet-stream"),
    ],
)
async def test_staff_may_send_any_kind(
    uploads: Uploads, data: bytes, name: str, kept: str, media_type: str | None
) -> None:
    stored = await uploads.receive(stream(data), name, any_kind=True)
    assert stored.name == kept
    assert media_type in (None, stored.media_type)
    assert "/" in stored.media_type
    assert uploads.path(stored.id).read_bytes() == data


async def test_any_kind_is_not_any_size(uploads: Uploads) -> None:
    small = Uploads(uploads.folder, Limits(size=10))
    for data, problem in ((b"x" * 11, "too_big"), (b"", "empty")):
        with pytest.raises(RefusedError, match=problem):
            await small.receive(stream(data), "a.bin", any_kind=True)
    assert not list(uploads.folder.iterdir())


async def test_what_prospects_send_is_judged_as_before(uploads: Uploads) -> None:
    assert await refusal(uploads, b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "plan.png") == "wrong_type"
