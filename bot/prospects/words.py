"""Which language and which words the prospects' pages use."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection

from dialogs.pack import Pack
from dialogs.texts import Texts

LANGUAGE_NAMES = {"en": "English", "zh": "中文", "de": "Deutsch", "es": "Español", "ru": "Русский"}


def choose_language(pack: Pack, connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The pack's language that the address names or the browser prefers, else its first."""
    asked = connection.query_params.get("language", "")
    header = connection.headers.get("accept-language", "")[:500]
    accepted = [part.split(";")[0].strip().lower() for part in header.split(",")]
    for wanted in (str(asked).lower(), *accepted):
        code = wanted.split("-")[0]
        if code in pack.languages:
            return code
    return pack.languages[0]


def say_all(texts: Texts, language: str, *prefixes: str) -> dict[str, str]:
    """Every text of the language whose key begins with one of the prefixes, made ready."""
    keys = texts.pack.texts.get(language, {})
    return {key: texts.say(language, key) for key in keys if key.startswith(prefixes)}
