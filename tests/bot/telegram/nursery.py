"""Starts of the real product that cost little: forks of a process that has done all its imports.

What is forked runs `python -m bot run` from its first line on, with an environment, a log and a
pid of its own, and can be killed like any other. Of the six seconds of computing in a start, more
than five are the imports of two frameworks and the reading of the pack, which no kill can change;
tests that start some hundred times cannot wait for them each time. For the same reason it posts as
fast as it can, unless it is to be `paced` as usual.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import bot.__main__
import bot.app
import bot.commands.run
import bot.telegram.bots
from bot.core import load_mind
from bot.house import Mind
from bot.settings import Settings
from bot.telegram.pace import UNLIMITED, Pace
from tests.bot.server import ROOT, Server

FRAMEWORKS = ("bot.prospects.telegram", "bot.presales.telegram")
LOOK_SECONDS = 0.05
WAIT_SECONDS = 120


class Child:
    """One start: as much of a Popen as a Server needs."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._nursery.read_code(0)
        return self.returncode

    def wait(self, timeout: float = WAIT_SECONDS) -> int:
        """Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            self.returncode = self._nursery.read_code(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("run", timeout)
        return self.returncode

    def send_signal(self, number: int) -> None:
        # Its number is not given to anybody else before its end was read from the nursery.
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Nursery:
    """Has one child at a time. `close` it in the end."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.telegram.nursery"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._heard = b""

    def start(self, environment: Mapping[str, str], log: Path, *, paced: bool) -> Child:
        order = {"environment": dict(environment), "log": str(log), "paced": paced}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        pid = self.read_code(WAIT_SECONDS)
        assert pid is not None, "the nursery does not answer"
        return Child(self, pid)

    def read_code(self, timeout: float) -> int | None:
        """The next number that it tells, None: nothing within so many seconds."""
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while b"\n" not in self._heard:
            if not select.select([pipe], [], [], timeout)[0]:
                return None
            said = os.read(pipe, 1_000)
            assert said, "the nursery has ended"
            self._heard += said
        line, _, self._heard = self._heard.partition(b"\n")
        return int(line)

    def close(self) -> None:
        """Ends what it started, too."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(WAIT_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()


class WarmServer(Server):
    """A server that is started by a nursery; where there is none, as usual."""

    nursery: Nursery | None = None
    paced: bool = False

    def spawn(self) -> None:
        if self.nursery is None:
            super().spawn()
            return
        self.data.mkdir(parents=True, exist_ok=True)
        log = self.data / "server.log"
        child = self.nursery.start(self.environment(), log, paced=self.paced)
        self.process = child  # type: ignore[assignment]


def _live(order: dict[str, object], mind: Mind) -> int:
    """In the child: become what the order says. Gives the exit code."""
    environment, log = order["environment"], order["log"]
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(str(log), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for new, old in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(new, old)
    # The pack is the same each time, and what was read of it never changes.
    vars(bot.app)["load_mind"] = lambda settings, minds: mind
    if not order["paced"]:
        vars(bot.telegram.bots)["Pace"] = partial(Pace, limits=UNLIMITED)
    return bot.__main__.main(["run"])


def _raise(order: dict[str, object], mind: Mind) -> None:
    """Start a child, tell its pid and in the end its exit code; it does not outlive our caller."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            code = _live(order, mind)
        finally:
            sys.stdout.flush()
            os._exit(code)
    os.write(1, b"%d\n" % pid)
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))
            return
        if select.select([0], [], [], LOOK_SECONDS)[0]:  # its caller is gone
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return


def main() -> None:
    for module in FRAMEWORKS:
        importlib.import_module(module)
    mind = load_mind(Settings.from_environment({"ENCODER": "off"}))
    gc.freeze()
    heard = b""
    while said := os.read(0, 1 << 16):
        heard += said
        if b"\n" in heard:
            line, _, heard = heard.partition(b"\n")
            _raise(json.loads(line), mind)


if __name__ == "__main__":
    main()
