"""The desk's feed: keeps the group with topics like the database, the most urgent difference first.

Nothing is queued. What a topic shows is compared with its conversation, and as much of what is
missing as fits is posted when the group's limit allows; so nothing can be lost, and many lines of a
topic become one message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bot.core import Core
from bot.live import DESK
from bot.logs import describe_error, get_logger
from bot.presales.group.digest import DailyDigest
from bot.presales.group.memory import Intent, Topic, read_topic, write_topic
from bot.presales.group.news import RESERVED, Rank, Step, View, age, find_step, is_alarm
from bot.presales.group.outlook import UNSEEN, Outlook, leave_topic
from bot.presales.group.posting import GIVE_UP_AFTER, Poster
from bot.presales.group.standing import Standing
from bot.presales.group.words import Words
from bot.telegram.border import (
    Blocked,
    Busy,
    GroupClient,
    Moved,
    Post,
    Refused,
    Target,
    TelegramError,
    TopicClosed,
    Unchanged,
    Vanished,
)
from bot.telegram.pace import Pace
from storage import conversations, topics
from storage.db import Tx
from storage.errors import StorageError
from storage.topics import TopicRow

LOOK_EVERY = 1_000  # ms: how long a lost wake-up can delay anything
LOOK_PAUSE = 0.3  # seconds between two looks at least, however often it is woken
ALARMS_ALONE = 2  # urgent escalations at once that each get their topic at once
DELETE_EVERY = 86_400_000  # ms between two tries to delete a topic that cannot be deleted
LEFT_EVERY = 60_000  # ms between two looks at the topics of former groups
FAULT_PAUSE = 60_000  # ms until one topic is tried again after a fault of ours
FAILURES_MAX = 5  # refusals of one thing before it is given up
HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Job:
    """What is posted next: a step of a topic, the alarm in General, the digest, a deletion, or a
    word about deletions."""

    step: Step
    view: View | None = None
    alarms: Sequence[View] = ()
    erased: TopicRow | None = None
    gone: int = 0


class Feed:
    """`run` until `live.close()`. One at a time: nothing else posts what it posts."""

    def __init__(self, core: Core, client: GroupClient, pace: Pace) -> None:
        house = core.house
        self._house = house
        self._client = client
        self._pace = pace
        self._words = Words(
            lambda: core.mind.texts, house.settings.address, contacts=house.settings.group_contacts
        )
        self._standing = Standing(house, client)
        self._outlook = Outlook(house, self._words)
        self._poster = Poster(core, client, self._words, self._standing)
        self._digest = DailyDigest(house, client, self._words)
        # Conversation, topic or former group -> ms before which it is left alone.
        self._later: dict[str, int] = {}
        self._left: Sequence[TopicRow] = ()  # of former groups, to be deleted
        self._left_at = -LEFT_EVERY  # ms
        self._crowded = False  # an urgent escalation had to wait for its turn
        self._posting = asyncio.Lock()
        # When (ms) topics were deleted at a prospect's wish of which nobody was told yet.
        self._gone: list[int] = []

    @property
    def group(self) -> int:
        """The group's id as it is now."""
        return self._standing.group

    @property
    def trouble(self) -> str:
        """Why the group shows nothing: a text key, or ""."""
        return self._standing.trouble

    async def move(self, to: int) -> None:
        """The group became a supergroup with this id."""
        if to != self.group:
            await self._standing.move(to)
            self._outlook.forget_all()

    async def note_closed(self, conversation: str) -> bool:
        """Somebody closed the topic by hand. True: the talk is not closed, so the topic will be
        opened again."""
        async with self._posting:  # what is being posted there keeps the row as it was before
            if not await self._house.db.write(lambda tx: _note_closed(tx, conversation)):
                return False
            self._outlook.forget(conversation)
        self._house.live.wake(DESK)
        return True

    async def run(self) -> None:
        """Post until the server closes. Raises what storage raises; it may be run again then."""
        with self._house.live.subscribe(DESK) as watch:
            while not self._house.live.closed:
                wait = await self.step()
                if wait:
                    await watch.wait(min(wait, LOOK_EVERY) / 1_000)
                    await asyncio.sleep(LOOK_PAUSE)

    async def drain(self) -> int:
        """Post all that may go now; gives how much that was. For tests."""
        done = 0
        while not await self.step():
            done += 1
        return done

    async def step(self) -> int:
        """Post the most urgent thing. 0: it was, or could not be; else ms until another look."""
        async with self._posting:
            return await self._step()

    async def _step(self) -> int:
        now = self._house.now()
        if not self.group:
            return LOOK_EVERY
        if wait := self._standing.wait(now):
            return wait
        views = await self._outlook.look(self.group, now)
        job = await self._choose(views, now)
        if job is None:
            return LOOK_EVERY
        wait = self._pace.take(self.group, urgent=job.step.rank in RESERVED)
        if wait:
            self._crowded |= job.step.rank == Rank.ALARM
            return wait
        try:
            await self._carry_out(job, now)
        except TelegramError as error:
            await self._meet(job, error)
        else:
            self._standing.succeed()
        return 0

    # --- what is next ----------------------------------------------------------------------------

    async def _choose(self, views: Sequence[View], now: int) -> Job | None:
        jobs, shown = [], []
        for view in views:
            step = find_step(view, now)
            if step is None:
                shown.append(view)
            elif max(step.not_before, self._later.get(view.row.id, 0)) <= now:
                jobs.append(Job(step, view))
        await self._settle(shown, now)
        jobs += self._deletions(now)
        if await self._digest.is_due(now):
            jobs.append(Job(Step("lines", Rank.OWNER, now)))
        if self._gone:
            step = age(Step("lines", Rank.REST, self._gone[0]), now)
            jobs.append(Job(step, gone=len(self._gone)))
        first = min(jobs, key=lambda job: job.step.order, default=None)
        if first is None or first.step.rank != Rank.ALARM:
            self._crowded = False
            return first
        calling = [job.view for job in jobs if job.view is not None and is_alarm(job.view)]
        alarms = sorted(calling, key=lambda view: view.state.waiting_since)
        many = len(alarms) > ALARMS_ALONE or (self._crowded and len(alarms) > 1)
        return Job(first.step, alarms=alarms) if many else first

    def _deletions(self, now: int) -> list[Job]:
        if abs(now - self._left_at) >= LEFT_EVERY:
            self._left, self._left_at = self._house.db.peek(topics.left_of_erased), now
        rows = self._house.db.peek(lambda tx: topics.erased(tx, self.group))
        due = [row for row in (*rows, *self._left) if self._may_delete(row, now)]
        steps = [age(Step("delete", Rank.REST, row.updated_at), now) for row in due]
        return [Job(step, erased=row) for step, row in zip(steps, due, strict=True)]

    def _may_delete(self, row: TopicRow, now: int) -> bool:
        return all(self._later.get(key, 0) <= now for key in (_topic(row), _group(row)))

    async def _settle(self, shown: Sequence[View], now: int) -> None:
        """Note in the rows that these topics show everything."""
        behind = [view for view in shown if not view.kept]
        seen = [view.topic.with_row(seen_version=view.row.version) for view in behind]
        rows = [write_topic(topic, now) for topic in seen]
        if rows:
            await self._house.db.write(lambda tx: [topics.save(tx, row) for row in rows])
        for view in shown:
            self._outlook.finish(view)

    # --- posting ---------------------------------------------------------------------------------

    async def _carry_out(self, job: Job, now: int) -> None:
        if job.alarms:
            await self._sound_alarm(job.alarms)
        elif job.erased is not None:
            await self._delete(job.erased)
        elif job.gone:
            await self._tell_gone(job.gone)
        elif job.view is None:
            await self._digest.post(self.group, now)
        else:
            await self._bring_on(job.step, job.view)

    async def _sound_alarm(self, alarms: Sequence[View]) -> None:
        try:
            await self._poster.sound_alarm(alarms)
        finally:
            for view in alarms:
                self._outlook.forget(view.row.id)

    async def _bring_on(self, step: Step, view: View) -> None:
        try:
            await self._poster.post(step.kind, view)
        except (TelegramError, StorageError):
            raise
        except Exception as error:
            # A fault of ours with one topic is no reason to leave the others waiting.
            said = describe_error(error)
            get_logger().error("desk_step_failed", conversation=view.row.id, step=step.kind, **said)
            self._leave(view.row.id, FAULT_PAUSE)
        finally:
            self._outlook.forget(view.row.id)

    async def _delete(self, row: TopicRow) -> None:
        """The conversation was erased: so must its topic be."""
        deleted = False
        try:
            await self._client.delete_topic(row.group_id, row.thread_id)
            deleted = True
        except (Vanished, Unchanged):
            pass
        except TelegramError as error:
            if row.group_id != self.group:
                await self._put_off(row, error)
                return
            if not isinstance(error, Refused) or isinstance(error, Moved):
                raise
            if await self._standing.diagnose(error):
                raise
            get_logger().error("desk_topic_not_deleted", conversation=row.conversation)
            self._leave(_topic(row), DELETE_EVERY)
            return
        await self._house.db.write(lambda tx: topics.drop(tx, row))
        self._left_at = -LEFT_EVERY
        if deleted and row.memory == topics.WISHED:
            self._gone.append(self._house.now())

    async def _tell_gone(self, count: int) -> None:
        """Whoever had such a topic before their eyes hears why it is gone; never told twice."""
        told, self._gone = self._gone, []
        post = Post(text=self._words.say("gone", n=count), silent=True)
        try:
            await self._client.send(Target(chat=self.group), post)
        except Busy as error:
            self._gone = [] if error.uncertain else told
            raise

    async def _put_off(self, row: TopicRow, error: TelegramError) -> None:
        """A group that was the desk's before: whatever is wrong there, ours is well."""
        if isinstance(error, Moved):
            await self._house.db.write(lambda tx: topics.regroup(tx, row.group_id, error.to))
            self._left_at = -LEFT_EVERY
            return
        if isinstance(error, Busy):
            self._leave(_group(row), max(error.after, FAULT_PAUSE))
            return
        get_logger().error("desk_topic_not_deleted", conversation=row.conversation)
        self._leave(_group(row) if isinstance(error, Blocked) else _topic(row), DELETE_EVERY)

    def _leave(self, key: str, ms: int) -> None:
        """Leave this one alone for a while; what is over is forgotten."""
        now = self._house.now()
        self._later = {each: until for each, until in self._later.items() if until > now}
        self._later[key] = now + ms

    # --- what comes back -------------------------------------------------------------------------

    async def _meet(self, job: Job, error: TelegramError) -> None:
        """Go on after an answer of the Bot API that is none of success."""
        if isinstance(error, Busy):
            # The whole group, whichever topic it was: it is one chat to Telegram.
            self._pace.hold(self.group, error.after or self._standing.next_pause())
        elif isinstance(error, Moved):
            await self.move(error.to)
        elif job.view is not None and isinstance(error, Vanished | TopicClosed):
            await self._recover(job.view, error)
        elif isinstance(error, Refused) and not await self._standing.diagnose(error):
            await self._stumble(job, error)

    async def _recover(self, view: View, error: TelegramError) -> None:
        """The topic was deleted or closed by hand."""
        topic = self._reload(view)
        if topic is None:
            return
        if isinstance(error, Vanished):
            topic = leave_topic(topic, self.group)
            get_logger().info("desk_topic_vanished", conversation=view.row.id)
        else:
            topic = topic.with_row(state="closed", **UNSEEN)
        await self._poster.keep(topic)
        self._outlook.forget(view.row.id)

    async def _stumble(self, job: Job, error: Refused) -> None:
        """This one thing is refused: tried again after a while, and given up in the end."""
        get_logger().error(
            "desk_post_refused", step=job.step.kind, code=error.code, reason=error.reason
        )
        topic = self._reload(job.view) if job.view is not None else None
        if topic is None:
            self._standing.pause(FAULT_PAUSE)
            return
        failures = topic.memory.failures + 1
        if failures >= FAILURES_MAX:
            given_up = Intent(step=job.step.kind, items=1, tries=GIVE_UP_AFTER)
            topic = topic.with_memory(intent=given_up)
        await self._poster.keep(topic.with_memory(failures=failures))
        self._leave(topic.row.conversation, min(HOUR, FAULT_PAUSE * failures))
        self._outlook.forget(topic.row.conversation)

    def _reload(self, view: View) -> Topic | None:
        """The topic as it was stored last; None once the conversation was erased."""
        row = self._house.db.peek(lambda tx: topics.find(tx, view.row.id))
        return read_topic(row) if row is not None and row.state != "erased" else None


def _topic(row: TopicRow) -> str:
    return f"topic {row.group_id} {row.thread_id}"


def _group(row: TopicRow) -> str:
    return f"group {row.group_id}"


def _note_closed(tx: Tx, conversation: str) -> bool:
    row, found = conversations.load(tx, conversation), topics.find(tx, conversation)
    if row is None or found is None or row.owner == "closed":
        return False
    return topics.save(tx, msgspec.structs.replace(found, state="closed", **UNSEEN))
