"""Which pushing channel a conversation is reached by, and the rows that make it send."""

from __future__ import annotations

from collections.abc import Sequence

from storage import chats, outbox
from storage.db import Tx
from storage.outbox import NewDelivery


def push(
    tx: Tx, pushing: frozenset[str], conversation: str, message: tuple[int, str], now: int
) -> bool:
    """Queue one message, given as (seq, author), where a chat of a pushing channel is linked."""
    return push_all(tx, pushing, conversation, (message,), now)


def push_all(
    tx: Tx,
    pushing: frozenset[str],
    conversation: str,
    messages: Sequence[tuple[int, str]],
    now: int,
) -> bool:
    """The same for some messages, in this order."""
    chat = chats.of(tx, conversation) if pushing and messages else None
    if chat is None or chat.channel not in pushing:
        return False
    for seq, author in messages:
        outbox.put(
            tx, NewDelivery(conversation, "send", now, seq=seq, channel=chat.channel, name=author)
        )
    return True
