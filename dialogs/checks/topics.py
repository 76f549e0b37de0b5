"""Questions, rules and routes: can each be asked, fire, be reached?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import msgspec

from dialogs.conditions import Facts, all_hold
from dialogs.folder.problems import Findings, Place, named
from dialogs.folder.values import NUMBERS, closed_values
from dialogs.folder.wording import Phrase, phrase
from dialogs.pack import Condition, Pack, Question
from dialogs.types import REASONS, Known, State, Value

MOST_COMBINATIONS = 20_000  # beyond this many a question counts as askable
BUTTONS = (2, 5)

# What must be asked somewhere, so that each of the four topics can be learned: any one of these.
_LEARNED_BY = (
    ("buyer", ("buyer_type",), 1),
    ("organisation", ("ownership",), 1),
    ("organisation", ("headcount", "own_servers", "city"), 2),
    ("contact", ("department", "authority"), 1),
    ("requirement", ("written_requirement",), 1),
)


def check_topics(pack: Pack, findings: Findings) -> None:
    for topic in pack.topics:
        place = findings.place(f"topic/{topic.id}", "topics.yaml")
        askable = [_check_question(question, findings) for question in topic.questions]
        if not any(askable):
            findings.report(place, "topic_never", topic=topic.id)
    _check_four(pack, findings)


def _check_four(pack: Pack, findings: Findings) -> None:
    asked = {question.slot for topic in pack.topics for question in topic.questions}
    for topic, slots, least in _LEARNED_BY:
        if pack.topics and len(asked & set(slots)) < least:
            place, names = Place(file="topics.yaml", line=0), ", ".join(slots)
            findings.report(place, "never_learned", topic=topic, n=least, names=names)


def _check_question(question: Question, findings: Findings) -> bool:
    """Can it be asked? Reports if not, and a wrong number of buttons."""
    place = findings.place(f"question/{question.slot}", "topics.yaml")
    low, high = BUTTONS
    buttons = len(question.options)
    needs = question.kind == "choice" or buttons > 0
    if needs and not low <= buttons <= high:
        slot = question.slot
        findings.report(place, "buttons", slot=slot, n=buttons, low=low, high=high)
    possible = can_hold(question.when, unknown=question.slot)
    if not possible:
        findings.report(place, "question_never", slot=question.slot)
    return possible


def can_hold(conditions: tuple[Condition, ...], unknown: str = "") -> bool:
    """Is there a prospect for whom all conditions hold, with the slot `unknown` still open?"""
    flat = [_counts_as_cues(condition) for condition in conditions]
    leaves = [leaf for condition in flat for leaf in _leaves(condition)]
    slots = sorted({leaf.slot for leaf in leaves if leaf.slot} - {unknown})
    intents = sorted({leaf.intent for leaf in leaves if leaf.intent})
    cues = sorted({leaf.cue for leaf in leaves if leaf.cue})
    choices = [_candidates(slot, leaves) for slot in slots]
    size = 2 ** (len(intents) + len(cues))
    for values in choices:
        size *= len(values)
    if size > MOST_COMBINATIONS:
        return True
    flags = [product((False, True), repeat=len(names)) for names in (intents, cues)]
    for values, said, cued in product(product(*choices), *flags):
        profile = {
            slot: Known(value=value, status="stated")
            for slot, value in zip(slots, values, strict=True)
            if value is not None
        }
        facts = Facts(
            state=State(profile=profile),
            intents=tuple(n for n, on in zip(intents, said, strict=True) if on),
            cues=tuple(n for n, on in zip(cues, cued, strict=True) if on),
        )
        if all_hold(flat, facts):
            return True
    return False


def _counts_as_cues(condition: Condition) -> Condition:
    """Counts can take any number, so each stands here as a flag that may be on or off."""
    if condition.count:
        return Condition(cue=f"{condition.count} {condition.op} {condition.value}")
    return msgspec.structs.replace(
        condition,
        all_of=tuple(_counts_as_cues(c) for c in condition.all_of),
        any_of=tuple(_counts_as_cues(c) for c in condition.any_of),
        none_of=tuple(_counts_as_cues(c) for c in condition.none_of),
    )


def _leaves(condition: Condition) -> Iterator[Condition]:
    inner = (*condition.all_of, *condition.any_of, *condition.none_of)
    if not inner:
        yield condition
    for each in inner:
        yield from _leaves(each)


def _candidates(slot: str, leaves: list[Condition]) -> tuple[Value | None, ...]:
    """Unknown, and every value that could make a difference."""
    closed = closed_values(slot)
    if closed:
        return (None, *closed)
    found: dict[Value | None, None] = {None: None, "any other value": None}
    for leaf in leaves:
        if leaf.slot != slot:
            continue
        if isinstance(leaf.value, tuple):
            found.update(dict.fromkeys(leaf.value))
        elif isinstance(leaf.value, int) and slot in NUMBERS:
            found.update({str(max(leaf.value - 1, 0)): None, str(leaf.value): None})
        elif isinstance(leaf.value, str):
            found[leaf.value] = None
    return tuple(found)


def check_edition_rules(pack: Pack, findings: Findings) -> None:
    file = "editions.yaml"
    rules = pack.edition_rules
    if pack.editions and (not rules or rules[-1].when):
        place = findings.place(f"rule/{rules[-1].id}" if rules else "", file)
        findings.report(place, "no_last_rule")
    for rule in rules[:-1]:
        if not rule.when:
            findings.report(findings.place(f"rule/{rule.id}", file), "rule_hides", rule=rule.id)
    for rule in rules:
        _check_holds(rule.when, f"rule/{rule.id}", named("rule", rule.id), findings)
    aims = {rule.edition for rule in rules}
    for edition in pack.editions:
        if edition.id not in aims:
            place = findings.place(f"edition/{edition.id}", file)
            findings.warn(place, "edition_unnamed", edition=edition.id)


def _check_holds(when: tuple[Condition, ...], at: str, part: Phrase, findings: Findings) -> None:
    if not can_hold(when):
        findings.report(findings.place(at), "never_holds", part=part)


def check_escalations(pack: Pack, findings: Findings) -> None:
    file = "rules.yaml"
    for number, rule in enumerate(pack.escalations):
        _check_holds(rule.when, f"escalation/{number}", named("rule", rule.reason), findings)
    present = {rule.reason for rule in pack.escalations}
    for reason in REASONS:
        if reason in present:
            continue
        place = Place(file=file, line=0)
        if reason == "person_requested":
            findings.report(place, "no_rule", reason=reason)
        else:
            findings.warn(place, "no_rule", reason=reason)
    for number, route in enumerate(pack.routes):
        if not route.when and number + 1 < len(pack.routes):
            findings.report(findings.place(f"route/{number}", file), "route_hides")
        to = phrase("part.route", to=route.to)
        _check_holds(route.when, f"route/{number}", to, findings)
