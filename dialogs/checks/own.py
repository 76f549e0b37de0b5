"""Own intents and slots: can they be understood, and does anything come of them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dialogs.folder.own import place_of
from dialogs.folder.problems import Findings
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
            findings.warn(
                place_of(findings, "intent", intent.id),
                f"intent `{intent.id}` has {count} examples in `{language}`",
                f"write 5 to 10 sentences that people type under `intents:` in"
                f" examples/{language}.yaml",
            )
    for slot in pack.own_slots:
        _check_slot(pack, slot, examples, findings)


def _check_intent(pack: Pack, intent: OwnIntent, findings: Findings) -> None:
    answered = intent.article or f"answer.own.{intent.id}" in pack.texts[pack.languages[0]]
    if not answered and intent.id not in set(_intents_in_rules(pack)):
        findings.report(
            place_of(findings, "intent", intent.id),
            f"nothing comes of intent `{intent.id}`",
            f"add the text `answer.own.{intent.id}`, name an `article`, or use it in rules.yaml",
        )


def _check_slot(pack: Pack, slot: OwnSlot, examples: Examples, findings: Findings) -> None:
    names, told = examples.values.get(slot.id, {}), examples.statements.get(slot.id, {})
    silent = [value for value in slot.values if not names.get(value) and not told.get(value)]
    if silent:
        findings.warn(
            place_of(findings, "slot", slot.id),
            f"slot `{slot.id}`: {', '.join(silent)} can be pressed, but not told in words",
            f"add names under `values:` or sentences under `statements:` in"
            f" examples/{pack.languages[0]}.yaml",
        )
    asked = pack.question(slot.id)
    if asked is not None and asked.kind != slot.kind:
        findings.report(
            findings.place(f"question/{slot.id}", "topics.yaml"),
            f"question `{slot.id}` is of kind {asked.kind}, its slot is a {slot.kind}",
            f"write `kind: {slot.kind}`",
        )


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
