"""What the widget's protocol answers when it cannot do as asked: a status, a word, a sentence."""

from __future__ import annotations

import math
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, InternalServerException

from bot.logs import describe_error, get_logger
from bot.prospects.words import choose_language
from bot.web.deps import Deps
from storage.errors import StorageError

STATUS = {
    "invalid": 422, "empty": 422, "too_long": 413, "too_large": 413, "too_many_files": 422,
    "not_json": 415, "token": 401, "unknown_conversation": 404, "not_found": 404, "method": 405,
    "no_telegram": 404,
    "origin": 403, "other_body": 409, "erased": 410, "too_many": 429, "busy": 429,
    "unavailable": 503, "internal": 500, "file_too_big": 413, "file_not_stored": 503,
}  # fmt: skip
_BY_STATUS = {
    400: "invalid", 401: "token", 403: "origin", 404: "not_found", 405: "method",
    413: "too_large", 415: "not_json", 429: "too_many",
}  # fmt: skip
_LEFT = "client disconnected prematurely"  # the framework has no class of its own for it
# Seconds, where nothing better is known.
WAIT = {"too_many": 2, "busy": 2, "unavailable": 5, "file_not_stored": 5}


class ProblemShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """`error` is the code to act on, `text` a sentence to show, `retry_after` is in seconds."""

    error: str
    text: str
    retry_after: int = 0


class ProblemError(Exception):
    """A refusal. `code` is a key of STATUS; `wait` is the seconds after which to try again."""

    def __init__(self, code: str, *, language: str = "", wait: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.language = language
        self.wait = wait


def from_key(key: str, language: str) -> ProblemError:
    """The refusal that a text key of intake (`error.<code>`) means."""
    return ProblemError(key.removeprefix("error."), language=language)


def has_left(error: Exception) -> bool:
    """Whether the client went away in the middle of its request, which is no fault of ours."""
    return isinstance(error, InternalServerException) and error.detail == _LEFT


class Answerer:
    """Turns every failure of a route of the protocol into the same kind of answer."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def problem(self, request: Request[Any, Any, Any], error: ProblemError) -> Response[Any]:
        return self._answer(request, error)

    def http(self, request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
        """What the framework refused: a bad body, an unknown path, too many bytes."""
        code = _BY_STATUS.get(error.status_code, "invalid" if error.status_code < 500 else "")
        if not code:
            return self.fault(request, error)
        return self._answer(request, ProblemError(code))

    def fault(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        """A fault of ours: logged by its place, told without any detail."""
        if has_left(error):
            return self._answer(request, ProblemError("invalid"))
        get_logger().error("request_failed", method=request.method, **describe_error(error))
        code = "unavailable" if isinstance(error, StorageError) else "internal"
        return self._answer(request, ProblemError(code))

    def _answer(self, request: Request[Any, Any, Any], error: ProblemError) -> Response[Any]:
        language = error.language or choose_language(self._deps.pack, request)
        wait = math.ceil(error.wait) or WAIT.get(error.code, 0)
        shown = ProblemShown(error.code, self.say(language, error.code), wait)
        headers = {"Cache-Control": "no-store"}
        if wait:
            headers["Retry-After"] = str(wait)
        return Response(
            shown,
            status_code=STATUS.get(error.code, 422),
            media_type=MediaType.JSON,
            headers=headers,
        )

    def say(self, language: str, code: str) -> str:
        """The sentence of a code, with the limits that it may name."""
        texts, settings = self._deps.texts, self._deps.settings
        keys = (f"widget.error.{code}", f"error.{code}", "widget.error.invalid")
        key = next(key for key in keys if texts.has(language, key))
        return texts.say(
            language,
            key,
            characters=settings.message_max_chars,
            megabytes=max(1, settings.file_max_bytes // 1_000_000),
            files=settings.files_per_conversation,
        )
