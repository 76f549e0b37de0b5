"""Erasing a person's data so that it can be proved, and so that it stays erased.

What is erased is also listed in a file outside the database, `erasures.jsonl` of the data folder:
after an old backup was restored, everything that stands there is erased again at the start.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from bot.live import DESK, MIND, Live, Watch
from bot.logs import get_logger
from bot.packs.overlay import Overlay
from bot.settings import Settings
from bot.uploads import Uploads
from dialogs.types import Struct
from storage import audit, conversations, erasures, purging, retention
from storage.db import Database, Tx
from storage.erasures import EXPIRED, ErasureRow, Place, Proof
from storage.errors import WriteFailed

LIST = "erasures.jsonl"
POLL_SECONDS = 5.0  # while something is not proved yet
REST_SHARE = 60  # writing the file anew takes no more than a sixtieth of the time


class Listed(Struct):
    """A line of the file: which conversation, when and by whom its erasure was asked for."""

    subject: str
    at: int  # ms
    by: int


class ErasureList:
    """The file of what was erased. A line is written and synced before a proof is complete."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LIST

    def read(self) -> Iterator[Listed]:
        """Every line that can be read; a half line of a crash is none."""
        if not self._path.exists():
            return
        for line in self._path.read_bytes().splitlines():
            try:
                yield msgspec.json.decode(line, type=Listed)
            except msgspec.DecodeError:
                continue

    def add(self, listed: Listed) -> None:
        """Add a line durably. Raises OSError."""
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # A half line before it must not take it along.
            os.write(handle, b"\n" + msgspec.json.encode(listed) + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)


class Around(Protocol):
    """What erasing needs of the house; the objects of a page will do."""

    @property
    def settings(self) -> Settings: ...

    @property
    def db(self) -> Database: ...

    @property
    def live(self) -> Live: ...

    @property
    def now(self) -> Callable[[], int]: ...


class Pace(Struct):
    """When the database file is written anew after an erasure; seconds.

    Once nothing came for `quiet`, at the latest after `longest`; then not again for `rest`, in a
    large file for longer, but for no more than `longest`: both together are within the hour.
    """

    quiet: float = 5.0
    longest: float = 1_700.0
    rest: float = 60.0
    poll: float = 1.0


async def keep_rewriting(house: Around, pace: Pace | None = None) -> None:
    """Write the database file anew while that is owed; runs until `live.close()`.

    Every write waits meanwhile, a turn's too: hence the quiet moment.
    """
    pace = pace or Pace()
    with house.live.subscribe(DESK) as watch:
        while not house.live.closed:
            if not house.db.peek(purging.must_rewrite):
                await asyncio.sleep(pace.poll)
                continue
            await _wait_for_quiet(watch, pace)
            if not house.live.closed:
                await asyncio.sleep(await _rewrite(house.db, pace))


async def _wait_for_quiet(watch: Watch, pace: Pace) -> None:
    end = time.monotonic() + pace.longest
    while await watch.wait(pace.quiet) and time.monotonic() < end:
        continue


async def _rewrite(db: Database, pace: Pace) -> float:
    """Try once; gives the seconds until the next time."""
    begun = time.monotonic()
    try:
        done = await purging.rewrite(db)
    except WriteFailed as error:
        get_logger().error("pages_not_rewritten", reason=str(error))
        return pace.longest
    took = time.monotonic() - begun
    if not done:
        return pace.poll
    get_logger().info("pages_rewritten", ms=round(1_000 * took))
    return min(pace.longest, max(pace.rest, REST_SHARE * took))


class Eraser:
    """`run` until `live.close()`: proves what was erased, whoever asked for it."""

    def __init__(self, house: Around, uploads: Uploads, overlay: Overlay) -> None:
        self._house = house
        self._uploads = uploads
        self._overlay = overlay
        self._list = ErasureList(house.settings.data)
        self._listed = {each.subject for each in self._list.read()}

    async def erase(self, conversation: str, asked_by: int) -> int:
        """Erase on request of a member of staff (their id) or by COMMAND; gives the number of the
        proof, 0 for no such conversation. Of one that was erased before it is that of its proof.
        """
        now = self._house.now()

        def work(tx: Tx) -> tuple[int, list[str]]:
            row = conversations.load(tx, conversation)
            if row is None:
                return 0, []
            files = [] if row.erased else retention.erase(tx, conversation, now)
            found = erasures.find(tx, conversation)
            number = found.id if found is not None else 0
            if not row.erased:
                erasures.set_asked_by(tx, number, asked_by)
                audit.note_action(tx, now, max(0, asked_by), "privacy.erase", conversation)
            return number, files

        number, files = await self._house.db.write(work)
        self._uploads.delete(files)
        for topic in (conversation, DESK, MIND):
            self._house.live.wake(topic)
        await purging.scrub(self._house.db)
        return number

    async def erase_again(self) -> int:
        """At start: erase what a restored backup brought back; gives how many conversations."""
        known = await asyncio.to_thread(lambda: list(self._list.read()))
        count = 0
        for listed in known:
            row = self._house.db.peek(lambda tx, of=listed.subject: conversations.load(tx, of))  # type: ignore[misc]
            if row is not None and not row.erased:
                self._uploads.delete(await self._erase_again(listed))
                count += 1
        return count

    async def _erase_again(self, listed: Listed) -> list[str]:
        now = self._house.now()

        def work(tx: Tx) -> list[str]:
            files = retention.erase(tx, listed.subject, now)
            found = erasures.find(tx, listed.subject)
            if found is not None:
                erasures.set_asked_by(tx, found.id, listed.by)
            audit.note_action(tx, now, 0, "privacy.erased_again", listed.subject)
            return files

        return await self._house.db.write(work)

    async def run(self) -> None:
        """Prove what was erased, as soon as nothing of it is found any more."""
        with self._house.live.subscribe(MIND) as watch:
            while not self._house.live.closed:
                await self.prove()
                await watch.wait(POLL_SECONDS)

    async def prove(self) -> int:
        """Look for what is left of each erasure under way; gives how many are not proved yet."""
        open_ones = self._house.db.peek(erasures.under_way)
        left = 0
        for row in open_ones:
            left += not await self._prove(row)
        return left

    async def _prove(self, row: ErasureRow) -> bool:
        if row.asked_by != EXPIRED and row.subject not in self._listed:
            listed = Listed(subject=row.subject, at=row.asked_at, by=row.asked_by)
            await asyncio.to_thread(self._list.add, listed)
            self._listed.add(row.subject)
        proof = self._look(row)
        done = proof.left == 0
        if done:
            proof = Proof(proof.places)
        now = self._house.now()
        if done or proof != row.read_proof():
            await self._house.db.write(
                lambda tx: erasures.keep(tx, row.id, proof, now if done else 0)
            )
        return done

    def _look(self, row: ErasureRow) -> Proof:
        """The proof as it stands now: what of each place is still found."""
        before, db = row.read_proof(), self._house.db
        found = db.peek(lambda tx: retention.look(tx, row.subject, before.messages))
        found["files"] = sum(self._uploads.path(file).exists() for file in before.files)
        found["overlay"] = int(row.subject in self._overlay.conversations)
        # The index, the file and the log are not yet rewritten without what was deleted.
        found["pages"] = int(db.peek(purging.must_purge) or db.peek(purging.must_rewrite))
        went = {place.name: place.went for place in before.places}
        went["overlay"] = max(went.get("overlay", 0), found["overlay"])
        went.setdefault("pages", 1)
        places = tuple(Place(name, went.get(name, 0), left) for name, left in found.items())
        return Proof(places, before.messages, before.files)
