"""The figures to take along: the funnel, quality week by week, and the month's insights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from litestar import get
from litestar.params import FromQuery
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.choices import midnight
from bot.managers.days import require_days
from bot.managers.exports import CellRow, Table
from bot.managers.figures.choice import FigureChoice, make_filter, make_weeks, read_choice
from bot.managers.figures.funnel import make_steps
from bot.managers.figures.quality import SHARES, TIMES
from bot.managers.figures.questions import ENDS, name_question
from bot.managers.insights.choice import read_choice as read_insight_choice
from bot.managers.insights.report import Report, Reporter
from bot.masking import hide
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import language_of
from dialogs.hours import DAY
from storage import courses, quality
from storage.db import Connection
from storage.quality import Quality

RIGHT = {"right": "exports"}
WEEKS_MAX = 530  # of a file: ten years
FUNNEL = Table(
    name="funnel",
    columns=(
        "since", "until", "step", "talks", "percent_of_opened", "percent_of_step_before", "lost",
        "median_seconds",
    ),
)  # fmt: skip
QUALITY = Table(
    name="quality",
    columns=("since", "until", "figure", "part", "of", "median_seconds", "p95_seconds"),
)
ASKED = Table(
    name="asked",
    columns=("since", "until", "question", "label", "asked", *ENDS, "again", "median_seconds"),
)
INSIGHTS = Table(name="insights", columns=("month", "section", "label", "talks", "change", "note"))


@get("/funnel/export", opt=dict(RIGHT))
async def export_funnel(
    request: StaffRequest, deps: FromDeps, format: FromQuery[str] = "csv"
) -> Stream:
    """One row a step, of the days and talks that the page shows."""
    as_, choice = exports.read_format(format), read_choice(deps, request.query_params)
    require_days(choice.problems)
    wanted = make_filter(deps, choice)

    def read(connection: Connection) -> list[CellRow]:
        bits = courses.count_bits(connection, wanted).get("", {})
        times = courses.median_times(connection, wanted)
        return [
            (
                choice.since, choice.until, step.id, step.count, step.percent, step.of_before,
                step.lost, round(times[step.id]) if step.id in times else None,
            )
            for step in make_steps(choice, bits, {})
        ]  # fmt: skip

    rows = await deps.db.read(read)
    return await exports.send(deps, request, FUNNEL, exports.all_at_once(rows), as_)


@get("/funnel/questions/export", opt=dict(RIGHT))
async def export_asked(
    request: StaffRequest, deps: FromDeps, format: FromQuery[str] = "csv"
) -> Stream:
    """One row a question that the assistant puts, with how it ended, of the days of the page."""
    as_, choice = exports.read_format(format), read_choice(deps, request.query_params)
    require_days(choice.problems)
    wanted, silent_before = make_filter(deps, choice), deps.now() - DAY
    language = language_of(deps, request)
    found = await deps.db.read(
        lambda at: courses.count_questions(at, wanted=wanted, silent_before=silent_before)
    )
    rows: list[CellRow] = [
        (
            choice.since, choice.until, row.slot, name_question(deps, row.slot, language),
            row.asked, *(int(getattr(row, how)) for how in ENDS), row.again,
            round(row.seconds) if row.answered else None,
        )
        for row in found
    ]  # fmt: skip
    return await exports.send(deps, request, ASKED, exports.all_at_once(rows), as_)


@get("/quality/export", opt=dict(RIGHT))
async def export_quality(
    request: StaffRequest, deps: FromDeps, format: FromQuery[str] = "csv"
) -> Stream:
    """One row a figure for all days of the page, then one for each of its weeks."""
    as_, choice = exports.read_format(format), read_choice(deps, request.query_params)
    require_days(choice.problems)
    wanted, now = make_filter(deps, choice), deps.now()
    weeks = make_weeks(choice, WEEKS_MAX)

    def read(connection: Connection) -> list[CellRow]:
        records = quality.load(connection, wanted)
        rows = list(_figures(choice, quality.judge(records, now)))
        for week in weeks:
            part = quality.of_time(records, *_times_of(deps, week))
            rows += _figures(week, quality.judge(part, now))
        return rows

    rows = await deps.db.read(read)
    return await exports.send(deps, request, QUALITY, exports.all_at_once(rows), as_)


@get("/insights/export", opt=dict(RIGHT))
async def export_insights(
    request: StaffRequest,
    deps: FromDeps,
    format: FromQuery[str] = "csv",
) -> Stream:
    """One row a line of the month's page, in the reader's language."""
    as_, personal = exports.read_format(format), request.user.staff.personal
    choice = read_insight_choice(deps, request.query_params)
    require_days(choice.problems)
    reporter = Reporter(deps.texts, language_of(deps, request), choice)
    report = await deps.db.read(reporter.make)
    rows = exports.all_at_once(list(_lines(report, personal)))
    return await exports.send(deps, request, INSIGHTS, rows, as_)


def _times_of(deps: Deps, week: FigureChoice) -> tuple[int, int]:
    last = date.fromisoformat(week.until) + timedelta(days=1)
    return midnight(deps, date.fromisoformat(week.since)), midnight(deps, last)


def _figures(days: FigureChoice, found: Quality) -> Iterator[CellRow]:
    for name in SHARES:
        share = getattr(found, name)
        yield (days.since, days.until, name, share.part, share.whole, None, None)
    for name in TIMES:
        times = getattr(found, name)
        took = (round(times.p50), round(times.p95)) if times.count else (None, None)
        yield (days.since, days.until, name, times.count, times.count, *took)
    for stars, count in zip(quality.STARS, found.stars, strict=True):
        yield (days.since, days.until, f"stars_{stars}", count, sum(found.stars), None, None)


def _lines(report: Report, personal: bool) -> Iterator[CellRow]:
    for section in report.sections:
        for row in section.rows:
            label = row.label if personal else hide(row.label)
            yield (report.month.code, section.id, label, row.count, row.change, row.note or None)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The exports of figures, behind the guard."""
    return close_off(deps, [export_funnel, export_asked, export_quality, export_insights])
