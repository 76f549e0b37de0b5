"""The lock that makes one process the only writer of an SQLite database."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import msgspec

from storage.errors import WriterHeld
from storage.rows import Row


class Holder(Row, frozen=True):
    """Who holds the lock; `since` in ms."""

    pid: int = 0
    purpose: str = ""
    since: int = 0


class WriterLock:
    """`writer.lock` in the data folder. The kernel frees it when the process ends, however it ends.

    Use as a context manager, or acquire() and release().
    """

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder) / "writer.lock"
        self._handle: int | None = None

    def acquire(self, purpose: str, now: int) -> WriterLock:
        """Take the lock at once, or raise WriterHeld which names the holder."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            who = _read(self.path)
            raise WriterHeld(f"process {who.pid} ({who.purpose}) writes to this database") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, msgspec.json.encode(Holder(os.getpid(), purpose, now)), 0)
        self._handle = handle
        return self

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def holder(self) -> Holder | None:
        """Who holds the lock now (this process too), or None when it is free."""
        if self._handle is not None:
            return _read(self.path)
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(self.path)
        finally:
            os.close(handle)
        return None

    def __enter__(self) -> WriterLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _read(path: Path) -> Holder:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except (OSError, msgspec.DecodeError):
        # The holder has taken the lock and not yet written its name.
        return Holder()
