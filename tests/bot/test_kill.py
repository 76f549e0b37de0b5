"""kill -9 of the running product, at each named step of a turn and at any moment under load.

What was acknowledged is there, once; what was not can be sent again under its own id and is then
there once; numbers have no gap; and the talk goes on within five seconds of the restart.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from bot.faults import STEPS, VARIABLE
from tests.bot.server import Server, make_server
from tests.bot.talker import Talker, make_talker

KILLS = int(
    os.environ.get("FIRSTLINE_KILLS") or (500 if os.environ.get("FIRSTLINE_CAMPAIGN") else 20)
)
TALKERS = 6
GOES_ON_SECONDS = 5.0
# No bot runs here.
OF_BOTS = ("before_arrival", "after_arrival", "before_done", "before_step", "before_post",
           "after_post")  # fmt: skip
OF_EDITS = ("in_edit", "before_edit", "after_edit", "in_show")  # nobody edits the overlay here
OF_HOOKS = ("after_hook_claim", "before_hook_mark")  # no webhook is told anything here
OF_OTHERS = (*OF_BOTS, *OF_EDITS, *OF_HOOKS)
OF_THE_WEBSITE = tuple(step for step in STEPS if step not in OF_OTHERS)
OF_THE_OUTBOX = ("after_claim", "before_mark")  # reached by alerts alone, of which there are few


@dataclass
class Ordeal:
    """A server that is killed again and again, and those who talk to it."""

    server: Server
    talkers: list[Talker] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)

    def start(self, fault: str = "") -> bool:
        """Start the server; False when the fault struck before it answered, such as a due timer."""
        self.server.settings = {**dict(self.server.settings), VARIABLE: fault}
        try:
            self.server.start()
        except AssertionError:
            process = self.server.process
            if not fault or process is None or process.poll() != -9:
                raise
            return False
        return True

    def talk_until_killed(self, after: float | None) -> None:
        """Let everybody talk until the server is gone: by its own fault, or killed `after` s."""
        process = self.server.process
        assert process is not None
        ended = threading.Event()
        threads = [
            threading.Thread(target=talker.talk_on, args=(ended,), daemon=True)
            for talker in self.talkers
        ]
        for thread in threads:
            thread.start()
        if after is not None:
            time.sleep(after)
            process.kill()
        try:
            process.wait(60)
        finally:
            ended.set()
        for thread in threads:
            thread.join(30)
        assert process.returncode == -9, self.server.log[-2_000:]

    def go_on(self) -> None:
        """Start again; the first talker must be answered soon."""
        self.start()
        first = self.talkers[0]
        first.said += 1
        first.send({"id": f"m{first.said}", "kind": "text", "text": "Are you back?"})
        assert f"m{first.said}" in first.acknowledged
        assert self.server.process is not None
        # Seconds of its own work: how busy the machine is otherwise is not what is tested.
        spent = psutil.Process(self.server.process.pid).cpu_times()
        self.restarts.append(spent.user + spent.system)

    def invite(self) -> None:
        """Send the old prospects home and let new ones in."""
        for talker in self.talkers:
            talker.client.close()
        self.talkers = [make_talker(self.server) for _ in range(TALKERS)]

    def check(self) -> None:
        for talker in self.talkers:
            talker.check()
            talker.send_pending()
            assert not talker.pending
            talker.check()
        assert self.unfinished() == [], "an alert was neither sent nor failed"
        assert self.server.faults() == []

    def unfinished(self) -> list[tuple[int, str]]:
        """Alerts that have not come to an end, a moment after the restart."""
        path = self.server.data / "firstline.db"
        deadline = time.monotonic() + 10
        while True:
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
                found = connection.execute(
                    "SELECT id, state FROM delivery"
                    " WHERE kind = 'alert' AND state NOT IN ('sent', 'failed')"
                ).fetchall()
            connection.close()
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.05)


@pytest.fixture
def ordeal(tmp_path: Path) -> Iterator[Ordeal]:
    limits = ("REQUESTS_PER_MINUTE", "CONVERSATIONS_PER_HOUR", "MESSAGES_PER_MINUTE")
    wide = dict.fromkeys(limits, "100000")
    made = Ordeal(make_server(tmp_path / "data", ENCODER="off", **wide))
    yield made
    for talker in made.talkers:
        talker.client.close()
    made.server.stop()


@pytest.mark.slow
@pytest.mark.timeout(60 + KILLS * 30)
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(ordeal: Ordeal) -> None:
    chance = random.Random(20_261_123)
    ordeal.start()
    for number in range(KILLS):
        # New prospects each time: their first steps lead to alerts and timers.
        ordeal.invite()
        if number % 2 == 0:
            step = OF_THE_WEBSITE[(number // 2) % len(OF_THE_WEBSITE)]
            ordeal.server.stop()
            if ordeal.start(f"{step}:{chance.randint(1, 3 if step in OF_THE_OUTBOX else 25)}"):
                ordeal.talk_until_killed(None)
        else:
            ordeal.talk_until_killed(chance.uniform(0.01, 0.8))
        ordeal.go_on()
        ordeal.check()
    assert statistics.median(ordeal.restarts) < GOES_ON_SECONDS, ordeal.restarts
