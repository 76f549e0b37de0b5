"""Takes what was erased out of the bytes of the database: the search index, the file, the log.

A deleted row's words stay in the index until the part that holds them is rewritten, and copies of
rows stay in gaps of pages until the file is written anew. That it is owed is kept as a mark, which
outlives a restart and holds no word.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from storage import marks
from storage.db import Database, Tx
from storage.rewriting import rewrite_file

PAGES = 100  # rewritten in one transaction
_STAGE = "purge"  # mark: 0 clean, else one of these
_FILE = "rewrite"  # mark: likewise, for the whole file
_WANTED, _UNDER_WAY, _LOG_LEFT = 1, 2, 3  # the last: it is clean, the log is to be emptied
_MERGE = "INSERT INTO message_index(message_index, rank) VALUES ('merge', :pages)"
_MERGE_ALL = "INSERT INTO message_index(message_index) VALUES ('optimize')"
_CHANGES = "SELECT total_changes()"


def want(tx: Tx) -> None:
    """Words were deleted: the index is to be rewritten, and then the file."""
    marks.put(tx, _STAGE, _WANTED)
    marks.put(tx, _FILE, _WANTED)


def must_purge(tx: Tx) -> bool:
    """Whether words of erased messages may still lie in the index's pages or in the log."""
    return marks.get(tx, _STAGE) > 0


def must_rewrite(tx: Tx) -> bool:
    """Whether copies of erased rows may still lie in gaps of the file's pages."""
    return marks.get(tx, _FILE) > 0


def purge(tx: Tx, pages: int = PAGES) -> bool:
    """Rewrite some more of the index without what was deleted; True while there is more to do."""
    stage = marks.get(tx, _STAGE)
    if stage in (0, _LOG_LEFT):
        return False
    before = (tx.one(_CHANGES) or (0,))[0]
    # A negative number begins the rewriting of all parts into one, a positive one goes on with it.
    tx.run(_MERGE, {"pages": -pages if stage == _WANTED else pages})
    more = stage == _WANTED or (tx.one(_CHANGES) or (0,))[0] - before >= 2
    marks.put(tx, _STAGE, _UNDER_WAY if more else _LOG_LEFT)
    return more


def _move(tx: Tx, mark: str, before: int, after: int) -> None:
    """A step is done; where something else was erased meanwhile, all begins anew."""
    if marks.get(tx, mark) == before:
        marks.put(tx, mark, after)


async def scrub(db: Database) -> bool:
    """Take what was erased out of the file and the log at once.

    False: a reader was in the way; `must_purge` stays true, and `search.keep` tries again.
    """
    more = True
    while more:
        more = await db.write(purge)
    if not await db.checkpoint():
        return False
    await db.write(lambda tx: _move(tx, _STAGE, _LOG_LEFT, 0))
    return True


async def rewrite(db: Database) -> bool:
    """Write the file anew and empty the log, all other writes waiting: see `Database.rewrite`.

    False: a reader was in the way, or something was erased just now; `must_rewrite` stays true.
    Raises WriteFailed.
    """
    if db.peek(must_purge) and not await scrub(db):
        return False
    if await db.write(_begin_rewriting):
        await db.rewrite()
        await db.write(lambda tx: _move(tx, _FILE, _UNDER_WAY, _LOG_LEFT))
    if not await db.checkpoint():
        return False
    await db.write(lambda tx: _move(tx, _FILE, _LOG_LEFT, 0))
    return not db.peek(must_rewrite)


def _begin_rewriting(tx: Tx) -> bool:
    """Whether to begin: not while the index holds erased words, nor where it was done before."""
    if must_purge(tx) or marks.get(tx, _FILE) not in (_WANTED, _UNDER_WAY):
        return False
    marks.put(tx, _FILE, _UNDER_WAY)
    return True


def clean_copy(path: Path, copy: sqlite3.Connection) -> None:
    """Take what was erased out of a copy of the database, where the database still owes that.

    The marks stay as they are: once it is restored, it is done again. Raises sqlite3.Error.
    """
    tx = Tx(copy)
    if must_purge(tx):
        tx.run(_MERGE_ALL)
    if must_rewrite(tx):
        rewrite_file(path, copy)
