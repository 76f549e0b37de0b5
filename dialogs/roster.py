"""Who of pre-sales is there at this moment: what routing needs besides the pack."""

from __future__ import annotations

from dialogs.base import Struct


class Colleague(Struct):
    """One person of the pack's `people`, as the desk knows them now."""

    name: str  # as in the pack, and the display name of the account
    away: bool = False
    deputy: str = ""  # name of who stands in while away
    load: int = 0  # conversations they have now, or were rung for and may still take
    capacity: int = 0  # conversations at once; 0: no limit
    last_given: int = 0  # ms: when a conversation was last given to them; 0: never


class Roster(Struct):
    """Everybody who has an account; empty where nobody is known, then the pack alone decides."""

    colleagues: tuple[Colleague, ...] = ()
    manager: str = ""  # name of this prospect's own account manager, "" for none
