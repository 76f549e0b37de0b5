"""Buttons that mean the same whichever question is open, and what a button leads to."""

from __future__ import annotations

import re
from collections.abc import Callable

from dialogs import (
    call_backs,
    closing,
    giving,
    helpfulness,
    qualification,
    quotation,
    requirement_intake,
)
from dialogs.talk import Talk
from dialogs.types import Known

LABEL_MAX = 100  # characters; what is longer is no label
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def press_anywhere(talk: Talk, value: str) -> bool:
    """Buttons that mean the same whichever question is open: quick choices, person, edit."""
    quick: dict[str, Callable[[Talk], None]] = {
        "prices": quotation.give_price,
        "documents": giving.offer_papers,
        "edition": _which_edition,
        "requirement": _has_requirement,
        "customer": _is_customer,
        "person": Talk.asks_for_person,
        "go_on": _go_on,
        "call_back": call_backs.begin,
    }
    if value.startswith("edit:"):
        qualification.ask_again(talk, value.removeprefix("edit:"))
        return True
    if value not in quick or (value == "documents" and _is_option(talk, value)):
        return False
    question = talk.state.question
    if question is not None and question.slot in ("start", "confirm_resume"):
        talk.update(question=None)
    if value == "prices":
        talk.update(price_asks=talk.state.price_asks + 1)
    quick[value](talk)
    return True


def _go_on(talk: Talk) -> None:
    """Nothing to say: the turn's end asks the next question."""


def named_in_words(talk: Talk) -> str:
    """The button under the open question or the newest answer whose label is all that the text
    says, or "".

    Case, marks and spaces around it do not count; a label counts in each language of the pack.
    """
    question, said = talk.state.question, _bare(talk.incoming.text)
    if not said or len(said) > LABEL_MAX:
        return ""
    keys = helpfulness.keys_of_newest(talk)
    if question is not None:
        named = question.slot != call_backs.TIME
        keys |= {v: f"option.{question.slot}.{v}" for v in question.options if named}
    if talk.state.owner == "waiting":
        keys |= {"call_back": "button.call_back"}
    if question is not None and question.slot != "start":
        keys |= {value: f"button.{value}" for value in ("back", "skip", "person")}
    for language in (talk.state.language, *talk.pack.languages):
        for value, key in keys.items():
            if said == _bare(talk.texts.say(language, key)):
                return value
    return ""


def _bare(text: str) -> str:
    return _AROUND.sub("", " ".join(text.casefold().split()))


def _is_option(talk: Talk, value: str) -> bool:
    question = talk.state.question
    return (
        question is not None
        and question.slot != "start"
        and value in question.options
        and question.number == talk.incoming.question
    )


def _which_edition(talk: Talk) -> None:
    if talk.state.estimate is None:
        talk.say("edition.let_us_see")
    else:
        quotation.repeat_estimate(talk)


def _has_requirement(talk: Talk) -> None:
    requirement_intake.note_given(talk, talk.text("option.start.requirement"))


def _is_customer(talk: Talk) -> None:
    label = talk.text("option.start.customer")
    if talk.value("existing_customer") is not True:
        known = Known(value=True, status="stated", quote=label, message=talk.message)
        talk.put("existing_customer", known)


def after_choice(talk: Talk, slot: str, value: str) -> None:
    """What a button leads to besides filling its slot."""
    if slot == "written_requirement" and value == "help":
        requirement_intake.start_draft(talk)


def stale(talk: Talk) -> None:
    """A button of an earlier question: say so and show the question that is open now."""
    talk.say("stale")
    question = talk.state.question
    if question is not None:
        talk.repeat_question()
    else:
        closing.ask_next(talk, fired=False)
