"""Reads examples/, texts/ and templates/, with the inherited ones underneath."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dialogs.folder.own import all_intents, all_slots, values_of
from dialogs.folder.problems import Findings, Place, suggest, write
from dialogs.folder.values import as_word
from dialogs.folder.wording import phrase
from dialogs.folder.yaml_lines import Branch, Leaf
from dialogs.pack import Examples

Phrases = dict[str, tuple[str, ...]]


def read_texts(top: Branch, language: str) -> dict[str, str]:
    """Key -> source of one texts/<language>.yaml."""
    found: dict[str, str] = {}
    for key, part in top.items():
        if not isinstance(part, Leaf) or part.null:
            top.wrong(key, "text_no_text", write(f'{key}: "…"'), key=key)
            continue
        if part.flag is not None:
            top.wrong(key, "text_flag_word", phrase("do.quotes"), key=key)
        found[key] = part.text.strip("\n")
        top.findings.mark(f"text/{language}/{key}", top.at(key))
    return found


def read_examples(top: Branch) -> Examples:
    """One examples/<language>.yaml: sentences per intent, names per slot value."""
    intents: Phrases = {}
    for intent, part in _entries(top, "intents"):
        known = all_intents(top.findings)
        if intent not in known:
            near = suggest(intent, known)
            top.findings.report(part.at(intent), "unknown_intent", near, intent=intent)
        intents[intent] = part.words(intent)
    values = {slot: _names(part, slot) for slot, part in _entries(top, "values")}
    statements = {slot: _names(part, slot) for slot, part in _entries(top, "statements")}
    branch = top.branch("synonyms")
    synonyms = {word: branch.words(word) for word in branch.names()} if branch else {}
    top.close()
    return Examples(intents=intents, values=values, statements=statements, synonyms=synonyms)


def _entries(top: Branch, key: str) -> Iterable[tuple[str, Branch]]:
    branch = top.branch(key)
    return [] if branch is None else [(name, branch) for name in branch.names()]


def _names(values: Branch, slot: str) -> Phrases:
    known = all_slots(values.findings)
    if slot not in known:
        values.wrong(slot, "unknown_slot", suggest(slot, known), slot=slot)
    inner = values.branch(slot)
    if inner is None:
        return {}
    allowed = [as_word(value) for value in values_of(values.findings, slot)]
    for value in inner.names():
        if allowed and value not in allowed:
            inner.wrong(value, "cannot_be", suggest(value, allowed), key=slot, value=value)
        if slot == "edition":
            inner.findings.mention("edition", value, inner.at(value))
    return {value: inner.words(value) for value in inner.names()}


def merge_examples(above: Examples | None, below: Examples) -> Examples:
    """Both together, the ones of `above` first."""
    first, second = above or _NOTHING, below
    return Examples(
        intents=_joined(first.intents, second.intents),
        values=_joined_slots(first.values, second.values),
        statements=_joined_slots(first.statements, second.statements),
        synonyms=_joined(first.synonyms, second.synonyms),
    )


_NOTHING = Examples(intents={}, values={})


def _joined_slots(
    first: Mapping[str, Phrases], second: Mapping[str, Phrases]
) -> dict[str, Phrases]:
    slots = dict.fromkeys((*first, *second))
    return {slot: _joined(first.get(slot, {}), second.get(slot, {})) for slot in slots}


def _joined(first: Mapping[str, tuple[str, ...]], second: Mapping[str, tuple[str, ...]]) -> Phrases:
    keys = dict.fromkeys((*first, *second))
    return {key: tuple(dict.fromkeys((*first.get(key, ()), *second.get(key, ())))) for key in keys}


def mark_templates(templates: Iterable[str], prefix: str, findings: Findings) -> None:
    for name in templates:
        findings.mark(f"template/{name}", Place(file=f"{prefix}templates/{name}.txt", line=1))
