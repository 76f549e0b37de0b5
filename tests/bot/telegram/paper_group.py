"""A group with topics on paper: does what a GroupClient is told, and fails when it is told to."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.telegram.border import (
    FilePost,
    GroupFacts,
    Key,
    Me,
    Post,
    Posted,
    Said,
    Target,
    TelegramError,
    TopicClosed,
    Unchanged,
    Vanished,
    Webhook,
)

GROUP = -1001


@dataclass
class Message:
    id: int
    thread: int
    text: str
    post: Post
    at: int
    file: str = ""


@dataclass
class PaperTopic:
    name: str
    open: bool = True


class DiedError(BaseException):
    """The process dies here."""


@dataclass
class Failure:
    """What the next call of a method meets; `done`: after it was carried out."""

    error: BaseException
    done: bool = False


@dataclass
class PaperGroup:
    """Messages by id; topics by thread."""

    now: object
    group: int = GROUP
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, PaperTopic] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    failures: dict[str, deque[Failure]] = field(default_factory=dict)
    facts: GroupFacts = field(
        default_factory=lambda: GroupFacts(
            is_forum=True, can_manage_topics=True, can_delete=True, is_admin=True
        )
    )
    last: int = 100
    number: int = 9_001

    def fail(self, method: str, error: BaseException, *, done: bool = False) -> None:
        self.failures.setdefault(method, deque()).append(Failure(error, done))

    def in_topic(self, thread: int) -> list[Message]:
        return [m for m in self.messages.values() if m.thread == thread]

    def texts(self, thread: int = 0) -> list[str]:
        return [m.text for m in self.in_topic(thread)]

    def _new(self) -> int:
        self.last += 1
        return self.last

    def _begin(self, method: str, chat: int = GROUP) -> Failure | None:
        self.calls.append(method)
        assert chat == self.group, f"{method} into {chat}"
        failure = self.failures[method].popleft() if self.failures.get(method) else None
        if failure is not None and not failure.done:
            raise failure.error
        return failure

    def _end(self, failure: Failure | None) -> None:
        if failure is not None:
            raise failure.error

    def _topic(self, thread: int) -> PaperTopic:
        if thread not in self.topics:
            raise Vanished("message thread not found")
        return self.topics[thread]

    def _may_write(self, to: Target) -> None:
        if to.thread and not self._topic(to.thread).open:
            raise TopicClosed("TOPIC_CLOSED")

    def _put(self, to: Target, post: Post, file: str = "") -> int:
        made = Message(self._new(), to.thread, post.text, post, self.now(), file)  # type: ignore[operator]
        self.messages[made.id] = made
        return made.id

    async def send(self, to: Target, post: Post) -> Posted:
        failure = self._begin("send", to.chat)
        self._may_write(to)
        made = self._put(to, post)
        self._end(failure)
        return Posted(message=made)

    async def send_file(self, to: Target, post: FilePost) -> Posted:
        failure = self._begin("send_file", to.chat)
        self._may_write(to)
        assert post.path is not None
        made = self._put(to, Post(text=post.caption), post.name)
        self._end(failure)
        return Posted(message=made)

    async def edit(self, chat: int, message: int, post: Post) -> None:
        failure = self._begin("edit", chat)
        found = self.messages.get(message)
        if found is None:
            raise Vanished("message to edit not found")
        if found.post == post:
            raise Unchanged("message is not modified")
        found.text, found.post = post.text, post
        self._end(failure)

    async def create_topic(self, group: int, name: str) -> int:
        failure = self._begin("create_topic", group)
        thread = self._new()
        self.topics[thread] = PaperTopic(name)
        self._end(failure)
        return thread

    async def rename_topic(self, group: int, thread: int, name: str) -> None:
        self._begin("rename_topic", group)
        self._topic(thread).name = name

    async def close_topic(self, group: int, thread: int) -> None:
        self._begin("close_topic", group)
        topic = self._topic(thread)
        if not topic.open:
            raise Unchanged("TOPIC_NOT_MODIFIED")
        topic.open = False

    async def reopen_topic(self, group: int, thread: int) -> None:
        self._begin("reopen_topic", group)
        topic = self._topic(thread)
        if topic.open:
            raise Unchanged("TOPIC_NOT_MODIFIED")
        topic.open = True

    async def delete_topic(self, group: int, thread: int) -> None:
        failure = self._begin("delete_topic", group)
        self._topic(thread)
        del self.topics[thread]
        self.messages = {i: m for i, m in self.messages.items() if m.thread != thread}
        self._end(failure)

    async def look_at(self, group: int) -> GroupFacts:
        self._begin("look_at", group)
        return self.facts

    # --- what the feed never asks for ------------------------------------------------------------

    async def connect(self, webhook: Webhook | None) -> Me:
        raise NotImplementedError

    async def fetch(self, offset: int, seconds: int) -> bytes:
        raise NotImplementedError

    def read(self, payload: bytes) -> Said:
        raise NotImplementedError

    async def edit_keys(self, chat: int, message: int, keys: tuple[tuple[Key, ...], ...]) -> None:
        raise NotImplementedError

    async def answer_tap(self, tap: str, text: str = "", *, alert: bool = False) -> None:
        raise NotImplementedError

    async def show_typing(self, to: Target) -> None:
        raise NotImplementedError

    def download(self, file_id: str) -> AsyncIterator[bytes]:
        raise NotImplementedError

    async def set_commands(self, commands: tuple[tuple[str, str], ...], language: str = "") -> None:
        raise NotImplementedError

    async def react(self, chat: int, message: int, emoji: str) -> None:
        raise NotImplementedError

    async def find_status(self, group: int, user: int) -> str:
        raise NotImplementedError

    async def leave(self, chat: int) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


__all__ = ["GROUP", "DiedError", "PaperGroup", "TelegramError"]
