"""The one way in to the mind: what one incoming thing leads to, and which flow speaks."""

from __future__ import annotations

import msgspec

from dialogs import (
    answering,
    buttons,
    closing,
    comparison,
    control,
    documents,
    escalation,
    giving,
    helpfulness,
    opening,
    profile,
    qualification,
    quotation,
    requirement_intake,
    steps,
)
from dialogs import texts as words
from dialogs.effects import CancelTimers, OpenedDocument, ReadFile, StartTimer, Turn
from dialogs.hours import DAY, HALF_HOUR
from dialogs.ownership import OwnerEvent, next_owner
from dialogs.pack import Pack
from dialogs.talk import Talk
from dialogs.types import Incoming, Reading, State
from dialogs.zones import is_zone

LANGUAGE_BUTTON = "language:"
# An edited message that means no more than these asks and orders nothing.
_QUIET = frozenset(
    ("provide_info", "correct", "affirm", "deny", "dont_know", "refuse", "unclear", "small_talk")
)


def start(pack: Pack, channel: str) -> State:
    """The state of a conversation that nobody has opened yet."""
    return State(pack_version=pack.version, channel=channel, language=pack.languages[0])


def advance(
    pack: Pack, state: State, incoming: Incoming, reading: Reading | None, now: int
) -> Turn:
    """What `incoming` leads to: the next state, what to say and what to do. Pure.

    `reading` is what `understanding` made of the text, None for anything but text; `now` is in
    ms since 1970, UTC. A repeat of the last buttons leads to an unchanged state and no words.
    """
    talk = Talk(words.of(pack), opening.on_new_pack(pack, state), incoming, reading, now)
    handlers = {
        "open": _open,
        "text": _text,
        "choice": _choice,
        "file": _file,
        "file_read": _file_read,
        "timer": _timer,
        "opened": _opened,
    }
    handlers[incoming.kind](talk)
    return talk.finish()


# --- opening -------------------------------------------------------------------------------------


def _open(talk: Talk) -> None:
    if talk.state.greeted and talk.incoming.value == "start":
        opening.start_again(talk)
        return
    if talk.state.greeted and talk.incoming.value == "continue":
        opening.go_on_here(talk)
        return
    if not talk.state.greeted:
        hint = talk.incoming.language.split("-")[0].lower()
        if hint in talk.pack.languages:
            talk.update(language=hint)
        zone = talk.incoming.time_zone
        talk.update(greeted=True, last_prospect=talk.now, time_zone=zone if is_zone(zone) else "")
        talk.do(StartTimer(name="silence", due=talk.now + DAY))
        opening.greet(talk)
        return
    if talk.state.owner == "human" or talk.now - talk.state.last_prospect < HALF_HOUR:
        return
    opening.resume(talk)


# --- words ---------------------------------------------------------------------------------------


def _arrive(talk: Talk) -> None:
    """Book-keeping for anything the prospect says or presses."""
    state = talk.state
    if state.owner == "human" and state.last_prospect <= state.last_staff:
        talk.do(StartTimer(name="hand_back", due=talk.now + HALF_HOUR))
    outcome = "open" if state.outcome in ("silent", "closed") else state.outcome
    if outcome != state.outcome:  # the timer ended with the talk
        talk.do(StartTimer(name="silence", due=talk.now + DAY))
    wrote: OwnerEvent = "wrote_managed" if state.manager else "wrote"
    talk.update(
        last_prospect=talk.now,
        turns=state.turns + 1,
        owner=next_owner(state.owner, wrote) or state.owner,
        outcome=outcome,
        close_reason="" if state.owner == "closed" else state.close_reason,
    )
    returns = state.owner == "closed" and talk.state.owner == "waiting"
    if returns and not talk.intends("stop"):  # who wants to be left alone calls nobody
        escalation.return_to_manager(talk)


def _forwarded(talk: Talk) -> None:
    """Somebody else's words: a paper at most, never what the prospect says, wants or orders."""
    text = talk.incoming.text
    talk.reading = Reading(text=text, intents=("provide_info",))
    _arrive(talk)
    if talk.state.owner == "human":
        return
    requirement_intake.take_forwarded(talk, text)
    _close_turn(talk)


def _text(talk: Talk) -> None:
    if talk.incoming.origin == "forwarded":
        _forwarded(talk)
        return
    if talk.incoming.origin == "edited":
        # Who changes a message corrects it: nothing is to be asked back.
        talk.reading = msgspec.structs.replace(talk.reading, unsettled=())
    comparison.take_in(talk)
    quotation.take_in(talk)
    text = talk.incoming.text
    typed = "" if talk.incoming.origin == "edited" else buttons.named_in_words(talk)
    if typed and talk.state.owner != "human":
        _press_typed(talk, typed)
        return
    paper = requirement_intake.is_paper_here(talk, text)
    away = talk.now - talk.state.last_prospect >= DAY
    _arrive(talk)
    opening.follow_language(talk)
    if paper:
        requirement_intake.read_as_paper(talk)
    if paper or len(text) < requirement_intake.LONG_TEXT:
        merged, changed = profile.absorb(talk.state, talk.reading, talk.message)
        talk.update(profile=merged)
        talk.changed.extend(changed)
        giving.note_trade(talk)
    if talk.state.owner == "human":
        return
    if paper:
        talk.update(question=None)
        requirement_intake.take_paper(talk, text)
        _close_turn(talk)
        return
    if control.control(talk) or (away and opening.greet_again(talk)):
        return
    _converse(talk)


def _converse(talk: Talk) -> None:
    """The words as an answer, a question, or both; then whatever comes next."""
    if talk.incoming.origin == "edited":
        _read_as_edit(talk)
    elif steps.take_text(talk):
        _close_turn(talk)
        return
    else:
        _read_as_answer(talk)
    closing.say_corrections(talk)
    if qualification.wants_only_the_price(talk):
        answering.answer(talk)
        quotation.price_only(talk)
        if escalation.fire(talk):
            escalation.recap(talk)
        return
    answering.answer(talk)
    closing.quarantine(talk)
    if talk.incoming.origin == "edited" and _says_nothing_new(talk):
        talk.say("edited")
        return
    _close_turn(talk)


def _read_as_edit(talk: Talk) -> None:
    """An earlier message in other words is no answer to what was asked since, unless it is one.

    It counts for no rule of the policy: the price was not asked for a second time.
    """
    question = talk.state.question
    if question is not None and question.slot in talk.changed:
        talk.update(question=None)
    _reopen(talk)


def _says_nothing_new(talk: Talk) -> bool:
    return not talk.changed and not talk.replies and set(talk.reading.intents) <= _QUIET


def _read_as_answer(talk: Talk) -> None:
    """What the message does to the open question and to the counters of the policy."""
    before = talk.state.non_answers
    qualification.take_text(talk)
    if qualification.stated_slots(talk):
        qualification.count_substance(talk)
    elif talk.state.non_answers == before:
        talk.update(non_answers_row=0)
    if talk.intends("ask_price"):
        qualification.ask_price_count(talk)
    _reopen(talk)


def _reopen(talk: Talk) -> None:
    if not qualification.volunteers(talk):
        return
    talk.update(spared=False)
    if talk.state.outcome == "price_only":
        talk.update(outcome="open", non_answers=0, non_answers_row=0, price_asks=0)


def _close_turn(talk: Talk) -> None:
    """After the answers: the estimate, the paper for the role, the rules, and one question."""
    if talk.state.outcome != "price_only":
        quotation.show_estimate(talk)
        giving.paper_for_role(talk)
    fired = escalation.fire(talk)
    if fired:
        answering.leave_to_colleague(talk)
    if fired and talk.state.rings == 1 and talk.state.waiting_since == talk.now:
        escalation.recap(talk)
    closing.ask_next(talk, fired=fired)
    if not talk.replies:
        closing.say_something(talk)


# --- buttons -------------------------------------------------------------------------------------


def _is_repeat(talk: Talk) -> bool:
    """The same number and button again; a button that belongs to no question may be pressed on."""
    incoming = talk.incoming
    press = f"{incoming.question}:{incoming.value}"
    if press in talk.state.pressed:
        return True
    if incoming.question:
        talk.update(pressed=(*talk.state.pressed, press)[-8:])
    return False


def _choice(talk: Talk) -> None:
    if not _is_repeat(talk):
        _press(talk)


def _press_typed(talk: Talk, value: str) -> None:
    """Who types what a button says has pressed it: the words mean nothing else."""
    number = talk.state.question.number if talk.state.question else 0
    opening.follow_language(talk)
    talk.reading = Reading(text=talk.incoming.text)
    talk.incoming = msgspec.structs.replace(
        talk.incoming, kind="choice", question=number, value=value
    )
    _press(talk)


def _press(talk: Talk) -> None:
    incoming = talk.incoming
    if control.press_last(talk, incoming.value):
        return
    _arrive(talk)
    if not incoming.question and incoming.value.startswith(LANGUAGE_BUTTON):
        opening.switch_language(talk, incoming.value.removeprefix(LANGUAGE_BUTTON))
        return
    if talk.state.owner == "human":
        return
    if helpfulness.press(talk, incoming.value):
        if escalation.fire(talk):
            answering.leave_to_colleague(talk)
        return
    if buttons.press_anywhere(talk, incoming.value):
        _close_turn(talk)
        return
    question = talk.state.question
    if question is None or incoming.question != question.number:
        buttons.stale(talk)
        return
    if incoming.value not in (*question.options, "skip", "back"):
        buttons.stale(talk)
        return
    if incoming.value == "back":
        control.back(talk)
        return
    if steps.press_step(talk, incoming.value):
        _close_turn(talk)
        return
    asked = talk.pack.question(question.slot)
    if incoming.value == "skip" or asked is None:
        qualification.settle(talk, question.slot, "skipped")
    else:
        qualification.choose(talk, asked, incoming.value)
        closing.say_corrections(talk)
        buttons.after_choice(talk, question.slot, incoming.value)
    _close_turn(talk)


# --- files, timers, documents --------------------------------------------------------------------


def _file(talk: Talk) -> None:
    file = talk.incoming.file
    if file is None:
        return
    _arrive(talk)
    if talk.state.owner == "human":
        requirement_intake.note_given(talk, file.name)
        talk.do(ReadFile(file=file))
        return
    requirement_intake.take_file(talk, file)
    _close_turn(talk)


def _file_read(talk: Talk) -> None:
    file = talk.incoming.file
    if file is None or talk.state.owner == "closed":
        return
    silent = talk.state.owner == "human"
    requirement_intake.file_read(talk, file)
    if not requirement_intake.waits_for_more(talk):
        closing.ask_next(talk, fired=False)
    if silent:
        talk.replies.clear()


def _timer(talk: Talk) -> None:
    name = talk.incoming.value
    if name == "silence":
        _silence(talk)
    elif name == "ring":
        escalation.ring(talk)
    elif name == "apology":
        escalation.apologise(talk)
    elif name == "hand_back":
        _human_is_gone(talk)
    elif name == "go_on":
        opening.go_on_after_human(talk)


def _silence(talk: Talk) -> None:
    due = talk.state.last_prospect + DAY
    if talk.state.outcome != "open":
        return
    if talk.now >= due:
        talk.update(outcome="silent")
        talk.do(CancelTimers())
    else:
        talk.do(StartTimer(name="silence", due=due))


def _human_is_gone(talk: Talk) -> None:
    """Half an hour without a word from staff while the prospect waits: the bot goes on."""
    state = talk.state
    quiet = talk.now - state.last_staff >= HALF_HOUR
    if state.owner != "human" or state.last_staff >= state.last_prospect or not quiet:
        return
    talk.update(owner=next_owner("human", "unanswered") or "bot", staff="")
    talk.say("handback.unanswered", buttons=[talk.button("person", "person")])
    answering.answer_left(talk)
    closing.ask_next(talk, fired=False)


def _opened(talk: Talk) -> None:
    document = talk.incoming.value
    if not any(g.document == document for g in talk.state.given):
        return
    talk.update(given=documents.opened(talk.state.given, document, talk.now))
    talk.do(OpenedDocument(document=document))
