"""Finds the conversations of a person: by what they gave of themselves, by chat, by any words."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, or_, select

from storage import models, search
from storage.channel_models import Chat
from storage.figure_models import Fact
from storage.models import table_of
from storage.reading import Filter, Line, lines_of
from storage.rows import Row
from storage.veils import Veil

MOST = 50
PHONE_MIN = 5  # digits by which a number is looked for
WHO = ("email", "phone", "name", "company")


class Found(Row, frozen=True):
    """A conversation, and by what it was found: id, chat, given (a fact of theirs) or words."""

    line: Line
    by: str


_C = table_of(models.Conversation).c
_FACT = table_of(Fact)
_CHAT = table_of(Chat)


def find(connection: Connection, words: str, veil: Veil | None = None) -> tuple[Found, ...]:
    """Conversations of whoever these words may stand for: exact finds first. At most MOST.

    Under a veil only by the conversation's own id and by the words that it leaves.
    """
    wanted = words.strip().removeprefix("@")
    if not wanted:
        return ()
    found: dict[str, str] = {}
    ways = [("id", _by_id)]
    if veil is None:
        ways += [("chat", _by_chat), ("given", _by_fact)]
    for by, way in ways:
        for key in way(connection, wanted):
            found.setdefault(key, by)
    hits = search.search(connection, wanted, Filter(), MOST, veil).hits
    for hit in hits:
        found.setdefault(hit.line.id, "words")
    chosen = list(found)[:MOST]
    lines = lines_of(connection, chosen)
    return tuple(Found(lines[key], found[key]) for key in chosen if key in lines)


def _by_id(connection: Connection, wanted: str) -> list[str]:
    return list(connection.execute(select(_C.id).where(_C.id == wanted)).scalars())


def _by_chat(connection: Connection, wanted: str) -> list[str]:
    statement = select(_CHAT.c.conversation).where(_CHAT.c.address == wanted)
    return list(connection.execute(statement).scalars())


def _by_fact(connection: Connection, wanted: str) -> list[str]:
    value = _FACT.c.value
    part = wanted.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    tests: list[ColumnElement[bool]] = [func.lower(value).like(f"%{part}%", escape="\\")]
    digits = "".join(sign for sign in wanted if sign.isdigit())
    if len(digits) >= PHONE_MIN:
        bare: ColumnElement[str] = value
        for sign in (" ", "-", "(", ")", "+", "."):
            bare = func.replace(bare, sign, "")
        tests.append((_FACT.c.slot == "phone") & bare.contains(digits))
    statement = select(_FACT.c.conversation).where(_FACT.c.slot.in_(WHO), or_(*tests))
    return list(connection.execute(statement.distinct().limit(MOST)).scalars())
