"""Where the model is asked about what telling words and readers of values made of a message."""

from __future__ import annotations

from dialogs.understanding.clauses import is_question, size_of
from dialogs.understanding.corrections import only_contrasts, tell_beside
from dialogs.understanding.draft import Draft
from dialogs.understanding.endings import tells
from dialogs.understanding.inquiries import tells_own_past, wants_translation
from dialogs.understanding.model import LinearModel
from dialogs.understanding.shorthand import spell_out
from dialogs.understanding.unlisted import AS_SAID

Signs = list[tuple[str, str]]
# Shares: what it rules out, what it is certain of, and what is better than nothing.
RULED_OUT, CERTAIN, SURE, FAINT = 0.03, 0.85, 0.6, 0.2
# What stands in the place of a name and is none: "skip that" when the city is asked.
_NO_NAMES = frozenset({
    "refuse", "dont_know", "go_back", "restart", "stop", "ask_why", "small_talk", "abuse",
    "language_switch", "talk_to_human", "affirm", "deny",
})  # fmt: skip
_UNSURE_PLACES = (AS_SAID, "at the head of a part")
# What nobody wants who tells a fact in the same breath: "I only compare prices", "we tried demos".
_UNASKED = frozenset({"ask_price", "ask_trial", "ask_document", "ask_feature", "ask_commercial"})
_CONTACT = frozenset({"email", "phone", "name", "company"})
_NEVER_FAINT = frozenset({
    "affirm", "deny", "correct", "unclear", "stop", "restart", "go_back", "abuse", "dont_know",
    "refuse", "buy_now", "talk_to_human", "small_talk",
})  # fmt: skip


def weigh_signs(signs: Signs, part: str, model: LinearModel, tells: bool = False) -> Signs:
    """The signs without those that the sense of the whole part rules out.

    `tells`: the part states a value and asks nothing, so that a statement may rule out as well.
    """
    shares, _ = model.shares([spell_out(part)])
    top = model.labels[int(shares[0].argmax())]
    if tells and top == "provide_info" and shares[0].max() >= SURE:
        return [(intent, word) for intent, word in signs if intent not in _UNASKED]
    if shares[0].max() < CERTAIN or top in ("provide_info", "correct"):
        return signs
    place = {label: position for position, label in enumerate(model.labels)}
    return [
        (intent, word)
        for intent, word in signs
        if intent not in place or shares[0][place[intent]] >= RULED_OUT
    ]


def doubt_names(draft: Draft, model: LinearModel) -> None:
    """Drops a place taken as said where the message is an evasion or a command."""
    hit = draft.stated.found.get("city")
    if hit is None or hit.rule not in _UNSURE_PLACES or "city" not in draft.slots:
        return
    span = (hit.start, hit.end)
    within = any(a <= hit.start and hit.end <= b and (a, b) != span for a, b in draft.used)
    verdict = model.judge([spell_out(draft.words.text)])[0]
    babble = verdict.label == "unclear" and draft.slot != "city" and verdict.share >= CERTAIN
    if within or babble or (verdict.label in _NO_NAMES and verdict.share >= SURE):
        draft.forget("city", f"{verdict.label} rather, {verdict.share:.2f}")
        draft.stated.found.pop("city")
        draft.used = [other for other in draft.used if other != span]
        draft.drop("correct")


def hear_correction(draft: Draft, model: LinearModel) -> None:
    """A correction in words that no pattern knows: "the mail I gave has a letter too many: ..."."""
    if {"correct", "affirm"} & set(draft.intents) or is_question(draft.words.low):
        return
    if only_contrasts(draft):
        return
    if (
        draft.asked is None
        and "name" in draft.slots
        and draft.slots.keys() & {"role", "department"}
    ):
        return  # who says who they are
    told = draft.slots.keys() - draft.bare - draft.inferred - {draft.slot, "need", "doc_type"}
    if not told or (draft.slot in _CONTACT and told <= _CONTACT):
        return  # a number and an address beside each other answer the question for either
    found = draft.stated.found.keys()
    verdict = model.judge([spell_out(draft.words.text)])[0]
    if verdict.label == "correct" and verdict.share >= SURE:
        draft.certainty = min(draft.certainty, verdict.share)
        draft.put_right = max((draft.stated.found[slot].start for slot in told & found), default=-1)
        tell_beside(draft)
        draft.add("correct", f'model {verdict.share:.2f}, nearest example "{verdict.example}"')


def name_faintly(draft: Draft, model: LinearModel) -> bool:
    """Names what nothing explains by the best guess, however unsure; whether that was possible."""
    low = draft.words.low
    size = size_of(low)
    if size < 3:
        return False
    verdict = model.judge([spell_out(draft.words.text)])[0]
    if draft.asked is not None:
        if verdict.label != "provide_info" or verdict.share < SURE or is_question(low):
            return False
    elif (
        verdict.label in _NEVER_FAINT
        or not tells(verdict.label, low)
        or (verdict.label != "provide_info" and tells_own_past(low))
        or (verdict.label == "language_switch" and wants_translation(low))
        or verdict.share < FAINT
        or size < 4
        or (verdict.label == "provide_info" and is_question(low))
    ):
        return False
    draft.certainty = min(draft.certainty, verdict.share)
    draft.add(verdict.label, f'at best, model {verdict.share:.2f}, "{verdict.example}"')
    return True
