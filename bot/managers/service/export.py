"""Every answer of the page to take along: one row each, with its time and its target."""

from __future__ import annotations

from litestar import get
from litestar.params import FromQuery
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.choices import make_times
from bot.managers.exports import CellRow, Table
from bot.managers.service.pages import PAGE, name_staff, read_answers, read_days
from bot.managers.service.report import is_judged, is_late, working_time
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import iso_time
from storage.service import Reply

ANSWERS = Table(
    name="answers",
    columns=(
        "conversation", "kind", "reason", "staff", "since", "due", "answered", "working_seconds",
        "late",
    ),
)  # fmt: skip


@get(f"{PAGE}/export", opt={"right": "exports"})
async def export_service(
    request: StaffRequest, deps: FromDeps, format: FromQuery[str] = "csv"
) -> Stream:
    """The answers of the days that the page shows, those still owed too; oldest first."""
    as_, choice = exports.read_format(format), read_days(deps, request.query_params)
    since, until = make_times(deps, choice)
    found = await deps.db.read(lambda at: read_answers(at, since, until))
    names = name_staff(deps)
    rows = [_row(deps, each, names) for each in sorted(found, key=lambda reply: reply.since)]
    return await exports.send(deps, request, ANSWERS, exports.all_at_once(rows), as_)


def _row(deps: Deps, reply: Reply, names: dict[str, str]) -> CellRow:
    now = deps.now()
    return (
        reply.conversation,
        reply.kind,
        reply.reason or None,
        names.get(str(reply.staff_id)),
        iso_time(reply.since),
        iso_time(reply.due) if reply.due else None,
        iso_time(reply.replied_at) if reply.replied_at else None,
        working_time(deps.pack.company, reply, now) // 1_000,
        is_late(reply, now) if is_judged(reply, now) else None,
    )


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """/service/export, behind the guard."""
    return close_off(deps, [export_service])
