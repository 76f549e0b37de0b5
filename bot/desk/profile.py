"""What staff enter into the profile themselves."""

from __future__ import annotations

from bot import records
from bot.desk.acting import Act, Acted, require
from dialogs import entering
from dialogs.entering import Entry
from dialogs.entering import Field as Editable
from dialogs.pack import Pack
from dialogs.types import State

__all__ = ["Editable", "edit_profile", "editable", "undo_edit"]


def editable(pack: Pack) -> tuple[Editable, ...]:
    """The slots that staff may fill in, in the order of a form."""
    return entering.fields(pack)


def edit_profile(at: Act, slot: str, text: str) -> Acted:
    """Enter a value, or take one out with ""; see `Desk.edit_profile`."""
    pack = at.room.texts.pack
    require(any(each.slot == slot for each in editable(pack)), "slot")
    words = records.clean(text)
    require(bool(words) or not text.strip(), "value")
    require(not words or entering.read_value(pack, slot, words) is not None, "value")
    entry = Entry(slot=slot, value=words, by=at.staff.display_name)
    state = entering.enter(pack, at.state, entry, at.room.now)
    if state is None:
        at.same, at.former = True, f"{slot} {_mark(at.state, slot)}"
        return Acted(repeated=True)
    at.state = state
    at.former = f"{slot} {_mark(state, slot)}"
    at.save(at.row.staff_id)
    return Acted()


def undo_edit(at: Act, slot: str, mark: str) -> Acted:
    """What stood there before the entry, if nothing came since."""
    require(_mark(at.state, slot) == mark, "moved_on")
    at.state = entering.take_back(at.room.texts.pack, at.state, slot, at.room.now)
    at.save(at.row.staff_id)
    return Acted()


def _mark(state: State, slot: str) -> str:
    """By which it is seen that a slot was changed since: who, and how many values it has had."""
    known = state.profile.get(slot)
    if known is None:
        return f"out {len(state.former.get(slot, ()))}"
    whose = "staff" if known.by else "prospect"
    return f"{whose} {len(known.history)}"
