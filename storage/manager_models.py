"""The tables behind the managers' console: views, reviews, webhooks, tokens, proofs of erasure.

The same rules hold as in `storage/models.py`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlalchemy import text as sa_text
from sqlmodel import Field, SQLModel

from storage.models import STATE, Id


class SavedView(SQLModel, table=True):
    """Filters of a page under a name. `shared`: everybody with the page's right sees it."""

    __tablename__ = "saved_view"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    staff_id: int = Field(index=True)
    page: str  # transcripts, funnel, insights
    name: str
    query: str  # as in the address
    shared: bool
    created_at: int = Field(sa_type=BigInteger)


class Comment(SQLModel, table=True):
    """What somebody who reads a transcript says of it, to colleagues; `seq` 0: of all of it."""

    __tablename__ = "comment"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE, index=True)
    seq: int
    staff_id: int
    text: str
    at: int = Field(sa_type=BigInteger)


class Flag(SQLModel, table=True):
    """A conversation worth another look. `kind`: good, wrong_answer, missed_lead, rude, other."""

    __tablename__ = "flag"

    conversation: str = Field(primary_key=True, foreign_key=STATE)
    kind: str = Field(primary_key=True)
    staff_id: int
    at: int = Field(sa_type=BigInteger)

    __table_args__ = (Index("flag_by_kind", "kind", "at"),)


class Review(SQLModel, table=True):
    """That a conversation of a week's sample was read, and what was found."""

    __tablename__ = "review"

    conversation: str = Field(primary_key=True, foreign_key=STATE)
    week: str = Field(primary_key=True)  # 2026-W47
    staff_id: int
    verdict: str  # good, fair, poor
    at: int = Field(sa_type=BigInteger)


class ApiToken(SQLModel, table=True):
    """A key to the read API; only its hash is kept. `personal`: it sees e-mail and phone."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    name: str
    token_hash: str = Field(unique=True)
    personal: bool
    created_by: int
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)  # 0: never
    used_at: int = Field(sa_type=BigInteger)
    revoked_at: int = Field(sa_type=BigInteger)


class Webhook(SQLModel, table=True):
    """Where changes of leads are told. `events`: names joined by +; `secret` signs."""

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    url: str
    secret: str
    events: str
    personal: bool
    created_by: int
    created_at: int = Field(sa_type=BigInteger)
    disabled_at: int = Field(sa_type=BigInteger)  # 0: in use


class HookDelivery(SQLModel, table=True):
    """One event for one webhook. `number` counts the events of a lead: it gives their order.

    `lead` is the conversation's id. That it was erased is told when the conversation is no more:
    then `conversation` is null.
    """

    __tablename__ = "hook_delivery"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    webhook: int
    conversation: str | None = Field(foreign_key=STATE, index=True)
    lead: str
    number: int
    event: str
    body: bytes
    at: int = Field(sa_type=BigInteger)
    wake: int = Field(sa_type=BigInteger)
    state: str  # queued, sending, sent, failed
    attempts: int
    status: int  # of the last answer, 0 for none
    error: str
    done_at: int = Field(sa_type=BigInteger)

    __table_args__ = (
        Index("hook_delivery_once", "webhook", "conversation", "number", unique=True),
        Index("hook_delivery_order", "webhook", "lead", "id"),
        Index(
            "hook_delivery_due",
            "wake",
            sqlite_where=sa_text("state IN ('queued', 'sending')"),
            postgresql_where=sa_text("state IN ('queued', 'sending')"),
        ),
        Index("hook_delivery_log", "webhook", "id"),
        {"sqlite_autoincrement": True},
    )


class Erasure(SQLModel, table=True):
    """The proof that a person's data went. It stays, and names nobody.

    `subject` is the conversation's id, which says nothing once its rows are gone; after a backup
    was restored, everything that stands here is erased again.
    """

    __tablename__ = "erasure"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    subject: str = Field(index=True)
    asked_at: int = Field(sa_type=BigInteger)
    asked_by: int  # staff id; 0: the prospect, -1: its time was over
    done_at: int = Field(sa_type=BigInteger)  # 0: under way
    proof: str  # JSON: place -> how much went, and what was found there afterwards
