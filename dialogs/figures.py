"""What can be counted of a talk: the steps that it reached, its facts, what became of questions.

Told from the state before and after a turn or an act of staff; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dialogs.joining import join_value
from dialogs.profile import topics_learned, value_of
from dialogs.types import (
    Incoming,
    Known,
    OpenQuestion,
    Reading,
    Reply,
    State,
    Struct,
    Value,
)

# Names of steps in the order in which most talks come to them.
STEPS = (
    "answered", "first_answer", "buyer", "organisation", "contact", "requirement", "document",
    "document_opened", "written_requirement", "price", "escalated", "claimed", "human_reply",
    "stage_documents", "stage_contract", "stage_delivery", "stage_account", "closed", "refused",
    "silent",
)  # fmt: skip
ENDINGS = ("answered", "refused", "skipped", "unknown", "passed")
VALUE_MAX = 200  # characters of a value that are kept
SEVERAL = ("edition", "alternatives", "doc_type")  # slots whose values are joined by +

_ENDED_BY_STATUS = {"refused": "refused", "skipped": "skipped", "unknown": "unknown"}
_FROM_PROSPECT = ("text", "choice", "file")
_AROUND = ("back", "person")  # buttons that leave a question
_TOLD_IN_WORDS = ("existing_matter", "start")
_OF_REQUIREMENT = ("draft_", "requirement_text")


class Fact(Struct):
    """One value of a slot, folded; "" where there is none, and the status tells why."""

    value: str
    status: str


class Put(Struct):
    """A question that was put. `again`: so was this slot before; `known`: so was its answer."""

    number: int
    slot: str
    again: bool = False
    known: bool = False


class Change(Struct):
    """A turn, or an act of staff: then nothing came in."""

    before: State
    after: State
    incoming: Incoming | None = None
    reading: Reading | None = None


# --- steps ---------------------------------------------------------------------------------------


def reached(state: State) -> list[str]:
    """The steps that the state tells of; it may have reached others that it does not remember."""
    found = list(topics_learned(state.profile))
    if state.turns:
        found.append("answered")
    if state.given:
        found.append("document")
        if any(given.opened for given in state.given):
            found.append("document_opened")
    if _has_requirement(state):
        found.append("written_requirement")
    if state.shown:
        found.append("price")
    if state.reasons:
        found.append("escalated")
    if state.last_staff or state.owner == "human":
        found.append("claimed")
    found += _ways_to_end(state)
    return found


def _ways_to_end(state: State) -> list[str]:
    found = []
    if state.owner == "closed":
        found.append("closed")
    if state.outcome == "price_only":
        found.append("refused")
    elif state.outcome == "silent":
        found.append("silent")
    if state.stage != "consultation":
        found.append(f"stage_{state.stage}")
    return found


def _has_requirement(state: State) -> bool:
    return state.requirement is not None or value_of(state.profile, "written_requirement") is True


def gives_answer(replies: Iterable[Reply]) -> bool:
    """Whether one of the messages answers from the papers or from the price book."""
    return any(is_answer(reply) for reply in replies)


def is_answer(reply: Reply) -> bool:
    """A message with a source, or with prices that were asked for."""
    if reply.amounts and reply.key.startswith("price."):
        return True
    return any(each.kind == "source" for each in reply.attachments)


# --- facts ---------------------------------------------------------------------------------------


def fold(value: Value) -> str:
    """A value as it is compared: lower case, one space between words, at most VALUE_MAX."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value.casefold().split())[:VALUE_MAX]


def fold_value(slot: str, value: Value) -> str:
    """A value as it is counted and filtered by: folded, a city and a trade by their one name."""
    return fold(join_value(slot, value) if isinstance(value, str) else value)


def facts_of(slot: str, known: Known) -> tuple[Fact, ...]:
    """The facts that a slot tells: one, or one for each of several values."""
    if known.value is None:
        return (Fact(value="", status=known.status),)
    said = fold_value(slot, known.value)
    parts = said.split("+") if slot in SEVERAL else (said,)
    values = dict.fromkeys(filter(None, (part.strip() for part in parts)))
    return tuple(Fact(value=value, status=known.status) for value in values or ("",))


def changed_facts(
    before: Mapping[str, Known], after: Mapping[str, Known]
) -> dict[str, tuple[Fact, ...]]:
    """The facts of every slot whose value or status is another one; () for one that is gone."""
    if before is after:
        return {}
    found: dict[str, tuple[Fact, ...]] = {}
    for slot, known in after.items():
        old = before.get(slot)
        if old is known:
            continue
        if old is None or old.value != known.value or old.status != known.status:
            found[slot] = facts_of(slot, known)
    found |= {slot: () for slot in before if slot not in after}
    return found


# --- questions -----------------------------------------------------------------------------------


def questions(change: Change) -> tuple[str, Put | None]:
    """How the question that was open ended, "" for not at all, and the one that was put now."""
    old, new = change.before.question, change.after.question
    if old is new:
        over = old is not None and (_is_taken_over(change) or _is_greeting(change, old))
        return (_how(change, old) if over and old else ""), None
    if new is None:
        return (_how(change, old) if old else ""), None
    if old is not None and old.number == new.number:
        return "", None  # shown once more
    put = Put(
        number=new.number,
        slot=new.slot,
        again=change.after.asked.get(new.slot, 0) > 1,
        known=value_of(change.after.profile, new.slot) is not None,
    )
    waits = old is None or (old.slot == new.slot and new.times > 1)
    return ("" if waits or old is None else _how(change, old)), put


def _is_greeting(change: Change, question: OpenQuestion) -> bool:
    """The first word answers it, whatever else is said before the next question."""
    incoming = change.incoming
    return question.slot == "start" and incoming is not None and incoming.kind in _FROM_PROSPECT


def _is_taken_over(change: Change) -> bool:
    """From now on it waits for no answer: a human has the talk, or it was ended."""
    before, after = change.before.owner, change.after.owner
    return before not in ("human", "closed") and after in ("human", "closed")


def ending_by_status(status: str) -> str:
    """How a question ended whose slot has this status now."""
    return _ENDED_BY_STATUS.get(status, "answered")


def _how(change: Change, question: OpenQuestion) -> str:
    known = change.after.profile.get(question.slot)
    if known is not None and known is not change.before.profile.get(question.slot):
        return ending_by_status(known.status)
    incoming = change.incoming
    if incoming is None or incoming.kind not in _FROM_PROSPECT:
        return "passed"
    if question.slot == "start":
        return "answered"
    if incoming.kind == "choice":
        return _how_by_button(incoming, question)
    if incoming.kind == "file":
        return "answered" if question.slot.startswith("requirement") else "passed"
    return _how_by_words(change, question.slot)


def _how_by_button(incoming: Incoming, question: OpenQuestion) -> str:
    if incoming.value == "skip":
        return "skipped"
    own = incoming.question == question.number and incoming.value not in _AROUND
    return "answered" if own else "passed"


def _how_by_words(change: Change, slot: str) -> str:
    """The end of a step, which fills no slot, or of a question that was left for another."""
    reading = change.reading or Reading()
    intents = reading.intents
    if "refuse" in intents or reading.refuses_questions:
        return "refused"
    if "dont_know" in intents and not reading.unsure_of:
        return "unknown"
    if slot.startswith("confirm_"):
        return "answered" if {"affirm", "deny"} & set(intents) else "passed"
    if slot == "email" and "deny" in intents:
        return "refused"
    # What was read but not taken, as in a requirement that was pasted, answers nothing.
    same = value_of(change.after.profile, slot)
    # Who asks for somebody instead of giving the requirement has told nothing of it.
    given = slot.startswith(_OF_REQUIREMENT) and _has_grown(change.before, change.after)
    in_words = (given or slot.startswith(_TOLD_IN_WORDS)) and "stop" not in intents
    told = in_words or (same is not None and same == reading.slots.get(slot))
    return "answered" if told or (slot == "email" and "phone" in reading.slots) else "passed"


def _has_grown(before: State, after: State) -> bool:
    """Whether a requirement came, or one more answer to the questions by which one is written."""
    return after.requirement != before.requirement or len(after.draft) > len(before.draft)
