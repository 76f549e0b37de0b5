"""Which messages were not understood, for the people who teach the assistant. Pure.

A doubt is told from what a turn did: nothing is asked of the reader but how sure it was.
"""

from __future__ import annotations

from typing import Literal

from dialogs.buttons import named_in_words
from dialogs.effects import Turn
from dialogs.talk import Talk
from dialogs.texts import Texts
from dialogs.types import Incoming, Reading, State, Struct

Kind = Literal["unsure", "unread", "corrected", "unclear", "not_helpful"]

# Guesses come into a reading from about here on; below it a person would ask again.
UNSURE_BELOW = 0.45
_ASKED_ENOUGH = 2  # times that a question is asked before an unread answer is left as it is
_LITTLE = frozenset({"unclear", "provide_info"})


class Doubt(Struct):
    """A message that was not understood: this turn's, or an earlier one that is now put right.

    `asked`: slot that was asked for when this turn's message came, "" for none or unknown.
    """

    kind: Kind
    seq: int
    asked: str = ""


def find_doubts(
    texts: Texts, before: State, incoming: Incoming, reading: Reading | None, turn: Turn
) -> tuple[Doubt, ...]:
    """The doubts that a turn leaves. None while a human has the talk, and none of spam."""
    if incoming.origin == "forwarded" or before.owner == "human":
        return ()
    refused = _not_helpful(before, turn)
    # What the bot reads after a human was said to the human.
    if reading is None or refused or incoming.kind == "timer":
        return refused
    after = turn.state
    if after.outcome == "quarantined" or after.requirement is not before.requirement:
        return ()
    found = [Doubt(kind="corrected", seq=seq) for seq in _put_right(turn, incoming.seq)]
    kind = _judge(before, reading, turn)
    # Who types what a button says has pressed it, whatever else the words might mean.
    if kind and not named_in_words(Talk(texts, before, incoming, reading, 0)):
        asked = before.question.slot if before.question else ""
        found.append(Doubt(kind=kind, seq=incoming.seq, asked=asked))
    return tuple(found)


def _not_helpful(before: State, turn: Turn) -> tuple[Doubt, ...]:
    """Questions whose answer the prospect has just called not what they meant."""
    known = {answer.seq for answer in before.answers if answer.helpful is False}
    found = [answer.seq for answer in turn.state.answers if answer.helpful is False]
    return tuple(Doubt(kind="not_helpful", seq=seq) for seq in found if seq not in known)


def _put_right(turn: Turn, seq: int) -> list[int]:
    """Messages whose reading this one replaces by another value."""
    replaced = set()
    for slot in turn.changed:
        known = turn.state.profile.get(slot)
        if known is None or known.message != seq or known.status != "corrected":
            continue
        if known.history and known.history[-1].status in ("stated", "inferred", "corrected"):
            replaced.add(known.history[-1].message)
    return sorted(replaced - {0, seq})


def _judge(before: State, reading: Reading, turn: Turn) -> Kind | Literal[""]:
    if _is_second_in_vain(before, reading, turn):
        return "unread"
    if "unclear" in reading.intents or not reading.intents:
        return "unclear"
    return "unsure" if reading.certainty < UNSURE_BELOW else ""


def _is_second_in_vain(before: State, reading: Reading, turn: Turn) -> bool:
    """Two non-answers in a row, or a second answer to one question that could not be read."""
    rows = (before.non_answers_row, turn.state.non_answers_row)
    if rows[1] >= 2 and rows[1] > rows[0]:
        return True
    question = before.question
    if question is None or question.times < _ASKED_ENOUGH or question.kind in ("text", "place"):
        return False
    return not reading.slots and not turn.changed and set(reading.intents) <= _LITTLE
