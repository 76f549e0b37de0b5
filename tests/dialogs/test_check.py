"""Every mistake in a pack is found, with its file, its line and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dialogs.brief import Brief, BriefLine
from dialogs.brief_text import write_brief
from dialogs.check import check, render
from dialogs.folder.problems import Problem
from dialogs.loading import load
from dialogs.texts import of as texts_of
from tests.dialogs.pack_folders import DEMO, MINIMAL, TODAY, copy_minimal, edit

Mistake = tuple[str, str, str, str, str]  # file, what stands there, what is put, message, remedy

# Each is put into the small pack by itself, and (where they leave each other alone) all at once.
FORM: tuple[Mistake, ...] = (
    ("company.yaml", "time_zone:", "timezone:", "unknown key `timezone`", "`time_zone`"),
    ("company.yaml", "Asia/Shanghai", "Asia/Nowhere", "no time zone `Asia/Nowhere`", "Europe/"),
    ("company.yaml", "[zh, en] ", "[zh, english] ", "no language `english`", "two letters"),
    ("company.yaml", '"09:00-18:00", tue', '"nine", tue', "`mon` is not a span", '"09:00-17:00"'),
    ("company.yaml", '"09:00-18:00", tue', '"18:00-09:00", tue', "not a span", '"09:00-17:00"'),
    ("company.yaml", "{default: 365,", "{open: 365,", "`default` is missing", "default: 365"),
    ("company.yaml", "FR: EUR", "FR: GBP", "`FR` cannot be `GBP`", "CNY, EUR"),
    ("company.yaml", "FR: EUR", "XX: EUR", "no country `XX`", "two capital letters"),
    ("company.yaml", "[CNY, EUR] ", "[CNY, EUR, XXZ] ", "no currency `XXZ`", "did you mean"),
    ("topics.yaml", "slot: need", "slot: needs", "`slot` cannot be `needs`", "`need`"),
    ("topics.yaml", "kind: place", "kind: plaza", "`kind` cannot be `plaza`", "`place`"),
    ("topics.yaml", "{value: private}", "{value: privat}", "cannot be `privat`", "`private`"),
    ("topics.yaml", "department: management", "departement: it", "slot `departement`", "`departm"),
    ("topics.yaml", "department: management", "department: boss", "cannot be `boss`", "use one of"),
    ("topics.yaml", '"true"}, ', "yes}, ", "unquoted word `yes`", '"yes" in quotes'),
    ("topics.yaml", '"true"}, {value: "false"}', '"true"}', "has 1 button", "2 to 5"),
    (
        "topics.yaml",
        "{value: office}, {value: guests}",
        "{value: office}, {value: a}, {value: b}, {value: c}, {value: guests}",
        "has 6 buttons",
        "2 to 5",
    ),
    ("topics.yaml", "- id: buyer", "- id: need", "topic `need` stands twice", "rename"),
    ("topics.yaml", "slot: city", "slot: headcount", "question `headcount` stands twice", "remove"),
    ("topics.yaml", "weight: 20", "wait: 20", "unknown key `wait`", "`weight`"),
    ("editions.yaml", "id: bar\n", "id: counter\n", "edition `counter` stands twice", "rename"),
    ("editions.yaml", "zh: 一台小巧的咖啡机，适合小团队。", "", "missing in `zh`", "zh: …"),
    ("editions.yaml", "edition: bar\n", "edition: barr\n", "no edition `barr`", "`bar`"),
    ("editions.yaml", "at_least: 50", "atleast: 50", "exactly one operator", "at_least"),
    ("editions.yaml", "slot: headcount, at", "slot: city, at", "`city` is no number", "headcount"),
    ("editions.yaml", "at_least: 50", "at_least: many", "must be a whole number", ": 10"),
    ("editions.yaml", "{cups: 300}", "{cups: -1}", "must be a whole number", ": 10"),
    ("editions.yaml", "needs_server: false\n  -", "needs_server: No\n  -", "unquoted word", "true"),
    ("rules.yaml", "to: rental", "to: rentals", "no person or team `rentals`", "`rental`"),
    ("prices.csv", "tier_slot", "tier", "`tier_slot` is missing", "first line"),
    ("prices.csv", "CNY,68000", "CNY,680.00", "whole number, not `680.00`", "minor units"),
    ("prices.csv", "month,,,,EUR", "weekly,,,,EUR", "`unit` cannot be `weekly`", "once, month"),
    ("prices.csv", "200,,EUR", "150,,EUR", "an overlap", "one above"),
    ("prices.csv", "200,,EUR", "201,,EUR", "no price from 200 to 200", "begin this tier at 200"),
    ("prices.csv", "0,199,EUR", "9,199,EUR", "no price below 9", "0 or 1"),
    ("prices.csv", "200,,EUR", "200,500,EUR", "no price above 500", "empty"),
    ("prices.csv", "200,,EUR", "300,200,EUR", "below its start", "tier_max"),
    ("prices.csv", "month,,,,EUR", "month,,,,USD", "USD, which company.yaml", "currencies"),
    ("prices.csv", "counter+bar\ndelivery", "counter+bra\ndelivery", "no edition `bra`", "`bar`"),
    ("prices.csv", "EUR,4000,2026-01-01", "EUR,4000,01/01/26", "`valid_from` is no date", "2026-"),
    ("documents/index.yaml", "file: brochure-zh.md", "file: gone.md", "not there", "put it at"),
    ("documents/index.yaml", "file: brochure-zh.md", "file: ../x.md", "leads out", "below docum"),
    ("documents/index.yaml", "checksum: 7f", "checksum: 00", "not the file", "is right, write"),
    ("knowledge/en/beans.md", "visibility: public", "visibility: all", "cannot be `all`", "public"),
    ("knowledge/en/beans.md", "---\nid", "id", "no front matter", "begin with a line ---"),
    ("examples/en.yaml", "  need:", "  needs:", "unknown slot `needs`", "`need`"),
    ("examples/en.yaml", "    bar:", "    barr:", "no edition `barr`", "`bar`"),
    ("examples/en.yaml", "values:", "intents: {ask_prize: [x]}\nvalues:", "prize`", "price`"),
    ("texts/en.yaml", "Our guests", "Our {{ gests }}", "uses `gests`", "use one of: assistant"),
    ("texts/en.yaml", "Our guests", "Our {{ guests", "does not compile", "braces"),
    ("texts/en.yaml", "Our guests", "'{{ 5 | euros }}'", "does not compile", "braces"),
    ("texts/en.yaml", "Our guests", "No", "unquoted word `No`", '"No" in quotes'),
    ("texts/en.yaml", "Our guests", "[1, 2]", "is no text", '…"'),
    (
        "texts/zh.yaml",
        "自己的员工",
        "123456789:AAabcdefghijklmnopqrstuvwxyz0123456",
        "looks like a Telegram bot token",
        "never in a pack",
    ),
    ("company.yaml", "people:", "website: https://a:b1@c.example\npeople:", "password", "environm"),
)  # fmt: skip


def found(problems: list[Problem], file: str, message: str) -> list[Problem]:
    return [p for p in problems if p.file == file and message in p.message]


@pytest.mark.parametrize("mistake", FORM, ids=[f"{m[0]}: {m[3]}" for m in FORM])
def test_a_mistake_is_told_with_line_and_remedy(tmp_path: Path, mistake: Mistake) -> None:
    file, old, new, message, remedy = mistake
    folder = copy_minimal(tmp_path)
    line = edit(folder, file, old, new)
    problems = found(check(folder, TODAY), file, message)
    assert problems, render(check(folder, TODAY))
    assert any(remedy in problem.remedy for problem in problems), problems
    assert not any(problem.warning for problem in problems)
    near = abs(problems[0].line - line)
    assert near <= 2, f"told in line {problems[0].line}, stands in line {line}"


def test_the_packs_that_are_shipped_have_no_mistake() -> None:
    for folder in (MINIMAL, DEMO):
        errors = [problem for problem in check(folder, TODAY) if not problem.warning]
        assert errors == [], render(errors)


def test_a_pack_with_many_mistakes_tells_them_all_at_once(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    wanted = []
    for mistake in _apart(FORM):
        file, old, new, message, _ = mistake
        wanted.append((file, edit(folder, file, old, new), message))
    problems = check(folder, TODAY)
    missed = [
        (file, line, message)
        for file, line, message in wanted
        if not any(abs(p.line - line) <= 2 for p in found(problems, file, message))
    ]
    assert len(wanted) >= 15
    assert missed == [], render(problems)
    assert all(problem.message and problem.remedy for problem in problems)
    text = render(problems)
    assert text.count("\n") + 1 >= 2 * len(wanted)
    assert "rules.yaml:2: error: there is no person or team `rentals`\n    did you mean" in text


def _apart(mistakes: tuple[Mistake, ...]) -> list[Mistake]:
    """Mistakes that can stand in one pack: on lines of their own, and none that hides another."""
    hiding = ("missing", "front matter", "no language", "unknown key", "does not compile")
    kept: list[Mistake] = []
    lines: set[tuple[str, int]] = set()
    for mistake in mistakes:
        file, old = mistake[:2]
        text = (MINIMAL / file).read_text()
        line = text[: text.index(old)].count("\n")
        alone = all((file, line + step) not in lines for step in (-1, 0, 1))
        if alone and "\n" not in mistake[2] and not any(word in mistake[3] for word in hiding):
            lines.add((file, line))
            kept.append(mistake)
    return kept


def test_a_topic_that_can_never_be_asked(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    line = edit(
        folder,
        "topics.yaml",
        "  - id: requirement\n    questions:\n      - slot: written_requirement\n",
        "  - id: requirement\n    questions:\n      - slot: written_requirement\n"
        "        when: [{slot: buyer_type, is: individual}, {slot: ownership, known: true},"
        " {none: [{slot: buyer_type, is: individual}]}]\n",
    )
    problems = check(folder)
    (topic,) = found(problems, "topics.yaml", "topic `requirement` can never be asked")
    assert topic.line == line
    assert found(problems, "topics.yaml", "question `written_requirement` can never be asked")


@pytest.mark.parametrize(
    ("when", "askable"),
    [
        ("{slot: city, known: true}", False),  # asked only while the city is unknown
        ("{slot: city, is: Munich}", False),
        ("{slot: headcount, at_least: 50}, {slot: headcount, below: 50}", False),
        ("{slot: headcount, at_least: 50}, {slot: headcount, below: 51}", True),
        ("{slot: department, in: [it, rnd]}, {slot: department, is_not: it}", True),
        ("{slot: department, in: [it]}, {slot: department, is_not: it}", False),
        ("{any: [{intent: ask_price}, {cue: legal}]}, {none: [{intent: ask_price}]}", True),
        ("{intent: ask_price}, {none: [{intent: ask_price}]}", False),
        ("{all: [{count: turns, at_least: 3}, {slot: need, is_not: x}]}", True),
    ],
)
def test_what_can_hold(tmp_path: Path, when: str, askable: bool) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "topics.yaml", "kind: place, weight: 20}", f"kind: place, when: [{when}]}}")
    told = found(check(folder), "topics.yaml", "question `city` can never be asked")
    assert bool(told) is not askable


def test_first_contact_must_be_able_to_learn_the_four_topics(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    text = (folder / "topics.yaml").read_text()
    (folder / "topics.yaml").write_text(text[: text.index("  - id: contact")])
    messages = [problem.message for problem in check(folder)]
    assert "first contact could never learn `contact`" in messages
    assert "first contact could never learn `requirement`" in messages
    assert "first contact could never learn `buyer`" not in messages


def test_rules_that_are_never_reached(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    edit(
        folder,
        "editions.yaml",
        "when: [{any: [{slot: headcount, at_least: 50}, {slot: need, is: events}]}]",
        "when: []",
    )
    edit(folder, "rules.yaml", "  - {when: []", "  - {when: [], to: 沈一诺}\n  - {when: []")
    problems = check(folder)
    assert found(problems, "editions.yaml", "rule `busy` always holds")
    assert found(problems, "rules.yaml", "this route always holds")


def test_escalation_rules_stay_in_the_closed_set(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    rule = "escalation:\n  - {reason: high_score, when: [{count: turns, at_least: 9}]}\n"
    line = edit(folder, "rules.yaml", "routes:", rule + "routes:")
    problems = check(folder)
    (closed,) = found(problems, "rules.yaml", "`reason` cannot be `high_score`")
    assert closed.line == line + 1
    assert "person_requested" in closed.remedy
    (person,) = found(problems, "rules.yaml", "no rule brings in a human for `person_requested`")
    assert not person.warning


def test_conditions_name_known_things(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    rules = """escalation:
  - reason: person_requested
    when:
      - {intent: talk_to_humans}
      - {cue: discounts}
      - {count: topic_learned, at_least: 3}
      - {slot: buyer_type, is: firm}
      - {slot: buyer_type, is: enterprise, intent: stop}
      - {slot: need, equals: x}
      - {count: topics_learned, at_least: 5}
      - {some: [{intent: stop}]}
"""
    line = edit(folder, "rules.yaml", "routes:", rules + "routes:") + 3
    told = {p.line: p.message for p in check(folder) if p.file == "rules.yaml" and p.line}
    wanted = (
        "`intent` cannot be `talk_to_humans`",
        "`cue` cannot be `discounts`",
        "`count` cannot be `topic_learned`",
        "`buyer_type` cannot be `firm`",
        "names slot and intent",
        "unknown operator `equals`",
        "never 5",
        "names no subject",
    )
    for number, message in enumerate(wanted):
        assert message in told[line + number]


def test_missing_texts_name_who_needs_them(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "texts/en.yaml", "option.need.events: Visitors of an event\n", "")
    edit(folder, "topics.yaml", "{value: guests}", "{value: visitors}")
    problems = check(folder)
    (half,) = found(problems, "texts/en.yaml", "`option.need.events` is missing in `en`")
    assert "button `events`" in half.message
    for language in ("en", "zh"):
        file = f"texts/{language}.yaml"
        assert found(problems, file, "`option.need.visitors` is missing")
        (unused,) = found(problems, file, "nobody asks for the text `option.need.guests`")
        assert unused.warning


def test_a_language_without_any_texts_is_one_problem(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "company.yaml", "languages: [zh, en]  ", "languages: [zh, en, pt]  ")
    (missing,) = found(check(folder), "texts/pt.yaml", "texts are missing in `pt`")
    assert "translate" in missing.remedy


def test_templates_compile_and_use_known_names(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "templates").mkdir()
    brief = folder / "templates" / "brief.txt"
    brief.write_text("{{ company }}\n\n{{ nonsense }}\n")
    (problem,) = found(check(folder), "templates/brief.txt", "uses `nonsense`")
    assert problem.line == 3
    brief.write_text("one\n{% if %}\n")
    (problem,) = found(check(folder), "templates/brief.txt", "does not compile")
    assert problem.line == 2
    brief.write_text("{% for fact in facts %}{{ fact.colour }}{% endfor %}\n")
    (problem,) = found(check(folder), "templates/brief.txt", "cannot be filled in")
    assert "colour" in problem.message
    brief.write_text("{{ headline }}{% for fact in facts %} / {{ fact.label }}{% endfor %}\n")
    assert not [each for each in check(folder) if each.file == "templates/brief.txt"]


def test_the_brief_is_written_by_the_companys_own_template(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "templates").mkdir()
    source = "{{ company }}: {{ headline }}{% for fact in facts %} / {{ fact.text }}{% endfor %}"
    (folder / "templates" / "brief.txt").write_text(source)
    pack = load(folder, TODAY)
    made = Brief(headline="Wants to buy", lines=(BriefLine(section="who", label="C", text="Graz"),))
    assert write_brief(texts_of(pack), made, "en") == "Crema Yard: Wants to buy / Graz"


def test_dates_count_only_against_a_given_day(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    late = date(2028, 1, 1)
    assert [p for p in check(folder) if not p.warning] == []
    problems = check(folder, late)
    prices = found(problems, "prices.csv", "expired on 2027-12-31")
    assert {p.line for p in prices} >= {2, 3}
    papers = found(problems, "documents/index.yaml", "expired on 2027-12-31")
    assert [(p.line, p.warning) for p in papers] == [(2, False), (13, False)]
    assert found(check(folder, date(2025, 1, 1)), "prices.csv", "no price before 2026-01-01")


def test_an_expired_document_with_a_successor_is_a_warning(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    index = folder / "documents" / "index.yaml"
    text = index.read_text()
    entry = text[text.index("  - id: brochure-en") : text.index("  - id: brochure-zh")]
    index.write_text(text + entry.replace("id: brochure-en", "id: old-en").replace("2027", "2026"))
    (old,) = found(check(folder, date(2027, 6, 1)), "documents/index.yaml", "`old-en` expired")
    assert old.warning


def test_a_gap_in_time(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    row = (
        "counter,edition,Counter rental,台式款租金,month,,,,EUR,8900,2026-01-01,2027-12-31,2026-1,"
    )
    later = row.replace("2026-01-01,2027-12-31", "2028-02-01,2028-12-31")
    line = edit(folder, "prices.csv", row, row + "\n" + later)
    (gap,) = found(check(folder), "prices.csv", "no price after 2027-12-31 and before 2028-02-01")
    assert gap.line == line + 1


def test_a_currency_or_an_edition_without_a_price(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    path = folder / "prices.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(x for x in lines if "counter,edition" not in x and ",EUR,4" not in x))
    problems = check(folder)
    assert found(problems, "editions.yaml", "edition `counter` has no price")
    assert found(problems, "prices.csv", "delivery (once) has no price in EUR")


def test_what_is_missing_in_a_language_is_a_warning(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "knowledge" / "zh" / "beans.md").unlink()
    index = folder / "documents" / "index.yaml"
    text = index.read_text()
    index.write_text(text[: text.index("  - id: brochure-zh")])
    problems = check(folder)
    (article,) = found(problems, "knowledge/en/beans.md", "`beans` is missing in `zh`")
    (paper,) = found(problems, "documents/index.yaml", "`brochure` is missing in `zh`")
    assert article.warning
    assert paper.warning
    assert not [problem for problem in problems if not problem.warning]


def test_files_that_nobody_reads(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "topic.yaml").write_text("topics: []\n")
    (folder / "texts" / "fr.yaml").write_text("greeting: Bonjour\n")
    (folder / "knowledge" / "loose.md").write_text("x")
    (folder / "document").mkdir()
    (folder / "document" / "a.md").write_text("x")
    (folder / ".hidden").write_text("x")
    told = {(p.file, p.remedy) for p in check(folder) if not p.warning}
    assert ("topic.yaml", "did you mean `topics.yaml`?") in told
    assert ("document/a.md", "did you mean `documents`?") in told
    assert {"texts/fr.yaml", "knowledge/loose.md"} <= {file for file, _ in told}
    assert ".hidden" not in {file for file, _ in told}


def test_a_secret_is_not_repeated(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "documents" / "note.md").write_text("hello\napi_key: q9w8e7r6t5y4u3i2\n")
    (problem,) = found(check(folder), "documents/note.md", "looks like a password or key")
    assert problem.line == 2
    assert "q9w8" not in render([problem])


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "texts" / "en.yaml").write_bytes(b"ask.need: caf\xe9\n")
    (problem,) = found(check(folder), "texts/en.yaml", "not UTF-8")
    assert problem.line == 1


def test_one_broken_file_does_not_make_mistakes_of_the_others(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "editions.yaml").write_text("editions: [\n")
    assert [p.file for p in check(folder, TODAY) if not p.warning] == ["editions.yaml"]


def test_a_price_whose_rows_disagree_on_the_tier(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    line = edit(folder, "prices.csv", "month,headcount,200,,EUR", "month,budget,200,,EUR")
    (problem,) = found(check(folder), "prices.csv", "tiers of different slots")
    assert abs(problem.line - line) <= 1
