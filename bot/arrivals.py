"""The durable way in for updates of both bots: stored first, acknowledged, and then taken in.

`keep` stores raw updates in one commit; only after it may an offset move or a webhook answer. The
worker gives them to the door of their bot, in order within a chat and side by side across chats.
A crash leaves an update `new`, and it is taken again: doors know what they did by external ids.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256

from bot.house import House
from bot.live import ARRIVALS
from bot.logs import describe_error, get_logger
from bot.telegram.border import Busy, RawUpdate, TapRefused
from bot.turns.transition import Handled
from storage import arrivals
from storage.arrivals import Arrival, NewArrival
from storage.db import Tx
from storage.errors import DatabaseClosed, StorageError

POLL_SECONDS = 1.0  # how long a lost wake-up can delay anything
GRACE_SECONDS = 1.0  # for what is under way when the server stops
AT_ONCE = 100  # chats at work together
WAITING_MAX = 1_000  # updates of one chat that may wait; what comes then is set aside
IN_A_ROW = 20  # updates of one chat before the others' turn comes
TRIES = 12  # before an update is set aside
FIRST_WAIT, LONGEST_WAIT = 1_000, 300_000  # ms between tries; doubled each time
TAKE_SECONDS = 120.0  # before a taker is called off
SKIP_SECONDS = 5.0  # for the answer to a repeated tap
TAP_WINDOW = 30_000  # ms in which the same tap in the same chat is a repeat
REPLAY_SECONDS = 20.0  # for which a replay is watched
_LOOK_SECONDS = 0.05

Taker = Callable[[RawUpdate], Awaitable[None]]
_Key = tuple[str, str]  # source and chat


class CalledOffError(Exception):
    """A taker did not end in time, or something that it waited for was cancelled."""


class NotTakenError(Exception):
    """Intake refused what a taker gave it, because of a fault of ours."""


def insist(handled: Handled) -> Handled:
    """What intake answered to a taker (who called it with `kept=True`), if it is an answer.

    Raises Busy for what may work later and NotTakenError for a fault of ours, so that the update is
    tried again or set aside. Every other refusal is for the door to tell.
    """
    if handled.refused in ("error.busy", "error.unavailable"):
        raise Busy(handled.refused)
    if handled.refused == "error.internal":
        raise NotTakenError
    return handled


class Arrivals:
    """`run` until `live.close()`. `takers` gives what takes the updates of each source (bot).

    A taker may raise Busy or a StorageError to be given the update again later, and TapRefused for
    a tap that does not count; whatever else it raises sets the update aside. `patience`: seconds
    after which a taker is called off. `skips` gives by source what is told of a repeated tap, so
    that the client's clock stops; what becomes of that does not matter.
    """

    def __init__(
        self,
        house: House,
        takers: Mapping[str, Taker],
        skips: Mapping[str, Taker] | None = None,
        *,
        patience: float = TAKE_SECONDS,
    ) -> None:
        self._house = house
        self._takers = takers
        self._skips = skips or {}
        self._patience = patience
        self._ready: deque[_Key] = deque()  # chats found due, longest waiting first
        self._at_work: set[_Key] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._recovered = False

    def takes(self, source: str) -> bool:
        """Whether anybody here takes what comes from this source."""
        return source in self._takers

    async def keep(self, source: str, updates: Sequence[RawUpdate]) -> None:
        """Store updates in the order given, in one commit. They may be acknowledged after that.

        Repeats are left out. Raises StorageError when nothing was stored: acknowledge nothing.
        """
        if not updates:
            return
        self._house.reach("before_arrival")
        now = self._house.now()
        new = [_new(source, update, now) for update in updates]
        fates = await self._house.db.write(lambda tx: [_keep(tx, each) for each in new])
        self._house.reach("after_arrival")
        for fate in fates:
            if fate != "new":
                self._count(source, fate)
        if "aside" in fates:
            get_logger().error("arrivals_overflow", channel=source, count=fates.count("aside"))
        self._house.live.wake(ARRIVALS)

    async def run(self) -> None:
        """Take in what is due until the server closes. No fault of one update stops it.

        Raises what storage raises when rows cannot be read; it may be run again after that.
        """
        with self._house.live.subscribe(ARRIVALS) as watch:
            try:
                await self._recover()
                while not self._house.live.closed:
                    if not self._begin_due():
                        await watch.wait(POLL_SECONDS)
            finally:
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drain(self) -> None:
        """Take in everything that is due now; for tests and talks."""
        while self._begin_due() or self._tasks:
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def replay(self, number: int) -> Arrival | None:
        """Have taken again what was set aside, and wait for what comes of it.

        Gives the row then: `done`, `aside` again, or `new` with the `error` of a try that is to be
        repeated (none: it still waits). None when nothing is set aside under this number.
        """
        now = self._house.now()
        if not await self._house.db.write(lambda tx: arrivals.again(tx, number, now)):
            return None
        self._house.live.wake(ARRIVALS)
        row = None
        for _ in range(round(REPLAY_SECONDS / _LOOK_SECONDS)):
            row = self._house.db.peek(lambda tx: arrivals.get(tx, number))
            if row is None or row.state != "new" or row.error:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        return row

    async def _recover(self) -> None:
        """Once: set aside what was at work at too many deaths of the process in a row."""
        if self._recovered:
            return
        now = self._house.now()
        for source in self._takers:
            count = await self._house.db.write(
                partial(arrivals.recover, source=source, now=now, tries=TRIES)
            )
            for _ in range(count):
                self._count(source, "aside")
            if count:
                get_logger().error("arrivals_interrupted", channel=source, count=count)
        self._recovered = True

    # --- who is next ---------------------------------------------------------------------------

    def _begin_due(self) -> int:
        """Begin with chats that are due, as far as there is room; gives how many."""
        if not self._ready:
            self._look()
        begun = 0
        while self._ready and len(self._at_work) < AT_ONCE:
            key = self._ready.popleft()
            if key in self._at_work:
                continue
            self._at_work.add(key)
            task = asyncio.create_task(self._work(key))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
            begun += 1
        return begun

    def _look(self) -> None:
        """Find chats that are due. Those at work are found, too, so look for as many more."""
        now, limit = self._house.now(), AT_ONCE + len(self._at_work)
        for source in self._takers:
            found = self._house.db.peek(
                partial(arrivals.next_chats, source=source, now=now, limit=limit)
            )
            self._ready.extend((source, chat) for chat in found)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._house.live.wake(ARRIVALS)

    async def _work(self, key: _Key) -> None:
        """Take some updates of one chat, one after the other."""
        try:
            for _ in range(IN_A_ROW):
                arrival = self._house.db.peek(lambda tx: arrivals.next_of(tx, *key))
                if arrival is None or arrival.due > self._house.now():
                    break
                await self._take(arrival)
                if self._house.live.closed:
                    break
        except DatabaseClosed:
            return
        except Exception as error:
            get_logger().error("arrivals_stumbled", channel=key[0], **describe_error(error))
            await asyncio.sleep(POLL_SECONDS)
        finally:
            # Not in a callback: what is kept right after the last look would be passed over.
            self._at_work.discard(key)

    # --- one update ----------------------------------------------------------------------------

    async def _take(self, arrival: Arrival) -> None:
        """One update from the line to its mark."""
        if self._is_repeated_tap(arrival):
            await self._skip(arrival)
            await self._mark(arrival, arrivals.done_without_effect)
            self._count(arrival.source, "repeated")
            return
        try:
            counts = await self._give(arrival)
        except (Busy, StorageError, CalledOffError) as error:
            await self._again(arrival, error)
        except Exception as error:
            await self._set_aside(arrival, error)
        else:
            self._house.reach("before_done")
            await self._mark(arrival, arrivals.done if counts else arrivals.done_without_effect)
            self._count(arrival.source, "taken")
            waited = max(0, self._house.now() - arrival.at) / 1_000
            self._house.metrics.arrival_seconds.labels(arrival.source).observe(waited)

    def _is_repeated_tap(self, arrival: Arrival) -> bool:
        since = arrival.at - TAP_WINDOW
        return self._house.db.peek(lambda tx: arrivals.tapped_before(tx, arrival, since))

    async def _skip(self, arrival: Arrival) -> None:
        skip = self._skips.get(arrival.source)
        if skip is None:
            return
        try:
            async with asyncio.timeout(SKIP_SECONDS):
                await skip(_raw(arrival))
        except Exception as error:
            get_logger().info("tap_not_answered", channel=arrival.source, error=_name(error))

    async def _give(self, arrival: Arrival) -> bool:
        """Hand it to its taker; False for a tap that this refused. Raises what that raises, or
        CalledOffError."""
        try:
            async with asyncio.timeout(self._patience) as limit:
                await self._takers[arrival.source](_raw(arrival))
                return True
        except TapRefused:
            return False
        except TimeoutError:
            if limit.expired():
                raise CalledOffError from None
            raise
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and not task.cancelling():
                raise CalledOffError from None  # it is not us whom somebody cancelled
            raise

    async def _again(self, arrival: Arrival, error: Exception) -> None:
        """Try later: after what was asked for or a wait that doubles; in the end, set it aside.

        Who asks for time is only busy: that does not count towards the end.
        """
        after = error.after if isinstance(error, Busy) else 0
        tries = arrival.attempts + (not after)
        if tries >= TRIES:
            await self._set_aside(arrival, error)
            return
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** max(0, tries - 1))
        due, why = self._house.now() + max(wait, after), _name(error)
        await self._mark(arrival, lambda tx, number: arrivals.later(tx, number, due, why, tries))
        get_logger().info(
            "arrival_waits", arrival=arrival.id, channel=arrival.source, attempts=tries, error=why
        )
        self._count(arrival.source, "later")

    async def _set_aside(self, arrival: Arrival, error: Exception) -> None:
        await self._mark(arrival, partial(arrivals.aside, error=_name(error)))
        get_logger().error(
            "arrival_set_aside",
            arrival=arrival.id,
            channel=arrival.source,
            attempts=arrival.attempts + 1,
            **describe_error(error),
        )
        self._count(arrival.source, "aside")

    async def _mark(self, arrival: Arrival, mark: Callable[[Tx, int], None]) -> None:
        """Store what became of it, and do not let go of it before that is stored."""
        while True:
            try:
                return await self._house.db.write(lambda tx: mark(tx, arrival.id))
            except DatabaseClosed:
                raise
            except StorageError as error:
                get_logger().error(
                    "arrival_not_marked", arrival=arrival.id, **describe_error(error)
                )
                await asyncio.sleep(POLL_SECONDS)

    def _count(self, source: str, state: str) -> None:
        self._house.metrics.arrivals.labels(source, state).inc()


def _new(source: str, update: RawUpdate, now: int) -> NewArrival:
    return NewArrival(
        source=source,
        update_id=update.update_id,
        digest=sha256(update.payload).digest(),
        chat=update.chat,
        payload=update.payload,
        at=now,
        tap=update.tap,
    )


def _keep(tx: Tx, update: NewArrival) -> str:
    """Store one update; gives its state then, or "repeated". Too many of one chat are set aside."""
    waiting = arrivals.count_waiting(tx, update.source, update.chat, WAITING_MAX)
    number = arrivals.keep(tx, update)
    if not number:
        return "repeated"
    if waiting >= WAITING_MAX:
        arrivals.aside(tx, number, "Overflow")
        return "aside"
    return "new"


def _raw(arrival: Arrival) -> RawUpdate:
    return RawUpdate(
        update_id=arrival.update_id,
        payload=arrival.payload,
        chat=arrival.chat,
        tap=arrival.tap,
    )


def _name(error: Exception) -> str:
    """What a list may show of an error: its class, never its text."""
    return type(error).__name__
