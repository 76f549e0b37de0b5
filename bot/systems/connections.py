"""Webhooks and tokens: adding, pausing, testing, taking out; each leaves a line in the record."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from bot.systems.address import Destination
from bot.systems.hooks import EVENTS, signing_key
from dialogs.types import Struct
from storage import audit, hooks, tokens
from storage.db import Database, Tx
from storage.hooks import NEVER, TEST, Hook, NewHookDelivery
from storage.tokens import TokenRow

DAY = 86_400_000
NAME_MAX = 100  # characters
DAYS = (30, 90, 365, 0)  # how long a token may live; 0: for ever
HOOKS_MAX, TOKENS_MAX = 20, 50  # that work at once
TEST_BODY = b'{"test":true}'


class NotConnectedError(Exception):
    """It may not be made. `reason`: url, scheme, private, events, name, days, many, unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NewHook(Struct):
    url: str
    events: tuple[str, ...]
    personal: bool


class NewToken(Struct):
    """`days` is one of DAYS."""

    name: str
    days: int
    personal: bool


def hash_api_token(token: str) -> str:
    """What is stored of a token of the read API: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


class Connections:
    """`by` is the staff id of who does it. `secret` is the product's own."""

    def __init__(
        self, db: Database, now: Callable[[], int], secret: bytes, destination: Destination
    ) -> None:
        self._db = db
        self._now = now
        self._secret = secret
        self._destination = destination

    async def add_hook(self, by: int, new: NewHook) -> tuple[int, str]:
        """Add a webhook; gives its id and its secret, which is stored nowhere."""
        url, events = new.url.strip(), [each for each in EVENTS if each in new.events]
        problem = self._destination.find_problem(url)
        _require(not problem, problem)
        _require(bool(events), "events")
        now, salt = self._now(), secrets.token_hex(16)
        hook = Hook(0, url, salt, "+".join(events), new.personal, by, now, 0)

        def work(tx: Tx) -> int:
            _require(len(hooks.all_hooks(tx)) < HOOKS_MAX, "many")
            added = hooks.add_hook(tx, hook)
            audit.note_action(tx, now, by, "webhook.add", str(added), detail=hook.events)
            return added

        return await self._db.write(work), signing_key(self._secret, hook)

    async def pause(self, by: int, hook: int) -> None:
        """Send nothing more for now; what comes is queued."""
        await self._act(by, hook, "webhook.pause", lambda tx: hooks.pause(tx, hook, self._now()))

    async def resume(self, by: int, hook: int) -> None:
        """Go on, first with what was queued meanwhile."""
        await self._act(by, hook, "webhook.resume", lambda tx: hooks.resume(tx, hook, self._now()))

    async def remove(self, by: int, hook: int) -> None:
        """Take a webhook out, with all that it was or should be told."""
        await self._act(by, hook, "webhook.remove", lambda tx: hooks.remove(tx, hook))

    async def test(self, by: int, hook: int) -> None:
        """Queue a delivery that is about no lead."""
        now = self._now()

        def work(tx: Tx) -> None:
            found = hooks.get_hook(tx, hook)
            wake = NEVER if found is not None and found.disabled_at else now
            hooks.put(tx, NewHookDelivery(hook, "", TEST, TEST_BODY, now, wake), None)

        await self._act(by, hook, "webhook.test", work)

    async def redo(self, by: int, hook: int, delivery: int) -> None:
        """Send once more what was sent or failed; it comes as a further attempt."""

        def work(tx: Tx) -> None:
            _require(hooks.redo(tx, hook, delivery, self._now()), "unknown")

        await self._act(by, hook, "webhook.redo", work, str(delivery))

    async def add_token(self, by: int, new: NewToken) -> tuple[int, str]:
        """Make a token; gives its id and the token, of which only the hash is stored."""
        name, now = new.name.strip(), self._now()
        _require(0 < len(name) <= NAME_MAX and name.isprintable(), "name")
        _require(new.days in DAYS, "days")
        token = f"flt_{secrets.token_urlsafe(32)}"
        ends = now + new.days * DAY if new.days else 0
        row = TokenRow(0, name, hash_api_token(token), new.personal, by, now, ends, 0, 0)

        def work(tx: Tx) -> int:
            alive = [each for each in tokens.all_tokens(tx) if not each.revoked_at]
            _require(len(alive) < TOKENS_MAX, "many")
            added = tokens.add(tx, row)
            audit.note_action(tx, now, by, "token.add", str(added))
            return added

        return await self._db.write(work), token

    async def revoke_token(self, by: int, token: int) -> None:
        """End a token at once; one that had ended is no mistake."""
        now = self._now()

        def work(tx: Tx) -> None:
            if tokens.revoke(tx, token, now):
                audit.note_action(tx, now, by, "token.revoke", str(token))

        await self._db.write(work)

    async def _act(
        self, by: int, hook: int, action: str, work: Callable[[Tx], object], detail: str = ""
    ) -> None:
        now = self._now()

        def write(tx: Tx) -> None:
            _require(hooks.get_hook(tx, hook) is not None, "unknown")
            work(tx)
            audit.note_action(tx, now, by, action, str(hook), detail=detail)

        await self._db.write(write)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise NotConnectedError(reason)
