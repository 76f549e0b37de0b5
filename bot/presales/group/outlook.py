"""Which conversations the feed has to look at, and what it sees there.

Those who wait are all looked at, however many they are. Of the others only those are whose topics
do not show everything: what nobody touches costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bot import records
from bot.house import House
from bot.logs import describe_error, get_logger
from bot.presales.group.memory import Memory, Topic, read_topic, write_topic
from bot.presales.group.news import View
from bot.presales.group.walking import walk
from bot.presales.group.words import Words
from dialogs.types import State
from storage import conversations, reading, topics
from storage.conversations import ConversationRow
from storage.db import Tx
from storage.topics import Called, Reached, Sight, TopicRow

PAGE = 500  # messages
READ_AT_ONCE = 100  # conversations read in one look
UNFINISHED_MAX = 100  # looked at together; more of those that a scan finds have to wait
SCAN_EVERY = 60_000  # ms between two looks at all topics there are
AT_DESK = ("waiting", "human")
UNSEEN = {"seen_version": 0}  # of a row whose topic lacks something: a scan finds it by that

_Seen = tuple[int, int, View | None]


class Outlook:
    """`look` gives the views; the caller says with `forget` what it wrote to."""

    def __init__(self, house: House, words: Words) -> None:
        self._house = house
        self._words = words
        self._views: dict[str, _Seen] = {}
        self._unfinished: set[str] = set()
        self._backlog: dict[str, None] = {}  # found by a scan, first come first served
        self._reached: Reached | None = None  # at the last look
        self._scanned_at = 0

    async def look(self, group: int, now: int) -> list[View]:
        """Everything that is at the desk or has something that its topic does not show."""
        await self._scan(group, now)
        views, fresh = self._house.db.peek(lambda tx: self._read(tx, group))
        if not fresh:
            return views
        rows = [write_topic(view.topic, now) for view in fresh]
        kept = await self._house.db.write(lambda tx: [topics.begin(tx, row) for row in rows])
        return views + [view for view, there in zip(fresh, kept, strict=True) if there]

    def forget(self, conversation: str) -> None:
        """Its topic was written to: read it again."""
        self._views.pop(conversation, None)
        self._unfinished.add(conversation)

    def forget_all(self) -> None:
        """Every topic was written to."""
        self._unfinished.update(self._views)
        self._views.clear()

    def finish(self, view: View) -> None:
        """Its topic shows everything: no need to come back before something happens there."""
        self._unfinished.discard(view.row.id)
        if not view.kept:
            self._views.pop(view.row.id, None)

    async def _scan(self, group: int, now: int) -> None:
        """What the wake-ups do not tell: what changed without a message, or while we were away."""
        if self._reached is not None and abs(now - self._scanned_at) < SCAN_EVERY:
            return
        if self._reached is None:
            self._reached = self._house.db.peek(topics.reached)
        self._scanned_at = now
        found = await self._house.db.read(partial(topics.behind, group=group))
        self._backlog.update((each, None) for each in found if each not in self._unfinished)

    def _read(self, tx: Tx, group: int) -> tuple[list[View], list[View]]:
        self._reached, touched = topics.touched(tx, self._reached or topics.reached(tx))
        self._unfinished.update(touched)
        while self._backlog and len(self._unfinished) < UNFINISHED_MAX:
            first = next(iter(self._backlog))
            del self._backlog[first]
            self._unfinished.add(first)
        sights = {sight.conversation: sight for sight in topics.waiting(tx)}
        for conversation in [*self._unfinished]:
            latest = conversations.latest(tx, conversation)
            if latest is None:
                self._unfinished.discard(conversation)
            else:
                sights.setdefault(conversation, Sight(conversation, *latest))
        for gone in self._views.keys() - sights.keys():
            del self._views[gone]
        return self._view_all(tx, sights.values(), group)

    def _view_all(
        self, tx: Tx, sights: Iterable[Sight], group: int
    ) -> tuple[list[View], list[View]]:
        views, fresh, left = [], [], READ_AT_ONCE
        for sight in sights:
            key = (sight.version, sight.last_seq)
            seen = self._views.get(sight.conversation)
            if (seen is None or seen[:2] != key) and left:
                left -= 1
                view, is_new = self._try_view(tx, sight.conversation, group)
                self._views[sight.conversation] = seen = (*key, view)
                if view is None:
                    self._unfinished.discard(sight.conversation)
                elif is_new:
                    self.forget(sight.conversation)
                    fresh.append(view)
                    continue
            if seen is not None and seen[2] is not None:
                views.append(seen[2])
        return views, fresh

    def _try_view(self, tx: Tx, conversation: str, group: int) -> tuple[View | None, bool]:
        try:
            return self._view(tx, conversation, group)
        except Exception as error:
            # One that cannot be read is no reason to leave the others waiting.
            get_logger().error(
                "desk_talk_unread", conversation=conversation, **describe_error(error)
            )
            return None, False

    def _view(self, tx: Tx, conversation: str, group: int) -> tuple[View | None, bool]:
        """What is to be seen there, and whether it has no row yet; None where nothing is."""
        row, stored = conversations.load(tx, conversation), topics.find(tx, conversation)
        if row is None or row.erased or (stored is None and row.owner not in AT_DESK):
            return None, False
        if stored is not None and stored.state == "erased":
            return None, False
        state, calls = records.read_state(row.state), topics.calls(tx, conversation)
        topic = _begin(tx, row, group, calls) if stored is None else read_topic(stored)
        if topic.row.group_id != group:
            topic = leave_topic(topic, group)
        urgent = any(call.urgency == "urgent" and call.reason == state.reason for call in calls)
        return self._compare(tx, topic, row, state, urgent), stored is None

    def _compare(
        self, tx: Tx, topic: Topic, row: ConversationRow, state: State, urgent: bool
    ) -> View:
        memory = _walk_on(tx, topic.memory, row, urgent=urgent)
        # Staff put the rings back, so that they count anew.
        rings = min(memory.rings, state.rings)
        shown = Topic(topic.row, memory).with_memory(rings=rings)
        stored, now = topic.row, write_topic(shown, topic.row.updated_at)
        return View(
            topic=shown,
            row=row,
            state=state,
            urgent=urgent,
            head=self._words.digest(row, state),
            name=self._words.name(row.id, state),
            kept=now == stored and now.seen_version == row.version,
        )


def leave_topic(topic: Topic, group: int) -> Topic:
    """The topic is not there (any more); the next one begins with what it had not shown."""
    had = topic.row.thread_id > 0
    memory = topic.with_memory(lost=had, files=(), name="", head=b"", owner="", intent=None)
    left = {"thread_id": 0, "head_message": 0, "state": "open"}
    return memory.with_row(group_id=group, **left, **UNSEEN)


def _begin(tx: Tx, row: ConversationRow, group: int, calls: list[Called]) -> Topic:
    """A topic of which nothing stands in the group yet: it tells what came since the first call."""
    fresh = TopicRow(conversation=row.id, group_id=group)
    if not calls:
        return Topic(fresh, Memory(mode="bot"))
    before = topics.last_seq_before(tx, row.id, calls[0].at)
    return Topic(fresh, Memory(mode="bot", walked=before))


def _walk_on(tx: Tx, memory: Memory, row: ConversationRow, *, urgent: bool) -> Memory:
    while memory.walked < row.last_seq:
        page = reading.messages_after(tx, row.id, memory.walked, internal=True, limit=PAGE)
        before = memory.walked
        memory = walk(memory, page, "", urgent=urgent)
        if memory.walked == before:
            return memory  # as much as is remembered at a time
    return walk(memory, [], row.owner, urgent=urgent)
