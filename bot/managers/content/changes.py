"""What was changed in the browser, by whom and when, with undo: /content."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from bot.managers.content import papers, prices, replies, texts
from bot.managers.content.left_out import drop_left_out, list_left_out
from bot.managers.content.naming import name_edit
from bot.managers.content.publishing import PATH, Seen, note, places
from bot.managers.teaching import teach
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import language_of, render

SHOWN = 60  # changes


@get(PATH, opt={"right": "content"})
async def show_changes(
    request: StaffRequest, deps: FromDeps, done: FromQuery[int] = 0
) -> Response[Any]:
    """The parts of the content, and the latest changes of all of them."""
    return _show(deps, request, Seen(done="undone" if done else "", number=done))


@post(f"{PATH}/changes/{{number:int}}/undo", opt={"right": "content"})
async def undo_change(
    request: StaffRequest, deps: FromDeps, number: FromPath[int]
) -> Response[Any]:
    """Take one change back; what was changed since stays."""
    async with deps.teaching:
        by, now = request.user.staff.display_name, deps.now()
        taught = await teach(deps.overlay.undo(number, by, now))
    if taught.problems:
        told = places(deps, request, taught.problems)
        return _show(deps, request, Seen(problems=told), 409)
    await note(deps, request, "content.undo", taught.number)
    address = f"{PATH}?done={taught.number}"
    return Response(None, status_code=303, headers={"Location": address})


def _show(deps: Deps, request: StaffRequest, seen: Seen, status: int = 200) -> Response[Any]:
    history, language = deps.overlay.history(SHOWN), language_of(deps, request)
    values = {
        "history": [name_edit(deps, language, edit) for edit in history],
        "undone": {edit.undoes for edit in history},
        "left_out": list_left_out(deps, request),
        "seen": seen,
    }
    return render(deps, request, "content/changes", values, status)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /content, behind the guard."""
    own = [show_changes, undo_change, drop_left_out]
    return close_off(deps, [*own, *texts.ROUTES, *replies.ROUTES, *prices.ROUTES, *papers.ROUTES])
