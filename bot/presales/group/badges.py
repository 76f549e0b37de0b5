"""Who in Telegram is who at the desk: a code from the browser links a person to an account, once.

The code is short enough to be typed. That is no risk: it works for ten minutes, and a person has
five tries an hour.
"""

from __future__ import annotations

import re
import secrets
from typing import Literal

from bot.house import House
from bot.logs import get_logger
from dialogs.hours import HOUR
from dialogs.types import Struct
from storage import accounts, codes, sessions, staff_links
from storage.accounts import StaffRow
from storage.codes import CodeRow
from storage.db import Database, Tx

LIFETIME = 10 * 60_000  # ms for which a code works
WRONG_MAX = 5  # wrong codes of one person in an hour
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
LENGTH = 10


class Badge(Struct):
    """A code as it is shown once. `expires` in ms since 1970, UTC."""

    code: str
    expires: int


class Tried(Struct):
    """What came of a code. `staff` is set when the person is linked now."""

    outcome: Literal["linked", "wrong", "expired", "too_many"]
    staff: StaffRow | None = None


async def issue(db: Database, staff_id: int, now: int) -> Badge:
    """A code by which a person can be linked to this account, once and for LIFETIME."""
    plain = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    badge = Badge(code=f"{plain[:5]}-{plain[5:]}", expires=now + LIFETIME)
    row = CodeRow(_hash(badge.code), "staff", str(staff_id), now, badge.expires)
    await db.write(lambda tx: codes.issue(tx, row))
    return badge


async def unlink(db: Database, staff_id: int, now: int) -> None:
    """The account is linked to nobody from now on."""

    def work(tx: Tx) -> None:
        if staff_links.unlink(tx, staff_id):
            accounts.note_action(tx, now, staff_id, "telegram.unlinked")

    await db.write(work)


async def void(house: House, code: str) -> bool:
    """Make a code worthless that too many people have read; gives whether it is or was one.

    Raises StorageError.
    """
    known = _hash(code)
    if house.db.peek(lambda tx: codes.find(tx, "staff", known)) is None:
        return False
    now = house.now()
    subject = await house.db.write(lambda tx: codes.redeem(tx, "staff", known, now))
    get_logger().warning("staff_code_void", staff=int(subject or 0))
    return True


async def redeem(house: House, person: int, code: str) -> Tried:
    """Link a person of Telegram to the account that the code is for, in one write.

    The same code of the same person again answers as before. Raises StorageError.
    """
    now = house.now()
    tried = await house.db.write(lambda tx: _redeem(tx, person, _hash(code), now))
    get_logger().info("staff_link", state=tried.outcome, staff=tried.staff.id if tried.staff else 0)
    return tried


def _redeem(tx: Tx, person: int, code_hash: bytes, now: int) -> Tried:
    known = codes.find(tx, "staff", code_hash)
    linked = staff_links.find(tx, person)
    if known and known.used_at and linked and known.subject == str(linked.id):
        return Tried(outcome="linked", staff=linked)
    key = f"link:{person}"
    if sessions.failures(tx, key, now, HOUR) >= WRONG_MAX:
        return Tried(outcome="too_many")
    subject = codes.redeem(tx, "staff", code_hash, now)
    staff = accounts.get(tx, int(subject)) if subject else None
    if staff is None or staff.disabled:
        sessions.count_failure(tx, key, now, HOUR)
        return Tried(outcome="expired" if known else "wrong")
    staff_links.link(tx, person, staff.id, now)
    sessions.forgive(tx, key)
    accounts.note_action(tx, now, staff.id, "telegram.linked", str(person))
    return Tried(outcome="linked", staff=staff)


def _hash(code: str) -> bytes:
    """What is stored of a code, however it was typed."""
    return codes.hash_code("staff " + re.sub(r"[\s-]", "", code).upper()[:50])
