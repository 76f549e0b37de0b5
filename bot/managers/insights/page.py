"""What the market asks for, month by month: /insights, and the talks behind each number."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.grouping import group_questions
from bot.managers.insights.choice import InsightChoice, form_options, read_choice
from bot.managers.insights.leaving import find_leaving
from bot.managers.insights.months import Month, read_month
from bot.managers.insights.naming import name_value, spell_cities
from bot.managers.insights.report import COUNTED, PATH, Reporter, band_of
from bot.managers.views import shown_views
from bot.masking import conceal
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_name, render
from dialogs.demand import KINDS, name_subject
from dialogs.types import Struct
from storage import insights, reading
from storage.db import Connection
from storage.insights import Period
from storage.reading import Line

SHOWN = 200  # talks behind a number
VALUE_MAX = 300  # characters
# What the page counts. By others, an address say, somebody could be found who is to stay hidden.
FACTS = ("alternatives", "industry", "city", "segment", "ownership", "edition")


class Behind(Struct):
    """The talks behind a number of the page, the first of them as `lines`."""

    count: int
    lines: tuple[Line, ...]
    label: str
    question: int = 0  # number of the question without an answer, 0 for none


@get(PATH, opt={"right": "figures"})
async def show_insights(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """The month as a page that prints well."""
    language, choice = language_of(deps, request), read_choice(deps, request.query_params)
    reporter = Reporter(deps.texts, language, choice)
    report = await deps.db.read(reporter.make)
    left = await deps.db.read(lambda connection: find_leaving(connection, deps, choice))
    now = read_month("", deps.now(), deps.pack.company.time_zone)
    values = {
        "choice": choice,
        "options": form_options(deps, language),
        "report": report if request.user.staff.personal else conceal(report),
        "left": left,
        "shown_month": name_month(deps, choice.shown, language),
        "older": _neighbour(deps, choice, -1, language),
        "newer": _neighbour(deps, choice, 1, language) if choice.shown.first < now.first else None,
        "views": shown_views(deps, request.user.staff, "insights", choice.query()),
        "exports": exports.links(f"{PATH}/export", choice.query()),
    }
    return render(deps, request, "insights", values)


@get(f"{PATH}/talks", opt={"right": "figures"})
async def show_talks(
    request: StaffRequest,
    deps: FromDeps,
    what: FromQuery[str] = "",
    value: FromQuery[str] = "",
) -> Response[Any]:
    """The talks that one number of the page counts."""
    language, choice = language_of(deps, request), read_choice(deps, request.query_params)
    period = choice.period(choice.shown, deps.pack.company.time_zone)
    kind, _, name = what.partition(":")

    def find(connection: Connection) -> Behind:
        if kind == "question":
            return _find_question(connection, value, period)
        ids = _find(connection, (kind, name), value[:VALUE_MAX], period)
        told = insights.count_spellings(connection, period) if name == "city" else ()
        label = spell_cities(told, language).get(value)
        label = label or _label(deps, (kind, name), value[:VALUE_MAX], language)
        return Behind(count=len(ids), lines=_lines(connection, ids), label=label)

    try:
        found = await deps.db.read(find)
    except KeyError:
        raise NotFoundException("desk.error.404") from None
    values = {
        "found": found if request.user.staff.personal else conceal(found),
        "shown_month": name_month(deps, choice.shown, language),
        "back": choice.address(PATH),
    }
    return render(deps, request, "insights_talks", values)


def _lines(connection: Connection, ids: tuple[str, ...]) -> tuple[Line, ...]:
    """The first of these talks, in this order."""
    lines = reading.lines_of(connection, list(ids[:SHOWN]))
    return tuple(lines[each] for each in ids[:SHOWN] if each in lines)


def _find(
    connection: Connection, what: tuple[str, str], value: str, period: Period
) -> tuple[str, ...]:
    """Ids of the talks. KeyError when the address names nothing that is counted."""
    kind, name = what
    if kind == "fact" and name in FACTS:
        return insights.talks_with_fact(connection, name, [value], period)
    if kind == "size" and name == "headcount":
        told = insights.count_facts(connection, name, period, COUNTED)
        values = [each.value for each in told if band_of(each.value) == value]
        return insights.talks_with_fact(connection, name, values, period)
    if kind == "wish" and name in KINDS:
        return insights.talks_with_wish(connection, name, value, period)
    if kind == "column":
        return insights.talks_with_column(connection, name, value, period)
    raise KeyError(kind)


def _find_question(connection: Connection, number: str, period: Period) -> Behind:
    """The talks of the period that asked the same. KeyError for a question of another time."""
    for group in group_questions(insights.unanswered(connection, period)):
        if any(str(row.id) == number for row in group.rows):
            return Behind(
                count=len(group.talks),
                lines=_lines(connection, group.talks),
                label=group.first.question,
                question=group.first.id,
            )
    raise KeyError(number)


def _label(deps: Deps, what: tuple[str, str], value: str, language: str) -> str:
    kind, name = what
    if kind == "size":
        return value
    if kind == "fact":
        return name_value(deps.texts, language, name, value)
    if kind == "column":
        return make_name(deps, language)("desk.close", value)
    if name == "paper":
        return make_name(deps, language)("document_kind", value)
    return name_subject(deps.pack, value, language)


def name_month(deps: Deps, month: Month, language: str) -> str:
    """The month as a person writes it: "November 2026"."""
    return deps.texts.month(language, month.first)


def _neighbour(deps: Deps, choice: InsightChoice, step: int, language: str) -> tuple[str, str]:
    """Address and name of another month."""
    other = choice.shown.shift(step)
    return choice.address(PATH, month=other.code), name_month(deps, other, language)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /insights, behind the guard."""
    return close_off(deps, [show_insights, show_talks])
