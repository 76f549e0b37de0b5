"""The record of who did what: every change of a row that was written shows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from storage import audit
from storage.audit import Checked, Wanted
from storage.db import Database, Tx
from tests.storage.samples import NOW

KEY = b"a key that nobody else has"


async def write(path: Path, count: int = 5) -> None:
    db = Database.open(path, seal=KEY)
    for number in range(count):
        await db.write(
            lambda tx, n=number: audit.note_action(  # type: ignore[misc]
                tx, NOW + n, n, f"act.{n}", f"c{n}", detail="how"
            )
        )
    await db.close()


async def look(path: Path, key: bytes = KEY) -> Checked:
    db = Database.open(path, writer=False)
    try:
        return await db.read(lambda connection: audit.verify(connection, key))
    finally:
        await db.close()


def tamper(path: Path, *statements: str) -> None:
    """As somebody does who has the file and no key."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


async def test_what_was_written_is_unbroken(path: Path) -> None:
    assert await look(path) == Checked(0)
    await write(path)
    found = await look(path)
    assert (found.count, found.broken, found.why) == (5, 0, "")
    assert len(found.head) == 64
    await write(path, 2)
    assert (await look(path)).count == 7


@pytest.mark.parametrize(
    ("statements", "broken", "why"),
    [
        (["UPDATE audit SET staff_id = 9 WHERE id = 3"], 3, "changed"),
        (["UPDATE audit SET at = at + 1 WHERE id = 1"], 1, "changed"),
        (["UPDATE audit SET action = 'other' WHERE id = 5"], 5, "changed"),
        (["UPDATE audit SET subject = 'c9' WHERE id = 2"], 2, "changed"),
        (["UPDATE audit SET detail = '' WHERE id = 4"], 4, "changed"),
        (["UPDATE audit SET digest = x'' WHERE id = 4"], 4, "unsealed"),
        (["DELETE FROM audit WHERE id = 3"], 4, "changed"),
        (["DELETE FROM audit WHERE id = 1"], 2, "changed"),
        (["DELETE FROM audit WHERE id = 5"], 4, "cut"),
        (["DELETE FROM audit"], 0, "cut"),
        (["INSERT INTO audit VALUES (9, 1, 1, 'forged', '', '', x'00')"], 9, "changed"),
        (["UPDATE audit SET digest = x''", "DELETE FROM mark"], 1, "unsealed"),
        (["DELETE FROM mark"], 5, "cut"),
        (["UPDATE audit SET id = 9 WHERE id = 2"], 3, "changed"),
    ],
)
async def test_every_change_shows(path: Path, statements: list[str], broken: int, why: str) -> None:
    await write(path)
    tamper(path, *statements)
    found = await look(path)
    assert (found.broken, found.why) == (broken, why)


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["DELETE FROM audit WHERE id = 5"], 5),
        (["DELETE FROM audit WHERE id > 2"], 3),
        (["DELETE FROM audit WHERE id = 5", "DELETE FROM mark"], 5),
        (["UPDATE audit SET action = 'other' WHERE id = 2", "DELETE FROM mark"], 2),
        (["UPDATE audit SET digest = x'' WHERE id = 5", "DELETE FROM mark"], 5),
    ],
)
async def test_no_later_act_hides_what_was_changed(
    path: Path, statements: list[str], broken: int
) -> None:
    await write(path)
    tamper(path, *statements)
    for _ in range(2):
        await write(path, 2)
        assert (await look(path)).broken == broken


async def test_without_the_key_nobody_can_chain_it_anew(path: Path) -> None:
    await write(path)
    assert (await look(path, b"")).broken == 1
    tamper(path, "UPDATE audit SET action = 'other' WHERE id = 2")
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT id, at, staff_id, action, subject, detail FROM audit ORDER BY id"
        ).fetchall()
        before = b""
        for row in rows:
            before = audit._digest(b"", before, audit.Entry(*row))
            connection.execute("UPDATE audit SET digest = ? WHERE id = ?", (before, row[0]))
        connection.commit()
    assert (await look(path)).broken == 1


async def test_rows_from_before_there_were_seals_are_chained_once(path: Path) -> None:
    for number in (1, 2):
        tamper(path, f"INSERT INTO audit VALUES ({number}, {number}, 1, 'old', '', '', x'')")
    assert (await look(path)).why == "unsealed"
    db = Database.open(path, seal=KEY)
    assert await db.write(audit.seal_old) == 2
    assert await db.write(audit.seal_old) == 0
    await db.write(lambda tx: audit.note_action(tx, NOW, 1, "new"))
    await db.close()
    assert await look(path) == Checked(3, head=(await look(path)).head)
    tamper(path, "UPDATE audit SET digest = x'' WHERE id = 1")
    db = Database.open(path, seal=KEY)
    assert await db.write(audit.seal_old) == 0, "nobody has it sealed again"
    await db.close()
    assert (await look(path)).why == "unsealed"


async def test_a_line_that_was_undone_leaves_no_gap(db: Database) -> None:
    def fail(tx: Tx) -> None:
        audit.note_action(tx, NOW, 1, "undone")
        raise KeyError

    await db.write(lambda tx: audit.note_action(tx, NOW, 1, "first"))
    with pytest.raises(KeyError):
        await db.write(fail)
    await db.write(lambda tx: audit.note_action(tx, NOW, 1, "second"))
    found = await db.read(lambda connection: audit.verify(connection, b""))
    assert (found.count, found.why) == (2, "")


async def test_lines_are_found_by_all_that_they_have(db: Database) -> None:
    for number in range(10):
        await db.write(
            lambda tx, n=number: audit.note_action(  # type: ignore[misc]
                tx, NOW + n, n % 2, "even" if n % 2 == 0 else "odd", f"c{n}"
            )
        )

    async def find(wanted: Wanted, **more: int) -> list[int]:
        rows = await db.read(lambda connection: audit.entries(connection, wanted, **more))
        return [row.at - NOW for row in rows]

    assert await find(Wanted(), limit=3) == [9, 8, 7]
    assert await find(Wanted(), before=8, limit=3) == [6, 5, 4]
    assert await find(Wanted(staff_id=1)) == [9, 7, 5, 3, 1]
    assert await find(Wanted(staff_id=-1)) == [8, 6, 4, 2, 0]
    assert await find(Wanted(action="odd", since=NOW + 3, until=NOW + 7)) == [5, 3]
    assert await find(Wanted(subject="c4")) == [4]
    assert await db.read(audit.actions) == ("even", "odd")
    assert await db.read(audit.count) == 10


@pytest.mark.parametrize("statement", [audit._DONE, audit._LAST_DONE, audit._LAST_DONE_SO])
async def test_what_was_done_to_a_talk_is_looked_up_among_its_own_lines(
    db: Database, statement: str
) -> None:
    given = {"subject": "c", "action": "a", "staff_id": 1, "detail": "d", "since": 0}
    plan = db.peek(partial(Tx.all, statement=f"EXPLAIN QUERY PLAN {statement}", params=given))
    assert [row[-1] for row in plan] == ["SEARCH audit USING INDEX audit_by_subject (subject=?)"]
