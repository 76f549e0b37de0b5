"""Calls on the phone: those that were asked for, and those that staff write down."""

from __future__ import annotations

from bot.desk.acting import Act, Acted, require
from bot.desk.talking import add_note
from bot.desk.tasks import LATEST
from bot.remarks import Moment
from dialogs import call_times, hours, zones
from dialogs.types import Struct
from storage import calls, leads, outbox

OUTCOMES = ("done", "no_answer", "later")
NEXT_TRY = 2 * hours.HOUR  # working time after a call that nobody answered


class CallOutcome(Struct):
    """What became of a call: one of OUTCOMES; `later` names another time in `due` (ms)."""

    outcome: str
    due: int = 0


def settle_call(at: Act, task: int, what: CallOutcome, external_id: str) -> Acted:
    """A call was made, nobody answered it, or it is put off; the prospect is told of a new time."""
    require(what.outcome in OUTCOMES, "invalid")
    found = calls.get(at.tx, task)
    require(found is not None and found.conversation == at.row.id, "task")
    if what.outcome == "done":
        return _make_call(at, task, external_id)
    due = what.due
    if what.outcome == "no_answer":
        due = hours.add_working(at.room.texts.pack.company, at.room.now, NEXT_TRY)
    require(at.room.now < due <= at.room.now + LATEST, "moment")
    calls.move(at.tx, task, due)
    at.update(call_at=due)
    at.remark(f"calls.noted.{what.outcome}", at=Moment(at=due))
    time = call_times.show(at.room.texts, at.state.language, due, zones.of_prospect(at.state))
    seq = at.tell(f"calls.told.{what.outcome}", external_id, time=time.theirs, ours=time.ours)
    at.save(at.row.staff_id)
    return Acted(seq=seq)


def _make_call(at: Act, task: int, external_id: str) -> Acted:
    """They talked on the phone: that counts as a reply, and whoever waited is theirs now."""
    leads.finish_task(at.tx, at.row.id, task, at.room.now, at.staff.id)
    seq = at.remark("calls.noted.done", external_id)
    at.update(call_at=0)
    keeper = _take(at) if at.state.owner == "waiting" else at.row.staff_id
    at.count_reply()
    at.save(keeper)
    return Acted(seq=seq)


def _take(at: Act) -> int:
    at.move("claimed", staff=at.staff.display_name, waiting_since=0)
    outbox.withdraw(at.tx, at.row.id, "bot")
    outbox.cancel_timers(at.tx, at.row.id, ("ring", "apology", "go_on"))
    at.tell("desk.joined")
    return at.staff.id


def write_down(at: Act, words: str, external_id: str) -> Acted:
    """Notes of a phone consultation, by who has the talk: both sides have spoken by that."""
    text = at.check_words(words, external_id)
    repeat = at.find_repeat(external_id, text)
    if repeat is not None:
        return repeat
    at.require_mine()
    at.update(
        greeted=True, turns=max(1, at.state.turns), last_prospect=at.room.now,
        last_staff=at.room.now,
    )  # fmt: skip
    seq = add_note(at, text, external_id)
    at.count_reply()
    at.save(at.staff.id)
    return Acted(seq=seq)
