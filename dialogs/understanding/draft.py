"""What is being made of one message while the layers look at it in turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs.types import INNER_SLOTS, SLOTS, Asked, Reading, Value
from dialogs.understanding.names import Found
from dialogs.understanding.slots import Stated
from dialogs.understanding.wishes import refuses_questions
from dialogs.understanding.words import Words

_ORDER = {slot: place for place, slot in enumerate((*SLOTS, *INNER_SLOTS))}
_TRUTH = {"true": True, "false": False}


@dataclass(slots=True)
class Draft:
    """Grows by layers; each layer notes in `why` what it added and on what ground."""

    words: Words
    asked: Asked | None
    known: Mapping[str, Value]
    stated: Stated
    intents: list[str] = field(default_factory=list)
    slots: dict[str, Value] = field(default_factory=dict)
    quotes: dict[str, str] = field(default_factory=dict)
    inferred: set[str] = field(default_factory=set)
    unsettled: list[str] = field(default_factory=list)
    put_right: int = -1  # where the value of a correction stands, when no word tells one
    unsure_of: str = ""  # slot that is not known, where another one was asked
    bare: set[str] = field(default_factory=set)  # filled by a yes or no alone
    used: list[tuple[int, int]] = field(default_factory=list)  # stretches that are explained
    cues: tuple[str, ...] = ()
    why: list[str] = field(default_factory=list)
    certainty: float = 1.0  # share of the least sure guess that is believed
    own: list[tuple[int, int]] = field(default_factory=list)  # where values of own slots are named
    strange: list[tuple[int, int]] = field(default_factory=list)  # off topic, or an insult
    meant: bool = True  # whether anything in it is a known word
    refused: float = 1.0  # share of the least sure one that is not
    foreign: bool = False  # in a language that nobody taught us

    @property
    def slot(self) -> str:
        return self.asked.slot if self.asked else ""

    @property
    def is_customer(self) -> bool:
        return "existing_customer" in self.cues

    def add(self, intent: str, reason: str) -> None:
        if intent not in self.intents:
            self.intents.append(intent)
            self.why.append(f"{intent}: {reason}")

    def drop(self, intent: str) -> None:
        if intent in self.intents:
            self.intents.remove(intent)
            self.why.append(f"{intent}: dropped")

    def refuse(self, share: float, reason: str) -> None:
        """Notes a guess that is not sure enough."""
        self.refused = min(self.refused, share)
        self.why.append(reason)

    def take(self, hit: Found) -> None:
        """Stores a value that the message states."""
        value = hit.value
        if isinstance(value, str) and hit.slot in ("own_servers", "written_requirement"):
            value = _TRUTH[value]
        self.slots[hit.slot] = value
        self.quotes[hit.slot] = self.words.text[hit.start : hit.end].strip()
        self.used.append((hit.start, hit.end))
        self.why.append(f"{hit.slot}={value}: {hit.rule}")

    def fill(self, slot: str, value: Value, quote: str, reason: str) -> None:
        """Stores a value that a yes or no to the question makes."""
        if slot not in self.slots or slot in self.inferred:
            self.inferred.discard(slot)
            self.slots[slot] = value
            self.quotes[slot] = quote
            self.bare.add(slot)
            self.why.append(f"{slot}={value}: {reason}")

    def forget(self, slot: str, reason: str) -> None:
        if self.slots.pop(slot, None) is not None:
            self.quotes.pop(slot, None)
            self.inferred.discard(slot)
            self.why.append(f"{slot}: dropped, {reason}")

    def reading(self, language: str) -> Reading:
        slots = dict(sorted(self.slots.items(), key=lambda item: _ORDER.get(item[0], 99)))
        return Reading(
            text=self.words.text,
            language=language,
            intents=tuple(self.intents),
            slots=slots,
            quotes={slot: self.quotes[slot] for slot in slots},
            inferred=tuple(slot for slot in slots if slot in self.inferred),
            unsettled=tuple(self.unsettled),
            unsure_of=self.unsure_of,
            cues=self.cues,
            refuses_questions=refuses_questions(self.words.low),
            why=tuple(self.why),
            certainty=self.certainty,
        )
