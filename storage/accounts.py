"""Staff accounts, their sessions, failed sign-ins, and the record of who did what.

Passwords are hashed by the caller; tokens are stored as hashes alone.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, case, delete, func, select, update

from storage import models
from storage.db import Tx
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql, upsert_sql


class StaffRow(Row, frozen=True):
    """`name` is for signing in, in lower case; `display_name` is what prospects see."""

    id: int
    name: str
    display_name: str
    role: str
    password_hash: str
    disabled: bool
    created_at: int


class SessionRow(Row, frozen=True):
    token_hash: str
    staff_id: int
    created_at: int
    expires_at: int
    device: str = ""  # browser and system, as people call them


# What a new account has until somebody sets it.
NEW_ACCOUNT = {
    "personal": "", "email": "", "away_from": 0, "away_until": 0, "deputy": "", "capacity": 0,
    "last_given": 0, "alerts": "browser",
}  # fmt: skip

_STAFF = table_of(models.Staff)
_SESSION = table_of(models.StaffSession)
_ATTEMPT = table_of(models.SignInAttempt)
_AUDIT = table_of(models.Audit)

_COLUMNS = tuple(_STAFF.c[name] for name in StaffRow.__struct_fields__)
_ADD = insert_sql(_STAFF)
_BY_NAME = sql(select(*_COLUMNS).where(_STAFF.c.name == bindparam("name")))
_BY_ID = sql(select(*_COLUMNS).where(_STAFF.c.id == bindparam("of")))
_ALL = sql(select(*_COLUMNS).order_by(_STAFF.c.name))
_COUNT = sql(select(func.count()).select_from(_STAFF).where(_STAFF.c.disabled.is_(False)))
_DISABLE = sql(
    update(_STAFF).where(_STAFF.c.id == bindparam("of")).values(disabled=bindparam("off"))
)
_PASSWORD = sql(
    update(_STAFF).where(_STAFF.c.id == bindparam("of")).values(password_hash=bindparam("hash"))
)
_ROLE = sql(update(_STAFF).where(_STAFF.c.id == bindparam("of")).values(role=bindparam("new_role")))
_OPEN = insert_sql(_SESSION)
_SIGNED_IN = sql(
    select(*_COLUMNS)
    .select_from(_SESSION.join(_STAFF, _STAFF.c.id == _SESSION.c.staff_id))
    .where(
        _SESSION.c.token_hash == bindparam("token"),
        _SESSION.c.expires_at > bindparam("now"),
        _SESSION.c.revoked_at == 0,
        _STAFF.c.disabled.is_(False),
    )
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
_NOTE = insert_sql(_AUDIT)


def add_staff(tx: Tx, staff: StaffRow) -> int:
    """Add an account (`id` is ignored); gives its id. Conflict when the name is taken."""
    return tx.insert(
        _ADD,
        {
            "name": staff.name.casefold(),
            "display_name": staff.display_name,
            "role": staff.role,
            "password_hash": staff.password_hash,
            "disabled": staff.disabled,
            "created_at": staff.created_at,
            **NEW_ACCOUNT,
        },
    )


def find_staff(tx: Tx, name: str) -> StaffRow | None:
    """An account by the name for signing in, or None. A disabled one is found, too."""
    return tx.struct(StaffRow, _BY_NAME, {"name": name.casefold()})


def get(tx: Tx, staff_id: int) -> StaffRow | None:
    """An account by its id, or None. A disabled one is found, too."""
    return tx.struct(StaffRow, _BY_ID, {"of": staff_id})


def all_staff(tx: Tx) -> list[StaffRow]:
    """Every account by name."""
    return tx.structs(StaffRow, _ALL)


def count_staff(tx: Tx) -> int:
    """How many accounts can sign in."""
    row = tx.one(_COUNT)
    return row[0] if row else 0


def set_disabled(tx: Tx, staff_id: int, disabled: bool, now: int) -> None:
    """Shut an account, which ends all its sessions at once, or open it again."""
    tx.run(_DISABLE, {"of": staff_id, "off": disabled})
    if disabled:
        revoke_sessions(tx, staff_id, now)


def set_password(tx: Tx, staff_id: int, password_hash: str, now: int) -> None:
    """Give an account another password; its sessions end."""
    tx.run(_PASSWORD, {"of": staff_id, "hash": password_hash})
    revoke_sessions(tx, staff_id, now)


def set_role(tx: Tx, staff_id: int, role: str) -> None:
    """Give an account another role; it holds from the next request on."""
    tx.run(_ROLE, {"of": staff_id, "new_role": role})


def open_session(tx: Tx, session: SessionRow) -> None:
    """Begin a session."""
    tx.run(_OPEN, {**msgspec.structs.asdict(session), "revoked_at": 0, "seen_at": 0})


def find_session(tx: Tx, token_hash: str, now: int) -> StaffRow | None:
    """Whose session this is: None when it expired or was revoked, or the account is disabled."""
    return tx.struct(StaffRow, _SIGNED_IN, {"token": token_hash, "now": now})


def revoke_session(tx: Tx, token_hash: str, now: int) -> None:
    """End one session."""
    tx.run(_REVOKE, {"token": token_hash, "now": now})


def revoke_sessions(tx: Tx, staff_id: int, now: int) -> int:
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


def note_action(tx: Tx, at: int, staff_id: int, action: str, subject: str = "") -> None:
    """Add to the record of who did what: ids only, never a person's words."""
    row = {"at": at, "staff_id": staff_id, "action": action, "subject": subject}
    tx.run(_NOTE, {**row, "detail": "", "digest": b""})
