"""`migrate`: bring the database to the schema of this program; refuses while anything writes."""

from __future__ import annotations

import argparse

from bot.commands.setup import run_command
from bot.settings import Settings
from bot.web.deps import read_clock
from storage.lock import WriterLock
from storage.migrate import HEAD, migrate


def main(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="python -m bot migrate").parse_args(arguments)
    return run_command(_migrate)


def _migrate(settings: Settings) -> int:
    with WriterLock(settings.data).acquire("migrate", read_clock()):
        changed = migrate(settings.database)
    print(f"the database has schema {HEAD}" + ("" if changed else " already"))
    return 0
