"""What was not understood, to take along: one row a message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from litestar import get
from litestar.params import FromQuery
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from bot import records
from bot.managers import exports
from bot.managers.choices import read_choice
from bot.managers.exports import CellRow, Table
from bot.managers.understanding import make_wanted
from bot.masking import hide
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import iso_time
from dialogs.types import Reading
from storage import doubts
from storage.db import Connection
from storage.doubts import Doubt

PIECE = 500
DOUBTS = Table(
    name="not_understood",
    columns=(
        "id", "conversation", "message", "at", "kind", "language", "asked", "text", "taken_for",
        "certainty", "settled", "settled_as",
    ),
)  # fmt: skip


@get("/understanding/export", opt={"right": "exports"})
async def export_doubts(
    request: StaffRequest, deps: FromDeps, format: FromQuery[str] = "csv"
) -> Stream:
    """What the page's filters find, newest first."""
    as_, personal = exports.read_format(format), request.user.staff.personal
    wanted = make_wanted(deps, read_choice(request.query_params))

    def read(cursor: str) -> Callable[[Connection], tuple[Sequence[CellRow], str]]:
        def run(connection: Connection) -> tuple[Sequence[CellRow], str]:
            found, following = doubts.find(connection, wanted, cursor, PIECE)
            return [_row(each, personal) for each in found], following

        return run

    return await exports.send(deps, request, DOUBTS, exports.read_pieces(deps, read), as_)


def _row(doubt: Doubt, personal: bool) -> CellRow:
    read = records.read_reading(doubt.reading) or Reading()
    return (
        doubt.id,
        doubt.conversation,
        doubt.seq,
        iso_time(doubt.at),
        doubt.kind,
        doubt.language,
        doubt.asked or None,
        doubt.text if personal else hide(doubt.text),
        " ".join(read.intents) or None,
        round(doubt.certainty, 3),
        iso_time(doubt.settled_at) if doubt.settled_at else None,
        doubt.settled_how or None,
    )


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """/understanding/export, behind the guard."""
    return close_off(deps, [export_doubts])
