"""Tokens of the read API: only their hashes are kept."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, or_, select, update

from storage.db import Tx
from storage.manager_models import ApiToken
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql


class TokenRow(Row, frozen=True):
    """A token. Times in ms; `expires_at` 0: never. `personal`: it sees e-mail and phone."""

    id: int
    name: str
    token_hash: str
    personal: bool
    created_by: int
    created_at: int
    expires_at: int
    used_at: int
    revoked_at: int


_TOKEN = table_of(ApiToken)
_COLUMNS = tuple(_TOKEN.c[name] for name in TokenRow.__struct_fields__)
_ADD = insert_sql(_TOKEN)
_ALL = sql(select(*_COLUMNS).order_by(_TOKEN.c.id))
_FIND = sql(
    select(*_COLUMNS).where(
        _TOKEN.c.token_hash == bindparam("hash"),
        _TOKEN.c.revoked_at == 0,
        or_(_TOKEN.c.expires_at == 0, _TOKEN.c.expires_at > bindparam("now")),
    )
)
_USED = sql(update(_TOKEN).where(_TOKEN.c.id == bindparam("of")).values(used_at=bindparam("now")))
_REVOKE = sql(
    update(_TOKEN)
    .where(_TOKEN.c.id == bindparam("of"), _TOKEN.c.revoked_at == 0)
    .values(revoked_at=bindparam("now"))
)


def add(tx: Tx, token: TokenRow) -> int:
    """Add a token (`id` is ignored); gives its id."""
    values = msgspec.structs.asdict(token)
    del values["id"]
    return tx.insert(_ADD, values)


def all_tokens(tx: Tx) -> list[TokenRow]:
    """Every token, revoked ones too, oldest first."""
    return tx.structs(TokenRow, _ALL)


def find(tx: Tx, token_hash: str, now: int) -> TokenRow | None:
    """The token with this hash, or None: unknown, expired or revoked."""
    return tx.struct(TokenRow, _FIND, {"hash": token_hash, "now": now})


def note_use(tx: Tx, token: int, now: int) -> None:
    """Note that a token is in use."""
    tx.run(_USED, {"of": token, "now": now})


def revoke(tx: Tx, token: int, now: int) -> bool:
    """End a token; False when it had ended."""
    return tx.run(_REVOKE, {"of": token, "now": now}) > 0
