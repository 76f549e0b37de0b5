"""One writer: a second process is told who holds the lock, and a dead one holds nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.errors import WriterHeld
from storage.lock import Holder, WriterLock

CHILD = """
import os, sys, time
from storage.lock import WriterLock
lock = WriterLock(sys.argv[1]).acquire("run", 12)
print(os.getpid(), flush=True)
time.sleep(60)
"""


def test_the_lock_is_held_by_one_process_and_dies_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    assert WriterLock(folder).holder() is None
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    pid = int(child.stdout.readline())
    try:
        assert WriterLock(folder).holder() == Holder(pid, "run", 12)
        with pytest.raises(WriterHeld, match=rf"process {pid} \(run\)"):
            WriterLock(folder).acquire("erase", 13)
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=30)
    assert WriterLock(folder).holder() is None
    with WriterLock(folder).acquire("erase", 14) as mine:
        holder = mine.holder()
        assert holder is not None
        assert (holder.purpose, holder.since) == ("erase", 14)


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    first = WriterLock(tmp_path).acquire("run", 1)
    with pytest.raises(WriterHeld):
        WriterLock(tmp_path).acquire("erase", 2)
    first.release()
    first.release()
    second = WriterLock(tmp_path).acquire("a", 3)
    assert second.holder() is not None
    second.release()
