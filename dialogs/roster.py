"""Who of pre-sales is there at this moment: what routing needs besides the pack."""

from __future__ import annotations

from dialogs.base import Struct


class Colleague(Struct):
    """One account, as the desk knows it now."""

    name: str  # display name of the account; that of a person of the pack where it is theirs
    away: bool = False
    takes: bool = True  # whether they may take conversations at all
    deputy: str = ""  # name of who stands in while away
    load: int = 0  # conversations they have now, or were rung for and may still take
    capacity: int = 0  # conversations at once; 0: as the pack says
    last_given: int = 0  # ms: when a conversation was last given to them; 0: never


class Roster(Struct):
    """Everybody who has an account; empty where nobody is known, then the pack alone decides."""

    colleagues: tuple[Colleague, ...] = ()
    manager: str = ""  # name of this prospect's own account manager, "" for none
    at: int = 0  # ms: when this was so; 0: nobody's working hours count
