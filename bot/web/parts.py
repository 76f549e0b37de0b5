"""A long talk in parts that keep its page light: the newest first, the ones before by links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from markupsafe import escape

from bot.web.talk_view import Said
from dialogs.types import Struct
from storage.leads import Task

ROOM = 26_000  # bytes of a part as HTML, about
MOST = 25  # entries of a part
LISTED_MAX = 20  # lines of a list beside the talk
TASKS_ROOM = 4_000  # bytes of tasks
FRAME = 650  # bytes around the words of a message


class Part(Struct):
    """Which entries are shown: start <= place < end. `number` 0 is the newest part; `earlier` and
    `later` count the entries before and after it."""

    number: int
    start: int
    end: int
    earlier: int
    later: int


class Tasks(Struct):
    """Tasks as a page lists them: what is to be done, the next first, then what was done last.

    `part`: which of them; the "earlier" ones come after the last one shown.
    """

    shown: tuple[Task, ...]
    part: Part


def list_tasks(tasks: Sequence[Task], number: int = 0) -> Tasks:
    """The tasks of a talk, the part of this number."""
    # As parts are cut the newest are last.
    ordered = sorted(tasks, key=lambda each: (not each.done_at, each.done_at or -each.due))
    part = cut([weigh(each.note) for each in ordered], number, room=TASKS_ROOM)
    return Tasks(shown=tuple(reversed(ordered[part.start : part.end])), part=part)


def read_number(text: str) -> int:
    """A number of an address, 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def weigh(words: str) -> int:
    """About how many bytes words take on a page."""
    return FRAME + len(str(escape(words)).encode())


def weigh_message(said: Said) -> int:
    """The same for a message with what hangs on it."""
    more = (*said.buttons, *(f"{each.title} {each.place}" for each in said.papers))
    return weigh(said.text) + sum(FRAME // 4 + len(each.encode()) for each in more)


def cut(weights: Sequence[int], number: int = 0, at: int = -1, room: int = ROOM) -> Part:
    """The part of this number, or the one that holds the entry at a place, where one is named; each
    takes about `room` bytes."""
    end, found = len(weights), 0
    while True:
        start = _begin(weights, end, room)
        if start == 0 or (start <= at if at >= 0 else found >= number):
            return Part(number=found, start=start, end=end, earlier=start, later=len(weights) - end)
        end, found = start, found + 1


def _begin(weights: Sequence[int], end: int, room: int) -> int:
    """Where the part begins that ends there; one entry at least."""
    start = end
    while start > 0 and end - start < MOST:
        room -= weights[start - 1]
        if room < 0 and start < end:
            break
        start -= 1
    return start


def make_place(shown: Collection[int], kept: str = "") -> Callable[[int], str]:
    """What a link to a message says: on this page, or on the one that holds it. `kept`: what else
    of the query stays."""
    query = f"{kept}&" if kept else ""
    return lambda seq: f"#m{seq}" if seq in shown else f"?{query}m={seq}#m{seq}"
