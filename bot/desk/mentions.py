"""Colleagues who are named in a note by @ and their display name."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.acting import Act
from bot.rights import may, sees
from storage import accounts, desk
from storage.accounts import StaffRow

MENTIONS_MAX = 20  # of one note


def record(at: Act, words: str, seq: int) -> None:
    """Keep who is named in the note of this number, and whom the front wakes for it."""
    for colleague in find_named(words, accounts.all_staff(at.tx))[:MENTIONS_MAX]:
        if colleague.id == at.staff.id or not _works_here(at, colleague):
            continue
        new = desk.Mention(at.row.id, seq, colleague.id, at.room.now)
        if desk.mention(at.tx, new):
            at.told.add(colleague.id)


def find_named(words: str, staff: Sequence[StaffRow]) -> list[StaffRow]:
    """Who of the staff is named, each once, in the order of the words.

    Of names that begin alike the longest counts; a name that goes on in other letters is none.
    """
    text = words.casefold()
    names = [((each.display_name or each.name).casefold(), each) for each in _active(staff)]
    names.sort(key=lambda pair: -len(pair[0]))
    found: list[StaffRow] = []
    place = text.find("@")
    while place >= 0:
        rest = text[place + 1 :]
        named = [each for name, each in names if name and _begins(rest, name)]
        if named and named[0] not in found:
            found.append(named[0])
        place = text.find("@", place + 1)
    return found


def _active(staff: Sequence[StaffRow]) -> list[StaffRow]:
    return [each for each in staff if not each.disabled]


def _begins(rest: str, name: str) -> bool:
    return rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()


def _works_here(at: Act, colleague: StaffRow) -> bool:
    """A name in a note opens no door: only who may see the conversation is told of it."""
    return may(colleague.role, "talks") and sees(colleague, at.row)
