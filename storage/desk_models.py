"""The tables behind the desk: what pre-sales sees of a conversation besides its messages.

The same rules hold as in `storage/models.py`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlalchemy import text as sa_text
from sqlmodel import Field, SQLModel

from storage.models import STATE, Id


class DeskCase(SQLModel, table=True):
    """A conversation as the desk handles it: one row from its first escalation or claim on."""

    __tablename__ = "desk_case"

    conversation: str = Field(primary_key=True, foreign_key=STATE)
    team: str  # of the pack, "" for none
    person: str  # display name of who is rung for, or was meant, "" for nobody
    manager: str  # display name of the account manager, "" for none
    snoozed_until: int = Field(sa_type=BigInteger)
    snoozed_by: int  # staff id
    accepted_at: int = Field(sa_type=BigInteger)
    returned: str  # reason for which the brief was sent back, "" for not
    returned_at: int = Field(sa_type=BigInteger)
    last_prospect: int = Field(sa_type=BigInteger)
    first_reply: int = Field(sa_type=BigInteger)  # of a human
    last_reply: int = Field(sa_type=BigInteger)
    due: int = Field(sa_type=BigInteger)  # when the next human reply must be there; 0: none owed
    due_kind: str  # first, next or ""
    due_since: int = Field(sa_type=BigInteger)  # when the prospect began to wait for it
    breached_at: int = Field(sa_type=BigInteger)  # of the target that is owed now; 0: not
    breaches: int  # in all

    __table_args__ = (
        Index(
            "desk_case_due",
            "due",
            sqlite_where=sa_text("due != 0"),
            postgresql_where=sa_text("due != 0"),
        ),
        Index(
            "desk_case_unbreached",
            "due",
            sqlite_where=sa_text("due != 0 AND breached_at = 0"),
            postgresql_where=sa_text("due != 0 AND breached_at = 0"),
        ),
        Index(
            "desk_case_snoozed",
            "snoozed_until",
            sqlite_where=sa_text("snoozed_until != 0"),
            postgresql_where=sa_text("snoozed_until != 0"),
        ),
        Index("desk_case_manager", "manager"),
    )


class ReplyTime(SQLModel, table=True):
    """A human reply that was owed: its target and when it came. For the service report."""

    __tablename__ = "reply_time"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE, index=True)
    kind: str  # first, next
    reason: str  # of the escalation
    since: int = Field(sa_type=BigInteger)  # when the prospect began to wait
    due: int = Field(sa_type=BigInteger)
    replied_at: int = Field(sa_type=BigInteger)  # 0: withdrawn before anybody replied
    staff_id: int

    __table_args__ = (Index("reply_time_since", "since"),)


class Seen(SQLModel, table=True):
    """How far a member of staff has read a conversation."""

    __tablename__ = "seen"

    staff_id: int = Field(primary_key=True)
    conversation: str = Field(primary_key=True, foreign_key=STATE)
    seq: int
    at: int = Field(sa_type=BigInteger)

    __table_args__ = (Index("seen_by_conversation", "conversation"),)


class StaffMention(SQLModel, table=True):
    """Somebody of the staff named in a note."""

    __tablename__ = "staff_mention"

    conversation: str = Field(primary_key=True, foreign_key=STATE)
    seq: int = Field(primary_key=True)
    staff_id: int = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)  # 0: not yet

    __table_args__ = (Index("staff_mention_open", "staff_id", "seen_at"),)


class Joined(SQLModel, table=True):
    """Two conversations of one person, joined by staff: `conversation` belongs to `into`."""

    __tablename__ = "joined"

    conversation: str = Field(primary_key=True, foreign_key=STATE)
    into: str
    staff_id: int
    at: int = Field(sa_type=BigInteger)

    __table_args__ = (Index("joined_into", "into"),)
