"""`check PACK`: every mistake of a pack at once, then its own talks; 1 when something is wrong."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from datetime import date
from pathlib import Path

from bot.checking import play_own
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.talks import show_played
from dialogs.check import check, render


def main(arguments: list[str]) -> int:
    """Exit code 0 when the pack may go live, 1 when it may not."""
    parser = argparse.ArgumentParser(prog="python -m bot check", description=__doc__)
    parser.add_argument("pack", type=Path, help="folder of the pack")
    parser.add_argument("--no-talks", action="store_true", help="do not play the pack's talks")
    given = parser.parse_args(arguments)
    problems = check(given.pack, date.today())
    if problems:
        print(render(problems))
    errors = sum(not problem.warning for problem in problems)
    print(f"{errors} errors, {len(problems) - errors} warnings", file=sys.stderr)
    if errors or given.no_talks:
        return 1 if errors else 0
    set_up_logs("console", "error")
    return asyncio.run(_play(given.pack, Settings.from_environment(os.environ)))


async def _play(pack: Path, settings: Settings) -> int:
    """Play the talks; only those that differ are shown."""
    count = failed = 0
    async for path, played in play_own(pack, settings):
        count += 1
        failed += not played.passed
        if not played.passed:
            print(show_played(path, played), flush=True)
    print(f"{count - failed} talks passed, {failed} failed", file=sys.stderr)
    return 1 if failed else 0
