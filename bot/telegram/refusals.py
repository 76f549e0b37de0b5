"""What a refusal of the Bot API means. It says so only in words, so the words are looked at."""

from __future__ import annotations

import json

from bot.telegram.border import (
    Blocked,
    Busy,
    Moved,
    Refused,
    TelegramError,
    TopicClosed,
    Unchanged,
    Vanished,
)

_FORBIDDEN = 403
_UNCHANGED = ("message is not modified", "topic_not_modified")
_CLOSED = ("topic_closed", "topic is closed")
_BLOCKED = (
    "blocked by the user",
    "user is deactivated",
    "user_is_blocked",
    "bot was kicked",
    "chat not found",
    "peer_id_invalid",
)
_VANISHED = (
    "not found",  # message to edit, to delete, thread, file
    "message can't be edited",
    "message_id_invalid",
    "topic_deleted",
    "topic_id_invalid",
    "file identifier",
    "file_id",
    "file reference",
    "query is too old",
    "query id is invalid",
    "participant_id_invalid",
    "user_id_invalid",
)


def read_refusal(status: int, content: bytes) -> TelegramError:
    """The error that an answer with another status than 200 stands for."""
    try:
        answer = json.loads(content)
        said = str(answer.get("description", ""))
        hints = answer.get("parameters") or {}
        after, moved = int(hints.get("retry_after", 0)), int(hints.get("migrate_to_chat_id", 0))
    except (ValueError, TypeError, AttributeError):
        said, after, moved = "", 0, 0
    if after or status == 429:
        return Busy("too many requests", after * 1_000)
    if status >= 500:
        return Busy("server error")
    return Moved(moved) if moved else refuse(status, said)


def refuse(code: int, description: str) -> Refused:
    """The error for an answer that will be the same next time. `code`: HTTP status."""
    words = description.lower()
    if code == _FORBIDDEN or _has(words, _BLOCKED):
        return Blocked(description, code)
    if _has(words, _UNCHANGED):
        return Unchanged(description, code)
    if _has(words, _CLOSED):
        return TopicClosed(description, code)
    # 404 without more is an unknown method or token: that is no message that went away.
    if code == 400 and _has(words, _VANISHED):
        return Vanished(description, code)
    return Refused(description, code)


def _has(words: str, parts: tuple[str, ...]) -> bool:
    return any(part in words for part in parts)
