"""How the desk stands with its group: which id it has, whether it lets us in, when to try again."""

from __future__ import annotations

from bot.house import House
from bot.logs import get_logger
from bot.telegram.border import DESK, Blocked, GroupClient, Refused, TelegramError
from storage import marks, topics
from storage.db import Tx

TRY_AGAIN = 60_000  # ms between two tries while the group is out of reach
FIRST_WAIT, LONGEST_WAIT = 1_000, 60_000  # ms after faults in a row; doubled each time
GONE, RIGHTS, NO_TOPICS = (f"desk_group.trouble.{name}" for name in ("gone", "rights", "topics"))
_OURS = (GONE, RIGHTS, NO_TOPICS)


class Standing:
    """`trouble` is a text key for the inbox, "" while all is well."""

    def __init__(self, house: House, client: GroupClient) -> None:
        self._house = house
        self._client = client
        self._faults = 0  # in a row
        self._until = 0  # ms: nothing is tried before
        self.trouble = ""
        self.group = house.db.peek(self._find_group)

    def wait(self, now: int) -> int:
        """For how many ms nothing is to be tried."""
        return max(0, min(self._until - now, LONGEST_WAIT))

    def succeed(self) -> None:
        self._faults = 0
        if self.trouble or GONE in self._house.presence.troubles.get(DESK, ()):
            get_logger().info("desk_group_reached_again", group=self.group)
            self._tell("")

    def next_pause(self) -> int:
        """How long (ms) to leave the group alone after one more fault that names no time."""
        self._faults += 1
        return int(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._faults - 1, 10)))

    def pause(self, ms: int) -> None:
        """Try nothing for a while."""
        self._until = self._house.now() + ms

    async def diagnose(self, error: Refused) -> bool:
        """Whether the whole group is out of reach, and not just this one thing refused."""
        trouble = await self._find_trouble(error)
        if not trouble:
            return False
        if trouble != self.trouble:
            get_logger().warning("desk_group_out_of_reach", trouble=trouble, reason=error.reason)
        self._tell(trouble)
        self.pause(TRY_AGAIN)
        return True

    async def move(self, to: int) -> None:
        """The group goes on under another id; that is kept beside the setting."""
        old, configured = self.group, self._house.settings.desk_group

        def keep(tx: Tx) -> None:
            topics.regroup(tx, old, to)
            marks.put(tx, _mark_of(configured), to)

        await self._house.db.write(keep)
        self.group = to
        get_logger().warning("desk_group_moved", setting="DESK_GROUP_ID", new_value=to)

    async def _find_trouble(self, error: Refused) -> str:
        if isinstance(error, Blocked):
            return GONE
        try:
            facts = await self._client.look_at(self.group)
        except Blocked:
            return GONE
        except TelegramError:
            return ""
        if not facts.is_forum:
            return NO_TOPICS
        return "" if facts.is_admin and facts.can_manage_topics else RIGHTS

    def _find_group(self, tx: Tx) -> int:
        configured = self._house.settings.desk_group
        return marks.get(tx, _mark_of(configured)) or configured

    def _tell(self, trouble: str) -> None:
        # What the group lacks besides is told by who looked at it.
        over = _OURS if trouble else (GONE, self.trouble)
        self.trouble = trouble
        told = self._house.presence.troubles
        others = tuple(key for key in told.get(DESK, ()) if key not in over)
        told[DESK] = (trouble, *others) if trouble else others


def _mark_of(configured: int) -> str:
    """Where it is kept what became of the group that the setting names."""
    return f"desk_group {configured}"
