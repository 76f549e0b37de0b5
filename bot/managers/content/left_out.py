"""What staff wrote that no longer fits the company's pack, and what can be done about it."""

from __future__ import annotations

from typing import Any

from litestar import Response, post
from litestar.exceptions import NotFoundException

from bot.managers.content.publishing import PATH, note, places
from bot.managers.teaching import Taught, read_form, teach
from bot.web.access import FromDeps, StaffRequest
from bot.web.deps import Deps
from dialogs.folder.reader import OVERLAID
from dialogs.types import Struct

# Where the files of each folder are edited, and the key of that page's name.
EDITORS = {
    "texts": ("content.texts", f"{PATH}/texts"),
    "replies.yaml": ("content.replies", f"{PATH}/replies"),
    "documents": ("content.papers", f"{PATH}/papers"),
    "knowledge": ("articles.title", "/articles"),
    "examples": ("understanding.title", "/understanding"),
    "prices.csv": ("content.prices", f"{PATH}/prices"),
}


class LeftOut(Struct):
    """A file that counts for nothing. `problems`: place and words; `latest`: its last edit."""

    path: str
    kind: str
    address: str
    problems: tuple[tuple[str, str], ...]
    latest: int


def list_left_out(deps: Deps, request: StaffRequest) -> list[LeftOut]:
    """The files that do not fit, each with what is wrong."""
    return [_show(deps, request, path) for path in sorted(deps.overlay.paths_left_out)]


def _show(deps: Deps, request: StaffRequest, path: str) -> LeftOut:
    kind, address = EDITORS[path.partition("/")[0]]
    found = [each for each in deps.overlay.left_out if each.file == OVERLAID + path]
    wrong = places(deps, request, found)
    latest = deps.overlay.versions(path, 1)
    number = latest[0].number if latest else 0
    return LeftOut(path=path, kind=kind, address=address, problems=wrong, latest=number)


async def drop(deps: Deps, request: StaffRequest, path: str) -> Taught:
    """Take all that was written into the file back; an edit as any other."""
    staff, now = request.user.staff, deps.now()
    async with deps.teaching:
        if path not in deps.overlay.paths_left_out:
            raise NotFoundException("desk.error.404")
        taught = await teach(deps.overlay.change({path: None}, staff.display_name, path, now))
    if taught.number:
        await note(deps, request, "content.drop", taught.number)
    return taught


@post(f"{PATH}/left-out", opt={"right": "content"})
async def drop_left_out(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Drop the file that the field `file` names."""
    taught = await drop(deps, request, (await read_form(request)).get("file", ""))
    address = f"{PATH}?done={taught.number}" if taught.number else PATH
    return Response(None, status_code=303, headers={"Location": address})
