"""What Telegram answers instead of a result, in its own words."""

from __future__ import annotations

import math
from typing import Any


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of ours
    """`code`: 400, 401, 403, 404, 409, 413, 429, 5xx; `description` as Telegram words it."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad(words: str) -> Refusal:
    return Refusal(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refusal:
    return Refusal(403, f"Forbidden: {words}")


def conflict(words: str) -> Refusal:
    return Refusal(409, f"Conflict: {words}")


def flood(seconds: float) -> Refusal:
    """Telegram gives whole seconds and never less than one."""
    after = max(1, math.ceil(seconds))
    return Refusal(429, f"Too Many Requests: retry after {after}", retry_after=after)


def moved(to: int) -> Refusal:
    return Refusal(
        400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=to
    )


CHAT_NOT_FOUND = "chat not found"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
WRONG_FILE = "wrong file identifier/HTTP URL specified"
WEBHOOK_IS_ON = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first"
)
OTHER_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
