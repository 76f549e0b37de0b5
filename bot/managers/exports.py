"""Tables to take along, of any page: CSV for spreadsheets and JSON lines for programs.

A page names its columns, gives its rows piece by piece, and calls `send`; its template includes
`staff/export_links.html.jinja` with `exports = links(...)`. See docs/exports.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Literal

import msgspec
from litestar.exceptions import ClientException
from litestar.response import Stream

from bot.web.access import StaffRequest
from bot.web.deps import Deps
from dialogs.types import Struct
from storage import accounts

Format = Literal["csv", "jsonl"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl")
MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}
BOM = "\ufeff"  # by which spreadsheets know the encoding
# What a spreadsheet works out, also as it is typed in Chinese.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_JSON = msgspec.json.Encoder()

Cell = str | int | float | bool | None
CellRow = Sequence[Cell]
Pieces = AsyncIterator[Sequence[CellRow]]


class Table(Struct):
    """What is exported: its name for the file, of ASCII letters, and the names of its columns."""

    name: str
    columns: tuple[str, ...]


class Link(Struct):
    """An export that a page offers: `rows` and `format` name it."""

    rows: str  # kind of rows, "" where there is one kind only
    format: Format
    address: str


def links(path: str, query: str, kinds: Sequence[str] = ("",)) -> tuple[Link, ...]:
    """For a page's template: every export of the path, with the page's own filters as `query`."""
    return tuple(
        Link(rows=kind, format=each, address=_address(path, query, kind, each))
        for kind in kinds
        for each in FORMATS
    )


def read_format(text: str) -> Format:
    """The format of an address. ClientException for one that there is not."""
    for each in FORMATS:
        if text == each:
            return each
    raise ClientException("desk.error.export_format")


async def send(
    deps: Deps, request: StaffRequest, table: Table, pieces: Pieces, as_: Format
) -> Stream:
    """The rows as a file that grows while it is read. That it was taken is written down first."""
    staff, now = request.user.staff.id, deps.now()
    detail = f"{as_} {table.name}"
    await deps.db.write(
        lambda tx: accounts.note_action(tx, now, staff, "export", table.name, detail=detail)
    )
    write = write_csv if as_ == "csv" else write_json
    return Stream(
        write(table, pieces),
        media_type=MEDIA_TYPES[as_],
        headers={
            "Content-Disposition": f'attachment; filename="{table.name}.{as_}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


async def write_csv(table: Table, pieces: Pieces) -> AsyncIterator[bytes]:
    """The table by RFC 4180 in UTF-8 with a byte order mark; no cell is a formula."""
    yield (BOM + _csv_lines([table.columns])).encode()
    async for piece in pieces:
        yield _csv_lines(piece).encode("utf-8", "replace")


async def write_json(table: Table, pieces: Pieces) -> AsyncIterator[bytes]:
    """One JSON object a line, with the columns as its names."""
    async for piece in pieces:
        lines = (dict(zip(table.columns, row, strict=True)) for row in piece)
        yield b"".join(_JSON.encode(line) + b"\n" for line in lines)


def safe(cell: Cell) -> str:
    """A cell of a CSV file: text that a spreadsheet would work out begins with an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.lstrip(" ").startswith(_ACTIVE) else cell


async def all_at_once(rows: Iterable[CellRow]) -> Pieces:
    """The pieces of a short table."""
    yield list(rows)


async def read_pieces(
    deps: Deps, read: Callable[[str], Callable[..., tuple[Sequence[CellRow], str]]]
) -> Pieces:
    """Pieces of a long table, a short read of the database each.

    `read(cursor)` gives what to run on a connection: rows, and the cursor of the next piece or "".
    """
    cursor = ""
    while True:
        rows, cursor = await deps.db.read(read(cursor))
        if rows:
            yield rows
        if not cursor:
            return


def _csv_lines(rows: Iterable[CellRow]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _address(path: str, query: str, kind: str, as_: Format) -> str:
    said = [f"rows={kind}"] if kind else []
    said += [f"format={as_}", *([query] if query else [])]
    return f"{path}?{'&'.join(said)}"
