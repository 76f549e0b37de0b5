"""How far talks come, from opening to the last stage, and where they are lost: /funnel."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from litestar import Response, get
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.figures.choice import (
    FigureChoice,
    cut_week,
    form_options,
    make_filter,
    make_weeks,
    read_choice,
)
from bot.managers.views import shown_views
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.charts import percent_of
from bot.web.deps import Deps
from bot.web.staffpages import Say, language_of, make_name, make_say, render
from dialogs.types import Struct
from storage import courses
from storage.conditions import JOURNEY
from storage.courses import Bits
from storage.db import Connection
from storage.reading import Filter

PATH = "/funnel"
GROUPS = 12  # lines of a comparison; the rest stands together
WEEKS_MAX = 60
OTHERS = "~others"
COMPARED_STEPS = JOURNEY[: JOURNEY.index("claimed") + 1]
ENOUGH = 10  # talks of a group from which its share says something


class Step(Struct):
    """A step: how many talks came to it, how many of those of the step before, how many were lost
    there, and the median of seconds until then (None: nobody came, or it is the opening)."""

    id: str
    count: int
    percent: int  # of those opened, rounded
    of_before: int  # percent, rounded
    lost: int
    took: str
    address: str
    lost_address: str


class Group(Struct):
    """A line of the comparison: the talks opened, and of them percent at each step."""

    label: str
    address: str
    talks: str  # address of the list of its talks, "" as for `address`
    opened: int
    percents: tuple[int, ...]


@get(PATH, opt={"right": "figures"})
async def show_funnel(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """The steps with their shares and times, and compared by one thing if wanted."""
    choice, language = read_choice(deps, request.query_params), language_of(deps, request)
    wanted = make_filter(deps, choice)
    say = make_say(deps, language)

    def read(connection: Connection) -> tuple[Bits, dict[str, float], dict[str, Bits]]:
        bits = courses.count_bits(connection, wanted).get("", {})
        compared = _compare(connection, deps, choice, wanted)
        return bits, courses.median_times(connection, wanted), compared

    bits, times, compared = await deps.db.read(read)
    steps = make_steps(choice, bits, {step: show_span(say, at) for step, at in times.items()})
    counts = {step.id: step.count for step in steps}
    groups = _groups(deps, choice, compared, language)
    key = "figures.funnel.finding" if counts["opened"] else "desk.funnel.none"
    values = {
        "choice": choice,
        "steps": steps,
        "worst": find_worst(steps),
        "finding": say(key, **counts),
        "compared_steps": COMPARED_STEPS,
        "escalated": COMPARED_STEPS.index("escalated"),
        "groups": groups,
        "apart": find_apart(groups),
        "views": shown_views(deps, request.user.staff, "funnel", choice.query()),
        "exports": exports.links(f"{PATH}/export", choice.query()),
        **form_options(deps, language),
    }
    return render(deps, request, "figures/funnel", values)


def make_steps(choice: FigureChoice, bits: Bits, times: dict[str, str]) -> tuple[Step, ...]:
    """The steps of the journey with their shares; `times` as they are shown."""
    opened = courses.count_reached(bits, "opened")
    found = []
    for before, step in zip(("opened", *JOURNEY), JOURNEY, strict=False):
        count = courses.count_reached(bits, step)
        both = courses.count_reached(bits, before, step)
        found.append(
            Step(
                id=step,
                count=count,
                percent=percent_of(count, opened),
                of_before=percent_of(both, courses.count_reached(bits, before)),
                lost=courses.count_lost(bits, step),
                took=times.get(step, ""),
                address=choice.transcripts(step=step),
                lost_address=choice.transcripts(lost_at=step),
            )
        )
    return tuple(found)


def find_worst(steps: tuple[Step, ...]) -> Step | None:
    """The step at which most talks end, before a person has come; None while nothing was lost."""
    early = steps[: JOURNEY.index("escalated")]
    worst = max(early, key=lambda step: step.lost)
    return worst if worst.lost else None


def show_span(say: Say, seconds: float) -> str:
    """A length of time as a person reads it, in its largest unit."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return say(f"figures.took.{unit}", n=round(seconds / size))
    return say("figures.took.seconds", n=round(seconds))


# --- compared ------------------------------------------------------------------------------------


def _compare(
    connection: Connection, deps: Deps, choice: FigureChoice, wanted: Filter
) -> dict[str, Bits]:
    if choice.by == "week":
        weeks = make_weeks(choice, WEEKS_MAX)
        return {
            week.since: courses.count_bits(connection, make_filter(deps, week)).get("", {})
            for week in weeks
        }
    return courses.count_bits(connection, wanted, choice.by) if choice.by else {}


def _groups(
    deps: Deps, choice: FigureChoice, compared: dict[str, Bits], language: str
) -> list[Group]:
    """The largest groups with their shares, weeks in their order; the small ones are added up."""
    sized = {name: courses.count_reached(bits, "opened") for name, bits in compared.items()}
    if choice.by == "week":
        kept, rest = list(compared), []
    else:
        order = sorted(compared, key=lambda name: (-sized[name], name))
        kept, rest = order[:GROUPS], order[GROUPS:]
    found = [
        _group(_label(deps, choice, name, language), _narrow(choice, name), compared[name])
        for name in kept
    ]
    if rest:
        added: dict[int, int] = {}
        for name in rest:
            for bits, count in compared[name].items():
                added[bits] = added.get(bits, 0) + count
        say = make_say(deps, language)
        found.append(_group(say("figures.others", n=len(rest)), None, added))
    return found


def _group(label: str, narrowed: FigureChoice | None, bits: Bits) -> Group:
    """`narrowed`: the choice of this group alone, None where it cannot be asked for."""
    opened = courses.count_reached(bits, "opened")
    shares = (percent_of(courses.count_reached(bits, step), opened) for step in COMPARED_STEPS)
    return Group(
        label=label,
        address=narrowed.address(PATH, by="") if narrowed else "",
        talks=narrowed.transcripts() if narrowed else "",
        opened=opened,
        percents=tuple(shares),
    )


def find_apart(groups: list[Group]) -> tuple[Group, Group] | None:
    """The groups that come to pre-sales most and least often; None where that says nothing."""
    sound = [group for group in groups if group.opened >= ENOUGH]
    if len(sound) < 2:
        return None
    place = COMPARED_STEPS.index("escalated")
    ordered = sorted(sound, key=lambda group: group.percents[place])
    least, most = ordered[0], ordered[-1]
    return (most, least) if most.percents[place] > least.percents[place] else None


def _label(deps: Deps, choice: FigureChoice, value: str, language: str) -> str:
    say, name = make_say(deps, language), make_name(deps, language)
    if choice.by == "week":
        return say("figures.week_of", day=value)
    if not value:
        return say("figures.nothing_said")
    if choice.by == "edition":
        found = deps.pack.edition(value)
        return (found.name.get(language) or value) if found else value
    return name({"channel": "channel", "language": "language.name"}.get(choice.by, ""), value)


def _narrow(choice: FigureChoice, value: str) -> FigureChoice | None:
    """The choice of one group alone; None where it cannot be asked for."""
    if choice.by == "week":
        return cut_week(choice, date.fromisoformat(value))
    field = "tongue" if choice.by == "language" else choice.by
    return msgspec.structs.replace(choice, **{field: value}) if value else None


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The funnel, behind the guard."""
    return close_off(deps, [show_funnel])
