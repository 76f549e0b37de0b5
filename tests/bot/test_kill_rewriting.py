"""kill -9 of the running product while it writes its database file anew after an erasure.

Nothing that was acknowledged is lost, an erasure neither; the file is sound; that it is owed
outlives the kill and is paid by itself; then the erased words stand in no file of the data folder,
and the other talks are as they were. What prospects send meanwhile is acknowledged and kept.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.web.signin import hash_password
from storage.accounts import StaffRow
from tests.bot.prospect import Prospect
from tests.bot.rewriting import (
    DB,
    MARK,
    WAIT_SECONDS,
    Sight,
    Watch,
    count_done,
    debt,
    found_in,
    make_database,
    opened,
    reading,
)
from tests.bot.server import ROOT, Server, make_server
from tests.bot.talker import Talker, make_talker
from tests.storage.samples import leave_copy

CAMPAIGN = bool(os.environ.get("FIRSTLINE_CAMPAIGN"))
KILLS = 21 if CAMPAIGN else 1  # of each lane
SIZE = (200 if CAMPAIGN else 48) * 1_000_000
SEED = 20_261_122
TALKERS = 3
TRIES = 5
PASSWORD = "a quiet moment"
# Who is erased by whom: one in each lane. Every name is found in no other talk.
ERASED = {"manager": "Zirkonquartz", "prospect": "Uvarovitstein", "command": "Tansanitglas"}
STAYS = "Basaltsaeule"
WIDE = ("REQUESTS_PER_MINUTE", "CONVERSATIONS_PER_HOUR", "MESSAGES_PER_MINUTE")
OTHERS = (
    "SELECT * FROM message WHERE conversation IN (?, 'bulk') ORDER BY id",
    "SELECT * FROM conversation WHERE id IN (?, 'bulk') ORDER BY id",
    "SELECT * FROM conversation_state WHERE conversation IN (?, 'bulk') ORDER BY conversation",
    "SELECT * FROM fact WHERE conversation IN (?, 'bulk') ORDER BY slot",
)

# Every message can be searched for, every file was read.
SETTLED = """
SELECT (SELECT value FROM mark WHERE name = 'indexed') = (SELECT max(id) FROM message)
AND NOT EXISTS
(SELECT 1 FROM delivery WHERE kind = 'file_read' AND state IN ('queued', 'sending'))
"""


@dataclass(frozen=True)
class Moment:
    """When to kill: `share` of the file is in the copy (copy), then in the log (log), then all of
    it is committed and goes back into the file (moved); owed: before it begins."""

    phase: str
    share: float = 0.0

    def is_there(self, sight: Sight) -> bool:
        part = self.share * sight.file
        if self.phase == "copy":
            return sight.copy > 0 and sight.copy >= part
        if self.phase == "log":
            return sight.inside and sight.logged >= part
        if self.phase == "moved":
            return not sight.inside and min(sight.log, sight.logged) >= 0.9 * sight.file
        return not sight.inside


PHASES = ("copy", "log", "moved", "owed")
FIRST = {"manager": "copy", "prospect": "log", "command": "moved"}


def choose_moments(way: str) -> list[Moment]:
    """The same every time: first the lane's own phase, then any."""
    chance = random.Random(f"{SEED} {way}")
    phases = [FIRST[way], *chance.choices(PHASES, k=KILLS - 1)]
    # A copy is seen once it is larger than SQLite's memory for it.
    return [Moment(phase, chance.uniform(0.35, 0.8)) for phase in phases]


@dataclass
class Lane:
    """A server of its own that is killed again and again."""

    server: Server
    way: str
    talks: dict[str, Prospect] = field(default_factory=dict)  # by what they are called
    others: list[str] = field(default_factory=list)  # as `read_others` had them
    words: list[str] = field(default_factory=list)  # erased
    erased: list[str] = field(default_factory=list)  # conversations
    talkers: list[Talker] = field(default_factory=list)
    kills: list[Sight] = field(default_factory=list)
    hits: list[Moment] = field(default_factory=list)  # at which it was killed for certain
    owed: bool = False  # when it was killed

    def run(self) -> None:
        try:
            self.server.start()
            self.talk()
            self.erase()
            if self.way == "manager":
                self.command("backup")  # while it is owed
            for moment in choose_moments(self.way):
                self.hit(moment)
            self.pay()
            self.check_proofs()
        finally:
            for talker in self.talkers:
                talker.client.close()
            self.server.stop(kill=True)

    def talk(self) -> None:
        """Two prospects, until all that they said can be found by a search."""
        with self.server.client() as client:
            for name in (ERASED[self.way], STAYS):
                talk = self.talks[name] = Prospect(client)
                assert talk.say(f"I am {name} of {name} & Co").status_code == 202
                assert talk.say(f"Write to {name}@stein.example").status_code == 202
            file = f"The plan of {ERASED[self.way]}".encode()
            answer = self.talks[ERASED[self.way]].upload(file, f"{ERASED[self.way]}.txt")
            assert answer.status_code == 202, answer.text
        deadline = time.monotonic() + WAIT_SECONDS
        with reading(self.server) as connection:
            while not connection.execute(SETTLED).fetchone()[0]:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            self.others = self.read_others(connection)

    def read_others(self, connection: sqlite3.Connection) -> list[str]:
        """What the rows of those come to whom nobody touches, table by table."""
        found = []
        for each in OTHERS:
            digest = hashlib.sha256()
            for row in connection.execute(each, (self.talks[STAYS].id,)):
                digest.update(repr(row).encode())
            found.append(digest.hexdigest())
        return found

    def erase(self) -> None:
        """One person's talk, the way that is this lane's."""
        name = ERASED[self.way]
        gone = self.talks[name]
        if self.way == "manager":
            with signed_in(self.server) as manager:
                answer = manager.post(f"/privacy/{gone.id}/erase", data={"sure": "1"})
                assert answer.status_code == 303, answer.text
        elif self.way == "prospect":
            with self.server.client() as client:
                theirs = copy.copy(gone)
                theirs.client = client
                theirs.erase()
        else:
            self.command("erase", gone.id, "--yes")
        self.words.append(name)
        self.erased.append(gone.id)

    def erase_another(self) -> None:
        """Where a kill came too late and nothing is owed any more."""
        name = f"Rubellit{len(self.words)}"
        with self.server.client() as client:
            other = Prospect(client)
            assert other.say(f"I am {name}, {name}@stein.example").status_code == 202
            other.erase()
        self.words.append(name)
        self.erased.append(other.id)

    def hit(self, moment: Moment) -> None:
        """Kill at the moment. A busy machine may look too late: that is a kill as well, and then
        one more is tried."""
        for _ in range(TRIES):
            self.kill(moment)
            done = count_done(self.server)
            self.server.start()
            # It waits for a quiet moment; where the machine is slower than that, it was done.
            owed = debt(self.server) > 0 or count_done(self.server) > done
            assert owed == self.owed
            self.go_on()
            if moment.is_there(self.kills[-1]):
                self.hits.append(moment)
                return
        raise AssertionError(f"{moment} was never hit: {self.kills}")

    def owe(self) -> Watch:
        """Let new prospects in and see to it that something is owed."""
        watch = Watch(self.server)
        self.talkers = [make_talker(self.server) for _ in range(TALKERS)]
        if not debt(self.server):
            self.erase_another()
        return watch

    def kill(self, moment: Moment) -> None:
        """Freeze at the moment while prospects talk, look where it is, kill, look what is left."""
        process = self.server.process
        assert process is not None
        watch = self.owe()
        if moment.phase != "owed":
            watch.wait(lambda sight: sight.inside)
        ended = threading.Event()
        talking = [
            threading.Thread(target=talker.talk_on, args=(ended,), daemon=True)
            for talker in self.talkers
        ]
        for thread in talking:
            thread.start()
        watch.wait(moment.is_there)
        self.kills.append(watch.freeze())
        process.kill()
        process.wait(60)
        ended.set()
        for thread in talking:
            thread.join(30)
        self.check_remains(self.kills[-1])

    def check_remains(self, sight: Sight) -> None:
        """What a dead process left: sound, the erasure in it, the words' copy there or not owed."""
        with opened(self.server.data, self.server.data.parent / "aside") as left:
            check_sound(left)
            marks = {self.talks[STAYS].id, *self.erased}
            found = dict(left.execute("SELECT id, erased_at > 0 FROM conversation"))
            assert {talk for talk in marks if found[talk]} == set(self.erased)
            owed = left.execute(MARK).fetchone()[0]
        self.owed = owed > 0
        if sight.inside:
            assert owed == 2, "begun and not ended"
            if len(self.kills) == 1 and not count_done(self.server):
                assert DB in found_in(self.server.data, self.words[0])
        elif not owed:
            for words in self.words:
                assert found_in(self.server.data, words) == []

    def go_on(self) -> None:
        """After a start: all that was acknowledged is there, and what had no answer can be sent."""
        for talker in self.talkers:
            talker.check()
            talker.send_pending()
            assert not talker.pending
            talker.check()
            talker.client.close()
        assert self.server.faults() == []

    def pay(self) -> None:
        """Nobody touches it: it is written anew by itself. Who writes meanwhile is answered."""
        server = self.server
        watch = self.freeze_inside()
        # Their requests lie in the socket of a process that is in the middle of it.
        with ThreadPoolExecutor(TALKERS) as sending:
            body = {"id": "meanwhile", "kind": "text", "text": "Do you hear me?"}
            answers = [sending.submit(talker.send, dict(body)) for talker in self.talkers]
            time.sleep(0.2)
            assert watch.look().inside
            watch.thaw()
            for each in answers:
                each.result()
        deadline = time.monotonic() + WAIT_SECONDS
        while not watch.done:
            assert time.monotonic() < deadline, server.log[-2_000:]
            time.sleep(0.02)
        assert debt(server) == 0
        for talker in self.talkers:
            assert len(talker.acknowledged) == 1
            talker.check()

    def freeze_inside(self) -> Watch:
        """Hold the server still in the middle of it."""
        for _ in range(TRIES):
            watch = self.owe()
            watch.wait(lambda sight: sight.inside)
            if watch.freeze().inside:
                return watch
            watch.thaw()
            self.server.stop()
            self.server.start()
        raise AssertionError(f"never seen in the middle of it:\n{self.server.log[-2_000:]}")

    def check_proofs(self) -> None:
        """Gone from every file; proved; the rest as it was."""
        server = self.server
        for words in self.words:
            assert found_in(server.data, words) == [], words
        with signed_in(server) as manager:
            for words in self.words:
                page = manager.get("/transcripts", params={"q": words}).text
                assert [talk for talk in self.erased if talk in page] == []
            assert self.talks[STAYS].id in manager.get(f"/transcripts?q={STAYS}").text
            for talk in self.erased:
                self.await_proof(manager, talk)
        assert server.faults() == []
        server.stop()
        for words in self.words:
            assert found_in(server.data, words) == [], words
        assert found_in(server.data, STAYS) != []
        self.command("audit", "verify")
        with opened(server.data, server.data.parent / "aside") as left:
            check_sound(left)
            assert self.read_others(left) == self.others

        for each in server.data.glob(f"backups/*/{DB}"):
            with opened(each.parent, server.data.parent / "aside") as backup:
                check_sound(backup)
                assert self.read_others(backup) == self.others

    def await_proof(self, manager: httpx.Client, talk: str) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        address = manager.get(f"/privacy/{talk}").headers["location"]
        while not (proof := manager.get(f"{address}?download=1").json())["done_at"]:
            assert time.monotonic() < deadline, proof
            time.sleep(0.2)
        assert (proof["conversation"], proof["found_afterwards"]) == (talk, 0)

    def command(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT, env=self.server.environment(), capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()


@contextmanager
def signed_in(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        answer = client.post("/signin", json={"name": "mara", "password": PASSWORD})
        client.headers["X-Form-Token"] = answer.json()["form_token"]
        yield client


def check_sound(left: sqlite3.Connection) -> None:
    assert left.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert left.execute("PRAGMA foreign_key_check").fetchall() == []
    left.execute("INSERT INTO message_index(message_index) VALUES ('integrity-check')")


@pytest.fixture
def lanes(tmp_path: Path) -> Iterator[list[Lane]]:
    mara = StaffRow(0, "mara", "Mara", "manager", hash_password(PASSWORD), False, 0)
    now = round(time.time() * 1_000)
    asyncio.run(make_database(tmp_path / DB, SIZE, now, mara))
    # What deleting and overwriting do not reach.
    leave_copy(tmp_path / DB, "saved_view", " ".join(ERASED.values()))
    made = []
    for way in ERASED:
        data = tmp_path / way / "data"
        data.mkdir(parents=True)
        shutil.copyfile(tmp_path / DB, data / DB)
        settings = {"ENCODER": "off", **dict.fromkeys(WIDE, "100000")}
        made.append(Lane(make_server(data, **settings), way))
    yield made
    for lane in made:
        lane.server.stop(kill=True)
    for large in tmp_path.rglob(f"{DB}*"):
        large.unlink()


@pytest.mark.slow
@pytest.mark.timeout(360 + 60 * KILLS)
def test_a_kill_while_the_file_is_written_anew_costs_nothing(lanes: list[Lane]) -> None:
    # Most of the time each of them waits for a quiet moment: side by side.
    with ThreadPoolExecutor(len(lanes)) as running:
        for done in [running.submit(lane.run) for lane in lanes]:
            done.result()
    hits = [moment.phase for lane in lanes for moment in lane.hits]
    assert len(hits) == len(lanes) * KILLS
    assert {"copy", "log", "moved"} <= set(hits)
