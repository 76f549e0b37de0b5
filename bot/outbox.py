"""Works off the rows of the outbox: timers and file jobs go to intake, messages to channels.

Every row is claimed before it is worked on and marked after. What a crash leaves half sent is sent
once more and flagged; found so a second time it has failed. Of one conversation only the first
message is under way at any time, so that order is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from bot import records
from bot.alerting.notices import Call, Tells, is_wanted, queue_notices, read_notice
from bot.house import House
from bot.intake import Intake
from bot.live import DESK, OUTBOX
from bot.logs import describe_error, get_logger
from bot.prospects.channel import Outgoing, PushChannel, TryLater, Undeliverable, Withdrawn
from bot.turns.effects import AlertPayload
from dialogs.types import FileInfo, Incoming, Reply
from storage import conversations, desk_people, outbox
from storage.conversations import ConversationRow, MessageRow
from storage.db import Tx
from storage.errors import DatabaseClosed, StorageError
from storage.outbox import Delivery

POLL_SECONDS = 1.0  # how long a lost wake-up can delay anything
GRACE_SECONDS = 1.0  # for what is under way when the server stops
AT_ONCE = 200  # deliveries in work together
SENDS_AT_ONCE = 150  # of them; a channel that hangs leaves room for timers, files and alerts
TRIES = 8  # before a delivery counts as failed
# The same for a message of which nothing went out: with the waits below, for six hours.
TRIES_UNSENT = 81
FIRST_WAIT, LONGEST_WAIT = 1_000, 300_000  # ms between tries; doubled each time
GONE = ("error.erased", "error.unknown_conversation")

ReadFile = Callable[[FileInfo], Awaitable[FileInfo]]


class Outbox:
    """`run` until `live.close()`; then what is under way is finished or left to be found again.

    `read_file` gives the file with its text or its problem filled in; `ways` are those in which
    staff can be told in person.
    """

    def __init__(
        self,
        house: House,
        intake: Intake,
        read_file: ReadFile,
        channels: Mapping[str, PushChannel] | None = None,
        ways: Mapping[str, Tells] | None = None,
    ) -> None:
        self._house = house
        self._intake = intake
        self._read_file = read_file
        self._channels = channels or {}
        self._ways = ways or {}
        self._at_work: set[asyncio.Task[None]] = set()
        self._sending: set[asyncio.Task[None]] = set()  # of them
        self._kinds: Mapping[str, Callable[[Delivery], Awaitable[None]]] = {
            "timer": self._fire_timer,
            "file_read": self._have_file_read,
            "alert": self._alert,
            "notice": self._notify,
            "send": self._send,
        }

    async def recover(self) -> int:
        """Put right what was under way when the process died; call it once, before `run`."""
        return await self._house.db.write(outbox.recover)

    async def run(self) -> None:
        """Claim and work until the server closes. No fault of one row stops it.

        Raises what storage raises when rows cannot be claimed; it may be run again after that.
        """
        with self._house.live.subscribe(OUTBOX) as watch:
            try:
                while not self._house.live.closed:
                    begun = await self._begin_due()
                    if not begun or len(self._at_work) >= AT_ONCE:
                        await watch.wait(self._rest())
            finally:
                if self._at_work:
                    await asyncio.wait(self._at_work, timeout=GRACE_SECONDS)
                for task in self._at_work:
                    task.cancel()
                await asyncio.gather(*self._at_work, return_exceptions=True)

    async def drain(self) -> None:
        """Work off everything that is due now, and what follows from it; for tests and talks."""
        while await self._begin_due() or self._at_work:
            if self._at_work:
                await asyncio.wait(self._at_work, return_when=asyncio.FIRST_COMPLETED)

    async def _begin_due(self) -> int:
        """Claim what is due and begin it; gives how many."""
        room, sends = AT_ONCE - len(self._at_work), self._room_for_sends()
        now = self._house.now()
        due = self._next_due()
        if due is None or due > now or room <= 0:
            return 0
        claimed = await self._house.db.write(lambda tx: outbox.claim_due(tx, now, room, sends))
        self._house.reach("after_claim")
        for delivery in claimed:
            task = asyncio.create_task(self._work(delivery))
            self._at_work.add(task)
            if delivery.kind == "send":
                self._sending.add(task)
            task.add_done_callback(self._ended)
        return len(claimed)

    def _room_for_sends(self) -> int:
        return max(0, SENDS_AT_ONCE - len(self._sending))

    def _next_due(self) -> int | None:
        sends = self._room_for_sends() > 0
        return self._house.db.peek(lambda tx: outbox.next_due(tx, sends=sends))

    def _rest(self) -> float:
        """Seconds until something may be due, at most POLL_SECONDS."""
        if len(self._at_work) >= AT_ONCE:
            return POLL_SECONDS
        due = self._next_due()
        if due is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(0.01, (due - self._house.now()) / 1_000))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._at_work.discard(task)
        self._sending.discard(task)
        self._house.live.wake(OUTBOX)

    async def _work(self, delivery: Delivery) -> None:
        """One delivery from claim to mark. Called off, it stays claimed until the next start."""
        try:
            await self._kinds[delivery.kind](delivery)
        except DatabaseClosed:
            return
        except Exception as error:
            said = describe_error(error)
            get_logger().error(
                "delivery_failed",
                delivery=delivery.id,
                kind=delivery.kind,
                conversation=delivery.conversation,
                attempts=delivery.attempts,
                **said,
            )
            await self._put_back(delivery, said["error"])

    async def _put_back(self, delivery: Delivery, why: str) -> None:
        """Mark it for another try, and do not let go of it before that is stored."""
        while True:
            try:
                return await self._again(delivery, why)
            except DatabaseClosed:
                return None
            except StorageError:
                await asyncio.sleep(POLL_SECONDS)

    # --- our own jobs --------------------------------------------------------------------------

    async def _fire_timer(self, delivery: Delivery) -> None:
        incoming = Incoming(
            conversation=delivery.conversation,
            external_id=f"timer:{delivery.id}",
            kind="timer",
            value=delivery.name,
        )
        await self._take_in(delivery, incoming)

    async def _have_file_read(self, delivery: Delivery) -> None:
        stored = msgspec.json.decode(delivery.payload, type=FileInfo)
        incoming = Incoming(
            conversation=delivery.conversation,
            external_id=f"file_read:{delivery.id}",
            kind="file_read",
            file=await self._read_file(stored),
        )
        await self._take_in(delivery, incoming)

    async def _take_in(self, delivery: Delivery, incoming: Incoming) -> None:
        """Give it to intake, which marks the row in the same commit as what it leads to."""
        handled = await self._intake.handle(incoming, delivery.id)
        if not handled.refused:
            self._count(delivery, "done")
        elif handled.refused in GONE:
            await self._mark(delivery, outbox.done, "done")
        else:
            await self._again(delivery, handled.refused)

    async def _alert(self, delivery: Delivery) -> None:
        """Ring at the desk: the inbox shows who waits, and sounds; some are told in person."""
        alert, now = msgspec.json.decode(delivery.payload, type=AlertPayload), self._house.now()
        call = Call(
            why="breach" if alert.late else "ring", reason=alert.reason, to=alert.to,
            since=alert.late, off=alert.off,
        )  # fmt: skip
        self._house.live.wake(DESK)

        def work(tx: Tx, row: int) -> None:
            queue_notices(tx, delivery.conversation, call, now, self._ways)
            outbox.done(tx, row)

        await self._mark(delivery, work, "sent")

    async def _notify(self, delivery: Delivery) -> None:
        """Tell one member of staff in person; what is not true any more is not told."""
        notice, teller = read_notice(delivery.payload), self._ways.get(delivery.channel)
        person, wanted = self._house.db.peek(
            lambda tx: (
                desk_people.get(tx, notice.staff),
                is_wanted(tx, delivery.conversation, notice),
            )
        )
        if teller is None or person is None:
            await self._fail(delivery, "no such channel")
            return
        if not wanted:
            await self._mark(delivery, outbox.take_back, "withdrawn")
            return
        try:
            await teller.tell(person, notice, delivery)
        except TryLater as error:
            await self._again(delivery, "busy", error.after, tries=TRIES_UNSENT)
        except Undeliverable as error:
            await self._fail(delivery, error.reason)
        else:
            await self._mark(delivery, outbox.done, "sent")

    # --- messages ------------------------------------------------------------------------------

    async def _send(self, delivery: Delivery) -> None:
        row, message = self._house.db.peek(
            lambda tx: (
                conversations.load(tx, delivery.conversation),
                conversations.get_message(tx, delivery.conversation, delivery.seq),
            )
        )
        channel = self._channels.get(delivery.channel)
        if row is None or row.erased or message is None:
            return  # erased: its rows are gone, this one too
        if channel is None:
            await self._fail(delivery, "no such channel")
        else:
            await self._hand_over(delivery, channel, _outgoing(row, message, delivery))

    async def _hand_over(
        self, delivery: Delivery, channel: PushChannel, outgoing: Outgoing
    ) -> None:
        progress = _Progress(self._house, delivery, outgoing.author)
        try:
            if not progress.still_wanted():
                raise Withdrawn
            await channel.send(outgoing, progress)
        except Withdrawn:
            await self._mark(delivery, outbox.take_back, "withdrawn")
        except TryLater as error:
            if not error.uncertain:
                await self._again(delivery, "busy", error.after, tries=TRIES_UNSENT)
            elif delivery.repeated:
                await self._fail(delivery, "uncertain")
            else:
                await self._repeat(delivery)
        except Undeliverable as error:
            await self._fail(delivery, error.reason)
        else:
            await self._mark(delivery, outbox.done, "sent")

    # --- marks ---------------------------------------------------------------------------------

    async def _mark(self, delivery: Delivery, mark: Callable[[Tx, int], None], state: str) -> None:
        self._house.reach("before_mark")
        await self._house.db.write(lambda tx: mark(tx, delivery.id))
        self._count(delivery, state)

    async def _again(
        self, delivery: Delivery, why: str, after: int = 0, *, tries: int = TRIES
    ) -> None:
        """Try later: after what the channel asks for or a wait that doubles; in the end, fail.

        A channel that asks for time is only busy: that does not count towards the end.
        """
        if delivery.attempts >= tries and not after:
            await self._fail(delivery, why)
            return
        due = self._house.now() + (after or _wait_after(delivery.attempts))
        counted = delivery.attempts - bool(after)
        await self._house.db.write(lambda tx: outbox.later(tx, delivery.id, due, why, counted))
        self._count(delivery, "later")

    async def _repeat(self, delivery: Delivery) -> None:
        """Try once more what may have arrived, however often it was tried before."""
        due = self._house.now() + _wait_after(delivery.attempts)
        await self._house.db.write(
            lambda tx: outbox.repeat_later(tx, delivery.id, due, "uncertain", delivery.attempts)
        )
        self._count(delivery, "later")

    async def _fail(self, delivery: Delivery, why: str) -> None:
        await self._house.db.write(lambda tx: outbox.failed(tx, delivery.id, why))
        self._house.live.wake(DESK)
        get_logger().warning(
            "delivery_given_up",
            delivery=delivery.id,
            kind=delivery.kind,
            conversation=delivery.conversation,
            attempts=delivery.attempts,
        )
        self._count(delivery, "failed")

    def _count(self, delivery: Delivery, state: str) -> None:
        self._house.metrics.deliveries.labels(delivery.kind, state).inc()


def _wait_after(attempts: int) -> int:
    """ms until the next try after so many."""
    return min(LONGEST_WAIT, FIRST_WAIT << min(attempts - 1, 20))


class _Progress:
    """The parts of one delivery that have gone out, counted in its row."""

    def __init__(self, house: House, delivery: Delivery, author: str) -> None:
        self._house = house
        self._delivery = delivery.id
        self._conversation = delivery.conversation
        self._author = author
        self.done = int(delivery.payload or b"0")

    async def step(self) -> None:
        self.done += 1
        count = b"%d" % self.done
        self._house.reach("before_step")
        await self._house.db.write(lambda tx: outbox.keep_payload(tx, self._delivery, count))

    def still_wanted(self) -> bool:
        row, delivery = self._house.db.peek(
            lambda tx: (
                conversations.load(tx, self._conversation),
                outbox.get(tx, self._delivery),
            )
        )
        if row is None or row.erased or delivery is None or delivery.state != "sending":
            return False
        return not (row.owner == "human" and self._author == "bot")


def _read_reply(message: MessageRow) -> Reply:
    if message.author == "prospect":
        return Reply(key="", text=message.text)
    return records.read_reply(message.body, message.text)


def _outgoing(row: ConversationRow, message: MessageRow, delivery: Delivery) -> Outgoing:
    return Outgoing(
        conversation=row.id,
        seq=message.seq,
        author=message.author,
        reply=_read_reply(message),
        repeated=delivery.repeated,
    )
