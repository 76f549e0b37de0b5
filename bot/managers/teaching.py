"""What managers teach goes to the overlay of the company's pack: edits, their problems, undoing."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping

from bot.logs import describe_error, get_logger
from bot.packs.edits import Edit
from bot.packs.overlay import EditRefused, NothingChanges
from bot.web.access import StaffRequest
from dialogs.folder.problems import Place, Problem, problem
from dialogs.folder.wording import Say, tell
from dialogs.types import Struct


class Taught(Struct):
    """What became of an edit: its number for an undo, or what is wrong."""

    number: int = 0
    problems: tuple[Problem, ...] = ()
    so_already: bool = False  # what is wrong with it is that it changes nothing


async def teach(edit: Awaitable[Edit]) -> Taught:
    """Make an edit of the overlay; one that was refused, or could not be written, changes nothing.

    A problem without a file is one of the edit as a whole.
    """
    try:
        return Taught(number=(await edit).number)
    except EditRefused as refused:
        so_already = isinstance(refused, NothingChanges)
        return Taught(problems=refused.problems, so_already=so_already)
    except OSError as error:
        get_logger().error("edit_not_written", **describe_error(error))
        said = error.strerror or type(error).__name__
        return Taught(problems=(problem(Place(file="", line=0), "not_written", said=said),))


def tell_problem(found: Problem, say: Say) -> str:
    """What is wrong and what to do, in the reader's language."""
    return say("problem.both", fault=tell(found.fault, say), cure=tell(found.cure, say))


async def read_form(request: StaffRequest) -> Mapping[str, str]:
    """The fields of a form; {} for any other body."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return {}
    try:
        form = await request.form()
    except LookupError:  # it names a character set that there is none of
        return {}
    return {name: value for name, value in form.items() if isinstance(value, str)}
