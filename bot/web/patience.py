"""How long a client may take to send a request, and how much of a head: a slow or endless one must
not hold a connection and memory for ever.

The web server itself limits only the pause between two requests.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.settings import Settings

HEAD_BYTES = 65_536
_TOO_LONG = b"HTTP/1.1 431 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def make_protocol(settings: Settings) -> type[PatientProtocol]:
    """The protocol with the limits of the settings; the server makes one for each connection."""
    limits = {
        "head_seconds": float(settings.request_head_seconds),
        "pause_seconds": float(settings.request_pause_seconds),
        "body_seconds": float(settings.request_body_seconds),
    }
    return type("LimitedProtocol", (PatientProtocol,), limits)


class PatientProtocol(HttpToolsProtocol):
    """Closes a connection whose request does not arrive in time. The route sees a disconnect."""

    head_seconds = 20.0  # from the connection, or the first byte, to the end of the headers
    pause_seconds = 20.0  # between two pieces of a body
    body_seconds = 600.0  # for a whole body
    _alarm: asyncio.TimerHandle | None = None
    _body_end = 0.0
    _in_head = False
    _head_bytes = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self._refuse_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._wait(self.head_seconds)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._in_head = False
        self._body_end = self.loop.time() + self.body_seconds
        self._wait(self.pause_seconds)

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._wait(min(self.pause_seconds, self._body_end - self.loop.time()))

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._rest()

    def _wait(self, seconds: float) -> None:
        self._rest()
        self._alarm = self.loop.call_later(max(0.0, seconds), self._give_up)

    def _rest(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _refuse_head(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_TOO_LONG)
        self.transport.close()

    def _give_up(self) -> None:
        if self.flow.read_paused:
            self._wait(self.pause_seconds)  # it is we who do not read on
        elif not self.transport.is_closing():
            self.transport.close()
