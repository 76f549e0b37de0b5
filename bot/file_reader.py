"""Reads the text of one uploaded file, in a child process with limits of its own.

Run as a script by `uploads`: the file is standard input, the limits are the one argument (JSON),
and one JSON object comes out: {"text": ..., "problem": ..., "detail": ...}. It imports nothing of
ours, so that it can start in Python's isolated mode. Whatever happens here harms nobody else.
"""

from __future__ import annotations

import codecs
import json
import re
import resource
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import docx
import pypdf
from docx.oxml.ns import qn
from pypdf.errors import DependencyError, FileNotDecryptedError, PdfReadError

ZIP_ENTRIES = 2_000
ZIP_RATIO = 200  # unpacked to packed, of what is over a megabyte; Word's own files stay below 60
SMALL = 1_000_000
DEPTH = 32  # content controls in one another

_CONTAINERS = {qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml")}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
# Font maps of PDF files name radicals instead of the characters that look the same. Unicode knows
# the characters of the block from U+2F00; for these of the block from U+2E80 it has no mapping.
_RADICALS = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **dict(
        zip(
            map(ord, "⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻥⻦⻨⻩⻬⻮⻰⻳"),
            "母民西见角贝车长门青韦页风飞食马鱼鸟麦黄齐齿龙龟",
            strict=True,
        )
    ),
}
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


class Limits(NamedTuple):
    kind: str  # docx, pdf or text
    memory: int  # bytes of address space
    seconds: int  # of CPU
    unpacked: int  # bytes
    pages: int
    chars: int


class ProblemError(Exception):
    """The file cannot be read; the first argument is the problem's key."""


def main() -> None:
    """Limit this process, read standard input, print the answer."""
    limits = Limits(**json.loads(sys.argv[1]))
    _limit(limits)
    answer = {"text": "", "problem": "", "detail": ""}
    try:
        answer["text"] = read(sys.stdin.buffer, limits)
    except ProblemError as problem:
        answer["problem"] = str(problem)
    except MemoryError:
        answer["problem"] = "too_big"
    except RecursionError:
        answer.update(problem="broken", detail="nested too deeply")
    except Exception as error:  # a parser may raise anything on a hostile file
        answer.update(problem="broken", detail=f"{type(error).__name__}: {error}"[:300])
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


def read(file: IO[bytes], limits: Limits) -> str:
    """Plain text of the file; lists begin with "- ", a table's row is cells joined by " | ".

    Raises ProblemError, and whatever the parsers raise.
    """
    readers = {"docx": _read_docx, "pdf": _read_pdf, "text": _read_text}
    lines: list[str] = []
    size = 0
    for line in readers[limits.kind](file, limits):
        lines.append(line)
        size += len(line) + 1
        if size > limits.chars:
            raise ProblemError("too_long_to_read")
    text = _CONTROL.sub("", "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n"))
    # A broken font map can yield half characters, which no encoding carries on.
    text = text.encode("utf-8", "replace").decode("utf-8").strip()
    if not text:
        raise ProblemError("empty" if limits.kind == "text" else "no_text")
    return text


def _limit(limits: Limits) -> None:
    for what, value in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),
    ):
        try:
            resource.setrlimit(what, (value, value))
        except (ValueError, OSError):
            # macOS knows no limit on address space; the others and the parent's clock still hold.
            continue


# --- Word ----------------------------------------------------------------------------------------


def _read_docx(file: IO[bytes], limits: Limits) -> Iterator[str]:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_zip(archive, limits)
    except zipfile.BadZipFile as error:
        raise ProblemError("broken") from error
    file.seek(0)
    body = docx.Document(file).element.body
    yield from _word_blocks(body, 0)


def _check_zip(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse, before a parser sees it, what unpacks too large or declares entities."""
    entries = archive.infolist()
    if "word/document.xml" not in archive.namelist():
        raise ProblemError("wrong_type")
    if any(entry.flag_bits & 1 for entry in entries):
        raise ProblemError("encrypted")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > ZIP_ENTRIES or unpacked > limits.unpacked:
        raise ProblemError("zip_bomb")
    if unpacked > SMALL and unpacked > ZIP_RATIO * packed:
        raise ProblemError("zip_bomb")
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels")):
            _check_xml(archive, entry)


def _check_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Word never writes a document type: entities could only be there to explode."""
    last = b""
    with archive.open(entry) as part:
        while chunk := part.read(1 << 20):
            # NULs go, so that UTF-16 hides nothing.
            seen = (last + chunk).replace(b"\0", b"")
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise ProblemError("broken")
            last = chunk[-32:]


def _word_blocks(parent: Any, depth: int) -> Iterator[str]:
    for child in parent:
        if child.tag == qn("w:p"):
            yield from _paragraph_lines(child)
        elif child.tag == qn("w:tbl") and depth < DEPTH:
            yield from _table_lines(child)
        elif child.tag in _CONTAINERS and depth < DEPTH:
            yield from _word_blocks(child, depth + 1)


def _paragraph_lines(paragraph: Any) -> Iterator[str]:
    line = _paragraph(paragraph)
    if line:
        yield line
        if not line.startswith("- "):
            # A blank line keeps paragraphs apart; the points of a list stay together.
            yield ""


def _table_lines(table: Any) -> Iterator[str]:
    """A table's own rows; what a table in a cell says is part of that cell."""
    yield ""
    for row in table.iter(qn("w:tr")):
        if _nearest(row, "w:tbl") is table:
            yield " | ".join(_cells(row))
    yield ""


def _nearest(node: Any, tag: str) -> Any:
    """The nearest element of the tag that holds the node."""
    return next(node.iterancestors(qn(tag)), None)


def _cells(row: Any) -> Iterator[str]:
    for cell in row.iter(qn("w:tc")):
        if _nearest(cell, "w:tr") is row:
            yield " ".join(p for p in map(_line, cell.iter(qn("w:p"))) if p).replace("|", "/")


def _paragraph(paragraph: Any) -> str:
    line = _line(paragraph)
    if not line:
        return ""
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    name = style.get(qn("w:val"), "") if style is not None else ""
    if name.startswith(("Heading", "Title")):
        return f"# {line}"
    listed = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
    return f"- {line}" if listed or name.startswith("List") else line


def _line(paragraph: Any) -> str:
    """A paragraph's text with what tracked changes add and without what they take away."""
    parts: list[str] = []
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")):
        parts.append((node.text or "") if node.tag == qn("w:t") else " ")
    return " ".join("".join(parts).split())


# --- PDF -----------------------------------------------------------------------------------------


def _read_pdf(file: IO[bytes], limits: Limits) -> Iterator[str]:
    try:
        reader = pypdf.PdfReader(file, strict=False)
        # Many papers are locked against editing alone: those open with an empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise ProblemError("encrypted")
        pages = len(reader.pages)
    except (FileNotDecryptedError, DependencyError) as error:
        raise ProblemError("encrypted") from error
    except PdfReadError as error:
        raise ProblemError("broken") from error
    if pages > limits.pages:
        raise ProblemError("too_long_to_read")
    if not pages:
        raise ProblemError("broken")
    for page in reader.pages:
        yield page.extract_text().translate(_RADICALS)
        yield ""


# --- plain text ----------------------------------------------------------------------------------


def _read_text(file: IO[bytes], limits: Limits) -> Iterator[str]:
    # Four bytes a character at most: what is longer cannot fit the limit.
    data = file.read(4 * limits.chars + 4)
    yield decode(data)


def decode(data: bytes) -> str:
    """Text in UTF-8, UTF-16 (with or without its mark), GB 18030, or a Western code page."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    for encoding in _guesses(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace")


def _guesses(data: bytes) -> Iterator[str]:
    sample = data[:100_000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 >= len(sample) and not min(even, odd):
        yield "utf-16-le" if odd > even else "utf-16-be"
    yield "utf-8"
    runs = _HIGH_RUN.findall(sample)
    odd_runs = sum(len(run) % 2 for run in runs)
    # Chinese comes in pairs of high bytes; a lone one is an accented letter.
    if odd_runs * 4 <= len(runs):
        yield "gb18030"


if __name__ == "__main__":
    main()
