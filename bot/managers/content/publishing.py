"""What every page of the company's content does with a change: look at it, try it, publish it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from bot.logs import get_logger
from bot.managers.teaching import Taught, teach, tell_problem
from bot.managers.trying import Tried, try_question
from bot.packs.edits import Changes
from bot.web.access import StaffRequest
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say
from dialogs.folder.problems import Problem
from dialogs.types import Struct
from storage import accounts

PATH = "/content"
SHOWN = 8  # problems


class Seen(Struct):
    """What a page shows besides its form: what is wrong, what would be said, what was done."""

    problems: tuple[tuple[str, str], ...] = ()  # file and what is wrong with it
    warnings: tuple[tuple[str, str], ...] = ()
    tried: Tried | None = None
    done: str = ""
    number: int = 0  # of the edit that was just made, for an undo
    question: str = ""  # to be tried, as it was typed
    tongue: str = ""


def mark_of(parts: Iterable[str]) -> str:
    """A short mark of what a form showed, by which a change by somebody else is found."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


async def look(
    deps: Deps, request: StaffRequest, changes: Changes, question: str, tongue: str
) -> Seen:
    """What `check` says of the changes, and what would then be said to the question, if any."""
    problems, pack = await deps.overlay.imagine(changes)
    tried = None
    if pack is not None and question.strip():
        tried = await try_question(deps, question, tongue, pack)
    wrong = [each for each in problems if not each.warning]
    return Seen(
        problems=places(deps, request, wrong),
        warnings=places(deps, request, [each for each in problems if each.warning]),
        tried=tried,
        done="" if wrong or tried else "checked",
        question=question,
        tongue=tongue,
    )


async def publish(deps: Deps, request: StaffRequest, changes: Changes, what: str) -> Taught:
    """Make the changes: they count from the next turn on. Leaves an audit line."""
    staff, now = request.user.staff, deps.now()
    taught = await teach(deps.overlay.change(changes, staff.display_name, what, now))
    if taught.number:
        await note(deps, request, "content.change", taught.number)
    return taught


async def note(deps: Deps, request: StaffRequest, act: str, number: int) -> None:
    """Leave an audit line about an edit."""
    staff, now = request.user.staff.id, deps.now()
    await deps.db.write(lambda tx: accounts.note_action(tx, now, staff, act, str(number)))
    get_logger().info("content", act=act, edit=number, staff=staff)


def places(
    deps: Deps, request: StaffRequest, problems: Sequence[Problem]
) -> tuple[tuple[str, str], ...]:
    """The first problems for a page: the place of each, and words in the reader's language."""
    say = make_say(deps, language_of(deps, request))
    return tuple((_place(each), tell_problem(each, say)) for each in problems[:SHOWN])


def _place(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}" if problem.line else problem.file
