"""Own intents and slots: can they be understood, and does anything come of them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dialogs.folder.own import place_of
from dialogs.folder.problems import Findings, write
from dialogs.pack import Condition, Examples, OwnIntent, OwnSlot, Pack

EXAMPLES_LEAST = 5  # sentences of an own intent
_NOTHING = Examples(intents={}, values={})


def check_own(pack: Pack, findings: Findings) -> None:
    language = pack.languages[0]
    examples = pack.examples.get(language, _NOTHING)
    for intent in pack.own_intents:
        _check_intent(pack, intent, findings)
        count = len(examples.intents.get(intent.id, ()))
        if count < EXAMPLES_LEAST:
            place = place_of(findings, "intent", intent.id)
            findings.warn(place, "few_examples", intent=intent.id, n=count, language=language)
    for slot in pack.own_slots:
        _check_slot(pack, slot, examples, findings)


def _check_intent(pack: Pack, intent: OwnIntent, findings: Findings) -> None:
    answered = intent.article or f"answer.own.{intent.id}" in pack.texts[pack.languages[0]]
    if not answered and intent.id not in set(_intents_in_rules(pack)):
        place = place_of(findings, "intent", intent.id)
        findings.report(place, "intent_idle", intent=intent.id)


def _check_slot(pack: Pack, slot: OwnSlot, examples: Examples, findings: Findings) -> None:
    names, told = examples.values.get(slot.id, {}), examples.statements.get(slot.id, {})
    silent = [value for value in slot.values if not names.get(value) and not told.get(value)]
    if silent:
        place, language = place_of(findings, "slot", slot.id), pack.languages[0]
        values = ", ".join(silent)
        findings.warn(place, "values_untold", slot=slot.id, values=values, language=language)
    asked = pack.question(slot.id)
    if asked is not None and asked.kind != slot.kind:
        place, right = findings.place(f"question/{slot.id}", "topics.yaml"), slot.kind
        shape = write(f"kind: {right}")
        findings.report(place, "other_kind", shape, slot=slot.id, asked=asked.kind, kind=right)


def _intents_in_rules(pack: Pack) -> Iterator[str]:
    for rule in pack.escalations:
        yield from _intents_of(rule.when)
    for route in pack.routes:
        yield from _intents_of(route.when)


def _intents_of(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        if condition.intent:
            yield condition.intent
        yield from _intents_of((*condition.all_of, *condition.any_of, *condition.none_of))
