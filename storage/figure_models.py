"""The tables behind funnel, quality and insights: what happened, as facts that can be counted.

They are written with the turn that they tell of. The same rules hold as in `storage/models.py`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from storage.models import STATE, Id


class Fact(SQLModel, table=True):
    """One value of the profile, for filters. A slot with several values has a row for each."""

    __tablename__ = "fact"

    conversation: str = Field(primary_key=True, foreign_key=STATE)
    slot: str = Field(primary_key=True)
    value: str = Field(primary_key=True)  # folded: lower case; "true", "false"; "" where refused
    status: str
    at: int = Field(sa_type=BigInteger)

    __table_args__ = (
        Index("fact_by_value", "slot", "value", "conversation"),
        {"sqlite_with_rowid": False},
    )


class QuestionAsked(SQLModel, table=True):
    """A question that the bot asked, and what became of it."""

    __tablename__ = "question_asked"

    conversation: str = Field(primary_key=True, foreign_key=STATE)
    number: int = Field(primary_key=True)  # of the talk's questions, as it was first put
    slot: str
    times: int  # how often it was put before it ended
    asked_at: int = Field(sa_type=BigInteger)
    ended_at: int = Field(sa_type=BigInteger)  # 0: the prospect said nothing more
    ended: str  # answered, refused, skipped, unknown, passed, or "" while it is open
    known: bool  # it was put although its answer was known

    # Without an index by time: all of it is read as fast, and every turn writes here.
    __table_args__ = ({"sqlite_with_rowid": False},)


class Wish(SQLModel, table=True):
    """Something the market asked for, once a conversation."""

    __tablename__ = "wish"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE)
    seq: int  # message that told it
    kind: str  # topic, paper, custom
    value: str  # id, or the prospect's words
    at: int = Field(sa_type=BigInteger)

    __table_args__ = (
        Index("wish_once", "conversation", "kind", "value", unique=True),
        Index("wish_by_value", "kind", "value", "conversation"),
    )
