"""Takes bots' tokens out of what is written. The Bot API's addresses hold them, and so may any text
that a library makes of a failed call."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Sequence
from typing import Any

HIDDEN = "[token]"
# Digits, a colon (in an address perhaps as %3A), and 35 characters or more.
_TOKEN = re.compile(r"[0-9]+(?::|%3[Aa])[A-Za-z0-9_-]{35,}")
_SECRET_PART = 16  # characters of a token's second half that tell nothing else


class Redaction(logging.Filter):
    """As a filter of a log handler it cleans records: message, arguments and traceback."""

    def __init__(self, tokens: Sequence[str] = ()) -> None:
        super().__init__()
        parts = {part for token in tokens for part in (token, token.partition(":")[2])}
        known = sorted((part for part in parts if len(part) >= _SECRET_PART), key=len)[::-1]
        self._known = re.compile("|".join(map(re.escape, known))) if known else None
        # A short token, as tests and a Bot API of one's own may have, is only hidden as a whole.
        self._short = [token for token in tokens if token and token not in known]

    def clean(self, text: str) -> str:
        """The text with every token replaced."""
        text = _TOKEN.sub(HIDDEN, text)
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for token in self._short:
            text = text.replace(token, HIDDEN)
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._clean_value(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(self._clean_value(each) for each in record.args)
        elif record.args:
            record.args = {key: self._clean_value(each) for key, each in record.args.items()}
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = self.clean("".join(traceback.format_exception(record.exc_info[1])))
        elif record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        if record.stack_info:
            record.stack_info = self.clean(record.stack_info)
        return True

    def _clean_value(self, value: Any) -> Any:
        """The value itself, unless what it would be written as holds a token."""
        if value is None or isinstance(value, int | float):
            return value
        text = str(value)
        cleaned = self.clean(text)
        return value if cleaned == text else cleaned
