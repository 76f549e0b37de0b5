"""Which words people use at all, so that strings of letters that are none mean nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dialogs.pack import Examples, Pack
from dialogs.understanding.shorthand import spell_out
from dialogs.understanding.words import Words, fold

STEM = 5  # letters by which a longer word is told, whatever its ending
SHORT = 3  # letters; shorter words tell nothing, as keys are often hit so
_WORD = re.compile(r"[a-zа-я]+")
# Single characters that nearly every sentence has; names sound like syllables without them.
_EVERYDAY_HAN = re.compile("[卖买做开搞弄想要找用我你有没不吗吧的]")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")


class Vocabulary:
    """The stems of the words, and the pairs of Han characters, of all that a pack gives as said."""

    def __init__(self, pack: Pack) -> None:
        self._known = set(_units("\n".join(map(fold, _texts_of(pack)))))

    def knows(self, words: Words) -> bool:
        """Whether anything in the message is known: a word of some length, a number, a pair."""
        if _EVERYDAY_HAN.search(words.low):
            return True
        units = list(_units(fold(spell_out(words.low))))
        return not units or words.digits or any(unit in self._known for unit in units)


def _units(low: str) -> Iterator[str]:
    for hit in _WORD.finditer(low):
        if len(hit.group()) >= SHORT:
            yield hit.group()[:STEM]
    for run in _HAN_RUN.finditer(low):
        yield from (run.group()[at : at + 2] for at in range(len(run.group()) - 1))


def _texts_of(pack: Pack) -> Iterator[str]:
    for examples in pack.examples.values():
        yield from _said(examples)
    for texts in pack.texts.values():
        yield from texts.values()
    yield from (f"{article.title} {article.text}" for article in pack.articles)


def _said(examples: Examples) -> Iterable[str]:
    for intent, sentences in examples.intents.items():
        if intent != "unclear":
            yield from sentences
    for told in (*examples.values.values(), *examples.statements.values()):
        for sentences in told.values():
            yield from sentences
