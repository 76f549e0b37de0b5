"""The inbox's list: which talks stand in which view, who waits, and how often it has rung."""

from __future__ import annotations

from sqlalchemy import Connection

from bot import records
from bot.presales.talks import sees
from bot.staffpages import Worker
from bot.web import Deps
from dialogs.types import Struct
from storage import conversations, reading
from storage.db import Tx
from storage.reading import Filter, Line

VIEWS = ("waiting", "mine", "open", "closed")
ROWS_MAX = 100
SNIPPET = 160  # characters of the last message
LOOK_BACK = 6  # messages


class QueueRow(Struct):
    """One talk in the list. `rings` is counted for those who wait."""

    line: Line
    last: str
    rings: int


class Queue(Struct):
    """One view of the inbox, and what the desk as a whole has to do."""

    view: str
    rows: tuple[QueueRow, ...]
    waiting: tuple[QueueRow, ...]
    mine: int


def choose_view(view: str) -> str:
    return view if view in VIEWS else VIEWS[0]


async def read_queue(deps: Deps, worker: Worker, view: str) -> Queue:
    """The rows of a view, and who waits."""

    def read(connection: Connection) -> tuple[list[Line], list[Line], list[Line]]:
        waiting = _own(worker, reading.waiting(connection, limit=ROWS_MAX))
        mine = list(reading.with_staff(connection, worker.id, ROWS_MAX))
        chosen = {"waiting": waiting, "mine": mine}.get(view)
        if chosen is None:
            chosen = _own(worker, _others(connection, view))
        return waiting, mine, chosen

    waiting, mine, chosen = await deps.db.read(read)
    return Queue(
        view=view,
        rows=tuple(deps.db.peek(lambda tx: [_row(tx, line) for line in chosen])),
        waiting=tuple(deps.db.peek(lambda tx: [_row(tx, line) for line in waiting])),
        mine=len(mine),
    )


def _own(worker: Worker, lines: tuple[Line, ...]) -> list[Line]:
    return [line for line in lines if sees(worker, line)]


def _others(connection: Connection, view: str) -> tuple[Line, ...]:
    """Closed talks, or all in progress: the bot's newest and those that colleagues have."""
    if view == "closed":
        return reading.transcripts(connection, Filter(owner="closed"), limit=ROWS_MAX).lines
    running = reading.with_staff(connection, limit=ROWS_MAX)
    running += reading.transcripts(connection, Filter(owner="bot"), limit=ROWS_MAX).lines
    return tuple(sorted(running, key=lambda line: -line.updated_at)[:ROWS_MAX])


def _row(tx: Tx, line: Line) -> QueueRow:
    stored = conversations.load(tx, line.id) if line.owner == "waiting" else None
    return QueueRow(
        line=line,
        last=_last_words(tx, line),
        rings=records.read_state(stored.state).rings if stored and not stored.erased else 0,
    )


def _last_words(tx: Tx, line: Line) -> str:
    """What the prospect said last, if it is not far back; else the last message of all."""
    newest = range(line.last_seq, max(0, line.last_seq - LOOK_BACK), -1)
    found = [each for seq in newest if (each := conversations.get_message(tx, line.id, seq))]
    said = [each for each in found if each.author == "prospect"] or found
    return " ".join(said[0].text[: 4 * SNIPPET].split())[:SNIPPET] if said else ""
