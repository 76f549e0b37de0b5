"""Chats of pushing channels: which conversation goes on in which chat."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, delete, select, update

from storage.channel_models import Chat
from storage.db import Tx
from storage.models import table_of
from storage.rows import Row
from storage.statements import sql, upsert_sql


class ChatRow(Row, frozen=True):
    """`view` is the channel's own memory of what it shows there; times in ms."""

    channel: str
    address: str
    conversation: str
    linked_at: int
    view: bytes = b""


_CHAT = table_of(Chat)
_COLUMNS = tuple(_CHAT.c[name] for name in ChatRow.__struct_fields__)
_HERE = (_CHAT.c.channel == bindparam("by"), _CHAT.c.address == bindparam("at"))
_FIND = sql(select(*_COLUMNS).where(*_HERE))
_OF = sql(
    select(*_COLUMNS)
    .where(_CHAT.c.conversation == bindparam("of"))
    .order_by(_CHAT.c.linked_at.desc())
    .limit(1)
)
_LINK = upsert_sql(_CHAT, "conversation", "linked_at", "view")
_VIEW = sql(update(_CHAT).where(*_HERE).values(view=bindparam("shown")))
_UNLINK = sql(delete(_CHAT).where(*_HERE))
_UNLINK_OTHERS = sql(
    delete(_CHAT).where(
        _CHAT.c.channel == bindparam("by"),
        _CHAT.c.conversation == bindparam("of"),
        _CHAT.c.address != bindparam("at"),
    )
)


def find(tx: Tx, channel: str, address: str) -> ChatRow | None:
    """The chat with this address, or None: nobody has talked there, or all was erased."""
    return tx.struct(ChatRow, _FIND, {"by": channel, "at": address})


def of(tx: Tx, conversation: str) -> ChatRow | None:
    """The chat in which a conversation goes on, the newest if there were several; or None."""
    return tx.struct(ChatRow, _OF, {"of": conversation})


def link(tx: Tx, chat: ChatRow) -> None:
    """Let the conversation go on in this chat; another that did so before does no longer.

    Raises Conflict when the conversation is gone.
    """
    tx.run(_LINK, msgspec.structs.asdict(chat))


def unlink(tx: Tx, channel: str, address: str) -> None:
    """No conversation goes on in this chat."""
    tx.run(_UNLINK, {"by": channel, "at": address})


def unlink_others(tx: Tx, chat: ChatRow) -> int:
    """Of this channel's chats the conversation goes on in this one alone; gives how many left."""
    here = {"by": chat.channel, "at": chat.address, "of": chat.conversation}
    return tx.run(_UNLINK_OTHERS, here)


def save_view(tx: Tx, channel: str, address: str, view: bytes) -> None:
    """Keep what the channel shows there now. Nothing happens once the chat is gone."""
    tx.run(_VIEW, {"by": channel, "at": address, "shown": view})
