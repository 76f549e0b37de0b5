"""Out of sight until a moment: it wakes by a timer, or at once when the prospect writes."""

from __future__ import annotations

from bot.desk.acting import SNOOZE, Act, Acted, end_pause, move_due, require
from bot.desk.passing import ring_later
from bot.remarks import Moment, write_remark
from bot.turns import effects
from dialogs import hours
from dialogs.effects import Alert
from dialogs.pack import Pack
from dialogs.texts import Texts
from storage import accounts, conversations, desk, outbox
from storage.conversations import ConversationRow, NewMessage
from storage.db import Tx

LONGEST = 60 * hours.DAY
AT_WORK = ("waiting", "human")


def snooze(at: Act, until: int, external_id: str) -> Acted:
    """Let it sleep until a moment (ms); one that waits is not rung for before then."""
    require(at.room.now < until <= at.room.now + LONGEST, "moment")
    at.require_at_work()
    at.former = str(desk.get(at.tx, at.row.id).snoozed_until)
    _sleep(at, until)
    seq = at.remark("desk.snoozed", external_id, until=Moment(at=until))
    at.save(at.row.staff_id)
    return Acted(seq=seq)


def sleep_again(at: Act, until: int) -> None:
    """After an undone snooze: as long as before it, or awake."""
    if until > at.room.now:
        _sleep(at, until)
    else:
        at.wake()
        if at.state.owner == "waiting":
            ring_later(at, at.room.now)
    at.save(at.row.staff_id)


def _sleep(at: Act, until: int) -> None:
    at.wake()  # what it slept before does not count twice
    pack, case = at.room.texts.pack, desk.get(at.tx, at.row.id)
    move_due(at.tx, pack, case, (at.room.now, until))
    outbox.start_timer(at.tx, at.row.id, SNOOZE, until)
    desk.put(at.tx, at.row.id, snoozed_until=until, snoozed_by=at.staff.id)
    if at.state.owner == "waiting":
        ring_later(at, until)


def wake(at: Act) -> Acted:
    """Wake it before its time."""
    if not desk.get(at.tx, at.row.id).snoozed_until:
        return Acted(repeated=True)
    at.require_at_work()
    at.wake()
    if at.state.owner == "waiting":
        ring_later(at, at.room.now)
    at.save(at.row.staff_id)
    return Acted()


# --- without anybody acting ----------------------------------------------------------------------


def wake_for_prospect(tx: Tx, pack: Pack, conversation: str, now: int) -> None:
    """The prospect wrote, or the talk went to somebody else: it is to be seen at once."""
    end_pause(tx, pack, conversation, now)


def end_sleep(tx: Tx, row: ConversationRow, texts: Texts, now: int) -> int:
    """The moment has come: a line for colleagues and a ring for who let it sleep; gives its seq.

    0 when it did not sleep any more, or is put off until later.
    """
    case = desk.get(tx, row.id)
    if not case.snoozed_until or case.snoozed_until > now:
        return 0
    desk.wake(tx, row.id)
    text = texts.say(texts.pack.languages[0], "desk.woken")
    body = write_remark("desk.woken", {})
    seq = conversations.append(tx, row.id, [NewMessage("note", text, now, body=body)])[0]
    sleeper = accounts.get(tx, case.snoozed_by)
    name = sleeper.display_name if sleeper is not None else ""
    alert = Alert(reason=row.reason, urgency="normal", to=name)
    effects.write(tx, effects.Scene(row.id, now, seq), alert)
    return seq
