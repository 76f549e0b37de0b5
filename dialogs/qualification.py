"""Flow 1: which question comes next, what an answer settles, and when to stop asking."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs import pricing, profile, quotation
from dialogs.conditions import all_hold, facts
from dialogs.pack import Question, Topic
from dialogs.talk import Talk
from dialogs.types import INTENTS, PASSING_SLOTS, Known, OpenQuestion, Status, Value
from dialogs.understanding.clauses import is_question

# A message that does one of these has something else in it: it does not evade the question.
_EVADING = frozenset(("small_talk", "affirm", "deny", "abuse"))
_SUBSTANCE = frozenset(INTENTS) - _EVADING - {"refuse"}
NON_ANSWERS_IN_A_ROW = 2
NON_ANSWERS_IN_ALL = 3


# --- what to ask ---------------------------------------------------------------------------------


def next_question(talk: Talk) -> Question | None:
    """The first question, in the pack's order, whose slot is neither known nor settled.

    One that was left aside comes when no other is left.
    """
    topics = [t for t in talk.pack.topics if not t.engaged_only or engaged(talk)]
    still = [q for topic in topics for q in _open_questions(talk, topic)]
    fresh = [q for q in still if q.slot not in talk.state.deferred]
    return next(iter((*fresh, *still)), None)


def engaged(talk: Talk) -> bool:
    """A prospect who has told most of what first contact asks."""
    return len(profile.topics_learned(talk.state.profile)) >= 3


def _open_questions(talk: Talk, topic: Topic) -> Iterator[Question]:
    seen = facts(talk.state)
    for question in sorted(topic.questions, key=lambda q: -q.weight):
        known = talk.state.profile.get(question.slot)
        if known is not None and (known.status != "inferred" or known.value is not None):
            continue
        if all_hold(question.when, seen):
            yield question


def go_on(talk: Talk) -> bool:
    """Ask the open question again, or the next one; False when there is nothing left to ask."""
    if talk.state.outcome == "price_only" or talk.state.owner in ("human", "closed"):
        return False
    question = next_question(talk)
    if question is None:
        talk.update(question=None)
        return False
    open_now = talk.state.question
    if open_now is None or open_now.slot != question.slot:
        again = bool(talk.state.asked.get(question.slot))
        talk.ask(question.slot, question, again=again)
    elif open_now.times < 2 and question.slot not in talk.state.deferred:
        talk.ask(question.slot, question, again=True)
    elif talk.changed or not talk.replies:
        _leave(talk, question.slot)
        return go_on(talk)
    return True


def _leave(talk: Talk, slot: str) -> None:
    """Asked twice and answered with something else: it comes once more when all else is asked.

    Where nothing else is left, a third time in a row would be no other question.
    """
    if slot not in talk.state.deferred:
        talk.update(deferred=(*talk.state.deferred, slot), question=None)
        following = next_question(talk)
        if following is not None and following.slot != slot:
            return
    settle(talk, slot, "unknown")


def ask_again(talk: Talk, slot: str) -> None:
    """Ask for one slot on the prospect's wish (Back, Edit), whatever is known of it."""
    question = talk.pack.question(slot)
    if question is not None:
        talk.ask(slot, question, again=bool(talk.state.asked.get(slot)))


def back(talk: Talk) -> None:
    """To the question before the open one; at the first one, say so and ask it again."""
    trail = talk.state.trail
    open_slot = talk.state.question.slot if talk.state.question else ""
    earlier = [s for s in trail if s != open_slot and talk.pack.question(s)]
    if not earlier:
        talk.say("back.none")
        go_on(talk)
        return
    slot = earlier[-1]
    at = len(trail) - 1 - trail[::-1].index(slot)
    talk.update(trail=trail[:at])
    ask_again(talk, slot)


# --- what an answer settles ----------------------------------------------------------------------


def settle(talk: Talk, slot: str, status: Status, quote: str = "") -> None:
    """Close the open question without a value."""
    former = talk.state.former.get(slot, ())
    known = Known(value=None, status=status, quote=quote[:500], message=talk.message)
    talk.update(profile=profile.put(talk.state.profile, slot, known, former), question=None)


def choose(talk: Talk, question: Question, value: str) -> None:
    """Take the button of a question as its answer."""
    if value == "dont_know":
        settle(talk, question.slot, "unknown", talk.text(f"option.{question.slot}.dont_know"))
        return
    option = next((o for o in question.options if o.value == value), None)
    sets: dict[str, Value] = option.sets if option and option.sets else {question.slot: value}
    label = talk.text(f"option.{question.slot}.{value}")
    for slot, filled in sets.items():
        changed = talk.value(slot) not in (None, filled)
        status: Status = "corrected" if changed else "stated"
        talk.put(slot, Known(value=filled, status=status, quote=label, message=talk.message))
    talk.update(question=None)
    count_substance(talk)


def take_text(talk: Talk) -> bool:
    """See what the message does to the open question. True when the question is closed by it."""
    question = talk.state.question
    if question is None or talk.pack.question(question.slot) is None:
        return False
    slot = question.slot
    if slot in talk.changed or slot in talk.reading.slots:
        talk.update(question=None)
        return True
    if talk.intends("dont_know"):
        if talk.reading.unsure_of:
            return _settle_other(talk, talk.reading.unsure_of)
        settle(talk, slot, "unknown", talk.reading.text)
        return True
    if talk.intends("refuse"):
        settle(talk, slot, "refused", talk.reading.text)
        _count_non_answer(talk)
        return True
    if evades(talk):
        _count_non_answer(talk)
        return False
    return _take_unread(talk, question)


def _settle_other(talk: Talk, slot: str) -> bool:
    """ "Not sure about servers" while something else is asked: that question stays open."""
    if talk.pack.question(slot) is not None and slot not in talk.state.profile:
        open_now = talk.state.question
        settle(talk, slot, "unknown", talk.reading.text)
        talk.update(question=open_now)
    return False


def evades(talk: Talk) -> bool:
    """The message goes round the open question and has nothing else in it."""
    reading = talk.reading
    if reading.slots or "?" in reading.text or "？" in reading.text:
        return False
    intents = set(reading.intents)
    return bool(intents & _EVADING) and not intents & _SUBSTANCE and talk.state.turns > 1


def _take_unread(talk: Talk, question: OpenQuestion) -> bool:
    """An answer that could not be read: one rephrase, then it is kept as said."""
    if set(talk.reading.intents) - {"unclear", "provide_info"}:
        return False
    if talk.changed or talk.reading.slots:
        return False
    free_text = question.kind in ("text", "place") and not is_question(talk.reading.text.lower())
    if question.times < 2 and not (free_text and talk.intends("provide_info")):
        return False
    if free_text and talk.reading.text.strip():
        said = talk.reading.text.strip()[:500]
        talk.put(
            question.slot, Known(value=said, status="stated", quote=said, message=talk.message)
        )
        talk.update(question=None)
    else:
        settle(talk, question.slot, "unknown", talk.reading.text)
    return True


def count_substance(talk: Talk) -> None:
    """Something was stated: non-answers in a row and repeated price questions start anew."""
    talk.update(non_answers_row=0, price_asks=0)


def stated_slots(talk: Talk) -> list[str]:
    """Slots that this message states, without the edition asked about and passing ones."""
    left_out = (*PASSING_SLOTS, "edition", *talk.reading.inferred)
    return [s for s in talk.reading.slots if s not in left_out]


def _count_non_answer(talk: Talk) -> None:
    state = talk.state
    talk.update(non_answers=state.non_answers + 1, non_answers_row=state.non_answers_row + 1)


# --- when to stop asking -------------------------------------------------------------------------


def wants_only_the_price(talk: Talk) -> bool:
    """The rule of A18: who refuses questions as such is dealt with by the price alone."""
    state = talk.state
    if state.outcome != "open" or state.owner != "bot":
        return False
    if talk.reading.refuses_questions or _refuses_from_the_start(talk):
        return True
    if state.non_answers_row >= NON_ANSWERS_IN_A_ROW or state.non_answers >= NON_ANSWERS_IN_ALL:
        return True
    return state.price_asks >= 2


def _refuses_from_the_start(talk: Talk) -> bool:
    """Nothing was asked yet, and all that is said is no: questions as such are refused."""
    asked = any(talk.pack.question(slot) for slot in talk.state.asked)
    alone = not set(talk.reading.intents) - {"refuse", "deny", "ask_price"}
    return talk.intends("refuse") and alone and not asked and not talk.reading.slots


def volunteers(talk: Talk) -> bool:
    """Something of a topic is told: who refused questions may be asked again."""
    slots = {q.slot for t in talk.pack.topics for q in t.questions}
    return any(s in slots and s != "budget" for s in stated_slots(talk))


def ask_price_count(talk: Talk) -> None:
    """Count a price question; another item or currency, or a discount, is no second time."""
    if talk.state.shown and set(talk.reading.cues) & set(quotation.STANDARD_LINES):
        return
    if pricing.currency_named(talk.reading.text):
        return
    named = str(talk.reading.slots.get("edition", ""))
    if not named:
        text, language = talk.reading.text, talk.state.language
        named = "+".join(sorted(pricing.services_named(talk.pack, text, language)))
    another = bool(named) and named != talk.state.priced and talk.state.price_asks > 0
    talk.update(priced=named, price_asks=talk.state.price_asks + (not another))
