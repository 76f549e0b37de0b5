"""`check PACK`: every mistake of a company's pack at once, and its talks played; 1 for any fault.

The talks are played on throw-away databases, and only once the pack has no error.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.commands.setup import run_command
from bot.core import load_mind
from bot.settings import Settings
from bot.talk_files import find_talks
from bot.talks import play_all, show_played
from dialogs.check import check, render


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot check", description=__doc__)
    parser.add_argument("pack", type=Path, help="folder of the pack")
    parser.add_argument("--no-talks", action="store_true", help="do not play the talks")
    given = parser.parse_args(arguments)
    return run_command(lambda settings: _check(settings, given.pack, not given.no_talks))


def _check(settings: Settings, pack: Path, with_talks: bool) -> int:
    problems = check(pack, date.today())
    if problems:
        print(render(problems))
    errors = sum(not problem.warning for problem in problems)
    print(f"{errors} errors, {len(problems) - errors} warnings", file=sys.stderr)
    if errors:
        return 1
    talks = pack / "talks"
    if not with_talks or not talks.is_dir() or not any(talks.rglob("*.yaml")):
        return 0
    return asyncio.run(_play(replace(settings, company_pack=str(pack)), talks))


async def _play(settings: Settings, talks: Path) -> int:
    failed, paths = 0, find_talks(talks)
    async for path, played in play_all(paths, load_mind(settings), settings):
        if not played.passed:
            failed += 1
            print(show_played(path, played), flush=True)
    print(f"{len(paths) - failed} talks passed, {failed} failed", file=sys.stderr)
    return 1 if failed else 0
