from __future__ import annotations

import pytest

from storage import accounts, sessions
from storage.accounts import StaffRow
from storage.db import Database
from storage.errors import Conflict
from storage.sessions import SessionRow
from tests.storage.samples import NOW


async def add(db: Database, name: str, role: str = "presales") -> int:
    new = StaffRow(0, name, name.title(), role, f"hash of {name}", False, NOW)
    return await db.write(lambda tx: accounts.add_staff(tx, new))


async def sign_in(db: Database, staff: int, token: str, hours: int = 1) -> None:
    session = SessionRow(token, staff, NOW, NOW + hours * 3_600_000)
    await db.write(lambda tx: sessions.open_session(tx, session))


def who(db: Database, token: str, now: int = NOW) -> str | None:
    found = db.peek(lambda tx: accounts.find_session(tx, token, now))
    return found.name if found else None


async def test_an_account_is_found_by_its_name_in_any_case(db: Database) -> None:
    number = await add(db, "Ana")
    found = db.peek(lambda tx: accounts.find_staff(tx, "ANA"))
    assert found == db.peek(lambda tx: accounts.get(tx, number))
    assert found is not None
    assert (found.name, found.display_name, found.role) == ("ana", "Ana", "presales")
    assert (found.password_hash, found.disabled, found.created_at) == ("hash of Ana", False, NOW)
    assert db.peek(lambda tx: accounts.find_staff(tx, "nobody")) is None
    with pytest.raises(Conflict):
        await add(db, "aNA")


async def test_the_list_and_the_count(db: Database) -> None:
    await add(db, "b")
    number = await add(db, "a", "owner")
    assert [each.name for each in db.peek(accounts.all_staff)] == ["a", "b"]
    await db.write(lambda tx: accounts.set_disabled(tx, number, True, NOW))
    assert db.peek(accounts.count_staff) == 1


async def test_sessions_end_by_time_by_hand_and_with_the_account(db: Database) -> None:
    ana, ben = await add(db, "ana"), await add(db, "ben")
    for token in ("a1", "a2", "a3"):
        await sign_in(db, ana, token)
    await sign_in(db, ben, "b1")
    assert who(db, "a1") == "ana"
    assert who(db, "a1", NOW + 3_600_000) is None
    assert who(db, "none") is None
    await db.write(lambda tx: sessions.revoke(tx, "a1", NOW))
    assert who(db, "a1") is None
    assert who(db, "a2") == "ana"
    assert await db.write(lambda tx: sessions.revoke_all(tx, ana, NOW)) == 2
    assert who(db, "a2") is None
    await sign_in(db, ana, "a4")
    await db.write(lambda tx: accounts.set_disabled(tx, ana, True, NOW))
    assert who(db, "a4") is None
    await db.write(lambda tx: accounts.set_disabled(tx, ana, False, NOW))
    assert who(db, "a4") is None
    await db.write(lambda tx: accounts.set_password(tx, ben, "new", NOW))
    assert who(db, "b1") is None
    changed = db.peek(lambda tx: accounts.get(tx, ben))
    assert changed is not None
    assert changed.password_hash == "new"


async def test_a_role_changes_at_once(db: Database) -> None:
    number = await add(db, "ana")
    await sign_in(db, number, "a1")
    await db.write(lambda tx: accounts.set_role(tx, number, "manager"))
    found = db.peek(lambda tx: accounts.find_session(tx, "a1", NOW))
    assert found is not None
    assert found.role == "manager"


async def test_failures_count_within_their_window(db: Database) -> None:
    async def fail(key: str, now: int) -> int:
        return await db.write(lambda tx: sessions.count_failure(tx, key, now, 100))

    assert [await fail("ana", NOW + n) for n in (0, 10, 99)] == [1, 2, 3]
    assert await fail("other", NOW) == 1
    assert db.peek(lambda tx: sessions.failures(tx, "ana", NOW + 99, 100)) == 3
    assert db.peek(lambda tx: sessions.failures(tx, "ana", NOW + 100, 100)) == 0
    assert await fail("ana", NOW + 100) == 1
    await db.write(lambda tx: sessions.forgive(tx, "ana"))
    assert db.peek(lambda tx: sessions.failures(tx, "ana", NOW + 101, 100)) == 0


async def test_old_rows_are_swept(db: Database) -> None:
    number = await add(db, "ana")
    await sign_in(db, number, "old")
    await sign_in(db, number, "young", hours=3)
    await db.write(lambda tx: sessions.count_failure(tx, "ana", NOW, 100))
    later = NOW + 2 * 3_600_000
    assert await db.write(lambda tx: sessions.sweep(tx, later, 100)) == 2
    assert who(db, "young", later) == "ana"


async def test_actions_are_noted(db: Database) -> None:
    await db.write(lambda tx: accounts.note_action(tx, NOW, 3, "claim", "c1"))
    noted = db.peek(lambda tx: tx.all("SELECT at, staff_id, action, subject FROM audit"))
    assert noted == [(NOW, 3, "claim", "c1")]
