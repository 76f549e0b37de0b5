"""Talks of one person: which may be, which staff joined, and taking them apart again."""

from __future__ import annotations

from typing import Literal

from bot.desk.acting import Act, Acted, require
from bot.rights import sees
from dialogs.figures import fold
from dialogs.profile import value_of
from dialogs.types import State, Struct
from storage import audit, conversations, joined
from storage.db import Tx

FOUND_MAX = 10  # candidates that are proposed
_PLUS = "+"


class Duplicate(Struct):
    """A conversation that may be the same person's, and by what."""

    conversation: str
    why: Literal["email", "phone", "company"]


# --- which may be --------------------------------------------------------------------------------


def find_duplicates(tx: Tx, conversation: str, state: State) -> tuple[Duplicate, ...]:
    """Who left the same address or number, or the same name at the same company.

    Those that are joined already are left out. Whether somebody may see them is the caller's to
    ask.
    """
    here = {conversation, *joined.joined_with(tx, conversation)}
    found: dict[str, Duplicate] = {}
    for duplicate in _candidates(tx, conversation, state):
        if duplicate.conversation not in here:
            found.setdefault(duplicate.conversation, duplicate)
    return tuple(found.values())[:FOUND_MAX]


def _candidates(tx: Tx, conversation: str, state: State) -> list[Duplicate]:
    email, phone, name, company = (
        _told(state, slot) for slot in ("email", "phone", "name", "company")
    )
    found: list[Duplicate] = []
    if email:
        same = joined.find_same(tx, conversation, "email", email)
        found += [Duplicate(conversation=each, why="email") for each in same]
    for number in (phone, _other_way(phone)) if phone else ():
        same = joined.find_same(tx, conversation, "phone", number)
        found += [Duplicate(conversation=each, why="phone") for each in same]
    if name and company:
        pair = ("name", name), ("company", company)
        same = joined.find_same_two(tx, conversation, *pair)
        found += [Duplicate(conversation=each, why="company") for each in same]
    return found


def _told(state: State, slot: str) -> str:
    """The value of a slot as facts hold it, "" where it is not known."""
    value = value_of(state.profile, slot)
    return fold(value) if isinstance(value, str) else ""


def _other_way(phone: str) -> str:
    """The same number without its plus, or with one."""
    return phone.removeprefix(_PLUS) if phone.startswith(_PLUS) else _PLUS + phone


# --- which are -----------------------------------------------------------------------------------


def join(at: Act, other: str) -> Acted:
    """The other conversation, and all that is joined to it, belongs to this one's person."""
    require(other != at.row.id, "self")
    row = conversations.load(at.tx, other)
    require(row is not None and not row.erased and sees(at.staff, row), "unknown")
    came = unite(at.tx, other, at.row.id, (at.staff.id, at.room.now))
    if not came:
        at.done_at = joined.joined_by(at.tx, other)[1]
        return Acted(repeated=True)
    at.former = " ".join(came)
    at.touched.update(came)
    return Acted()


def unite(tx: Tx, other: str, into: str, by: tuple[int, int]) -> tuple[str, ...]:
    """Make one group of the groups of two conversations; `by`: staff id (0: nobody) and ms.

    Gives who came: the head of the other's group, then its members; nothing where they are
    together already. RefusedError where the group would grow too large.
    """
    theirs, ours = joined.head_of(tx, other), joined.head_of(tx, into)
    if theirs == ours:
        return ()
    members = joined.members_of(tx, theirs)
    there = joined.members_of(tx, ours)
    require(len(members) + len(there) + 2 <= joined.GROUP_MAX, "full")
    joined.join(tx, joined.NewJoin(theirs, ours, *by))
    return (theirs, *members)


def part(at: Act, other: str) -> Acted:
    """The other conversation is somebody else's after all."""
    at.about = other
    if other not in joined.joined_with(at.tx, at.row.id):
        done = audit.just_done(at.tx, at.staff.id, "desk.part", at.row.id, other)
        require(done, "not_joined")
        return Acted(repeated=True)
    joined.part(at.tx, other)
    at.touched.add(other)
    return Acted()


def undo_join(at: Act, came: str, by: tuple[int, int]) -> Acted:
    """Who came with a join goes again; `came` as `unite` gives it, with spaces between.

    `by`: the staff id and the time in ms of that join; one that was made since is not touched.
    """
    head, *members = came.split()
    there, here = joined.head_of(at.tx, head), joined.head_of(at.tx, at.row.id)
    if there == head != here:
        return Acted(repeated=True)
    require(there == here and joined.joined_by(at.tx, head) == by, "moved_on")
    joined.split(at.tx, head, members)
    at.touched.update((head, *members))
    return Acted()
