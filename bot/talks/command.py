"""`python -m bot talks`: plays a company's acceptance conversations through the real intake."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec

from bot.core import load_mind
from bot.house import Mind
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.talks.files import TalkError, find_talks, read_talk
from bot.talks.player import Played, play
from dialogs.folder.problems import PackError


async def play_all(
    paths: list[Path], mind: Mind, settings: Settings
) -> AsyncIterator[tuple[Path, Played]]:
    """Play every file, one after the other; a file that is no talk counts as failed."""
    for path in paths:
        try:
            talk = read_talk(path, mind.pack)
        except TalkError as error:
            yield path, Played(talk="", differences=(str(error),))
            continue
        try:
            yield path, await play(talk, path.parent, mind, settings)
        except TalkError as error:
            yield path, Played(talk=talk.talk, differences=(str(error),))


def main(arguments: list[str]) -> int:
    """Exit code 0 when all pass, 1 when one fails, 2 when nothing could be played."""
    parser = argparse.ArgumentParser(prog="python -m bot talks", description=__doc__)
    parser.add_argument("path", type=Path, help="a talk, or a folder of talks")
    parser.add_argument("--pack", help="folder of the pack (COMPANY_PACK unless given)")
    parser.add_argument("--json", action="store_true", help="one JSON line a talk")
    given = parser.parse_args(arguments)
    settings = Settings.from_environment(os.environ)
    if given.pack:
        settings = replace(settings, company_pack=given.pack)
    set_up_logs("console", "error")
    try:
        paths = find_talks(given.path)
        mind = load_mind(settings)
    except TalkError as error:
        print(error, file=sys.stderr)
        return 2
    except PackError as error:
        print(error, file=sys.stderr)
        return 2
    return asyncio.run(_report(paths, mind, settings, as_json=given.json))


async def _report(paths: list[Path], mind: Mind, settings: Settings, *, as_json: bool) -> int:
    failed = 0
    async for path, played in play_all(paths, mind, settings):
        failed += not played.passed
        line = _json_line(path, played) if as_json else show_played(path, played)
        print(line, flush=True)
    if not as_json:
        print(f"{len(paths) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _json_line(path: Path, played: Played) -> str:
    line = {
        "file": str(path),
        "talk": played.talk,
        "passed": played.passed,
        "differences": played.differences,
        "notes": played.notes,
    }
    return msgspec.json.encode(line).decode()


def show_played(path: Path, played: Played) -> str:
    """A talk's result for people: a line, and one more for each difference."""
    lines = [f"{'ok  ' if played.passed else 'FAIL'} {path}: {played.talk}"]
    lines += [f"     {each}" for each in played.differences]
    return "\n".join(lines)
