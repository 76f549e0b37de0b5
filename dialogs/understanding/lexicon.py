"""All names of slot values that the pack and the defaults list, ready to be found in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from rapidfuzz import fuzz

from dialogs.pack import Examples, Pack
from dialogs.understanding.names import Names
from dialogs.understanding.words import fold

_SMALL_WORD = re.compile(r"(?<![^\W_])[a-zà-ÿа-яё][^\W\d_A-ZА-ЯЁ]*(?![^\W_])")
# Likeness of a misspelt name of a paper, and letters of the name and of the word with the slip.
_SPELT, _PAPER_LEAST, _SLIP_LEAST = 82, 6, 4
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")

# What editions of these ids are called besides their names in the pack.
_EDITION_ALIASES: dict[str, tuple[str, ...]] = {
    "professional": (
        "professional", "pro", "prof", "profi", "专业版", "专业", "профессиональн*", "про", "проф",
        "профессионал", "profesional",
    ),
    "enterprise": (
        "enterprise", "ent", "enterpr", "企业版", "корпоративн*", "энтерпрайз*", "empresarial",
        "corporativa",
    ),
    "cluster": ("cluster", "集群版", "集群", "кластер*", "clúster", "клястер"),
}  # fmt: skip


class Lexicon:
    """Names by slot, from the examples of all languages; editions from the pack itself."""

    def __init__(self, pack: Pack) -> None:
        values: dict[str, dict[str, list[str]]] = {}
        for examples in pack.examples.values():
            for slot, listed in examples.values.items():
                _add(values.setdefault(slot, {}), listed)
        editions: dict[str, list[str]] = values.pop("edition", {})
        for edition in pack.editions:
            names = (edition.id, *edition.name.values(), *_EDITION_ALIASES.get(edition.id, ()))
            editions.setdefault(edition.id, []).extend(names)
        known = {edition.id for edition in pack.editions}
        self.editions = Names({key: names for key, names in editions.items() if key in known})
        self.edition_order = tuple(edition.id for edition in pack.editions)
        self.edition_words = _latin_words(
            {key: names for key, names in editions.items() if key in known}
        )
        self._slots = {slot: Names(names) for slot, names in values.items()}
        self._nothing = Names({})
        self.everyday = _everyday_words(pack)
        self._papers: dict[int, dict[tuple[str, ...], str]] = {}  # by how many words they have
        for kind, papers in values.get("doc_type", {}).items():
            for name in papers:
                if len(name) >= _PAPER_LEAST and name[:1] < "\u2e80" and name.count(" ") <= 1:
                    spelt = tuple(fold(name).rstrip("*").split())
                    self._papers.setdefault(len(spelt), {})[spelt] = kind

    def __getitem__(self, slot: str) -> Names:
        return self._slots.get(slot, self._nothing)

    def nearest_paper(self, text: str) -> str:
        """The kind of paper whose name has one word spelt nearly so, or an empty string."""
        words = text.split()
        if all(len(word) < _SLIP_LEAST or word in self.everyday for word in words):
            return ""
        for parts, kind in self._papers.get(len(words), {}).items():
            if len(words) == 2 and words[0] != parts[0] and words[1] != parts[1]:
                continue
            slips = [pair for pair in zip(words, parts, strict=True) if pair[0] != pair[1]]
            if len(slips) == 1 and self._is_slip(*slips[0]):
                return kind
        return ""

    def _is_slip(self, word: str, name: str) -> bool:
        if len(word) < _SLIP_LEAST or word in self.everyday or word.startswith(name):
            return False
        near = word[0] == name[0] and abs(len(word) - len(name)) <= 2
        return near and fuzz.ratio(word, name) >= _SPELT


def _everyday_words(pack: Pack) -> frozenset[str]:
    """Words that the examples write small: no names of places or people. Han by two characters."""
    words: set[str] = set()
    for sentence in _sentences(pack):
        words.update(fold(word) for word in _SMALL_WORD.findall(sentence))
        for run in _HAN_RUN.findall(sentence):
            words.update(run[place : place + 2] for place in range(len(run) - 1))
    return frozenset(words)


def _sentences(pack: Pack) -> Iterator[str]:
    for examples in pack.examples.values():
        for listed in (*examples.intents.values(), *_nested(examples)):
            yield from listed


def _nested(examples: Examples) -> Iterator[tuple[str, ...]]:
    for values in examples.statements.values():
        yield from values.values()


def _add(target: dict[str, list[str]], names: Mapping[str, Iterable[str]]) -> None:
    for value, listed in names.items():
        target.setdefault(value, []).extend(listed)


def _latin_words(editions: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Single words of edition names that are long enough to be recognised with a typo."""
    words = {}
    for edition, names in editions.items():
        for name in names:
            word = name.casefold().rstrip("*")
            if word.isalpha() and word < "\u2e80" and len(word) >= 7:
                words[word] = edition
    return words
