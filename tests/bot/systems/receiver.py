"""A system on loopback that is told of leads, and behaves as badly as its script says."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

ENDLESS = b"x" * 65_536
FINE = b"HTTP/1.1 204 Fine\r\nContent-Length: 0\r\n\r\n"
ENDLESSLY = {"drip": b"x", "hints": b"HTTP/1.1 103 Early Hints\r\n\r\n"}


@dataclass(frozen=True)
class Got:
    """One request as it came, and how it was answered."""

    headers: dict[str, str]
    body: bytes
    how: str

    @property
    def id(self) -> int:
        return int(self.headers["firstline-delivery"])

    @property
    def attempt(self) -> int:
        return int(self.headers["firstline-attempt"])

    @property
    def event(self) -> str:
        return self.headers["firstline-event"]

    @property
    def number(self) -> int:
        return int(self.headers["firstline-number"])

    @property
    def said(self) -> dict[str, object]:
        found: dict[str, object] = msgspec.json.decode(self.body)
        return found


@dataclass
class Receiver:
    """`script`: how the next requests are answered, one word each; after that all is well.

    fail: 500. redirect: elsewhere. lie: no HTTP at all. huge: an answer without end. drop: the
    line is cut without an answer. slow: no answer until `release`. gone: 200, but the line is cut
    in the middle of the answer's head. drip: 200, a letter at a time, without an end. hints: "just
    a moment", again and again. twice: two answers to one request.
    """

    port: int = 0
    script: list[str] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/leads"

    def wait_for(self, count: int, seconds: float = 20) -> None:
        """Until so many requests came. Raises AssertionError."""
        deadline = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < deadline, f"only {len(self.got)} of {count} came"
            time.sleep(0.02)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        if not self.rfile.readline():
            return
        headers = {}
        while (line := self.rfile.readline().decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", "0")))
        how = receiver.script.pop(0) if receiver.script else "ok"
        receiver.got.append(Got(headers, body, how))
        try:
            self.answer(receiver, how)
        except OSError:
            return  # the sender did not wait for the end of it, as it should

    def answer(self, receiver: Receiver, how: str) -> None:
        if how == "slow":
            receiver.release.wait(30)
        if how == "drop":
            return
        if how in ENDLESSLY:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: " if how == "drip" else b"")
            while not receiver.release.wait(0.05):
                self.wfile.write(ENDLESSLY[how])
            return
        if how == "huge":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000000\r\n\r\n")
            while True:
                self.wfile.write(ENDLESS)
        answers = {
            "fail": b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
            "redirect": b"HTTP/1.1 307 Go\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n",
            "lie": b"220 mail.example ESMTP\r\n\r\n",
            "gone": b"HTTP/1.1 200 OK\r\nContent-Le",
            "twice": FINE + FINE,
        }
        self.wfile.write(answers.get(how, FINE))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens until the block ends."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        receiver = Receiver(port=server.server_address[1])
        server.receiver = receiver  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.release.set()
            server.shutdown()
            thread.join()
