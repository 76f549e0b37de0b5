"""What the kill tests see of a server that writes its database file anew, from outside of it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from storage import marks
from storage.accounts import StaffRow, add_staff
from storage.conversations import NewConversation, NewMessage, append, create
from storage.db import Database
from storage.migrate import migrate
from tests.bot.server import Server

WAIT_SECONDS = 120.0
PAGE_CHARS = 3_900  # of one message of the bulk: a page of the file
AT_ONCE = 256
DB = "firstline.db"
BULK = "bulk"  # a talk that makes the file large
MARK = "SELECT value FROM mark WHERE name = 'rewrite'"


@dataclass(frozen=True)
class Sight:
    """One moment of a rewriting; bytes. `copy`: of the copy that is being made, 0 where there is
    none; `logged`: written to elsewhere, which is the log, then the file; `log`: the log's size,
    which may be that of an earlier run."""

    file: int
    copy: int
    logged: int
    log: int

    @property
    def inside(self) -> bool:
        """Whether the file was being written anew, and nothing of it was committed."""
        return self.copy > 0


class Watch:
    """Looks at one running server from a moment on at which nothing is written anew yet."""

    def __init__(self, server: Server) -> None:
        assert server.process is not None
        self._server = server
        self._pid = server.process.pid
        self._done = count_done(server)
        self._written = self._count_written()

    def _count_written(self) -> int:
        """Bytes that the process handed to the system to write, to whatever it be."""
        lines = Path(f"/proc/{self._pid}/io").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("wchar"))

    def look(self) -> Sight:
        """The copy has no name: SQLite unlinks it at once, and only its process still holds it."""
        held = Path(f"/proc/{self._pid}/fd")
        copy = 0
        for each in os.listdir(held):
            try:
                if os.readlink(held / each).startswith(f"{self._server.data}/etilqs_"):
                    copy = max(copy, os.stat(held / each).st_size)
            except FileNotFoundError:
                continue  # it was closed just now
        logged = self._count_written() - self._written - copy
        data = self._server.data
        return Sight(_size(data / DB), copy, logged, _size(data / f"{DB}-wal"))

    @property
    def done(self) -> bool:
        """Whether the file was written anew since."""
        return count_done(self._server) > self._done

    def wait(self, wanted: Callable[[Sight], bool]) -> bool:
        """Look until the rewriting is so far, closely while it runs; False where it was done before
        that was seen."""
        deadline, number = time.monotonic() + WAIT_SECONDS, 0
        while time.monotonic() < deadline:
            sight = self.look()
            if wanted(sight):
                return True
            number += 1
            if number % 50 == 0 and self.done:
                return False
            time.sleep(0.001 if sight.inside or sight.logged > sight.file // 2 else 0.02)
        raise AssertionError(f"the file is not written anew:\n{self._server.log[-2_000:]}")

    def freeze(self) -> Sight:
        """Hold the process still; what is seen then is true until it is killed or goes on."""
        os.kill(self._pid, signal.SIGSTOP)
        deadline = time.monotonic() + WAIT_SECONDS
        while any(_state(each) not in "TtZX" for each in Path(f"/proc/{self._pid}/task").iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        return self.look()

    def thaw(self) -> None:
        os.kill(self._pid, signal.SIGCONT)


def count_done(server: Server) -> int:
    """How many times the file was written anew, by the log."""
    return server.log.count("pages_rewritten")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _state(task: Path) -> str:
    try:
        return (task / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def debt(server: Server) -> int:
    """The mark of what is owed in a running server's file; 0: nothing."""
    with reading(server) as connection:
        found = connection.execute(MARK).fetchone()
    return int(found[0]) if found else 0


@contextmanager
def reading(server: Server) -> Iterator[sqlite3.Connection]:
    """The database of a running server, for reading."""
    at = f"file:{server.data / DB}?mode=ro"
    with closing(sqlite3.connect(at, uri=True, isolation_level=None)) as connection:
        yield connection


@contextmanager
def opened(data: Path, aside: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the database of a process that is gone; the server finds its own as it was."""
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for name in (DB, f"{DB}-wal"):
        if (data / name).exists():
            shutil.copyfile(data / name, aside / name)
    with closing(sqlite3.connect(aside / DB)) as connection:
        yield connection
    shutil.rmtree(aside)


def found_in(data: Path, words: str) -> list[str]:
    """The files of a data folder in which the words can be read, whatever their case."""
    wanted = words.lower().encode()
    files = (path for path in sorted(data.rglob("*")) if path.is_file())
    return [str(path.relative_to(data)) for path in files if wanted in path.read_bytes().lower()]


async def make_database(path: Path, size: int, now: int, staff: StaffRow) -> None:
    """A database of `size` bytes before its server's first start: a member of staff, and one talk
    that fills it."""
    migrate(path)
    db = Database.open(path, durable=False)
    new = NewConversation(BULK, "widget", b"hash", "en", now, source="/")
    await db.write(lambda tx: create(tx, new))
    await db.write(lambda tx: add_staff(tx, staff))
    for _ in range(size // 4_096 // AT_ONCE):
        texts = [secrets.token_hex(PAGE_CHARS // 2) for _ in range(AT_ONCE)]
        rows = [NewMessage("event", text, now) for text in texts]
        await db.write(lambda tx, rows=rows: append(tx, BULK, rows))  # type: ignore[misc]
    # Neither the search nor the figures need to look at it.
    await db.write(lambda tx: marks.put(tx, "indexed", size // 4_096 // AT_ONCE * AT_ONCE))
    await db.write(lambda tx: marks.put(tx, "figures_until", 1))
    assert await db.checkpoint()
    await db.close()
