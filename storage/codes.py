"""One-time codes: a website talk goes on in a chat, an account is linked to a person.

The raw code is random and shown once; what is stored is its hash.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Literal

import msgspec
from sqlalchemy import bindparam, delete, select, update

from storage.channel_models import OneTimeCode
from storage.db import Tx
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql

Purpose = Literal["continue", "staff"]

# For so long (ms) after its end a code is still known, so that one that comes again is told from
# one that never was.
MEMORY = 24 * 3_600_000

_PREFIX: dict[Purpose, str] = {"continue": "talk-", "staff": "staff-"}
_RANDOM = r"[A-Za-z0-9_-]{32}"  # 192 bits


class CodeRow(Row, frozen=True):
    """A code as it is stored. Times in ms; `used_at` 0: not used yet."""

    code_hash: bytes
    purpose: str
    subject: str  # id of a conversation or of an account
    created_at: int
    expires_at: int
    used_at: int = 0


_CODE = table_of(OneTimeCode)
_COLUMNS = tuple(_CODE.c[name] for name in CodeRow.__struct_fields__)
_THIS = (_CODE.c.code_hash == bindparam("hash"), _CODE.c.purpose == bindparam("what_for"))
_ISSUE = insert_sql(_CODE)
_FIND = sql(select(*_COLUMNS).where(*_THIS))
_REDEEM = sql(
    update(_CODE)
    .where(*_THIS, _CODE.c.used_at == 0, _CODE.c.expires_at > bindparam("now"))
    .values(used_at=bindparam("now"))
    .returning(_CODE.c.subject)
)
_SWEEP = sql(delete(_CODE).where(_CODE.c.expires_at <= bindparam("then")))


def make_code(purpose: Purpose) -> str:
    """A new random code: at most 64 characters, all of them good in an address."""
    return _PREFIX[purpose] + secrets.token_urlsafe(24)


def is_code(purpose: Purpose, text: str) -> bool:
    """Whether a text has the form of such a code; whether it is one only the database knows."""
    return re.fullmatch(_PREFIX[purpose] + _RANDOM, text) is not None


def hash_code(code: str) -> bytes:
    """What is stored of a code: its SHA-256."""
    return hashlib.sha256(code.encode()).digest()


def issue(tx: Tx, code: CodeRow) -> None:
    """Keep a new code. Raises Conflict for a hash that was kept before."""
    tx.run(_ISSUE, msgspec.structs.asdict(code))


def find(tx: Tx, purpose: Purpose, code_hash: bytes) -> CodeRow | None:
    """The code with this hash, used and expired ones too; None for one that is not known."""
    return tx.struct(CodeRow, _FIND, {"hash": code_hash, "what_for": purpose})


def redeem(tx: Tx, purpose: Purpose, code_hash: bytes, now: int) -> str | None:
    """Use a code up; gives its subject. None when it is unknown, expired or used already."""
    row = tx.one(_REDEEM, {"hash": code_hash, "what_for": purpose, "now": now})
    return None if row is None else row[0]


def sweep(tx: Tx, now: int) -> int:
    """Forget the codes that ended more than MEMORY ago; gives how many."""
    return tx.run(_SWEEP, {"then": now - MEMORY})
