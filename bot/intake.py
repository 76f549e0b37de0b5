"""The one way in for everything a prospect does: read the words, take one turn, commit, wake.

Reading is computing and happens before any transaction. If the state moved meanwhile, the words are
read again, so that a bare "yes" never answers another question than the one it was meant for.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from functools import partial

import msgspec

from bot import records
from bot.house import Contents, House, Mind
from bot.limits import Buckets
from bot.live import DESK, MIND, OUTBOX
from bot.logs import describe_error, get_logger
from bot.turns.comprehension import Comprehension
from bot.turns.lanes import HouseFullError, LaneFullError, Lanes
from bot.turns.transition import Committed, Handled, Transition
from dialogs.consultation import advance, start
from dialogs.effects import Turn
from dialogs.types import Incoming, State, Struct
from storage import arrivals, chats, conversations
from storage.arrivals import NewArrival
from storage.chats import ChatRow
from storage.conversations import NewConversation
from storage.db import Tx
from storage.errors import Gone, LostTurn, StorageError

__all__ = ["Handled", "Intake", "Opened", "hash_token"]

READ_TRIES = 5  # how often words are read again before the door is told to try later
LANE_LENGTH = 20  # incoming things of one conversation that may wait for their turn
EXTERNAL_ID_MAX = 200  # characters
_LIMITED = ("text", "choice", "file", "open", "opened")


class Opened(Struct):
    """A new conversation. `token` is shown once; only its hash is stored.

    "" for one that was there before.
    """

    conversation: str
    token: str


def hash_token(token: str) -> bytes:
    """What is stored of a conversation's token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


class Intake:
    """`handle` is safe to call from any number of tasks of the one event loop.

    `pushing` names the channels whose messages the outbox sends. `forget_files` is called after a
    commit with the ids of stored files whose rows are gone.
    """

    def __init__(
        self,
        house: House,
        mind: Mind,
        pushing: frozenset[str] = frozenset(),
        forget_files: Callable[[tuple[str, ...]], None] = lambda ids: None,
    ) -> None:
        settings = house.settings
        self._house = house
        self._mind = mind
        self._forget_files = forget_files
        self._comprehension = Comprehension(house)
        self._transition = Transition(house, pushing)
        self._lanes = Lanes(LANE_LENGTH, settings.turns_waiting_max)
        self._pace = Buckets(
            settings.messages_per_minute / 60,
            settings.messages_per_minute,
            clock=lambda: house.now() / 1_000,
        )
        self._log = get_logger().bind()
        # A label's look-up costs as much as its count.
        metrics = house.metrics
        self._turns = {kind: metrics.turns.labels(kind) for kind in records.KINDS}

    async def open(
        self, channel: str, language: str, source: str, chat: ChatRow | None = None
    ) -> Opened:
        """Begin a conversation. The greeting comes with the first `handle(kind="open")`.

        `language` is a hint such as "zh-CN"; the pack's first language stands in for one that the
        pack does not speak. `source` is the page it came from, cut to 500 characters. With `chat`
        it is linked to that chat in the same write; where another is linked there by then, that
        one is given and none begun. The chat's own `conversation` does not count.
        """
        pack = self._mind.pack
        short = language.replace("_", "-").partition("-")[0].lower()
        spoken = short if short in pack.languages else pack.languages[0]
        opened = Opened(conversation=secrets.token_urlsafe(16), token=secrets.token_urlsafe(32))
        state = State(pack_version=pack.version, language=spoken, channel=channel)
        row = NewConversation(
            id=opened.conversation,
            channel=channel,
            token_hash=hash_token(opened.token),
            language=spoken,
            created_at=self._house.now(),
            source=records.clean(source)[:500],
            state=records.write_state(state),
        )
        found = await self._house.db.write(lambda tx: _begin(tx, row, chat))
        if found:
            return Opened(conversation=found, token="")
        self._log.debug("opened", conversation=row.id, channel=channel)
        return opened

    async def rehearse(self, text: str, language: str, mind: Contents | None = None) -> Turn:
        """What a new prospect who writes this would be told now. Nothing is stored.

        `mind`: one that is not in use yet.
        """
        mind = mind or self._mind.contents
        begun = start(mind.pack, "widget")
        state = msgspec.structs.replace(begun, language=language, greeted=True)
        reading = await self._comprehension.imagine(text, state, mind)
        said = Incoming(conversation="", external_id="", kind="text", text=text, seq=1)
        return advance(mind.pack, state, said, reading, self._house.now())

    async def handle(self, incoming: Incoming, delivery: int = 0, *, kept: bool = False) -> Handled:
        """Take one incoming thing in and commit what it leads to; acknowledged means stored.

        `delivery` is the outbox row that a timer or a read file comes from: it is done in the same
        commit. What fails by a fault of ours is refused with error.internal and set aside for
        `replay`, unless it is `kept`: then the caller has it stored as an arrival, and must itself
        try it again or set it aside (`bot.arrivals.insist` does so for takers).

        Refusals: error.empty, error.too_long, error.invalid, error.too_many (of this conversation),
        error.busy (the house), error.unknown_conversation, error.erased, error.other_body (the
        external id came before, with another body), error.too_many_files, error.unavailable
        (nothing could be stored), error.internal.
        """
        began = time.perf_counter()
        incoming = _tidy(incoming)
        refused = self._refuse(incoming) or await self._enter(incoming.conversation)
        if refused:
            return self._turned_away(refused)
        try:
            handled = await self._take(incoming, delivery, kept or bool(delivery))
        finally:
            self._lanes.leave(incoming.conversation)
            self._house.metrics.waiting.set(self._lanes.total)
        self._house.metrics.turn_seconds.observe(time.perf_counter() - began)
        return self._turned_away(handled.refused) if handled.refused else handled

    async def _enter(self, conversation: str) -> str:
        try:
            await self._lanes.take(conversation)
        except LaneFullError:
            return "error.too_many"
        except HouseFullError:
            return "error.busy"
        return ""

    def _refuse(self, incoming: Incoming) -> str:
        """What can be refused without a look at the conversation."""
        if not 0 < len(incoming.external_id) <= EXTERNAL_ID_MAX:
            return "error.invalid"
        if incoming.kind == "text" and not incoming.text:
            return "error.empty"
        if incoming.kind == "text" and len(incoming.text) > self._house.settings.message_max_chars:
            return "error.too_long"
        if incoming.kind in _LIMITED and self._pace.take(incoming.conversation):
            return "error.too_many"
        return ""

    def _turned_away(self, reason: str) -> Handled:
        self._house.metrics.refused.labels(reason.rpartition(".")[2]).inc()
        return Handled(refused=reason)

    async def _take(self, incoming: Incoming, delivery: int, kept: bool) -> Handled:
        try:
            return await self._take_until_current(incoming, delivery)
        except Gone:
            return Handled(refused="error.erased")
        except StorageError as error:
            self._report(incoming, error, delivery=delivery)
            return Handled(refused="error.unavailable")
        except Exception as error:
            # A fault of ours costs this one message its answer, never the line its flow.
            aside = 0 if kept else await self._set_aside(incoming, error)
            self._report(incoming, error, delivery=delivery, arrival=aside)
            return Handled(refused="error.internal")

    async def _set_aside(self, incoming: Incoming, error: Exception) -> int:
        """Keep what could not be taken in, for `replay`; gives its number, 0 if it was not kept."""
        if incoming.kind not in ("text", "choice"):
            return 0  # a file that was not taken in does not stay on disk
        content, now = msgspec.msgpack.encode(incoming), self._house.now()
        digest = hashlib.sha256(content).digest()

        def keep(tx: Tx) -> int:
            row = conversations.load(tx, incoming.conversation)
            if row is None or row.erased:
                return 0
            new = NewArrival(row.channel, 0, digest, row.id, content, now, conversation=row.id)
            return arrivals.set_aside(tx, new, type(error).__name__)

        try:
            return await self._house.db.write(keep)
        except StorageError:
            return 0

    def _report(self, incoming: Incoming, error: Exception, **rows: int) -> None:
        """A line in the log; `rows`: where it is kept, by number."""
        self._log.error(
            "turn_failed",
            conversation=incoming.conversation,
            kind=incoming.kind,
            **rows,
            **describe_error(error),
        )

    async def _take_until_current(self, incoming: Incoming, delivery: int) -> Handled:
        """Read and take the turn, again when the state moved in between.

        Words are read and answered by one and the same mind, even if it is swapped meanwhile.
        """
        for _ in range(READ_TRIES):
            mind = self._mind.contents
            understood = await self._comprehension.read(incoming, mind)
            work = partial(self._transition.run, mind.pack, incoming, understood, delivery)
            try:
                committed = await self._house.db.write(work)
            except LostTurn:
                self._house.metrics.stale.inc()
                continue
            self._house.reach("after_commit")
            self._announce(incoming, committed)
            self._house.reach("before_answer")
            return committed.handled
        return Handled(refused="error.busy")

    def _announce(self, incoming: Incoming, committed: Committed) -> None:
        """What follows a commit. Whatever of it is lost, polling finds the rows."""
        if committed.handled.repeated:
            self._house.metrics.repeated.inc()
            return
        if committed.handled.refused or not committed.changed:
            return
        self._house.reach("before_wake")
        self._turns[incoming.kind].inc()
        for reason in committed.escalated:
            self._house.metrics.escalations.labels(reason).inc()
            self._log.info("escalated", conversation=incoming.conversation, reason=reason)
        self._log.debug(
            "turn",
            conversation=incoming.conversation,
            kind=incoming.kind,
            seq=committed.handled.seq,
            version=committed.handled.version,
        )
        live = self._house.live
        live.wake(incoming.conversation)
        live.wake(DESK)
        if committed.due:
            live.wake(OUTBOX)
        if committed.erased:
            live.wake(MIND)
        if committed.files:
            self._forget_files(committed.files)
        self._transition.remember(incoming.conversation, committed.replies)


def _begin(tx: Tx, row: NewConversation, chat: ChatRow | None) -> str:
    """Create the conversation, in its chat if there is one; gives the id of one that is there."""
    here = chats.find(tx, chat.channel, chat.address) if chat else None
    if here is not None:
        return here.conversation
    conversations.create(tx, row)
    if chat is not None:
        chats.link(tx, msgspec.structs.replace(chat, conversation=row.id))
    return ""


def _tidy(incoming: Incoming) -> Incoming:
    """The incoming thing with its text cleaned of what no keyboard writes."""
    if not incoming.text:
        return incoming
    return msgspec.structs.replace(incoming, text=records.clean(incoming.text))
