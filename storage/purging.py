"""Takes words of erased messages out of the pages of the search index, and out of the log.

A deleted row's words stay in the file until the part of the index that holds them is rewritten.
"""

from __future__ import annotations

from storage import marks
from storage.db import Database, Tx

PAGES = 100  # rewritten in one transaction
_STAGE = "purge"  # mark: 0 clean, else one of these
_WANTED, _UNDER_WAY, _LOG_LEFT = 1, 2, 3  # the last: the index is clean, the log is to be emptied
_MERGE = "INSERT INTO message_index(message_index, rank) VALUES ('merge', :pages)"
_CHANGES = "SELECT total_changes()"


def want(tx: Tx) -> None:
    """Words were deleted: the index is to be rewritten."""
    marks.put(tx, _STAGE, _WANTED)


def must_purge(tx: Tx) -> bool:
    """Whether words of erased messages may still lie in the index's pages or in the log."""
    return marks.get(tx, _STAGE) > 0


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


def _note_clean(tx: Tx) -> None:
    """The log is empty; unless something else was erased meanwhile, all is done."""
    if marks.get(tx, _STAGE) == _LOG_LEFT:
        marks.put(tx, _STAGE, 0)


async def scrub(db: Database) -> bool:
    """Take what was erased out of the file and the log at once.

    False: a reader was in the way; `must_purge` stays true, and `search.keep` tries again.
    """
    more = True
    while more:
        more = await db.write(purge)
    if not await db.checkpoint():
        return False
    await db.write(_note_clean)
    return True
