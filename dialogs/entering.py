"""What staff may enter into the profile, and what it leads to. The prospect is told nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from dialogs import pricing, profile
from dialogs.base import Struct
from dialogs.folder.values import FLAGS, as_word, closed_values
from dialogs.pack import Pack
from dialogs.types import Known, Past, State, Value

TEXT_MAX = 300  # characters of an entered value
_CHOICES = ("buyer_type", "ownership", "department", "authority")
_TEXTS = (
    "name", "company", "city", "headcount", "role", "need", "industry", "alternatives", "budget",
    "timeline", "email", "phone",
)  # fmt: skip
_FORMS: Mapping[str, re.Pattern[str]] = {
    "headcount": re.compile(r"\d{1,7}|\d{1,7}-\d{1,7}|[<>]=?\d{1,7}"),
    "email": re.compile(r"[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+"),
    "phone": re.compile(r"\+?\d{5,15}"),
}
_PHONE_MARKS = re.compile(r"[\s().\-/]")


class Field(Struct):
    """A slot that may be entered. `values` of a choice; its words are value.<slot>.<value>."""

    slot: str
    kind: Literal["choice", "yes_no", "text"]
    values: tuple[str, ...] = ()


class Entry(Struct):
    """What somebody enters. A value of "" takes out what stood there; `by` is a display name."""

    slot: str
    value: str
    by: str


def fields(pack: Pack) -> tuple[Field, ...]:
    """Everything that may be entered, in the order in which a form shows it."""
    editions = tuple(edition.id for edition in pack.editions)
    return (
        *(Field(slot=slot, kind="text") for slot in _TEXTS),
        *(Field(slot=slot, kind="choice", values=_words(slot)) for slot in _CHOICES),
        *(Field(slot=slot, kind="yes_no") for slot in FLAGS),
        Field(slot="edition", kind="choice", values=editions),
        *(Field(slot=own.id, kind=own.kind, values=own.values) for own in pack.own_slots),
    )


def _words(slot: str) -> tuple[str, ...]:
    return tuple(as_word(value) for value in closed_values(slot))


def read_value(pack: Pack, slot: str, text: str) -> Value | None:
    """The value that a text stands for; None where the slot cannot hold it."""
    field = next((each for each in fields(pack) if each.slot == slot), None)
    if field is None:
        return None
    if field.kind == "yes_no":
        return {"true": True, "false": False}.get(text)
    if field.kind == "choice":
        return text if text in field.values else None
    return _read_text(slot, " ".join(text.split()))


def _read_text(slot: str, text: str) -> str | None:
    if not 0 < len(text) <= TEXT_MAX:
        return None
    if slot == "phone":
        text = _PHONE_MARKS.sub("", text)
    form = _FORMS.get(slot)
    return text if form is None or form.fullmatch(text) else None


def enter(pack: Pack, state: State, entry: Entry, now: int) -> State | None:
    """The state with the entry in its profile; None where it is not valid or changes nothing.

    What follows from it is filled in, and edition and estimate are computed again.
    """
    slot = entry.slot
    old = state.profile.get(slot)
    if not entry.value:
        return None if old is None else _settle(pack, _without(state, slot, old), slot, now)
    value = read_value(pack, slot, entry.value)
    if value is None or (old is not None and old.value == value and old.status != "inferred"):
        return None
    known = Known(value=value, status="stated", by=entry.by)
    filled = profile.put(state.profile, slot, known, state.former.get(slot, ()))
    return _settle(pack, msgspec.structs.replace(state, profile=filled), slot, now)


def take_back(pack: Pack, state: State, slot: str, now: int) -> State:
    """The state with what stood in the slot before its last entry, or before it was taken out."""
    now_known, former = state.profile.get(slot), state.former.get(slot, ())
    history = now_known.history if now_known is not None else former
    kept = {name: known for name, known in state.profile.items() if not _followed(known)}
    kept.pop(slot, None)
    if history:
        kept[slot] = _revive(history[-1], history[:-1])
    left = {**state.former, slot: ()} if now_known is None else state.former
    back = msgspec.structs.replace(state, profile=kept, former=left)
    return _settle(pack, back, slot, now)


def _followed(known: Known) -> bool:
    """Filled in because of something that staff entered: no message told it."""
    return known.status == "inferred" and not known.message and not known.by


def _without(state: State, slot: str, old: Known) -> State:
    kept = {name: known for name, known in state.profile.items() if name != slot}
    past = (*old.history, profile.past_of(old))[-profile.HISTORY_MAX :]
    former = {**state.former, slot: past}
    return msgspec.structs.replace(state, profile=kept, former=former)


def _revive(past: Past, history: tuple[Past, ...]) -> Known:
    return Known(
        value=past.value,
        status=past.status,
        quote=past.quote,
        message=past.message,
        history=history,
        by=past.by,
    )


def _settle(pack: Pack, state: State, slot: str, now: int) -> State:
    """What follows from the profile as it is now. A question for the slot needs no answer more."""
    filled = profile.infer(dict(state.profile), [], 0)
    question = state.question
    if question is not None and question.slot == slot and slot in filled:
        question = None
    settled = msgspec.structs.replace(state, profile=filled, question=question)
    return _fit(pack, settled, now)


def _fit(pack: Pack, state: State, now: int) -> State:
    """The estimate anew. The first one is left to the bot to show, unless a human has the talk."""
    if state.estimate is None and not (state.owner == "human" and pricing.can_estimate(state)):
        return state
    found = pricing.estimate(pack, state)
    if found is None:
        return state
    return msgspec.structs.replace(state, estimate=pricing.priced(pack, state, found, now))
