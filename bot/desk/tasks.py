"""What is still to be done about a conversation."""

from __future__ import annotations

from bot import records
from bot.desk.acting import Act, Acted, require
from bot.desk.choices import TASK_KINDS
from dialogs import hours
from dialogs.types import Struct
from storage import leads

NOTE_MAX = 500  # characters
LATEST = 366 * hours.DAY


class NewTask(Struct):
    """`kind`: one of TASK_KINDS; `due` in ms, within a year; `note` on one line."""

    kind: str
    due: int
    note: str = ""


def add_task(at: Act, new: NewTask) -> Acted:
    """Open a task by hand; the same one again is there already."""
    require(new.kind in TASK_KINDS, "invalid")
    require(at.room.now < new.due <= at.room.now + LATEST, "moment")
    words = " ".join(records.clean(new.note).split())
    require(len(words) <= NOTE_MAX, "too_long")
    row = leads.NewTask(at.row.id, new.kind, new.due, at.room.now, words)
    same = leads.find_task(at.tx, row)
    if same is not None:
        at.former, at.done_at = str(same[0]), same[1]
        return Acted(repeated=True)
    at.former = str(leads.open_task(at.tx, row))
    return Acted()


def finish_task(at: Act, task: int) -> Acted:
    """Mark a task as done; one that they have done themselves is so already."""
    at.former = str(task)
    if leads.finish_task(at.tx, at.row.id, task, at.room.now, at.staff.id):
        return Acted()
    at.done_at, by = leads.task_done(at.tx, at.row.id, task)
    require(at.done_at > 0 and by == at.staff.id, "task")
    return Acted(repeated=True)
