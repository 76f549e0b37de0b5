"""Reads own.yaml: names of intents and slots that a company adds to the built-in ones."""

from __future__ import annotations

import re

from dialogs.folder.problems import Findings, Place
from dialogs.folder.values import ALL_SLOTS, DONT_KNOW, closed_values
from dialogs.folder.yaml_lines import Branch
from dialogs.pack import OwnIntent, OwnSlot
from dialogs.types import INTENTS, Value

FILE = "own.yaml"
KINDS = ("choice", "text")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
# Steps of the talk that no topic asks bear these names.
_TAKEN = ("start", "confirm", "existing_matter", "requirement", "resume")


def read_own(top: Branch) -> tuple[tuple[OwnIntent, ...], tuple[OwnSlot, ...]]:
    """What the file declares. From now on the findings know these names."""
    intents = tuple(_intent(branch) for branch in top.branches("intents", "intent"))
    slots = tuple(_slot(branch) for branch in top.branches("slots", "slot"))
    top.close()
    top.findings.own_intents = {intent.id for intent in intents}
    top.findings.own_slots = {slot.id: slot.values for slot in slots}
    return intents, slots


def _intent(branch: Branch) -> OwnIntent:
    name = _name(branch, "intent", INTENTS)
    article = branch.text("article", "")
    if article:
        branch.findings.mention("article", article, branch.at("article"))
    branch.close()
    return OwnIntent(id=name, article=article)


def _slot(branch: Branch) -> OwnSlot:
    name = _name(branch, "slot", ALL_SLOTS)
    kind = branch.word("kind", KINDS)
    values = branch.words("values")
    if kind == "choice" and len(values) < 2:
        branch.wrong("values", "a choice needs two values or more", "write `values: [one, two]`")
    if kind == "text" and values:
        branch.wrong("values", "a text has no values", "take them out, or write `kind: choice`")
    for value in values:
        if value == DONT_KNOW or values.count(value) > 1:
            branch.wrong("values", f"`{value}` cannot be a value", "name each value once")
    branch.close()
    return OwnSlot(id=name, kind="choice" if kind == "choice" else "text", values=values)


def _name(branch: Branch, kind: str, built_in: tuple[str, ...]) -> str:
    name = branch.text("id")
    branch.name = f"{kind} `{name}`"
    branch.findings.declare(f"own {kind}", name, branch.place)
    if name in built_in:
        branch.wrong("id", "there is a built-in one of this name", "use that, or another name")
    elif name and (not _NAME.fullmatch(name) or name.startswith((*_TAKEN, "draft_", "confirm_"))):
        branch.wrong("id", "this cannot be a name", "use small letters, digits and _")
    return name


def all_slots(findings: Findings) -> tuple[str, ...]:
    """The built-in slots and those of the pack that is being read."""
    return (*ALL_SLOTS, *findings.own_slots)


def all_intents(findings: Findings) -> tuple[str, ...]:
    return (*INTENTS, *sorted(findings.own_intents))


def values_of(findings: Findings, slot: str) -> tuple[Value, ...]:
    """All values that the slot can hold; () if it is open."""
    return findings.own_slots.get(slot) or closed_values(slot)


def place_of(findings: Findings, kind: str, name: str) -> Place:
    """Where an own intent or slot is declared."""
    return findings.place(f"own {kind}/{name}", FILE)
