"""Short answers to what staff wrote or tapped, posted as the group's pace allows.

They are kept in memory alone: an answer that is lost costs a person a second try, no prospect's
word. Where many are wanted at once, the oldest go first and those that nobody waits for any more
are left out.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from bot.house import House
from bot.logs import describe_error, get_logger
from bot.telegram.border import Busy, GroupClient, Key, Post, Target, TelegramError
from bot.telegram.pace import Pace
from dialogs.types import Struct
from storage import topics
from storage.errors import StorageError

MOST = 100  # answers that may wait
PATIENCE = 120_000  # ms for which an answer is worth posting
TRIES = 3
PAUSE = 1_000  # ms after a fault that names no time

Keys = tuple[tuple[Key, ...], ...]


class _Answer(Struct):
    talk: str  # "": for General
    post: Post
    since: int  # ms
    tries: int = 0


class Answers:
    """`group` gives the id of the desk's group as it is now; `sleep` waits some seconds."""

    def __init__(
        self,
        house: House,
        client: GroupClient,
        pace: Pace,
        group: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._house = house
        self._client = client
        self._pace = pace
        self._group = group
        self._sleep = sleep
        self._waiting: deque[_Answer] = deque(maxlen=MOST)
        self._task: asyncio.Task[None] | None = None

    def say(self, talk: str, text: str, reply_to: int = 0, keys: Keys = ()) -> None:
        """Say something in the topic of a conversation, or in General where there is none."""
        post = Post(text=text, reply_to=reply_to, keys=keys, silent=True)
        self._waiting.append(_Answer(talk=talk, post=post, since=self._house.now()))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def drain(self) -> None:
        """Return once nothing waits any more; for tests."""
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        try:
            await self._post_all()
        except StorageError as error:
            get_logger().info("answers_lost", count=len(self._waiting), **describe_error(error))
            self._waiting.clear()

    async def _post_all(self) -> None:
        while self._waiting and not self._house.live.closed:
            answer = self._waiting[0]
            wait = 0
            if self._house.now() - answer.since <= PATIENCE:
                wait = self._pace.take(self._group()) or await self._post(answer)
            if wait:
                await self._sleep(wait / 1_000)
            elif self._waiting and self._waiting[0] is answer:
                self._waiting.popleft()

    async def _post(self, answer: _Answer) -> int:
        """0: it is done with, or given up; else the ms after which it is tried again."""
        topic = self._house.db.peek(lambda tx: topics.find(tx, answer.talk))
        if answer.talk and (topic is None or not topic.thread_id):
            return 0
        target = Target(chat=self._group(), thread=topic.thread_id if topic else 0)
        try:
            await self._client.send(target, answer.post)
        except Busy as error:
            return self._meet(answer, error)
        except TelegramError as error:
            get_logger().info("answer_lost", **describe_error(error))
        return 0

    def _meet(self, answer: _Answer, error: Busy) -> int:
        """Once more, unless it may have been posted or was tried often enough."""
        if error.after:
            self._pace.hold(self._group(), error.after)
        if error.uncertain or answer.tries + 1 >= TRIES or self._waiting[0] is not answer:
            return 0
        again = _Answer(
            talk=answer.talk, post=answer.post, since=answer.since, tries=answer.tries + 1
        )
        self._waiting[0] = again
        return max(error.after, PAUSE)
