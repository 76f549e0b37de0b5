"""Staff accounts: who may sign in, as what, and whose an open session is.

Passwords are hashed by the caller.
"""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, update

from storage import models, sessions
from storage.audit import note_action
from storage.db import Tx
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql

__all__ = [
    "StaffRow", "add_staff", "all_staff", "count_staff", "find_session", "find_staff", "get",
    "note_action", "set_disabled", "set_display_name", "set_password", "set_personal", "set_role",
]  # fmt: skip


class StaffRow(Row, frozen=True):
    """`name` is for signing in, in lower case; `display_name` is what prospects see."""

    id: int
    name: str
    display_name: str
    role: str
    password_hash: str
    disabled: bool
    created_at: int
    personal: str = ""  # whether e-mail and phone show: yes, no, or "" as the role has it


# What a new account has until somebody sets it.
NEW_ACCOUNT = {
    "email": "", "away_from": 0, "away_until": 0, "deputy": "", "capacity": 0,
    "last_given": 0, "alerts": "browser",
}  # fmt: skip

_STAFF = table_of(models.Staff)
_SESSION = table_of(models.StaffSession)

_COLUMNS = tuple(_STAFF.c[name] for name in StaffRow.__struct_fields__)
_ADD = insert_sql(_STAFF)
_BY_NAME = sql(select(*_COLUMNS).where(_STAFF.c.name == bindparam("name")))
_BY_ID = sql(select(*_COLUMNS).where(_STAFF.c.id == bindparam("of")))
_ALL = sql(select(*_COLUMNS).order_by(_STAFF.c.name))
_COUNT = sql(
    select(func.count())
    .select_from(_STAFF)
    .where(_STAFF.c.disabled.is_(False), _STAFF.c.password_hash != "")
)
_DISABLE = sql(
    update(_STAFF).where(_STAFF.c.id == bindparam("of")).values(disabled=bindparam("off"))
)
_PASSWORD = sql(
    update(_STAFF).where(_STAFF.c.id == bindparam("of")).values(password_hash=bindparam("hash"))
)
_ROLE = sql(update(_STAFF).where(_STAFF.c.id == bindparam("of")).values(role=bindparam("new_role")))
_PERSONAL = sql(
    update(_STAFF).where(_STAFF.c.id == bindparam("of")).values(personal=bindparam("sees"))
)
_DISPLAY_NAME = sql(
    update(_STAFF).where(_STAFF.c.id == bindparam("of")).values(display_name=bindparam("shown"))
)
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
            "personal": staff.personal,
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
        sessions.revoke_all(tx, staff_id, now)


def set_password(tx: Tx, staff_id: int, password_hash: str, now: int) -> None:
    """Give an account another password; its sessions end."""
    tx.run(_PASSWORD, {"of": staff_id, "hash": password_hash})
    sessions.revoke_all(tx, staff_id, now)


def set_role(tx: Tx, staff_id: int, role: str) -> None:
    """Give an account another role; it holds from the next request on."""
    tx.run(_ROLE, {"of": staff_id, "new_role": role})


def set_personal(tx: Tx, staff_id: int, personal: str) -> None:
    """Whether an account sees e-mail and phone: yes, no, or "" as its role has it."""
    tx.run(_PERSONAL, {"of": staff_id, "sees": personal})


def set_display_name(tx: Tx, staff_id: int, display_name: str) -> None:
    """Give an account another name for prospects."""
    tx.run(_DISPLAY_NAME, {"of": staff_id, "shown": display_name})


def find_session(tx: Tx, token_hash: str, now: int) -> StaffRow | None:
    """Whose session this is: None when it expired or was revoked, or the account is disabled."""
    return tx.struct(StaffRow, _SIGNED_IN, {"token": token_hash, "now": now})
