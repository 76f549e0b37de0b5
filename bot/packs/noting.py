"""The audit line of an edit that a crash has cut off from it."""

from __future__ import annotations

from bot.logs import get_logger
from bot.packs.edits import Edit
from storage import accounts, audit
from storage.db import Database, Tx

# How the acts begin that make an edit; each leaves its line right after the edit is kept.
EDITING = ("content.", "articles.", "questions.", "understanding.")


async def note_last(db: Database, edits: tuple[Edit, ...], now: int) -> bool:
    """Add the line of the newest of these edits, at a start; False where nothing was missing.

    An edit counts once its file is in place, and its line comes after it: at most the last one can
    lack it.
    """
    if not edits:
        return False
    added = await db.write(lambda tx: _note(tx, edits[0], now))
    if added:
        get_logger().warning("edit_noted_late", edit=edits[0].number)
    return added


def _note(tx: Tx, edit: Edit, now: int) -> bool:
    if any(each.startswith(EDITING) for each in audit.actions_since(tx, edit.at)):
        return False
    known = {each.display_name: each.id for each in accounts.all_staff(tx)}
    accounts.note_action(tx, now, known.get(edit.by, 0), "content.change", str(edit.number))
    return True
