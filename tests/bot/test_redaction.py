"""Tokens come out nowhere: not by our log, a library's, or a traceback of Python's own."""

from __future__ import annotations

import asyncio
import io
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import get_logger, set_up_logs
from bot.redaction import HIDDEN, Redaction
from tests.bot.server import ROOT

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
OTHER = "42:of-a-bot-api-of-ones-own"
SHORT = "7:x"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/getMe"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (ADDRESS, f"https://api.telegram.org/bot{HIDDEN}/getMe"),
        (f"bot{TOKEN.replace(':', '%3A')}/x", f"bot{HIDDEN}/x"),
        (f"it is {OTHER}.", f"it is {HIDDEN}."),
        (f"of-a-bot-api-of-ones-own {SHORT}", f"{HIDDEN} {HIDDEN}"),
        (
            "2026-11-23 10:00:00 at port 127.0.0.1:8080",
            "2026-11-23 10:00:00 at port 127.0.0.1:8080",
        ),
        ("", ""),
    ],
)
def test_tokens_are_taken_out_of_texts(text: str, cleaned: str) -> None:
    assert Redaction([OTHER, SHORT]).clean(text) == cleaned


def test_a_token_that_nobody_configured_is_seen_by_its_form() -> None:
    assert Redaction().clean(f"a {TOKEN} b {TOKEN}") == f"a {HIDDEN} b {HIDDEN}"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log down to debug, with the words of libraries as the standard library writes them."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    out = io.StringIO()
    set_up_logs("json", "debug", out, [OTHER])
    root.addHandler(logging.StreamHandler(out))
    yield out
    structlog.reset_defaults()
    root.handlers[:], _ = before
    root.setLevel(before[1])


class Address:
    """Something whose text is only made when it is written."""

    def __str__(self) -> str:
        return ADDRESS


def test_our_own_lines(lines: io.StringIO) -> None:
    get_logger().error("telegram", reason=ADDRESS, error=OTHER)
    assert lines.getvalue().count(HIDDEN) == 2
    assert TOKEN not in lines.getvalue()
    assert OTHER not in lines.getvalue()


def test_lines_of_libraries(lines: io.StringIO) -> None:
    library = logging.getLogger("some.library")
    library.error("cannot reach %s (%d)", ADDRESS, 5)
    library.error("cannot reach %(there)s", {"there": Address()})
    library.error("cannot reach %s", Address(), stack_info=True)
    library.error(f"cannot reach {ADDRESS}")
    try:
        raise OSError(ADDRESS) from ValueError(OTHER)
    except OSError:
        library.exception("it broke")
    text = lines.getvalue()
    assert text.count(HIDDEN) >= 6
    assert TOKEN not in text
    assert OTHER not in text


async def test_a_task_that_nobody_waited_for(lines: io.StringIO) -> None:
    async def fail() -> None:
        raise OSError(ADDRESS)

    task = asyncio.get_running_loop().create_task(fail(), name=f"get {ADDRESS}")
    await asyncio.wait([task])
    del task
    assert "never retrieved" in lines.getvalue()
    assert HIDDEN in lines.getvalue()
    assert TOKEN not in lines.getvalue()


@pytest.mark.parametrize("level", ["debug", "info", "warning"])
def test_libraries_that_know_tokens_say_no_more_than_errors(level: str) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        set_up_logs("json", level, io.StringIO())
        for name in ("httpx", "httpcore.http11", "aiohttp.client", "aiogram.event", "telegram.ext"):
            assert not logging.getLogger(name).isEnabledFor(logging.WARNING), name
    finally:
        structlog.reset_defaults()
        root.handlers[:] = before[0]
        root.setLevel(before[1])


CRASHES = {
    "main": "raise OSError(address)",
    "thread": "import threading\nt = threading.Thread(target=fail)\nt.start()\nt.join()",
    "finaliser": "class A:\n    def __del__(self):\n        fail()\nA()",
}


@pytest.mark.parametrize("crash", list(CRASHES))
def test_tracebacks_of_python_itself(crash: str) -> None:
    program = (
        "from bot.logs import guard_tracebacks\n"
        f"address = {ADDRESS!r} + {OTHER!r}\n"
        f"guard_tracebacks([{OTHER!r}])\n"
        "def fail():\n    raise OSError(address)\n" + CRASHES[crash]
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "OSError" in done.stderr
    assert HIDDEN in done.stderr
    assert TOKEN not in done.stderr
    assert OTHER not in done.stderr
