"""Scores the reader on lines in the format of the labels: by language, kind and held-back third."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from bot.read import printed_slots, read_message
from dialogs.types import Value
from dialogs.understanding import Reader

DEV_LINES = Path(__file__).parents[2] / "tests" / "data" / "understanding" / "dev.jsonl"
FRESH_LINES = DEV_LINES.with_name("fresh.jsonl")
_ROUNDS = 1000
_NEGATIONS = ("not ", "no es", "не ", "不是", "but ", "кроме", "menos ", "除了")
_TRAPS = (
    "vmware",
    "windows server",
    "order",
    "заказ",
    "pedido",
    "订单",
    "2019",
    "users",
    "customers",
)


class Line(msgspec.Struct, frozen=True):
    """One labelled message. A list as a value: any one of its members is right."""

    lang: str
    text: str
    intents: tuple[str, ...]
    slots: dict[str, Value | tuple[str, ...]]
    context: str | None = None

    @property
    def held_back(self) -> bool:
        """A third, chosen by the text alone, on which nothing is ever tuned."""
        return zlib.crc32(self.text.encode()) % 3 == 0


class Outcome(msgspec.Struct, frozen=True):
    """How one message was read, against its labels."""

    line: Line
    intents: tuple[str, ...]
    slots: dict[str, Value]

    @property
    def intents_right(self) -> bool:
        return set(self.intents) == set(self.line.intents)

    @property
    def slots_hit(self) -> int:
        return sum(
            slot in self.slots and is_same(self.slots[slot], value)
            for slot, value in self.line.slots.items()
        )

    @property
    def right(self) -> bool:
        whole = len(self.slots) == len(self.line.slots) == self.slots_hit
        return self.intents_right and whole


def is_same(said: Value, gold: Value | Sequence[str]) -> bool:
    """Compares without case; a list as gold holds every right spelling."""
    members = gold if isinstance(gold, list | tuple) else (gold,)
    return any(str(said).casefold() == str(member).casefold() for member in members)


def load_lines(path: Path = DEV_LINES) -> list[Line]:
    decode = msgspec.json.Decoder(Line).decode
    return [decode(line) for line in path.read_bytes().splitlines() if line.strip()]


def score(reader: Reader, lines: Iterable[Line]) -> list[Outcome]:
    outcomes = []
    for line in lines:
        reading = read_message(reader, line.text, line.context, line.lang)
        slots = printed_slots(reading)
        outcomes.append(Outcome(line=line, intents=reading.intents, slots=slots))
    return outcomes


class Figures(msgspec.Struct, frozen=True):
    """Shares in percent over some messages; `low` and `high` bound turn-right at 95 %."""

    messages: int
    turn_right: float
    low: float
    high: float
    intents_exact: float
    intent_f1: float
    slot_precision: float
    slot_recall: float


def sum_up(outcomes: Sequence[Outcome]) -> Figures:
    right = np.array([outcome.right for outcome in outcomes], float)
    rng = np.random.default_rng(7)
    draws = right[rng.integers(0, len(right), (_ROUNDS, len(right)))].mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    hits = sum(len(set(o.intents) & set(o.line.intents)) for o in outcomes)
    said = sum(len(o.intents) for o in outcomes) + sum(len(o.line.intents) for o in outcomes)
    slots_hit = sum(o.slots_hit for o in outcomes)
    slots_said = sum(len(o.slots) for o in outcomes)
    slots_gold = sum(len(o.line.slots) for o in outcomes)
    return Figures(
        messages=len(outcomes),
        turn_right=_percent(float(right.mean())),
        low=_percent(float(low)),
        high=_percent(float(high)),
        intents_exact=_percent(sum(o.intents_right for o in outcomes) / len(outcomes)),
        intent_f1=_percent(2 * hits / max(said, 1)),
        slot_precision=_percent(slots_hit / max(slots_said, 1)),
        slot_recall=_percent(slots_hit / max(slots_gold, 1)),
    )


def _percent(share: float) -> float:
    return round(100 * share, 1)


def group(outcomes: Sequence[Outcome]) -> Mapping[str, list[Outcome]]:
    """The rows of the report: all, each language, and the kinds that are told apart."""
    rows = {"all": list(outcomes)}
    for language in dict.fromkeys(o.line.lang for o in outcomes):
        rows[language] = [o for o in outcomes if o.line.lang == language]
    rows["with context"] = [o for o in outcomes if o.line.context]
    rows["without context"] = [o for o in outcomes if not o.line.context]
    rows["several intents"] = [o for o in outcomes if len(o.line.intents) > 1]
    rows["several slots"] = [o for o in outcomes if len(o.line.slots) > 1]
    rows["correct"] = [o for o in outcomes if "correct" in o.line.intents]
    rows["negation"] = [o for o in outcomes if _holds(o.line.text, _NEGATIONS)]
    rows["traps"] = [o for o in outcomes if _holds(o.line.text, _TRAPS)]
    return {name: chosen for name, chosen in rows.items() if chosen}


def _holds(text: str, words: Iterable[str]) -> bool:
    low = text.casefold()
    return any(word in low for word in words)


def corrections_found(outcomes: Sequence[Outcome]) -> float:
    """Percent of the corrections that were seen as such, with the right new value."""
    wanted = [each for each in outcomes if "correct" in each.line.intents]
    found = [o for o in wanted if "correct" in o.intents and o.slots_hit == len(o.line.slots)]
    return _percent(len(found) / max(len(wanted), 1))


def name_sets() -> Mapping[str, list[Line]]:
    """The lines that were worked on, the third of them held back, and those of other authors.

    The fresh ones were written last, without sight of the reader, and nothing was changed by them.
    """
    lines = load_lines()
    sets = {
        "worked on": [line for line in lines if not line.held_back],
        "held back": [line for line in lines if line.held_back],
    }
    return sets | ({"fresh": load_lines(FRESH_LINES)} if FRESH_LINES.exists() else {})
