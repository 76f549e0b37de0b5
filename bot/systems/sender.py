"""Sends what webhooks are told: signed, in order per lead, again until it arrives or a day is over.

A row is claimed before it is sent, and its attempt counted: what a crash leaves half sent is sent
again under the same id, one attempt more, so that a receiver can tell.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import time
from urllib.parse import urlsplit

import aiohttp
import msgspec

from bot.house import House
from bot.live import DESK
from bot.logs import describe_error, get_logger
from bot.systems.address import AddressRefusedError, Destination, is_public
from bot.systems.hooks import sign, signing_key, write_envelope
from bot.systems.lead import iso_moment
from bot.systems.resolver import GuardedResolver
from dialogs.types import Struct
from storage import hooks
from storage.db import Tx
from storage.errors import DatabaseClosed
from storage.hooks import Hook, Told

POLL_SECONDS = 1.0  # how long a lost wake-up can delay anything
GAP_SECONDS = 0.05  # between two looks: under load they come together
AT_ONCE = 16  # deliveries in work together
GRACE_SECONDS = 1.0  # for what is under way when the server stops


class Pace(Struct):
    """How often and how long it is tried.

    `waits` in ms between attempts, of which the last is repeated; with `tries` they make a day.
    `seconds` for one attempt from the first byte to the answer.
    """

    waits: tuple[int, ...] = (
        5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000, 1_280_000, 1_800_000,
    )  # fmt: skip
    tries: int = 57
    seconds: float = 10.0
    connect_seconds: float = 5.0


class HookSender:
    """`run` until `live.close()`. `secret` is the product's own; signing keys are made from it."""

    def __init__(self, house: House, secret: bytes, pace: Pace | None = None) -> None:
        self._house = house
        self._secret = secret
        self._pace = pace or Pace()
        self._destination = Destination(house.settings.webhook_hosts)
        self._busy: set[tuple[int, str]] = set()
        self._at_work: set[asyncio.Task[None]] = set()

    async def recover(self) -> int:
        """Put right what was under way when the process died; call it once, before `run`."""
        return await self._house.db.write(hooks.recover)

    async def run(self) -> None:
        """Claim and send until the server closes. Raises what storage raises; may be run again."""
        await self.recover()
        async with self._client() as client:
            with self._house.live.subscribe(DESK) as watch:
                try:
                    while not self._house.live.closed:
                        await self._begin_due(client)
                        await watch.wait(POLL_SECONDS)
                        await asyncio.sleep(GAP_SECONDS)
                finally:
                    await self._end()

    async def drain(self) -> None:
        """Send all that is due now, and what follows from it; for tests."""
        async with self._client() as client:
            while await self._begin_due(client) or self._at_work:
                if self._at_work:
                    await asyncio.wait(self._at_work, return_when=asyncio.FIRST_COMPLETED)

    def _client(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=GuardedResolver(self._destination),
            use_dns_cache=False,
            force_close=True,
            limit=AT_ONCE,
        )
        return aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(
                total=self._pace.seconds, sock_connect=self._pace.connect_seconds
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
        )

    async def _end(self) -> None:
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=GRACE_SECONDS)
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)

    async def _begin_due(self, client: aiohttp.ClientSession) -> int:
        """Claim what is due and begin it; gives how many."""
        room, now = AT_ONCE - len(self._at_work), self._house.now()
        if room <= 0 or not self._house.db.peek(lambda tx: hooks.is_due(tx, now)):
            return 0
        busy = frozenset(self._busy)
        claimed = await self._house.db.write(lambda tx: hooks.claim_due(tx, now, room, busy))
        self._house.reach("after_hook_claim")
        for told in claimed:
            self._busy.add((told.webhook, told.lead))
            task = asyncio.create_task(self._work(client, told))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        return len(claimed)

    async def _work(self, client: aiohttp.ClientSession, told: Told) -> None:
        try:
            hook = self._house.db.peek(lambda tx: hooks.get_hook(tx, told.webhook))
            if hook is None:
                return
            status, error = await self._send(client, hook, told)
            self._house.reach("before_hook_mark")
            await self._mark(told, status, error)
        except DatabaseClosed:
            return
        except Exception as fault:
            get_logger().error("hook_broken", delivery=told.id, **describe_error(fault))
            await self._mark(told, 0, "fault")
        finally:
            self._busy.discard((told.webhook, told.lead))
            self._house.live.wake(DESK)

    async def _send(self, client: aiohttp.ClientSession, hook: Hook, told: Told) -> tuple[int, str]:
        """One attempt; gives the status of the answer (0: none) and what was wrong, or ""."""
        problem = self._destination.find_problem(hook.url) or self._refuse_literal(hook.url)
        if problem:
            return 0, "address"
        body = write_envelope(told, self._house.settings.address, iso_moment(told.at))
        headers = self._headers(hook, told, body)
        try:
            # The body of the answer is never read: however long it is, it costs nothing.
            async with client.post(
                hook.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                answer.close()
                return answer.status, _judge(answer.status)
        except (TimeoutError, aiohttp.ServerTimeoutError):
            return 0, "timeout"
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError, ssl.SSLError):
            return 0, "tls"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return 0, "address" if _is_refused(error) else _name(error)

    def _refuse_literal(self, url: str) -> str:
        """A bare address is never looked up, so it is looked at here."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        try:
            public = is_public(ipaddress.ip_address(host))
        except ValueError:
            return ""
        default = 443 if parts.scheme == "https" else 80
        return "" if public or self._destination.allows(host, parts.port or default) else "private"

    def _headers(self, hook: Hook, told: Told, body: bytes) -> dict[str, str]:
        moment = int(time.time())
        return {
            "Content-Type": "application/json",
            "User-Agent": "Firstline",
            "Firstline-Event": told.event,
            "Firstline-Delivery": str(told.id),
            "Firstline-Attempt": str(told.attempts),
            "Firstline-Number": str(told.number),
            "Firstline-Timestamp": str(moment),
            "Firstline-Signature": sign(signing_key(self._secret, hook), moment, body),
        }

    async def _mark(self, told: Told, status: int, error: str) -> None:
        """Keep how it went: sent, to be sent again, or failed."""
        now = self._house.now()
        state = (
            "sent" if not error else ("failed" if told.attempts >= self._pace.tries else "queued")
        )
        wait = self._pace.waits[min(told.attempts, len(self._pace.waits)) - 1]
        done = msgspec.structs.replace(
            told,
            state=state,
            status=status,
            error=error,
            wake=now + wait if state == "queued" else told.wake,
            done_at=0 if state == "queued" else now,
        )
        self._house.metrics.deliveries.labels("hook", state).inc()
        if state == "failed":
            get_logger().warning("hook_given_up", delivery=told.id, webhook=told.webhook)
        await self._house.db.write(lambda tx: _keep(tx, done))


def _keep(tx: Tx, told: Told) -> None:
    """Mark it; where its webhook was paused meanwhile, another attempt waits for that to end."""
    hook = hooks.get_hook(tx, told.webhook)
    if told.state == "queued" and hook is not None and hook.disabled_at:
        told = msgspec.structs.replace(told, wake=hooks.NEVER)
    hooks.finish(tx, told)


def _judge(status: int) -> str:
    if 200 <= status < 300:
        return ""
    return "redirect" if 300 <= status < 400 else "status"


def _is_refused(error: BaseException) -> bool:
    seen = (error, error.__cause__, error.__context__, getattr(error, "os_error", None))
    return any(isinstance(each, AddressRefusedError) for each in seen)


def _name(error: Exception) -> str:
    """What went wrong, as the log of deliveries names it."""
    if isinstance(error, aiohttp.InvalidURL):
        return "address"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "unreachable"
    return "cut"
