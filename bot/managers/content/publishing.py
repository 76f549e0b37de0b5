"""What every page of the company's content does with a change: look at it, try it, publish it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from bot.logs import get_logger
from bot.managers.teaching import Taught, teach
from bot.managers.trying import Tried, try_question
from bot.packs.edits import Changes
from bot.web.access import StaffRequest
from bot.web.deps import Deps
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


async def look(deps: Deps, changes: Changes, question: str, language: str) -> Seen:
    """What `check` says of the changes, and what would then be said to the question, if any."""
    problems, pack = await deps.overlay.imagine(changes)
    tried = None
    if pack is not None and question.strip():
        tried = await try_question(deps, question, language, pack)
    wrong = _told(problems, False)
    return Seen(
        problems=wrong,
        warnings=_told(problems, True),
        tried=tried,
        done="" if wrong or tried else "checked",
        question=question,
        tongue=language,
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


def _told(problems: tuple[Problem, ...], warnings: bool) -> tuple[tuple[str, str], ...]:
    return places(tuple(each for each in problems if each.warning == warnings))


def places(problems: tuple[Problem, ...]) -> tuple[tuple[str, str], ...]:
    """The first problems for a page: the place of each, and words."""
    return tuple((_place(each), _words(each)) for each in problems[:SHOWN])


def _place(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}" if problem.line else problem.file


def _words(problem: Problem) -> str:
    return f"{problem.message}. {problem.remedy}" if problem.remedy else problem.message
