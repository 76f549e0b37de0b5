"""`check [PACK]`: what is missing in the settings, then every mistake of a company's pack at once.
In the end its talks are played. 1 for any fault. Without PACK: the pack that the settings name.

The talks are played on throw-away databases, and only once the pack has no error.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import date
from pathlib import Path

from bot.commands.setup import run_command
from bot.logs import set_up_logs
from bot.packs.checking import play_own
from bot.packs.edits import read_overlay
from bot.settings import Settings
from bot.talks.command import show_played
from bot.telegram.setup import find_faults
from dialogs.check import check, render
from dialogs.folder.reader import NO_FILES
from dialogs.folder.wording import ENGLISH, languages

BY_OVERLAY = (
    "the pack itself is sound: these mistakes come from what was written over it in the browser. A "
    "start leaves such files out; /content names them and offers the editor, undo and drop"
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot check", description=__doc__)
    parser.add_argument("pack", type=Path, nargs="?", help="folder of the pack")
    parser.add_argument("--no-talks", action="store_true", help="do not play the talks")
    spoken = languages()
    parser.add_argument("--language", choices=spoken, default=ENGLISH, help="of the mistakes")
    given = parser.parse_args(arguments)
    return run_command(lambda settings: _check(settings, given))


def _check(settings: Settings, given: argparse.Namespace) -> int:
    faults = find_faults(settings)
    for fault in faults:
        print(fault)
    # What staff wrote belongs to the pack that runs, and to no other.
    overlay = read_overlay(settings.overlay) if given.pack is None else NO_FILES
    pack = given.pack or settings.pack
    problems = check(pack, date.today(), overlay)
    if problems:
        print(render(problems, given.language))
    unusable = sum(bool(fault.stops) for fault in faults)
    errors = unusable + sum(not problem.warning for problem in problems)
    warnings = len(faults) + len(problems) - errors
    print(f"{errors} errors, {warnings} warnings", file=sys.stderr)
    if errors > unusable:
        if overlay and all(problem.warning for problem in check(pack, date.today())):
            print(BY_OVERLAY, file=sys.stderr)
        return 1
    return _play_talks(settings, pack, given.no_talks) or int(unusable > 0)


def _play_talks(settings: Settings, pack: Path, left_out: bool) -> int:
    if left_out:
        return 0
    set_up_logs("console", "error")  # the differences are the message
    return asyncio.run(_play(settings, pack))


async def _play(settings: Settings, pack: Path) -> int:
    """Play the pack's own talks; only those that differ are shown."""
    count = failed = 0
    async for path, played in play_own(pack, settings):
        count += 1
        if not played.passed:
            failed += 1
            print(show_played(path, played), flush=True)
    print(f"{count - failed} talks passed, {failed} failed", file=sys.stderr)
    return 1 if failed else 0
