"""How fast people were answered, and what was late: /service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.choices import Choice, make_times, read_choice
from bot.managers.service.report import Report, make_report
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import Say, language_of, make_say, render
from dialogs import hours
from storage import accounts, service
from storage.db import Connection
from storage.service import Reply

PAGE = "/service"
WEEKS = 4  # shown where no days are chosen
MINUTE, HOUR = 60_000, 3_600_000  # ms


@get(PAGE, opt={"right": "figures"})
async def show_service(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Times of the first and the next reply by reason, person and week, and the late ones."""
    choice = read_days(deps, request.query_params)
    since, until = make_times(deps, choice)
    company, now = deps.pack.company, deps.now()
    report = await deps.db.read(
        lambda at: make_report(company, read_answers(at, since, until), now)
    )
    say = make_say(deps, language_of(deps, request))
    values = {
        "filter": choice,
        "report": report,
        "finding": _finding(say, report),
        "names": name_staff(deps),
        "exports": exports.links(f"{PAGE}/export", choice.address("").removeprefix("?")),
        "targets": deps.pack.targets,
        "span": lambda ms: show_span(say, ms),
    }
    return render(deps, request, "service", values)


def show_span(say: Say, ms: int) -> str:
    """A working time as a person reads it."""
    if not ms:
        return "–"
    if ms < MINUTE:
        return say("service.span.seconds", n=max(1, ms // 1_000))
    if ms < HOUR:
        return say("service.span.minutes", n=ms // MINUTE)
    return say("service.span.hours", hours=ms // HOUR, minutes=ms % HOUR // MINUTE)


def read_days(deps: Deps, query: Mapping[str, str]) -> Choice:
    """The days of an address; the last weeks where it names none."""
    choice = read_choice(query)
    if choice.since or choice.until:
        return _closed(choice)
    today = hours.local(deps.pack.company, deps.now()).date()
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    return msgspec.structs.replace(choice, since=first.isoformat(), until=today.isoformat())


def read_answers(connection: Connection, since: int, until: int) -> tuple[Reply, ...]:
    """Those that came and those that are owed to who began to wait in this time (ms)."""
    came = service.read_replies(connection, since, until)
    return (*came, *service.read_owed(connection, since, until))


def _closed(choice: Choice) -> Choice:
    """A choice with both ends."""
    return msgspec.structs.replace(
        choice, since=choice.since or "2000-01-01", until=choice.until or "2999-12-31"
    )


def _finding(say: Say, report: Report) -> str:
    whole = report.whole
    if not whole.judged:
        return say("service.none")
    return say(
        "service.finding",
        percent=whole.percent,
        n=whole.judged,
        late=whole.late,
        median=show_span(say, whole.first.median),
    )


def name_staff(deps: Deps) -> dict[str, str]:
    """Names by the ids of accounts, as text."""
    staff = deps.db.peek(accounts.all_staff)
    return {str(each.id): each.display_name or each.name for each in staff}


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The report, behind the guard."""
    return close_off(deps, [show_service])
