"""The questions that the papers did not answer, to take along."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from litestar import get
from litestar.params import FromQuery
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.exports import CellRow, Table
from bot.masking import hide
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import iso_time
from storage import reading
from storage.db import Connection

PATH = "/questions/export"
PIECE = 500
QUESTIONS = Table(
    name="questions",
    columns=("id", "conversation", "asked", "language", "question", "nearest", "settled"),
)


@get(PATH, opt={"right": "exports"})
async def export_questions(
    request: StaffRequest, deps: FromDeps, view: FromQuery[str] = "", format: FromQuery[str] = "csv"
) -> Stream:
    """The open questions, or with `view=settled` the done ones, newest first."""
    as_, personal, settled = (
        exports.read_format(format),
        request.user.staff.personal,
        view == "settled",
    )

    def read(cursor: str) -> Callable[[Connection], tuple[Sequence[CellRow], str]]:
        def run(connection: Connection) -> tuple[Sequence[CellRow], str]:
            before = int(cursor or 0)
            found = reading.unanswered(connection, settled=settled, before=before, limit=PIECE)
            return (
                [_row(each, personal) for each in found],
                str(found[-1].id) if len(found) == PIECE else "",
            )

        return run

    return await exports.send(deps, request, QUESTIONS, exports.read_pieces(deps, read), as_)


def _row(each: reading.Unanswered, personal: bool) -> CellRow:
    return (
        each.id,
        each.conversation,
        iso_time(each.at),
        each.language,
        each.question if personal else hide(each.question),
        each.nearest.replace("\n", " "),
        iso_time(each.settled_at) if each.settled_at else None,
    )


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """/questions/export, behind the guard."""
    return close_off(deps, [export_questions])
