"""What a search may not find: words in messages that whoever searches may not see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, select

from storage import models
from storage.models import table_of
from storage.rows import Row
from storage.words import Group, indexed

# Gives words as they may be seen; the bytes are the state of the conversation they are of.
Veil = Callable[[bytes, str], str]
AT_ONCE = 500  # rows asked for in one statement

_MESSAGE = table_of(models.Message).c
_STATE = table_of(models.ConversationState).c


class Veiled(Row, frozen=True):
    """Messages of which something is hidden: what is left of their words, by id."""

    words: dict[int, str]

    def leaves(self, message: int, parts: tuple[Group, ...]) -> bool:
        """Whether what was searched for still stands there."""
        if message not in self.words:
            return True
        line = indexed(self.words[message])
        return all(part.pattern in line for part in parts)


def lay_over(connection: Connection, found: Sequence[tuple[int, str]], veil: Veil | None) -> Veiled:
    """The veil over messages, each an id with its conversation."""
    if veil is None or not found:
        return Veiled({})
    states = read_states(connection, list({conversation for _, conversation in found}))
    words: Mapping[int, str] = _look_up(
        connection, _MESSAGE.id, _MESSAGE.text, [message for message, _ in found]
    )
    left = {
        message: veil(states.get(conversation, b""), words.get(message, ""))
        for message, conversation in found
    }
    return Veiled({key: seen for key, seen in left.items() if seen != words.get(key, "")})


def read_states(connection: Connection, conversations: Sequence[str]) -> Mapping[str, bytes]:
    """The stored states of conversations."""
    return _look_up(connection, _STATE.conversation, _STATE.state, conversations)


def _look_up(
    connection: Connection, key: Column[Any], value: Column[Any], wanted: Sequence[Any]
) -> dict[Any, Any]:
    """What a table has in one column beside these values of another."""
    rows: dict[Any, Any] = {}
    for at in range(0, len(wanted), AT_ONCE):
        statement = select(key, value).where(key.in_(wanted[at : at + AT_ONCE]))
        rows |= {row[0]: row[1] for row in connection.execute(statement)}
    return rows
