"""What is wrong in a pack: file, line, message, remedy; all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from difflib import get_close_matches
from typing import Literal

import msgspec

from dialogs.folder.wording import ENGLISH, Given, Phrase, phrase, say_inherited, tell
from dialogs.types import Struct

# What the parts of a pack are called; each is a text `problem.kind.<kind>`.
Kind = Literal[
    "article", "condition", "document", "edition", "intent", "option", "person", "person_or_team",
    "question", "reply", "route", "rule", "segment", "slot", "topic",
]  # fmt: skip


class Place(Struct):
    file: str
    line: int


class Problem(Struct):
    """One mistake, in no language yet. `line` counts from 1; 0 stands for the file as a whole."""

    file: str  # path below the pack's folder
    line: int
    fault: Phrase
    cure: Phrase
    warning: bool = False  # a warning does not stop a start

    @property
    def message(self) -> str:
        """What is wrong, in English: for logs and terminals."""
        return tell(self.fault, say_inherited(ENGLISH))

    @property
    def remedy(self) -> str:
        """What to do, in English."""
        return tell(self.cure, say_inherited(ENGLISH))


class PackError(Exception):
    """The pack cannot be used; `problems` holds every mistake found, warnings too."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(render(problems))


def problem(place: Place, key: str, cure: Phrase | None = None, /, **values: Given) -> Problem:
    """A mistake of this key. Its cure is the text `<key>.do` of the same values unless given."""
    fault, do = phrase(key, **values), cure or phrase(f"{key}.do", **values)
    return Problem(file=place.file, line=place.line, fault=fault, cure=do)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, by file and line; those of one line as they were found."""
    return sorted(dict.fromkeys(problems), key=lambda each: (each.file, each.line))


def render(problems: Sequence[Problem], language: str = ENGLISH) -> str:
    """The problems as text, one paragraph each, in the order of files and lines; "" for none."""
    lines, say = [], say_inherited(language)
    for each in in_order(problems):
        place = f"{each.file}:{each.line}" if each.line else each.file
        kind = say("problem.warning" if each.warning else "problem.error")
        lines.append(f"{place}: {kind}: {tell(each.fault, say)}\n    {tell(each.cure, say)}")
    return "\n".join(lines)


class Findings:
    """Collects problems, and remembers where each named part of the pack stands."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        # Names that the pack itself declares; known before anything that may use them is read.
        self.own_intents: Set[str] = frozenset()
        self.own_slots: Mapping[str, tuple[str, ...]] = {}
        self._places: dict[str, Place] = {}
        self._mentions: list[tuple[Kind, str, Place]] = []

    def report(
        self, place: Place, key: str, cure: Phrase | None = None, /, **values: Given
    ) -> None:
        """Notes a mistake; key, cure and values as `problem` takes them."""
        self.problems.append(problem(place, key, cure, **values))

    def warn(self, place: Place, key: str, cure: Phrase | None = None, /, **values: Given) -> None:
        found = problem(place, key, cure, **values)
        self.problems.append(msgspec.structs.replace(found, warning=True))

    def mark(self, part: str, place: Place) -> None:
        """Remembers the place of a part such as "edition/basic"; the first one stays."""
        self._places.setdefault(part, place)

    def declare(self, kind: Kind, name: str, place: Place, within: str = "") -> None:
        """Marks a part whose name must be the only one of its kind (`within`: of those there)."""
        part = f"{kind}/{within}/{name}" if within else f"{kind}/{name}"
        first = self._places.get(part)
        if first is not None:
            where = f"{first.file}:{first.line}"
            self.report(place, "part_twice", part=named(kind, name), where=where)
        self.mark(part, place)

    def mention(self, kind: Kind, name: str, place: Place) -> None:
        """Notes that a part is named somewhere, before it is known whether there is one."""
        if name:
            self._mentions.append((kind, name, place))

    def look_up_mentions(self, kind: Kind, names: Iterable[str]) -> None:
        """Reports every mention of the kind that names none of these."""
        known = list(names)
        for mentioned, name, place in self._mentions:
            if mentioned == kind and name not in known:
                self.report(place, "no_such_part", suggest(name, known), part=named(kind, name))

    def place(self, part: str, file: str = "") -> Place:
        """Where the part stands; the file as a whole if it was never marked."""
        return self._places.get(part) or Place(file=file, line=0)


def named(kind: Kind, name: str) -> Phrase:
    """A part of the pack by its name: edition `basic`."""
    return phrase("part.named", kind=phrase(f"kind.{kind}"), name=name)


def numbered(kind: Kind, number: int) -> Phrase:
    """A part that has no name yet: edition 3."""
    return phrase("part.numbered", kind=phrase(f"kind.{kind}"), n=number)


def inside(whole: Phrase | None, part: Phrase) -> Phrase:
    """A part of a part; without a whole the part alone."""
    return part if whole is None else phrase("part.inside", whole=whole, part=part)


def write(words: str) -> Phrase:
    """A remedy: these words of YAML are what should stand there."""
    return phrase("do.write", words=words)


def add(words: str) -> Phrase:
    """A remedy: these words of YAML are missing."""
    return phrase("do.add", words=words)


def suggest(word: str, allowed: Iterable[str]) -> Phrase:
    """A remedy for a word outside a closed set: the nearest one, else the whole set."""
    names = list(dict.fromkeys(allowed))
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return phrase("do.did_you_mean", name=near[0])
    if not names:
        return phrase("do.nothing_allowed")
    shown = ", ".join(names[:24]) + (", …" if len(names) > 24 else "")
    return phrase("do.use_one_of", names=shown)
