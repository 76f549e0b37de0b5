"""Files that a bot has uploaded before: sent again by the id that they were given there."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from storage.channel_models import RemoteFile
from storage.db import Tx
from storage.models import table_of
from storage.statements import sql, upsert_sql

_FILE = table_of(RemoteFile)
_HERE = (_FILE.c.bot == bindparam("by"), _FILE.c.key == bindparam("of"))
_FIND = sql(select(_FILE.c.file_id).where(*_HERE))
_KEEP = upsert_sql(_FILE, "file_id", "at")
_FORGET = sql(delete(_FILE).where(*_HERE))


def find(tx: Tx, bot: str, key: str) -> str:
    """The id under which this bot can send it, or "": it has not been uploaded."""
    row = tx.one(_FIND, {"by": bot, "of": key})
    return "" if row is None else str(row[0])


def keep(tx: Tx, bot: str, key: str, file_id: str, now: int) -> None:
    """Remember an upload; a later one of the same key takes its place. `now` in ms."""
    tx.run(_KEEP, {"bot": bot, "key": key, "file_id": file_id, "at": now})


def forget(tx: Tx, bot: str, key: str) -> None:
    """The id is no longer known there."""
    tx.run(_FORGET, {"by": bot, "of": key})
