"""The record of who did what, filtered, and whether it is unbroken: /audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.params import FromQuery
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.acts import ABOUT_STAFF, find_place, name_act, name_detail
from bot.managers.exports import CellRow, Table
from bot.sealing import read_note
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import iso_time, language_of, render
from dialogs.types import Struct
from storage import accounts, audit
from storage.audit import Checked, Entry, Wanted
from storage.db import Connection
from storage.statements import ID_MAX

RIGHT: Mapping[str, str] = {"right": "audit"}
PAGE = 100
PIECE = 1_000  # lines of an export that are read at once
LINES = Table(
    name="audit",
    columns=("line", "at", "staff_id", "who", "act", "did", "subject", "whom", "detail"),
)
SUBJECT_MAX = 100  # characters
CHECKED_AT_ONCE = 50_000  # lines that are walked without being asked
BY_NOBODY = "0"  # of the filter: the command line, the product itself, a failed sign-in


class AuditChoice(Struct):
    """The filters as they stand in the address; "" takes all."""

    who: str = ""
    act: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    def query(self, **more: object) -> str:
        """These filters and more as the query of an address."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__} | more
        return urlencode({name: value for name, value in fields.items() if value})

    def address(self, **more: object) -> str:
        """The page with these filters, and more."""
        return f"/audit?{self.query(**more)}"


class AuditLine(Struct):
    """A line of the record in words: `who` and, where the act is about a colleague, `whom`."""

    entry: Entry
    did: str
    detail: str
    who: str  # "" for nobody of the staff
    whom: str
    address: str  # of the subject's page, "" for none


@get("/audit", opt=dict(RIGHT))
async def show_audit(
    request: StaffRequest, deps: FromDeps, before: FromQuery[int] = 0, check: FromQuery[str] = ""
) -> Response[Any]:
    """The newest lines that fit; the chain is walked while it is short, else when asked to."""
    choice, language = _read_choice(request.query_params), language_of(deps, request)
    wanted, below = _wanted(deps, choice), before if 0 < before <= ID_MAX else 0

    noted = read_note(deps.settings.data, deps.db.seal)

    def read(connection: Any) -> tuple[Any, ...]:
        total = audit.count(connection)
        walk = check == "1" or total <= CHECKED_AT_ONCE
        return (
            audit.entries(connection, wanted, below, PAGE + 1),
            audit.actions(connection),
            total,
            audit.verify(connection, deps.db.seal, noted) if walk else None,
        )

    rows, actions, total, checked = await deps.db.read(read)
    found: Checked | None = checked
    reader = _Reader(deps, language, request.user.staff.role, _names(deps))
    values = {
        "choice": choice,
        "rows": [reader.read(each) for each in rows[:PAGE]],
        "actions": sorted(
            ((action, name_act(deps, language, action)) for action in actions),
            key=lambda each: each[1],
        ),
        "staff": list(reader.names.items()),
        "total": total,
        "checked": found,
        "older": choice.address(before=rows[PAGE - 1].id) if len(rows) > PAGE else "",
        "newest": choice.address() if below else "",
        "exports": exports.links("/audit/export", choice.query()),
    }
    return render(deps, request, "audit", values)


@get("/audit/export", opt=dict(RIGHT))
async def export_audit(
    request: StaffRequest, deps: FromDeps, format: FromQuery[str] = "csv"
) -> Stream:
    """Every line that fits, newest first; the act as it is stored and in the reader's words."""
    as_, language = exports.read_format(format), language_of(deps, request)
    wanted = _wanted(deps, _read_choice(request.query_params))
    reader = _Reader(deps, language, request.user.staff.role, _names(deps))

    def read(cursor: str) -> Callable[[Connection], tuple[Sequence[CellRow], str]]:
        def run(connection: Connection) -> tuple[Sequence[CellRow], str]:
            rows = audit.entries(connection, wanted, int(cursor or 0), PIECE)
            following = str(rows[-1].id) if len(rows) == PIECE else ""
            return [_row(reader.read(each)) for each in rows], following

        return run

    return await exports.send(deps, request, LINES, exports.read_pieces(deps, read), as_)


def _row(line: AuditLine) -> CellRow:
    entry = line.entry
    return (
        entry.id, iso_time(entry.at), entry.staff_id or None, line.who or None, entry.action,
        line.did, entry.subject, line.whom or None, entry.detail or None,
    )  # fmt: skip


def _read_choice(query: Any) -> AuditChoice:
    read = {name: str(query.get(name, ""))[:SUBJECT_MAX] for name in AuditChoice.__struct_fields__}
    return AuditChoice(**{name: value.strip() for name, value in read.items()})


def _wanted(deps: Deps, choice: AuditChoice) -> Wanted:
    """The filter in storage's words; what cannot be read takes all."""
    number = int(choice.who) if choice.who.isdecimal() and len(choice.who) < 10 else 0
    return Wanted(
        staff_id=-1 if choice.who == BY_NOBODY else number,
        action=choice.act,
        subject=choice.subject,
        since=_midnight(deps, choice.since, 0),
        until=_midnight(deps, choice.until, 1),
    )


def _midnight(deps: Deps, day: str, after: int) -> int:
    """The beginning of a day in the company's time, as many days later, in ms; 0 for no day."""
    zone = ZoneInfo(deps.pack.company.time_zone)
    try:
        wanted = date.fromisoformat(day) + timedelta(days=after)
        begun = datetime(wanted.year, wanted.month, wanted.day, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):  # no day, or one at the edge of time
        return 0
    return max(0, round(begun.timestamp() * 1000))


def _names(deps: Deps) -> dict[str, str]:
    """Names by the ids of accounts, as text."""
    staff = deps.db.peek(accounts.all_staff)
    return {str(each.id): each.display_name or each.name for each in staff}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Puts lines into words for one reader."""

    deps: Deps
    language: str
    role: str
    names: Mapping[str, str]  # by the ids of accounts

    def read(self, entry: Entry) -> AuditLine:
        by, about = str(entry.staff_id), entry.action.startswith(ABOUT_STAFF)
        return AuditLine(
            entry=entry,
            did=name_act(self.deps, self.language, entry.action),
            detail=name_detail(self.deps, self.language, entry),
            who=self.names.get(by, f"#{by}") if entry.staff_id > 0 else "",
            whom=self.names.get(entry.subject, "") if about else "",
            address=find_place(entry, self.role),
        )


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """/audit, behind the guard."""
    return close_off(deps, [show_audit, export_audit])
