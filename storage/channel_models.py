"""The tables behind channels that push: what came in, where it goes out, and the desk's topics.

The same rules hold as in `storage/models.py`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlalchemy import text as sa_text
from sqlmodel import Field, SQLModel

from storage.models import STATE, Id


class Arrival(SQLModel, table=True):
    """Something that came in, raw, until it was taken in. What is left of it then is its digest.

    It belongs to no conversation yet, so erasing goes by its chat; of what was set aside also by
    the conversation that it was for.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    source: str  # prospects, desk: a bot's updates; a channel such as widget: what was set aside
    update_id: int = Field(sa_type=BigInteger)
    digest: bytes  # of the payload: ids may begin again low, with other content
    chat: str  # order is kept within source and chat
    tap: str  # by which a repeated tap on a button is known; "" for anything else
    payload: bytes  # emptied once it was taken in
    at: int = Field(sa_type=BigInteger)
    due: int = Field(sa_type=BigInteger)  # when it is tried (again)
    state: str  # new, done, aside
    attempts: int
    error: str
    conversation: str  # of what was set aside; "": not known

    __table_args__ = (
        Index("arrival_once", "source", "update_id", "digest", unique=True),
        # Few rows wait at any time, however many are remembered: each chat's oldest is at hand.
        Index(
            "arrival_new",
            "source",
            "chat",
            "id",
            sqlite_where=sa_text("state = 'new'"),
            postgresql_where=sa_text("state = 'new'"),
        ),
        Index(
            "arrival_aside",
            "id",
            sqlite_where=sa_text("state = 'aside'"),
            postgresql_where=sa_text("state = 'aside'"),
        ),
        Index(
            "arrival_of",
            "conversation",
            sqlite_where=sa_text("conversation != ''"),
            postgresql_where=sa_text("conversation != ''"),
        ),
        Index(
            "arrival_tapped",
            "source",
            "chat",
            "tap",
            sqlite_where=sa_text("tap != ''"),
            postgresql_where=sa_text("tap != ''"),
        ),
        Index("arrival_by_chat", "chat"),  # what goes when a conversation is erased
        Index("arrival_by_time", "at"),
        # What is told to the operator is the id: never give it again.
        {"sqlite_autoincrement": True},
    )


class Chat(SQLModel, table=True):
    """Where a pushing channel reaches the prospect of a conversation."""

    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)  # the channel's own id of the chat
    conversation: str = Field(foreign_key=STATE, index=True)
    linked_at: int = Field(sa_type=BigInteger)
    view: bytes  # what the channel must remember of what it shows there


class OneTimeCode(SQLModel, table=True):
    """A code that links once and soon: a website talk to a chat, an account to a person."""

    __tablename__ = "one_time_code"

    code_hash: bytes = Field(primary_key=True)
    purpose: str  # continue, staff
    subject: str  # id of a conversation or of an account
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger, index=True)
    used_at: int = Field(sa_type=BigInteger)


class RemoteFile(SQLModel, table=True):
    """A file that a bot has uploaded before: sent again by the id it was given there."""

    __tablename__ = "remote_file"

    bot: str = Field(primary_key=True)
    key: str = Field(primary_key=True)  # what was uploaded, with its checksum
    file_id: str
    at: int = Field(sa_type=BigInteger)


class StaffLink(SQLModel, table=True):
    """Which person of a messenger is which member of staff."""

    __tablename__ = "staff_link"

    telegram_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    staff_id: int = Field(foreign_key="staff.id", sa_type=Id, unique=True)
    linked_at: int = Field(sa_type=BigInteger)


class DeskTopic(SQLModel, table=True):
    """The desk group's topic of a conversation. It outlives erasing until the topic is deleted."""

    __tablename__ = "desk_topic"

    conversation: str = Field(primary_key=True)
    group_id: int = Field(sa_type=BigInteger)
    thread_id: int = Field(sa_type=BigInteger)  # 0: not opened yet
    head_message: int = Field(sa_type=BigInteger)  # the brief with its buttons; 0: none
    state: str  # open, closed, erased: the topic itself is still to be deleted
    seen_seq: int  # messages up to here stand in the topic, or need not
    seen_version: int  # of the conversation, as the topic shows it
    memory: bytes  # what the feed must remember of what it shows there
    updated_at: int = Field(sa_type=BigInteger)

    __table_args__ = (
        Index("desk_topic_by_thread", "group_id", "thread_id"),
        Index(
            "desk_topic_at_work",
            "state",
            sqlite_where=sa_text("state != 'closed'"),
            postgresql_where=sa_text("state != 'closed'"),
        ),
    )


class LeftTopic(SQLModel, table=True):
    """A topic that was left for another one, when the desk got another group. It still holds what
    was said, so it is deleted once its conversation is erased; nothing else looks at it."""

    __tablename__ = "left_topic"

    group_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    thread_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    conversation: str
