"""Facts and questions of a turn or an act of staff, written in the same transaction."""

from __future__ import annotations

from bot.masking import PERSONAL, hide
from dialogs.figures import Change, Fact, changed_facts, questions
from storage import facts, questions_asked
from storage.db import Tx
from storage.facts import FactRow
from storage.questions_asked import QuestionRow

# Slots whose values stay as they are; a span of money looks like a telephone number.
KEPT = (*PERSONAL, "headcount", "budget")


def record(tx: Tx, conversation: str, change: Change, now: int) -> None:
    """Write what the change adds to facts and questions.

    Raises storage.errors.Conflict once the conversation is erased.
    """
    for slot, found in changed_facts(change.before.profile, change.after.profile).items():
        if slot in change.before.profile:
            facts.drop(tx, conversation, slot)
        facts.put(tx, [make_row(conversation, slot, fact, now) for fact in found])
    ended, put = questions(change)
    if ended:
        questions_asked.end(tx, conversation, ended, now)
    if put is not None and not (put.again and questions_asked.count_on(tx, conversation, put.slot)):
        row = QuestionRow(conversation, put.number, put.slot, 1, asked_at=now, known=put.known)
        questions_asked.put(tx, row)


def make_row(conversation: str, slot: str, fact: Fact, now: int) -> FactRow:
    """A fact to filter by; how somebody is reached stands in the slots for it alone."""
    value = fact.value if slot in KEPT else hide(fact.value)
    return FactRow(conversation, slot, value, fact.status, now)
