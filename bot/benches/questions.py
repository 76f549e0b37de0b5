"""Questions on the demo pack's own papers: are they answered, and from the right paper?

The questions stand in tests/data and were written from the papers before any score was seen: a
first set, by which much was tuned since, and a second one. Of that, one half was tuned by; the
other, chosen by a checksum of the text, nobody looks at who works on finding.
`find` is asked as the product asks it, and nothing else of the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal
from zlib import crc32

import msgspec

from bot.house import Finds

_DATA = Path(__file__).parents[2] / "tests" / "data" / "understanding"
QUESTIONS = _DATA / "questions.jsonl"
MORE_QUESTIONS = _DATA / "questions-2.jsonl"
LANGUAGES = ("en", "zh", "ru", "es")
PASSAGES = 3  # as many as the product looks at


class Line(msgspec.Struct, frozen=True):
    """A question. `sources` are papers that answer it, without the language in their ids, or
    chapters of them: `manual-cluster#Failover`, with the heading in the question's language."""

    language: str
    kind: Literal["answerable", "near_miss", "off_topic"]
    text: str
    sources: tuple[str, ...] = ()


class Answered(msgspec.Struct, frozen=True):
    """What came first for a question, and whether it was given as the answer."""

    line: Line
    source: str
    given: bool
    place: str = ""  # heading of the chapter

    @property
    def found(self) -> bool:
        """A right paper stands first, given or not."""
        paper = self.source.rpartition("-")[0]
        return not {paper, f"{paper}#{self.place}"}.isdisjoint(self.line.sources)

    @property
    def right(self) -> bool:
        """A right paper stands first and was given; or nothing was, and nothing could be."""
        return self.given and self.found if self.line.kind == "answerable" else not self.given


def load_questions(path: Path = QUESTIONS) -> list[Line]:
    decode = msgspec.json.Decoder(Line).decode
    return [decode(line) for line in path.read_bytes().splitlines() if line.strip()]


def name_sets() -> dict[str, list[Line]]:
    """The sets that are there, each with its title."""
    sets = {"own papers": load_questions()} if QUESTIONS.exists() else {}
    if MORE_QUESTIONS.exists():
        more = load_questions(MORE_QUESTIONS)
        for half, title in enumerate(("own papers 2, tuned half", "own papers 2, unseen half")):
            sets[title] = [line for line in more if crc32(line.text.encode()) % 2 == half]
    return sets


def ask(library: Finds, lines: Iterable[Line], today: str | None = None) -> list[Answered]:
    """Every question once; `today` (ISO) leaves out papers that are not valid."""
    answered = []
    for line in lines:
        found = library.find(line.text, line.language, PASSAGES, today)
        first = found[0] if found else None
        answered.append(
            Answered(
                line=line,
                source=first.source if first else "",
                given=bool(first and first.answers),
                place=first.place if first else "",
            )
        )
    return answered


def measure_questions(
    library: Finds, lines: Sequence[Line], today: str | None = None, title: str = "own papers"
) -> Iterable[tuple[str, float, str]]:
    """(name, value, unit): the answerable ones for which a right paper comes first (R@1), those of
    them that are answered from it, and the near misses and those off the topic that are answered
    at all; in all and by language."""
    answered = ask(library, lines, today)
    for language in ("", *LANGUAGES):
        chosen = [a for a in answered if not language or a.line.language == language]
        where = language or "all"
        asked = [a for a in chosen if a.line.kind == "answerable"]
        yield f"{title}, {where}: R@1", 100 * sum(a.found for a in asked) / max(len(asked), 1), "%"
        yield f"{title}, {where}: answered rightly", _share(chosen, "answerable", right=True), "%"
        for kind, name in (("near_miss", "near misses"), ("off_topic", "off topic")):
            yield f"{title}, {where}: {name} answered", _share(chosen, kind, right=False), "%"


def _share(answered: Iterable[Answered], kind: str, *, right: bool) -> float:
    """Percent of the questions of a kind that are right, or that are not."""
    chosen = [a.right is right for a in answered if a.line.kind == kind]
    return 100 * sum(chosen) / max(len(chosen), 1)
