"""What is wrong in a pack: file, line, message, remedy; all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from difflib import get_close_matches

from dialogs.types import Struct


class Problem(Struct, order=True):
    """One mistake. `line` counts from 1; 0 stands for the file as a whole."""

    file: str  # path below the pack's folder
    line: int
    message: str
    remedy: str
    warning: bool = False  # a warning does not stop a start


class PackError(Exception):
    """The pack cannot be used; `problems` holds every mistake found, warnings too."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(render(problems))


def render(problems: Sequence[Problem]) -> str:
    """The problems as text, one paragraph each, in the order of files and lines; "" for none."""
    lines = []
    for problem in sorted(problems):
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        kind = "warning" if problem.warning else "error"
        lines.append(f"{place}: {kind}: {problem.message}\n    {problem.remedy}")
    return "\n".join(lines)


class Place(Struct):
    file: str
    line: int


class Findings:
    """Collects problems, and remembers where each named part of the pack stands."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        # Names that the pack itself declares; known before anything that may use them is read.
        self.own_intents: Set[str] = frozenset()
        self.own_slots: Mapping[str, tuple[str, ...]] = {}
        self._places: dict[str, Place] = {}
        self._mentions: list[tuple[str, str, Place]] = []

    def report(self, place: Place, message: str, remedy: str) -> None:
        self.problems.append(
            Problem(file=place.file, line=place.line, message=message, remedy=remedy)
        )

    def warn(self, place: Place, message: str, remedy: str) -> None:
        self.problems.append(
            Problem(file=place.file, line=place.line, message=message, remedy=remedy, warning=True)
        )

    def mark(self, part: str, place: Place) -> None:
        """Remembers the place of a part such as "edition/basic"; the first one stays."""
        self._places.setdefault(part, place)

    def declare(self, kind: str, name: str, place: Place) -> None:
        """Marks a part whose name must be the only one of its kind."""
        first = self._places.get(f"{kind}/{name}")
        if first is not None:
            where = f"{first.file}:{first.line}"
            self.report(
                place,
                f"{kind.split('/')[0]} `{name}` stands twice (first at {where})",
                "rename or remove one of the two",
            )
        self.mark(f"{kind}/{name}", place)

    def mention(self, kind: str, name: str, place: Place) -> None:
        """Notes that a part is named somewhere, before it is known whether there is one."""
        if name:
            self._mentions.append((kind, name, place))

    def look_up_mentions(self, kind: str, names: Iterable[str]) -> None:
        """Reports every mention of the kind that names none of these."""
        known = list(names)
        for mentioned, name, place in self._mentions:
            if mentioned == kind and name not in known:
                self.report(place, f"there is no {kind} `{name}`", suggest(name, known))

    def place(self, part: str, file: str = "") -> Place:
        """Where the part stands; the file as a whole if it was never marked."""
        return self._places.get(part) or Place(file=file, line=0)

    @property
    def errors(self) -> list[Problem]:
        return [p for p in self.problems if not p.warning]


def suggest(word: str, allowed: Iterable[str]) -> str:
    """A remedy for a word outside a closed set: the nearest one, else the whole set."""
    names = list(dict.fromkeys(allowed))
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if not names:
        return "nothing is allowed here"
    shown = ", ".join(names[:24]) + (", …" if len(names) > 24 else "")
    return f"use one of: {shown}"
