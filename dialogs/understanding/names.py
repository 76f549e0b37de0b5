"""Finding the names of slot values (departments, kinds of paper, ...) that packs and defaults list.

A name matches whole words; Han text has no spaces, so there a name matches anywhere. A name that
ends in `*` matches any ending, which is how one entry covers the forms of a Russian word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dialogs.understanding.words import fold

_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Found:
    """A value read from a stretch of the message, and the rule that read it."""

    slot: str
    value: str | bool
    start: int
    end: int
    rule: str


Trie = dict[str, "Trie"]


def _trie(names: Iterable[str]) -> Trie:
    root: Trie = {}
    for name in names:
        node = root
        for ch in name:
            node = node.setdefault(ch, {})
        node[""] = {}
    return root


def _pattern(node: Trie) -> str:
    """The trie as a regular expression that tries longer names first."""
    branches = []
    for ch, below in node.items():
        if not ch:
            continue
        # Spaces and hyphens are typed in any way; the asterisk stands for any ending.
        head = {" ": r"[\s\-_]*", "*": r"[^\W\u3400-\u9fff]*"}.get(ch, re.escape(ch))
        branches.append(head + _pattern(below))
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"
    return f"(?:{body})?" if "" in node else body


def one_of(names: Iterable[str]) -> str:
    """A regular expression for any of the folded names, whole words unless Han."""
    plain = sorted({fold(name).replace("-", " ").replace("_", " ") for name in names})
    han = [name for name in plain if _HAN.search(name)]
    spaced = [name for name in plain if not _HAN.search(name)]
    parts = []
    if spaced:
        parts.append(
            r"(?<![^\W_\u3400-\u9fff])" + _pattern(_trie(spaced)) + r"(?![^\W_\u3400-\u9fff])"
        )
    if han:
        parts.append(_pattern(_trie(han)))
    return "(?:" + "|".join(parts) + ")" if parts else r"(?!)"


class Names:
    """Names of the values of one slot. `find` gives (value, start, end), longest name first."""

    def __init__(self, values: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, str] = {}
        self._stems: list[tuple[re.Pattern[str], str]] = []
        every: list[str] = []
        for value, names in values.items():
            for name in names:
                key = _key(fold(name))
                every.append(name)
                if "*" in key:
                    stem = re.escape(key).replace(r"\*", r"\w*")
                    self._stems.append((re.compile(stem), value))
                else:
                    self._exact.setdefault(key, value)
        self._stems.sort(key=lambda stem: -len(stem[0].pattern))
        self.pattern = one_of(every)
        self._search = re.compile(self.pattern)

    def find(self, low: str) -> list[tuple[str, int, int]]:
        found = []
        for hit in self._search.finditer(low):
            value = self.value(hit.group())
            if value and hit.end() > hit.start():
                found.append((value, hit.start(), hit.end()))
        return found

    def value(self, name: str) -> str:
        """The value that a folded name stands for, or an empty string."""
        key = _key(name)
        value = self._exact.get(key)
        if value is not None:
            return value
        return next((value for stem, value in self._stems if stem.fullmatch(key)), "")


def _key(name: str) -> str:
    return re.sub(r"[\s\-_]+", "", name)
