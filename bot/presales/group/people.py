"""Whose word counts in the desk's group: linked, enabled staff who are members of it now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from bot.limits import Buckets
from bot.presales.group.tries import Tries
from bot.telegram.border import Blocked, Busy, GroupClient, Said, Vanished
from dialogs.types import Struct
from storage import staff_links
from storage.accounts import StaffRow
from storage.db import Database

KNOWN_FOR = 300_000  # ms for which a membership counts as still true
KNOWN_MAX = 1_000  # people
MEMBERS = ("creator", "administrator", "member", "restricted")


class Judged(Struct):
    """Who acts, or why nobody does: anonymous, bot, unlinked, no_member, or unsure while Telegram
    does not say who is a member."""

    staff: StaffRow | None = None
    refused: str = ""


class People:
    """Remembers for a while who is a member, so that not every word costs a question."""

    def __init__(self, client: GroupClient, db: Database, now: Callable[[], int]) -> None:
        self._client = client
        self._db = db
        self._now = now
        self._known: OrderedDict[tuple[int, int], tuple[str, int]] = OrderedDict()
        self._forgotten = 0  # how often
        self._tries = Tries()
        self._hints = Buckets(1 / 3_600, 1, KNOWN_MAX, clock=lambda: now() / 1_000)

    async def judge(self, said: Said) -> Judged:
        """Whether what was said or tapped may have an effect. Raises Busy a few times."""
        sender = said.sender
        if sender is None or sender.id < 0:
            return Judged(refused="anonymous")
        if sender.is_bot:
            return Judged(refused="bot")
        staff = self._db.peek(lambda tx: staff_links.find(tx, sender.id))
        if staff is None:
            return Judged(refused="unlinked")
        key = f"{said.chat}:{said.message}:{said.tap}"
        try:
            status = await self._status(said.chat, sender.id)
        except Busy as error:
            self._tries.wait(key, error)
            return Judged(refused="unsure")
        self._tries.forget(key)
        return Judged(staff=staff) if status in MEMBERS else Judged(refused="no_member")

    def forget(self) -> None:
        """Somebody came, went or was made something else."""
        self._known.clear()
        self._forgotten += 1

    def wants_hint(self, person: int) -> bool:
        """Once an hour a person is told what is missing."""
        return self._hints.take(str(person)) == 0.0

    async def _status(self, group: int, person: int) -> str:
        found, now = self._known.get((group, person)), self._now()
        if found is not None and 0 <= now - found[1] < KNOWN_FOR:
            return found[0]
        before = self._forgotten
        try:
            status = await self._client.find_status(group, person)
        except (Vanished, Blocked):
            status = "left"
        if before != self._forgotten:
            return status  # asked before a change that is known by now: not to be relied on again
        self._known[(group, person)] = (status, now)
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)
        return status
