"""What the pages of figures are asked for: a time, which talks, and what to compare by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

import msgspec

from bot.managers.choices import CHANNELS, QUERY_MAX, midnight, today_of
from bot.managers.days import Problem, read_days
from bot.web.deps import Deps
from bot.web.staffpages import make_name
from dialogs.types import Struct
from storage.conditions import Condition
from storage.courses import BY
from storage.reading import Filter

SPANS = ("week", "weeks", "month", "quarter", "year", "own")
COMPARED = (*BY, "week")
WEEKS = 4
_FIELDS = ("span", "since", "until", "channel", "tongue", "edition", "source", "by")
_TO_TRANSCRIPTS = ("since", "until", "channel", "tongue", "edition", "source")


class FigureChoice(Struct):
    """Dates are ISO, `until` is inclusive; both are always there. "" takes everything."""

    span: str
    since: str
    until: str
    channel: str = ""
    tongue: str = ""
    edition: str = ""
    source: str = ""
    by: str = ""
    problems: tuple[Problem, ...] = ()  # with days that were asked for; the last weeks stand then

    def query(self, **more: str) -> str:
        """This choice and more as the query of an address; own dates only where they were chosen.

        The same choice gives the same query.
        """
        said = {name: getattr(self, name) for name in _FIELDS}
        if self.span != "own":
            said |= {"since": "", "until": ""}
        kept = {name: value for name, value in {**said, **more}.items() if value}
        return urlencode(kept)

    def address(self, path: str, **more: str) -> str:
        """The path with this choice and more."""
        return f"{path}?{self.query(**more)}"

    def transcripts(self, **more: str) -> str:
        """The list of the talks that are counted, further narrowed by its own filters."""
        said = {name: getattr(self, name) for name in _TO_TRANSCRIPTS}
        kept = {name: value for name, value in {**said, **more}.items() if value}
        return f"/transcripts?{urlencode(kept)}"


def read_choice(deps: Deps, query: Mapping[str, str]) -> FigureChoice:
    """The choice of an address; what means nothing counts as not said."""
    said = {name: str(query.get(name, "")).strip()[:QUERY_MAX] for name in _FIELDS}
    today, span, problems = today_of(deps), said["span"], tuple[Problem, ...]()
    own = read_days(said["since"], said["until"], today)
    if span == "own" or (span not in SPANS and (said["since"] or said["until"])):
        problems, span = own.problems, "weeks" if own.problems else "own"
    span = span if span in SPANS else "weeks"
    first, last = _days(span, today, (own.since, own.until))
    known = {
        "channel": CHANNELS,
        "tongue": deps.pack.languages,
        "edition": tuple(edition.id for edition in deps.pack.editions),
        "by": COMPARED,
    }
    kept = {name: said[name] for name, values in known.items() if said[name] in values}
    return FigureChoice(
        span=span,
        since=first.isoformat(),
        until=last.isoformat(),
        source=said["source"],
        problems=problems,
        **kept,
    )


def _days(span: str, today: date, own: tuple[date | None, date | None]) -> tuple[date, date]:
    """The first and the last day; own ones end today, or are the last weeks, where not said."""
    if span == "own":
        last = min(own[1] or today, today)  # of the days to come nothing is known
        return own[0] or last - timedelta(days=7 * WEEKS - 1), last
    starts = {
        "week": today - timedelta(days=today.weekday()),
        "weeks": today - timedelta(days=7 * WEEKS - 1),
        "month": today.replace(day=1),
        "quarter": today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
        "year": today.replace(month=1, day=1),
    }
    return starts[span], today


def make_filter(deps: Deps, choice: FigureChoice) -> Filter:
    """The choice for the storage; days begin at midnight where the company is."""
    conditions = [Condition("source", (choice.source,))] if choice.source else []
    return Filter(
        channel=choice.channel,
        language=choice.tongue,
        edition=choice.edition,
        since=midnight(deps, date.fromisoformat(choice.since)),
        until=midnight(deps, date.fromisoformat(choice.until) + timedelta(days=1)),
        conditions=tuple(conditions),
    )


def make_weeks(choice: FigureChoice, most: int) -> list[FigureChoice]:
    """The choice cut into weeks, each from Monday to Sunday as far as it is part of the choice;
    of more than `most` weeks the last ones."""
    first, last = date.fromisoformat(choice.since), date.fromisoformat(choice.until)
    newest = last - timedelta(days=last.weekday())
    monday = max(first - timedelta(days=first.weekday()), newest - timedelta(days=7 * (most - 1)))
    found = []
    while monday <= last:
        found.append(cut_week(choice, monday))
        monday += timedelta(days=7)
    return found


def cut_week(choice: FigureChoice, day: date) -> FigureChoice:
    """The days of the choice that lie in the same week as one of them."""
    monday = day - timedelta(days=day.weekday())
    since = max(monday.isoformat(), choice.since)
    until = min((monday + timedelta(days=6)).isoformat(), choice.until)
    return msgspec.structs.replace(choice, span="own", since=since, until=until)


def form_options(deps: Deps, language: str) -> dict[str, object]:
    """What the form offers, as values with their names."""
    name = make_name(deps, language)
    return {
        "options": {
            "spans": SPANS,
            "channels": [(each, name("channel", each)) for each in CHANNELS],
            "spoken": [(each, name("language.name", each)) for each in deps.pack.languages],
            "editions": [
                (edition.id, edition.name.get(language) or next(iter(edition.name.values())))
                for edition in deps.pack.editions
            ],
            "compared": COMPARED,
        }
    }
