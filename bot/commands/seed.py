"""`seed [--talks N] [--days N] [--chance N]`: a month of made-up conversations, for a look around.

They are played through the real intake and desk, in a database that holds no conversations yet.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from bot.commands.setup import run_command
from bot.core import load_mind, make_core
from bot.house import House
from bot.live import Live
from bot.logs import set_up_logs
from bot.metrics import Metrics
from bot.seeding.month import DAY, Hands, Month, Plan, Played
from bot.settings import Settings, audit_seal
from bot.web.deps import read_clock
from storage import reading, search
from storage.db import Database
from storage.errors import StorageError
from storage.lock import WriterLock
from storage.migrate import migrate


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot seed")
    parser.add_argument("--talks", type=int, default=5_000, help="how many prospects come")
    parser.add_argument("--days", type=int, default=30, help="over how many days, until now")
    parser.add_argument("--chance", type=int, default=1, help="another number, another month")
    given = parser.parse_args(arguments)
    if given.talks < 1 or not 1 <= given.days <= 3_650:
        print("at least one talk, and 1 to 3650 days", file=sys.stderr)
        return 2
    plan = Plan(talks=given.talks, days=given.days, until=read_clock(), chance=given.chance)
    return run_command(lambda settings: _run(settings, plan))


def _run(settings: Settings, plan: Plan) -> int:
    # A line for each act of thousands would hide the one that counts.
    set_up_logs(settings.log_format, "warning", tokens=settings.tokens)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with WriterLock(settings.data).acquire("seed", read_clock()):
        migrate(settings.database)
        began = time.perf_counter()
        played = asyncio.run(fill(settings, plan, _tell))
    seconds = time.perf_counter() - began
    print(f"\r{played.talks} talks with {played.messages} messages in {seconds:.0f} s")
    return 0


def _tell(come: int, of: int) -> None:
    if come % 50 == 0:
        print(f"\r{come} of {of} prospects have come", end="", file=sys.stderr, flush=True)


async def fill(settings: Settings, plan: Plan, told: object = None) -> Played:
    """Play the month into the settings' database. StorageError when conversations are there."""
    db = Database.open(settings.database, durable=False, seal=audit_seal(settings))
    try:
        if db.peek(reading.count_messages):
            raise StorageError("there are conversations already: name another DATA_DIR")
        hands = Hands(plan.until - (plan.days + 1) * DAY)
        house = House(settings=settings, db=db, live=Live(), metrics=Metrics(), now=hands)
        core = make_core(house, load_mind(settings))
        tell = told if callable(told) else (lambda _, __: None)
        played = await Month(core, hands, plan).play(tell)
        while await db.write(search.index_new):
            pass
        return played
    finally:
        await db.close()
