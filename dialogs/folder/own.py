"""Reads own.yaml: names of intents and slots that a company adds to the built-in ones."""

from __future__ import annotations

import re
from typing import Literal

from dialogs.folder.problems import Findings, Place, write
from dialogs.folder.values import ALL_SLOTS, DONT_KNOW, closed_values
from dialogs.folder.wording import phrase
from dialogs.folder.yaml_lines import Branch
from dialogs.pack import OwnIntent, OwnSlot
from dialogs.types import INTENTS, Value

FILE = "own.yaml"
KINDS = ("choice", "text")
_Kind = Literal["intent", "slot"]
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
        branch.wrong("values", "few_values", write("values: [one, two]"))
    if kind == "text" and values:
        branch.wrong("values", "text_has_values")
    for value in values:
        if value == DONT_KNOW or values.count(value) > 1:
            branch.wrong("values", "not_own_value", value=value)
    branch.close()
    return OwnSlot(id=name, kind="choice" if kind == "choice" else "text", values=values)


def _name(branch: Branch, kind: _Kind, built_in: tuple[str, ...]) -> str:
    name = branch.text("id")
    branch.call(kind, name)
    branch.findings.declare(kind, name, branch.place)
    if name in built_in:
        branch.wrong("id", "name_built_in")
    elif name and (not _NAME.fullmatch(name) or name.startswith((*_TAKEN, "draft_", "confirm_"))):
        branch.wrong("id", "not_name", phrase("do.small_letters"))
    return name


def all_slots(findings: Findings) -> tuple[str, ...]:
    """The built-in slots and those of the pack that is being read."""
    return (*ALL_SLOTS, *findings.own_slots)


def all_intents(findings: Findings) -> tuple[str, ...]:
    return (*INTENTS, *sorted(findings.own_intents))


def values_of(findings: Findings, slot: str) -> tuple[Value, ...]:
    """All values that the slot can hold; () if it is open."""
    return findings.own_slots.get(slot) or closed_values(slot)


def place_of(findings: Findings, kind: _Kind, name: str) -> Place:
    """Where an own intent or slot is declared."""
    return findings.place(f"{kind}/{name}", FILE)
