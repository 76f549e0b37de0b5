"""Proofs that a person's data went: what there was, place by place, and what was found afterwards.

A proof begins in the transaction that erases, and is completed once nothing is found any more. It
names nobody: its subject is a conversation's random id.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select, update

from storage.db import Tx
from storage.manager_models import Erasure
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql

PROSPECT, EXPIRED, COMMAND = 0, -1, -2  # who asked, where it was none of the staff


class Place(Row, frozen=True):
    """A place where data lay: how much went, and how much is there now; -1: not looked yet."""

    name: str  # of a table, or index, files, overlay, topics
    went: int
    left: int = -1


class Proof(Row, frozen=True):
    """`messages` and `files` (ids) are needed to look for what is left, and go when it is done."""

    places: tuple[Place, ...]
    messages: tuple[int, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        return sum(max(0, place.left) for place in self.places)


class ErasureRow(Row, frozen=True):
    """An erasure. `asked_by`: staff id, PROSPECT, EXPIRED or COMMAND; `done_at` 0: under way."""

    id: int
    subject: str
    asked_at: int
    asked_by: int
    done_at: int
    proof: str

    def read_proof(self) -> Proof:
        return msgspec.json.decode(self.proof, type=Proof)


_ERASURE = table_of(Erasure)
_C = _ERASURE.c
_COLUMNS = tuple(_C[name] for name in ErasureRow.__struct_fields__)
_ADD = insert_sql(_ERASURE)
_GET = sql(select(*_COLUMNS).where(_C.id == bindparam("of")))
_OF = sql(select(*_COLUMNS).where(_C.subject == bindparam("of")).order_by(_C.id.desc()).limit(1))
_UNDER_WAY = sql(select(*_COLUMNS).where(_C.done_at == 0).order_by(_C.id).limit(bindparam("most")))
_LATEST = sql(
    select(*_COLUMNS)
    .where(_C.id < bindparam("below"))
    .order_by(_C.id.desc())
    .limit(bindparam("most"))
)
_KEEP = sql(
    update(_ERASURE)
    .where(_C.id == bindparam("of"))
    .values(done_at=bindparam("moment"), proof=bindparam("found"))
)
_ASKED_BY = sql(update(_ERASURE).where(_C.id == bindparam("of")).values(asked_by=bindparam("who")))


def begin(tx: Tx, subject: str, now: int, asked_by: int, proof: Proof) -> int:
    """Begin a proof; gives its number."""
    values = {"subject": subject, "asked_at": now, "asked_by": asked_by, "done_at": 0}
    return tx.insert(_ADD, {**values, "proof": write_proof(proof)})


def keep(tx: Tx, erasure: int, proof: Proof, done_at: int) -> None:
    """Keep what was found; `done_at` 0 while something is left."""
    tx.run(_KEEP, {"of": erasure, "found": write_proof(proof), "moment": done_at})


def set_asked_by(tx: Tx, erasure: int, staff_id: int) -> None:
    """Name who of the staff asked for it."""
    tx.run(_ASKED_BY, {"of": erasure, "who": staff_id})


def get(tx: Tx, erasure: int) -> ErasureRow | None:
    """An erasure by its number, or None."""
    return tx.struct(ErasureRow, _GET, {"of": erasure})


def find(tx: Tx, subject: str) -> ErasureRow | None:
    """The last erasure of a conversation, or None."""
    return tx.struct(ErasureRow, _OF, {"of": subject})


def under_way(tx: Tx, limit: int = 100) -> list[ErasureRow]:
    """Erasures that are not proved yet, oldest first."""
    return tx.structs(ErasureRow, _UNDER_WAY, {"most": limit})


def latest(tx: Tx, below: int, limit: int) -> list[ErasureRow]:
    """Erasures with a number below this one, newest first."""
    return tx.structs(ErasureRow, _LATEST, {"below": below, "most": limit})


def write_proof(proof: Proof) -> str:
    return msgspec.json.encode(proof).decode()
