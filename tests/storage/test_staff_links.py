from __future__ import annotations

import pytest

from storage import accounts, staff_links
from storage.accounts import StaffRow
from storage.db import Database
from storage.errors import Conflict
from tests.storage.samples import NOW

ANN, BOB = 5_000_000_001, 5_000_000_002  # people of Telegram; larger than 32 bits


async def add(db: Database, name: str) -> int:
    row = StaffRow(0, name, name.title(), "presales", "-", False, NOW)
    return await db.write(lambda tx: accounts.add_staff(tx, row))


async def link(db: Database, person: int, staff: int) -> int:
    return await db.write(lambda tx: staff_links.link(tx, person, staff, NOW))


def find(db: Database, person: int) -> StaffRow | None:
    return db.peek(lambda tx: staff_links.find(tx, person))


async def test_a_person_is_found_by_the_account_that_is_linked(db: Database) -> None:
    staff = await add(db, "ann")
    assert find(db, ANN) is None
    assert await link(db, ANN, staff) == 0
    found = find(db, ANN)
    assert found is not None
    assert (found.id, found.display_name) == (staff, "Ann")
    assert db.peek(lambda tx: staff_links.find_by_staff(tx, staff)) == ANN
    assert find(db, BOB) is None


async def test_a_new_link_replaces_whatever_either_side_had(db: Database) -> None:
    first, second = await add(db, "first"), await add(db, "second")
    await link(db, ANN, first)
    await link(db, BOB, second)
    assert await link(db, ANN, second) == 2
    found = find(db, ANN)
    assert found is not None
    assert found.id == second
    assert find(db, BOB) is None
    assert db.peek(lambda tx: staff_links.find_by_staff(tx, first)) == 0
    assert await link(db, ANN, second) == 1


async def test_a_disabled_account_is_nobodys(db: Database) -> None:
    staff = await add(db, "ann")
    await link(db, ANN, staff)
    await db.write(lambda tx: accounts.set_disabled(tx, staff, True, NOW))
    assert find(db, ANN) is None
    await db.write(lambda tx: accounts.set_disabled(tx, staff, False, NOW))
    assert find(db, ANN) is not None


async def test_unlinking(db: Database) -> None:
    staff = await add(db, "ann")
    await link(db, ANN, staff)
    assert await db.write(lambda tx: staff_links.unlink(tx, staff)) is True
    assert await db.write(lambda tx: staff_links.unlink(tx, staff)) is False
    assert find(db, ANN) is None


async def test_an_account_that_is_not_there_cannot_be_linked(db: Database) -> None:
    with pytest.raises(Conflict):
        await link(db, ANN, 99)
    assert find(db, ANN) is None
