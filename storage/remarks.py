"""What staff say of a conversation among themselves: comments and flags."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select

from storage import models
from storage.db import Tx
from storage.manager_models import Comment, Flag
from storage.models import table_of
from storage.rows import Row
from storage.statements import ID_MAX, insert_sql, sql, upsert_sql

_COMMENT, _FLAG = table_of(Comment), table_of(Flag)
_STAFF = table_of(models.Staff)


class NewComment(Row, frozen=True):
    """`seq`: the message that it is about, 0 for the whole conversation."""

    conversation: str
    seq: int
    staff_id: int
    text: str
    at: int


class CommentRow(Row, frozen=True):
    id: int
    conversation: str
    seq: int
    staff_id: int
    text: str
    at: int
    staff_name: str  # "" once the account is gone


class FlagRow(Row, frozen=True):
    conversation: str
    kind: str
    staff_id: int
    at: int


class Remarked(Row, frozen=True):
    """What stands at a conversation in a list."""

    conversation: str
    flags: tuple[str, ...] = ()
    comments: int = 0


_ADD = insert_sql(_COMMENT)
_NAMED = (
    select(
        *(_COMMENT.c[name] for name in CommentRow.__struct_fields__[:-1]),
        func.coalesce(_STAFF.c.display_name, ""),
    )
    .select_from(_COMMENT.outerjoin(_STAFF, _STAFF.c.id == _COMMENT.c.staff_id))
    .order_by(_COMMENT.c.seq, _COMMENT.c.id)
)
_OF = sql(_NAMED.where(_COMMENT.c.conversation == bindparam("of")))
_GET = sql(_NAMED.where(_COMMENT.c.id == bindparam("of")))
_DROP = sql(delete(_COMMENT).where(_COMMENT.c.id == bindparam("of")))
_RAISE = upsert_sql(_FLAG)
_LOWER = sql(
    delete(_FLAG).where(_FLAG.c.conversation == bindparam("of"), _FLAG.c.kind == bindparam("what"))
)
_FLAGS_OF = sql(
    select(*(_FLAG.c[name] for name in FlagRow.__struct_fields__))
    .where(_FLAG.c.conversation == bindparam("of"))
    .order_by(_FLAG.c.at)
)


def comment(tx: Tx, new: NewComment) -> int:
    """Add a comment; gives its id. Conflict once the conversation is erased."""
    return tx.insert(_ADD, msgspec.structs.asdict(new))


def get_comment(tx: Tx, number: int) -> CommentRow | None:
    """A comment by its id, or None."""
    return tx.struct(CommentRow, _GET, {"of": number}) if 0 < number <= ID_MAX else None


def drop_comment(tx: Tx, number: int) -> None:
    tx.run(_DROP, {"of": number})


def comments_of(tx: Tx, conversation: str) -> list[CommentRow]:
    """The comments of a conversation, those about all of it first, then message by message."""
    return tx.structs(CommentRow, _OF, {"of": conversation})


def flag(tx: Tx, row: FlagRow) -> bool:
    """Flag a conversation; False when it has this flag. Conflict once it is erased."""
    return tx.run(_RAISE, msgspec.structs.asdict(row)) > 0


def unflag(tx: Tx, conversation: str, kind: str) -> bool:
    """Take a flag off; False when it was not there."""
    return tx.run(_LOWER, {"of": conversation, "what": kind}) > 0


def flags_of(tx: Tx, conversation: str) -> list[FlagRow]:
    """The flags of a conversation, the oldest first."""
    return tx.structs(FlagRow, _FLAGS_OF, {"of": conversation})


def remarked(connection: Connection, conversations: Sequence[str]) -> dict[str, Remarked]:
    """What stands at these conversations; those without anything are left out."""
    flags: dict[str, list[str]] = {}
    flagged = select(_FLAG.c.conversation, _FLAG.c.kind).where(
        _FLAG.c.conversation.in_(conversations)
    )
    for key, kind in connection.execute(flagged.order_by(_FLAG.c.kind)):
        flags.setdefault(key, []).append(kind)
    counted = (
        select(_COMMENT.c.conversation, func.count())
        .where(_COMMENT.c.conversation.in_(conversations))
        .group_by(_COMMENT.c.conversation)
    )
    comments = {row[0]: row[1] for row in connection.execute(counted)}
    return {
        key: Remarked(key, tuple(flags.get(key, ())), comments.get(key, 0))
        for key in flags.keys() | comments.keys()
    }
