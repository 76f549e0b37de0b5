"""Erasing and expiring conversations, and copies of the whole database.

An erased conversation leaves a tombstone: its id, channel, language, day, outcome and steps of the
funnel, no word and no name. Foreign keys refuse every later row for it. The words leave the search
index's pages and the log with `purging.scrub`, which `search.keep` calls by itself, and the gaps of
all other pages with `purging.rewrite`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Table, and_, bindparam, delete, func, or_, select, update
from sqlmodel import SQLModel

from storage import (
    arrivals,
    desk_models,
    erasures,
    figure_models,
    hooks,
    leads,
    manager_models,
    models,
    purging,
    search,
    topics,
)
from storage.channel_models import Arrival, Chat, DeskTopic, OneTimeCode
from storage.db import Tx, connect_reader, sqlite_path
from storage.erasures import COMMAND, EXPIRED, PROSPECT, Place, Proof
from storage.errors import StorageError
from storage.models import table_of
from storage.rows import Row
from storage.statements import sql

DAY = 86_400_000
# Every file of tables must be known here before the tables of a conversation are listed.
KNOWN = (desk_models.DeskCase, figure_models.Fact, manager_models.Comment)

_CONVERSATION = table_of(models.Conversation)
_STATE = table_of(models.ConversationState)


class Expired(Row, frozen=True):
    """A conversation that was erased for its age, and its files, whose bytes are still to go."""

    conversation: str
    files: tuple[str, ...]


def _belonging() -> list[Table]:
    """Every table whose rows belong to a conversation, the state itself last."""
    tables = SQLModel.metadata.sorted_tables
    return [
        *(
            table
            for table in tables
            if any(key.column.table is _STATE for key in table.foreign_keys)
        ),
        _STATE,
    ]


_FORGET = tuple(
    (str(table.name), sql(delete(table).where(table.c.conversation == bindparam("of"))))
    for table in _belonging()
)
_COUNT = tuple(
    (str(table.name), sql(select(func.count()).where(table.c.conversation == bindparam("of"))))
    for table in _belonging()
)
_MESSAGE = table_of(models.Message)
_MESSAGE_IDS = sql(select(_MESSAGE.c.id).where(_MESSAGE.c.conversation == bindparam("of")))
_THERE = sql(select(_CONVERSATION.c.erased_at).where(_CONVERSATION.c.id == bindparam("of")))
_ARRIVAL, _CHAT = table_of(Arrival), table_of(Chat)
_TOPIC, _CODE = table_of(DeskTopic), table_of(OneTimeCode)
# Before its chats go. What was set aside of another conversation in the same chat stays.
_IN_ITS_CHATS = and_(
    _ARRIVAL.c.source != arrivals.DESK,
    _ARRIVAL.c.chat.in_(select(_CHAT.c.address).where(_CHAT.c.conversation == bindparam("of"))),
)
_FORGET_ARRIVALS = sql(
    delete(_ARRIVAL).where(
        _ARRIVAL.c.state != "new",
        or_(
            and_(_ARRIVAL.c.conversation == bindparam("of"), _ARRIVAL.c.conversation != ""),
            and_(_IN_ITS_CHATS, _ARRIVAL.c.conversation == ""),
        ),
    )
)
_FORGET_WAITING = sql(delete(_ARRIVAL).where(_ARRIVAL.c.state == "new", _IN_ITS_CHATS))
_FORGET_CODES = sql(delete(_CODE).where(_CODE.c.subject == bindparam("of")))
# The topic holds their words, too: the row stays until the desk has deleted it.
_DELETE_TOPIC = sql(
    update(_TOPIC)
    .where(_TOPIC.c.conversation == bindparam("of"), _TOPIC.c.thread_id != 0)
    .values(state="erased", memory=bindparam("why"), updated_at=bindparam("now"))
)
_DROP_TOPIC = sql(
    delete(_TOPIC).where(_TOPIC.c.conversation == bindparam("of"), _TOPIC.c.thread_id == 0)
)
_COUNT_TOPICS = sql(select(func.count()).where(_TOPIC.c.conversation == bindparam("of")))
_COUNT_CODES = sql(select(func.count()).where(_CODE.c.subject == bindparam("of")))
_COUNT_ARRIVALS = sql(
    select(func.count()).where(
        _ARRIVAL.c.conversation == bindparam("of"), _ARRIVAL.c.conversation != ""
    )
)
_BLANK = sql(
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("of"), _CONVERSATION.c.erased_at == 0)
    .values(
        {
            name: ""
            for name in (
                "source", "reason", "close_reason", "stage", "edition", "buyer_type", "ownership",
                "city", "title",
            )
        }
        | {
            "token_hash": bindparam("nothing"),
            "owner": "closed",
            "staff_id": 0,
            "waiting_since": 0,
            "created_at": _CONVERSATION.c.created_at - _CONVERSATION.c.created_at % DAY,
            "erased_at": bindparam("now"),
        }
    )
)  # fmt: skip


def erase(
    tx: Tx, conversation: str, now: int, *, waiting: bool = True, wished: bool = True
) -> list[str]:
    """Erase a conversation everywhere; gives the ids of its files, whose bytes the caller deletes
    after the commit. Erasing again, or an unknown id, does nothing.

    `waiting`: also what came into its chats and was not taken in yet. Not where prospects erase it
    themselves: what waits then was written after their tap, and begins a new conversation.
    `wished`: somebody wants it gone, so that the desk is told; not where its time is over.
    """
    files = [file.id for file in leads.files_of(tx, conversation)]
    gone = _is_gone(tx, conversation)
    messages = tuple(row[0] for row in tx.all(_MESSAGE_IDS, {"of": conversation}))
    went = _erase_rows(tx, conversation, now, (waiting, wished))
    if gone:
        return files
    places = [Place("index", len(messages)), Place("files", len(files))]
    places += [Place(name, count) for name, count in went.items()]
    by = EXPIRED if not wished else COMMAND if waiting else PROSPECT
    proof = Proof(tuple(places), messages, tuple(files))
    erasures.begin(tx, conversation, now, by, proof)
    return files


def _is_gone(tx: Tx, conversation: str) -> bool:
    found = tx.one(_THERE, {"of": conversation})
    return found is None or found[0] > 0


def _erase_rows(tx: Tx, conversation: str, now: int, kind: tuple[bool, bool]) -> dict[str, int]:
    """Take out every row; gives how many of which table. `kind`: waiting and wished of `erase`."""
    of = {"of": conversation}
    waiting, wished = kind
    hooks.tell_erased(tx, conversation, now)
    search.unindex(tx, conversation)
    went = {"arrival": tx.run(_FORGET_ARRIVALS, of)}
    if waiting:
        went["arrival"] += tx.run(_FORGET_WAITING, of)
    went["one_time_code"] = tx.run(_FORGET_CODES, of)
    went["desk_topic"] = tx.run(_DROP_TOPIC, of)
    why = topics.WISHED if wished else b""
    went["desk_topic"] += tx.run(_DELETE_TOPIC, {**of, "why": why, "now": now})
    for name, statement in _FORGET:
        went[name] = went.get(name, 0) + tx.run(statement, of)
    tx.run(_BLANK, {**of, "nothing": b"", "now": now})
    return went


def look(tx: Tx, conversation: str, messages: Sequence[int]) -> dict[str, int]:
    """What is found of an erased conversation, by place: rows of each table, and of the index."""
    of = {"of": conversation}
    found = {name: _number(tx, statement, of) for name, statement in _COUNT}
    found["desk_topic"] = _number(tx, _COUNT_TOPICS, of)
    found["one_time_code"] = _number(tx, _COUNT_CODES, of)
    found["arrival"] = _number(tx, _COUNT_ARRIVALS, of)
    found["index"] = sum(search.is_indexed(tx, message) for message in messages)
    return found


def _number(tx: Tx, statement: str, of: dict[str, str]) -> int:
    row = tx.one(statement, of)
    return int(row[0]) if row else 0


def expire(tx: Tx, now: int, days: Mapping[str, int], limit: int = 50) -> list[Expired]:
    """Erase conversations that lay untouched longer than the days for their outcome.

    `days` has an entry "default"; 0 days means for ever. At most `limit` at a time, oldest first:
    call again while something comes back.
    """
    rows = tx.all(_expired_sql(tuple(sorted(days))), {**_floors(days, now), "most": limit})
    return [Expired(row[0], tuple(erase(tx, row[0], now, wished=False))) for row in rows]


def backup(path_or_url: str | Path, target: str | Path) -> None:
    """Copy the database to a new file while it is in use: one moment of it, complete and synced.

    Raises StorageError when the target exists or cannot be written. Runs long: call it in a thread.
    """
    final = Path(target).absolute()
    if final.exists():
        raise StorageError(f"{final} exists already")
    part = final.with_name(f".{final.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(sqlite_path(path_or_url), part)
        _sync(part)
        part.rename(final)
        _sync(final.parent)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise StorageError(f"cannot back up to {final}: {error}") from error


def _copy(source: Path, part: Path) -> None:
    with (
        closing(connect_reader(source)) as reader,
        closing(sqlite3.connect(part, isolation_level=None)) as copy,
    ):
        # All pages in one step: copied bit by bit, every commit in between would begin it anew.
        reader.backup(copy, pages=-1)
        purging.clean_copy(part, copy)
        (state,) = copy.execute("PRAGMA quick_check").fetchone()
        if state != "ok":
            raise sqlite3.DatabaseError(str(state))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _floors(days: Mapping[str, int], now: int) -> dict[str, int]:
    """Parameters of `_expired_sql`: the moments in ms, 0 where nothing expires."""
    return {f"floor_{name}": now - kept * DAY if kept else 0 for name, kept in days.items()}


def _expired_sql(outcomes: tuple[str, ...]) -> str:
    """The conversations last touched before the moment for their outcome."""
    named = [outcome for outcome in outcomes if outcome != "default"]
    touched, outcome = _STATE.c.updated_at, _CONVERSATION.c.outcome
    tests = [and_(outcome == name, touched < bindparam(f"floor_{name}")) for name in named]
    if "default" in outcomes:
        tests.append(and_(outcome.not_in(named), touched < bindparam("floor_default")))
    return sql(
        select(_CONVERSATION.c.id)
        .select_from(_CONVERSATION.join(_STATE, _STATE.c.conversation == _CONVERSATION.c.id))
        .where(_CONVERSATION.c.erased_at == 0, or_(*tests))
        .order_by(_CONVERSATION.c.created_at, _CONVERSATION.c.id)
        .limit(bindparam("most"))
    )
