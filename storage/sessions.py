"""Sessions of staff, and failed sign-ins. Tokens are stored as hashes alone."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, case, delete, func, select, update

from storage import models
from storage.db import Tx
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql, upsert_sql


class SessionRow(Row, frozen=True):
    """An open session. Times in ms; `seen_at`: its last request, about to the minute."""

    token_hash: str
    staff_id: int
    created_at: int
    expires_at: int
    device: str = ""  # browser and system, as people call them
    seen_at: int = 0


_SESSION = table_of(models.StaffSession)
_ATTEMPT = table_of(models.SignInAttempt)
_COLUMNS = tuple(_SESSION.c[name] for name in SessionRow.__struct_fields__)

_OPEN = insert_sql(_SESSION)
_OPEN_NOW = (_SESSION.c.revoked_at == 0, _SESSION.c.expires_at > bindparam("now"))
_GET = sql(select(*_COLUMNS).where(_SESSION.c.token_hash == bindparam("token"), *_OPEN_NOW))
_OF_ACCOUNT = sql(
    select(*_COLUMNS)
    .where(_SESSION.c.staff_id == bindparam("of"), *_OPEN_NOW)
    .order_by(_SESSION.c.created_at.desc())
)
_COUNTS = sql(
    select(_SESSION.c.staff_id, func.count(), func.max(_SESSION.c.seen_at))
    .where(*_OPEN_NOW)
    .group_by(_SESSION.c.staff_id)
)
_TOUCH = sql(
    update(_SESSION)
    .where(_SESSION.c.token_hash == bindparam("token"))
    .values(seen_at=bindparam("now"))
)
_REVOKE = sql(
    update(_SESSION)
    .where(_SESSION.c.token_hash == bindparam("token"), _SESSION.c.revoked_at == 0)
    .values(revoked_at=bindparam("now"))
)
_REVOKE_ALL = sql(
    update(_SESSION)
    .where(_SESSION.c.staff_id == bindparam("of"), _SESSION.c.revoked_at == 0)
    .values(revoked_at=bindparam("now"))
)
_SWEEP_SESSIONS = sql(delete(_SESSION).where(_SESSION.c.expires_at <= bindparam("now")))
_FIRST_FAILURE = upsert_sql(_ATTEMPT)
_recent = _ATTEMPT.c.since > bindparam("floor")
_FAIL_AGAIN = sql(
    update(_ATTEMPT)
    .where(_ATTEMPT.c.key == bindparam("of"))
    .values(
        count=case((_recent, _ATTEMPT.c.count + 1), else_=1),
        since=case((_recent, _ATTEMPT.c.since), else_=bindparam("now")),
    )
)
_FAILURES = sql(
    select(_ATTEMPT.c.count).where(
        _ATTEMPT.c.key == bindparam("key"), _ATTEMPT.c.since > bindparam("floor")
    )
)
_FORGIVE = sql(delete(_ATTEMPT).where(_ATTEMPT.c.key == bindparam("key")))
_SWEEP_ATTEMPTS = sql(delete(_ATTEMPT).where(_ATTEMPT.c.since <= bindparam("floor")))


def open_session(tx: Tx, session: SessionRow) -> None:
    """Begin a session."""
    tx.run(_OPEN, {**msgspec.structs.asdict(session), "revoked_at": 0})


def get(tx: Tx, token_hash: str, now: int) -> SessionRow | None:
    """An open session, or None."""
    return tx.struct(SessionRow, _GET, {"token": token_hash, "now": now})


def of_account(tx: Tx, staff_id: int, now: int) -> list[SessionRow]:
    """The open sessions of an account, newest first."""
    return tx.structs(SessionRow, _OF_ACCOUNT, {"of": staff_id, "now": now})


def counts(tx: Tx, now: int) -> dict[int, tuple[int, int]]:
    """Account id -> (open sessions, when one of them was last seen in ms)."""
    return {row[0]: (row[1], row[2]) for row in tx.all(_COUNTS, {"now": now})}


def touch(tx: Tx, token_hash: str, now: int) -> None:
    """Note that a session is in use."""
    tx.run(_TOUCH, {"token": token_hash, "now": now})


def revoke(tx: Tx, token_hash: str, now: int) -> bool:
    """End one session; False when it had ended."""
    return tx.run(_REVOKE, {"token": token_hash, "now": now}) > 0


def revoke_all(tx: Tx, staff_id: int, now: int) -> int:
    """End every session of an account; gives how many were open."""
    return tx.run(_REVOKE_ALL, {"of": staff_id, "now": now})


def count_failure(tx: Tx, key: str, now: int, window: int) -> int:
    """Count a failed sign-in for a name or an address; gives those of the last window (ms)."""
    tx.run(_FIRST_FAILURE, {"key": key, "count": 0, "since": now})
    tx.run(_FAIL_AGAIN, {"of": key, "now": now, "floor": now - window})
    return failures(tx, key, now, window)


def failures(tx: Tx, key: str, now: int, window: int) -> int:
    """Failed sign-ins of this key since its first one, if that lies within the window (ms)."""
    row = tx.one(_FAILURES, {"key": key, "floor": now - window})
    return row[0] if row else 0


def forgive(tx: Tx, key: str) -> None:
    """Forget the failures of a key after it signed in."""
    tx.run(_FORGIVE, {"key": key})


def sweep(tx: Tx, now: int, window: int) -> int:
    """Drop expired sessions and failures older than the window (ms); gives how many rows."""
    return tx.run(_SWEEP_SESSIONS, {"now": now}) + tx.run(_SWEEP_ATTEMPTS, {"floor": now - window})
