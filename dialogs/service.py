"""Service times: which human reply is owed to a prospect, since when, and until when."""

from __future__ import annotations

from typing import Literal

from dialogs import hours
from dialogs.figures import Change
from dialogs.pack import Pack, Target
from dialogs.types import State, Struct

Kind = Literal["first", "next", ""]
DEFAULT = "default"
_AT_DESK = ("waiting", "human")


class Owed(Struct):
    """A human reply that is owed. `kind`: the first ever, a later one, or "" for none."""

    kind: Kind = ""
    since: int = 0  # ms: when the prospect began to wait for it
    due: int = 0  # ms: 0 where the pack sets no target


def as_kind(word: str) -> Kind:
    """The kind that a stored word names."""
    return "first" if word == "first" else "next" if word == "next" else ""


def target_of(pack: Pack, reason: str) -> Target:
    """The targets for an escalation's reason, else the default ones, else none."""
    by_reason = {each.reason: each for each in pack.targets}
    none = Target(reason=DEFAULT, first=0, next=0)
    return by_reason.get(reason) or by_reason.get(DEFAULT) or none


def concerns_desk(change: Change) -> bool:
    """Whether anything may be owed before or after it."""
    return change.before.owner in _AT_DESK or change.after.owner in _AT_DESK


def follow(pack: Pack, change: Change, owed: Owed, now: int, *, replied_before: bool) -> Owed:
    """What is owed after a turn or an act in which no human replied.

    A call to the queue owes a reply from then on; so does stepping in, and each word of the
    prospect to a human. What is owed stays so, whoever takes or passes it on, until somebody
    replies, or it ends because nobody is called any more. A call that was planned for later is due
    at its time.
    """
    before, after = change.before, change.after
    if after.owner not in _AT_DESK:
        return Owed()
    if not owed.kind:
        since = _since(before, after, now)
        if not since:
            return Owed()
        kind: Kind = "next" if replied_before else "first"
        owed = Owed(kind=kind, since=since, due=_due(pack, after.reason, kind, since))
    if after.call_at > now and after.call_at != before.call_at and owed.due:
        span = _span(pack, after.reason, owed.kind)
        due = hours.add_working(pack.company, after.call_at, span)
        owed = Owed(kind=owed.kind, since=owed.since, due=max(due, owed.due))
    return owed


def pause(company: hours.Keeps, owed: Owed, since: int, until: int) -> int:
    """When a reply is due (ms) if the time from `since` to `until` does not count.

    What is left of the working time at `since` counts from `until` on; with `until` before
    `since` a pause is taken back. A first reply is not put off, nor one that is late already.
    """
    if owed.kind != "next" or owed.due <= since:
        return owed.due
    left = hours.working_between(company, since, owed.due)
    return hours.add_working(company, until, left)


def _since(before: State, after: State, now: int) -> int:
    """From when on somebody waits who did not before; 0 for nobody."""
    if after.owner == "waiting":
        return after.waiting_since or now
    if before.owner == "bot":
        return now
    return now if after.last_prospect > before.last_prospect else 0


def _due(pack: Pack, reason: str, kind: Kind, since: int) -> int:
    span = _span(pack, reason, kind)
    return hours.add_working(pack.company, since, span) if span else 0


def _span(pack: Pack, reason: str, kind: Kind) -> int:
    target = target_of(pack, reason)
    return target.first if kind == "first" else target.next
