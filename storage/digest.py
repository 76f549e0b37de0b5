"""Figures of a stretch of time for managers: counts and reasons, nobody's words or names."""

from __future__ import annotations

from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from storage import models
from storage.channel_models import Arrival
from storage.models import table_of
from storage.rows import Row

Counts = tuple[tuple[str, int], ...]  # name and number, most first

_CONVERSATION = table_of(models.Conversation).c
_STATE = table_of(models.ConversationState).c
_ESCALATION = table_of(models.Escalation).c
_UNANSWERED = table_of(models.Unanswered).c
_DELIVERY = table_of(models.Delivery).c
_AUDIT = table_of(models.Audit).c
_ARRIVAL = table_of(Arrival).c
_CLAIM, _CLOSE = "desk.claim", "desk.close."
STOPPED = "stopped"  # close reason of a prospect who ended the talk


class Digest(Row, frozen=True):
    """What happened from `since` on and before `until` (ms). Waits in ms, 0: nobody waited."""

    since: int
    until: int
    opened: int
    escalated: Counts  # by the first reason
    taken: int
    wait_median: int
    wait_longest: int
    waiting: int  # at this moment
    closed: Counts  # by reason
    unanswered: int
    failed: int
    aside: int


def read_digest(connection: Connection, since: int, until: int) -> Digest:
    """The figures. Runs long."""
    waits = _waits(connection, since, until)
    found = [wait for wait in waits if wait is not None]
    return Digest(
        since=since,
        until=until,
        opened=_count(connection, *_within(_CONVERSATION.created_at, since, until)),
        escalated=_by(
            connection,
            _ESCALATION.reason,
            _ESCALATION.first.is_(True),
            *_within(_ESCALATION.at, since, until),
        ),
        taken=len(waits),
        wait_median=round(median(found)) if found else 0,
        wait_longest=max(found, default=0),
        waiting=_count(connection, _CONVERSATION.owner == "waiting"),
        closed=_closed(connection, since, until),
        unanswered=_count(connection, *_within(_UNANSWERED.at, since, until)),
        failed=_count(
            connection,
            _DELIVERY.state == "failed",
            _DELIVERY.kind == "send",
            *_within(_DELIVERY.due, since, until),
        ),
        aside=_count(connection, _ARRIVAL.state == "aside", *_within(_ARRIVAL.at, since, until)),
    )


def _within(column: ColumnElement[Any], since: int, until: int) -> tuple[ColumnElement[bool], ...]:
    return column >= since, column < until


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).where(*conditions)).scalar_one()


def _by(
    connection: Connection, column: ColumnElement[str], *conditions: ColumnElement[bool]
) -> Counts:
    statement = select(column, func.count()).where(*conditions).group_by(column)
    return _sorted({name: number for name, number in connection.execute(statement)})


def _sorted(counts: dict[str, int]) -> Counts:
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _waits(connection: Connection, since: int, until: int) -> list[int | None]:
    """Of each talk that was first taken in this time how long it had waited; None: it had not."""
    first = (
        select(_AUDIT.subject.label("of"), func.min(_AUDIT.at).label("at"))
        .where(_AUDIT.action == _CLAIM, _AUDIT.subject != "")
        .group_by(_AUDIT.subject)
        .subquery()
    )
    called = select(_ESCALATION.conversation.label("of"), func.min(_ESCALATION.at).label("at"))
    called_at = called.group_by(_ESCALATION.conversation).subquery()
    statement = (
        select(first.c.at - called_at.c.at)
        .select_from(
            first.outerjoin(
                called_at, and_(called_at.c.of == first.c.of, called_at.c.at <= first.c.at)
            )
        )
        .where(*_within(first.c.at, since, until))
    )
    return [row[0] for row in connection.execute(statement)]


def _closed(connection: Connection, since: int, until: int) -> Counts:
    acts = _by(
        connection,
        _AUDIT.action,
        _AUDIT.action.startswith(_CLOSE),
        *_within(_AUDIT.at, since, until),
    )
    counts = {action.removeprefix(_CLOSE): number for action, number in acts}
    conversation, state = table_of(models.Conversation), table_of(models.ConversationState)
    ended = (
        select(func.count())
        .select_from(conversation.join(state, _STATE.conversation == _CONVERSATION.id))
        .where(
            _CONVERSATION.owner == "closed",
            _CONVERSATION.close_reason == STOPPED,
            *_within(_STATE.updated_at, since, until),
        )
    )
    stopped = connection.execute(ended).scalar_one()
    return _sorted({**counts, STOPPED: stopped} if stopped else counts)
