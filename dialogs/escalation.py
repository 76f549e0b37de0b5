"""Flow 4: the rules that bring in a human, and what is done when one fires."""

from __future__ import annotations

import msgspec

from dialogs import call_times, hours, on_call, zones
from dialogs.conditions import all_hold, facts
from dialogs.effects import Alert, Escalate, OpenTask, StartTimer
from dialogs.hours import Keeps
from dialogs.ownership import next_owner
from dialogs.pack import EscalationRule
from dialogs.talk import Talk
from dialogs.types import Button

APOLOGY_AFTER = 180_000  # ms
_UNSERIOUS = ("out_of_scope", "abuse")
_WISHES = ("person_requested", "direct_purchase", "custom_work", "commercial_question")


def fire(talk: Talk) -> bool:
    """Apply every rule that holds and has not yet fired. True when one fired in this turn."""
    if talk.state.owner not in ("bot", "waiting"):
        return False
    rules = [rule for rule in talk.pack.escalations if _fires(talk, rule)]
    if not rules:
        return False
    if talk.state.owner == "bot":
        _bring_in(talk, rules[0])
        rules = rules[1:]
    for rule in rules:
        _add(talk, rule)
    return True


def _fires(talk: Talk, rule: EscalationRule) -> bool:
    state = talk.state
    if state.outcome == "price_only" and not rule.in_price_only:
        return False
    if talk.intends(*_UNSERIOUS) and rule.reason != "person_requested":
        return False
    if not all_hold(rule.when, facts(state, talk.reading)):
        return False
    if rule.reason not in state.reasons:
        return True
    # Said anew to the bot, after a human gave the talk back: it counts again.
    said_now = not all_hold(rule.when, facts(state))
    return said_now and state.owner == "bot"


def _bring_in(talk: Talk, rule: EscalationRule) -> None:
    state = talk.state
    support = rule.queue == "aftersales"
    outcome = state.outcome
    if outcome not in ("escalated", "support"):
        outcome = "support" if support else "escalated"
    talk.update(owner=next_owner(state.owner, "escalated") or state.owner, outcome=outcome)
    _call(talk, rule)
    talk.say(
        f"escalation.{rule.reason}",
        buttons=call_me_back(talk),
        support=support,
        when=_when(talk),
    )


def return_to_manager(talk: Talk) -> None:
    """A customer of somebody's writes again after the talk was closed: it rings for that person.

    The owner is `waiting` already, see `ownership`.
    """
    rules = (each for each in talk.pack.escalations if each.reason == "existing_customer")
    rule = next((each for each in rules if each.queue == "presales"), EscalationRule(
        reason="existing_customer", when=(), urgency="high"
    ))  # fmt: skip
    outcome = talk.state.outcome
    talk.update(outcome="support" if outcome == "support" else "escalated")
    _call(talk, rule)
    talk.say("escalation.welcome_back", manager=talk.state.manager, when=_when(talk))


def _call(talk: Talk, rule: EscalationRule) -> None:
    """Somebody waits from now on: choose whom to ring for, and when to ring again."""
    state, roster = talk.state, talk.incoming.roster
    talk.update(
        reason=state.reason or rule.reason,
        handovers=state.handovers + 1,
        waiting_since=talk.now,
        rings=1,
        routed=_route(talk),
        manager=roster.manager or state.manager,
    )
    to = on_call.choose_first(talk.pack, talk.state, roster=roster)
    talk.update(called=(to,) if to else ())
    _note(talk, rule, first=True)
    _ring_again_later(talk)
    talk.do(StartTimer(name="apology", due=talk.now + APOLOGY_AFTER))


def _when(talk: Talk) -> str:
    when = "escalation.when_open" if desk_is_open(talk) else "escalation.when_closed"
    return talk.text(when, at=opens(talk))


def call_me_back(talk: Talk) -> list[Button]:
    """A call later instead of waiting here: offered while the office is closed."""
    return [] if desk_is_open(talk) else [talk.button("call_back", "more")]


def _route(talk: Talk) -> str:
    """Whom the first route that holds names, or "". An edition that was estimated counts here."""
    estimate = talk.state.estimate
    seen = msgspec.structs.replace(
        facts(talk.state, talk.reading), estimated=estimate.edition if estimate else ""
    )
    return next((route.to for route in talk.pack.routes if all_hold(route.when, seen)), "")


def _add(talk: Talk, rule: EscalationRule) -> None:
    """A further reason goes into the brief; what the prospect asked for is acknowledged."""
    if rule.reason in talk.state.reasons:
        return
    waited = talk.state.waiting_since != talk.now
    _note(talk, rule, first=False)
    if waited and rule.reason in _WISHES:
        talk.say("escalation.added")


def _note(talk: Talk, rule: EscalationRule, *, first: bool) -> None:
    state = talk.state
    if rule.reason not in state.reasons:
        talk.update(reasons=(*state.reasons, rule.reason))
    to = talk.state.called[-1] if first and talk.state.called else ""
    talk.do(
        Escalate(reason=rule.reason, queue=rule.queue, urgency=rule.urgency, first=first, to=to)
    )
    if rule.reason == "written_requirement":
        due = hours.end_of_next_working_day(talk.pack.company, talk.now)
        talk.do(OpenTask(kind="follow_up", due=due, note=rule.reason))


def to_support(talk: Talk) -> None:
    """An existing customer's matter turns out to be technical: on to the after-sales queue."""
    if talk.state.reason != "existing_customer" or talk.state.outcome != "escalated":
        return
    talk.update(outcome="support")
    talk.do(Escalate(reason="existing_customer", queue="aftersales", urgency="high", first=False))


def desk_is_open(talk: Talk) -> bool:
    """Whether the company is at work, or at least who is rung for."""
    return hours.is_open(_desk(talk), talk.now)


def _desk(talk: Talk) -> Keeps:
    called = talk.state.called[-1] if talk.state.called else ""
    return on_call.desk_of(talk.pack.company, called, talk.now)


def reassure(talk: Talk) -> None:
    """A colleague has been called already: say so, and when one can come or call."""
    planned = talk.state.call_at > talk.now
    buttons = [] if planned else call_me_back(talk)
    talk.say("escalation.on_the_way", buttons=buttons, is_open=desk_is_open(talk), at=opens(talk))


def opens(talk: Talk) -> str:
    """When the desk next opens, or while it is open when it closes, as a person would say it: on
    the prospect's clock, too, where that is known to differ.

    "" for a desk that never closes.
    """
    desk, state = _desk(talk), talk.state
    if hours.never_closes(desk, talk.now):
        return ""
    at = hours.next_change(desk, talk.now)
    return call_times.tell(talk.texts, state.language, at, zones.of_prospect(state))


# --- timers --------------------------------------------------------------------------------------


def ring(talk: Talk) -> None:
    """Nobody came: a reminder after a minute, the next person after two, then everybody on call;
    while the desk is open.

    Put off by staff, the rings begin anew with the first person.
    """
    state, company = talk.state, talk.pack.company
    if state.owner != "waiting" or state.rings >= on_call.LAST_RING:
        return
    # Everybody is rung for while the company is at work, not while one of them is.
    desk = company if state.rings + 1 == on_call.LAST_RING else _desk(talk)
    opens_at = on_call.when_open(desk, talk.now)
    if opens_at > talk.now:
        talk.do(StartTimer(name="ring", due=opens_at))
        return
    rings = state.rings + 1
    to = _whom(talk, rings)
    new = (to,) if to else on_call.all_there(talk.pack, state, talk.incoming.roster)
    called = (*(name for name in state.called if name != to), *new)
    off = () if to else tuple(sorted(on_call.off_duty(company, talk.now)))
    talk.update(rings=rings, called=tuple(dict.fromkeys(called)))
    talk.do(Alert(reason=state.reason, urgency="urgent", to=to, off=off))
    if rings < on_call.LAST_RING:
        _ring_again_later(talk)


def _whom(talk: Talk, rings: int) -> str:
    """The same person for a reminder, then the next one, and "" for everybody at last."""
    state, roster = talk.state, talk.incoming.roster
    if rings == on_call.LAST_RING:
        return ""
    if rings == on_call.LAST_RING - 1:
        return on_call.choose_next(talk.pack, state, roster)
    if state.called:
        return on_call.choose_again(talk.pack, state, roster)
    return on_call.choose_first(talk.pack, state, state.returned_by, roster)


def _ring_again_later(talk: Talk) -> None:
    called = talk.state.called[-1] if talk.state.called else ""
    due = on_call.due_after(talk.pack.company, talk.now, called)
    talk.do(StartTimer(name="ring", due=due))


def apologise(talk: Talk) -> None:
    """Nobody came for three minutes: an apology, a time, and the choice to leave an address."""
    if talk.state.owner != "waiting":
        return
    known = talk.value("email") or talk.value("phone")
    key = "escalation.sorry_known" if known else "escalation.sorry"
    buttons = [talk.button("call_back", "more")]
    talk.say(key, buttons=buttons, at=opens(talk), is_open=desk_is_open(talk))
    if not known:
        ask_contact(talk)


def ask_contact(talk: Talk) -> None:
    """Ask how a colleague can reach the prospect, with the reason."""
    talk.ask_step("email", (), key="ask.reach", kind="contact")


def contact_due(talk: Talk) -> bool:
    """Somebody is to be brought in, nobody can be reached yet, and it was not asked before."""
    state = talk.state
    reachable = any(slot in state.profile for slot in ("email", "phone"))
    return state.owner == "waiting" and not reachable and not state.asked.get("email")


def recap(talk: Talk) -> None:
    """What was understood, one line a fact, each with its Edit; once, with the hand-off."""
    state = talk.state
    lines = []
    edits = []
    for topic in talk.pack.topics:
        for question in topic.questions:
            value = talk.value(question.slot)
            if value is None:
                continue
            label = talk.text(f"slot.{question.slot}")
            shown = talk.label(question.slot, value)
            lines.append(talk.text("recap.line", label=label, value=shown))
            edits.append(
                Button(
                    value=f"edit:{question.slot}",
                    label=talk.text("button.edit", what=label),
                    kind="edit",
                )
            )
    if not lines or state.recapped:
        return
    talk.update(recapped=True)
    talk.say("recap", buttons=edits, theirs=lines, lines=lines, passed_on=bool(state.reasons))
