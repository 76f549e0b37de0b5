"""YAML with line numbers: maps and lists that report what is missing, wrong or unknown.

Scalars keep the words of the file, so that `version: 1.10` stays "1.10" and a date stays text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

import msgspec
import yaml

from dialogs.folder.problems import (
    Findings,
    Kind,
    Place,
    Problem,
    inside,
    named,
    numbered,
    problem,
    suggest,
    write,
)
from dialogs.folder.wording import Given, Phrase, phrase
from dialogs.types import Value

T = TypeVar("T")
_BOOL = "tag:yaml.org,2002:bool"
_INT = "tag:yaml.org,2002:int"
_NULL = "tag:yaml.org,2002:null"


class Leaf:
    """One scalar of a file."""

    def __init__(self, node: yaml.ScalarNode, place: Place) -> None:
        self.place = place
        self.text: str = "" if node.tag == _NULL else node.value
        self.null = node.tag == _NULL
        self.flag: bool | None = None
        if node.tag == _BOOL:
            self.flag = node.value.lower() in ("true", "yes", "on")
        self.number: int | None = _whole(node.value) if node.tag == _INT else None

    @property
    def value(self) -> Value | int:
        """true/false as bool, whole numbers as int, all else as text."""
        if self.flag is not None:
            return self.flag
        return self.text if self.number is None else self.number


class Branch:
    """A map of a file. Every key that is read counts as known; `close` reports the others."""

    def __init__(self, findings: Findings, place: Place) -> None:
        self.findings = findings
        self.place = place
        self.part: Phrase | None = None  # what it is called; None for the whole file
        self._parts: dict[str, Part] = {}
        self._lines: dict[str, int] = {}
        self._known: set[str] = set()

    def add(self, key: Leaf, part: Part) -> None:
        if key.text in self._parts:
            line = self._lines[key.text]
            keep = phrase("do.keep_one")
            self.findings.report(key.place, "key_twice", keep, key=key.text, line=line)
            return
        self._parts[key.text] = part
        self._lines[key.text] = key.place.line

    def at(self, key: str) -> Place:
        return Place(file=self.place.file, line=self._lines.get(key, self.place.line))

    def has(self, key: str) -> bool:
        return key in self._parts

    def names(self) -> tuple[str, ...]:
        return tuple(self._parts)

    def items(self) -> Iterator[tuple[str, Part]]:
        """All entries of a free map; all its keys count as known."""
        self._known.update(self._parts)
        return iter(self._parts.items())

    def get(self, key: str) -> Part | None:
        self._known.add(key)
        return self._parts.get(key)

    def call(self, kind: Kind, name: str) -> None:
        """From now on problems name the part so: edition `basic`."""
        self.part = named(kind, name)

    def wrong(self, at: str, key: str, cure: Phrase | None = None, /, **values: Given) -> None:
        """Reports a mistake in the line of the key `at`; what follows, as `problem` takes it."""
        self._tell(problem(self.at(at), key, cure, **values))

    def warn(self, place: Place, key: str, cure: Phrase | None = None, /, **values: Given) -> None:
        found = problem(place, key, cure, **values)
        self._tell(msgspec.structs.replace(found, warning=True))

    def _tell(self, found: Problem) -> None:
        if self.part is not None:
            fault = phrase("within", part=self.part, fault=found.fault)
            found = msgspec.structs.replace(found, fault=fault)
        self.findings.problems.append(found)

    def text(self, key: str, default: str | None = None) -> str:
        """The words of a scalar; without a default the key must be there and not be empty."""
        part = self.get(key)
        if isinstance(part, Leaf) and (part.text or default is not None):
            if part.flag is not None:
                self.wrong(key, "flag_word", phrase("do.quotes"), key=key)
            return part.text
        if part is None and default is not None:
            return default
        fault = "key_missing" if part is None else "key_empty"
        self.wrong(key, fault, write(f"{key}: …"), key=key)
        return default or ""

    def word(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """A text out of a closed set."""
        word = self.text(key, default)
        if word and word != default and word not in allowed:
            self.wrong(key, "cannot_be", suggest(word, allowed), key=key, value=word)
        return word

    def flag(self, key: str, default: bool = False) -> bool:
        part = self.get(key)
        if part is None:
            return default
        if isinstance(part, Leaf) and part.flag is not None:
            return part.flag
        self.wrong(key, "not_flag", key=key)
        return default

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number, 0 or more."""
        part = self.get(key)
        if part is None and default is not None:
            return default
        if isinstance(part, Leaf) and part.number is not None and part.number >= 0:
            return part.number
        self.wrong(key, "not_number", key=key)
        return default or 0

    def words(self, key: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of texts; () if the key is absent."""
        part = self.get(key)
        if part is None or (isinstance(part, Leaf) and part.null):
            return ()
        if not isinstance(part, list):
            self.wrong(key, "not_list", write(f"{key}: [one, two]"), key=key)
            return ()
        found = [leaf for leaf in part if isinstance(leaf, Leaf)]
        if len(found) != len(part):
            self.wrong(key, "not_words", write(f"{key}: [one, two]"), key=key)
        for leaf in found:
            if allowed is not None and leaf.text not in allowed:
                near = suggest(leaf.text, allowed)
                self._tell(problem(leaf.place, "cannot_hold", near, key=key, value=leaf.text))
        return tuple(leaf.text for leaf in found)

    def branch(self, key: str) -> Branch | None:
        """The map under a key; None if absent."""
        part = self.get(key)
        if part is None or (isinstance(part, Leaf) and part.null):
            return None
        if isinstance(part, Branch):
            part.part = inside(self.part, phrase("part.key", key=key))
            return part
        self.wrong(key, "not_map", key=key)
        return None

    def branches(self, key: str, kind: Kind) -> list[Branch]:
        """The list of maps under a key; [] if absent."""
        part = self.get(key)
        if part is None or (isinstance(part, Leaf) and part.null):
            return []
        if not isinstance(part, list) or not all(isinstance(p, Branch) for p in part):
            self.wrong(key, "not_maps", key=key)
        found = [p for p in part if isinstance(p, Branch)] if isinstance(part, list) else []
        for number, branch in enumerate(found, 1):
            branch.part = inside(self.part, numbered(kind, number))
        return found

    def by_language(
        self, key: str, languages: Collection[str], *, plain: bool = False
    ) -> dict[str, str]:
        """A text per language. `plain`: one text alone counts for every language."""
        part = self.get(key)
        if plain and isinstance(part, Leaf) and part.text:
            return dict.fromkeys(languages, part.text)
        found = self.per_language(key, languages, _words)
        return {language: text for language, text in found.items() if text}

    def per_language(
        self, key: str, languages: Collection[str], read: Callable[[Part], T | None]
    ) -> dict[str, T]:
        """A value per language as `read` makes it (None: not of the right form)."""
        part = self.get(key)
        if not isinstance(part, Branch):
            shape = ", ".join(f"{language}: …" for language in languages)
            fault = "key_missing" if part is None else "not_by_language"
            self.wrong(key, fault, write(f"{key}: {{{shape}}}"), key=key)
            return {}
        found: dict[str, T] = {}
        for language, inner in part.items():
            value = read(inner)
            if value:
                found[language] = value
            if language not in languages:
                self.warn(part.at(language), "language_unspoken", key=key, language=language)
        for language in languages:
            if language not in found:
                self.wrong(key, "missing_in", key=key, language=language)
        return found

    def close(self) -> None:
        """Reports every key that nobody read."""
        for key in self._parts:
            if key not in self._known:
                self.wrong(key, "unknown_key", suggest(key, sorted(self._known)), key=key)


Part = Leaf | Branch | list["Part"]


def _whole(text: str) -> int | None:
    try:
        return int(text.replace("_", "")) if ":" not in text else None
    except ValueError:
        return None


def _words(part: Part) -> str | None:
    return part.text if isinstance(part, Leaf) else None


def read_yaml(text: str, file: str, findings: Findings, first_line: int = 1) -> Branch | None:
    """The map that a YAML text holds (empty text: empty map); None, with a problem, if none."""
    top = Place(file=file, line=first_line)
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        said = str(getattr(error, "problem", None) or error)
        findings.report(_place_of(error, file, first_line), "not_yaml", said=said)
        return None
    if node is None:
        return Branch(findings, top)
    part = _Builder(file, findings, first_line).build(node)
    if isinstance(part, Branch):
        return part
    findings.report(top, "file_not_map", phrase("do.write_lines"))
    return None


def _place_of(error: yaml.YAMLError, file: str, first_line: int) -> Place:
    mark = getattr(error, "problem_mark", None)
    return Place(file=file, line=mark.line + first_line if mark else first_line)


class _Builder:
    def __init__(self, file: str, findings: Findings, first_line: int) -> None:
        self._file = file
        self._findings = findings
        self._first_line = first_line
        self._seen: set[int] = set()

    def build(self, node: yaml.Node) -> Part:
        place = self._place(node)
        if isinstance(node, yaml.ScalarNode):
            return self._leaf(node, place)
        if id(node) in self._seen:  # a nested chain of aliases could grow without end
            self._findings.report(place, "alias")
            return Branch(self._findings, place)
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child) for child in node.value]
        return self._branch(node, place)

    def _place(self, node: yaml.Node) -> Place:
        return Place(file=self._file, line=node.start_mark.line + self._first_line)

    def _leaf(self, node: yaml.ScalarNode, place: Place) -> Leaf:
        if node.tag == _BOOL and node.value.lower() not in ("true", "false"):
            self._findings.report(place, "unquoted", word=node.value)
        return Leaf(node, place)

    def _branch(self, node: yaml.Node, place: Place) -> Branch:
        branch = Branch(self._findings, place)
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                branch.add(self._leaf(key, self._place(key)), self.build(value))
            else:
                self._findings.report(self._place(key), "key_not_word", phrase("do.write_lines"))
        return branch
