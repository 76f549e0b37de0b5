"""Which person of a messenger is which member of staff: one account a person, and the reverse."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, or_, select

from storage import models
from storage.accounts import StaffRow
from storage.channel_models import StaffLink
from storage.db import Tx
from storage.models import table_of
from storage.statements import insert_sql, sql

_LINK = table_of(StaffLink)
_STAFF = table_of(models.Staff)
_COLUMNS = tuple(_STAFF.c[name] for name in StaffRow.__struct_fields__)
_ADD = insert_sql(_LINK)
_DROP = sql(
    delete(_LINK).where(
        or_(_LINK.c.telegram_id == bindparam("person"), _LINK.c.staff_id == bindparam("staff"))
    )
)
_FIND = sql(
    select(*_COLUMNS)
    .select_from(_LINK.join(_STAFF, _STAFF.c.id == _LINK.c.staff_id))
    .where(_LINK.c.telegram_id == bindparam("person"), _STAFF.c.disabled.is_(False))
)
_BY_STAFF = sql(select(_LINK.c.telegram_id).where(_LINK.c.staff_id == bindparam("staff")))
_UNLINK = sql(delete(_LINK).where(_LINK.c.staff_id == bindparam("staff")))


def link(tx: Tx, telegram_id: int, staff_id: int, now: int) -> int:
    """Link a person to an account; what either was linked to before is not any longer.

    Gives how many links that replaced. Raises Conflict when the account is gone.
    """
    replaced = tx.run(_DROP, {"person": telegram_id, "staff": staff_id})
    tx.run(_ADD, {"telegram_id": telegram_id, "staff_id": staff_id, "linked_at": now})
    return replaced


def find(tx: Tx, telegram_id: int) -> StaffRow | None:
    """The account of a person; None when there is none, or when it is disabled."""
    return tx.struct(StaffRow, _FIND, {"person": telegram_id})


def find_by_staff(tx: Tx, staff_id: int) -> int:
    """The person to whom an account is linked, 0 for none."""
    row = tx.one(_BY_STAFF, {"staff": staff_id})
    return row[0] if row else 0


def unlink(tx: Tx, staff_id: int) -> bool:
    """The account is linked to nobody; gives whether it was."""
    return tx.run(_UNLINK, {"staff": staff_id}) > 0
