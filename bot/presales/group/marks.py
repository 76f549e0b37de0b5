"""Reactions under what staff wrote in a topic: it has gone out, it failed, it is kept as a note.

Best effort: a reaction that is lost costs nobody a word. What was on its way when the process died
is looked up again at the start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.house import House
from bot.logs import describe_error, get_logger
from bot.presales.group.walking import OWN_MARK
from bot.telegram.border import GroupClient, TelegramError
from dialogs.types import Struct
from storage import conversations, outbox, topics
from storage.conversations import MessageRow
from storage.db import Tx
from storage.errors import StorageError

# All of them stand in the list of reactions that Telegram lets bots give.
SENT, FAILED, NOTED = "👌", "👎", "✍"
LOOK_SECONDS = 0.5
WATCH_FOR = 600_000  # ms; what takes longer shows in the browser alone
WATCHED_MAX = 500
LOOK_BACK = 20  # messages of a topic at the start


class Written(Struct):
    """What somebody wrote in a topic, and the message of the conversation that it became."""

    chat: int
    message: int
    talk: str
    seq: int


class Marks:
    """Sets reactions, and watches deliveries for them in one task while there are any.

    `tell_failed` is called with what did not reach the prospect, and why.
    """

    def __init__(
        self, house: House, client: GroupClient, tell_failed: Callable[[Written, str], None]
    ) -> None:
        self._house = house
        self._client = client
        self._tell_failed = tell_failed
        self._watched: dict[Written, int] = {}  # since when, ms
        self._task: asyncio.Task[None] | None = None

    async def show(self, chat: int, message: int, emoji: str) -> None:
        """Set a reaction now; a refusal is only logged."""
        try:
            await self._client.react(chat, message, emoji)
        except TelegramError as error:
            get_logger().info("reaction_lost", **describe_error(error))

    async def settle(self, written: Written) -> None:
        """Mark what is stored: at once, or as soon as it is known whether it went out."""
        if await self._mark(written) or len(self._watched) >= WATCHED_MAX:
            return
        self._watched.setdefault(written, self._house.now())
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())

    async def recover(self, group: int) -> None:
        """At start: mark anew what was written in the topics shortly before."""
        since = self._house.now() - WATCH_FOR
        for written in self._house.db.peek(lambda tx: _find_recent(tx, group, since)):
            await self.settle(written)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while self._watched and not self._house.live.closed:
            await asyncio.sleep(LOOK_SECONDS)
            for written, since in list(self._watched.items()):
                late = self._house.now() - since > WATCH_FOR
                try:
                    settled = await self._mark(written)
                except StorageError as error:
                    get_logger().warning("marks_not_read", **describe_error(error))
                    break
                if settled or late:
                    self._watched.pop(written, None)

    async def _mark(self, written: Written) -> bool:
        """Set the reaction for what is known now; False while it is still on its way."""
        stored, delivery = self._house.db.peek(
            lambda tx: (
                conversations.get_message(tx, written.talk, written.seq),
                outbox.find_send(tx, written.talk, written.seq),
            )
        )
        if stored is None:
            return True  # erased
        if stored.author == "note":
            await self.show(written.chat, written.message, NOTED)
        elif delivery is None or delivery.state == "sent":
            await self.show(written.chat, written.message, SENT)
        elif delivery.state in ("failed", "withdrawn"):
            await self.show(written.chat, written.message, FAILED)
            self._tell_failed(written, delivery.error)
        else:
            return False
        return True


def _find_recent(tx: Tx, group: int, since: int) -> list[Written]:
    found = []
    for sight in topics.written(tx, group, since):
        for seq in range(sight.last_seq, max(0, sight.last_seq - LOOK_BACK), -1):
            message = conversations.get_message(tx, sight.conversation, seq)
            number = _number(message)
            if message is not None and message.at >= since and number:
                found.append(Written(chat=group, message=number, talk=sight.conversation, seq=seq))
    return found


def _number(message: MessageRow | None) -> int:
    """The message of the group that this came from, 0: none."""
    mark = message.external_id if message else ""
    number = mark.removeprefix(OWN_MARK) if mark.startswith(OWN_MARK) else ""
    return int(number) if number.isdecimal() else 0
