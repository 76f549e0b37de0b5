"""Structured logs. Only known keys come out, so that no text, token or person's data can.

An exception is logged by its class and the places it went through, never by its message: messages
quote what they choked on.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

# Everything that a log line may say. Identifiers, names of code, counts and times.
KEYS = frozenset({
    "event", "level", "timestamp", "conversation", "kind", "channel", "seq", "version", "delivery",
    "attempts", "error", "places", "step", "count", "ms", "staff", "role", "act", "route",
    "method", "status", "port", "state", "reason", "command", "library", "template", "name_of",
    "pack_version", "bytes", "file", "document",
})  # fmt: skip

_QUIET = ("httpx", "httpcore", "aiogram", "telegram", "uvicorn.access", "asyncio", "sqlalchemy")


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


def set_up_logs(form: str, level: str, out: TextIO | None = None) -> None:
    """Configure structlog and the libraries' logging once, at the start of a command.

    form: json, console, or auto (console when `out` is a terminal). out: stderr unless given.
    """
    stream = out or sys.stderr
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
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Library()], level=logging.WARNING, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def get_logger() -> FilteringBoundLogger:
    return cast(FilteringBoundLogger, structlog.get_logger())
