"""Small charts as numbers for their templates: nothing is drawn here, and nothing is rounded away.

A chart is 100 units wide and high, and is stretched by its template; labels stand beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.types import Struct

WIDTH = HEIGHT = 100.0


class Bar(Struct):
    """A column or a part of a band: its place and size in units, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str = ""
    value: float | None = None  # None: there is nothing to tell


class Columns(Struct):
    """A value for each of several times in a row; `top` is what the full height stands for."""

    bars: tuple[Bar, ...]
    top: float
    first: str = ""  # labels of the ends
    last: str = ""


def percent_of(part: float, whole: float) -> int:
    """A share in percent, rounded half up; 0 of nothing."""
    return int(100 * part / whole + 0.5) if whole else 0


def columns(labels: Sequence[str], values: Sequence[float | None], top: float = 0) -> Columns:
    """Columns side by side from the earliest on; one without a value leaves its place free.

    `top` 0 takes the largest value.
    """
    most = top or max((value for value in values if value is not None), default=0) or 1
    step = WIDTH / len(values) if values else WIDTH
    bars = []
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        height = HEIGHT * min(max(value or 0, 0), most) / most
        bars.append(
            Bar(
                x=round(place * step + step * 0.1, 3),
                y=round(HEIGHT - height, 3),
                width=round(step * 0.8, 3),
                height=round(height, 3),
                label=label,
                value=value,
            )
        )
    ends = (labels[0], labels[-1]) if labels else ("", "")
    return Columns(bars=tuple(bars), top=most, first=ends[0], last=ends[1])


def band(labels: Sequence[str], values: Sequence[float]) -> tuple[Bar, ...]:
    """Parts of a whole in one line, each as wide as its share; parts of nothing are left out."""
    whole = sum(values)
    found, x = [], 0.0
    for label, value in zip(labels, values, strict=True):
        if value <= 0 or not whole:
            continue
        width = WIDTH * value / whole
        found.append(
            Bar(x=round(x, 3), y=0, width=round(width, 3), height=HEIGHT, label=label, value=value)
        )
        x += width
    return tuple(found)
