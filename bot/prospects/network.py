"""Plain HTTP beneath the prospects' bot: time limits, long polls, and what its faults mean."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)

from bot.telegram.border import Busy, TelegramError
from bot.telegram.refusals import read_refusal

# At most so long for a connection of one's own, before anything is sent. Shorter than any call may
# take: that no connection was to be had is then told from an answer that did not come.
CONNECT_SECONDS = 5.0


def limit(seconds: float) -> ClientTimeout:
    """The limits of a call that may take so long."""
    return ClientTimeout(total=seconds, connect=CONNECT_SECONDS)


def name_failure(error: BaseException | None) -> Busy:
    """No connection: the request was not sent. Anything later may have been carried out."""
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return Busy("no connection")
    return Busy("the connection was cut", uncertain=True)


class Fetcher:
    """Fetches raw answers by a connection that nothing else uses or waits for."""

    def __init__(self) -> None:
        self._http: ClientSession | None = None

    async def fetch(self, url: str, asked: Mapping[str, object], seconds: float) -> bytes:
        """The content of the answer, within so many seconds. Raises TelegramError."""
        if self._http is None:
            self._http = ClientSession()
        try:
            async with self._http.post(url, json=asked, timeout=limit(seconds)) as answer:
                content = await answer.read()
                status = answer.status
        except (ClientError, OSError, TimeoutError) as error:
            failure: TelegramError = name_failure(error)
        else:
            if status == 200:
                return content
            failure = read_refusal(status, content)
        # Outside of the handler, so that nothing hangs on it that holds the address.
        raise failure

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
