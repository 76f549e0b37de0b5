"""What was learnt of a pack is kept between starts, and is the same as what would be learnt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.packs.notes import NOTES, KeptNotes, drop_notes
from dialogs.gate import recall_gate
from dialogs.understanding import model
from dialogs.understanding.model import LinearModel
from tests.dialogs.test_gate import made_cases

PAIRS = [
    (f"{verb} the {thing} {when}", label)
    for label, verb, things in (
        ("cut_grass", "mow", ("lawn", "meadow", "field", "verge")),
        ("feed_hens", "feed", ("hens", "ducks", "chicks", "geese")),
    )
    for thing in things
    for when in ("now", "tomorrow", "on Friday", "before it rains")
]


def _learn(folder: Path, pairs: list[tuple[str, str]]) -> tuple[LinearModel, KeptNotes]:
    notes = KeptNotes(folder)
    made = LinearModel(None, pairs, notes=notes)
    notes.settle()
    return made, notes


def _refuse(*_: object) -> NDArray[Any]:
    raise AssertionError("it was learnt again")


def test_a_model_is_learnt_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = _learn(tmp_path, PAIRS)
    monkeypatch.setattr(model, "fit", _refuse)
    again, _ = _learn(tmp_path, PAIRS)
    asked = ["mow it", "the hens are hungry", "what is this"]
    assert first.judge(asked) == again.judge(asked)
    assert np.array_equal(first.shares(asked)[0], again.shares(asked)[0])
    with pytest.raises(AssertionError, match="learnt again"):
        _learn(tmp_path, [*PAIRS, ("hens first", "feed_hens")])
    with pytest.raises(AssertionError, match="learnt again"):
        _learn(tmp_path, [(said, f"{label}_now") for said, label in PAIRS])


def test_only_what_was_asked_for_stays(tmp_path: Path) -> None:
    _learn(tmp_path, PAIRS)
    (tmp_path / f"{NOTES}by-an-older-program.npz").write_bytes(b"old")
    _, notes = _learn(tmp_path, PAIRS[:-1])
    assert list(tmp_path.iterdir()) == [notes.path]
    with np.load(notes.path) as kept:
        assert len({name.partition("/")[0] for name in kept.files}) == 1
    drop_notes(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_counts_for_nothing(
    tmp_path: Path, damage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, notes = _learn(tmp_path, PAIRS)
    whole = notes.path.read_bytes()
    notes.path.write_bytes(damage + whole[len(whole) // 2 :] if damage else damage)
    assert _learn(tmp_path, PAIRS)[0].judge(["mow it"]) == first.judge(["mow it"])
    monkeypatch.setattr(model, "fit", _refuse)
    assert _learn(tmp_path, PAIRS)[0].judge(["mow it"]) == first.judge(["mow it"])


def test_a_gate_is_learnt_once(tmp_path: Path) -> None:
    notes = KeptNotes(tmp_path)
    first = recall_gate(made_cases, "these papers", notes)
    notes.settle()
    again = recall_gate(list, "these papers", KeptNotes(tmp_path))
    assert first is not None
    assert again is not None
    signs = made_cases()[0].signs[0]
    assert (first.limit, first.weigh(signs)) == (again.limit, again.weigh(signs))
    assert recall_gate(list, "other papers", KeptNotes(tmp_path)) is None
