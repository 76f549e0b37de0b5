"""The inbox's list: which talks stand in which view, who waits, and how often it has rung."""

from __future__ import annotations

from bot import records
from bot.web.deps import Deps
from bot.web.staffpages import Worker
from bot.web.talk_view import sees
from dialogs.types import Struct
from storage import conversations, reading
from storage.db import Tx
from storage.reading import Filter, Line

VIEWS = ("waiting", "mine", "open", "closed")
ROWS_MAX = 100
SNIPPET = 160  # characters of the last message
LOOK_BACK = 6  # messages

Lines = tuple[Line, ...]


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
    db = deps.db
    waiting = _own(worker, await db.read(lambda at: reading.waiting(at, limit=ROWS_MAX)))
    mine = await db.read(lambda at: reading.with_staff(at, worker.id, ROWS_MAX))
    if view == "waiting":
        chosen = waiting
    elif view == "mine":
        chosen = mine
    else:
        chosen = _own(worker, await _read_others(deps, view))
    return Queue(
        view=view,
        rows=tuple(db.peek(lambda tx: [_row(tx, line) for line in chosen])),
        waiting=tuple(db.peek(lambda tx: [_row(tx, line) for line in waiting])),
        mine=len(mine),
    )


def _own(worker: Worker, lines: Lines) -> Lines:
    return tuple(line for line in lines if sees(worker, line))


async def _read_others(deps: Deps, view: str) -> Lines:
    """Closed talks, or all in progress: the bot's newest and those that colleagues have."""
    owner = "closed" if view == "closed" else "bot"
    page = await deps.db.read(
        lambda at: reading.transcripts(at, Filter(owner=owner), limit=ROWS_MAX)
    )
    if view == "closed":
        return page.lines
    taken = await deps.db.read(lambda at: reading.with_staff(at, limit=ROWS_MAX))
    return tuple(sorted(taken + page.lines, key=lambda line: -line.updated_at)[:ROWS_MAX])


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
