"""A prospect, a colleague at the browser and one in the group do things at once, in any order:
never two owners, and never a word of the bot's once a human has the talk."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from tests.bot.telegram.crossing import Crossing, open_crossing, wait_until
from tests.bot.telegram.crossing_checks import check
from tests.bot.telegram.crossing_story import Story

STORIES = 10_000 if os.environ.get("FIRSTLINE_CAMPAIGN") else 300
MORE = 300  # at most, where something was not met
IN_A_HOUSE = 100  # stories with one database and one group
AT_ONCE = 12

# How a claim can meet what the bot is saying; all of it has to have happened.
ENCOUNTERS = (
    "claims", "lost claims", "withdrawn from the queue", "withdrawn half said", "before send",
    "during send", "before send_file", "edit", "send Busy",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(7_200)
async def test_one_owner_and_a_silent_bot_however_they_come_together(tmp_path: Path) -> None:
    met: Counter[str] = Counter()
    for first in range(0, STORIES + MORE, IN_A_HOUSE):
        if first >= STORIES and not find_unmet(met):
            break  # on a machine with much else to do some meetings are rare
        async with open_crossing(tmp_path / str(first), first) as crossing:
            met += await tell_stories(crossing, range(first, first + IN_A_HOUSE))
            await wait_until(lambda: not find_unfinished(crossing), "the end of the updates")
    print(f"{met['talks']} interleavings:", dict(met))
    assert met["talks"] >= STORIES
    assert not find_unmet(met), met


def find_unmet(met: Counter[str]) -> list[str]:
    return [name for name in ENCOUNTERS if not met[name]]


async def tell_stories(crossing: Crossing, seeds: range) -> Counter[str]:
    """Play and check some stories side by side; gives what was met in them."""
    gate, met = asyncio.Semaphore(AT_ONCE), Counter[str]()

    async def tell(seed: int) -> None:
        async with gate:
            story = Story(crossing, seed)
            try:
                await story.play()
                met.update(check(story.talk))
            except (AssertionError, TimeoutError) as error:
                error.add_note(
                    "\n".join([f"story {seed}:", *story.talk.told, *map(str, story.talk.journal)])
                )
                raise

    async with asyncio.TaskGroup() as tasks:
        for seed in seeds:
            tasks.create_task(tell(seed))
    return met


def find_unfinished(crossing: Crossing) -> list[object]:
    """Updates that wait or were set aside, and deliveries that did not come to an end."""
    return crossing.db.peek(
        lambda tx: [
            *tx.all("SELECT id, source, state, error FROM arrival WHERE state != 'done'"),
            *tx.all(
                "SELECT id, state, error FROM delivery"
                " WHERE kind = 'send' AND state IN ('queued', 'sending')"
            ),
        ]
    )
