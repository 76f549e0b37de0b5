"""The record of who did what: ids only, never a person's words. Each row seals those before it.

The digest of a row is a keyed SHA-256 over the digest before it and the row's own fields; a mark
seals the last one. Whoever changes, takes out or cuts off rows without the key breaks the chain.
"""

from __future__ import annotations

import hmac
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, func, literal_column, select, update

from storage import marks
from storage.db import Tx
from storage.models import Audit, Mark, table_of
from storage.rows import Row
from storage.statements import insert_sql, sql

HEAD = "audit_head"  # mark: seal of the newest row, as a number
READ = "transcript.read"  # the act that changes nothing
PIECE = 2_000  # rows read at once
_JSON = msgspec.json.Encoder()


class Entry(Row, frozen=True):
    """A line of the record. `staff_id` 0: the command line or the product itself."""

    id: int
    at: int
    staff_id: int
    action: str
    subject: str
    detail: str


class Wanted(Row, frozen=True, kw_only=True):
    """Which lines; "" and 0 take all. `staff_id` -1: nobody's. Times in ms: since <= t < until."""

    staff_id: int = 0
    action: str = ""
    subject: str = ""
    since: int = 0
    until: int = 0


class Newest(Row, frozen=True):
    """The newest row at some time: its id, and its digest in hex."""

    id: int
    digest: str


class Checked(Row, frozen=True):
    """What a look at the whole chain found. `broken` is the first bad row's id, 0 for none.

    `why`: changed (the row, or one before it, is not as it was written), unsealed, cut (rows are
    missing after the last one), or lost (a row that was noted elsewhere is not there); "" where all
    is well. `head` is the last digest, in hex.
    """

    count: int
    broken: int = 0
    why: str = ""
    head: str = ""


_AUDIT = table_of(Audit)
_C = _AUDIT.c
_COLUMNS = tuple(_C[name] for name in Entry.__struct_fields__)
_ADD = insert_sql(_AUDIT)
_LAST = sql(select(_C.digest).order_by(_C.id.desc()).limit(1))
_ALL = sql(select(*_COLUMNS).order_by(_C.id))
_ONE = sql(select(*_COLUMNS).where(_C.id == bindparam("of")))
_SINCE = sql(
    select(_C.id)
    .where(_C.subject == bindparam("subject"), _C.action == bindparam("action"))
    .where(_C.id > bindparam("after"))
    .limit(1)
)
# Said so that the lines of the subject are looked through: of a member of staff there are far more.
_BY = _C.staff_id + literal_column("0") == bindparam("staff_id")
_DONE = sql(
    select(_C.id)
    .where(_C.subject == bindparam("subject"), _C.action == bindparam("action"))
    .where(_BY, _C.at >= bindparam("since"))
    .limit(1)
)
_LAST_DONE = sql(
    select(*_COLUMNS)
    .where(_C.subject == bindparam("subject"), _C.action == bindparam("action"))
    .where(_BY)
    .order_by(_C.id.desc())
    .limit(1)
)
_ANY_SINCE = sql(
    select(_C.id)
    .where(_C.subject == bindparam("subject"), _C.id > bindparam("after"))
    .where(_C.action != READ)
    .limit(1)
)
_LAST_DONE_SO = sql(
    select(*_COLUMNS)
    .where(_C.subject == bindparam("subject"), _C.action == bindparam("action"))
    .where(_BY, _C.detail == bindparam("detail"))
    .order_by(_C.id.desc())
    .limit(1)
)
_LATER = sql(select(_C.action).where(_C.at >= bindparam("since")).order_by(_C.id).limit(1_000))
_SEAL = sql(update(_AUDIT).where(_C.id == bindparam("of")).values(digest=bindparam("seal")))
_SEALED = sql(select(_C.id).where(func.length(_C.digest) > bindparam("size")).limit(1))
_MARK = table_of(Mark)
_TORN = b"torn"  # stands for the digest before a row that was written after others were taken out


def note_action(  # noqa: PLR0913 - the fields of a line
    tx: Tx, at: int, staff_id: int, action: str, subject: str = "", *, detail: str = ""
) -> int:
    """Add to the record of who did what: ids only, never a person's words. Gives its number."""
    seal_old(tx)
    last = tx.one(_LAST)
    row = Entry(0, at, staff_id, action, subject, detail)
    digest = _digest(tx.seal, _end(tx, last[0] if last else b""), row)
    values = {"at": at, "staff_id": staff_id, "action": action, "subject": subject}
    number = tx.insert(_ADD, {**values, "detail": detail, "digest": digest})
    marks.put(tx, HEAD, _head(tx.seal, digest))
    return number


def get(tx: Tx, number: int) -> Entry | None:
    """One line of the record by its number, or None."""
    return tx.struct(Entry, _ONE, {"of": number})


def has_since(tx: Tx, subject: str, action: str, after: int) -> bool:
    """Whether the act was done to it after the line of this number."""
    return tx.one(_SINCE, {"subject": subject, "action": action, "after": after}) is not None


def has_done(tx: Tx, staff_id: int, action: str, subject: str, since: int) -> bool:
    """Whether somebody did the act to it at this moment (ms) or later."""
    wanted = {"staff_id": staff_id, "action": action, "subject": subject, "since": since}
    return tx.one(_DONE, wanted) is not None


def last_done(tx: Tx, staff_id: int, action: str, subject: str, detail: str = "") -> Entry | None:
    """The line of when somebody last did the act to it, or None; `detail`: the one with this."""
    wanted = {"staff_id": staff_id, "action": action, "subject": subject}
    if detail:
        return tx.struct(Entry, _LAST_DONE_SO, {**wanted, "detail": detail})
    return tx.struct(Entry, _LAST_DONE, wanted)


def just_done(tx: Tx, staff_id: int, action: str, subject: str, detail: str) -> bool:
    """Whether they did this act to it, and nobody anything else since but reading."""
    last = last_done(tx, staff_id, action, subject, detail)
    return last is not None and not tx.one(_ANY_SINCE, {"subject": subject, "after": last.id})


def actions_since(tx: Tx, at: int) -> list[str]:
    """What was done from this moment (ms) on, at most the first 1,000 acts."""
    return [str(row[0]) for row in tx.all(_LATER, {"since": at})]


def seal_old(tx: Tx) -> int:
    """Chain the rows that were written before there were seals; gives how many. Only ever once:
    where a row has a seal, one whose mark is gone was tampered with."""
    if marks.get(tx, HEAD) or tx.one(_SEALED, {"size": 0}):
        return 0
    rows, digest = tx.structs(Entry, _ALL), b""
    for row in rows:
        digest = _digest(tx.seal, digest, row)
        tx.run(_SEAL, {"of": row.id, "seal": digest})
    marks.put(tx, HEAD, _head(tx.seal, digest))
    return len(rows)


def newest(connection: Connection) -> Newest | None:
    """The newest row, None while there is none."""
    row = connection.execute(select(_C.id, _C.digest).order_by(_C.id.desc()).limit(1)).first()
    return Newest(row[0], row[1].hex()) if row else None


def holds(connection: Connection, noted: Newest) -> bool:
    """Whether a row that was the newest once is there as it was."""
    found = connection.execute(select(_C.digest).where(_C.id == noted.id)).scalar()
    return found is not None and hmac.compare_digest(found.hex(), noted.digest)


def verify(connection: Connection, seal: bytes, noted: Newest | None = None) -> Checked:
    """Walk the whole chain; runs long on a long one. `noted`: a row that must be there."""
    before, count, last = b"", 0, 0
    while rows := connection.execute(_piece(last)).all():
        for *fields, digest in rows:
            row = Entry(*fields)
            expected = _digest(seal, before, row)
            if not hmac.compare_digest(digest, expected):
                return Checked(count, row.id, "changed" if digest else "unsealed", before.hex())
            before, last, count = digest, row.id, count + 1
    head = connection.execute(select(_MARK.c.value).where(_MARK.c.name == HEAD)).scalar() or 0
    if head != _head(seal, before) and (head or count):
        return Checked(count, last, "cut", before.hex())
    if noted is not None and not holds(connection, noted):
        return Checked(count, noted.id, "lost", before.hex())
    return Checked(count, head=before.hex())


def _piece(after: int) -> Select[Any]:
    return select(*_COLUMNS, _C.digest).where(_C.id > after).order_by(_C.id).limit(PIECE)


def entries(
    connection: Connection, wanted: Wanted, before: int = 0, limit: int = 100
) -> tuple[Entry, ...]:
    """The lines that fit, newest first; `before`: only those with an id below it."""
    statement = select(*_COLUMNS)
    if wanted.staff_id:
        statement = statement.where(_C.staff_id == max(0, wanted.staff_id))
    if wanted.action:
        statement = statement.where(_C.action == wanted.action)
    if wanted.subject:
        statement = statement.where(_C.subject == wanted.subject)
    if wanted.since:
        statement = statement.where(_C.at >= wanted.since)
    if wanted.until:
        statement = statement.where(_C.at < wanted.until)
    if before:
        statement = statement.where(_C.id < before)
    rows = connection.execute(statement.order_by(_C.id.desc()).limit(limit))
    return tuple(Entry(*row) for row in rows)


def actions(connection: Connection) -> tuple[str, ...]:
    """Every kind of act that stands in the record, by name."""
    return tuple(connection.execute(select(_C.action).distinct().order_by(_C.action)).scalars())


def count(connection: Connection) -> int:
    """How many lines there are."""
    return int(connection.execute(select(func.count()).select_from(_AUDIT)).scalar() or 0)


def _end(tx: Tx, last: bytes) -> bytes:
    """What the next row is chained to. Where rows were cut off, or the mark with them, that is not
    the row now last: else the next act would hide it."""
    return last if marks.get(tx, HEAD) == _head(tx.seal, last) else _TORN


def _digest(seal: bytes, before: bytes, row: Entry) -> bytes:
    said = (before.hex(), row.at, row.staff_id, row.action, row.subject, row.detail)
    return hmac.digest(seal, _JSON.encode(said), "sha256")


def _head(seal: bytes, digest: bytes) -> int:
    """The seal of the newest row as a number of a mark, never 0."""
    found = hmac.digest(seal, b"head" + digest, "sha256")
    return int.from_bytes(found[:8]) >> 1 or 1
