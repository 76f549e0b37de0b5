"""Stop, restart, back, and the buttons around erasing: what comes before everything else."""

from __future__ import annotations

from dialogs import profile, qualification, requirement_intake
from dialogs.effects import CancelTimers, EraseEverything, Rate
from dialogs.ownership import next_owner
from dialogs.talk import Talk
from dialogs.types import Button, State

STARS = (5, 3, 1)  # of 5, as the buttons give them


def control(talk: Talk) -> bool:
    """Stop, restart, back: these come before everything else that a message may hold."""
    if talk.intends("stop"):
        stop(talk)
    elif talk.intends("restart"):
        talk.ask_step("confirm_restart", ("keep", "fresh"))
    elif talk.intends("go_back"):
        back(talk)
    else:
        return False
    return True


def back(talk: Talk) -> None:
    """To the question before the open one, within a requirement that is being written, too."""
    talk.update(pending={})
    if not requirement_intake.draft_back(talk):
        qualification.back(talk)


def stop(talk: Talk) -> None:
    """End the contact; erasing is a second step, by a button that names what goes."""
    state = talk.state
    outcome = "closed" if state.outcome in ("open", "price_only") else state.outcome
    talk.update(
        owner=next_owner(state.owner, "closed") or state.owner,
        outcome=outcome,
        close_reason="stopped",
        question=None,
    )
    talk.do(CancelTimers())
    rating = ask_rating(talk)
    buttons = [*rating, talk.button("erase", "more")]
    talk.say("stop.bye", buttons=buttons, rating=bool(rating))


def wants_rating(state: State) -> bool:
    """Whether to ask how it was: at the end, once, and not of somebody who hardly spoke."""
    return state.turns > 2 and not state.rating_asked


def ask_rating(talk: Talk) -> list[Button]:
    """Buttons by which one tap says how it went; none where it is not to be asked."""
    if not wants_rating(talk.state):
        return []
    talk.update(rating_asked=True)
    return [talk.button(f"rate:{stars}", "more", f"button.rate.{stars}") for stars in STARS]


def press_last(talk: Talk, value: str) -> bool:
    """Buttons that work whoever owns the talk and open nothing: erasing and the rating."""
    if value in ("rate:1", "rate:3", "rate:5"):
        talk.do(Rate(stars=int(value[-1])))
        talk.say("rate.thanks")
        return True
    if value == "forget":
        talk.say("erase.ask", buttons=[talk.button("erase", "more")])
        return True
    if value == "erase":
        talk.update(owner="closed", question=None)
        talk.do(CancelTimers(), EraseEverything())
        talk.say("erase.done")
        return True
    return False


def restart(talk: Talk, keep: bool) -> None:
    """Begin again at the first open question; without `keep` the values go to the history."""
    state = talk.state
    talk.update(
        deferred=(),
        question=None,
        trail=(),
        non_answers=0,
        non_answers_row=0,
        price_asks=0,
        pending={},
        spared=False,
    )
    if not keep:
        former = dict(state.former)
        for slot, known in state.profile.items():
            past = (*former.get(slot, ()), *known.history, profile.past_of(known))
            former[slot] = past[-profile.HISTORY_MAX :]
        talk.update(former=former, profile={}, asked={}, estimate=None, draft=())
    if talk.state.outcome == "price_only":
        talk.update(outcome="open")
    talk.say("restart.kept" if keep else "restart.fresh")
