"""How well the assistant and pre-sales do, week by week: /quality."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.choices import midnight
from bot.managers.figures.choice import (
    FigureChoice,
    form_options,
    make_filter,
    make_weeks,
    read_choice,
)
from bot.managers.figures.funnel import WEEKS_MAX, show_span
from bot.managers.views import shown_views
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.charts import Columns, columns, percent_of
from bot.web.deps import Deps
from bot.web.staffpages import Say, language_of, make_say, render
from dialogs.types import Struct
from storage import quality
from storage.db import Connection
from storage.quality import STARS, Quality, Share, Times

PATH = "/quality"
SHARES = ("contained", "silent", "missed", "answered", "unhelpful", "accepted", "returned")
TIMES = ("first_answer", "human")


class Week(Struct):
    """A line of the table behind a chart."""

    label: str
    shown: str
    part: int
    whole: int


class Tile(Struct):
    """One figure: what it is now, in words what that means, and how it went week by week."""

    id: str
    shown: str
    finding: str
    detail: str
    address: str  # of the talks behind it, "" where it has none
    chart: Columns
    weeks: tuple[Week, ...]


@get(PATH, opt={"right": "figures"})
async def show_quality(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Each figure with its weeks."""
    choice, language = read_choice(deps, request.query_params), language_of(deps, request)
    weeks = make_weeks(choice, WEEKS_MAX)
    now, wanted = deps.now(), make_filter(deps, choice)

    def read(connection: Connection) -> tuple[Quality, list[Quality], Share]:
        records = quality.load(connection, wanted)
        parts = [quality.of_time(records, *_times_of(deps, week)) for week in weeks]
        each = [quality.judge(part, now) for part in parts]
        return quality.judge(records, now), each, quality.count_reasked(connection, wanted)

    whole, each, reasked = await deps.db.read(read)
    page = _Page(make_say(deps, language), choice, [week.since for week in weeks])
    values = {
        "choice": choice,
        "tiles": page.make_tiles(whole, each, reasked),
        "stars": page.make_stars(whole),
        "reasons": whole.reasons,
        "talks": whole.contained.whole,
        "views": shown_views(deps, request.user.staff, "quality", choice.query()),
        "exports": exports.links(f"{PATH}/export", choice.query()),
        **form_options(deps, language),
    }
    return render(deps, request, "figures/quality", values)


def _times_of(deps: Deps, week: FigureChoice) -> tuple[int, int]:
    last = date.fromisoformat(week.until) + timedelta(days=1)
    return midnight(deps, date.fromisoformat(week.since)), midnight(deps, last)


class _Page:
    """Makes the tiles of one reader's page."""

    def __init__(self, say: Say, choice: FigureChoice, weeks: list[str]) -> None:
        self._say = say
        self._choice = choice
        self._weeks = weeks

    def make_tiles(self, whole: Quality, weeks: list[Quality], reasked: Share) -> list[Tile]:
        found = [
            self._share(name, getattr(whole, name), [getattr(week, name) for week in weeks])
            for name in SHARES
        ]
        found.insert(4, self._share("reasked", reasked, []))
        found += [
            self._time(name, getattr(whole, name), [getattr(week, name) for week in weeks])
            for name in TIMES
        ]
        found.append(self._satisfaction(whole, weeks))
        return found

    def make_stars(self, whole: Quality) -> list[tuple[int, int, str]]:
        """How often each number of stars was given, with the talks behind it."""
        pairs = zip(STARS, whole.stars, strict=True)
        return [(stars, count, self._talks(f"stars-{stars}")) for stars, count in pairs]

    def _share(self, name: str, whole: Share, weeks: list[Share]) -> Tile:
        say = self._say
        shares = [100 * week.part / week.whole if week.whole else None for week in weeks]
        rows = [
            Week(label=label, shown=self._percent(week), part=week.part, whole=week.whole)
            for label, week in zip(self._weeks, weeks, strict=False)
        ]
        percent = percent_of(whole.part, whole.whole)
        return Tile(
            id=name,
            shown=self._percent(whole),
            finding=say(
                f"quality.{name}.finding" if whole.whole else "quality.nothing",
                percent=percent,
                n=whole.part,
                of=whole.whole,
            ),
            detail=say("quality.of", n=whole.part, of=whole.whole) if whole.whole else "",
            address=self._talks(name) if whole.part else "",
            chart=columns(self._weeks[: len(weeks)], shares, top=100),
            weeks=tuple(rows),
        )

    def _time(self, name: str, whole: Times, weeks: list[Times]) -> Tile:
        say = self._say
        shown = [show_span(say, week.p50) if week.count else "–" for week in weeks]
        medians = [week.p50 if week.count else None for week in weeks]
        p50, p95 = show_span(say, whole.p50), show_span(say, whole.p95)
        key = f"quality.{name}.finding" if whole.count else "quality.nothing"
        return Tile(
            id=name,
            shown=p50 if whole.count else "–",
            finding=say(key, p50=p50, p95=p95),
            detail=say("quality.times", p95=p95, n=whole.count) if whole.count else "",
            address=self._talks(name) if whole.count else "",
            chart=columns(self._weeks, medians),
            weeks=tuple(
                Week(label=label, shown=text, part=week.count, whole=week.count)
                for label, text, week in zip(self._weeks, shown, weeks, strict=True)
            ),
        )

    def _satisfaction(self, whole: Quality, weeks: list[Quality]) -> Tile:
        say, count = self._say, sum(whole.stars)
        means = [mean_of(week.stars) for week in weeks]
        shown = ["–" if mean is None else f"{mean:.1f}" for mean in means]
        counts = [sum(week.stars) for week in weeks]
        mean = mean_of(whole.stars)
        return Tile(
            id="satisfaction",
            shown="–" if mean is None else f"{mean:.1f}",
            finding=say("quality.satisfaction.finding", mean=f"{mean:.1f}", n=count)
            if mean is not None
            else say("quality.nothing"),
            detail=say("quality.ratings", n=count) if count else "",
            address="",
            chart=columns(self._weeks, means, top=5),
            weeks=tuple(
                Week(label=label, shown=text, part=number, whole=number)
                for label, text, number in zip(self._weeks, shown, counts, strict=True)
            ),
        )

    def _percent(self, share: Share) -> str:
        if not share.whole:
            return "–"
        if 0 < share.part * 100 < share.whole:
            return f"{100 * share.part / share.whole:.1f} %"
        return f"{percent_of(share.part, share.whole)} %"

    def _talks(self, figure: str) -> str:
        return self._choice.address("/figures/talks", by="", figure=figure)


def mean_of(stars: tuple[int, ...]) -> float | None:
    """The mean of the ratings, None where nobody rated."""
    count = sum(stars)
    if not count:
        return None
    return sum(each * number for each, number in zip(STARS, stars, strict=True)) / count


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The page of quality, behind the guard."""
    return close_off(deps, [show_quality])
