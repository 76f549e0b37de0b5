"""kill -9 at each named step of the feed, in a process of its own, over real HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.faults import VARIABLE
from tests.bot.hall import make_hall, make_settings
from tests.bot.server import ROOT
from tests.bot.telegram.paper_desk import Desk
from tests.bot.telegram.paper_group import PaperGroup
from tests.bot_api.server import BotApi

GROUP, TOKEN = -1_001_234_567_890, "22:desk"
AGAIN = ("Perhaps a repeat:", "There may be a second topic")
CAMPAIGN = bool(os.environ.get("FIRSTLINE_CAMPAIGN"))
POSTS = range(1, 10) if CAMPAIGN else (1, 3)  # the so-manieth post is the deadly one


async def prepare(folder: Path) -> list[str]:
    """Two talks that somebody has and that nobody ever saw in the group; gives their lines."""
    hall = make_hall(make_settings(folder, desk_group_id=str(GROUP)))
    desk = Desk(hall, PaperGroup(hall.clock))
    anna = await desk.add_staff("Anna Keller")
    lines = []
    for talk in [await desk.waiting(), await desk.waiting(urgent=False)]:
        await desk.claim(anna, talk)
        for at in range(3):
            lines.append(f"line {at} of {talk}")
            await hall.say(talk, lines[-1])
    await hall.db.close()
    return lines


async def run_feed(api: BotApi, folder: Path, fault: str) -> int:
    """Let the feed work in a process of its own; gives how that ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.telegram.feed_process",
        str(folder), api.url, TOKEN, str(GROUP),
        cwd=ROOT,
        env={**os.environ, VARIABLE: fault},
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(60):
        return await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("step", ["before_post", "after_post"])
@pytest.mark.parametrize("post", POSTS)
async def test_killed_it_goes_on_with_one_flagged_repeat_at_most(
    tmp_path: Path, step: str, post: int
) -> None:
    lines = await prepare(tmp_path)
    api = BotApi()
    await api.start()
    api.add_bot(TOKEN, "desk_bot")
    group = api.add_group(GROUP, "Pre-sales", members=[api.add_person(5, "Boss")])
    api.limits.rates = False
    try:
        assert await run_feed(api, tmp_path, f"{step}:{post}") in (-signal.SIGKILL, 0)
        assert await run_feed(api, tmp_path, "") == 0
    finally:
        await api.stop()
    said = [each for each in group.messages if not each.is_service]
    seen = Counter(line for each in said for line in each.text.split("\n"))
    assert all(1 <= seen[line] <= 2 for line in lines)
    flagged = [each for each in said if each.text.startswith(AGAIN)]
    assert len(flagged) <= 1
    repeated = {line for line in lines if seen[line] == 2}
    assert all(line in flagged[0].text.split("\n") for line in repeated)
    assert len(list(group.open_topics())) - 2 in (0, 1)
