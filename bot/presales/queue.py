"""The inbox's lists: which talks stand in which, who waits, what is unread, what was searched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from bot import records
from bot.web.deps import Deps
from bot.web.masked import conceal_talk
from bot.web.staffpages import Worker
from bot.web.talk_view import sees
from dialogs.pack import Company
from dialogs.types import Struct
from storage import conversations, desk, worklist
from storage.db import Tx
from storage.desk import Case
from storage.reading import Line
from storage.snippets import Piece
from storage.worklist import Found, Wants

VIEWS = ("waiting", "mine", "team", "snoozed", "open", "closed")
ROWS_MAX = 100
SNIPPET = 160  # characters of the last message
LOOK_BACK = 6  # messages
WORDS_MAX = 200  # characters of a search

Lines = tuple[Line, ...]


class Wanted(Struct):
    """Which list: a view, or what the words find; `talk` is open beside it."""

    view: str = VIEWS[0]
    words: str = ""
    talk: str = ""


class QueueRow(Struct):
    """One talk in a list. `rings` and `called` are for those who wait; times in ms, 0: none."""

    line: Line
    last: str
    rings: int = 0
    called: str = ""  # who is rung for
    unread: int = 0
    named: bool = False  # a note names the reader, who has not seen it
    due: int = 0  # when the next human reply is owed
    snoozed_until: int = 0
    hit: tuple[Piece, ...] = ()


class Queue(Struct):
    """One list of the inbox, and what the desk as a whole has to do."""

    wanted: Wanted
    rows: tuple[QueueRow, ...]
    waiting: tuple[QueueRow, ...]
    counts: dict[str, int]  # of some views
    news: tuple[QueueRow, ...]  # talks of one's own with something new

    @property
    def unread(self) -> int:
        return len(self.news)


def choose_view(view: str) -> str:
    return view if view in VIEWS else VIEWS[0]


async def read_queue(deps: Deps, worker: Worker, wanted: Wanted) -> Queue:
    """The rows of a list, and who waits."""
    db, now = deps.db, deps.now()
    named = tuple(db.peek(lambda tx: [each.conversation for each in _mentions(tx, worker)]))
    asleep = tuple(db.peek(lambda tx: desk.snoozed(tx, now, ROWS_MAX)))
    wants = Wants(worker.id, wanted.view, wanted.words, tuple(set(named)), asleep, ROWS_MAX)
    found = _Own(deps, worker, asleep).keep(
        await db.read(lambda connection: worklist.find(connection, wants)), wanted
    )
    rows = db.peek(lambda tx: _rows(tx, worker, found, set(named)))
    mine = [rows[line.id] for line in found.mine]
    return Queue(
        wanted=wanted,
        rows=tuple(rows[line.id] for line in found.chosen),
        waiting=tuple(rows[line.id] for line in found.waiting),
        counts={
            "waiting": len(found.waiting),
            "mine": len(found.mine),
            "snoozed": len(found.asleep),
        },
        news=tuple(row for row in mine if row.unread or row.named),
    )


class _Own:
    """Keeps of every list what is the reader's to see, and awake."""

    def __init__(self, deps: Deps, worker: Worker, asleep: Collection[str]) -> None:
        self._deps = deps
        self._worker = worker
        self._asleep = frozenset(asleep)

    def keep(self, found: Found, wanted: Wanted) -> Found:
        chosen = self._seen(found.chosen)
        if not wanted.words and wanted.view in ("waiting", "mine", "team"):
            chosen = self._awake(chosen)
        if not wanted.words and wanted.view == "team":
            chosen = self._of_team(chosen)
        return Found(
            waiting=self._awake(self._seen(found.waiting)),
            mine=self._awake(self._seen(found.mine)),
            asleep=self._seen(found.asleep),
            chosen=chosen,
            hits=found.hits,
        )

    def _seen(self, lines: Iterable[Line]) -> Lines:
        return tuple(line for line in lines if sees(self._worker, line))

    def _awake(self, lines: Lines) -> Lines:
        return tuple(line for line in lines if line.id not in self._asleep)

    def _of_team(self, lines: Lines) -> Lines:
        """Talks of the reader's team; of all colleagues where the pack puts them into none."""
        company = self._deps.pack.company
        team = team_of(company, self._worker.display_name)
        if not team:
            return tuple(line for line in lines if line.owner == "human")
        mates = {person.name for person in company.people if person.team == team}
        cases = self._deps.db.peek(lambda tx: desk.cases(tx, [line.id for line in lines]))
        return tuple(line for line in lines if _belongs(line, cases.get(line.id), team, mates))


def team_of(company: Company, name: str) -> str:
    """The team of the person of this name, "" for none."""
    return next((person.team for person in company.people if person.name == name), "")


def _belongs(line: Line, case: Case | None, team: str, mates: set[str]) -> bool:
    if line.owner == "human":
        return line.staff_name in mates
    return case is not None and (case.team == team or case.person in mates)


def _mentions(tx: Tx, worker: Worker) -> list[desk.Mention]:
    return desk.open_mentions(tx, worker.id, ROWS_MAX)


def _rows(tx: Tx, worker: Worker, found: Found, named: Collection[str]) -> dict[str, QueueRow]:
    lines = {line.id: line for line in (*found.waiting, *found.mine, *found.chosen)}
    cases = desk.cases(tx, list(lines))
    unread = desk.unread(tx, worker.id, list(lines))
    rows = {}
    for key, line in lines.items():
        marks = _Marks(unread.get(key, 0), key in named, found.hits.get(key, ()))
        row = _row(tx, line, cases.get(key), marks)
        rows[key] = row if worker.personal else conceal_talk(tx, key, row)
    return rows


class _Marks(NamedTuple):
    unread: int
    named: bool
    hit: tuple[Piece, ...]


def _row(tx: Tx, line: Line, case: Case | None, marks: _Marks) -> QueueRow:
    stored = conversations.load(tx, line.id) if line.owner == "waiting" else None
    state = records.read_state(stored.state) if stored and not stored.erased else None
    called = state.called[-1] if state is not None and state.called else ""
    return QueueRow(
        line=line,
        last=_last_words(tx, line),
        rings=state.rings if state is not None else 0,
        called=called or (case.person or case.team if case is not None and state else ""),
        unread=marks.unread if line.owner in ("waiting", "human") else 0,
        named=marks.named,
        due=case.due if case is not None else 0,
        snoozed_until=case.snoozed_until if case is not None else 0,
        hit=marks.hit,
    )


def _last_words(tx: Tx, line: Line) -> str:
    """What the prospect said last, if it is not far back; else the last message of all."""
    newest = range(line.last_seq, max(0, line.last_seq - LOOK_BACK), -1)
    found = [each for seq in newest if (each := conversations.get_message(tx, line.id, seq))]
    said = [each for each in found if each.author == "prospect"] or found
    return " ".join(said[0].text[: 4 * SNIPPET].split())[:SNIPPET] if said else ""
