"""Keeps with every turn and act of staff what human reply is owed, and who is rung for."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.figures import Change
from dialogs.on_call import LAST_RING
from dialogs.pack import Pack
from dialogs.service import Owed, as_kind, concerns_desk, follow
from dialogs.types import State
from storage import desk, desk_people, service
from storage.db import Tx
from storage.desk import Case, Columns


@dataclass(frozen=True, slots=True)
class Step:
    """A turn, or an act of staff. `staff`: id of who acts or has the talk, 0: nobody."""

    pack: Pack
    conversation: str
    change: Change
    now: int
    staff: int = 0
    replied: bool = False  # a member of staff said something to the prospect


def keep_service(tx: Tx, step: Step) -> None:
    """Write the step's part of the case, and the reply that was owed before it if it came now.

    Nothing is read or written for a talk that the desk has nothing to do with.
    """
    change = step.change
    if not concerns_desk(change) and not _names_manager(change):
        return
    case = desk.get(tx, step.conversation)
    owed = _owed_after(step, case)
    new: Columns = {**_routing(step, case), **_words(step, case), **_owing(step, case, owed)}
    if case.due_kind and not owed.kind:
        service.record(tx, _reply_of(step, case))
    known = {name: getattr(case, name) for name in new}
    if known != new or not case.last_prospect:
        desk.put(tx, step.conversation, **new)
    if _is_given(step):
        desk_people.note_given(tx, change.after.called[-1], step.now)


def _names_manager(change: Change) -> bool:
    return change.before.manager != change.after.manager


def _owed_after(step: Step, case: Case) -> Owed:
    if step.replied:
        return Owed()
    owed = Owed(kind=as_kind(case.due_kind), since=case.due_since, due=case.due)
    replied_before = case.first_reply > 0
    return follow(step.pack, step.change, owed, step.now, replied_before=replied_before)


def _reply_of(step: Step, case: Case) -> service.Reply:
    """What was owed before this step, which ends it.

    A promised time that nobody waited for any more by then is neither kept nor missed.
    """
    due = case.due if step.replied or step.now > case.due else 0
    return service.Reply(
        conversation=step.conversation,
        kind=case.due_kind,
        reason=step.change.before.reason,
        since=case.due_since,
        due=due,
        replied_at=step.now if step.replied else 0,
        staff_id=step.staff,
    )


def _owing(step: Step, case: Case, owed: Owed) -> Columns:
    late_unseen = bool(case.due) and not case.breached_at and step.now > case.due
    same = owed.kind == case.due_kind and owed.due == case.due
    return {
        "due": owed.due,
        "due_kind": owed.kind,
        "due_since": owed.since,
        "breached_at": case.breached_at if same else 0,
        "breaches": case.breaches + (late_unseen and not same),
    }


def _words(step: Step, case: Case) -> Columns:
    """When each side spoke last."""
    new: Columns = {"last_prospect": step.change.after.last_prospect}
    if step.replied:
        new["first_reply"] = case.first_reply or step.now
        new["last_reply"] = step.now
    return new


def _routing(step: Step, case: Case) -> Columns:
    """Whom the talk is meant for; who was rung for last stays while everybody is."""
    state = step.change.after
    person = case.person
    if state.owner == "waiting" and state.called and state.rings < LAST_RING:
        person = state.called[-1]
    return {
        "team": _team_of(step.pack, state, person),
        "person": person,
        "manager": state.manager,
    }


def _team_of(pack: Pack, state: State, person: str) -> str:
    """The team that a route names, else that of who is rung for."""
    people = pack.company.people
    if any(each.team == state.routed for each in people):
        return state.routed
    return next((each.team for each in people if each.name == person), "")


def _is_given(step: Step) -> bool:
    """Somebody else than before is rung for, and not just everybody."""
    before, after = step.change.before, step.change.after
    if after.owner != "waiting" or not after.called or after.rings >= LAST_RING:
        return False
    return after.called != before.called or before.owner != "waiting"
