from __future__ import annotations

import re

import msgspec
import pytest

from storage import codes
from storage.codes import CodeRow, Purpose
from storage.db import Database
from storage.errors import Conflict
from tests.storage.samples import NOW

MINUTE = 60_000


async def issue(db: Database, code: str, purpose: Purpose = "continue") -> CodeRow:
    row = CodeRow(codes.hash_code(code), purpose, "c1", NOW, NOW + 10 * MINUTE)
    await db.write(lambda tx: codes.issue(tx, row))
    return row


async def redeem(
    db: Database, code: str, purpose: Purpose = "continue", now: int = NOW
) -> str | None:
    return await db.write(lambda tx: codes.redeem(tx, purpose, codes.hash_code(code), now))


def test_codes_are_random_short_and_good_in_an_address() -> None:
    made = {codes.make_code(purpose) for purpose in ("continue", "staff") for _ in range(500)}
    assert len(made) == 1_000
    for code in made:
        assert re.fullmatch(r"[A-Za-z0-9_-]{20,64}", code)
        assert codes.is_code("continue", code) != codes.is_code("staff", code)
        secret = code.split("-", 1)[1]
        assert len(secret) * 6 >= 128  # bits
    for other in (
        "",
        "talk-",
        "talk-" + "a" * 31,
        "talk-" + "a" * 33,
        "x" * 64,
        "talk-" + "ä" * 32,
    ):
        assert not codes.is_code("continue", other)
    assert not codes.is_code("continue", "talk-" + "a" * 32 + "\n")


async def test_a_code_works_once(db: Database) -> None:
    kept = await issue(db, "one")
    assert await redeem(db, "one") == "c1"
    assert await redeem(db, "one") is None
    found = db.peek(lambda tx: codes.find(tx, "continue", kept.code_hash))
    assert found == msgspec.structs.replace(kept, used_at=NOW)


async def test_a_code_works_in_its_time_only(db: Database) -> None:
    for name in ("early", "late"):
        await issue(db, name)
    assert await redeem(db, "early", now=NOW + 10 * MINUTE - 1) == "c1"
    assert await redeem(db, "late", now=NOW + 10 * MINUTE) is None


async def test_a_code_works_for_its_purpose_only(db: Database) -> None:
    kept = await issue(db, "mine", "staff")
    assert await redeem(db, "mine", "continue") is None
    assert db.peek(lambda tx: codes.find(tx, "continue", kept.code_hash)) is None
    assert await redeem(db, "other", "staff") is None
    assert await redeem(db, "mine", "staff") == "c1"


async def test_no_code_is_kept_twice_and_none_in_clear(db: Database) -> None:
    code = codes.make_code("continue")
    await issue(db, code)
    with pytest.raises(Conflict):
        await issue(db, code)
    rows = await db.write(lambda tx: tx.all("SELECT * FROM one_time_code"))
    assert rows
    assert code not in repr(rows)
    assert code.encode() not in b"".join(v for row in rows for v in row if isinstance(v, bytes))


async def test_old_codes_are_swept_a_day_after_their_end(db: Database) -> None:
    await issue(db, "old")
    end = NOW + 10 * MINUTE
    assert await db.write(lambda tx: codes.sweep(tx, end + codes.MEMORY - 1)) == 0
    assert await db.write(lambda tx: codes.sweep(tx, end + codes.MEMORY)) == 1
    assert await redeem(db, "old") is None
