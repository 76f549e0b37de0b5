"""The files of an overlay as text: examples and articles put together, taken back, cleaned."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from typing import Any

import yaml

from dialogs.types import Struct

ARTICLE = "knowledge/{language}/{id}.md"
EXAMPLES = "examples/{language}.yaml"
_PATH = re.compile(
    r"knowledge/[a-z]{2}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.md|examples/[a-z]{2}\.yaml|"
    r"texts/[a-z]{2}\.yaml|prices\.csv|replies\.yaml|documents/index\.yaml|"
    r"documents/[a-z0-9][a-z0-9-]{0,99}\.(?:md|pdf)"
)
_OF_PROSPECTS = ("knowledge/", "examples/")  # where words of a prospect may stand
_MERGED = (*_OF_PROSPECTS, "texts/", "replies.yaml", "documents/index.yaml")
_RULE = "---\n"
_SINGLE = re.compile(r"[^\W_\U00010000-\U0010ffff]+")  # letters that YAML writes as they are


class NewExample(Struct):
    """A sentence that means an intent, or with `slot` one that states a value of a slot.

    `conversation`: the one in which a prospect wrote it; "" for words of our own.
    """

    language: str
    sentence: str
    intent: str = ""
    slot: str = ""
    value: str = ""
    conversation: str = ""


class NewArticle(Struct):
    """An article. An id "" is made up; one that is there already is replaced.

    `asked` holds those of the questions that are a prospect's own words, in `conversation`.
    """

    language: str
    title: str
    questions: tuple[str, ...]
    text: str
    id: str = ""
    public: bool = True
    edition: str = ""
    conversation: str = ""
    asked: tuple[str, ...] = ()


def may_be_edited(path: str) -> bool:
    """Articles, examples, texts, canned replies, prices and papers are written by staff."""
    return _PATH.fullmatch(path) is not None


def to_bytes(path: str, text: str) -> bytes:
    """The file as it lies in a pack; what is no text is kept as base64."""
    return base64.b64decode(text) if path.endswith(".pdf") else text.encode()


def to_text(path: str, content: bytes) -> str:
    """The file as an edit keeps it. UnicodeDecodeError where it should be text and is none."""
    if path.endswith(".pdf"):
        return base64.b64encode(content).decode()
    return content.decode()


def may_hold_words(path: str) -> bool:
    """Whether words of a prospect can have been taken over into this file."""
    return path.startswith(_OF_PROSPECTS)


def one_line(text: str) -> str:
    return " ".join(text.split())


def with_example(former: str | None, new: NewExample) -> str:
    """The examples file with the sentence in it. ValueError if the file is no YAML map."""
    top = _read_map(former or "")
    if new.slot:
        at: Any = top.setdefault("statements", {}).setdefault(new.slot, {})
        key = new.value
    else:
        at, key = top.setdefault("intents", {}), new.intent
    sentence = one_line(new.sentence)
    listed = at.setdefault(key, [])
    if sentence not in listed:
        listed.append(sentence)
    return _write(top)


def with_text(former: str | None, key: str, words: str) -> str | None:
    """The texts file with these words under the key; with "" the inherited ones count again.

    None for a file that is empty by that. ValueError if the file is no YAML map.
    """
    top = _read_map(former or "")
    top.pop(key, None)
    if words:
        top[key] = words
    return _write(top) if top else None


def with_entry(former: str | None, key: str, entry: Mapping[str, Any]) -> str:
    """The file with this entry in the list under the key, in place of the one of its id.

    ValueError if the file is no YAML map.
    """
    top = _read_map(former or "")
    kept = [each for each in top.get(key, []) if each.get("id") != entry["id"]]
    return _write({**top, key: [*kept, dict(entry)]})


def write_article(new: NewArticle, name: str) -> str:
    """The article's file; `name` is its id."""
    head: dict[str, Any] = {"id": name, "title": one_line(new.title)}
    if questions := [cut for each in new.questions if (cut := one_line(each))]:
        head["questions"] = questions
    head["visibility"] = "public" if new.public else "internal"
    if new.edition:
        head["edition"] = new.edition
    return f"{_RULE}{_write(head)}{_RULE}{new.text.strip()}\n"


def take_back(path: str, before: str | None, after: str | None, now: str | None) -> str | None:
    """What a file is now without the change from `before` to `after`.

    What was changed since stays, as far as it is another entry of a YAML map. ValueError where
    the two cannot be told apart.
    """
    if now == after:
        return before
    if before == now:
        return now  # it was taken back already
    if now is None or now.startswith(_RULE) or not path.startswith(_MERGED):
        raise ValueError("changed since")
    left = _without_change(_read_map(before or ""), _read_map(after or ""), _read_map(now))
    return _write(left) if left else None


def without_words(text: str, words: Collection[str]) -> str:
    """The file without list entries that are exactly these words."""
    if not any(_may_hold(text, word) for word in words):
        return text
    head, body = _split(text)
    top = _read_map(head)
    cleaned = _drop(top, words) if body is None else _named_anew(_drop(top, words), words)
    if cleaned == top:
        return text
    return f"{_RULE}{_write(cleaned)}{_RULE}{body}" if body is not None else _write(cleaned)


def _named_anew(head: dict[str, Any], words: Collection[str]) -> dict[str, Any]:
    """An article's head that lacks nothing: its id stands in for a title that is these words, and
    the title for questions that are gone."""
    title = head.get("title", "")
    named = {**head, "title": head.get("id", "") if title in words else title}
    return {**named, "questions": head.get("questions") or [named["title"]]}


def _may_hold(text: str, words: str) -> bool:
    """Quotes, escapes and folded lines hide the whole from a plain search, but no single word."""
    single = max(_SINGLE.findall(words), key=len, default="")
    return single in text


def _split(text: str) -> tuple[str, str | None]:
    """The YAML of a file, and an article's body."""
    if not text.startswith(_RULE):
        return text, None
    head, _, body = text.removeprefix(_RULE).partition("\n" + _RULE)
    return head, body


def _drop(part: Any, words: Collection[str]) -> Any:
    if isinstance(part, list):
        return [each for each in part if not (isinstance(each, str) and each.strip() in words)]
    if not isinstance(part, dict):
        return part
    kept = {key: _drop(inner, words) for key, inner in part.items()}
    return {key: inner for key, inner in kept.items() if inner not in ([], {})}


def _without_change(before: Any, after: Any, now: Any) -> Any:
    """`now` without what `after` added to `before`, and with what it took away."""
    if isinstance(now, dict) and isinstance(after, dict) and isinstance(before, dict):
        return _maps_without_change(before, after, now)
    if isinstance(now, list) and isinstance(after, list):
        old = before if isinstance(before, list) else []
        kept = [each for each in now if each not in after or each in old]
        return kept + [each for each in old if each not in after and each not in kept]
    if now == after:
        return before
    if before == after:
        return now
    raise ValueError("changed since")


def _maps_without_change(
    before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in dict.fromkeys((*now, *before)):
        if before.get(key) == after.get(key):
            left = now.get(key)
        elif key in now and isinstance(now[key], dict | list):
            empty: Any = type(now[key])()
            left = _without_change(before.get(key, empty), after.get(key, empty), now[key])
        else:
            left = _without_change(before.get(key), after.get(key), now.get(key))
        if left is not None and left not in ([], {}):
            found[key] = left
    return found


def _read_map(text: str) -> dict[str, Any]:
    try:
        top = yaml.load(text, Loader=_Words) if text.strip() else {}  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise ValueError("no YAML") from error
    if not isinstance(top, dict):
        raise ValueError("no map")
    return top


def _write(top: Mapping[str, Any]) -> str:
    """YAML with every word as it is; what would read as anything else is put in quotes."""
    return yaml.dump(
        dict(top), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=1_000
    )


class _Words(yaml.CSafeLoader):
    """Takes every scalar as its words: `10` and `true` stay what they are in the file."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}
