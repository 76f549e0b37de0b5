"""What colleagues said of a talk, as its page bears it: the newest at the messages and beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.web.parts import Part, cut, weigh
from dialogs.types import Struct
from storage.remarks import CommentRow

ROOM_BESIDE = 12_000  # bytes of the comments beside the talk
ROOM_AT_MESSAGE = 4_000  # bytes of those at one message


class Comments(Struct):
    """All comments of a talk, and which of them its page has where.

    `at`: by message the newest of its own. `beside`: a part of all of them in order of time, the
    newest unless another is asked for; those of `at` are only pointed to there.
    """

    count: int
    at: Mapping[int, tuple[CommentRow, ...]]
    hidden: Mapping[int, tuple[int, int]]  # by message, how many are only beside, in which part
    beside: tuple[CommentRow, ...]
    part: Part
    near: frozenset[int]  # ids of those at messages


def lay_out(comments: Sequence[CommentRow], number: int = 0) -> Comments:
    """The comments with the part of this number beside the talk."""
    ordered = sorted(comments, key=lambda each: each.id)
    weights = [weigh(each.text) for each in ordered]
    part = cut(weights, number, room=ROOM_BESIDE)
    own: dict[int, list[CommentRow]] = {}
    for each in ordered:
        if each.seq:
            own.setdefault(each.seq, []).append(each)
    at = {seq: _newest(those) for seq, those in own.items()}
    places = {each.id: place for place, each in enumerate(ordered)}
    hidden = {}
    for seq, those in own.items():
        count = len(those) - len(at[seq])
        if count:
            place = places[those[count - 1].id]
            hidden[seq] = (count, cut(weights, at=place, room=ROOM_BESIDE).number)
    return Comments(
        count=len(ordered),
        at=at,
        hidden=hidden,
        beside=tuple(ordered[part.start : part.end]),
        part=part,
        near=frozenset(each.id for those in at.values() for each in those),
    )


def _newest(those: Sequence[CommentRow]) -> tuple[CommentRow, ...]:
    part = cut([weigh(each.text) for each in those], room=ROOM_AT_MESSAGE)
    return tuple(those[part.start : part.end])
