"""What the linear model makes of the parts that patterns leave over, where it is sure enough."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.types import INNER_SLOTS, SLOTS
from dialogs.understanding.clauses import size_of
from dialogs.understanding.draft import Draft
from dialogs.understanding.endings import tells
from dialogs.understanding.inquiries import (
    asks_of_product,
    names_what_not,
    tells_own_past,
    wants_translation,
)
from dialogs.understanding.look_alikes import wants_no_order
from dialogs.understanding.model import LinearModel, Verdict
from dialogs.understanding.wishes import asks_us, lets_others, tells_purpose
from dialogs.understanding.words import fold

# How often a guess must be right to be believed, the more the better the part is explained without
# it. From which share a guess is right so often is told by cross-validation on the examples.
LIKELY, LIKELY_BESIDE, LIKELY_APART, LIKELY_OF_STATEMENT = 0.3, 0.5, 0.65, 0.85
UNSURE = 0.6  # odds below which strangeness counts
BESPOKE = 0.85  # share from which a question about the product asks for work on it
BELIEVED = 0.6  # share from which a question about the product asks for our reasons all the same
STRANGE = 0.03  # part of the pack's own examples that look stranger than what counts as off topic
NEAR = 0.7  # likeness from which a string without a known word may be a mistyped example
SMALL = 3  # words; a smaller part is read only together with the others
_RASH = frozenset({"abuse", "stop", "small_talk", "unclear", "restart", "go_back"})
# These bring in a person or end the talk: a vague likeness is not enough.
_WEIGHTY = frozenset({
    "buy_now", "talk_to_human", "stop", "support_request", "custom_requirement",
})  # fmt: skip
LIKELY_OF_WEIGHTY = 0.5
LIKELY_OF_NEED = 0.75
LIKELY_OF_ORDER = 0.95  # in answer to what the product is needed for
_ASKS_ON = frozenset({"ask_feature", "ask_commercial", "out_of_scope", "ask_document"})
_COURTEOUS = frozenset({"small_talk", "unclear"})
_TELLS_PAST = frozenset(
    {"ask_feature", "ask_commercial", "ask_price", "ask_trial", "custom_requirement"}
)
_NO_NAMED = frozenset({*_TELLS_PAST, "ask_document", "support_request", "out_of_scope"})
_STORY = frozenset({"small_talk", "support_request"})
_TINY = 4  # words; so little beside a stated value brings in nobody and orders nothing
_BUILT_IN = frozenset((*SLOTS, *INNER_SLOTS))
_BUYER_SLOTS = frozenset({"ownership", "headcount", "own_servers", "written_requirement"})


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
    greeted = draft.intents == ["small_talk"]
    asked_only = greeted and all(part.question for part in worth)
    beside = (bool(draft.intents) and not asked_only) or len(parts) > 1
    verdicts = model.judge([part.text for part in worth])
    for place, (part, verdict) in enumerate(zip(worth, verdicts, strict=True)):
        if len(parts) > 1 and place == len(worth) - 1:
            if set(draft.intents) - {"affirm", "deny", "small_talk"}:
                break
            beside = False
        if draft.meant or verdict.close >= NEAR:
            _believe(draft, Guess(part, verdict, beside), model)
    asks = any(
        part.question and verdict.label not in _COURTEOUS
        for part, verdict in zip(worth, verdicts, strict=True)
    )
    if greeted and asks and draft.intents == ["small_talk"]:
        draft.drop("small_talk")  # what is asked after the greeting is what matters


@dataclass(frozen=True, slots=True)
class Guess:
    """What the model makes of a part, and whether other parts tell something already."""

    part: Part
    verdict: Verdict
    beside: bool

    @property
    def label(self) -> str:
        return self.verdict.label

    @property
    def note(self) -> str:
        found = self.verdict
        return f'model {found.share:.2f}, nearest example {found.close:.2f} "{found.example}"'


def _believe(draft: Draft, guess: Guess, model: LinearModel) -> None:
    if _is_told_otherwise(draft, guess):
        told = guess.label == "provide_info" and guess.part.question and not guess.beside
        if told and asks_of_product(fold(guess.part.text)):
            draft.add("ask_feature", f"asks what the product does ({guess.note})")
        return
    share = guess.verdict.share
    needed = model.calibration.needed(_needed_odds(draft, guess))
    asks = guess.part.question or "ask_price" in draft.intents
    if share < needed and asks and asks_of_product(fold(guess.part.text)):
        draft.certainty = min(draft.certainty, share)
        draft.add("ask_feature", f"asks what the product does ({guess.note})")
        return
    if share < needed:
        draft.refuse(share, f"{guess.label}: refused below {needed:.2f}, {guess.note}")
        return
    low = guess.part.text.lower()
    if guess.label == "language_switch" and (guess.part.stated or size_of(low) > 8):
        return
    unsure = share < model.calibration.needed(UNSURE)
    outside = unsure or guess.label == "out_of_scope"
    outside = outside or (guess.label == "custom_requirement" and share < BESPOKE)
    outside = outside or guess.label in ("language_switch", "refuse", "talk_to_human")
    outside = outside or (guess.label == "ask_why" and share < BELIEVED)
    if outside and guess.part.question and asks_of_product(fold(guess.part.text)):
        label, note = "ask_feature", f"asks what the product does ({guess.note})"
    elif unsure and guess.verdict.rank < STRANGE and size_of(low) > SMALL:
        label, note = "out_of_scope", f"far from every example ({guess.note})"
    elif guess.label == "language_switch" and wants_translation(low):
        label, note = "out_of_scope", f"something is to be translated ({guess.note})"
    else:
        label, note = guess.label, guess.note
    if label not in draft.intents:
        # The surer that it means nothing, the less of it is understood.
        draft.certainty = min(draft.certainty, 1 - share if label == "unclear" else share)
    draft.add(label, note)
    if label in ("out_of_scope", "abuse"):
        draft.strange.append((guess.part.start, guess.part.end))


def _is_told_otherwise(draft: Draft, guess: Guess) -> bool:
    """Whether the label is one that patterns and the open question tell better than the model."""
    told = guess.label in ("correct", "provide_info")  # by the values that are stated
    if told or _is_taken_in(draft, guess.label):
        return True
    if guess.label in ("affirm", "deny"):
        settled = draft.slots.keys() - draft.bare or draft.intents
        return draft.asked is None or bool(settled)
    if guess.label in ("dont_know", "refuse"):
        return draft.asked is None or draft.slot in draft.slots
    if guess.label in ("go_back", "restart") and draft.slots:
        return True  # who states a fact goes on
    low = guess.part.text.lower()
    if guess.label in _STORY and not guess.part.question and _tells_facts(draft):
        return True  # a long story around the facts is no greeting, the old site's trouble not ours
    if not tells(guess.label, fold(guess.part.text)):
        return True  # an end is never a matter of likeness
    if guess.label == "buy_now" and wants_no_order(low):
        return True
    if draft.slot == "need" and lets_others(low) and not asks_us(low):
        return True
    return not guess.part.question and _is_statement_of(draft, guess, low)


def _is_statement_of(draft: Draft, guess: Guess, low: str) -> bool:
    """Whether a part that asks nothing tells of the buyer, and wants nothing of us."""
    if guess.label in _WEIGHTY and draft.slots and size_of(low) <= _TINY:
        return True
    if guess.label in _NO_NAMED and names_what_not(low):
        return True
    if guess.label in _TELLS_PAST and tells_own_past(fold(guess.part.text)):
        return True
    if guess.label == "custom_requirement" and guess.part.stated and "own_servers" in draft.slots:
        return True  # "we run our own data centre" tells what is there
    if guess.label == "ask_document" and "written_requirement" in draft.slots:
        return True  # the paper is theirs
    if guess.label == "out_of_scope" and draft.slot == "need":
        return tells_purpose(low)
    # Who tells of an organisation is a buyer, however strange the trade is to the examples.
    # So is who tells what the company itself asks about.
    told_slots = draft.slots.keys()
    tells_of_buyer = bool(told_slots & _BUYER_SLOTS or told_slots - _BUILT_IN)
    tells_of_buyer = tells_of_buyer or "correct" in draft.intents
    return guess.label == "out_of_scope" and tells_of_buyer


def _tells_facts(draft: Draft) -> bool:
    """Whether the message tells several things of an organisation, so that it is no customer's."""
    told = draft.slots.keys() - draft.bare - draft.inferred
    return len(told & (_BUYER_SLOTS | {"city", "buyer_type"})) > 1 and not draft.is_customer


def _is_taken_in(draft: Draft, label: str) -> bool:
    """Whether the label goes on with what is known of the message, and adds nothing to it."""
    if "ask_why" in draft.intents and label in _ASKS_ON:
        return True  # "what counts as staff, trainees too?" is one question
    # Where an edition or an existing customer is named, our product is the matter.
    return label == "out_of_scope" and ("edition" in draft.slots or draft.is_customer)


def _needed_odds(draft: Draft, guess: Guess) -> float:
    """How sure the model must be, the surer the better the part is explained without it."""
    part, label = guess.part, guess.label
    needed = LIKELY_BESIDE if guess.beside else LIKELY
    if label in _RASH:
        needed = max(needed, LIKELY_BESIDE)
    if part.question:
        return needed
    if guess.beside:
        needed = max(needed, LIKELY_APART)
    if draft.slot == "need" and label in _WEIGHTY:
        return LIKELY_OF_ORDER  # "cakes, order ahead and pick up" tells what they want to sell
    answered = bool(draft.slot) and draft.slot in draft.slots
    # Whatever a business does can be its need, however far it is from every example.
    tells_need = draft.slot == "need" or "need" in draft.slots
    if tells_need:
        needed = max(needed, LIKELY_OF_NEED)
    if label == "support_request" and draft.is_customer and not part.stated:
        return LIKELY_OF_WEIGHTY
    if part.stated or answered or "correct" in draft.intents:
        needed = LIKELY_OF_STATEMENT
    return max(needed, LIKELY_OF_WEIGHTY) if label in _WEIGHTY else needed
