"""Brings a new mind in while the product runs: after an edit, on a signal, by a command.

The new mind is built beside the old one, in a thread, and then swapped for it at once. A pack with
mistakes changes nothing: the old mind stays.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from bot.house import House, Mind
from bot.live import MIND
from bot.logs import describe_error, get_logger
from bot.packs.minds import Minds
from bot.packs.overlay import Overlay
from dialogs.folder.problems import PackError, Problem
from dialogs.pack import Pack
from dialogs.types import Struct
from storage import conversations
from storage.db import Database, Tx


class Reloaded(Struct):
    """What came of a reload: the version of the pack that is known now, and how long it took.

    With `problems` nothing changed.
    """

    version: str
    ms: int = 0
    problems: tuple[Problem, ...] = ()


class Reloader:
    """Reloads and edits come one after the other. `run` until `live.close()`."""

    def __init__(self, house: House, mind: Mind, overlay: Overlay, minds: Minds) -> None:
        self._house = house
        self._mind = mind
        self._overlay = overlay
        self._minds = minds
        self._wished = False
        overlay.follow = self._follow

    @property
    def overlay(self) -> Overlay:
        """What staff wrote over the pack."""
        return self._overlay

    async def reload(self) -> Reloaded:
        """Read pack and overlay again and swap the mind, if there is no mistake in them."""
        # An edit that is under way has read the pack already: what it read must not come after.
        async with self._overlay.changing:
            began = time.perf_counter()
            out = self._overlay.paths_left_out
            try:
                pack, self._overlay.left_out = await asyncio.to_thread(
                    self._minds.read_what_fits, self._overlay.contents, out
                )
            except PackError as error:
                wrong = tuple(each for each in error.problems if not each.warning)
                self._house.metrics.reloads.labels("refused").inc()
                get_logger().error("reload_refused", count=len(wrong))
                return Reloaded(version=self._mind.pack.version, problems=wrong)
            return await self._swap(pack, began)

    def wish(self) -> None:
        """Have `run` reload as soon as it can; for signals."""
        self._wished = True
        self._house.live.wake(MIND)

    async def run(self) -> None:
        """Reload where it is wished, and take out words of conversations that were erased."""
        with self._house.live.subscribe(MIND) as watch:
            while not self._house.live.closed:
                if self._wished:
                    self._wished = False
                    await self.reload()
                await self.forget_erased()
                await watch.wait()

    async def forget_erased(self) -> bool:
        """Take out what was taken over from conversations that are no more; True if there was any.

        Raises StorageError, OSError.
        """
        gone = _find_erased(self._house.db, self._overlay)
        if gone:
            # Noted first: whatever comes in between, what was made of the words goes as well.
            self._minds.owe_cleaning()
            await self._overlay.forget(gone)
            # An edit may have been quicker, and its mind may have cleaned too soon.
            self._minds.owe_cleaning()
        if not self._minds.owes_cleaning:
            return False
        await self.reload()
        return True

    async def _follow(self, pack: Pack) -> None:
        """An edit was made: it counts at once. It stays made, whatever happens here."""
        try:
            await self._swap(pack, time.perf_counter())
        except Exception as error:
            self._house.metrics.reloads.labels("failed").inc()
            get_logger().error("reload_failed", **describe_error(error))

    async def _swap(self, pack: Pack, began: float) -> Reloaded:
        made = await asyncio.to_thread(self._minds.make, pack, self._mind.contents)
        self._mind.swap(made)
        seconds = time.perf_counter() - began
        self._house.metrics.reloads.labels("done").inc()
        self._house.metrics.reload_seconds.observe(seconds)
        get_logger().info("reloaded", version=pack.version, ms=round(seconds * 1_000))
        return Reloaded(version=pack.version, ms=round(seconds * 1_000))


async def forget_erased(db: Database, overlay: Overlay, minds: Minds) -> bool:
    """Where nothing runs: take words of erased conversations out of the overlay, and all that is
    kept of sentences; True if there were any. Raises StorageError, OSError."""
    gone = _find_erased(db, overlay)
    if not gone:
        return False
    minds.drop_kept()
    return await overlay.forget(gone)


def _find_erased(db: Database, overlay: Overlay) -> list[str]:
    known = overlay.conversations
    return db.peek(lambda tx: _erased(tx, known)) if known else []


def _erased(tx: Tx, known: Iterable[str]) -> list[str]:
    rows = {each: conversations.load(tx, each) for each in known}
    return [each for each, row in rows.items() if row is None or row.erased]
