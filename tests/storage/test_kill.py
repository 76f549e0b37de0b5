"""kill -9 at any moment: everything that was acknowledged is there, and nothing by halves."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage.db import connect_reader

CHILD = """
import asyncio, sys
from storage.db import Database
from tests.storage.samples import begin, take_turn

async def client(db, number):
    key = f"c{number}"
    await begin(db, key)
    k = 0
    while True:
        external = f"{number}-{k}"
        await db.write(lambda tx: take_turn(tx, key, external))
        print(external, flush=True)
        k += 1

async def main():
    db = Database.open(sys.argv[1])
    await asyncio.gather(*(client(db, number) for number in range(40)))

asyncio.run(main())
"""


@pytest.mark.parametrize("moment", range(6))
def test_acknowledged_turns_survive(fresh: Path, tmp_path: Path, moment: int) -> None:
    path = Path(shutil.copy(fresh, tmp_path / "firstline.db"))
    count = random.Random(moment).randrange(1, 4_000)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    acknowledged = [child.stdout.readline().strip() for _ in range(count)]
    child.send_signal(signal.SIGKILL)
    # The last line may be cut off where the process died.
    acknowledged += child.stdout.read().split("\n")[:-1]
    child.stdout.close()
    assert child.wait(timeout=30) == -signal.SIGKILL

    with closing(connect_reader(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = {row[0] for row in connection.execute("SELECT external_id FROM message") if row[0]}
        assert len(acknowledged) >= count
        assert set(acknowledged) <= stored
        halves = connection.execute(
            "SELECT count(*) FROM conversation_state s WHERE s.last_seq <> 2 * s.version OR "
            "s.last_seq <> (SELECT count(*) FROM message m WHERE m.conversation = s.conversation)"
        )
        assert halves.fetchone() == (0,)
