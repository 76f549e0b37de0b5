"""`audit verify`: whether the record of who did what is as it was written; reads only."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bot.commands.setup import run_command
from bot.sealing import FILE, read_note
from bot.settings import Settings, audit_seal
from storage import audit
from storage.audit import Checked
from storage.db import Database

_WHY = {
    "changed": "row {row} is not as it was written, or a row before it was taken out",
    "unsealed": "row {row} carries no seal",
    "lost": "row {row}, which {file} names, is not there as it was: the record was emptied or "
    "begun anew, or a backup was restored without its own {file}",
    "cut": "rows are missing after row {row}, the last one that is there",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot audit")
    acts = parser.add_subparsers(dest="act", required=True)
    walk = acts.add_parser("verify", help="walk the whole chain and tell the first broken row")
    walk.add_argument("--against", type=Path, help=f"a backup whose {FILE} counts, too")
    given = parser.parse_args(arguments)
    return run_command(lambda settings: _verify(settings, given.against or settings.data))


def _verify(settings: Settings, noted: Path) -> int:
    checked = asyncio.run(_walk(settings, noted))
    if checked.why:
        print(_WHY[checked.why].format(row=checked.broken, file=FILE), file=sys.stderr)
        if checked.why != "lost":
            print(f"{checked.count} rows before it are sound", file=sys.stderr)
        return 1
    print(f"all {checked.count} rows are sound; the last seal is {checked.head or 'not set yet'}")
    return 0


async def _walk(settings: Settings, folder: Path) -> Checked:
    seal = audit_seal(settings)
    noted = read_note(folder, seal)
    db = Database.open(settings.database, writer=False)
    try:
        return await db.read(lambda connection: audit.verify(connection, seal, noted))
    finally:
        await db.close()
