"""Whether a pack's condition holds: a closed set of operators over slots, intents, cues, counts."""

from __future__ import annotations

from collections.abc import Iterable

from dialogs import profile
from dialogs.joining import join_value
from dialogs.pack import Condition
from dialogs.types import Reading, State, Struct, Value


class Facts(Struct):
    """All that a condition can look at."""

    state: State
    intents: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    estimated: str = ""  # edition that counts while none is wanted


def facts(state: State, reading: Reading | None = None) -> Facts:
    if reading is None:
        return Facts(state=state)
    return Facts(state=state, intents=reading.intents, cues=reading.cues)


def all_hold(conditions: Iterable[Condition], seen: Facts) -> bool:
    return all(holds(condition, seen) for condition in conditions)


def holds(condition: Condition, seen: Facts) -> bool:
    if condition.slot:
        return _slot_holds(condition, seen)
    if condition.intent:
        return condition.intent in seen.intents
    if condition.cue:
        return condition.cue in seen.cues
    if condition.count:
        count, bound = _count(condition.count, seen.state), condition.value
        if not isinstance(bound, int):
            return False
        return count < bound if condition.op == "below" else count >= bound
    if condition.all_of:
        return all_hold(condition.all_of, seen)
    if condition.any_of:
        return any(holds(c, seen) for c in condition.any_of)
    return not any(holds(c, seen) for c in condition.none_of)


def _count(name: str, state: State) -> int:
    if name == "topics_learned":
        return len(profile.topics_learned(state.profile))
    return {
        "non_answers": state.non_answers,
        "unanswered": state.unanswered,
        "turns": state.turns,
    }[name]


def _value(slot: str, seen: Facts) -> Value | None:
    """A slot's value; the language is the talk's, an edition counts once it is wanted."""
    if slot == "language":
        return seen.state.language
    known = seen.state.profile.get(slot)
    if slot == "edition" and (known is None or known.status == "inferred"):
        return seen.estimated or None
    return known.value if known else None


def _slot_holds(condition: Condition, seen: Facts) -> bool:
    value = _value(condition.slot, seen)
    if condition.op == "known":
        return value is not None
    if condition.op == "unknown":
        return value is None
    if condition.op == "is_not":
        return value is None or not _same(condition.slot, value, condition.value)
    if value is None:
        return False
    if condition.op in ("at_least", "below"):
        span, bound = profile.number_range(value), condition.value
        if span is None or not isinstance(bound, int):
            return False
        return span[0] >= bound if condition.op == "at_least" else span[1] < bound
    if condition.op == "in":
        among = condition.value if isinstance(condition.value, tuple) else ()
        return any(_same(condition.slot, value, each) for each in among)
    return _same(condition.slot, value, condition.value)


def _same(slot: str, told: Value, wanted: object) -> bool:
    """Whether they are equal, or two names of one city or trade."""
    if told == wanted:
        return True
    both = isinstance(told, str) and isinstance(wanted, str)
    return both and join_value(slot, str(told)) == join_value(slot, str(wanted))
