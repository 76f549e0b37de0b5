"""Answers to a step that is no question of the pack: a confirmation, an address, a paper."""

from __future__ import annotations

from dialogs import call_backs, control, escalation, giving, hours, requirement_intake
from dialogs.effects import OpenTask
from dialogs.talk import Talk
from dialogs.types import Known, Value
from dialogs.understanding.clauses import is_question

_ASIDE = (
    "ask_price", "ask_document", "ask_feature", "ask_commercial", "ask_why", "talk_to_human",
    "ask_trial", "buy_now",
)  # fmt: skip
_SKIPPED = {"email": "reach.fine", "requirement_text": "requirement.later"}
_CALLS = ("talk_to_human", "language_switch")


def take_text(talk: Talk) -> bool:
    """Let the open step take the words. False when they are for the rest of the turn."""
    question = talk.state.question
    if question is None:
        return False
    slot = question.slot
    if slot.startswith("confirm_"):
        return _take_yes_or_no(talk, slot)
    if slot == "email":
        return _take_contact(talk)
    if slot in call_backs.STEPS:
        return call_backs.take_text(talk, slot)
    if slot == "doc_type" and talk.reading.slots.get("doc_type"):
        talk.update(question=None)
        giving.hand_over(talk, tuple(str(talk.reading.slots["doc_type"]).split("+")))
        return True
    if slot == "existing_matter":
        talk.update(question=None)
        if talk.intends("support_request"):
            escalation.to_support(talk)
        return False
    if requirement_intake.is_step(slot):
        return _take_requirement(talk)
    return False


def _take_yes_or_no(talk: Talk, slot: str) -> bool:
    yes, no = talk.intends("affirm"), talk.intends("deny")
    if yes == no:
        talk.update(question=None, pending={})
        return False
    return _confirm(talk, slot, yes)


def _confirm(talk: Talk, slot: str, yes: bool) -> bool:
    pending = talk.state.pending
    talk.update(question=None, pending={})
    if slot == "confirm_restart":
        control.restart(talk, keep=yes)
    elif slot == "confirm_requirement":
        requirement_intake.confirm(talk, right=yes)
    elif slot == "confirm_forwarded":
        requirement_intake.confirm_forwarded(talk, theirs=yes)
    elif slot == "confirm_value":
        _settle_pending(talk, pending, yes)
    elif slot == "confirm_resume" and not yes:
        talk.say("resume.as_you_like")
    return True


def _settle_pending(talk: Talk, pending: dict[str, Value], yes: bool) -> None:
    for slot, value in pending.items():
        if yes:
            known = Known(
                value=value, status="corrected", quote=talk.reading.text, message=talk.message
            )
            talk.put(slot, known)
        else:
            kept = talk.value(slot)
            talk.say("confirmed.kept", value=talk.label(slot, kept if kept is not None else ""))


def _take_contact(talk: Talk) -> bool:
    given = [s for s in ("email", "phone") if s in talk.changed]
    if given:
        talk.update(question=None)
        talk.say("reach.thanks", value=str(talk.value(given[0])))
        if "phone" in given:
            due = hours.end_of_next_working_day(talk.pack.company, talk.now)
            talk.do(OpenTask(kind="call_back", due=due, note=str(talk.value("phone"))))
        return False
    unsure = talk.intends("dont_know") and not talk.reading.unsure_of
    if unsure or talk.intends("refuse", "deny"):
        talk.update(question=None)
        talk.say("reach.fine")
        # "A price first, please" says no, and asks for something that is to be answered.
        return not talk.intends(*_ASIDE)
    return False


def _is_aside(talk: Talk) -> bool:
    """A question of their own; what a requirement says of prices or orders is none."""
    text = talk.reading.text
    if "\n" in text.strip() or len(text) >= 200:
        return False
    return talk.intends(*_CALLS) or (talk.intends(*_ASIDE) and is_question(text.lower()))


def _take_requirement(talk: Talk) -> bool:
    text = talk.incoming.text
    if _is_aside(talk):
        return False
    if talk.intends("refuse", "dont_know") and len(text) < 40:
        text = ""
        if not talk.state.question or not talk.state.question.slot.startswith("draft_"):
            talk.update(question=None)
            return False
    if not requirement_intake.take_step(talk, text):
        return False
    requirement_intake.read_as_paper(talk)
    return True


def press_step(talk: Talk, value: str) -> bool:
    """A button under a step that is no slot of the profile."""
    question = talk.state.question
    if question is None:
        return False
    slot = question.slot
    if slot in call_backs.STEPS:
        return call_backs.press(talk, slot, value)
    if value == "skip":
        return _skip_step(talk, slot)
    if slot.startswith("confirm_"):
        return _press_confirm(talk, slot, value)
    if slot == "doc_type":
        talk.update(question=None)
        giving.hand_over(talk, (value,))
    elif slot == "existing_matter":
        talk.update(question=None)
        if value == "technical":
            escalation.to_support(talk)
        talk.say(f"existing_matter.{value}")
    elif requirement_intake.is_step(slot):
        talk.update(question=None)
        talk.say("requirement.later")
    else:
        return False
    return True


def _skip_step(talk: Talk, slot: str) -> bool:
    """Skip under a step; a question of the pack is skipped by its own flow."""
    if talk.pack.question(slot) is not None:
        return False
    if slot.startswith("draft_"):
        return requirement_intake.take_step(talk, "")
    if slot in ("confirm_value", "confirm_forwarded"):
        return _confirm(talk, slot, yes=False)
    talk.update(question=None, pending={})
    if slot == "confirm_requirement":
        requirement_intake.leave_unconfirmed(talk)
    if slot != "confirm_resume":
        talk.say(_SKIPPED.get(slot, "skipped"))
    return True


def _press_confirm(talk: Talk, slot: str, value: str) -> bool:
    if slot == "confirm_resume" and value == "restart":
        talk.ask_step("confirm_restart", ("keep", "fresh"))
        return True
    return _confirm(talk, slot, yes=value in ("keep", "right", "yes", "go_on"))
