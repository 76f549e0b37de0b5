"""The sample of the week on one page: what is to be read, and what was found: /reviews."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from bot.managers import sampling
from bot.managers.sampling import SIZE, Drawn, Sample
from bot.managers.transcripts.fields import VERDICTS
from bot.masking import conceal
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import Worker, render
from dialogs.types import Struct
from storage import accounts
from storage.reading import Line, lines_of


class Row(Struct):
    """A talk to read; `verdict` "" while nobody has."""

    line: Line
    verdict: str
    who: str
    at: int


class Group(Struct):
    """The talks of one kind, drawn from `total`."""

    kind: str
    rows: tuple[Row, ...]
    total: int
    read: int


@get("/reviews", opt={"right": "reviews"})
async def show_reviews(
    request: StaffRequest, deps: FromDeps, week: FromQuery[str] = ""
) -> Response[Any]:
    """The sample of a week, last week's unless another is named."""
    chosen = week or sampling.last_week(deps)
    sample = await sampling.find_sample(deps, chosen)
    monday = sampling.first_day(chosen)
    if sample is None or monday is None:
        raise NotFoundException("desk.error.404")
    groups = await _groups(deps, request.user.staff, sample)
    following = next((talk for talk in sample.talks if talk not in sample.reviews), "")
    found = [each.verdict for each in sample.reviews.values()]
    values = {
        "week": chosen,
        "first": monday.isoformat(),
        "last": (monday + timedelta(days=6)).isoformat(),
        "before": sampling.name_week(monday - timedelta(days=7)),
        "after": sampling.name_week(monday + timedelta(days=7)),
        "newest": sampling.last_week(deps),
        "groups": groups,
        "drawn": len(sample.talks),
        "read": sample.read,
        "each": SIZE,
        "following": following,
        "verdicts": [(verdict, found.count(verdict)) for verdict in VERDICTS],
    }
    return render(deps, request, "transcripts/reviews", values)


async def _groups(deps: Deps, worker: Worker, sample: Sample) -> tuple[Group, ...]:
    lines = await deps.db.read(lambda connection: lines_of(connection, list(sample.talks)))
    if not worker.personal:
        lines = conceal(lines)
    names = {each.id: each.display_name or each.name for each in deps.db.peek(accounts.all_staff)}
    return tuple(_group(each, sample, lines, names) for each in sample.groups)


def _group(drawn: Drawn, sample: Sample, lines: dict[str, Line], names: dict[int, str]) -> Group:
    rows = []
    for talk in drawn.talks:
        if talk not in lines:
            continue
        found = sample.reviews.get(talk)
        who = names.get(found.staff_id, "") if found else ""
        verdict, at = (found.verdict, found.at) if found else ("", 0)
        rows.append(Row(line=lines[talk], verdict=verdict, who=who, at=at))
    read = sum(bool(row.verdict) for row in rows)
    return Group(kind=drawn.kind, rows=tuple(rows), total=drawn.total, read=read)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """/reviews, behind the guard."""
    return close_off(deps, [show_reviews])
