"""Canned replies: read from the pack, checked, ordered for a lead and filled with its values."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from dialogs import texts as words
from dialogs.check import check
from dialogs.checks.replies import _GAP
from dialogs.loading import load
from dialogs.pack import Pack
from dialogs.replies import NAMES, Canned, Context, fill, suggest, values_of
from dialogs.types import Estimate, Known, State, Value
from tests.dialogs.pack_folders import DEMO, TODAY, copy_minimal

SATURDAY, MONDAY = 1_795_255_200_000, 1_795_428_000_000  # 2026-11-21 and 23, 10:00 UTC
GOOD = """replies:
  - id: greeting
    title: {zh: 问候, en: Hello there}
    when: [qualified]
    text:
      zh: "您好{% if name %}，{{ name }}{% endif %}！"
      en: "Hello{% if name %} {{ name }}{% endif %}!"
"""


@pytest.fixture(scope="module")
def demo() -> Pack:
    return load(DEMO)


def lead(language: str = "en", *reasons: str, **slots: Value) -> State:
    profile = {slot: Known(value=value, status="stated") for slot, value in slots.items()}
    return State(language=language, reasons=reasons, profile=profile)


def canned(pack: Pack, reply: str, language: str) -> Canned:
    return next(each for each in suggest(pack, State(), language) if each.id == reply)


# --- the folder ----------------------------------------------------------------------------------


def test_own_replies_stand_before_the_inherited_and_in_their_place(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    inherited = load(folder).replies
    assert len(inherited) >= 12
    (folder / "replies.yaml").write_text(GOOD)
    found = load(folder).replies
    assert found[0].title == {"zh": "问候", "en": "Hello there"}
    assert sorted(each.id for each in found) == sorted(each.id for each in inherited)


def test_what_staff_write_comes_before_the_folder(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "replies.yaml").write_text(GOOD)
    over = GOOD.replace("Hello there", "Good day").encode()
    assert load(folder, overlay={"replies.yaml": over}).replies[0].title["en"] == "Good day"


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("{{ name }}{% endif %}！", "{{ nmae }}{% endif %}！", 5, "uses `nmae`"),
        ("{{ name }}{% endif %}!", "{{ name }!", 5, "does not compile"),
        ("      zh: ", "      ru: ", 5, "missing in `zh`"),
        ("title: {zh: 问候, en: Hello there}", "title: {zh: 问候}", 3, "missing in `en`"),
        ("id: greeting", "id: Greeting!", 2, "cannot be an id"),
        ("id: greeting", "id: ''", 2, "`id`"),
        ("when: [qualified]", "when: [sunny]", 4, "cannot hold `sunny`"),
        ("    when:", "    whem:", 4, "unknown key `whem`"),
        ("replies:", "answers:", 1, "unknown key `answers`"),
        ("Hello{% if name %}", "{{ name.upper() }}{% if name.x.y %}", 5, "takes .x of name"),
        ("{{ name }}{% endif %}!", "{{ name }}{% endif %}{{ name % 9 }}!", 5, "counts with name"),
        ("{{ name }}{% endif %}!", "{{ 'a' * 10**10 }}{% endif %}!", 5, "holds mul"),
    ],
)
def test_every_mistake_has_its_place(
    tmp_path: Path, right: str, wrong: str, line: int, said: str
) -> None:
    folder = copy_minimal(tmp_path)
    assert GOOD.count(right) == 1
    (folder / "replies.yaml").write_text(GOOD.replace(right, wrong))
    found = [each for each in check(folder, TODAY) if each.file == "replies.yaml"]
    assert any(each.line == line and said in each.message for each in found), found


def test_two_replies_of_one_id(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "replies.yaml").write_text(GOOD + GOOD.removeprefix("replies:\n"))
    found = [each for each in check(folder, TODAY) if "stands twice" in each.message]
    assert [each.line for each in found] == [8]


def test_a_gap_where_nothing_is_known_is_a_warning(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "replies.yaml").write_text(
        GOOD.replace("{% if name %} {{ name }}{% endif %}", " {{ name }}")
    )
    found = [each for each in check(folder, TODAY) if "has a gap" in each.message]
    assert [(each.line, each.warning) for each in found] == [(5, True)]


# --- what fits, and with which words -------------------------------------------------------------


def test_replies_for_the_reasons_come_first_and_those_for_others_last(demo: Pack) -> None:
    state = lead("en", "existing_customer", "written_requirement")
    order = [each.id for each in suggest(demo, state, "en")]
    assert order[0] == "customer_again"
    assert order.index("requirement_here") < order.index("thanks") < order.index("question_open")
    assert sorted(order) == sorted(each.id for each in demo.replies)


def test_a_language_that_nobody_wrote_gets_the_first_one(demo: Pack) -> None:
    assert suggest(demo, State(), "fr") == suggest(demo, State(), demo.languages[0])


def known_lead(language: str) -> State:
    estimate = Estimate(
        edition="enterprise", rule="r", reason="", currency="EUR", low=490_000, high=990_000
    )
    state = lead(language, name="Ada Weiss", company="Nordlicht")
    return State(language=language, profile=state.profile, estimate=estimate)


def test_every_value(demo: Pack) -> None:
    context = Context(staff="Anna", now=SATURDAY)
    found = values_of(words.of(demo), known_lead("en"), "en", context)
    assert tuple(found) == NAMES
    assert found == {
        "name": "Ada Weiss", "customer": "Nordlicht", "edition": "Enterprise",
        "price": "€4,900 to €9,900", "staff": "Anna", "opening": "Monday 23 November 09:00",
    }  # fmt: skip
    assert values_of(words.of(demo), State(), "en", Context()) == dict.fromkeys(NAMES, "")
    open_now = values_of(words.of(demo), State(), "en", Context(now=MONDAY))
    assert open_now["opening"] == ""


def test_an_edition_that_is_gone_and_words_of_the_prospect_are_only_values(demo: Pack) -> None:
    state = lead("en", name="{{ 7 * 7 }}{% if", edition="retired")
    texts, reply = words.of(demo), canned(demo, "greeting", "en")
    filled = fill(texts, reply, state, "en", Context())
    assert "{{ 7 * 7 }}{% if" in filled
    assert values_of(texts, state, "en", Context())["edition"] == ""


LANGUAGES = ("en", "zh", "ru", "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reply_reads_well_whatever_is_known(demo: Pack, language: str) -> None:
    texts, full = words.of(demo), known_lead(language)
    for reply, name, customer, estimate, staff, now in product(
        suggest(demo, State(), language), (0, 1), (0, 1), (0, 1), ("", "Anna"), (0, SATURDAY)
    ):
        profile = dict(full.profile)
        if not name:
            profile.pop("name")
        if not customer:
            profile.pop("company")
        state = State(profile=profile, estimate=full.estimate if estimate else None)
        filled = fill(texts, reply, state, language, Context(staff=staff, now=now))
        assert not _GAP.search(filled), (reply.id, filled)
        assert filled[-1] in ".?!。？！" or filled.endswith(".example")
        assert "{" not in filled
