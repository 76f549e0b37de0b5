"""`audit verify`: whether the record of who did what is as it was written; reads only."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot.commands.setup import run_command
from bot.settings import Settings, audit_seal
from storage import audit
from storage.audit import Checked
from storage.db import Database

_WHY = {
    "changed": "row {row} is not as it was written, or a row before it was taken out",
    "unsealed": "row {row} carries no seal",
    "cut": "rows are missing after row {row}, the last one that is there",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot audit")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("verify", help="walk the whole chain and tell the first broken row")
    parser.parse_args(arguments)
    return run_command(_verify)


def _verify(settings: Settings) -> int:
    checked = asyncio.run(_walk(settings))
    if checked.why:
        print(_WHY[checked.why].format(row=checked.broken), file=sys.stderr)
        print(f"{checked.count} rows before it are sound", file=sys.stderr)
        return 1
    print(f"all {checked.count} rows are sound; the last seal is {checked.head or 'not set yet'}")
    return 0


async def _walk(settings: Settings) -> Checked:
    seal = audit_seal(settings)
    db = Database.open(settings.database, writer=False)
    try:
        return await db.read(lambda connection: audit.verify(connection, seal))
    finally:
        await db.close()
