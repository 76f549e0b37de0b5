"""Kinds of customers: who belongs to which, and what is wrong with a file of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.check import check
from dialogs.segments import is_ideal, moved, segments_of
from dialogs.types import Known, State, Value
from tests.dialogs.consulting import demo
from tests.dialogs.pack_folders import copy_minimal


def state(**slots: Value) -> State:
    return State(profile={s: Known(value=v, status="stated") for s, v in slots.items()})


@pytest.mark.parametrize(
    ("slots", "segments", "ideal"),
    [
        ({"buyer_type": "individual"}, ("trader",), False),
        ({"buyer_type": "enterprise", "headcount": "12"}, ("small",), False),
        ({"ownership": "private", "headcount": "50"}, ("mid_sized",), True),
        ({"ownership": "private", "headcount": "999"}, ("mid_sized",), True),
        ({"ownership": "state_owned", "headcount": "4000"}, ("large", "public_sector"), False),
        ({"city": "Graz"}, (), False),
    ],
)
def test_who_belongs_where(slots: dict[str, Value], segments: tuple[str, ...], ideal: bool) -> None:
    assert segments_of(demo(), state(**slots)) == segments
    assert is_ideal(demo(), state(**slots)) == ideal


def test_only_a_move_is_told() -> None:
    before, after = state(headcount="12", buyer_type="enterprise"), state(headcount="3000")
    assert moved(demo(), before, after) == ("large",)
    assert moved(demo(), before, before) is None
    assert moved(demo(), before, state(headcount="13", buyer_type="enterprise")) is None


def test_mistakes_in_the_file_have_a_place(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path / "pack")
    (folder / "segments.yaml").write_text(
        "segments:\n"
        "  - id: Everybody\n"
        "    name: {en: All, zh: 全部, ru: Все, es: Todos}\n"
        "  - id: small\n"
        "    name: {en: Small}\n"
        "    when: [{slot: headcont, below: 50}]\n"
        "    ideal: perhaps\n"
    )
    problems = [each for each in check(folder) if each.file == "segments.yaml"]
    told = " ".join(each.message for each in problems)
    assert {each.line for each in problems} >= {2, 5, 6, 7}
    assert "everybody would be in it" in told
    assert "headcont" in told
