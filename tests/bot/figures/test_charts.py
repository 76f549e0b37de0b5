"""Charts are numbers: nothing leaves the frame, and what is missing is no zero."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.web.charts import band, columns, percent_of

AMOUNTS = st.one_of(st.none(), st.floats(0, 1e9))


@given(st.lists(AMOUNTS, max_size=60))
def test_columns_stay_inside(values: list[float | None]) -> None:
    chart = columns([str(place) for place in range(len(values))], values)
    assert len(chart.bars) == len(values)
    for bar, value in zip(chart.bars, values, strict=True):
        assert bar.value == value
        assert 0 <= bar.x <= bar.x + bar.width <= 100.001
        assert 0 <= bar.y <= 100
        assert abs(bar.y + bar.height - 100) < 0.01


def test_the_largest_value_fills_the_height() -> None:
    chart = columns(["a", "b", "c"], [2.0, None, 8.0])
    assert [bar.height for bar in chart.bars] == [25, 0, 100]
    assert (chart.first, chart.last, chart.top) == ("a", "c", 8)
    assert [bar.height for bar in columns(["a"], [2.0], top=100).bars] == [2]
    assert columns([], []).bars == ()


@given(st.lists(st.integers(0, 1_000), max_size=9))
def test_a_band_is_filled(values: list[int]) -> None:
    parts = band([str(place) for place in range(len(values))], values)
    assert [part.value for part in parts] == [value for value in values if value]
    if parts:
        assert abs(sum(part.width for part in parts) - 100) < 0.1
        assert all(a.x < b.x for a, b in pairwise(parts))


def test_shares_are_rounded_half_up() -> None:
    assert [percent_of(1, 200), percent_of(1, 3), percent_of(2, 3), percent_of(5, 0)] == [
        1, 33, 67, 0,
    ]  # fmt: skip
