"""Whoever takes no talks any more keeps none: each of theirs waits for a colleague again."""

from __future__ import annotations

import bot.desk.passing as passing
from bot.desk.acting import Act, Room
from bot.remarks import write_remark
from bot.rights import may
from storage import accounts, audit, conversations, desk, outbox
from storage.accounts import StaffRow
from storage.conversations import ConversationRow, NewMessage
from storage.db import Tx

LEFT = "left"  # timer at which a talk is looked at whose keeper has left


def takes_talks(account: StaffRow) -> bool:
    """Whether the account is open and may act on talks."""
    return not account.disabled and may(account.role, "talks")


def call_back(tx: Tx, staff_id: int, now: int) -> None:
    """Have every talk that they have looked at as soon as this is committed."""
    for each in desk.held_by(tx, staff_id):
        outbox.start_timer(tx, each, LEFT, now)


def let_go(tx: Tx, row: ConversationRow, room: Room) -> int:
    """Put the talk back into the queue, as if its keeper had passed it on; gives the seq of the
    notice. 0 where somebody has it who may, or nobody."""
    keeper = accounts.get(tx, row.staff_id) if row.owner == "human" else None
    if keeper is None or takes_talks(keeper):
        return 0
    name = keeper.display_name or keeper.name
    words = room.texts.say(room.texts.pack.languages[0], "desk.left", name=name)
    body = write_remark("desk.left", {"name": name})
    conversations.append(tx, row.id, [NewMessage("note", words, room.now, body=body)])
    at = Act(room, tx, keeper, row)
    seq = passing.give_to_queue(at, "", "")
    at.save()
    audit.note_action(tx, room.now, 0, "desk.left", row.id)
    return seq
