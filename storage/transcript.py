"""One conversation with all that belongs to it, for staff."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, or_, select

from storage import leads, models
from storage.conversations import MessageRow
from storage.models import table_of
from storage.outbox import COLUMNS as DELIVERY_COLUMNS
from storage.outbox import Delivery
from storage.reading import LINES, Line, Unanswered, lines_by, structs_by
from storage.rows import Row

R = TypeVar("R", bound=Row)

_CONVERSATION = table_of(models.Conversation)
_STATE = table_of(models.ConversationState)
_MESSAGE = table_of(models.Message)
_DELIVERY = table_of(models.Delivery)
_ESCALATION = table_of(models.Escalation)
_TASK = table_of(models.Task)
_GIVEN = table_of(models.DocumentGiven)
_ESTIMATE = table_of(models.EstimateShown)
_REQUIREMENT = table_of(models.Requirement)
_ITEM = table_of(models.RequirementItem)
_UNANSWERED = table_of(models.Unanswered)
_RATING = table_of(models.Rating)
_PROMISE = table_of(models.Promise)
_FILE = table_of(models.StoredFile)


class Rating(Row, frozen=True):
    stars: int
    at: int


class Transcript(Row, frozen=True):
    """Everything of one conversation that staff may see; all tuples in order of time."""

    line: Line
    state: bytes
    version: int
    messages: tuple[MessageRow, ...]
    escalations: tuple[leads.Escalation, ...]
    documents: tuple[leads.DocumentGiven, ...]
    estimates: tuple[leads.Estimate, ...]
    requirements: tuple[leads.Requirement, ...]
    tasks: tuple[leads.Task, ...]
    promises: tuple[leads.Promise, ...]
    files: tuple[leads.File, ...]
    unanswered: tuple[Unanswered, ...]
    deliveries: tuple[Delivery, ...]  # failed, or may be a repeat
    rating: Rating | None


def read_transcript(connection: Connection, conversation: str) -> Transcript | None:
    """Everything of one conversation, or None when there is none or it was erased."""
    found = lines_by(connection, LINES.where(_CONVERSATION.c.id == conversation))
    if not found:
        return None
    state = connection.execute(
        select(_STATE.c.state, _STATE.c.version).where(_STATE.c.conversation == conversation)
    ).one()

    def all_of(kind: type[R], table: Any, *order: str) -> tuple[R, ...]:
        columns = [table.c[field] for field in kind.__struct_fields__]
        statement = select(*columns).where(table.c.conversation == conversation)
        return structs_by(connection, kind, statement.order_by(*(table.c[name] for name in order)))

    return Transcript(
        line=found[0],
        state=state[0],
        version=state[1],
        messages=all_of(MessageRow, _MESSAGE, "seq"),
        escalations=all_of(leads.Escalation, _ESCALATION, "at"),
        documents=all_of(leads.DocumentGiven, _GIVEN, "given_at", "document"),
        estimates=all_of(leads.Estimate, _ESTIMATE, "id"),
        requirements=_requirements(connection, conversation),
        tasks=all_of(leads.Task, _TASK, "id"),
        promises=all_of(leads.Promise, _PROMISE, "id"),
        files=all_of(leads.File, _FILE, "stored_at", "id"),
        unanswered=all_of(Unanswered, _UNANSWERED, "id"),
        deliveries=_problems(connection, conversation),
        rating=next(iter(all_of(Rating, _RATING, "at")), None),
    )


def _requirements(connection: Connection, conversation: str) -> tuple[leads.Requirement, ...]:
    columns = [_REQUIREMENT.c[name] for name in leads.Requirement.__struct_fields__[:-1]]
    ours = _REQUIREMENT.c.conversation == conversation
    found = structs_by(
        connection,
        leads.Requirement,
        select(*columns).where(ours).order_by(_REQUIREMENT.c.version),
    )
    rows = connection.execute(
        select(_ITEM.c.version, *(_ITEM.c[name] for name in leads.Item.__struct_fields__))
        .where(_ITEM.c.conversation == conversation)
        .order_by(_ITEM.c.version, _ITEM.c.position)
    ).all()
    return tuple(
        msgspec.structs.replace(
            each, items=tuple(leads.Item(*row[1:]) for row in rows if row[0] == each.version)
        )
        for each in found
    )


def _problems(connection: Connection, conversation: str) -> tuple[Delivery, ...]:
    statement = select(*DELIVERY_COLUMNS).where(
        _DELIVERY.c.conversation == conversation,
        or_(_DELIVERY.c.state == "failed", _DELIVERY.c.repeated.is_(True)),
    )
    return structs_by(connection, Delivery, statement.order_by(_DELIVERY.c.id))
