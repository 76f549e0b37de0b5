"""Greeting, coming back, and the language of the talk."""

from __future__ import annotations

import msgspec

from dialogs import answering, closing, escalation, requirement_intake
from dialogs.effects import StartTimer
from dialogs.hours import DAY, HALF_HOUR
from dialogs.ownership import next_owner
from dialogs.pack import Pack
from dialogs.talk import Talk
from dialogs.types import State

START = ("prices", "edition", "documents", "requirement", "person", "customer")
_STEPS = ("start", "doc_type", "existing_matter", "email", "call_phone", "call_time")
# The language that speakers of another one most likely read as well.
_NEAREST = {"uk": "ru", "be": "ru", "sr": "ru", "pt": "es", "it": "es"}


def on_new_pack(pack: Pack, state: State) -> State:
    """The state under another version of the pack; values stay, a question that is gone closes."""
    if state.pack_version == pack.version:
        return state
    question = state.question
    gone = question is not None and not _is_asked(pack, question.slot)
    language = state.language if state.language in pack.languages else pack.languages[0]
    return msgspec.structs.replace(
        state,
        pack_version=pack.version,
        question=None if gone else question,
        language=language,
    )


def _is_asked(pack: Pack, slot: str) -> bool:
    step = slot in _STEPS or slot.startswith("confirm_") or requirement_intake.is_step(slot)
    return step or pack.question(slot) is not None


def greet(talk: Talk) -> None:
    talk.ask_step("start", START, key="greeting")


def resume(talk: Talk) -> None:
    """One line of what is known, and whether to go on; never a restart."""
    lines = known_lines(talk)
    talk.ask_step("confirm_resume", ("go_on", "restart"), known=lines)


def start_again(talk: Talk) -> None:
    """Start was pressed once more: always an answer, and never a restart.

    Soon after the last word it is where the talk stands; later it is like coming back.
    """
    state = talk.state
    if state.owner in ("human", "waiting"):
        _say_who_comes(talk)
        return
    soon = state.owner == "bot" and talk.now - state.last_prospect < HALF_HOUR
    if state.owner == "closed":
        talk.update(owner=next_owner("closed", "wrote") or "bot", close_reason="")
    if state.outcome in ("silent", "closed"):
        talk.update(outcome="open")
        talk.do(StartTimer(name="silence", due=talk.now + DAY))
    talk.update(last_prospect=talk.now)
    if known_lines(talk) and not soon:
        resume(talk)
        return
    if talk.state.question is not None and talk.state.question.slot != "start":
        talk.say("start.again")
    _show_question(talk)


def _say_who_comes(talk: Talk) -> None:
    """A colleague has it, or is on the way: then the open question may be answered meanwhile."""
    if talk.state.owner == "human":
        talk.say("start.human", name=talk.state.staff)
        return
    escalation.reassure(talk)
    talk.repeat_question()


def go_on_here(talk: Talk) -> None:
    """The talk came to another place: who has it, or the open question as it stands."""
    if talk.state.owner == "closed":
        start_again(talk)
    elif talk.state.owner != "bot":
        _say_who_comes(talk)
    elif talk.state.question is not None:
        _show_question(talk)
    else:
        closing.ask_next(talk, fired=False)


def go_on_after_human(talk: Talk) -> None:
    """A human gave the talk back, and nobody has said anything since: the bot goes on.

    It announces what they left it to announce and answers what they left unanswered; then comes
    the open question, else what is to be asked next, else the doors.
    """
    state = talk.state
    if state.owner != "bot" or state.last_prospect > state.last_staff:
        return
    if state.next_step:
        talk.say(f"handback.next.{state.next_step}", name=state.line_by)
        talk.update(next_step="")
    answered = answering.answer_left(talk)
    question = talk.state.question
    if question is not None and question.slot != "start":
        talk.repeat_question()
        return
    closing.ask_next(talk, fired=False)
    if not talk.replies or (answered and not talk.state.question):
        closing.say_doors(talk)


def _show_question(talk: Talk) -> None:
    """The open question again, or the greeting while nothing is asked yet."""
    question = talk.state.question
    if question is None or question.slot == "start":
        greet(talk)
    else:
        talk.repeat_question()


def switch_language(talk: Talk, code: str) -> None:
    """By a button: go on in this language and show the open question in it.

    While a human has the talk, only what is shown around it changes.
    """
    if code not in talk.pack.languages:
        if talk.state.owner != "human":
            say_languages(talk)
        return
    talk.update(language=code, language_told=True)
    if talk.state.owner == "human":
        return
    talk.say("language.switched")
    if talk.state.question is not None:
        _show_question(talk)
    else:
        closing.ask_next(talk, fired=False)


def say_languages(talk: Talk) -> None:
    """The language that they want is not there: name those that are."""
    names = [talk.text(f"language.name.{code}") for code in talk.pack.languages]
    talk.say("language.unavailable", languages=names)


def greet_again(talk: Talk) -> bool:
    """A bare greeting after a day is answered like coming back. False when it is more than that."""
    state = talk.state
    if state.owner != "bot" or state.outcome != "open" or not state.profile:
        return False
    if talk.reading.intents != ("small_talk",) or talk.changed or "?" in talk.reading.text:
        return False
    resume(talk)
    return True


def known_lines(talk: Talk) -> list[str]:
    shown = ("need", "company", "ownership", "city", "headcount", "department", "edition")
    found = []
    for slot in (*shown, *(own.id for own in talk.pack.own_slots)):
        value = talk.value(slot)
        if value is not None:
            label = talk.label(slot, value)
            worded = talk.texts.has(talk.state.language, f"resume.{slot}")
            found.append(talk.text(f"resume.{slot}", n=label) if worded else label)
    return found[:5]


def follow_language(talk: Talk) -> None:
    """Answer in the prospect's language; say once that it was changed.

    While a human has the talk, only what is shown around it changes.
    """
    wanted = talk.reading.slots.get("language")
    if talk.intends("language_switch") and isinstance(wanted, str):
        if wanted not in talk.pack.languages:
            _decline(talk, wanted)
        elif wanted != talk.state.language:
            talk.update(language=wanted)
            _say_unless_human(talk, "language.switched")
        return
    heard, former = talk.reading.language, talk.state.language
    if not heard or heard == former:
        # Nothing but the wish for another language, and nobody knows which.
        if talk.reading.intents == ("language_switch",) and talk.state.owner != "human":
            say_languages(talk)
        return
    if heard not in talk.pack.languages:
        if not talk.state.language_declined:
            _decline(talk, heard)
        return
    talk.update(language=heard)
    if talk.state.turns > 1 and not talk.state.language_told:
        talk.update(language_told=True)
        _say_unless_human(talk, "language.followed", talk.text(f"language.name.{former}"))


def _decline(talk: Talk, code: str) -> None:
    """A language that is not spoken here: said honestly, in the nearest while nothing was said."""
    nearest = _NEAREST.get(code, "")
    if talk.state.turns <= 1 and nearest in talk.pack.languages:
        talk.update(language=nearest)
    talk.update(language_declined=True)
    if talk.state.owner != "human":
        say_languages(talk)


def _say_unless_human(talk: Talk, key: str, former: str = "") -> None:
    if talk.state.owner != "human":
        talk.say(key, former=former)
