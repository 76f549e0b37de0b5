"""The benches of finding count what they say they count."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from bot.benches.public_retrieval import measure_retrieval
from bot.benches.questions import (
    MORE_QUESTIONS,
    Answered,
    Line,
    ask,
    load_questions,
    measure_questions,
    name_sets,
)
from dialogs.loading import load
from dialogs.passage_index import Indexed, PassageIndex, windows
from dialogs.types import Passage
from dialogs.understanding.encoder import LetterCounts
from tests.dialogs.pack_folders import DEMO

PAGES = {
    "Lamps": [("The red lamp hangs in the hall.", ["Where does the red lamp hang?"]),
              ("Oil burns in the old lamp.", ["What burns in the old lamp?"])],
    "Boats": [("The ferry sails at nine.", ["When does the ferry sail?"]),
              ("Sails are sewn in Kiel.", ["Where are sails sewn?"])],
}  # fmt: skip


class Finder:
    """Answers from what it was told, whatever the language."""

    def __init__(self, told: dict[str, str]) -> None:
        self._told = told

    def find(
        self, text: str, language: str, limit: int = 3, now_date: str | None = None
    ) -> tuple[Passage, ...]:
        source = self._told.get(text, "")
        found = Passage(
            source=source or "other-en", kind="article", title="", place="", language=language,
            text="", score=0.0, answers=bool(source),
        )  # fmt: skip
        return (found,)


def test_what_is_found_and_refused_is_counted(tmp_path: Path) -> None:
    lines = [
        {"article": article, "passage": passage,
         "questions": [{"text": text, "answerable": True} for text in questions]}
        for article, pages in PAGES.items() for passage, questions in pages
    ]  # fmt: skip
    with gzip.open(tmp_path / "retrieval-squad2.jsonl.gz", "wt") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    encoder = LetterCounts([passage for pages in PAGES.values() for passage, _ in pages])
    found = {name: value for name, value, _ in measure_retrieval(tmp_path, encoder)}
    assert found["SQuAD 2.0 half: R@3"] == 100.0
    assert found["SQuAD 2.0 half: off-document refused, 90 % kept"] == 100.0


def test_without_sets_there_is_nothing(tmp_path: Path) -> None:
    assert list(measure_retrieval(tmp_path, LetterCounts(["a"]))) == []


def test_questions_are_right_only_from_a_right_paper_and_when_given() -> None:
    lines = [
        Line(language="en", kind="answerable", text="a", sources=("api",)),
        Line(language="en", kind="answerable", text="b", sources=("api",)),
        Line(language="en", kind="answerable", text="c", sources=("other",)),
        Line(language="ru", kind="near_miss", text="d"),
        Line(language="ru", kind="off_topic", text="e"),
    ]
    finder = Finder({"a": "api-en", "b": "seo-en", "d": "seo-en"})
    assert [a.right for a in ask(finder, lines)] == [True, False, False, False, True]
    found = {name: value for name, value, _ in measure_questions(finder, lines)}
    assert found["own papers, en: R@1"] == pytest.approx(200 / 3)
    assert found["own papers, en: answered rightly"] == pytest.approx(100 / 3)
    assert found["own papers, ru: near misses answered"] == 100.0
    assert found["own papers, all: off topic answered"] == 0.0


def test_the_set_holds_what_the_report_says() -> None:
    lines = load_questions()
    assert len(lines) == 120
    for language in ("en", "zh", "ru", "es"):
        of = [line for line in lines if line.language == language]
        assert sum(line.kind == "answerable" for line in of) == 15
    assert sum(line.kind == "near_miss" for line in lines) == 30
    assert len({line.text for line in lines}) == 120
    assert all(bool(line.sources) == (line.kind == "answerable") for line in lines)


def test_a_chapter_is_right_only_where_it_is_named() -> None:
    line = Line(language="en", kind="answerable", text="a", sources=("manual#Backup", "api"))
    found = [("manual-en", "Backup"), ("manual-en", "Update"), ("api-en", ""), ("seo-en", "Backup")]
    right = [Answered(line=line, source=s, given=True, place=p).right for s, p in found]
    assert right == [True, False, True, False]


def test_the_second_set_names_chapters_that_are_there() -> None:
    lines = load_questions(MORE_QUESTIONS)
    kinds = [line.kind for line in lines]
    assert [kinds.count(k) for k in ("answerable", "near_miss", "off_topic")] == [40, 20, 20]
    pack = load(str(DEMO))
    known = {a.id.rpartition("-")[0] for a in pack.articles if a.public}
    known |= {
        f"{d.id.rpartition('-')[0]}#{heading}"
        for d in pack.documents if d.public for heading, _ in d.text
    }  # fmt: skip
    assert {source for line in lines for source in line.sources} <= known
    halves = [of for title, of in name_sets().items() if title.startswith("own papers 2")]
    assert sum(map(len, halves)) == len({line.text for line in lines}) == 80
    assert min(map(len, halves)) > 30


def test_an_index_ranks_by_words_and_keeps_to_the_language() -> None:
    texts = [("The red lamp hangs here.", "en"), ("La lampara roja.", "es"), ("红灯在这里。", "zh")]
    index = PassageIndex([Indexed(t, windows(t), t, of) for t, of in texts])
    assert index.rank("red lamp", "en")[0] == 0
    assert index.rank("lámpara roja", "es")[0] == 1
    assert index.rank("红灯", "en")[0] == 2
    sought = index.seek("red lamp 7", "en")
    assert not index.holds_names(sought, 0)
    assert np.isclose(index.evidence(index.seek("red lamp", "en"), 0), 1.0)
    assert windows("One. Two. Three.") == ("One.", "Two.", "Three.", "One. Two.", "Two. Three.")
