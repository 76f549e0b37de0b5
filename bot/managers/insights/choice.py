"""What the page of insights is asked for: a month, and which talks of it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from bot.managers.choices import CHANNELS
from bot.managers.days import Problem
from bot.managers.insights.months import Month, read_month
from bot.web.deps import Deps
from bot.web.staffpages import make_name
from dialogs.types import Struct
from storage.insights import Period

LAST = "last"  # the month before this one, whenever it is looked at
MONTHS = 12  # that the form offers
MONTH_MAX = 20  # characters of a wrong one that are shown
_FIELDS = ("month", "channel", "tongue", "segment")


class InsightChoice(Struct):
    """`month` as in the address: 2026-11, LAST, or "" for the one that runs; `shown` is what that
    means now. "" takes every channel, language and kind of customers. `elapsed`: how much of the
    month is over, in ms; 0 when all of it is."""

    shown: Month
    elapsed: int = 0
    month: str = ""
    channel: str = ""
    tongue: str = ""
    segment: str = ""
    problems: tuple[Problem, ...] = ()  # with the month that was asked for; this one stands then

    def query(self, **more: str) -> str:
        """As the query of an address; the same choice gives the same query."""
        said = {name: getattr(self, name) for name in _FIELDS} | more
        return urlencode({name: value for name, value in said.items() if value})

    def address(self, path: str, **more: str) -> str:
        query = self.query(**more)
        return f"{path}?{query}" if query else path

    def period(self, month: Month, time_zone: str) -> Period:
        """The talks of a month that are chosen."""
        return msgspec.structs.replace(
            month.period(time_zone),
            channel=self.channel,
            language=self.tongue,
            segment=self.segment,
        )

    def period_before(self, time_zone: str) -> Period:
        """The month before; of a month that still runs only as many of its days."""
        period = self.period(self.shown.shift(-1), time_zone)
        if not self.elapsed:
            return period
        until = min(period.until, period.since + self.elapsed)
        return msgspec.structs.replace(period, until=until)


def read_choice(deps: Deps, query: Mapping[str, str]) -> InsightChoice:
    """The choice of an address; what means nothing counts as not said."""
    now, zone = deps.now(), deps.pack.company.time_zone
    month, problems = str(query.get("month", "")), tuple[Problem, ...]()
    if month == LAST:
        shown = read_month("", now, zone).shift(-1)
    else:
        shown = read_month(month, now, zone)
        if shown.first > read_month("", now, zone).first:
            problems = (Problem(key="future", name="since", said=month),)
            shown = read_month("", now, zone)
        elif month and month != shown.code:
            problems = (Problem(key="month", name="since", said=month[:MONTH_MAX]),)
        month = month if month == shown.code else ""
    known = {
        "channel": CHANNELS,
        "tongue": deps.pack.languages,
        "segment": tuple(segment.id for segment in deps.pack.segments),
    }
    kept = {name: str(query[name]) for name, values in known.items() if query.get(name) in values}
    period = shown.period(zone)
    elapsed = max(0, now - period.since) if now < period.until else 0
    return InsightChoice(shown=shown, elapsed=elapsed, month=month, problems=problems, **kept)


def form_options(deps: Deps, language: str) -> dict[str, object]:
    """What the form offers, as values with their names."""
    name = make_name(deps, language)
    newest = read_month("", deps.now(), deps.pack.company.time_zone)
    months = [newest.shift(-back) for back in range(MONTHS)]
    return {
        "months": [(each.code, deps.texts.month(language, each.first)) for each in months],
        "channels": [(each, name("channel", each)) for each in CHANNELS],
        "spoken": [(each, name("language.name", each)) for each in deps.pack.languages],
        "segments": [
            (each.id, each.name.get(language) or next(iter(each.name.values())))
            for each in deps.pack.segments
        ],
    }
