"""The desk's part in a talk: members of staff who act through the real desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.core import Core
from bot.desk import Acted, Member, StaffReply
from bot.talks.files import DeskAct
from storage import accounts
from storage.accounts import StaffRow

SOMEBODY = "Desk"  # who acts before anybody has claimed


class TalkDesk:
    """Acts as whoever claimed last; members come to be with their first act."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._holder = SOMEBODY
        self._acts = 0

    async def do(self, act: DeskAct, conversation: str) -> str:
        """Do one act; gives why it was refused, or ""."""
        if act.claim is not None:
            return await self._claim(act.claim, conversation)
        desk, staff = self._core.desk, await self._member(self._holder)
        self._acts += 1
        name = f"desk-{self._acts}"
        doing: dict[str, Callable[[str], Awaitable[Acted]]] = {
            "reply": lambda text: desk.reply(staff, conversation, name, text),
            "give": lambda paper: desk.reply(
                staff, conversation, name, StaffReply(papers=(paper,))
            ),
            "later": lambda minutes: desk.later(staff, conversation, int(minutes)),
            "note": lambda text: desk.note(staff, conversation, name, text),
            "pass_on": lambda to: desk.pass_on(staff, conversation, to),
            "not_a_lead": lambda reason: desk.not_a_lead(staff, conversation, reason),
            "close": lambda reason: desk.close(staff, conversation, reason),
            "hand_back": lambda _: desk.hand_back(staff, conversation),
        }
        for kind, run in doing.items():
            value = getattr(act, kind)
            if value is not None:
                acted = await run(str(value))
                return f"desk.{kind}: {acted.refused}" if acted.refused else ""
        return ""

    async def _claim(self, name: str, conversation: str) -> str:
        claimed = await self._core.desk.claim(await self._member(name), conversation)
        if claimed.refused:
            return f"desk.claim: {claimed.refused}"
        # Who comes second is only told who has it: `staff` shows that.
        if claimed.won:
            self._holder = name
        return ""

    async def _member(self, name: str) -> Member:
        db = self._core.house.db
        found = db.peek(lambda tx: accounts.find_staff(tx, name))
        if found is None:
            made = StaffRow(
                id=0,
                name=name,
                display_name=name,
                role="presales",
                password_hash="",
                disabled=False,
                created_at=self._core.house.now(),
            )
            await db.write(lambda tx: accounts.add_staff(tx, made))
            found = db.peek(lambda tx: accounts.find_staff(tx, name))
        if found is None:
            raise LookupError(name)
        return found
