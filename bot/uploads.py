"""Files of prospects and staff: taken in safely, kept inert; a prospect's are read by a child.

The bytes are written under a random name and synced before anything is promised; the caller then
commits the row. The sender's name and type are never trusted: the name is for showing only, the
type is sniffed from the content.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import mmap
import os
import re
import secrets
import signal
import sys
import unicodedata
from collections.abc import AsyncIterator, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
import puremagic

from dialogs.types import FileInfo, Struct

READ_PROBLEMS = (
    "too_big", "encrypted", "broken", "empty", "wrong_type", "too_long_to_read", "zip_bomb",
    "no_text",
)  # fmt: skip
PROBLEMS = (*READ_PROBLEMS, "not_stored")
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "md": "text/markdown",
}
ANY_MEDIA_TYPE = "application/octet-stream"  # says nothing of the content
ORPHAN_AGE = 3_600_000  # ms: younger files may still be waiting for their row
PATIENCE = 5  # seconds for the pipe of an ended reader to close
_PART = ".part"
_HEAD = 65_536  # bytes looked at for the type of a text
_ID = re.compile(r"[A-Za-z0-9_-]{32}")
_ENDING = re.compile(r"[A-Za-z0-9]{1,8}")  # of a name
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-zA-Z0-9.+-]{1,100}")
_EXTENSIONS = {"markdown": "md", "text": "txt", "": "txt"}
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<?php",
           b"{\\rtf", b"#!", b"<iframe")  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED_OFFICE = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    size: int = 20_000_000  # bytes taken in
    seconds: int = 20  # of the clock while it is read, and of CPU
    memory: int = 512_000_000  # bytes of the reading process
    unpacked: int = 200_000_000  # bytes of all parts of a docx
    pages: int = 300
    chars: int = 400_000  # of its text


class Stored(Struct):
    """A file on disk, synced; its row is the caller's next step."""

    id: str
    name: str  # cleaned for showing
    size: int  # bytes
    media_type: str
    sha256: str  # hex

    def info(self) -> FileInfo:
        return FileInfo(
            id=self.id,
            name=self.name,
            size=self.size,
            media_type=self.media_type,
            sha256=self.sha256,
        )


class ReadText(Struct):
    """What a stored file says, or the problem with it; `detail` is for logs."""

    text: str = ""
    problem: str = ""
    detail: str = ""


class RefusedError(Exception):
    """The file was not kept. `problem` is one of PROBLEMS, `key` the text that says so."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.key = f"error.file_{problem}"


class Uploads:
    """The folder of stored files."""

    def __init__(self, folder: Path, limits: Limits | None = None, program: str = "") -> None:
        """`program` is the reading script, by default `file_reader`."""
        self.folder = folder
        self.limits = limits or Limits()
        self._program = program or str(Path(__file__).with_name("file_reader.py"))
        # Two children at once: reading never takes the whole machine from the talks.
        self._turns = asyncio.Semaphore(2)

    async def receive(
        self,
        chunks: AsyncIterator[bytes],
        name: str,
        declared: int | None = None,
        *,
        any_kind: bool = False,
    ) -> Stored:
        """Stream a file to disk under a random name and sync it.

        Raises RefusedError; then, as after any error of the stream, nothing of it stays on disk.
        `declared` is the sender's word for the size, used to refuse before the first byte.
        `any_kind` takes what no reader of ours knows, too: a file of staff, which is passed on and
        never read. Its type is looked up for its media type alone.
        """
        if declared is not None and declared > self.limits.size:
            raise RefusedError("too_big")
        file = secrets.token_urlsafe(24)
        part = self.folder / (file + _PART)
        try:
            size, digest = await self._write(chunks, part)
            shown, media_type = await asyncio.to_thread(_judge, part, name, any_kind)
            await asyncio.to_thread(_keep, part, self.folder / file)
        except OSError as error:
            raise RefusedError("not_stored") from error
        finally:
            # What cannot be removed now is an orphan, and those are swept.
            with contextlib.suppress(OSError):
                part.unlink()
        return Stored(
            id=file,
            name=shown,
            size=size,
            media_type=media_type,
            sha256=digest,
        )

    async def _write(self, chunks: AsyncIterator[bytes], part: Path) -> tuple[int, str]:
        digest = hashlib.sha256()
        size = 0
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _create(part) as out:
            async for chunk in chunks:
                size += len(chunk)
                if size > self.limits.size:
                    raise RefusedError("too_big")
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            await asyncio.to_thread(os.fsync, out.fileno())
        if not size:
            raise RefusedError("empty")
        return size, digest.hexdigest()

    def path(self, file: str) -> Path:
        """Where a stored file lies. Raises ValueError for what is no id of ours."""
        if not _ID.fullmatch(file):
            raise ValueError("not the id of a stored file")
        return self.folder / file

    def delete(self, files: Collection[str]) -> None:
        """Remove stored files; those already gone count as removed."""
        for file in files:
            self.path(file).unlink(missing_ok=True)

    def sweep(self, known: Collection[str], now: int) -> tuple[str, ...]:
        """Remove files that no row knows and that are older than ORPHAN_AGE; returns their names.

        `now` in ms. A file whose row is on its way is young, so it is left alone.
        """
        removed: list[str] = []
        if not self.folder.is_dir():
            return ()
        for found in sorted(self.folder.iterdir()):
            ours = _ID.fullmatch(found.name.removesuffix(_PART)) is not None
            if not ours or found.name in known or not found.is_file():
                continue
            if now - found.stat().st_mtime_ns // 1_000_000 > ORPHAN_AGE:
                found.unlink(missing_ok=True)
                removed.append(found.name)
        return tuple(removed)

    async def read(self, file: str, media_type: str) -> ReadText:
        """The file's text, read in a child process. Every failure is a problem, never an error."""
        async with self._turns:
            try:
                return await self._run_reader(self.path(file), media_type)
            except (OSError, ValueError) as error:
                return ReadText(problem="broken", detail=f"{type(error).__name__}: {error}"[:300])

    async def _run_reader(self, path: Path, media_type: str) -> ReadText:
        kind = {MEDIA_TYPES["docx"]: "docx", MEDIA_TYPES["pdf"]: "pdf"}.get(media_type, "text")
        limits = self.limits
        wanted = {"kind": kind, **asdict(limits)}
        del wanted["size"]
        with path.open("rb") as file:
            child = await asyncio.create_subprocess_exec(
                *(
                    sys.executable,
                    "-I",
                    "-X",
                    "utf8",
                    self._program,
                    msgspec.json.encode(wanted).decode(),
                ),
                stdin=file,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},
                start_new_session=True,
            )
        try:
            # JSON in ASCII: at most 12 bytes a character, for those beyond the first plane.
            answer = await asyncio.wait_for(
                _answer_of(child, 12 * limits.chars + 10_000), limits.seconds
            )
        except TimeoutError:
            return ReadText(problem="too_long_to_read", detail="out of time")
        finally:
            await _end(child)
        return _result(answer, child.returncode or 0, limits.chars)


async def _answer_of(child: asyncio.subprocess.Process, most: int) -> bytes:
    """All that the child prints. Raises ValueError when it is more than it may be."""
    parts: list[bytes] = []
    size = 0
    while child.stdout is not None and (chunk := await child.stdout.read(65_536)):
        size += len(chunk)
        if size > most:
            raise ValueError("the reader printed too much")
        parts.append(chunk)
    await child.wait()
    return b"".join(parts)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Kill the child and what it may have started, unless it has ended, and close its pipe."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    # asyncio calls a child ended once its pipe is read out, which a grandchild could prevent.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_drain(child), PATIENCE)


async def _drain(child: asyncio.subprocess.Process) -> None:
    while child.stdout is not None and await child.stdout.read(65_536):
        continue
    await child.wait()


def _result(answer: bytes, code: int, chars: int) -> ReadText:
    """What the child said, which is believed no more than the file that it read."""
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return ReadText(problem="too_long_to_read", detail=f"ended by signal {-code}")
    try:
        said = msgspec.json.decode(answer, type=ReadText)
    except msgspec.DecodeError:
        return ReadText(problem="broken", detail=f"the reader ended with {code}")
    if said.problem and said.problem not in READ_PROBLEMS:
        return ReadText(problem="broken", detail="the reader named no known problem")
    return ReadText(text=said.text[:chars], problem=said.problem, detail=said.detail[:300])


def _judge(path: Path, name: str, any_kind: bool) -> tuple[str, str]:
    """The name for showing, and the media type. Raises RefusedError for a kind we do not take."""
    if any_kind:
        return clean_any_name(name), guess_media_type(path)
    kind = sniff(path, name)
    return clean_name(name, kind), MEDIA_TYPES[kind]


def guess_media_type(path: Path) -> str:
    """The media type that the content looks like; application/octet-stream for the unknown."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"%PDF-"):
        return MEDIA_TYPES["pdf"]
    try:
        best = puremagic.magic_string(head)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return MEDIA_TYPES["txt"] if _is_text(head) else ANY_MEDIA_TYPE
    return best.mime_type if _MEDIA_TYPE.fullmatch(best.mime_type) else ANY_MEDIA_TYPE


def sniff(path: Path, name: str) -> str:
    """What a file is by its content: docx, pdf, txt or md. Raises RefusedError for anything else.

    The name decides only between the kinds of plain text, and must be that of a kind we take.
    """
    extension = _extension(name)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        head = view[:_HEAD]
        if head.startswith(_OLE) and extension == "docx" and view.find(_LOCKED_OFFICE) >= 0:
            raise RefusedError("encrypted")
        if extension not in MEDIA_TYPES:
            raise RefusedError("wrong_type")
        if head.startswith(b"%PDF-"):
            return "pdf"
        if head.startswith(b"PK\x03\x04") and view.find(b"word/document.xml") >= 0:
            return "docx"
    if extension in ("docx", "pdf") or not _is_text(head):
        raise RefusedError("wrong_type")
    return extension


def _is_text(head: bytes) -> bool:
    """Plain text: no control characters, no markup at its start, no other kind's signature."""
    encoding = _wide_encoding(head)
    text = head[: len(head) // 2 * 2].decode(encoding, "replace") if encoding else ""
    narrow = text.encode("utf-8", "replace") if encoding else head
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in narrow):
        return False
    if narrow.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return False
    try:
        best = puremagic.magic_string(head)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return True
    # Two or three letters that happen to be a signature ("BM Group") do not make a picture.
    media = best.mime_type.startswith(("image/", "audio/", "video/", "font/"))
    return not (media and best.confidence >= 0.6)


def _wide_encoding(head: bytes) -> str:
    """UTF-16 by its mark, or by NULs in every second byte and none beside them; else ""."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) < 4 or min(even, odd) or max(even, odd) * 4 < len(head):
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def clean_name(name: str, kind: str) -> str:
    """The sender's name for showing: no path, no control or direction marks, the right ending."""
    shown = _without_tricks(name)
    stem, dot, extension = shown.rpartition(".")
    same = _EXTENSIONS.get(extension.lower(), extension.lower()) == kind and dot
    stem = (stem if same else shown).strip(". ")[:100] or "file"
    return f"{stem}.{kind}"


def clean_any_name(name: str) -> str:
    """The same for a file of any kind: it keeps its own ending, if that is a short plain one."""
    shown = _without_tricks(name)
    stem, dot, extension = shown.rpartition(".")
    if not (dot and stem and _ENDING.fullmatch(extension)):
        return shown[:100] or "file"
    return f"{stem.strip('. ')[:100] or 'file'}.{extension}"


def _without_tricks(name: str) -> str:
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name[-1_000:]))[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return " ".join(re.sub(r'[<>:"|?*%]', "_", shown).split()).strip(". ")


def _extension(name: str) -> str:
    last = re.split(r"[\\/]", name[-1_000:])[-1]
    ending = last.rpartition(".")[2].strip().lower() if "." in last else ""
    return _EXTENSIONS.get(ending, ending)


def _create(part: Path) -> BinaryIO:
    return open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _keep(part: Path, file: Path) -> None:
    """Give the file its name, durably."""
    part.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
