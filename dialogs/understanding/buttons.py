"""Words of the bot's own buttons, typed instead of pressed, in any language of the pack."""

from __future__ import annotations

import re

from dialogs.pack import Pack
from dialogs.types import Asked, Reading, Value
from dialogs.understanding.words import Words, fold

_ACTS = {
    "button.back": "go_back",
    "button.skip": "refuse",
    "button.person": "talk_to_human",
    "button.documents": "ask_document",
    "button.erase": "stop",
    "option.start.prices": "ask_price",
    "option.start.edition": "ask_feature",
    "option.start.documents": "ask_document",
    "option.start.person": "talk_to_human",
}
_ON_ITS_OWN = frozenset({
    "buyer_type", "ownership", "own_servers", "headcount", "department", "authority",
    "written_requirement", "timeline", "doc_type",
})  # fmt: skip
_OPTION = re.compile(r"option\.(\w+)\.(.+)")
# These answer a question and say nothing without it.
_NO_VALUES = frozenset({"dont_know", "help", "owner", "other"})
_TRUTH: dict[str, Value] = {"true": True, "false": False}


class Buttons:
    """What the labels of buttons mean: an act, or a value of a slot."""

    def __init__(self, pack: Pack) -> None:
        meant: dict[str, set[tuple[str, Value]]] = {}
        for texts in pack.texts.values():
            for key, label in texts.items():
                meaning = _meaning_of(key)
                if meaning is not None and "{" not in label:
                    meant.setdefault(_plain(label), set()).add(meaning)
        self._meant = {label: next(iter(one)) for label, one in meant.items() if len(one) == 1}

    def read(self, words: Words, asked: Asked | None, language: str) -> Reading | None:
        """The reading of a message that is one label; a value only if no question wants another."""
        meaning = self._meant.get(_plain(words.text))
        if meaning is None:
            return None
        name, value = meaning
        slots: dict[str, Value] = {}
        intent = name
        if name in _ON_ITS_OWN:
            if asked is not None:
                return None
            slots[name] = value
            intent = "ask_document" if name == "doc_type" else "provide_info"
        elif name == "refuse" and asked is None:
            return None  # with nothing open there is nothing to skip
        return Reading(
            text=words.text, language=language, intents=(intent,), slots=slots,
            quotes=dict.fromkeys(slots, words.text), why=(f"{intent}: the words of a button",),
        )  # fmt: skip


def _meaning_of(key: str) -> tuple[str, Value] | None:
    if key in _ACTS:
        return _ACTS[key], ""
    option = _OPTION.fullmatch(key)
    if option is None or option[1] not in _ON_ITS_OWN or option[2] in _NO_VALUES:
        return None
    return option[1], _TRUTH.get(option[2], option[2])


def _plain(text: str) -> str:
    return " ".join(fold(text).split()).rstrip(".!。！?？ ")
