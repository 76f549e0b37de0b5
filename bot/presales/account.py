"""The page on which a member of staff links the own account to Telegram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from bot.presales.fields import read_fields
from bot.presales.group import badges
from bot.presales.group.badges import Badge
from bot.telegram.border import DESK
from bot.web.access import FromDeps, StaffRequest, close_off, wants_page
from bot.web.deps import Deps
from bot.web.staffpages import render, speak_of
from storage import staff_links

RIGHT: Mapping[str, str] = {"right": "session"}
PAGE = "/account/telegram"


@get(PAGE, opt=dict(RIGHT))
async def show_link(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Whether the account is linked, and how to link it."""
    return _show(deps, request)


@post(PAGE, opt=dict(RIGHT), status_code=200)
async def change_link(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """`act` "code" gives a one-time code, "unlink" ends the link."""
    act, staff = (await read_fields(request)).text("act"), request.user.staff
    if act == "unlink":
        await badges.unlink(deps.db, staff.id, deps.now())
        if wants_page(request):
            return Response(None, status_code=303, headers={"Location": PAGE})
        return Response({"linked": False})
    if act != "code":
        words = speak_of(deps, request, "desk.error.request")
        return Response({"error": words}, status_code=400)
    issued = await badges.issue(deps.db, staff.id, deps.now())
    if wants_page(request):
        return _show(deps, request, issued)
    return Response({"code": issued.code, "expires": issued.expires})


def _show(deps: Deps, request: StaffRequest, issued: Badge | None = None) -> Response[Any]:
    bot = deps.presence.usernames.get(DESK, "")
    person = deps.db.peek(lambda tx: staff_links.find_by_staff(tx, request.user.staff.id))
    code = issued.code if issued else ""
    values = {
        "bot": bot,
        "linked": person > 0,
        "person": person,
        "code": code,
        "address": f"https://t.me/{bot}?start={code}" if bot and code else "",
        "minutes": badges.LIFETIME // 60_000,
    }
    return render(deps, request, "account", values)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """/account/telegram, behind the guard."""
    return close_off(deps, [show_link, change_link])
