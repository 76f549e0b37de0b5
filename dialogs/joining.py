"""Values that mean the same in several languages, under one name, so that they count as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dialogs.understanding.cities import main_city
from dialogs.understanding.industries import main_industry

_JOINED: Mapping[str, Callable[[str], str]] = {"city": main_city, "industry": main_industry}
JOINED = tuple(_JOINED)  # slots of which this is done


def join_value(slot: str, value: str) -> str:
    """The name under which a value is counted and filtered by; of other slots the value itself.

    `value`: as it was told, or what this gave before, which stays as it is.
    """
    join = _JOINED.get(slot)
    return join(value) if join is not None else value
