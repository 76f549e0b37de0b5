"""What is known of the prospect: merging what a message states, and what counts as learned."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dialogs.types import PASSING_SLOTS, TOPICS, Known, Past, Reading, State, Status, Value

Profile = Mapping[str, Known]

HISTORY_MAX = 20  # former values of a slot that are kept
_STATING = frozenset(("provide_info", "correct", "buy_now", "affirm"))
_IMPLIES_ENTERPRISE = ("ownership", "department")


def value_of(profile: Profile, slot: str) -> Value | None:
    known = profile.get(slot)
    return known.value if known else None


def put(profile: Profile, slot: str, new: Known, former: tuple[Past, ...] = ()) -> dict[str, Known]:
    """The profile with `new` for the slot; what stood there before goes to its history."""
    old = profile.get(slot)
    history = former
    if old is not None:
        history = (*old.history, past_of(old))
    known = Known(
        value=new.value,
        status=new.status,
        quote=new.quote,
        message=new.message,
        history=history[-HISTORY_MAX:],
        by=new.by,
    )
    return {**profile, slot: known}


def past_of(known: Known) -> Past:
    """What is known, as it goes to the history."""
    return Past(
        value=known.value,
        status=known.status,
        quote=known.quote,
        message=known.message,
        by=known.by,
    )


def absorb(state: State, reading: Reading, message: int) -> tuple[dict[str, Known], list[str]]:
    """The profile with all that the message states, and the slots whose value is new or other.

    Slots in `reading.unsettled` are left as they were: they are asked back first.
    """
    profile: dict[str, Known] = dict(state.profile)
    changed: list[str] = []
    for slot, value in reading.slots.items():
        if slot in PASSING_SLOTS or _is_unsettled(profile.get(slot), slot, reading):
            continue
        inferred = slot in reading.inferred or (slot == "edition" and _only_asks(reading))
        if not _accepts(profile.get(slot), value, inferred):
            continue
        old = profile.get(slot)
        status: Status = "inferred" if inferred else "stated"
        if _corrects(old, slot, reading):
            status = "corrected"
        quote = reading.quotes.get(slot, reading.text)[:500]
        new = Known(value=value, status=status, quote=quote, message=message)
        profile = put(profile, slot, new, state.former.get(slot, ()))
        changed.append(slot)
    return infer(profile, changed, message), changed


def _is_unsettled(old: Known | None, slot: str, reading: Reading) -> bool:
    """To be asked back first; not so an edition that is merely asked about, nor what staff had
    entered: the prospect's own word counts more."""
    if slot not in reading.unsettled or (old is not None and old.by):
        return False
    return not (slot == "edition" and _only_asks(reading))


def _only_asks(reading: Reading) -> bool:
    """The message asks and states nothing: an edition in it is of interest, not yet wanted."""
    intents = set(reading.intents)
    return any(i.startswith("ask_") for i in intents) and not intents & _STATING


def _corrects(old: Known | None, slot: str, reading: Reading) -> bool:
    """A value in another's place; asking about one edition after another corrects nothing.

    Nor does what replaces an entry of staff, which the prospect never saw.
    """
    if old is None or old.by:
        return False
    replaced = old.value is not None and old.status != "inferred"
    return replaced and (slot != "edition" or "correct" in reading.intents)


def _accepts(old: Known | None, value: Value, inferred: bool) -> bool:
    if old is None or old.value is None:
        return not (inferred and old is not None)
    if inferred:
        return old.status == "inferred" and old.value != value
    return old.value != value or old.status == "inferred"


def infer(profile: dict[str, Known], changed: list[str], message: int) -> dict[str, Known]:
    """Fill what follows from what was said: an organisation has departments, one person decides."""
    buyer = profile.get("buyer_type")
    if buyer is None or buyer.value is None:
        cause = next((s for s in _IMPLIES_ENTERPRISE if value_of(profile, s)), None)
        if cause:
            quote = profile[cause].quote
            new = Known(value="enterprise", status="inferred", quote=quote, message=message)
            profile = put(profile, "buyer_type", new)
            changed.append("buyer_type")
    if value_of(profile, "buyer_type") == "individual" and "authority" not in profile:
        quote = profile["buyer_type"].quote
        new = Known(value="decides", status="inferred", quote=quote, message=message)
        profile = put(profile, "authority", new)
    return profile


def _has(profile: Profile, slot: str) -> bool:
    return value_of(profile, slot) is not None


def learned(profile: Profile, topic: str) -> bool:
    """Whether first contact has learned the topic (design section 4)."""
    individual = value_of(profile, "buyer_type") == "individual"
    if topic == "buyer":
        return _has(profile, "buyer_type")
    if topic == "organisation":
        if individual:
            return _has(profile, "city") and _has(profile, "own_servers")
        scale = sum(_has(profile, s) for s in ("headcount", "own_servers", "city"))
        return _has(profile, "ownership") and scale >= 2
    if topic == "contact":
        return not individual and (_has(profile, "department") or _has(profile, "authority"))
    return isinstance(value_of(profile, "written_requirement"), bool)


def topics_learned(profile: Profile) -> tuple[str, ...]:
    return tuple(t for t in TOPICS if learned(profile, t))


_NUMBER = re.compile(r"\d+")


def number_range(value: Value | None) -> tuple[int, int] | None:
    """Lowest and highest number that a headcount such as "50-60", "<10" or ">3000" may mean.

    The upper end of an open range is 10**9. None when the value holds no number.
    """
    if not isinstance(value, str):
        return None
    numbers = [int(n) for n in _NUMBER.findall(value)[:2]]
    if not numbers:
        return None
    if value.startswith("<"):
        return (0, max(numbers[0] - (0 if value.startswith("<=") else 1), 0))
    if value.startswith(">"):
        return (numbers[0] + (0 if value.startswith(">=") else 1), 10**9)
    return (numbers[0], numbers[-1])


def asserted(profile: Profile) -> dict[str, Value]:
    """The values that are known, for readers and templates."""
    return {s: k.value for s, k in profile.items() if k.value is not None}
