"""Intents and slots that a company adds in its pack: declared, checked, understood, talked with."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dialogs.brief import brief
from dialogs.check import check
from dialogs.consultation import advance, start
from dialogs.folder.problems import Problem
from dialogs.loading import load
from dialogs.pack import Pack
from dialogs.profile import asserted
from dialogs.types import Asked, Incoming, Reading, Reply, Value
from dialogs.understanding.encoder import Encoder, SentenceEncoder
from dialogs.understanding.reader import Reader
from tests.dialogs.consulting import MONDAY_NOON
from tests.dialogs.pack_folders import edit

OWN = Path(__file__).parent.parent / "packs" / "own"


@cache
def pack() -> Pack:
    return load(OWN)


@cache
def encoder() -> Encoder:
    return SentenceEncoder()


@cache
def reader() -> Reader:
    return Reader(pack(), encoder())


def read(text: str, asked: str = "", language: str = "en") -> Reading:
    question = pack().question(asked)
    open_now = Asked(slot=asked, kind=question.kind) if question else None
    return reader().read(text, asked=open_now, known={}, language=language)


class Visitor:
    """Talks with the pack by words that are really read."""

    def __init__(self, language: str) -> None:
        self.state = start(pack(), "widget")
        self.count = 0
        self.replies: tuple[Reply, ...] = ()
        self._take(Incoming(conversation="c", external_id="0", kind="open", language=language))

    @property
    def said(self) -> str:
        return "\n".join(reply.text for reply in self.replies)

    @property
    def asks(self) -> str:
        return self.state.question.slot if self.state.question else ""

    def value(self, slot: str) -> Value | None:
        return asserted(self.state.profile).get(slot)

    def says(self, text: str) -> None:
        open_now = self.state.question
        asked = (
            Asked(slot=open_now.slot, kind=open_now.kind, options=open_now.options)
            if open_now
            else None
        )
        found = reader().read(
            text, asked=asked, known=asserted(self.state.profile), language=self.state.language
        )
        self._take(self._incoming("text", text=text), found)

    def begins(self) -> None:
        """Past the first question, to the one for the own slot."""
        self.says("hello" if self.state.language == "en" else "你好")
        self.presses("office")

    def presses(self, value: str) -> None:
        number = self.state.question.number if self.state.question else 0
        self._take(self._incoming("choice", value=value, question=number))

    def _incoming(self, kind: Any, **fields: Any) -> Incoming:
        self.count += 1
        return Incoming(
            conversation="c", external_id=str(self.count), kind=kind, seq=self.count, **fields
        )

    def _take(self, incoming: Incoming, found: Reading | None = None) -> None:
        turn = advance(pack(), self.state, incoming, found, MONDAY_NOON + 3_000 * self.count)
        self.state, self.replies = turn.state, turn.replies


# --- talks ---------------------------------------------------------------------------------------

TALKS = {
    "en": {
        "name": "oat milk, please",
        "statement": "lactose is a problem for many of us",
        "free": "mostly between 8 and 10 in the morning",
        "tasting": "could we come over and taste some of them?",
        "showroom": "showroom pours",
        "cups": "do you have mugs for sale?",
        "box": "boxes of twelve",
        "change": "no wait, cow's milk",
        "shown": ("Milk", "Plant milk", "Coffee hours"),
        "fresh": "Fresh milk",
    },
    "zh": {
        "name": "燕麦奶",
        "statement": "很多同事乳糖不耐受",
        "free": "上午九点到十一点",
        "tasting": "签约之前能先尝一尝吗？",
        "showroom": "工作日下午",
        "cups": "请问卖马克杯吗？",
        "box": "十二套一盒",
        "change": "不对，是牛奶",
        "shown": ("奶", "植物奶", "喝咖啡的时段"),
        "fresh": "鲜奶",
    },
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("way", ["name", "statement", "button"])
def test_a_talk_asks_for_an_own_slot_and_takes_the_answer(language: str, way: str) -> None:
    words, visitor = TALKS[language], Visitor(language)
    visitor.begins()
    assert visitor.asks == "milk"
    assert pack().text(language, "ask.milk") in visitor.said
    labels = [button.label for button in visitor.replies[-1].buttons if button.kind == "option"]
    assert labels == [
        pack().text(language, f"option.milk.{v}") for v in ("fresh", "plant", "black")
    ]
    if way == "button":
        visitor.presses("plant")
    else:
        visitor.says(str(words[way]))
    assert visitor.value("milk") == "plant"
    assert visitor.asks == "opening", "a condition over an own slot opens the next question"
    visitor.says(str(words["free"]))
    assert visitor.value("opening") == words["free"]
    made = brief(pack(), visitor.state, MONDAY_NOON, language)
    shown = {line.label: line.text for line in made.lines}
    milk, plant, hours = words["shown"]
    assert shown[milk] == plant
    assert shown[hours] == words["free"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_talk_answers_own_intents_and_goes_on_with_its_question(language: str) -> None:
    words, visitor = TALKS[language], Visitor(language)
    visitor.begins()
    visitor.says(str(words["tasting"]))
    assert str(words["showroom"]) in visitor.said
    assert visitor.asks == "milk"
    visitor.says(str(words["cups"]))
    assert str(words["box"]) in visitor.said
    (source,) = [a for reply in visitor.replies for a in reply.attachments]
    assert (source.kind, source.id, source.language) == ("source", f"cups-{language}", language)
    assert visitor.state.unanswered == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_own_slot_is_corrected_routed_by_and_recapped(language: str) -> None:
    words, visitor = TALKS[language], Visitor(language)
    visitor.begins()
    visitor.says(str(words["name"]))
    visitor.says(str(words["change"]))
    assert visitor.value("milk") == "fresh"
    assert str(words["fresh"]) in visitor.said
    visitor.presses("person")
    assert visitor.state.routed == "rental"
    assert f"{words['shown'][0]}" in visitor.said
    plant = Visitor(language)
    plant.begins()
    plant.says(str(words["name"]))
    plant.presses("person")
    assert plant.state.routed == "沈一诺"


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("is it possible to taste it before renting?", "ask_tasting"),
        ("I'd like to sample some roasts", "ask_tasting"),
        ("可以先喝一杯试试吗", "ask_tasting"),
        ("we need fifty cups and saucers too", "ask_cup_sale"),
        ("请问卖马克杯吗", "ask_cup_sale"),
        ("what does it cost?", "ask_price"),
        ("can I talk to a person", "talk_to_human"),
        ("can we get a white paper", "ask_document"),
        ("hello", "small_talk"),
    ],
)
def test_own_intents_stand_beside_the_built_in_ones(text: str, intent: str) -> None:
    assert intent in read(text).intents
    own = {"ask_tasting", "ask_cup_sale"} - {intent}
    assert own.isdisjoint(read(text).intents)


@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        ("we drink it black", "milk", "black"),
        ("没有人加奶", "milk", "black"),
        ("there's always whole milk in the fridge", "milk", "fresh"),
        ("half of us can't have lactose, 60 people", "", "plant"),
        ("not cow's milk, we are vegans", "", "plant"),
        ("no idea", "milk", None),
        ("Hamburg", "milk", None),
        ("what does the bar cost?", "milk", None),
        ("do you have oat milk?", "", None),
        ("oat milk or black coffee", "milk", None),  # nobody knows which
        ("we are a private company in Graz", "", None),
    ],
)
def test_values_are_told_by_names_and_by_statements(
    text: str, asked: str, value: str | None
) -> None:
    assert read(text, asked).slots.get("milk") == value


def test_other_slots_are_read_beside_an_own_one() -> None:
    found = read("half of us can't have lactose, we are 60 people")
    assert found.slots["headcount"] == "60"
    assert found.quotes["milk"].startswith("half of us")


def test_names_and_sentences_of_the_examples_need_no_encoder() -> None:
    plain = Reader(pack())
    named = plain.read("oat milk", asked=None, known={}, language="en")
    assert named.slots["milk"] == "plant"
    same = plain.read("Do you offer a coffee tasting?", asked=None, known={}, language="en")
    assert "ask_tasting" in same.intents
    told = plain.read("Most of us live vegan.", asked=None, known={}, language="en")
    assert told.slots["milk"] == "plant"


# --- what check says -----------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OWN, tmp_path / "pack"))


def found(folder: Path, *, warnings: bool = False) -> list[Problem]:
    return [p for p in check(folder) if p.warning == warnings and p.file != "documents/index.yaml"]


def test_the_pack_is_sound() -> None:
    assert found(OWN) == []
    assert found(OWN, warnings=True) == []
    assert [intent.id for intent in pack().own_intents] == ["ask_tasting", "ask_cup_sale"]
    assert [(slot.id, slot.kind) for slot in pack().own_slots] == [
        ("milk", "choice"), ("opening", "text"),
    ]  # fmt: skip


def test_an_undeclared_name_is_refused_with_a_suggestion(copy: Path) -> None:
    edit(copy, "own.yaml", "id: ask_tasting  ", "id: ask_tastings  ")
    problems = found(copy)
    wrong = [p for p in problems if "ask_tasting" in p.message and "examples" in p.file]
    assert [(p.file, p.remedy) for p in wrong] == [
        ("examples/en.yaml", "did you mean `ask_tastings`?"),
        ("examples/zh.yaml", "did you mean `ask_tastings`?"),
    ]
    line = edit(copy, "topics.yaml", "slot: milk, is: plant", "slot: milc, is: plant")
    (named,) = [p for p in found(copy) if p.file == "topics.yaml"]
    assert (named.line, named.remedy) == (line, "did you mean `milk`?")


def test_a_value_that_is_not_declared_is_refused(copy: Path) -> None:
    edit(copy, "rules.yaml", "is: plant", "is: plants")
    (problem,) = found(copy)
    assert (problem.file, problem.remedy) == ("rules.yaml", "did you mean `plant`?")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: milk", "id: city", "built-in"),
        ("id: ask_cup_sale", "id: ask_price", "built-in"),
        ("id: milk", "id: My Milk", "cannot be a name"),
        ("id: milk", "id: confirm_milk", "cannot be a name"),
        ("values: [fresh, plant, black]", "values: [fresh]", "two values"),
        ("values: [fresh, plant, black]", "values: [fresh, plant, plant]", "cannot be a value"),
        ("kind: text", "kind: number", "`kind` cannot be"),
        ("kind: text", "kind: text\n    values: [a, b]", "a text has no values"),
        ("article: cups", "article: cup", "no article `cup`"),
        ("id: opening", "id: milk", "stands twice"),
    ],
)
def test_a_wrong_declaration_is_told_with_its_line(
    copy: Path, old: str, new: str, said: str
) -> None:
    edit(copy, "own.yaml", old, new)
    problems = [p for p in found(copy) if p.file == "own.yaml" and said in p.message]
    assert [p.line > 1 and bool(p.remedy) for p in problems[:1]] == [True]


def test_too_few_examples_are_a_warning(copy: Path) -> None:
    for language, sentences in (("zh", 6), ("en", 6)):
        path = copy / "examples" / f"{language}.yaml"
        lines = path.read_text().splitlines()
        at = lines.index("  ask_tasting:")
        path.write_text("\n".join(lines[: at + 3] + lines[at + 1 + sentences :]) + "\n")
    (warning,) = found(copy, warnings=True)
    assert warning.message == "intent `ask_tasting` has 2 examples in `zh`"
    assert found(copy) == []


def test_an_intent_of_which_nothing_comes_is_refused(copy: Path) -> None:
    for language in ("en", "zh"):
        path = copy / "texts" / f"{language}.yaml"
        kept = [each for each in path.read_text().splitlines() if "ask_tasting" not in each]
        path.write_text("\n".join(kept) + "\n")
    (problem,) = found(copy)
    assert problem.file == "own.yaml"
    assert "nothing comes of" in problem.message
    with (copy / "rules.yaml").open("a") as rules:
        rules.write("escalation:\n  - {reason: person_requested, when: [{intent: ask_tasting}]}\n")
    assert [p for p in found(copy) if p.file == "own.yaml"] == []


def test_a_rule_brings_in_a_person_by_an_own_intent(copy: Path) -> None:
    with (copy / "rules.yaml").open("a") as rules:
        rules.write("escalation:\n  - {reason: person_requested, when: [{intent: ask_tasting}]}\n")
    ours = load(copy)
    state = start(ours, "widget")
    heard = Reading(text="a tasting", language="en", intents=("ask_tasting",))
    incoming = Incoming(conversation="c", external_id="1", kind="text", text="a tasting", seq=1)
    turn = advance(ours, state, incoming, heard, MONDAY_NOON)
    assert turn.state.owner == "waiting"


def test_a_question_of_another_kind_than_its_slot_is_refused(copy: Path) -> None:
    edit(copy, "topics.yaml", "{slot: opening, kind: text,", "{slot: opening, kind: place,")
    (problem,) = found(copy)
    assert (problem.file, problem.remedy) == ("topics.yaml", "write `kind: text`")


def test_a_value_that_nobody_can_tell_is_a_warning(copy: Path) -> None:
    edit(copy, "own.yaml", "values: [fresh, plant, black]", "values: [fresh, plant, black, goat]")
    (warning,) = found(copy, warnings=True)
    assert "goat" in warning.message
