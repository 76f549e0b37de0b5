"""The benchmark of intents, on small made-up sets of the same shape as the public ones."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest

from bot.benches.goals import GOALS
from bot.benches.public_intents import load_rows, measure_intents

WISHES = {
    "open_door": ["open the door", "unlock the front door", "let me in by the door"],
    "play_song": ["play a song", "put on that song again", "some music, any song"],
    "count_sheep": ["count the sheep", "how many sheep are there", "tell the number of sheep"],
}
ODD = ["quartz lizards orbit", "zwölf Boxkämpfer"]


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_bytes(gzip.compress(b"\n".join(msgspec.json.encode(row) for row in rows)))


def rows_of(split: str, **more: str) -> list[dict[str, object]]:
    return [
        {"split": split, "text": text, "intent": intent, **more}
        for intent, group in WISHES.items()
        for text in group
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sets")
    known = [*rows_of("train_5"), *rows_of("train_10"), *rows_of("test")]
    strange = [{"split": "oos_test", "text": text, "intent": None} for text in ODD]
    write(made / "intents-banking77.jsonl.gz", known)
    write(made / "intents-clinc150.jsonl.gz", [*known, *strange])
    write(
        made / "intents-xsid.jsonl.gz",
        [*rows_of("test", lang="en") * 5, *rows_of("test", lang="zh") * 5,
         *rows_of("valid", lang="zh")],
    )  # fmt: skip
    several = [
        {"domain": "banking", "fold": fold, "text": text, "intents": [intent]}
        for fold in range(2)
        for intent, group in WISHES.items()
        for text in group
    ]
    write(made / "multi-intent-nlupp.jsonl.gz", several)
    return made


def test_figures_of_sets_that_are_there(folder: Path) -> None:
    found = {name: value for name, value, _ in measure_intents(folder, None)}
    assert found["BANKING77 5-shot"] == found["CLINC150 10-shot"] == 100
    assert found["CLINC150 out of scope, refused"] >= 50
    assert found["CLINC150 in scope, taken"] == 100
    assert found["NLU++ banking, 1 fold of 20, micro-F1"] > 90
    assert found["xSID 10 English shots, Chinese valid"] == 100
    assert "HWU64 10-shot" not in found


def test_figures_are_the_same_in_every_run(folder: Path) -> None:
    assert list(measure_intents(folder, None)) == list(measure_intents(folder, None))


def test_every_figure_but_the_extra_ones_has_a_goal(folder: Path) -> None:
    extra = {"CLINC150 in scope, taken and right", "xSID 10 English shots, Chinese valid"}
    assert {name for name, _, _ in measure_intents(folder, None)} - extra <= GOALS.keys()


def test_an_empty_folder_measures_nothing(tmp_path: Path) -> None:
    assert list(measure_intents(tmp_path, None)) == []
    assert load_rows(tmp_path / "nothing.jsonl.gz") == []
