"""The talks behind a number of the figures: /figures/talks."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from bot.managers.figures.choice import make_filter, read_choice
from bot.managers.figures.quality import PATH as QUALITY
from bot.managers.figures.questions import ENDS, name_question
from bot.managers.figures.questions import PATH as QUESTIONS
from bot.masking import conceal
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say, render
from dialogs.hours import DAY
from storage import courses, quality, reading
from storage.db import Connection
from storage.reading import Filter, Line

PATH = "/figures/talks"
SHOWN = 200
NAME_MAX = 100  # characters


@get(PATH, opt={"right": "figures"})
async def show_talks(
    request: StaffRequest,
    deps: FromDeps,
    figure: FromQuery[str] = "",
    question: FromQuery[str] = "",
    how: FromQuery[str] = "",
) -> Response[Any]:
    """Those of a figure of quality, or those in which a question ended in one way."""
    choice, language = read_choice(deps, request.query_params), language_of(deps, request)
    wanted, now = make_filter(deps, choice), deps.now()
    question = question[:NAME_MAX]

    def read(connection: Connection) -> tuple[int, list[Line]]:
        if question:
            ids = _behind_question(connection, wanted, (question, how), now)
        else:
            ids = _behind_figure(connection, wanted, figure, now)
        lines = reading.lines_of(connection, ids[:SHOWN])
        return len(ids), [lines[each] for each in ids[:SHOWN] if each in lines]

    try:
        count, lines = await deps.db.read(read)
    except KeyError:
        raise NotFoundException("desk.error.404") from None
    values = {
        "choice": choice,
        "label": _label(deps, (figure, question, how), language),
        "count": count,
        "rows": lines if request.user.staff.personal else conceal(tuple(lines)),
        "back": choice.address(QUESTIONS if question else QUALITY),
        "back_key": "figures.questions.title" if question else "quality.title",
    }
    return render(deps, request, "figures/talks", values)


def _label(deps: Deps, what: tuple[str, str, str], language: str) -> str:
    figure, question, how = what
    say = make_say(deps, language)
    if question:
        name = name_question(deps, question, language)
        return say("figures.talks.question", question=name, how=say(f"figures.ended.{how}"))
    if figure.startswith("stars-"):
        return say("quality.stars", n=int(figure.removeprefix("stars-")))
    return say(f"quality.{figure}")


def _behind_question(
    connection: Connection, wanted: Filter, question: tuple[str, str], now: int
) -> list[str]:
    slot, how = question
    if how not in (*ENDS, "asked", "again"):
        raise KeyError(how)
    return courses.talks_with_question(connection, wanted, slot, (how, now - DAY))


def _behind_figure(connection: Connection, wanted: Filter, figure: str, now: int) -> list[str]:
    if figure == "reasked":
        return quality.talks_reasked(connection, wanted)
    if figure.startswith("stars-") and figure not in {f"stars-{each}" for each in quality.STARS}:
        raise KeyError(figure)
    return quality.talks_behind(quality.load(connection, wanted), figure, now)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The talks behind the figures, behind the guard."""
    return close_off(deps, [show_talks])
