"""What the linear model makes of the parts that patterns leave over, where it is sure enough."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialogs.understanding.clauses import size_of
from dialogs.understanding.draft import Draft
from dialogs.understanding.endings import tells
from dialogs.understanding.model import LinearModel
from dialogs.understanding.wishes import asks_us, lets_others, tells_purpose
from dialogs.understanding.words import fold

# Shares from which the model is believed, found by cross-validation on the examples alone.
SURE, SURE_BESIDE, SURE_APART, SURE_OF_STATEMENT = 0.3, 0.5, 0.65, 0.75
UNSURE = 0.6  # share below which strangeness counts
FAMILIAR = 0.3  # closeness to the nearest example below which a long part is off topic
SMALL = 3  # words; a smaller part is read only together with the others
_RASH = frozenset({"abuse", "stop", "small_talk", "unclear", "restart", "go_back"})
# These bring in a person or end the talk: a vague likeness is not enough.
_WEIGHTY = frozenset({
    "buy_now", "talk_to_human", "stop", "support_request", "custom_requirement",
})  # fmt: skip
SURE_OF_WEIGHTY = 0.5
_TINY = 4  # words; so little beside a stated value brings in nobody and orders nothing
_BUYER_SLOTS = frozenset({"ownership", "headcount", "own_servers", "written_requirement"})
# Questions of this form are about the product, whatever the unknown thing in them is.
_OF_THE_PRODUCT = re.compile(
    r"^(?:and |so |but |also )?(?:does|can|could|will|would) (?:it|the (?:software|system|shop|"
    r"product)|your (?:software|system|shop|product))\b|"
    r"^(?:is there|do you have) an? (?:plug-?in|connector|module|add-?on|integration|interface)\b|"
    r"^(?:那|还|请问)?(?:它|系统|你们的?(?:系统|软件|产品))?(?:支持(?!你)|能对接|可以对接|能和|能接).+"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the message that patterns alone do not explain."""

    start: int
    end: int
    text: str
    stated: bool  # holds a slot value
    question: bool


def take_model(draft: Draft, parts: list[Part], model: LinearModel) -> None:
    """Reads the parts with the linear model, apart and as a whole, where it is sure enough."""
    if not parts:
        return
    if {"out_of_scope", "abuse"} & set(draft.intents):
        return  # what else is said around it is no business of ours
    alone = len(parts) == 1 and not draft.intents
    worth = [part for part in parts if alone or size_of(part.text.lower()) >= SMALL]
    if len(parts) > 1:
        texts = " ".join(part.text for part in parts)
        stated, asks = any(p.stated for p in parts), any(p.question for p in parts)
        worth.append(Part(parts[0].start, parts[-1].end, texts, stated, asks))
    beside = bool(draft.intents) or len(parts) > 1
    for place, guess in enumerate(_guesses(model, worth)):
        if len(parts) > 1 and place == len(worth) - 1:
            if set(draft.intents) - {"affirm", "deny", "small_talk"}:
                break
            beside = False
        _believe(draft, guess, beside)


@dataclass(frozen=True, slots=True)
class Guess:
    """What the model makes of a part: its best label, the label's share, the nearest example's."""

    part: Part
    label: str
    share: float
    close: float


def _guesses(model: LinearModel, parts: list[Part]) -> list[Guess]:
    shares, close = model.shares([part.text for part in parts])
    best = shares.argmax(axis=1)
    return [
        Guess(part, model.labels[best[row]], float(shares[row, best[row]]), float(close[row]))
        for row, part in enumerate(parts)
    ]


def _believe(draft: Draft, guess: Guess, beside: bool) -> None:
    if _is_told_otherwise(draft, guess) or guess.share < _needed_share(draft, guess, beside):
        return
    size = size_of(guess.part.text.lower())
    if guess.label == "language_switch" and (guess.part.stated or size > 8):
        return
    note = f"model {guess.share:.2f}, nearest example {guess.close:.2f}"
    unsure = guess.share < UNSURE
    if unsure and guess.part.question and _OF_THE_PRODUCT.search(guess.part.text.lower()):
        draft.add("ask_feature", f"asks what the product does ({note})")
    elif guess.close < FAMILIAR and unsure and size > 3:
        draft.add("out_of_scope", f"far from every example ({note})")
    else:
        draft.add(guess.label, note)


def _is_told_otherwise(draft: Draft, guess: Guess) -> bool:
    """Whether the label is one that patterns and the open question tell better than the model."""
    if guess.label in ("correct", "provide_info"):
        return True  # told by the values that are stated
    if guess.label in ("affirm", "deny"):
        settled = draft.slots.keys() - draft.bare or draft.intents
        return draft.asked is None or bool(settled)
    if guess.label in ("dont_know", "refuse"):
        return draft.asked is None or draft.slot in draft.slots
    low = guess.part.text.lower()
    if not tells(guess.label, fold(guess.part.text)):
        return True  # an end is never a matter of likeness
    if draft.slot == "need" and lets_others(low) and not asks_us(low):
        return True
    if guess.part.question:
        return False
    if guess.label in _WEIGHTY and draft.slots and size_of(low) <= _TINY:
        return True
    if guess.label == "custom_requirement" and guess.part.stated and "own_servers" in draft.slots:
        return True  # "we run our own data centre" tells what is there
    if guess.label == "ask_document" and "written_requirement" in draft.slots:
        return True  # the paper is theirs
    if guess.label == "out_of_scope" and draft.slot == "need":
        return tells_purpose(low)
    # Who tells of an organisation is a buyer, however strange the trade is to the examples.
    tells_of_buyer = not _BUYER_SLOTS.isdisjoint(draft.slots) or "correct" in draft.intents
    return guess.label == "out_of_scope" and tells_of_buyer


def _needed_share(draft: Draft, guess: Guess, beside: bool) -> float:
    """How sure the model must be, the surer the better the part is explained without it."""
    part, label = guess.part, guess.label
    needed = SURE_BESIDE if beside else SURE
    if label in _RASH:
        needed = max(needed, SURE_BESIDE)
    if part.question:
        return needed
    if beside:
        needed = max(needed, SURE_APART)
    answered = bool(draft.slot) and draft.slot in draft.slots
    # Whatever a business does can be its need, however far it is from every example.
    tells_need = draft.slot == "need" or "need" in draft.slots
    if part.stated or answered or "correct" in draft.intents or tells_need:
        needed = SURE_OF_STATEMENT
    return max(needed, SURE_OF_WEIGHTY) if label in _WEIGHTY else needed
