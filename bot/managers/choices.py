"""The filters of the managers' pages: read from the address, and put back into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.web.deps import Deps
from dialogs.hours import local
from dialogs.types import REASONS, Outcome, Struct
from storage.reading import Filter

OUTCOMES: tuple[str, ...] = get_args(Outcome)
CHANNELS = ("widget", "terminal", "telegram", "phone")
QUERY_MAX = 200
_FIELDS = (
    "q", "outcome", "reason", "edition", "channel", "tongue", "since", "until", "kind", "view",
)  # fmt: skip


class Choice(Struct):
    """What the page's form says; "" takes everything. Dates are ISO, `until` is inclusive."""

    q: str = ""
    outcome: str = ""
    reason: str = ""
    edition: str = ""
    channel: str = ""
    tongue: str = ""
    since: str = ""
    until: str = ""
    kind: str = ""  # of a doubt
    view: str = ""  # "settled": what is done; a list of its own and no filter

    @property
    def narrows(self) -> bool:
        return any(getattr(self, name) for name in _FIELDS if name != "view")

    def address(self, path: str, **more: str) -> str:
        """The path with this choice and more as its query."""
        said = {name: getattr(self, name) for name in _FIELDS} | more
        kept = {name: value for name, value in said.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path


def read_choice(query: Mapping[str, str]) -> Choice:
    """The choice of an address. What is no date or too long counts as not said."""
    said = {name: str(query.get(name, "")).strip()[:QUERY_MAX] for name in _FIELDS}
    for name in ("since", "until"):
        said[name] = said[name] if read_day(said[name]) is not None else ""
    return Choice(**said)


def make_filter(deps: Deps, choice: Choice) -> Filter:
    """The choice for the storage; days begin at midnight where the company is."""
    first, last = read_day(choice.since), read_day(choice.until)
    return Filter(
        outcome=choice.outcome,
        reason=choice.reason,
        edition=choice.edition,
        channel=choice.channel,
        language=choice.tongue,
        since=midnight(deps, first) if first else 0,
        until=midnight(deps, last + timedelta(days=1)) if last else 0,
    )


def make_times(deps: Deps, choice: Choice) -> tuple[int, int]:
    """The choice's days as times in ms, the second one exclusive; 0 for none."""
    wanted = make_filter(deps, choice)
    return wanted.since, wanted.until


def filter_options(deps: Deps) -> dict[str, tuple[str, ...]]:
    """What the form offers."""
    return {
        "outcomes": OUTCOMES,
        "reasons": REASONS,
        "editions": tuple(edition.id for edition in deps.pack.editions),
        "channels": CHANNELS,
        "spoken": deps.pack.languages,
    }


def read_day(text: str) -> date | None:
    """An ISO date between the years 2000 and 2999, else None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Further out there are no conversations, and times in ms may not be counted.
    return day if 2000 <= day.year <= 2999 else None


def today_of(deps: Deps) -> date:
    """The day that it is where the company is."""
    return local(deps.pack.company, deps.now()).date()


def midnight(deps: Deps, day: date) -> int:
    """When a day begins where the company is, in ms."""
    zone = ZoneInfo(deps.pack.company.time_zone)
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)
