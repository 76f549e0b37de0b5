"""Intents and slots that a pack adds: told by names, and by what its examples mean.

What the pack's own sentences come near to is compared with what every other example comes near to,
so that a new intent takes nothing away from the built-in ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dialogs.pack import Pack
from dialogs.understanding.clauses import (
    is_question,
    is_within_question,
    size_of,
    split_clauses,
)
from dialogs.understanding.draft import Draft
from dialogs.understanding.encoder import Encoder, LetterCounts, Matrix
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.names import Found
from dialogs.understanding.negation import is_excluded
from dialogs.understanding.wishes import asks_us
from dialogs.understanding.words import fold

# Likeness from which an example is believed, on its own and as the answer to its own question.
CLOSE, CLOSE_IF_ASKED = 0.7, 0.42
AHEAD = 0.04  # by which it must be nearer than any example of something else
SIZE_LEAST = 2  # words of a part that is compared


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a sentence of the pack means: an intent, or a value of a slot."""

    intent: str = ""
    slot: str = ""
    value: str = ""


class OwnNames:
    """The own intents and slots of one pack. Without any, it looks at nothing."""

    def __init__(self, pack: Pack, lexicon: Lexicon, encoder: Encoder | None) -> None:
        self._intents = frozenset(intent.id for intent in pack.own_intents)
        self._choices = tuple(slot.id for slot in pack.own_slots if slot.kind == "choice")
        self._texts = frozenset(slot.id for slot in pack.own_slots if slot.kind == "text")
        self._lexicon = lexicon
        told = dict(_sentences_of(pack, self._intents, frozenset(self._choices)))
        self._meanings = tuple(told.values())
        self._exact = {_plain(sentence): meaning for sentence, meaning in told.items()}
        others = _other_sentences(pack, self._intents)
        self._encoder = encoder or LetterCounts([*told, *others])
        if told:
            self._own = self._encoder.encode(list(told))
            self._others = self._encoder.encode(others)

    def take(self, draft: Draft) -> None:
        """Adds what names and sentences of the pack tell; it is then explained."""
        unclear = set()
        for slot in self._choices:
            hits = self._names_of(draft, slot)
            draft.own.extend((hit.start, hit.end) for hit in hits)
            if len({hit.value for hit in hits}) == 1:
                draft.take(hits[0])
            elif hits:
                unclear.add(slot)  # several are named, and nobody knows which is meant
        if not self._meanings:
            return
        for start, end in split_clauses(draft.words):
            text = draft.words.text[start:end].strip()
            meaning, reason = self._look_up(draft, text)
            if meaning is None or meaning.slot in draft.slots or meaning.slot in unclear:
                continue
            if meaning.intent:
                draft.add(meaning.intent, reason)
                draft.used.append((start, end))
            elif not is_question(draft.words.low[start:end]):
                draft.take(Found(meaning.slot, meaning.value, start, end, reason))

    def keep(self, draft: Draft) -> None:
        """Keeps the words that answer a question for an own text, if nothing else is in them."""
        if draft.slot not in self._texts or draft.foreign:
            return
        if not draft.intents and not asks_us(draft.words.low):
            whole = draft.words.text
            draft.take(Found(draft.slot, whole, 0, len(whole), "kept as said"))

    def _names_of(self, draft: Draft, slot: str) -> list[Found]:
        """Every value of the slot that the message names."""
        low = draft.words.low
        return [
            Found(slot, value, start, end, "named")
            for value, start, end in self._lexicon[slot].find(low)
            if not is_excluded(low, start) and not is_within_question(draft.words, start)
        ]

    def _look_up(self, draft: Draft, text: str) -> tuple[_Meaning | None, str]:
        """What a part of the message means by the pack's own sentences, and why."""
        exact = self._exact.get(_plain(text))
        if exact is not None:
            return exact, "as in the examples"
        if size_of(text.lower()) < SIZE_LEAST:
            return None, ""
        vector = self._encoder.encode([text])[0]
        near = self._own @ vector
        asked = [
            at for at, each in enumerate(self._meanings) if each.slot and each.slot == draft.slot
        ]
        if asked and not is_question(text.lower()):
            meaning, close, rival = self._nearest(near, asked)
            if close >= CLOSE_IF_ASKED and close >= rival + AHEAD:
                return meaning, f"near an example of its answers, {close:.2f}"
        meaning, close, rival = self._nearest(near, range(len(self._meanings)))
        other = float((self._others @ vector).max()) if len(self._others) else 0.0
        if close < CLOSE or close < max(rival, other) + AHEAD:
            return None, ""
        return meaning, f"near an example of the pack, {close:.2f}"

    def _nearest(self, near: Matrix, places: Sequence[int]) -> tuple[_Meaning, float, float]:
        """The best meaning among those at these places, its likeness, and the next one's."""
        best = max(places, key=lambda at: float(near[at]))
        meaning = self._meanings[best]
        rival = max(
            (float(near[at]) for at in places if self._meanings[at] != meaning), default=0.0
        )
        return meaning, float(near[best]), rival


def _sentences_of(
    pack: Pack, intents: frozenset[str], slots: frozenset[str]
) -> Iterator[tuple[str, _Meaning]]:
    for examples in pack.examples.values():
        for intent in sorted(intents & examples.intents.keys()):
            yield from ((each, _Meaning(intent=intent)) for each in examples.intents[intent])
        for slot in sorted(slots & examples.statements.keys()):
            for value, told in examples.statements[slot].items():
                yield from ((each, _Meaning(slot=slot, value=value)) for each in told)


def _other_sentences(pack: Pack, intents: frozenset[str]) -> list[str]:
    return [
        sentence
        for examples in pack.examples.values()
        for intent, sentences in examples.intents.items()
        if intent not in intents
        for sentence in sentences
    ]


def _plain(sentence: str) -> str:
    return "".join(ch for ch in fold(sentence) if ch.isalnum())
