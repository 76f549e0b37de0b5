"""What the inbox's lists and its lead page ask for besides the lines of conversations: reads only.

Functions with a `connection` are for `Database.read`, which runs them in a thread.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from storage import models, search, worklist_pages
from storage.desk_models import DeskCase
from storage.manager_models import Comment, Flag
from storage.models import table_of
from storage.reading import LINES, Filter, Line, lines_by, lines_of, structs_by
from storage.rows import Row
from storage.snippets import Piece
from storage.veils import Veil, read_states
from storage.worklist_pages import Wants, read_page

COUNTED_MAX = 500  # talks of a list that are counted
__all__ = ["Around", "Found", "Wants", "around", "find", "read_page"]
NAMED_MAX = 50  # conversations whose title fits a search

_C = table_of(models.Conversation).c
_STATE = table_of(models.ConversationState).c
_CASE = table_of(DeskCase)
_COMMENT = table_of(Comment)
_FLAG = table_of(Flag)
_DELIVERY = table_of(models.Delivery)
_AUDIT = table_of(models.Audit)
_STAFF = table_of(models.Staff)


class Found(Row, frozen=True):
    """What the database gives for a list; who may see it is for the caller to say.

    `next` is the cursor of the list's next page, "" after the last one.
    """

    waiting: tuple[Line, ...]
    mine: tuple[Line, ...]
    asleep: tuple[Line, ...]
    chosen: tuple[Line, ...]
    hits: dict[str, tuple[Piece, ...]]
    next: str = ""


class Rung(Row, frozen=True):
    """An alert to the desk; `payload` as in bot.effects.AlertPayload."""

    id: int
    at: int
    state: str
    payload: bytes


class Deed(Row, frozen=True):
    """An act of staff on a conversation, from the audit log."""

    id: int
    at: int
    who: str
    action: str
    detail: str


class Remark(Row, frozen=True):
    """What a manager says of a conversation to colleagues; `seq` 0: of all of it."""

    id: int
    seq: int
    who: str
    text: str
    at: int


class Flagged(Row, frozen=True):
    kind: str
    who: str
    at: int


class Around(Row, frozen=True):
    """What belongs to a conversation besides its transcript; tuples in order of time."""

    rung: tuple[Rung, ...]
    deeds: tuple[Deed, ...]
    remarks: tuple[Remark, ...]
    flags: tuple[Flagged, ...]


def find(connection: Connection, wants: Wants, veil: Veil | None = None) -> Found:
    """The lines of a list, and what the desk as a whole has to do; a search sees what the veil
    leaves."""
    waiting = worklist_pages.waiting(connection, wants.now, COUNTED_MAX)
    own = worklist_pages.taken(connection, wants.now, wants.staff_id, COUNTED_MAX)
    there = {line.id for line in own}
    named = tuple(lines_of(connection, [x for x in wants.named if x not in there]).values())
    asleep = worklist_pages.asleep(connection, wants.now, COUNTED_MAX)
    found = Found(waiting, (*own, *named), asleep, (), {})
    if wants.words:
        return _search(connection, wants, found, veil)
    listed = read_page(connection, wants)
    first = named if wants.view == "mine" and not wants.after else ()
    return Found(waiting, found.mine, asleep, (*first, *listed.lines), {}, listed.next)


def _search(connection: Connection, wants: Wants, found: Found, veil: Veil | None) -> Found:
    """By name first, then by what was said."""
    hits = search.search(connection, wants.words, Filter(), wants.limit, veil).hits
    lines = {line.id: line for line in _titled(connection, wants.words, veil)}
    lines |= {hit.line.id: hit.line for hit in hits if hit.line.id not in lines}
    return Found(
        waiting=found.waiting,
        mine=found.mine,
        asleep=found.asleep,
        chosen=tuple(lines.values())[: wants.limit],
        hits={hit.line.id: hit.snippet for hit in hits},
    )


def _titled(connection: Connection, words: str, veil: Veil | None) -> tuple[Line, ...]:
    """Conversations that came to the desk whose title holds the words, last touched first."""
    title = func.lower(_C.title)
    statement = (
        LINES.join(_CASE, _CASE.c.conversation == _C.id)
        .where(_C.erased_at == 0, title.contains(words.lower(), autoescape=True))
        .order_by(_STATE.updated_at.desc())
    )
    lines = lines_by(connection, statement.limit(NAMED_MAX))
    if veil is None:
        return lines
    states = read_states(connection, [line.id for line in lines])
    wanted = words.lower()
    return tuple(
        line for line in lines if wanted in veil(states.get(line.id, b""), line.title).lower()
    )


def around(connection: Connection, conversation: str) -> Around:
    """Everything that belongs to a conversation besides its transcript."""
    return Around(
        rung=_rung(connection, conversation),
        deeds=_deeds(connection, conversation),
        remarks=_remarks(connection, conversation),
        flags=_flags(connection, conversation),
    )


def _rung(connection: Connection, conversation: str) -> tuple[Rung, ...]:
    table = _DELIVERY.c
    statement = select(table.id, table.due, table.state, table.payload).where(
        table.conversation == conversation, table.kind == "alert"
    )
    return structs_by(connection, Rung, statement.order_by(table.id))


def _deeds(connection: Connection, conversation: str) -> tuple[Deed, ...]:
    name = func.coalesce(_STAFF.c.display_name, "")
    statement = (
        select(_AUDIT.c.id, _AUDIT.c.at, name, _AUDIT.c.action, _AUDIT.c.detail)
        .select_from(_AUDIT.outerjoin(_STAFF, _STAFF.c.id == _AUDIT.c.staff_id))
        .where(_AUDIT.c.subject == conversation, _AUDIT.c.action.startswith("desk."))
        .order_by(_AUDIT.c.id)
    )
    return structs_by(connection, Deed, statement)


def _remarks(connection: Connection, conversation: str) -> tuple[Remark, ...]:
    name = func.coalesce(_STAFF.c.display_name, "")
    statement = (
        select(_COMMENT.c.id, _COMMENT.c.seq, name, _COMMENT.c.text, _COMMENT.c.at)
        .select_from(_COMMENT.outerjoin(_STAFF, _STAFF.c.id == _COMMENT.c.staff_id))
        .where(_COMMENT.c.conversation == conversation)
        .order_by(_COMMENT.c.at, _COMMENT.c.id)
    )
    return structs_by(connection, Remark, statement)


def _flags(connection: Connection, conversation: str) -> tuple[Flagged, ...]:
    name = func.coalesce(_STAFF.c.display_name, "")
    statement = (
        select(_FLAG.c.kind, name, _FLAG.c.at)
        .select_from(_FLAG.outerjoin(_STAFF, _STAFF.c.id == _FLAG.c.staff_id))
        .where(_FLAG.c.conversation == conversation)
        .order_by(_FLAG.c.at, _FLAG.c.kind)
    )
    return structs_by(connection, Flagged, statement)
