"""A pack as a whole: its mistakes, and its own talks played. For `check` and for publishing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec

from bot.core import load_mind
from bot.settings import Settings
from bot.talks.command import play_all
from bot.talks.files import TalkError, find_talks
from bot.talks.player import Played
from dialogs.check import check
from dialogs.folder.problems import Problem

TALKS = "talks"  # the folder of a pack that holds its acceptance talks


class Verdict(msgspec.Struct, frozen=True):
    """All that was found. `played` is empty while the pack has errors, or no talks."""

    problems: tuple[Problem, ...] = ()
    played: tuple[tuple[Path, Played], ...] = ()

    @property
    def errors(self) -> int:
        return sum(not problem.warning for problem in self.problems)

    @property
    def failed(self) -> int:
        """How many talks went otherwise than wanted."""
        return sum(not played.passed for _, played in self.played)

    @property
    def sound(self) -> bool:
        """The pack may go live."""
        return not self.errors and not self.failed


def examine_pack(folder: Path, settings: Settings, today: date) -> Verdict:
    """Look for mistakes, and when there is none play the pack's talks on throw-away databases.

    Takes seconds to minutes: not for the event loop of a running server.
    """
    problems = tuple(check(folder, today))
    verdict = Verdict(problems=problems)
    if verdict.errors:
        return verdict
    return msgspec.structs.replace(verdict, played=tuple(asyncio.run(_collect(folder, settings))))


async def _collect(folder: Path, settings: Settings) -> list[tuple[Path, Played]]:
    return [result async for result in play_own(folder, settings)]


async def play_own(folder: Path, settings: Settings) -> AsyncIterator[tuple[Path, Played]]:
    """Play a sound pack's own talks, one after the other; nothing when it brings none."""
    try:
        paths = find_talks(folder / TALKS)
    except TalkError:
        return
    mind = load_mind(replace(settings, company_pack=str(folder)))
    async for result in play_all(paths, mind, settings):
        yield result
