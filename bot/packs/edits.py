"""The edits of an overlay on disk: one file each, whole or not there, and all of them the truth."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from bot.faults import Reach, reach_nothing
from bot.logs import get_logger
from bot.packs.overlay_files import to_bytes
from dialogs.types import Struct

Changes = Mapping[str, str | None]  # path -> the whole new text; None: the file goes

HISTORY = "history"
PART = ".part"  # how the name of a file ends that is not whole yet
LEFT_SECONDS = 60  # after which a part that is still there is what a crash left
_DIGITS = 8
_NAME = f"{'[0-9]' * _DIGITS}.json"


class Theirs(Struct):
    """Words of a prospect that an edit took over; they go when the conversation is erased."""

    conversation: str
    words: tuple[str, ...]


class Edit(Struct):
    """One version: who changed what, and the files before and after (None: not there)."""

    number: int  # from 1, without a gap
    at: int  # ms since 1970, UTC
    by: str
    what: str  # one line
    before: dict[str, str | None] = {}
    after: dict[str, str | None] = {}
    theirs: Theirs | None = None
    undoes: int = 0  # number of the edit that this one takes back


def read_edit(folder: Path, number: int) -> Edit | None:
    """The edit of this number; None where its file is gone or damaged. Raises OSError."""
    path = path_of(folder, number)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Edit)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        get_logger().error("edit_unreadable", file=path.name)
        return None


def read_edits(folder: Path) -> Iterator[tuple[int, Edit | None]]:
    """Every edit by its number, oldest first; None for one whose file is damaged."""
    for number in read_numbers(folder):
        yield number, read_edit(folder, number)


def read_numbers(folder: Path) -> list[int]:
    """Numbers of the edits that have a file; whatever else lies there counts for nothing."""
    return sorted(int(path.stem) for path in (folder / HISTORY).glob(_NAME))


def sweep_parts(folder: Path) -> int:
    """Delete what crashes left of files that were not whole; gives how many."""
    left = [
        part
        for part in folder.rglob(f".*{PART}")
        if time.time() - part.stat().st_mtime > LEFT_SECONDS
    ]
    for part in left:
        part.unlink(missing_ok=True)
    return len(left)


def keep_edit(folder: Path, edit: Edit, reach: Reach) -> None:
    """Write a new edit. Raises OSError; then there is nothing of it."""
    path = path_of(folder, edit.number)
    try:
        replace_edit(folder, edit, reach)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def replace_edit(folder: Path, edit: Edit, reach: Reach) -> None:
    """Write an edit in place of the one of its number. Raises OSError."""
    write_durably(path_of(folder, edit.number), msgspec.json.encode(edit), reach)


def fold(edits: Iterable[Edit | None]) -> dict[str, str]:
    """What these edits come to, in their order: path -> text."""
    files: dict[str, str] = {}
    for edit in edits:
        if edit is not None:
            files = changed(files, edit.after)
    return files


def changed(files: Mapping[str, str], changes: Changes) -> dict[str, str]:
    """The files with these changes."""
    both = {**files, **changes}
    return {path: text for path, text in both.items() if text is not None}


def read_overlay(folder: Path) -> dict[str, bytes]:
    """What all edits come to, for those who only read: path as in a pack -> bytes."""
    found = fold(edit for _, edit in read_edits(folder))
    return {path: to_bytes(path, text) for path, text in found.items()}


def copy_overlay(folder: Path, target: Path) -> int:
    """Copy the history into a new folder; gives how many edits there are."""
    numbers = read_numbers(folder)
    for number in numbers:
        path = path_of(target, number)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(path_of(folder, number), path)
    return len(numbers)


def path_of(folder: Path, number: int) -> Path:
    """The file of an edit."""
    return folder / HISTORY / f"{number:0{_DIGITS}}.json"


def write_durably(path: Path, content: bytes, reach: Reach = reach_nothing) -> None:
    """The whole file, or the one before: written aside, synced, renamed, and the name synced."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Two who write the same file each have a part of their own.
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with part.open("wb") as out:
            out.write(content)
            reach("in_edit")
            out.flush()
            os.fsync(out.fileno())
        reach("before_edit")
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
