"""`backup [FOLDER]`: copy database, files and edits of the pack while the server runs; reads only.

The secret key is not copied: keep SECRET_KEY, or `secret.key` of the data folder, elsewhere.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

from bot.commands.setup import run_command
from bot.packs.edits import copy_overlay
from bot.sealing import write_note
from bot.settings import Settings, audit_seal
from storage import audit, retention
from storage.db import Database


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot backup")
    parser.add_argument("folder", type=Path, nargs="?", help="a new folder for the copy")
    given = parser.parse_args(arguments)
    return run_command(lambda settings: _back_up(settings, given.folder))


def _back_up(settings: Settings, folder: Path | None) -> int:
    """The database first: a file whose row is in it was on disk before that row."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = folder or settings.data / "backups" / moment
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    retention.backup(settings.database, target / "firstline.db")
    copied = 0
    if settings.files.is_dir():
        (target / "files").mkdir(exist_ok=True, mode=0o700)
        for file in sorted(settings.files.iterdir()):
            copied += _copy(file, target / "files" / file.name)
    asyncio.run(_note_newest(settings, target))
    edits = copy_overlay(settings.overlay, target / "overlay")
    print(f"{target}: the database, {copied} files and {edits} edits")
    return 0


async def _note_newest(settings: Settings, target: Path) -> None:
    """The newest line of the copy's own audit log."""
    db = Database.open(target / "firstline.db", writer=False)
    try:
        newest = await db.read(audit.newest)
    finally:
        await db.close()
    if newest is not None:
        write_note(target, audit_seal(settings), newest)


def _copy(file: Path, target: Path) -> int:
    """1 when it was copied; a file that is erased meanwhile is no loss."""
    try:
        shutil.copy2(file, target)
    except FileNotFoundError:
        return 0
    return 1
