"""Which values a slot can hold, where the set is closed."""

from __future__ import annotations

from typing import get_args

from dialogs.types import DEPARTMENTS, DOCUMENT_KINDS, INNER_SLOTS, SLOTS, Outcome, Value

ALL_SLOTS = SLOTS + INNER_SLOTS
FLAGS = ("own_servers", "written_requirement", "existing_customer")
NUMBERS = ("headcount", "budget")
DONT_KNOW = "dont_know"  # an option that is an answer and fills nothing
RETENTION = ("default", *get_args(Outcome))

_CLOSED: dict[str, tuple[Value, ...]] = {
    "buyer_type": ("individual", "enterprise"),
    "ownership": ("state_owned", "private"),
    "department": DEPARTMENTS,
    "authority": ("decides", "recommends", "none"),
    "doc_type": DOCUMENT_KINDS,
    **dict.fromkeys(FLAGS, (True, False)),
}


def closed_values(slot: str) -> tuple[Value, ...]:
    """All values that the slot can hold; () if it is open. Editions are the pack's own."""
    return _CLOSED.get(slot, ())


def as_word(value: Value) -> str:
    """The value as it stands in YAML: true and false for the two flags."""
    return value if isinstance(value, str) else str(value).lower()
