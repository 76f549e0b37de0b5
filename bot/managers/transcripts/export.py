"""The transcripts that a filter finds, to take along: one row a conversation, or one a message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from litestar import get
from litestar.exceptions import ClientException
from litestar.params import FromQuery
from litestar.response import Stream

from bot import records
from bot.managers import exports
from bot.managers.choices import today_of
from bot.managers.days import require_days
from bot.managers.exports import CellRow, Table
from bot.managers.transcripts.chosen import make_filter, read_chosen, read_query
from bot.managers.transcripts.fields import make_fields
from bot.masking import contact_words, hide
from bot.web.access import FromDeps, StaffRequest
from bot.web.masked import veil_for
from bot.web.staffpages import iso_time
from bot.web.talk_view import SLOT_ORDER
from dialogs.types import State
from storage import exporting, search
from storage.db import Connection
from storage.exporting import Exported
from storage.reading import Filter
from storage.veils import Veil

ROWS = ("conversations", "messages")
PIECE = 200  # conversations read at once
HITS = 2_000  # conversations that words may find
SLOTS = tuple(slot for slot in SLOT_ORDER if slot != "edition")
BEFORE = (
    "id", "opened", "last_message", "channel", "language", "source", "messages", "outcome",
    "reason", "stage", "owner", "staff", "closed_as", "edition",
)  # fmt: skip
AFTER = ("papers_given", "papers_opened", "papers_asked", "steps", "stars", "flags")
MESSAGES = Table(
    name="messages", columns=("conversation", "number", "at", "author", "staff", "text")
)


@get("/transcripts/export", opt={"right": "exports"})
async def export_transcripts(
    request: StaffRequest,
    deps: FromDeps,
    rows: FromQuery[str] = "conversations",
    format: FromQuery[str] = "csv",
) -> Stream:
    """What the page's filters find, newest first; with words, the conversations that have them."""
    if rows not in ROWS:
        raise ClientException("desk.error.export_rows")
    as_, worker = exports.read_format(format), request.user.staff
    fields = make_fields(deps, worker)
    chosen = read_chosen(fields, read_query(request.url.query), today_of(deps))
    require_days(chosen.problems)
    wanted, words = make_filter(deps, fields, chosen), chosen.q
    veil = veil_for(worker)
    found = await deps.db.read(lambda at: _hits(at, words, wanted, veil)) if words else None
    slots = (*SLOTS, *(slot.id for slot in deps.pack.own_slots))
    make = partial(_talk_rows, slots) if rows == "conversations" else _message_rows

    def read(cursor: str) -> Callable[[Connection], tuple[Sequence[CellRow], str]]:
        def run(connection: Connection) -> tuple[Sequence[CellRow], str]:
            talks, following = _piece(connection, wanted, found, cursor)
            return make(connection, talks, worker.personal), following

        return run

    table = _talks_table(slots) if rows == "conversations" else MESSAGES
    return await exports.send(deps, request, table, exports.read_pieces(deps, read), as_)


def _talks_table(slots: tuple[str, ...]) -> Table:
    columns = (*BEFORE, *(f"profile_{slot}" for slot in slots), *AFTER)
    return Table(name="conversations", columns=columns)


def _hits(connection: Connection, words: str, wanted: Filter, veil: Veil | None) -> list[str]:
    return [hit.line.id for hit in search.search(connection, words, wanted, HITS, veil).hits]


def _piece(
    connection: Connection, wanted: Filter, found: list[str] | None, cursor: str
) -> tuple[tuple[Exported, ...], str]:
    if found is None:
        return exporting.export(connection, wanted, cursor, PIECE)
    begin = int(cursor or 0)
    some = found[begin : begin + PIECE]
    following = str(begin + PIECE) if begin + PIECE < len(found) else ""
    return exporting.exported(connection, some), following


def _talk_rows(
    slots: tuple[str, ...], connection: Connection, talks: tuple[Exported, ...], personal: bool
) -> list[CellRow]:
    return [_talk_row(slots, talk, records.read_state(talk.state), personal) for talk in talks]


def _talk_row(slots: tuple[str, ...], talk: Exported, state: State, personal: bool) -> CellRow:
    line, words = talk.line, contact_words(state)
    known = [state.profile.get(slot) for slot in slots]
    profile = [each.value if each is not None else None for each in known]
    if not personal:
        profile = [hide(each, words) if isinstance(each, str) else each for each in profile]
    source = talk.source if personal else hide(talk.source, words)
    return [
        line.id, iso_time(line.created_at), iso_time(line.updated_at), line.channel, line.language,
        source, line.last_seq, line.outcome, line.reason, line.stage, line.owner,
        line.staff_name, line.close_reason, line.edition, *profile, *map(" ".join, (
            talk.given, talk.opened, talk.asked, talk.steps,
        )), talk.stars or None, " ".join(talk.flags),
    ]  # fmt: skip


def _message_rows(
    connection: Connection, talks: tuple[Exported, ...], personal: bool
) -> list[CellRow]:
    words = {
        talk.line.id: () if personal else contact_words(records.read_state(talk.state))
        for talk in talks
    }
    return [
        (
            each.conversation,
            each.seq,
            iso_time(each.at),
            each.author,
            each.staff_name,
            each.text if personal else hide(each.text, words[each.conversation]),
        )
        for each in exporting.messages_of(connection, list(words))
    ]
