"""How far conversations come, from opening to a person: /funnel."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from bot.managers.choices import filter_options, make_filter, read_choice
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say, render
from dialogs.types import Struct
from storage import reading


class Step(Struct):
    """A step of the funnel; `percent` of the talks that were opened, rounded down."""

    id: str
    count: int
    percent: int


def make_steps(steps: tuple[reading.Step, ...]) -> tuple[Step, ...]:
    """The steps with their share of the first one."""
    opened = steps[0].count
    return tuple(
        Step(
            id=step.name,
            count=step.count,
            percent=100 * step.count // opened if opened else 0,
        )
        for step in steps
    )


@get("/funnel", opt={"right": "figures"})
async def show_funnel(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """The steps as a table with bars; each tells what it counts."""
    choice = read_choice(request.query_params)
    wanted = make_filter(deps, choice)
    steps = make_steps(await deps.db.read(lambda connection: reading.funnel(connection, wanted)))
    counts = {step.id: step.count for step in steps}
    say = make_say(deps, language_of(deps, request))
    key = "desk.funnel.finding" if counts["opened"] else "desk.funnel.none"
    values = {
        "filter": choice,
        "steps": steps,
        "finding": say(key, **counts),
        **filter_options(deps),
    }
    return render(deps, request, "funnel", values)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The funnel, behind the guard."""
    return close_off(deps, [show_funnel])
