"""Taking an act back, as long as nothing has come of it since.

What an act changed stands in its line of the record (`Act.former`), in ids and names of states.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import bot.desk.ending as ending
import bot.desk.joining as joining
import bot.desk.passing as passing
import bot.desk.profile as profile
import bot.desk.snoozing as snoozing
from bot.desk.acting import Act, Acted, require
from bot.desk.leaving import takes_talks
from bot.rights import may
from storage import accounts, audit, desk, leads
from storage.audit import Entry

CLAIM_LASTS = 60_000  # ms for which a claim can be undone
MARK = "desk."  # how the names of acts begin in the record
# What looks the same when it is done a second time: only the last one can be taken back.
_ONLY_LAST = ("close", "stage", "profile")


def undo(at: Act, number: int) -> Acted:
    """Take back the act of this number in the record; what they have just taken back is so."""
    at.about = str(number)
    if audit.just_done(at.tx, at.staff.id, f"{MARK}undo", at.row.id, at.about):
        return Acted(repeated=True)
    entry = audit.get(at.tx, number)
    if entry is None or entry.subject != at.row.id or not entry.detail:
        require(False, "invalid")
        return Acted()
    mine = entry.staff_id == at.staff.id
    require(mine or may(at.staff.role, "heads"), "not_yours")
    name = entry.action.removeprefix(MARK).partition(".")[0]
    require(name in _UNDO, "invalid")
    done_again = audit.has_since(at.tx, at.row.id, entry.action, entry.id)
    require(name not in _ONLY_LAST or not done_again, "moved_on")
    return _UNDO[name](at, entry)


def is_over(at: Act, entry: Entry) -> bool:
    """Whether the time is over in which the act of this line can be taken back: of a claim a minute
    without a word to the prospect."""
    if entry.action != f"{MARK}claim":
        return False
    return at.room.now - entry.at > CLAIM_LASTS or at.state.last_staff >= entry.at


def _claim(at: Act, entry: Entry) -> Acted:
    owner, since = entry.detail.split()
    require(at.state.owner == "human" and at.row.staff_id == entry.staff_id, "moved_on")
    require(at.state.last_staff < entry.at, "moved_on")
    require(not is_over(at, entry), "too_late")
    if owner == "waiting":
        passing.wait_again(at, int(since), entry.at)
    elif owner == "bot":
        passing.give_to_bot(at, "")
    else:
        require(False, "invalid")
    at.save()
    return Acted()


def _snooze(at: Act, entry: Entry) -> Acted:
    case = desk.get(at.tx, at.row.id)
    if not case.snoozed_until:
        return Acted(repeated=True)
    require(case.snoozed_by == entry.staff_id, "moved_on")
    at.require_at_work()
    snoozing.sleep_again(at, int(entry.detail))
    return Acted()


def _close(at: Act, entry: Entry) -> Acted:
    require(at.state.owner == "closed", "moved_on")
    require(entry.action == f"desk.close.{at.state.close_reason}", "moved_on")
    former, outcome = entry.detail.split()
    keeper = accounts.get(at.tx, int(former))
    # Whoever takes no talks any more gets none back: it is with who undoes it.
    left = int(former) == 0 or (keeper is not None and not takes_talks(keeper))
    ending.take_up(at, at.staff.display_name if left else at.state.staff, outcome)
    at.save(at.staff.id if left else int(former))
    return Acted()


def _stage(at: Act, entry: Entry) -> Acted:
    former, _, named = entry.detail.partition(" ")
    if at.state.stage == former:
        return Acted(repeated=True)
    require(entry.action == f"desk.stage.{at.state.stage}", "moved_on")
    at.update(stage=former)
    # Whoever named somebody since meant it; else nobody looks after them, as before.
    if named and not audit.has_since(at.tx, at.row.id, "desk.manager", entry.id):
        at.update(manager="")
    at.save(at.row.staff_id)
    return Acted()


def _accept(at: Act, entry: Entry) -> Acted:
    case = desk.get(at.tx, at.row.id)
    if not case.accepted_at:
        return Acted(repeated=True)
    require(case.accepted_at == entry.at, "moved_on")
    at.require_mine(heads=True)
    reason, returned_at = entry.detail.split()
    returned = "" if reason == passing.NOTHING else reason
    desk.put(at.tx, at.row.id, accepted_at=0, returned=returned, returned_at=int(returned_at))
    at.update(returned=returned)
    at.save(at.row.staff_id)
    return Acted()


def _profile(at: Act, entry: Entry) -> Acted:
    slot, _, mark = entry.detail.partition(" ")
    return profile.undo_edit(at, slot, mark)


def _join(at: Act, entry: Entry) -> Acted:
    return joining.undo_join(at, entry.detail, (entry.staff_id, entry.at))


def _task(at: Act, entry: Entry) -> Acted:
    require(leads.reopen_task(at.tx, at.row.id, int(entry.detail), entry.at), "moved_on")
    return Acted()


def _task_add(at: Act, entry: Entry) -> Acted:
    task = int(entry.detail)
    require(leads.finish_task(at.tx, at.row.id, task, at.room.now, at.staff.id), "moved_on")
    return Acted()


_UNDO: Mapping[str, Callable[[Act, Entry], Acted]] = {
    "claim": _claim,
    "snooze": _snooze,
    "close": _close,
    "stage": _stage,
    "accept": _accept,
    "profile": _profile,
    "join": _join,
    "task": _task,
    "task_add": _task_add,
}
