"""Reads company.yaml, topics.yaml, editions.yaml and rules.yaml into the pack's structs."""

from __future__ import annotations

import re
from typing import get_args

from dialogs.folder.conditions import read_conditions, see_value
from dialogs.folder.own import all_slots
from dialogs.folder.problems import add, inside, named, suggest, write
from dialogs.folder.values import DONT_KNOW, FLAGS, RETENTION
from dialogs.folder.working_days import read_holidays, read_hours
from dialogs.folder.yaml_lines import Branch, Leaf, Part
from dialogs.pack import (
    Company,
    Edition,
    EditionRule,
    EscalationRule,
    Option,
    Person,
    Question,
    QuestionKind,
    Route,
    Target,
    Topic,
)
from dialogs.types import REASONS, Struct, Value

KINDS = get_args(QuestionKind)
QUEUES = ("presales", "aftersales")
URGENCIES = ("urgent", "high", "normal")
DEFAULT_TARGET = "default"
_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000}
_SPAN = re.compile(r"(\d{1,5})([smh])")


def read_company(top: Branch) -> Company:
    languages = top.words("languages")
    if not languages:
        top.wrong("languages", "no_languages", write("languages: [en]"))
    currencies = top.words("currencies")
    if not currencies:
        top.wrong("currencies", "no_currencies", write("currencies: [EUR]"))
    for key in ("languages", "currencies", "time_zone", "hours", "country_currency"):
        top.findings.mark(f"company/{key}", top.at(key))
    people = tuple(_person(branch) for branch in top.branches("people", "person"))
    company = Company(
        name=top.by_language("name", languages, plain=True),
        assistant=top.by_language("assistant", languages, plain=True),
        languages=languages,
        time_zone=top.text("time_zone"),
        hours=read_hours(top),
        currencies=currencies,
        country_currency=_country_currency(top, currencies),
        language_currency=_language_currency(top, languages, currencies),
        retention_days=_retention(top),
        people=people,
        on_call=_on_call(top, people),
        website=top.text("website", ""),
        holidays=read_holidays(top),
    )
    top.close()
    return company


def _on_call(top: Branch, people: tuple[Person, ...]) -> tuple[str, ...]:
    """Who is rung for, in order: names of people."""
    known = [person.name for person in people]
    names = top.words("on_call")
    for name in dict.fromkeys(names):
        if name not in known:
            top.wrong("on_call", "on_call_unknown", suggest(name, known), name=name)
        elif names.count(name) > 1:
            top.wrong("on_call", "on_call_twice", name=name)
    if top.get("on_call") == []:
        top.wrong("on_call", "on_call_empty")
    return names


def _country_currency(top: Branch, currencies: tuple[str, ...]) -> dict[str, str]:
    branch = top.branch("country_currency")
    if branch is None:
        return {}
    return {country: branch.word(country, currencies) for country in branch.names()}


def _language_currency(
    top: Branch, languages: tuple[str, ...], currencies: tuple[str, ...]
) -> dict[str, str]:
    """The currency shown to who speaks a language, while their city is not known; optional."""
    branch = top.branch("language_currency")
    if branch is None:
        return {}
    for language in branch.names():
        if language not in languages:
            near = suggest(language, languages)
            branch.wrong(language, "unknown_language", near, language=language)
    return {each: branch.word(each, currencies) for each in branch.names()}


def _retention(top: Branch) -> dict[str, int]:
    branch = top.branch("retention_days")
    if branch is None:
        shape = write("retention_days: {default: 365}")
        top.wrong("retention_days", "key_missing", shape, key="retention_days")
        return {}
    days = {name: branch.number(name) for name in RETENTION if branch.has(name)}
    if "default" not in days:
        branch.wrong("default", "key_missing", add("default: 365"), key="default")
    branch.close()
    return days


def _person(branch: Branch) -> Person:
    person = Person(
        name=branch.text("name"),
        role=branch.text("role"),
        languages=branch.words("languages"),
        team=branch.text("team", ""),
        hours=read_hours(branch, needed=False),
        time_zone=branch.text("time_zone", ""),
        capacity=branch.number("capacity", 0),
        deputy=branch.text("deputy", ""),
        expertise=branch.words("expertise"),
        holidays=read_holidays(branch),
    )
    if person.time_zone:
        branch.findings.mark(f"person/{person.name}/time_zone", branch.at("time_zone"))
    if person.deputy:
        branch.findings.mention("person", person.deputy, branch.at("deputy"))
    branch.close()
    return person


def read_topics(top: Branch) -> tuple[Topic, ...]:
    topics = tuple(_topic(branch) for branch in top.branches("topics", "topic"))
    if not topics:
        top.wrong("topics", "no_topics")
    top.close()
    return topics


def _topic(branch: Branch) -> Topic:
    name = branch.text("id")
    branch.call("topic", name)
    branch.findings.declare("topic", name, branch.place)
    topic = Topic(
        id=name,
        engaged_only=branch.flag("engaged_only"),
        questions=tuple(_question(found) for found in branch.branches("questions", "question")),
    )
    branch.close()
    return topic


def _question(branch: Branch) -> Question:
    slot = branch.word("slot", all_slots(branch.findings))
    branch.call("question", slot)
    branch.findings.declare("question", slot, branch.place)
    kind = branch.word("kind", KINDS)
    options = branch.branches("options", "option")
    question = Question(
        slot=slot,
        kind=kind if kind in KINDS else "text",  # type: ignore[arg-type]
        options=tuple(_option(found, slot) for found in options),
        when=read_conditions(branch),
        weight=branch.number("weight", 0),
    )
    branch.close()
    return question


def _option(branch: Branch, slot: str) -> Option:
    value = branch.text("value") if not _is_flag(branch.get("value")) else _flag_word(branch)
    branch.part = inside(named("question", slot), named("option", value))
    branch.findings.declare("option", value, branch.place, slot)
    sets = _sets(branch, slot, value)
    branch.close()
    return Option(value=value, sets=sets)


def _is_flag(part: Part | None) -> bool:
    return isinstance(part, Leaf) and part.flag is not None


def _flag_word(branch: Branch) -> str:
    return "true" if branch.flag("value") else "false"


def _own_value(slot: str, value: str) -> Value:
    return value == "true" if slot in FLAGS and value in ("true", "false") else value


def _sets(branch: Branch, slot: str, value: str) -> dict[str, Value]:
    """Slots that the option fills: those that it names, else the question's own."""
    inner = branch.branch("sets")
    if inner is None:
        if value == DONT_KNOW or slot not in all_slots(branch.findings):
            return {}
        own = _own_value(slot, value)
        see_value(branch.findings, branch.at("value"), slot, own)
        return {slot: own}
    found: dict[str, Value] = {}
    for name, part in inner.items():
        if not isinstance(part, Leaf):
            inner.wrong(name, "not_one_value", write(f"{name}: value"), key=name)
        elif name not in all_slots(branch.findings):
            known = all_slots(branch.findings)
            inner.wrong(name, "unknown_slot", suggest(name, known), slot=name)
        else:
            found[name] = part.flag if part.flag is not None else part.text
            see_value(inner.findings, part.place, name, found[name])
    return found


def read_editions(
    top: Branch, languages: tuple[str, ...]
) -> tuple[tuple[Edition, ...], tuple[EditionRule, ...]]:
    editions = tuple(_edition(found, languages) for found in top.branches("editions", "edition"))
    rules = tuple(_edition_rule(found, languages) for found in top.branches("rules", "rule"))
    if not editions:
        top.wrong("editions", "no_editions")
    top.close()
    return editions, rules


def _edition(branch: Branch, languages: tuple[str, ...]) -> Edition:
    name = branch.text("id")
    branch.call("edition", name)
    branch.findings.declare("edition", name, branch.place)
    edition = Edition(
        id=name,
        name=branch.by_language("name", languages, plain=True),
        summary=branch.by_language("summary", languages),
        features=branch.per_language("features", languages, _lines),
        limits=_limits(branch),
        needs_server=branch.flag("needs_server"),
    )
    branch.close()
    return edition


def _lines(part: Part) -> tuple[str, ...] | None:
    if not isinstance(part, list):
        return None
    return tuple(leaf.text for leaf in part if isinstance(leaf, Leaf) and leaf.text)


def _limits(branch: Branch) -> dict[str, int]:
    inner = branch.branch("limits")
    return {} if inner is None else {key: inner.number(key) for key in inner.names()}


def _edition_rule(branch: Branch, languages: tuple[str, ...]) -> EditionRule:
    name = branch.text("id")
    branch.call("rule", name)
    branch.findings.declare("rule", name, branch.place)
    edition = branch.text("edition")
    branch.findings.mention("edition", edition, branch.at("edition"))
    rule = EditionRule(
        id=name,
        edition=edition,
        when=read_conditions(branch),
        reason=branch.by_language("reason", languages),
    )
    branch.close()
    return rule


class Rules(Struct):
    """What rules.yaml holds."""

    escalations: tuple[EscalationRule, ...] = ()
    routes: tuple[Route, ...] = ()
    targets: tuple[Target, ...] = ()


def read_rules(top: Branch) -> Rules:
    found = Rules(
        escalations=tuple(
            _escalation(b, n) for n, b in enumerate(top.branches("escalation", "rule"))
        ),
        routes=tuple(_route(each, n) for n, each in enumerate(top.branches("routes", "route"))),
        targets=_targets(top),
    )
    top.close()
    return found


def _targets(top: Branch) -> tuple[Target, ...]:
    """Service times by the reason of the escalation; a pack that brings some brings a default."""
    branch = top.branch("targets")
    if branch is None:
        return ()
    names = branch.names()
    found = tuple(_target(branch, name) for name in names)
    if DEFAULT_TARGET not in names:
        shape = add(f"{DEFAULT_TARGET}: {{first: 2h, next: 4h}}")
        branch.wrong(DEFAULT_TARGET, "key_missing", shape, key=DEFAULT_TARGET)
    return tuple(each for each in found if each is not None)


def _target(top: Branch, name: str) -> Target | None:
    known = (*REASONS, DEFAULT_TARGET)
    branch = top.branch(name)
    if name not in known:
        top.wrong(name, "unknown_reason", suggest(name, known), reason=name)
        return None
    if branch is None:
        return None
    target = Target(reason=name, first=_span(branch, "first"), next=_span(branch, "next"))
    branch.close()
    return target


def _span(branch: Branch, key: str) -> int:
    """A duration such as 90s, 5m, 2h, in ms."""
    words = branch.text(key)
    found = _SPAN.fullmatch(words)
    if found is not None and int(found[1]):
        return int(found[1]) * _UNITS[found[2]]
    if words:
        branch.wrong(key, "not_span", key=key, words=words)
    return 0


def _escalation(branch: Branch, number: int) -> EscalationRule:
    reason = branch.word("reason", REASONS)
    branch.call("rule", reason)
    branch.findings.mark(f"escalation/{number}", branch.place)
    queue, urgency = branch.word("queue", QUEUES, ""), branch.word("urgency", URGENCIES, "")
    rule = EscalationRule(
        reason=reason,
        when=read_conditions(branch),
        queue="aftersales" if queue == "aftersales" else "presales",
        urgency=urgency if urgency in URGENCIES else "normal",  # type: ignore[arg-type]
        in_price_only=branch.flag("in_price_only"),
    )
    if not rule.when:
        branch.wrong("when", "always_fires", add("when:"))
    branch.close()
    return rule


def _route(branch: Branch, number: int) -> Route:
    branch.findings.mark(f"route/{number}", branch.place)
    route = Route(when=read_conditions(branch), to=branch.text("to"))
    branch.findings.mention("person_or_team", route.to, branch.at("to"))
    branch.close()
    return route
