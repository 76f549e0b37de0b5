"""The inbox's lists: which talks stand in which, who waits, what is unread, what was searched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec

from bot import records
from bot.remarks import is_remark
from bot.web.deps import Deps
from bot.web.masked import conceal_talk, veil_for
from bot.web.staffpages import Worker
from bot.web.talk_view import sees
from dialogs.pack import Company
from dialogs.types import Struct
from storage import conversations, desk, worklist
from storage.db import Tx
from storage.desk import Case
from storage.reading import Line
from storage.snippets import Piece, shorten
from storage.worklist import Found, Wants

VIEWS = ("waiting", "mine", "team", "snoozed", "open", "closed")
ROWS_MAX = 100
# So many rows that a page stays light; beside an open talk there is room for fewer.
SHOWN, SHOWN_BESIDE = 60, 12
MORE_READS = 5  # for a page out of which much is not for the reader to see
SNIPPET = 160  # characters of the last message
TELLING = (("prospect",), ("bot", "staff"), ("note",))  # whose words tell most
LOOK_BACK = 6  # messages
WORDS_MAX = 200  # characters of a search

Lines = tuple[Line, ...]


class Wanted(Struct):
    """Which list: a view, or what the words find; `talk` is open beside it."""

    view: str = VIEWS[0]
    words: str = ""
    talk: str = ""
    after: str = ""  # cursor of the page before, "" for the first one

    @property
    def shown(self) -> int:
        """Rows of a page."""
        return SHOWN_BESIDE if self.talk else SHOWN


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
    next: str = ""  # cursor of the list's next page, "" after the last one

    @property
    def unread(self) -> int:
        return len(self.news)


def choose_view(view: str) -> str:
    return view if view in VIEWS else VIEWS[0]


async def read_queue(deps: Deps, worker: Worker, wanted: Wanted) -> Queue:
    """The rows of a list, and who waits."""
    db, now = deps.db, deps.now()
    named = tuple(db.peek(lambda tx: [each.conversation for each in _mentions(tx, worker)]))
    company = deps.pack.company
    team = team_of(company, worker.display_name)
    wants = Wants(
        worker.id, wanted.view, wanted.words, tuple(set(named)), now,
        ROWS_MAX if wanted.words else wanted.shown, wanted.after, team,
        tuple(person.name for person in company.people if team and person.team == team),
    )  # fmt: skip
    found = await _read_seen(deps, worker, wants)
    rows = db.peek(lambda tx: _rows(tx, worker, found, set(named)))
    mine = [rows[line.id] for line in found.mine[:ROWS_MAX]]
    return Queue(
        wanted=wanted,
        rows=tuple(rows[line.id] for line in found.chosen),
        waiting=tuple(rows[line.id] for line in found.waiting[:ROWS_MAX]),
        counts={
            "waiting": len(found.waiting),
            "mine": len(found.mine),
            "snoozed": len(found.asleep),
        },
        news=tuple(row for row in mine if row.unread or row.named),
        next=found.next,
    )


async def _read_seen(deps: Deps, worker: Worker, wants: Wants) -> Found:
    """What the lists hold for the reader to see; a page is filled up from the pages after it."""
    read, at = deps.db.read, wants
    veil = veil_for(worker)
    found = await read(lambda connection: worklist.find(connection, wants, veil))
    chosen, following = list(_seen(worker, found.chosen)), found.next
    for _ in range(MORE_READS):
        if not following or len(chosen) >= wants.limit:
            break
        room = wants.limit - len(chosen)
        at = msgspec.structs.replace(at, after=following, limit=room)
        page = await read(lambda connection, at=at: worklist.read_page(connection, at))  # type: ignore[misc]
        chosen += _seen(worker, page.lines)
        following = page.next
    return Found(
        waiting=_seen(worker, found.waiting),
        mine=_seen(worker, found.mine),
        asleep=_seen(worker, found.asleep),
        chosen=tuple(chosen),
        hits=found.hits,
        next=following,
    )


def _seen(worker: Worker, lines: Iterable[Line]) -> Lines:
    return tuple(line for line in lines if sees(worker, line))


def team_of(company: Company, name: str) -> str:
    """The team of the person of this name, "" for none."""
    return next((person.team for person in company.people if person.name == name), "")


def _mentions(tx: Tx, worker: Worker) -> list[desk.Mention]:
    return desk.open_mentions(tx, worker.id, ROWS_MAX)


def _rows(tx: Tx, worker: Worker, found: Found, named: Collection[str]) -> dict[str, QueueRow]:
    several = (*found.waiting[:ROWS_MAX], *found.mine[:ROWS_MAX], *found.chosen)
    lines = {line.id: line for line in several}
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
    """What the prospect said last, if it is not far back; else the last that anybody said to them;
    else a colleague's last note. Lines that the desk writes by itself tell nothing here."""
    newest = range(line.last_seq, max(0, line.last_seq - LOOK_BACK), -1)
    found = [each for seq in newest if (each := conversations.get_message(tx, line.id, seq))]
    own = [each for each in found if each.author != "note" or not is_remark(each.body)]
    said = next(filter(None, ([x for x in own if x.author in who] for who in TELLING)), [])
    return shorten(" ".join(said[0].text[: 4 * SNIPPET].split()), SNIPPET) if said else ""
