"""Structured logs. Only known keys come out, so that no text, token or person's data can.

An exception is logged by its class and the places it went through, never by its message: messages
quote what they choked on. What looks like a bot's token comes out nowhere, whatever let it in.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from bot.redaction import Redaction

# Everything that a log line may say. Identifiers, names of code, counts and times.
KEYS = frozenset({
    "event", "level", "timestamp", "conversation", "kind", "channel", "seq", "version", "delivery",
    "attempts", "error", "places", "step", "count", "ms", "staff", "role", "act", "route",
    "method", "status", "port", "state", "reason", "command", "library", "template", "name_of",
    "pack_version", "bytes", "file", "document",
    "arrival", "person", "chat",
})  # fmt: skip

_QUIET = ("httpx", "httpcore", "aiohttp", "aiogram", "telegram", "uvicorn.access", "asyncio",
          "sqlalchemy")  # fmt: skip


def keep_known_keys(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop whatever is not in KEYS and say how much was dropped."""
    dropped = [key for key in event if key not in KEYS]
    for key in dropped:
        del event[key]
    if dropped:
        event["dropped"] = len(dropped)
    return event


def describe_error(error: BaseException, depth: int = 4) -> dict[str, str]:
    """Class and innermost places of an exception, without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-depth:]
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    return {"error": type(error).__name__, "places": places}


class _Library(logging.Handler):
    """Hands the warnings of libraries on: their template, never the values put into it."""

    def emit(self, record: logging.LogRecord) -> None:
        said = {"library": record.name, "template": str(record.msg)[:200] if record.args else ""}
        if record.exc_info and record.exc_info[1] is not None:
            said |= describe_error(record.exc_info[1])
        elif not record.args and record.name.startswith("uvicorn"):
            said["template"] = str(record.msg)[:200]
        level = min(record.levelno, logging.ERROR)
        get_logger().log(level, "library_log", **said)


class _Lines:
    """Where the lines go. One that cannot be written is lost alone: no turn fails for its log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def set_up_logs(
    form: str, level: str, out: TextIO | None = None, tokens: Sequence[str] = ()
) -> None:
    """Configure structlog and the libraries' logging once, at the start of a command.

    form: json, console, or auto (console when `out` is a terminal). out: stderr unless given.
    tokens: what must come out nowhere, besides whatever looks like a bot's token.
    """
    stream = out or sys.stderr
    redaction = Redaction(tokens)
    console = form == "console" or (form == "auto" and stream.isatty())
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty())
        if console
        else structlog.processors.JSONRenderer(sort_keys=True)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_known_keys,
            last,
            lambda _logger, _method, line: redaction.clean(cast(str, line)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Lines(stream))),
        cache_logger_on_first_use=False,
    )
    handler = _Library()
    handler.addFilter(redaction)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def guard_tracebacks(tokens: Sequence[str]) -> None:
    """Keep tokens out of what Python itself prints of exceptions that nobody caught."""
    redaction = Redaction(tokens)

    def show(
        kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, KeyboardInterrupt | SystemExit):
            lines = traceback.format_exception(kind, error, trace)
            sys.stderr.write(redaction.clean("".join(lines)))

    sys.excepthook = show
    sys.unraisablehook = lambda given: show(given.exc_type, given.exc_value, given.exc_traceback)
    threading.excepthook = lambda given: show(given.exc_type, given.exc_value, given.exc_traceback)


def get_logger() -> FilteringBoundLogger:
    return cast(FilteringBoundLogger, structlog.get_logger())
