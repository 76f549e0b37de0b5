"""Conditions of a pack: a small closed set of tests, read from YAML maps."""

from __future__ import annotations

from typing import Literal

from dialogs.folder.own import all_intents, all_slots, values_of
from dialogs.folder.problems import Findings, Place, add, suggest, write
from dialogs.folder.values import NUMBERS, as_word
from dialogs.folder.wording import phrase
from dialogs.folder.yaml_lines import Branch, Leaf, Part
from dialogs.pack import Condition
from dialogs.types import CUES, TOPICS, Value

COUNTS = ("topics_learned", "non_answers", "unanswered", "turns")
OPERATORS = ("is", "is_not", "in", "known", "at_least", "below")
_GROUPS = ("all", "any", "none")
_SUBJECTS = ("slot", "intent", "cue", "count", *_GROUPS)

Operator = Literal["is", "is_not", "in", "known", "unknown", "at_least", "below"]


def read_conditions(owner: Branch, key: str = "when") -> tuple[Condition, ...]:
    """The conditions listed under a key; all must hold. () if the key is absent."""
    return tuple(
        found
        for branch in owner.branches(key, "condition")
        if (found := _condition(branch)) is not None
    )


def _condition(branch: Branch) -> Condition | None:
    subjects = [name for name in _SUBJECTS if branch.has(name)]
    if len(subjects) != 1:
        only = phrase("do.name_one", names=", ".join(_SUBJECTS))
        if subjects:
            branch.wrong("", "many_subjects", only, subjects=tuple(subjects))
        else:
            branch.wrong("", "no_subject", only)
        return None
    found = _READERS[subjects[0]](branch)
    _refuse_unknown(branch)
    return found


def _refuse_unknown(branch: Branch) -> None:
    for key in branch.names():
        if key not in _SUBJECTS and key not in OPERATORS:
            branch.wrong(key, "unknown_operator", suggest(key, OPERATORS), operator=key)


def see_value(findings: Findings, place: Place, slot: str, value: Value) -> None:
    """Reports a value that the slot can never hold."""
    allowed = values_of(findings, slot)
    if slot == "edition":
        for part in as_word(value).split("+"):
            findings.mention("edition", part, place)
    elif allowed and value not in allowed:
        said, words = as_word(value), [as_word(each) for each in allowed]
        findings.report(place, "cannot_be", suggest(said, words), key=slot, value=said)
    elif not allowed and isinstance(value, bool):
        quotes = phrase("do.quotes")
        findings.report(place, "slot_holds_word", quotes, slot=slot, value=as_word(value))


def _of_slot(branch: Branch) -> Condition | None:
    slot = branch.word("slot", all_slots(branch.findings))
    used = [name for name in OPERATORS if branch.has(name)]
    if len(used) != 1:
        branch.wrong("slot", "one_operator", slot=slot, names=", ".join(OPERATORS))
        return None
    if used[0] == "known":
        return Condition(slot=slot, op="known" if branch.flag("known", True) else "unknown")
    op, value = _operand(branch, used[0])
    return Condition(slot=slot, op=op, value=value)


def _operand(
    branch: Branch, operator: str
) -> tuple[Operator, Value | int | tuple[Value, ...] | None]:
    slot = branch.word("slot", all_slots(branch.findings))
    if operator in ("at_least", "below"):
        if slot in all_slots(branch.findings) and slot not in NUMBERS:
            branch.wrong(operator, "slot_no_number", slot=slot, names=", ".join(NUMBERS))
        return ("at_least" if operator == "at_least" else "below"), branch.number(operator)
    part = branch.get(operator)
    if operator == "in":
        return "in", _values(branch, slot, part)
    op: Operator = "is" if operator == "is" else "is_not"
    if isinstance(part, Leaf) and not part.null:
        return op, _value(branch, slot, part)
    branch.wrong(operator, "not_one_value", write(f"{operator}: value"), key=operator)
    return op, None


def _values(branch: Branch, slot: str, part: Part | None) -> tuple[Value, ...]:
    if isinstance(part, list) and part and all(isinstance(p, Leaf) for p in part):
        return tuple(_value(branch, slot, p) for p in part if isinstance(p, Leaf))
    branch.wrong("in", "not_values", write("in: [one, two]"))
    return ()


def _value(branch: Branch, slot: str, leaf: Leaf) -> Value:
    """Slots hold text or true/false; a number is kept as its words."""
    value: Value = leaf.flag if leaf.flag is not None else leaf.text
    see_value(branch.findings, leaf.place, slot, value)
    return value


def _of_intent(branch: Branch) -> Condition:
    return Condition(intent=branch.word("intent", all_intents(branch.findings)))


def _of_cue(branch: Branch) -> Condition:
    return Condition(cue=branch.word("cue", CUES))


def _of_count(branch: Branch) -> Condition | None:
    count = branch.word("count", COUNTS)
    op: Operator = "below" if branch.has("below") else "at_least"
    if not branch.has(op):
        branch.wrong("count", "count_needs", add("at_least: 3"), count=count)
        return None
    bound = branch.number(op)
    if count == "topics_learned" and op == "at_least" and bound > len(TOPICS):
        branch.wrong(op, "too_many_topics", n=len(TOPICS), bound=bound)
    return Condition(count=count, op=op, value=bound)


def _of_all(branch: Branch) -> Condition:
    return Condition(all_of=read_conditions(branch, "all"))


def _of_any(branch: Branch) -> Condition:
    return Condition(any_of=read_conditions(branch, "any"))


def _of_none(branch: Branch) -> Condition:
    return Condition(none_of=read_conditions(branch, "none"))


_READERS = {
    "slot": _of_slot,
    "intent": _of_intent,
    "cue": _of_cue,
    "count": _of_count,
    "all": _of_all,
    "any": _of_any,
    "none": _of_none,
}
