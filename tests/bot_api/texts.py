"""Text as Telegram keeps it: parsed, trimmed, with the entities that it finds by itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from teremok.validation import ApiRuleViolation, validate_html

from .refusals import Refusal, bad

Json = dict[str, Any]
TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "span": "spoiler", "tg-spoiler": "spoiler", "a": "text_link", "code": "code", "pre": "pre",
    "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
FOUND = (
    ("url", re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\]]")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,}")),
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@.])@[A-Za-z]\w{3,31}")),
)


def count_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_text(text: str, mode: str | None, given: list[Json] | None) -> tuple[str, list[Json]]:
    """What the client shows. Raises Refusal 400 for bad markup and for entities out of bounds.

    Markdown is refused: no bot of this house sends it.
    """
    entities = list(given or [])
    if not entities and mode:
        if mode.upper() != "HTML":
            raise bad("unsupported parse_mode")
        text, entities = _read_html(text)
    _check_bounds(text, entities)
    text, entities = _trim(text, entities)
    return text, _sorted(entities + find_entities(text, entities))


def find_entities(text: str, taken: list[Json] | None = None) -> list[Json]:
    """Links, addresses, mentions and commands, where nothing else is marked."""
    busy = [(e["offset"], e["offset"] + e["length"]) for e in taken or []]
    found: list[Json] = []
    for kind, pattern in FOUND:
        for match in pattern.finditer(text):
            start = count_units(text[: match.start()])
            end = start + count_units(match.group())
            if all(end <= left or start >= right for left, right in busy):
                busy.append((start, end))
                found.append({"type": kind, "offset": start, "length": end - start})
    return _sorted(found)


def _sorted(entities: list[Json]) -> list[Json]:
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def _check_bounds(text: str, entities: list[Json]) -> None:
    units = text.encode("utf-16-le", "surrogatepass")
    total = len(units) // 2
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start < 0 or entity["length"] <= 0 or end > total:
            raise bad("ENTITY_BOUNDS_INVALID")
        for place, word in ((start, "begins"), (end, "ends")):
            # A low surrogate at this place: its first half lies before it.
            if place < total and 0xDC <= units[2 * place + 1] <= 0xDF:
                raise bad(f"entity {word} in a middle of a UTF-16 symbol at byte offset {place}")


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    kept = text.strip()
    before = count_units(text[: len(text) - len(text.lstrip())])
    total = count_units(kept)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - before)
        end = min(total, entity["offset"] + entity["length"] - before)
        if end > start:
            moved.append(entity | {"offset": start, "length": end - start})
    return kept, moved


def _read_html(text: str) -> tuple[str, list[Json]]:
    try:
        validate_html(text)
    except ApiRuleViolation as wrong:
        raise Refusal(400, wrong.description) from None
    reader = _Html()
    reader.feed(text)
    reader.close()
    return "".join(reader.pieces), reader.entities


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.open: list[Json] = []
        self.entities: list[Json] = []
        self.units = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        entity: Json = {"type": TAGS[tag], "offset": self.units}
        given = dict(attrs)
        if tag == "a":
            entity["url"] = given.get("href")
        if tag == "tg-emoji":
            entity["custom_emoji_id"] = given.get("emoji-id")
        self.open.append(entity)

    def handle_endtag(self, tag: str) -> None:
        entity = self.open.pop()
        length = self.units - entity["offset"]
        if length:
            self.entities.append(entity | {"length": length})

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
        self.units += count_units(data)
