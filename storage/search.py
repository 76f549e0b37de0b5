"""Full-text search over messages, ranked, with the hit in its sentence.

The index is an FTS5 table that gets a message within about a second of its commit: indexing would
cost a turn more than all its other rows. It goes by message id from a stored mark on, so nothing is
left out, however the process ends.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, column, func, select, table

from storage import marks, models, purging
from storage.db import Database, Tx
from storage.lists import few, fitting
from storage.models import table_of
from storage.reading import FILTERED, Filter, Line, lines_of
from storage.rows import Row
from storage.snippets import Piece, snippet
from storage.statements import sql
from storage.veils import Veil, Veiled, lay_over
from storage.words import Group, groups, indexed

# The newest matches that are ranked, and the matches looked through for those that pass the filter.
CANDIDATES = 2_000
SCANNED = 20_000
# With conditions: matches looked through, how many of them are asked about at once, the most
# conversations that are known by name, and the most whose every message is looked through.
SIFTED = 4_000
ASKED_AT_ONCE = 500
TAKEN_AT_ONCE = 100
FEW = 2_000
LOOKED_THROUGH = 300
MOST_WORDS = 8
VEILED_AT_ONCE = 100  # matches that a veil is laid over at once
# What a match is worth by who said it: the prospect's words before our own set pieces.
_WEIGHT = {"prospect": 1.0, "staff": 0.9, "note": 0.9}
_OTHERS = 0.6
_NEAR = 1.4  # the query's words stand next to each other, in its order
_K1, _B = 1.2, 0.6

STEP = 64  # messages indexed in one transaction
# Seconds between two purges, and how many times as long as one takes: a forgotten person's words
# leave the index within a minute, and rewriting a very large one takes a twentieth of the time.
PURGE_EVERY = 30.0
PURGE_SHARE = 20

_MESSAGE = table_of(models.Message)
_WORDS = table("message_index", column("rowid"), column("terms"))
_UNINDEXED = sql(
    select(_MESSAGE.c.id, _MESSAGE.c.author, _MESSAGE.c.text)
    .where(_MESSAGE.c.id > bindparam("mark"))
    .order_by(_MESSAGE.c.id)
    .limit(bindparam("most"))
)
_INDEX = "INSERT INTO message_index(rowid, terms) VALUES (:id, :terms)"
_UNINDEX = """
DELETE FROM message_index
WHERE rowid IN (SELECT id FROM message WHERE conversation = :conversation)
"""
_INDEXED = "SELECT rowid FROM message_index WHERE rowid = :id"
_NEXT_MESSAGE = "SELECT id, at FROM message WHERE id >= :id ORDER BY id LIMIT 1"
_HAVING = """
SELECT count(*) FROM (SELECT 1 FROM message_index WHERE message_index MATCH :match LIMIT :most)
"""
_LAST = 2**62


class Hit(Row, frozen=True):
    """The best message of a conversation; `others`: how many more of its messages match."""

    line: Line
    seq: int
    author: str
    at: int
    snippet: tuple[Piece, ...]
    score: float
    others: int


class Found(Row, frozen=True):
    """Hits, best first, of `talks` in all. `complete` is False when only the newest matches were
    ranked: then there are more."""

    hits: tuple[Hit, ...]
    complete: bool = True
    talks: int = 0


class _Match(Row, frozen=True):
    id: int
    conversation: str
    author: str
    terms: str


# --- writing -------------------------------------------------------------------------------------


def index_new(tx: Tx, limit: int = STEP) -> int:
    """Index the next messages after the mark; gives how many were looked at, 0: none is left."""
    mark = marks.get(tx, "indexed")
    rows = tx.all(_UNINDEXED, {"mark": mark, "most": limit})
    for message, author, words in rows:
        line = indexed(words) if author != "event" else ""
        if line:
            tx.run(_INDEX, {"id": message, "terms": line})
    if rows:
        marks.put(tx, "indexed", rows[-1][0])
    return len(rows)


def unindex(tx: Tx, conversation: str) -> None:
    """Take a conversation out of the index, before its messages go. Its words leave the file with
    `purging.scrub`."""
    tx.run(_UNINDEX, {"conversation": conversation})
    # Also where nothing was indexed yet: the words stand in the log all the same.
    purging.want(tx)


def is_indexed(tx: Tx, message: int) -> bool:
    """Whether words of the message with this id can be found."""
    return tx.one(_INDEXED, {"id": message}) is not None


async def keep(db: Database, pause: float = 0.3, purge_every: float = PURGE_EVERY) -> None:
    """Keep the index up to date until cancelled. Run one of these beside the writer.

    Under load it takes at most about a quarter of the loop's time and catches up afterwards.
    """
    due = 0.0
    while True:
        begun = time.perf_counter()
        count = await db.write(index_new)
        if count == STEP:
            await asyncio.sleep(min(pause, 3 * (time.perf_counter() - begun)))
            continue
        now = time.monotonic()
        if now >= due and db.peek(purging.must_purge):
            await purging.scrub(db)
            ended = time.monotonic()
            due = ended + max(purge_every, PURGE_SHARE * (ended - now))
        await asyncio.sleep(pause)


# --- reading -------------------------------------------------------------------------------------


def search(
    connection: Connection,
    query: str,
    wanted: Filter,
    limit: int = 20,
    veil: Veil | None = None,
) -> Found:
    """The conversations with a message that has all words of the query, best first.

    The query is plain text. The filter's times are those of the message. Ranked is by BM25 with
    the prospect's words before ours; of a very common query the newest CANDIDATES matches. What
    the veil leaves out is neither found nor shown.
    """
    parts = groups(query, MOST_WORDS)
    if not parts:
        return Found(())
    inside = few(connection, wanted, FEW) if wanted.conditions else None
    if inside is not None and len(inside) <= LOOKED_THROUGH:
        matches, complete = _matches_inside(connection, parts, wanted, inside), True
    else:
        matches, complete = _matches(connection, parts, wanted, Sieve(connection, wanted, inside))
    scores = _scores(connection, parts, matches)
    # Among equals the newest first.
    ranked = sorted(zip(scores, matches, strict=True), key=lambda each: (-each[0], -each[1].id))
    if veil is None:
        picked = _pick(ranked, parts, Veiled({}))
    else:
        picked, whole = _pick_veiled(connection, ranked, parts, limit, veil)
        complete = complete and whole
    return Found(_hits(connection, parts, picked, limit), complete, len(picked.best))


class _Picked(Row, frozen=True):
    """The best match of each conversation with its score, best first; how many match there; what
    a veil leaves of some messages."""

    best: dict[str, tuple[float, _Match]]
    count: dict[str, int]
    veiled: Veiled


def _pick(
    ranked: Sequence[tuple[float, _Match]], parts: tuple[Group, ...], veiled: Veiled
) -> _Picked:
    best: dict[str, tuple[float, _Match]] = {}
    count: dict[str, int] = {}
    for score, match in ranked:
        if veiled.leaves(match.id, parts):
            best.setdefault(match.conversation, (score, match))
            count[match.conversation] = count.get(match.conversation, 0) + 1
    return _Picked(best, count, veiled)


def _pick_veiled(
    connection: Connection,
    ranked: Sequence[tuple[float, _Match]],
    parts: tuple[Group, ...],
    limit: int,
    veil: Veil,
) -> tuple[_Picked, bool]:
    """What the veil leaves of the best matches, until there are enough; and whether it is all."""
    words: dict[int, str] = {}
    picked, looked = _pick((), parts, Veiled({})), 0
    while looked < len(ranked) and len(picked.best) < limit:
        some = ranked[looked : looked + VEILED_AT_ONCE]
        looked += len(some)
        found = [(match.id, match.conversation) for _, match in some]
        words |= lay_over(connection, found, veil).words
        picked = _pick(ranked[:looked], parts, Veiled(words))
    return picked, looked == len(ranked)


class Sieve:
    """Lets conversations pass that fit all conditions of a filter; asks many at once.

    `inside`: the ids of those that fit, where they are known.
    """

    def __init__(self, connection: Connection, wanted: Filter, inside: set[str] | None) -> None:
        self._connection = connection
        self._wanted = wanted
        self._inside = inside
        self._known: dict[str, bool] = {}

    @property
    def batch(self) -> int:
        """How many matches to bring at once."""
        return ASKED_AT_ONCE if self._wanted.conditions and self._inside is None else TAKEN_AT_ONCE

    def sift(self, matches: Sequence[_Match]) -> list[_Match]:
        """The matches whose conversation fits."""
        if not self._wanted.conditions:
            return list(matches)
        if self._inside is not None:
            return [match for match in matches if match.conversation in self._inside]
        new = {match.conversation for match in matches} - self._known.keys()
        fit = fitting(self._connection, self._wanted, new)
        self._known |= {conversation: conversation in fit for conversation in new}
        return [match for match in matches if self._known[match.conversation]]


def _matches_inside(
    connection: Connection, parts: tuple[Group, ...], wanted: Filter, inside: set[str]
) -> list[_Match]:
    """The matches among all messages of a few conversations, the newest first."""
    columns = (_MESSAGE.c.id, _MESSAGE.c.conversation, _MESSAGE.c.author, _WORDS.c.terms)
    statement = (
        select(*columns)
        .select_from(_MESSAGE.join(_WORDS, _WORDS.c.rowid == _MESSAGE.c.id))
        .where(_MESSAGE.c.conversation.in_(sorted(inside)))
    )
    if wanted.since:
        statement = statement.where(_MESSAGE.c.at >= wanted.since)
    if wanted.until:
        statement = statement.where(_MESSAGE.c.at < wanted.until)
    found = (_Match(*row) for row in connection.execute(statement))
    fits = [each for each in found if all(part.pattern in each.terms for part in parts)]
    return sorted(fits, key=lambda each: -each.id)


def _matches(
    connection: Connection, parts: tuple[Group, ...], wanted: Filter, sieve: Sieve
) -> tuple[list[_Match], bool]:
    """The newest matches that pass the filter, and whether these are all."""
    statement, parameters = _statement(wanted)
    parameters["match"] = " AND ".join(_quoted(part) for part in parts)
    parameters["lowest"] = _first_since(connection, wanted.since) if wanted.since else 0
    parameters["below"] = _first_since(connection, wanted.until) if wanted.until else _LAST
    runs = [part.pattern for part in parts if len(part.terms) > 1]
    found: list[_Match] = []
    left = SIFTED if wanted.conditions else SCANNED
    parameters["scanned"] = left
    # Rows come one by one from the newest on, so that a common word costs no more than is taken.
    with connection.exec_driver_sql(statement, parameters) as rows:
        for some in rows.partitions(sieve.batch):
            left -= len(some)
            # The index keeps no positions: that pairs follow each other is seen in the words.
            hits = [_Match(*row) for row in some if row[3] is not None]
            found += sieve.sift([hit for hit in hits if all(run in hit.terms for run in runs)])
            if len(found) >= CANDIDATES:
                return found[:CANDIDATES], False
    return found, left > 0


def _statement(wanted: Filter) -> tuple[str, dict[str, object]]:
    """Matches from the newest on, each with its words if its conversation passes the filter."""
    source = "message_index CROSS JOIN message ON message.id = message_index.rowid"
    words = "message_index.terms"
    parameters: dict[str, object] = {name: getattr(wanted, name) for name in FILTERED}
    names = [name for name in FILTERED if parameters[name]]
    if names:
        source += " CROSS JOIN conversation ON conversation.id = message.conversation"
        passes = " AND ".join(f"conversation.{name} = :{name}" for name in names)
        words = f"CASE WHEN {passes} THEN message_index.terms END"
    return (
        f"SELECT message_index.rowid, message.conversation, message.author, {words} FROM {source} "
        "WHERE message_index MATCH :match "
        "AND message_index.rowid >= :lowest AND message_index.rowid < :below "
        f"ORDER BY message_index.rowid DESC LIMIT :scanned"
    ), parameters


def _quoted(part: Group) -> str:
    """A group in FTS5's own language: terms in quotes, which they cannot hold themselves."""
    if part.prefix:
        return f'"{part.terms[0]}" *'
    return " AND ".join(f'"{term}"' for term in part.terms)


def _first_since(connection: Connection, moment: int) -> int:
    """The id of the first message written at this time or later: ids grow with time."""
    low, high = 0, (connection.execute(select(func.max(_MESSAGE.c.id))).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.exec_driver_sql(_NEXT_MESSAGE, {"id": middle}).first()
        if row is None or row[1] >= moment:
            high = middle
        else:
            low = row[0] + 1
    return low


def _scores(
    connection: Connection, parts: tuple[Group, ...], matches: Sequence[_Match]
) -> list[float]:
    """BM25 of each match, over the candidates' mean length, times who said it and nearness."""
    if not matches:
        return []
    patterns = [part.pattern for part in parts]
    weights = _rarity(connection, parts, len(matches))
    near = "".join(patterns)
    lengths = [match.terms.count(" ") for match in matches]
    mean = sum(lengths) / len(lengths)
    scores = []
    for match, length in zip(matches, lengths, strict=True):
        norm = _K1 * (1 - _B + _B * length / mean)
        score = 0.0
        for pattern, weight in zip(patterns, weights, strict=True):
            times = match.terms.count(pattern)
            score += weight * times * (_K1 + 1) / (times + norm)
        if len(patterns) > 1 and near in match.terms:
            score *= _NEAR
        scores.append(score * _WEIGHT.get(match.author, _OTHERS))
    return scores


def _rarity(connection: Connection, parts: tuple[Group, ...], matched: int) -> list[float]:
    """How telling each word is. Beyond CANDIDATES messages, words count as equally common."""
    if len(parts) == 1:
        return [1.0]
    total = connection.execute(select(func.max(_MESSAGE.c.id))).scalar() or 1
    weights = []
    for part in parts:
        parameters = {"match": _quoted(part), "most": CANDIDATES}
        having = connection.exec_driver_sql(_HAVING, parameters).scalar() or matched
        weights.append(math.log(1 + (max(total - having, 0) + 0.5) / (having + 0.5)))
    return weights


def _hits(
    connection: Connection,
    parts: tuple[Group, ...],
    picked: _Picked,
    limit: int,
) -> tuple[Hit, ...]:
    first = list(picked.best.values())[:limit]
    lines = lines_of(connection, [match.conversation for _, match in first])
    said = connection.execute(
        select(_MESSAGE.c.id, _MESSAGE.c.seq, _MESSAGE.c.at, _MESSAGE.c.text).where(
            _MESSAGE.c.id.in_([match.id for _, match in first])
        )
    )
    messages = {row[0]: row for row in said}
    return tuple(
        Hit(
            line=lines[match.conversation],
            seq=messages[match.id][1],
            author=match.author,
            at=messages[match.id][2],
            snippet=snippet(picked.veiled.words.get(match.id, messages[match.id][3]), parts),
            score=score,
            others=picked.count[match.conversation] - 1,
        )
        for score, match in first
        if match.conversation in lines and match.id in messages
    )
