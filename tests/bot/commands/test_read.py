"""`python -m bot read`: lines in, lines out."""

from __future__ import annotations

import io
import json

from bot.benches.understanding import Line, Outcome, corrections_found, name_sets, sum_up
from bot.read import read_lines
from tests.dialogs.understanding.readers import reader


def test_lines_are_answered_in_order_and_bad_ones_told(capsys) -> None:  # type: ignore[no-untyped-def]
    lines = [
        json.dumps({"id": "a", "context": "How many are you?", "text": "about 30", "lang": "en"}),
        "no json",
        "",
        json.dumps({"text": "多少钱", "context": None, "extra": 1}),
    ]
    out = io.StringIO()
    code = read_lines(reader(), False, io.StringIO("\n".join(lines)), out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert answers == [
        {"id": "a", "intents": ["provide_info"], "slots": {"headcount": "30"}},
        {"id": 4, "intents": ["ask_price"], "slots": {}},
    ]
    assert code == 1
    assert "line 2" in capsys.readouterr().err


def test_lines_that_are_no_utf8_or_nest_without_end_spoil_only_themselves(capsys) -> None:  # type: ignore[no-untyped-def]
    broken = b"\xff\xfe".decode("utf-8", "surrogateescape")
    lines = [broken, '{"text": "' + broken + '"}', '{"x":' + "[" * 100_000, '{"text": "price?"}']
    out = io.StringIO()
    assert read_lines(reader(), False, io.StringIO("\n".join(lines)), out) == 1
    assert [json.loads(line)["id"] for line in out.getvalue().splitlines()] == [4]
    told = capsys.readouterr().err
    assert [f"line {n}" in told for n in (1, 2, 3, 4)] == [True, True, True, False]


def test_implied_values_are_not_printed_and_reasons_are_on_request() -> None:
    out = io.StringIO()
    line = json.dumps({"id": 1, "text": "I'm the owner of a private company"})
    assert read_lines(reader(), True, io.StringIO(line), out) == 0
    answer = json.loads(out.getvalue())
    assert answer["slots"] == {"ownership": "private", "role": "owner"}
    assert any("ownership" in reason for reason in answer["why"])


def test_the_lines_are_in_three_sets_that_share_nothing() -> None:
    sets = name_sets()
    assert list(sets) == ["worked on", "held back", "fresh"]
    texts = [{(line.text, line.context) for line in lines} for lines in sets.values()]
    assert all(len(each) > 200 for each in texts)
    assert len(set.union(*texts)) == sum(map(len, texts))


def test_a_correction_counts_only_with_the_right_new_value() -> None:
    gold = Line(lang="en", text="no, Linz", intents=("correct",), slots={"city": "Linz"})
    right = Outcome(line=gold, intents=("correct",), slots={"city": "linz"})
    wrong = Outcome(line=gold, intents=("correct",), slots={"city": "Graz"})
    assert corrections_found([right, wrong]) == 50.0
    assert sum_up([right, wrong]).turn_right == 50.0
