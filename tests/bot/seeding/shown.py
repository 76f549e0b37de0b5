"""What the pages of figures show, read out of their HTML as a person reads it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

Rows = list[list[str]]


class _Tables(HTMLParser):
    """Every table as rows of the texts of their cells; what unfolds in a cell is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Rows] = []
        self._cell: list[str] | None = None
        self._folded = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag == "details" and self._cell is not None:
            self._folded += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif tag == "details" and self._folded:
            self._folded -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._folded:
            self._cell.append(data)


def read_tables(page: str) -> list[Rows]:
    """The tables of a page without their headings."""
    found = _Tables()
    found.feed(page)
    return [rows[1:] for rows in found.tables]


def read_tile(page: str, name: str) -> str:
    """The section of one figure of the page of quality."""
    start = re.search(rf'<section[^>]* id="{name}"', page)
    assert start is not None, name
    return page[start.start() :].partition("</section>")[0]


def words_of(markup: str) -> str:
    """Its text alone."""
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def percent(part: int, whole: int) -> str:
    """Rounded half up, as all shares are shown."""
    return f"{(200 * part + whole) // (2 * whole) if whole else 0} %"


def span(seconds: float) -> str:
    """A length of time in its largest unit of which there are two."""
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds)} s"
