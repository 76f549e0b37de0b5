"""The end of a turn: what was changed, what must be asked back, and the one question to go on."""

from __future__ import annotations

from dialogs import call_backs, control, escalation, qualification, requirement_intake
from dialogs.talk import Talk
from dialogs.understanding import courtesy

# Steps that the talk goes on without: nothing waits for their answer.
_PASSING_STEPS = ("start", "email", "doc_type")


def say_corrections(talk: Talk) -> None:
    """Name what was changed, old and new; ask back where it is not clear that it was."""
    for slot in talk.changed:
        known = talk.state.profile.get(slot)
        if known is None or known.status != "corrected" or known.value is None:
            continue
        # What staff entered is between them: only their own earlier words are named to them.
        earlier = [p.value for p in known.history if p.value is not None and not p.by]
        if not earlier or earlier[-1] == known.value:
            continue
        old, new = talk.label(slot, earlier[-1]), talk.label(slot, known.value)
        label = talk.text(f"slot.{slot}")
        talk.say("corrected", theirs=(old, new), label=label, old=old, new=new)


def quarantine(talk: Talk) -> None:
    """Abuse while nothing is known is set aside; a word of substance brings it back."""
    state = talk.state
    if state.outcome == "quarantined" and state.profile:
        talk.update(outcome="open")
    elif state.outcome == "open" and talk.intends("abuse") and not state.profile:
        talk.update(outcome="quarantined", question=None)


def ask_next(talk: Talk, *, fired: bool) -> None:
    """One question at most at the end of a turn, whichever matters most now."""
    state = talk.state
    if state.owner in ("human", "closed") or state.outcome in ("price_only", "quarantined"):
        return
    if any(r.question for r in talk.replies):
        return
    if talk.intends("out_of_scope") and talk.replies and not state.profile:
        return  # nothing says that this is a prospect: a job seeker is not asked what for
    _reassure(talk)
    _thank_for_address(talk)
    if _takes_leave(talk) or _show_in_new_language(talk) or call_backs.begin_if_asked(talk):
        return
    if _ask_back(talk) or _ask_for_paper(talk):
        return
    if fired and _matter_is_open(talk):
        talk.ask_step("existing_matter", ("technical", "new_business"))
        return
    if state.outcome == "support":
        _ask_contact_if_due(talk)
        return
    if fired and not escalation.desk_is_open(talk) and _ask_contact_if_due(talk):
        return
    if state.spared or _step_is_open(talk):
        return
    if any(r.key == "requirement.arrived" for r in talk.replies):
        return  # what was found in it is shown next, and needs an answer
    if not (
        requirement_intake.ask_again_if_open(talk)
        or qualification.go_on(talk)
        or _ask_contact_if_due(talk)
    ):
        _all_known(talk)


def _takes_leave(talk: Talk) -> bool:
    """Who says goodbye is held back by no question, but for where a colleague may reach them."""
    if talk.reading.intents != ("small_talk",) or talk.changed:
        return False
    if not courtesy.takes_leave(talk.reading.text):
        return False
    if talk.state.owner == "waiting":
        _ask_contact_if_due(talk)
    return True


def _step_is_open(talk: Talk) -> bool:
    """A step waits for its answer, and the talk does not go on without."""
    question = talk.state.question
    if question is None or talk.pack.question(question.slot) is not None:
        return False
    return question.slot not in _PASSING_STEPS


def _reassure(talk: Talk) -> None:
    """Asked for a person while one is already on the way."""
    state = talk.state
    told = any(r.key.startswith("escalation.") for r in talk.replies)
    if talk.intends("talk_to_human") and state.owner == "waiting" and not told:
        escalation.reassure(talk)


def _thank_for_address(talk: Talk) -> None:
    """An address given unasked while somebody is on the way: say what it is used for."""
    given = next((s for s in ("email", "phone") if s in talk.changed), "")
    told = any(r.key.startswith(("reach.", "corrected")) for r in talk.replies)
    if given and talk.state.owner == "waiting" and not told:
        talk.say("reach.thanks", value=str(talk.value(given)))


def _show_in_new_language(talk: Talk) -> bool:
    """After a change of language the open question is shown again in it."""
    question = talk.state.question
    if question is None or not talk.intends("language_switch"):
        return False
    if question.slot == "start":
        return False
    talk.repeat_question()
    return True


def _matter_is_open(talk: Talk) -> bool:
    """An existing customer, and nobody knows yet whether it is technical."""
    state = talk.state
    known = state.asked.get("existing_matter")
    return state.reason == "existing_customer" and state.outcome == "escalated" and not known


def _ask_contact_if_due(talk: Talk) -> bool:
    if not escalation.contact_due(talk):
        return False
    escalation.ask_contact(talk)
    return True


def _ask_back(talk: Talk) -> bool:
    """A value that differs from the known one, said without a word of correction."""
    for slot in talk.reading.unsettled:
        new, old = talk.reading.slots.get(slot), talk.value(slot)
        if new is None or old is None or new == old:
            continue
        talk.update(pending={slot: new})
        talk.ask_step(
            "confirm_value",
            ("yes", "no"),
            label=talk.text(f"slot.{slot}"),
            old=talk.label(slot, old),
            new=talk.label(slot, new),
        )
        return True
    return False


def _ask_for_paper(talk: Talk) -> bool:
    """Just heard that a written requirement exists: tell how to give it."""
    given = talk.state.requirement is not None or any(
        r.key.startswith("requirement.") for r in talk.replies
    )
    if "written_requirement" not in talk.changed or given:
        return False
    if talk.value("written_requirement") is not True:
        return False
    requirement_intake.ask_for_it(talk)
    return True


def _all_known(talk: Talk) -> None:
    """Nothing is left to ask: a recap once, and the doors that stay open."""
    if talk.replies and talk.state.recapped:
        return
    escalation.recap(talk)
    if talk.state.owner == "bot":
        say_doors(talk)


def say_doors(talk: Talk) -> None:
    """Nothing is asked: what the prospect may do from here."""
    rating = control.ask_rating(talk)
    doors = [talk.button("documents", "more"), talk.button("person", "person")]
    talk.say("done", buttons=[*doors, *rating], rating=bool(rating))


def say_something(talk: Talk) -> None:
    """Every turn has an answer: what was said was noted, or was not understood."""
    if talk.state.owner == "human":
        return
    if talk.intends("unclear") or not talk.reading.intents:
        talk.say("unclear", buttons=[talk.button("person", "person")])
    elif talk.state.spared and not talk.changed:
        talk.say("answer.standby")
    else:
        talk.say("noted")
