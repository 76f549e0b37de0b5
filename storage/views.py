"""Saved views: the filters of a page under a name, for oneself or for everybody who may see it."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, delete, func, or_, select, update

from storage import models
from storage.db import Tx
from storage.manager_models import SavedView
from storage.models import table_of
from storage.rows import Row
from storage.statements import ID_MAX, insert_sql, sql

PER_PERSON = 100  # views that somebody may have

_VIEW = table_of(SavedView)
_STAFF = table_of(models.Staff)


class NewView(Row, frozen=True):
    """`query` as in the address; `page`: transcripts, funnel, insights."""

    staff_id: int
    page: str
    name: str
    query: str
    shared: bool
    created_at: int


class ViewRow(Row, frozen=True):
    id: int
    staff_id: int
    page: str
    name: str
    query: str
    shared: bool
    created_at: int
    staff_name: str


_ADD = insert_sql(_VIEW)
_NAMED = select(
    *(_VIEW.c[name] for name in ViewRow.__struct_fields__[:-1]),
    func.coalesce(_STAFF.c.display_name, ""),
).select_from(_VIEW.outerjoin(_STAFF, _STAFF.c.id == _VIEW.c.staff_id))
_SEEN = sql(
    _NAMED.where(
        _VIEW.c.page == bindparam("page"),
        or_(_VIEW.c.staff_id == bindparam("by"), _VIEW.c.shared.is_(True)),
    ).order_by(func.lower(_VIEW.c.name), _VIEW.c.id)
)
_GET = sql(_NAMED.where(_VIEW.c.id == bindparam("of")))
_COUNT = sql(select(func.count()).where(_VIEW.c.staff_id == bindparam("by")))
_CHANGE = sql(
    update(_VIEW)
    .where(_VIEW.c.id == bindparam("of"))
    .values(name=bindparam("called"), shared=bindparam("seen"))
)
_DROP = sql(delete(_VIEW).where(_VIEW.c.id == bindparam("of")))


def add(tx: Tx, view: NewView) -> int:
    """Keep a view; gives its id, or 0 when its owner has PER_PERSON of them."""
    count = tx.one(_COUNT, {"by": view.staff_id})
    if count is not None and count[0] >= PER_PERSON:
        return 0
    return tx.insert(_ADD, msgspec.structs.asdict(view))


def get(tx: Tx, view: int) -> ViewRow | None:
    """A view by its id, or None."""
    return tx.struct(ViewRow, _GET, {"of": view}) if 0 < view <= ID_MAX else None


def seen_by(tx: Tx, staff_id: int, page: str) -> list[ViewRow]:
    """Somebody's own views of a page and those shared by others, by name."""
    return tx.structs(ViewRow, _SEEN, {"by": staff_id, "page": page})


def change(tx: Tx, view: int, name: str, shared: bool) -> None:
    """Give a view another name, and share it or not."""
    tx.run(_CHANGE, {"of": view, "called": name, "seen": shared})


def drop(tx: Tx, view: int) -> None:
    tx.run(_DROP, {"of": view})
