"""Accounts of staff: adding and changing them, from the page and from the command line alike.

Every change is one write with its line in the record. The last owner cannot be locked out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from bot.desk.leaving import call_back
from bot.live import OUTBOX, Live
from bot.rights import JOIN, ROLES, may, roles_of
from dialogs.types import Struct
from storage import accounts, audit, sessions
from storage.accounts import StaffRow
from storage.db import Database, Tx
from storage.errors import Conflict

NAME_MAX = 100  # characters
PASSWORD_MIN = 10  # characters
PERSONAL = ("", "yes", "no")  # as the role has it, always, never


class PeopleRefusedError(Exception):
    """The change may not be made. `reason`: name, role, taken, unknown, personal, last_owner."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NewAccount(Struct):
    """`name` is for signing in, `display_name` what prospects see."""

    name: str
    display_name: str
    role: str
    password_hash: str
    personal: str = ""


def make_password() -> str:
    """A password that nobody has to think up: 16 characters."""
    return secrets.token_urlsafe(12)


def join_roles(given: str) -> str:
    """Roles joined by + or commas in the order of ROLES, each once; "" where one is unknown."""
    named = {each.strip() for each in given.replace(",", JOIN).split(JOIN)}
    return "" if named - set(ROLES) else JOIN.join(each for each in ROLES if each in named)


class People:
    """`by` is the staff id of who changes it; 0: the command line. The talks of who may take none
    any more wait for a colleague again."""

    def __init__(self, db: Database, now: Callable[[], int], live: Live) -> None:
        self._db = db
        self._now = now
        self._live = live

    async def add(self, by: int, new: NewAccount) -> int:
        """Add an account; gives its id."""
        name, shown = _check_name(new.name), _check_name(new.display_name)
        role, now = _check_role(new.role), self._now()
        _require(new.personal in PERSONAL, "personal")
        row = StaffRow(0, name, shown, role, new.password_hash, False, now, new.personal)

        def work(tx: Tx) -> int:
            added = accounts.add_staff(tx, row)
            audit.note_action(tx, now, by, "staff.add", str(added), detail=role)
            return added

        try:
            return await self._db.write(work)
        except Conflict:
            raise PeopleRefusedError("taken") from None

    async def rename(self, by: int, staff: int, display_name: str) -> None:
        """Give an account another name for prospects."""
        shown = _check_name(display_name)
        await self._change(
            by, staff, "staff.name", lambda tx, _: accounts.set_display_name(tx, staff, shown)
        )

    async def set_role(self, by: int, staff: int, given: str) -> None:
        """Give an account other roles, joined by +; they hold from its next request on."""
        role, now = _check_role(given), self._now()

        def work(tx: Tx, found: StaffRow) -> None:
            accounts.set_role(tx, staff, role)
            _keep_an_owner(tx, found)
            if not may(role, "talks"):
                call_back(tx, staff, now)

        await self._change(by, staff, "staff.role", work, role)

    async def set_personal(self, by: int, staff: int, personal: str) -> None:
        """Whether an account sees e-mail and phone: yes, no, or "" as its roles have it."""
        _require(personal in PERSONAL, "personal")
        await self._change(
            by,
            staff,
            "staff.personal",
            lambda tx, _: accounts.set_personal(tx, staff, personal),
            personal or "role",
        )

    async def set_disabled(self, by: int, staff: int, disabled: bool) -> None:
        """Shut an account, which ends its sessions at once, or open it again."""
        now = self._now()

        def work(tx: Tx, found: StaffRow) -> None:
            accounts.set_disabled(tx, staff, disabled, now)
            _keep_an_owner(tx, found)
            if disabled:
                call_back(tx, staff, now)

        await self._change(by, staff, "staff.disable" if disabled else "staff.enable", work)

    async def set_password(self, by: int, staff: int, password_hash: str) -> None:
        """Give an account another password; its sessions end."""
        now = self._now()
        await self._change(
            by,
            staff,
            "staff.password",
            lambda tx, _: accounts.set_password(tx, staff, password_hash, now),
        )

    async def end_session(self, by: int, staff: int, token_hash: str) -> None:
        """End one open session of the account; one that ended meanwhile is no mistake."""
        now = self._now()

        def work(tx: Tx, found: StaffRow) -> None:
            open_now = sessions.get(tx, token_hash, now)
            _require(open_now is None or open_now.staff_id == staff, "unknown")
            sessions.revoke(tx, token_hash, now)

        await self._change(by, staff, "session.end", work)

    async def end_sessions(self, by: int, staff: int) -> None:
        """End all open sessions of the account."""
        now = self._now()
        await self._change(
            by, staff, "session.end_all", lambda tx, _: sessions.revoke_all(tx, staff, now)
        )

    async def _change(
        self,
        by: int,
        staff: int,
        action: str,
        work: Callable[[Tx, StaffRow], object],
        detail: str = "",
    ) -> None:
        now = self._now()

        def write(tx: Tx) -> None:
            found = accounts.get(tx, staff)
            if found is None:
                raise PeopleRefusedError("unknown")
            work(tx, found)
            audit.note_action(tx, now, by, action, str(staff), detail=detail)

        await self._db.write(write)
        self._live.wake(OUTBOX)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise PeopleRefusedError(reason)


def _check_name(given: str) -> str:
    name = given.strip()
    _require(0 < len(name) <= NAME_MAX and name.isprintable(), "name")
    return name


def _check_role(given: str) -> str:
    role = join_roles(given)
    _require(bool(role), "role")
    return role


def _keep_an_owner(tx: Tx, former: StaffRow) -> None:
    """Undoes the change after which no owner could sign in; `former`: the account before it."""
    if former.disabled or "owner" not in roles_of(former.role):
        return
    held = (each for each in accounts.all_staff(tx) if not each.disabled)
    _require(any("owner" in roles_of(each.role) for each in held), "last_owner")
