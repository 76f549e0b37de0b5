"""Who has the conversation: it is claimed, handed back, passed on, or nobody's matter."""

from __future__ import annotations

import msgspec

from bot import records
from bot.alerting.roster import read_roster
from bot.desk.acting import Act, Acted, require
from bot.desk.choices import DECLINE_REASONS, DECLINE_TO, HAND_BACK_NEXT, NOT_A_LEAD_REASONS
from bot.desk.talking import add_note
from bot.remarks import Moment, Word
from dialogs import hours, on_call
from dialogs.effects import Alert
from dialogs.escalation import APOLOGY_AFTER
from dialogs.types import Struct
from storage import desk, outbox

NAME_MAX = 200  # characters of whom a conversation is passed on to
LINE_MAX = 300  # characters of what is left for the bot and the brief
HAND_BACK_AFTER = hours.HALF_HOUR
LATER_MAX = 24 * 60  # minutes
NOTHING = "-"  # in the record, for a reason that there was none


class Claimed(Struct):
    """`won`: the caller has it now, or had it already. `owner_name`: who has it, "" for nobody."""

    owner_name: str
    won: bool
    repeated: bool = False
    refused: str = ""  # text key desk.refused.… or ""
    undo: int = 0  # by which it can be undone for a minute, 0 where it cannot


class HandBack(Struct):
    """What a human leaves behind. `line`: for the brief and colleagues, never told as it stands.

    `next`: of HAND_BACK_NEXT, what the bot announces in their name.
    """

    line: str = ""
    next: str = ""


class Decline(Struct):
    """Why a brief goes back (DECLINE_REASONS), to whom (DECLINE_TO), and words for colleagues."""

    reason: str
    to: str = "queue"
    note: str = ""


# --- claim ---------------------------------------------------------------------------------------


def claim(at: Act, here: bool) -> Claimed:
    """Take it; the first wins, see `Desk.claim`."""
    if at.state.owner == "human":
        mine = at.row.staff_id == at.staff.id
        at.same = mine
        return Claimed(owner_name=at.state.staff, won=mine, repeated=mine)
    at.former = f"{at.state.owner} {at.state.waiting_since}"
    at.move("claimed", staff=at.staff.display_name, waiting_since=0)
    outbox.withdraw(at.tx, at.row.id, "bot")
    outbox.cancel_timers(at.tx, at.row.id, ("ring", "apology", "go_on"))
    # The prospect waits from now on, whether or not another word comes.
    outbox.start_timer(at.tx, at.row.id, "hand_back", at.room.now + HAND_BACK_AFTER)
    at.tell("desk.joined", f"desk:claim:{at.row.version}" if here else "")
    at.save(at.staff.id)
    return Claimed(owner_name=at.staff.display_name, won=True)


# --- hand back -----------------------------------------------------------------------------------


def hand_back(at: Act, external_id: str, left: HandBack) -> Acted:
    """Give it back to the bot, which goes on."""
    at.require_mine(heads=True)
    line = one_line(left.line)
    require(left.next in HAND_BACK_NEXT, "invalid")
    _leave_line(at, line, left.next)
    seq = give_to_bot(at, external_id)
    at.save()
    return Acted(seq=seq)


def give_to_bot(at: Act, external_id: str) -> int:
    """The human lets go and the bot takes the talk up; the prospect is told."""
    name = at.state.staff
    at.move("handed_back", staff="", waiting_since=0, last_staff=at.room.now)
    outbox.cancel_timers(at.tx, at.row.id, ("hand_back",))
    outbox.start_timer(at.tx, at.row.id, "go_on", at.room.now)
    return at.tell("desk.handed_back", external_id, name=name)


def _leave_line(at: Act, line: str, next_step: str) -> None:
    name = at.staff.display_name
    at.update(line=line, line_by=name if line or next_step else "", next_step=next_step)
    if line:
        at.remark("desk.left_line", line=line)
    if next_step:
        at.remark("desk.left_next", next=Word(key=f"desk.next.{next_step}"))


def one_line(text: str) -> str:
    """Words without what no keyboard writes, on one line. Raises RefusedError when too long."""
    line = " ".join(records.clean(text).split())
    require(len(line) <= LINE_MAX, "too_long")
    return line


# --- pass on -------------------------------------------------------------------------------------


def pass_on(at: Act, to: str, external_id: str, note: str) -> Acted:
    """Back into the queue, or from there to somebody else; see `Desk.pass_on`."""
    whom = records.clean(to)[:NAME_MAX]
    if note:
        add_note(at, at.check_text(note))
    if at.state.owner == "waiting":
        seq = _give_to_another(at, whom, external_id)
    else:
        seq = give_to_queue(at, whom, external_id)
    at.save()
    return Acted(seq=seq)


def give_to_queue(at: Act, whom: str, external_id: str) -> int:
    """The human lets go: the prospect waits anew, and is told so."""
    at.require_mine(heads=True)
    now, former = at.room.now, at.state.staff
    at.move("passed_on", staff="", waiting_since=now, routed=whom or at.state.routed)
    outbox.cancel_timers(at.tx, at.row.id, ("hand_back",))
    outbox.start_timer(at.tx, at.row.id, "apology", now + APOLOGY_AFTER)
    if whom:
        at.remark("desk.passed_on_to", to=whom)
    seq = at.tell("desk.passed_on", external_id)
    to = _choose(at, whom, former)
    # Who lets it go for anybody counts as called: nobody rings for them while there is another.
    ring_for(at, (to,) if whom else (former, to))
    return seq


def _give_to_another(at: Act, whom: str, external_id: str) -> int:
    """Nobody has it yet: another colleague is rung for. The prospect waits as before."""
    at.wake()
    if whom:
        at.update(routed=whom)
        called: tuple[str, ...] = (_choose(at, whom, at.staff.display_name),)
    else:
        there = read_roster(at.tx, at.row.id, at.state, at.room.now)
        called = (*at.state.called, on_call.choose_next(at.room.texts.pack, at.state, there))
    seq = at.remark("desk.passed_on_to", external_id, to=whom or called[-1])
    ring_for(at, called)
    return seq


def _choose(at: Act, whom: str, besides: str) -> str:
    """Whom to ring for. A colleague's own choice goes before the prospect's account manager."""
    there = read_roster(at.tx, at.row.id, at.state, at.room.now)
    state = at.state
    if whom:
        there = msgspec.structs.replace(there, manager="")
        state = msgspec.structs.replace(state, manager="")
    return on_call.choose_first(at.room.texts.pack, state, besides, there)


def ring_for(at: Act, called: tuple[str, ...]) -> None:
    """Ring for the last of those called, and begin to count anew."""
    *before, to = called
    names = (*(name for name in before if name != to), to)
    at.update(rings=1, called=tuple(dict.fromkeys(name for name in names if name)))
    due = on_call.due_after(at.room.texts.pack.company, at.room.now, to)
    outbox.start_timer(at.tx, at.row.id, "ring", due)
    at.do(Alert(reason=at.state.reason, urgency="high", to=to))


# --- later, not a lead ---------------------------------------------------------------------------


def later(at: Act, minutes: int, external_id: str) -> Acted:
    """Leave a waiting one for some minutes; then it rings anew."""
    require(0 < minutes <= LATER_MAX, "invalid")
    require(at.state.owner == "waiting", "state")
    due = at.room.now + minutes * 60_000
    ring_later(at, due)
    seq = at.remark("desk.put_off", external_id, until=Moment(at=due))
    at.save()
    return Acted(seq=seq)


def ring_later(at: Act, due: int) -> None:
    """Nobody is rung for before then (ms), and then from the first person on."""
    company = at.room.texts.pack.company
    outbox.start_timer(at.tx, at.row.id, "ring", on_call.when_open(company, due))
    at.update(rings=0, called=())


def not_a_lead(at: Act, reason: str, external_id: str) -> Acted:
    """Send a waiting one back to the bot."""
    require(reason in NOT_A_LEAD_REASONS, "reason")
    at.move("not_a_lead", waiting_since=0)
    outbox.cancel_timers(at.tx, at.row.id, ("ring", "apology"))
    at.remark("desk.not_a_lead_because", reason=Word(key=f"desk.not_a_lead.{reason}"))
    _note_return(at, f"not_a_lead.{reason}")
    seq = at.tell("desk.not_taken", external_id)
    at.save()
    return Acted(seq=seq)


# --- the brief -----------------------------------------------------------------------------------


def accept(at: Act) -> Acted:
    """The brief is good: it is a lead."""
    at.require_mine()
    case = desk.get(at.tx, at.row.id)
    if case.accepted_at:
        at.same = True
        return Acted(repeated=True)
    at.former = f"{case.returned or NOTHING} {case.returned_at}"
    desk.put(at.tx, at.row.id, accepted_at=at.room.now, returned="", returned_at=0)
    at.update(returned="", returned_by="")
    at.save(at.row.staff_id)
    return Acted()


def decline(at: Act, what: Decline, external_id: str) -> Acted:
    """Send the brief back with a reason, which stands in it from then on."""
    require(what.reason in DECLINE_REASONS, "reason")
    require(what.to in DECLINE_TO, "invalid")
    at.remark("desk.declined", reason=Word(key=f"desk.decline.{what.reason}"))
    if what.note:
        add_note(at, at.check_text(what.note))
    if at.state.owner == "waiting":
        require(what.to == "bot", "state")
        at.move("not_a_lead", waiting_since=0)
        outbox.cancel_timers(at.tx, at.row.id, ("ring", "apology"))
        seq = at.tell("desk.not_taken", external_id)
    elif what.to == "queue":
        seq = give_to_queue(at, "", external_id)
    else:
        at.require_mine(heads=True)
        seq = give_to_bot(at, external_id)
    _note_return(at, f"decline.{what.reason}")
    at.save()
    return Acted(seq=seq)


def _note_return(at: Act, reason: str) -> None:
    """Keep why it went back; `reason` is the end of the text key desk.…"""
    desk.put(at.tx, at.row.id, returned=reason, returned_at=at.room.now, accepted_at=0)
    at.update(returned=reason, returned_by=at.staff.display_name)


# --- back again ----------------------------------------------------------------------------------


def wait_again(at: Act, since: int, claimed_at: int) -> None:
    """After a claim that was none: the prospect waits as before it."""
    at.move("passed_on", staff="", waiting_since=since)
    outbox.cancel_timers(at.tx, at.row.id, ("hand_back",))
    apology = since + APOLOGY_AFTER
    if claimed_at < apology:
        outbox.start_timer(at.tx, at.row.id, "apology", max(at.room.now, apology))
    at.tell("desk.passed_on")
    called = at.state.called or (_choose(at, "", ""),)
    ring_for(at, called)
