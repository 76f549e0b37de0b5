"""What managers teach goes to the overlay of the company's pack: edits, their problems, undoing."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping

from bot.logs import describe_error, get_logger
from bot.packs.edits import Edit
from bot.packs.overlay import EditRefused, NothingChanges
from bot.web.access import StaffRequest
from dialogs.types import Struct


class Taught(Struct):
    """What became of an edit: its number for an undo, or what is wrong (file and message)."""

    number: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    so_already: bool = False  # what is wrong with it is that it changes nothing


async def teach(edit: Awaitable[Edit]) -> Taught:
    """Make an edit of the overlay; one that was refused, or could not be written, changes nothing.

    A problem without a file is one of the edit as a whole.
    """
    try:
        return Taught(number=(await edit).number)
    except EditRefused as refused:
        told = tuple((each.file, each.message) for each in refused.problems)
        return Taught(problems=told, so_already=isinstance(refused, NothingChanges))
    except OSError as error:
        get_logger().error("edit_not_written", **describe_error(error))
        return Taught(problems=(("", error.strerror or type(error).__name__),))


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
