"""In which time zone a prospect lives: told by the browser, else that of their city's country."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dialogs.profile import value_of
from dialogs.types import State
from dialogs.understanding.cities import city_country

FEW = 3  # zones of a country of which the first is nearly everybody's
NAME_MAX = 40  # characters


def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    if not 0 < len(name) <= NAME_MAX:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def of_prospect(state: State) -> str:
    """Name of the prospect's time zone, "" where nothing tells it."""
    if state.time_zone:
        return state.time_zone
    city = value_of(state.profile, "city")
    country = city_country(city) if isinstance(city, str) else None
    return _zones_by_country().get(country or "", "")


@lru_cache(maxsize=1)
def _zones_by_country() -> dict[str, str]:
    """ISO country -> its main zone, for those with few. The table lists the most peopled first."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return {country: zones[0] for country, zones in found.items() if len(zones) <= FEW}
