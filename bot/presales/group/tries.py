"""How often the same thing was tried in vain, so that it holds up what comes after it only briefly.

Kept in memory alone: after a restart counting begins anew, and ends as soon.
"""

from __future__ import annotations

from collections import OrderedDict

from bot.telegram.border import Busy

TRIES = 3
WAIT_MAX = 5_000  # ms that an update may ask its line to wait
KNOWN_MAX = 1_000


class Tries:
    """Counts by what is tried, such as a message of the group."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()

    def wait(self, key: str, error: Busy) -> None:
        """Raise Busy, so that it is tried again soon; return when it was tried often enough."""
        count = self._counts.pop(key, 0) + 1
        if count >= TRIES:
            return
        self._counts[key] = count
        if len(self._counts) > KNOWN_MAX:
            self._counts.popitem(last=False)
        raise Busy("tried again soon", min(error.after, WAIT_MAX), uncertain=error.uncertain)

    def forget(self, key: str) -> None:
        """It came through."""
        self._counts.pop(key, None)
