"""How a command gets its work done: by the server when it runs, else by itself under the lock."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time

from bot import admin
from bot.admin import Answer, Office, Request
from bot.core import load_mind, make_core, make_uploads
from bot.house import House
from bot.live import Live
from bot.metrics import Metrics
from bot.packs.minds import Minds
from bot.settings import Settings, audit_seal
from bot.web.deps import read_clock
from storage.db import Database
from storage.errors import WriterHeld
from storage.lock import WriterLock
from storage.migrate import migrate

# While the server is starting and does not listen yet, or another command has the lock.
PATIENCE_SECONDS = 120
PAUSE_SECONDS = 0.2


def carry_out(settings: Settings, request: Request) -> int:
    """Have it done and print the answer; gives the exit code. Raises StorageError."""
    answer = _have_done(settings, request)
    out = sys.stderr if answer.failed else sys.stdout
    for line in answer.lines:
        print(line, file=out)
    return 1 if answer.failed else 0


def _have_done(settings: Settings, request: Request) -> Answer:
    """By the server, or under the lock; whoever has it and does not listen yet is waited for."""
    deadline, told = time.monotonic() + PATIENCE_SECONDS, False
    while True:
        try:
            lock = WriterLock(settings.data).acquire("command", read_clock())
        except WriterHeld as held:
            busy = str(held)
        else:
            with lock:
                migrate(settings.database)
                return asyncio.run(_do(settings, request))
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return admin.ask(settings.data, request)
        if time.monotonic() > deadline:
            return Answer(lines=(f"{busy}, but does not answer",), failed=True)
        if not told:
            print(f"{busy} and does not answer yet: waiting for it", file=sys.stderr, flush=True)
            told = True
        time.sleep(PAUSE_SECONDS)


async def _do(settings: Settings, request: Request) -> Answer:
    db = Database.open(settings.database, seal=audit_seal(settings))
    try:
        house = House(settings=settings, db=db, live=Live(), metrics=Metrics(), now=read_clock)
        if db.peek(lambda tx: admin.needs_intake(tx, request)):
            core = make_core(house, load_mind(settings, Minds(settings)))
            return await Office(house, core.uploads, core.intake).carry_out(request)
        return await Office(house, make_uploads(settings)).carry_out(request)
    finally:
        await db.close()
