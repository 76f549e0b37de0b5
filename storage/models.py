"""The tables. They define the schema and the statements; rows are handed out as frozen structs.

Times are milliseconds since 1970 UTC; 0 means "never". Money is whole minor units and a currency.
A table=True model does not validate: values are checked before they get here.

Everything that belongs to a conversation refers to `conversation_state`, not to `conversation`:
erasing drops the state and leaves the conversation as a tombstone, and from then on the foreign
keys refuse every further row for that id, whoever tries.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, Table
from sqlalchemy import text as sa_text
from sqlmodel import Field, SQLModel

Id = BigInteger().with_variant(Integer, "sqlite")
STATE = "conversation_state.conversation"
EMPTY = {"server_default": sa_text("''")}  # for columns that came later
ZERO = {"server_default": sa_text("0")}


class Conversation(SQLModel, table=True):
    """What lists, filters and funnels ask for. Written only when one of these columns changes."""

    id: str = Field(primary_key=True)
    channel: str
    token_hash: bytes
    language: str
    source: str
    created_at: int = Field(sa_type=BigInteger)
    owner: str  # bot, waiting, human, closed
    staff_id: int  # 0: nobody
    outcome: str
    reason: str
    close_reason: str
    stage: str
    edition: str
    waiting_since: int = Field(sa_type=BigInteger)
    buyer_type: str
    ownership: str
    city: str
    title: str  # one line for lists
    milestones: int  # bits, in the order of conversations.MILESTONES
    erased_at: int = Field(sa_type=BigInteger)
    # When it first came to each of them, as storage.moments writes it.
    moments: bytes = Field(sa_column_kwargs={"server_default": sa_text("x''")})

    __table_args__ = (
        # Lists filter by these columns while they walk through time, without the row itself.
        Index(
            "conversation_by_time",
            *("created_at", "id", "erased_at", "outcome", "reason", "channel", "language"),
            *("edition", "owner", "stage", "staff_id", "milestones"),
        ),
        Index("conversation_by_source", "source"),
        Index(
            "conversation_at_desk",
            "owner",
            "waiting_since",
            sqlite_where=sa_text("owner IN ('waiting', 'human')"),
            postgresql_where=sa_text("owner IN ('waiting', 'human')"),
        ),
        # Short rows found by their key: one tree less to walk.
        {"sqlite_with_rowid": False},
    )


class ConversationState(SQLModel, table=True):
    """What every turn reads and writes: kept apart, so that lists need not wade through it."""

    __tablename__ = "conversation_state"

    conversation: str = Field(primary_key=True, foreign_key="conversation.id")
    version: int
    last_seq: int
    updated_at: int = Field(sa_type=BigInteger)
    state: bytes


class Message(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE)
    seq: int
    author: str  # prospect, bot, staff, note, event
    staff_id: int
    text: str
    body: bytes
    reading: bytes
    external_id: str
    digest: bytes
    at: int = Field(sa_type=BigInteger)

    __table_args__ = (
        Index("message_by_seq", "conversation", "seq", unique=True),
        Index(
            "message_by_external_id",
            "conversation",
            "external_id",
            unique=True,
            sqlite_where=sa_text("external_id != ''"),
            postgresql_where=sa_text("external_id != ''"),
        ),
        # The search index goes by "ids after the last one", also past an erased message.
        {"sqlite_autoincrement": True},
    )


class Delivery(SQLModel, table=True):
    """Something to send, to ring or to do later. `wake` is indexed and never later than `due`."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE)
    seq: int
    channel: str
    kind: str  # send, timer, file_read, alert
    name: str  # of a timer
    payload: bytes
    due: int = Field(sa_type=BigInteger)
    wake: int = Field(sa_type=BigInteger)
    state: str  # queued, sending, sent, withdrawn, failed
    attempts: int
    repeated: bool
    error: str

    __table_args__ = (
        Index(
            "delivery_due",
            "wake",
            sqlite_where=sa_text("state = 'queued'"),
            postgresql_where=sa_text("state = 'queued'"),
        ),
        Index("delivery_by_conversation", "conversation", "kind", "name"),
        Index(
            "delivery_sending",
            "id",
            sqlite_where=sa_text("state = 'sending'"),
            postgresql_where=sa_text("state = 'sending'"),
        ),
        Index(
            "delivery_failed",
            "id",
            sqlite_where=sa_text("state = 'failed'"),
            postgresql_where=sa_text("state = 'failed'"),
        ),
        # A done timer is deleted, and what it led to is known by its id: never give it again.
        {"sqlite_autoincrement": True},
    )


class Escalation(SQLModel, table=True):
    conversation: str = Field(primary_key=True, foreign_key=STATE)
    reason: str = Field(primary_key=True)
    queue: str
    urgency: str
    first: bool
    at: int = Field(sa_type=BigInteger)


class Task(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE, index=True)
    kind: str
    due: int = Field(sa_type=BigInteger)
    note: str
    created_at: int = Field(sa_type=BigInteger)
    done_at: int = Field(sa_type=BigInteger)
    done_by: int

    __table_args__ = (
        Index(
            "task_open",
            "due",
            sqlite_where=sa_text("done_at = 0"),
            postgresql_where=sa_text("done_at = 0"),
        ),
    )


class DocumentGiven(SQLModel, table=True):
    """The ledger: which papers a prospect was given, and whether they were opened."""

    __tablename__ = "document_given"

    conversation: str = Field(primary_key=True, foreign_key=STATE)
    document: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    kind: str
    language: str
    given_at: int = Field(sa_type=BigInteger)
    opened_at: int = Field(sa_type=BigInteger)
    times_opened: int

    __table_args__ = (Index("document_given_by_kind", "kind", "conversation"),)


class EstimateShown(SQLModel, table=True):
    """Each estimate of edition and price range that the prospect was shown."""

    __tablename__ = "estimate_shown"

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE, index=True)
    edition: str
    rule: str
    reason: str
    currency: str
    low: int = Field(sa_type=BigInteger)
    high: int = Field(sa_type=BigInteger)
    price_version: str
    at: int = Field(sa_type=BigInteger)


class Requirement(SQLModel, table=True):
    conversation: str = Field(primary_key=True, foreign_key=STATE)
    version: int = Field(primary_key=True)
    origin: str  # file, text, questions, link
    title: str
    file: str
    confirmed: bool
    at: int = Field(sa_type=BigInteger)


class RequirementItem(SQLModel, table=True):
    __tablename__ = "requirement_item"

    conversation: str = Field(primary_key=True, foreign_key=STATE)
    version: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    text: str
    source: str
    priority: str


class Unanswered(SQLModel, table=True):
    """A question that the company's papers did not answer."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE, index=True)
    question: str
    language: str
    nearest: str  # document and article ids, a line each
    at: int = Field(sa_type=BigInteger)
    settled_at: int = Field(sa_type=BigInteger, index=True)
    edit: int = Field(sa_type=BigInteger)  # of the overlay, that answered it; 0: none

    __table_args__ = (
        Index(
            "unanswered_by_edit",
            "edit",
            sqlite_where=sa_text("edit != 0"),
            postgresql_where=sa_text("edit != 0"),
        ),
    )


class Doubt(SQLModel, table=True):
    """A message that was not understood. Its words and its reading stand with the message alone."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE)
    seq: int
    kind: str  # unsure, unread, corrected, unclear
    language: str
    asked: str  # slot that was asked for, "" for none
    certainty: float
    at: int = Field(sa_type=BigInteger)
    settled_at: int = Field(sa_type=BigInteger)
    settled_by: int = Field(sa_type=BigInteger)  # staff id, 0: open
    settled_how: str  # example, dismissed or ""
    edit: int = Field(sa_type=BigInteger)  # of the overlay, that settled it; 0: none

    __table_args__ = (
        Index("doubt_once", "conversation", "seq", unique=True),
        # Filters by kind and language are answered from these alone.
        *(
            Index(name, "at", "id", "kind", "language", sqlite_where=only, postgresql_where=only)
            for name, only in (
                ("doubt_open", sa_text("settled_at = 0")),
                ("doubt_settled", sa_text("settled_at > 0")),
            )
        ),
    )


class StoredFile(SQLModel, table=True):
    __tablename__ = "stored_file"

    id: str = Field(primary_key=True)  # also its name on disk
    conversation: str = Field(foreign_key=STATE, index=True)
    name: str
    size: int = Field(sa_type=BigInteger)
    media_type: str
    sha256: bytes
    stored_at: int = Field(sa_type=BigInteger)


class Rating(SQLModel, table=True):
    conversation: str = Field(primary_key=True, foreign_key=STATE)
    stars: int
    at: int = Field(sa_type=BigInteger)


class Promise(SQLModel, table=True):
    """An amount, a date or an undertaking that was shown to the prospect, as text."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    conversation: str = Field(foreign_key=STATE, index=True)
    seq: int  # message that showed it
    text: str
    currency: str
    amount: int = Field(sa_type=BigInteger)  # minor units; 0 with currency "" when it is no money
    at: int = Field(sa_type=BigInteger)


class Staff(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    name: str = Field(unique=True)  # case-folded, for signing in
    display_name: str
    role: str  # one or more of bot.rights.ROLES, joined by +
    password_hash: str
    disabled: bool
    created_at: int = Field(sa_type=BigInteger)
    personal: str = Field(sa_column_kwargs=EMPTY)  # yes, no, or "": as the role has it
    email: str = Field(sa_column_kwargs=EMPTY)  # where alerts go, "" for nowhere
    away_from: int = Field(sa_type=BigInteger, sa_column_kwargs=ZERO)
    away_until: int = Field(sa_type=BigInteger, sa_column_kwargs=ZERO)
    deputy: str = Field(sa_column_kwargs=EMPTY)  # display name of who stands in while away
    capacity: int = Field(sa_column_kwargs=ZERO)  # conversations at once; 0: as the pack says
    last_given: int = Field(sa_type=BigInteger, sa_column_kwargs=ZERO)
    alerts: str = Field(sa_column_kwargs=EMPTY)  # browser, telegram, email, joined by +


class StaffSession(SQLModel, table=True):
    __tablename__ = "staff_session"

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", sa_type=Id, index=True)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger, index=True)
    revoked_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger, sa_column_kwargs=ZERO)
    device: str = Field(sa_column_kwargs=EMPTY)  # browser and system, as people call them


class SignInAttempt(SQLModel, table=True):
    """Failed sign-ins by key (a name or an address), counted since `since`."""

    __tablename__ = "sign_in_attempt"

    key: str = Field(primary_key=True)
    count: int
    since: int = Field(sa_type=BigInteger, index=True)


class Audit(SQLModel, table=True):
    """Who did what; ids only, never a person's words."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    at: int = Field(sa_type=BigInteger, index=True)
    staff_id: int
    action: str
    subject: str = Field(index=True)
    detail: str
    # Of this row and the digest before it: whoever changes a row breaks the chain.
    digest: bytes = Field(sa_column_kwargs={"server_default": sa_text("x''")})

    __table_args__ = (
        Index("audit_by_action", "action", "id"),
        Index("audit_by_subject", "subject", "id"),
        Index("audit_by_staff", "staff_id", "id"),
    )


class Mark(SQLModel, table=True):
    """Named numbers, such as how far the search index has come."""

    name: str = Field(primary_key=True)
    value: int = Field(sa_type=BigInteger)


def table_of(model: type[SQLModel]) -> Table:
    """The SQLAlchemy table behind a model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
