"""The real product as a process of its own on free loopback ports, with a throw-away folder."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 20
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


def find_ports(count: int) -> list[int]:
    """Ports that are free right now; all are held at once, so that they differ."""
    holders = [socket.socket() for _ in range(count)]
    try:
        for holder in holders:
            holder.bind(("127.0.0.1", 0))
        return [int(holder.getsockname()[1]) for holder in holders]
    finally:
        for holder in holders:
            holder.close()


@dataclass
class Server:
    """One running `python -m bot run`. `url` and `second_url` end without a slash."""

    data: Path
    port: int
    second_port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def second_url(self) -> str:
        return f"http://127.0.0.1:{self.second_port}"

    @property
    def log(self) -> str:
        """Everything that the process has printed so far."""
        return (self.data / "server.log").read_text(errors="replace")

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        own = {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DEMO_PORT": str(self.second_port),
            "DATA_DIR": str(self.data),
            "LOG_FORMAT": "json",
        }
        return kept | own | dict(self.settings)

    def spawn(self) -> None:
        """Start it and return at once."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT, env=self.environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def start(self) -> None:
        """Start and wait until it answers. Raises AssertionError with its log if it does not."""
        self.spawn()
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        with self.client(timeout=2) as client:
            while time.monotonic() < deadline:
                assert self.process.poll() is None, f"the server ended:\n{self.log}"
                with contextlib.suppress(httpx.TransportError):
                    if client.get("/health").status_code == 200:
                        return
                time.sleep(0.05)
        raise AssertionError(f"the server did not start:\n{self.log}")

    def stop(self, *, kill: bool = False) -> None:
        """End the process: politely, or as a power cut would with `kill`."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not stop when asked:\n{self.log}") from None

    def add_staff(self, name: str, role: str) -> str:
        """Make a staff account and return its password; works while the server runs."""
        password = secrets.token_urlsafe(12)
        done = subprocess.run(
            [sys.executable, "-m", "bot", "staff", "add", name, "--role", role, "--password-stdin"],
            cwd=ROOT, env=self.environment(), input=password.encode(), capture_output=True,
            timeout=START_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
        return password

    def client(self, **more: object) -> httpx.Client:
        """An HTTP client of this server that ignores proxies of the environment."""
        # Reading the authorities' certificates would take longer than most tests.
        more = {"timeout": 30, "trust_env": False, "verify": False, **more}
        return httpx.Client(base_url=self.url, **more)  # type: ignore[arg-type]

    def faults(self) -> list[str]:
        """Lines of the log that tell of a fault of ours."""
        bad = re.compile(r'"level": ?"(error|critical)"|^Traceback')
        return [line for line in self.log.splitlines() if bad.search(line)]


def make_server(folder: Path, **settings: str) -> Server:
    """A server that is not started yet; `settings` are environment names and values."""
    port, second = find_ports(2)
    return Server(folder, port, second, settings)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server with the demo pack, shared by the tests of this session.

    Limits per address are wide, since all tests come from one address. Without the encoder it is
    ready sooner: the doors are tried here, not the understanding.
    """
    made = make_server(
        tmp_path_factory.mktemp("server") / "data",
        ENCODER="off",
        REQUESTS_PER_MINUTE="100000",
        CONVERSATIONS_PER_HOUR="100000",
        UPLOADS_PER_HOUR="10000",
        MESSAGES_PER_MINUTE="600",
    )
    made.start()
    yield made
    made.stop()
