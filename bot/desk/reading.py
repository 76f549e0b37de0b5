"""How far somebody has read a conversation. No act: nothing of it is on record or rung for."""

from __future__ import annotations

from storage import conversations, desk
from storage.db import Tx


def mark_read(tx: Tx, staff_id: int, conversation: str, seq: int, now: int) -> bool:
    """They have read up to this message, 0: to the last; never less than before.

    False where that changes nothing.
    """
    latest = conversations.latest(tx, conversation)
    if latest is None:
        return False
    upto = min(seq, latest[1]) if seq > 0 else latest[1]
    named = desk.see_mentions(tx, staff_id, conversation, upto, now)
    if upto <= desk.seen_seq(tx, staff_id, conversation):
        return named > 0
    desk.see(tx, staff_id, conversation, upto, now)
    return True


def mark_unread(tx: Tx, staff_id: int, conversation: str, now: int) -> bool:
    """The prospect's last message counts as unread again; False where there is none."""
    last = desk.last_of_prospect(tx, conversation)
    if last:
        desk.see(tx, staff_id, conversation, last - 1, now)
    return last > 0
