"""A call back: the prospect names a number and picks a time at which a colleague calls."""

from __future__ import annotations

import re

from dialogs import call_times, zones
from dialogs.call_times import CallTime
from dialogs.effects import CancelTimers, OpenTask
from dialogs.talk import Talk

PHONE, TIME = "call_phone", "call_time"
STEPS = (PHONE, TIME)
_CALL = re.compile(
    r"\b(?:call|phone|ring) (?:me|us)\b|\bcall[ -]?backs?\b|"
    r"(?:回|打)(?:个|一个)?电话|给我(?:来|回)?电|回电|来电联系|"
    r"перезвон|(?:по)?звон(?:ите|и|ить)\b|"
    r"\bll[aá]m(?:eme|enme|adme|ame|arme|enos|arnos)\b|"
    r"\b(?:me|nos) llam(?:e|en|a|an|as|ar[aá]n?)\b|"
    r"devu[eé]lv\w+ la llamada",
    re.I,
)


def begin_if_asked(talk: Talk) -> bool:
    """Who waits for a person and asks to be called, not written to, names a number and a time."""
    waits = talk.state.owner == "waiting" and talk.state.call_at <= talk.now
    if not waits or not talk.intends("talk_to_human") or not _CALL.search(talk.reading.text):
        return False
    if talk.state.question is None or talk.state.question.slot not in STEPS:
        begin(talk)
    return talk.state.question is not None


def begin(talk: Talk) -> None:
    """The button was pressed: the number first, if it is not known."""
    if talk.value("phone") is None:
        talk.ask_step(PHONE, (), kind="contact")
    else:
        _ask_time(talk)


def _ask_time(talk: Talk) -> None:
    times = call_times.offer(talk.pack.company, talk.now)
    if not times:
        _plan(talk, talk.now)
        return
    zone = zones.of_prospect(talk.state)
    talk.ask_step(
        TIME,
        [call_times.value_of(at) for at in times],
        phone=str(talk.value("phone")),
        zone_known=bool(zone),
    )


def take_text(talk: Talk, slot: str) -> bool:
    """Words while one of the steps is open. False when they are for the rest of the turn."""
    given = "phone" in talk.changed
    # "No, on my mobile: …" is no refusal.
    if talk.intends("refuse") or (talk.intends("deny") and not given):
        return press(talk, slot, "skip")
    if slot == PHONE:
        if not given:
            unsure = talk.intends("dont_know") and not talk.reading.unsure_of
            return unsure and press(talk, slot, "skip")
        phone = str(talk.value("phone"))
        talk.say("call.noted", theirs=(phone,), phone=phone)
        _ask_time(talk)
        return True
    if given:  # another number, while a time is asked for
        _ask_time(talk)
        return True
    if talk.reading.slots or set(talk.reading.intents) - {"unclear", "provide_info", "affirm"}:
        return False
    times = call_times.offer(talk.pack.company, talk.now)
    _plan(talk, times[0] if times else talk.now, wish=talk.reading.text.strip()[:200])
    return True


def press(talk: Talk, slot: str, value: str) -> bool:
    """A button under one of the steps."""
    if value == "skip":
        talk.update(question=None)
        talk.say("call.fine")
        return True
    at = call_times.read_value(value)
    if slot != TIME or at is None:
        return False
    if at < talk.now:
        _ask_time(talk)
    else:
        _plan(talk, at)
    return True


def _plan(talk: Talk, at: int, wish: str = "") -> None:
    """Note the call for the staff; who is called then need not be told that nobody is free."""
    phone = str(talk.value("phone"))
    time = show(talk, at)
    talk.update(question=None, call_at=at)
    talk.do(OpenTask(kind="call_back", due=at, note=" · ".join(filter(None, (phone, wish)))))
    if talk.state.owner == "waiting":
        talk.do(CancelTimers(names=("ring", "apology")))
    key = "call.wished" if wish else "call.planned"
    talk.say(key, theirs=(phone, wish), phone=phone, time=time.theirs, ours=time.ours, wish=wish)


def show(talk: Talk, at: int) -> CallTime:
    """A time in the words of the talk's language, in both clocks."""
    zone = zones.of_prospect(talk.state)
    return call_times.show(talk.texts, talk.state.language, at, zone)
