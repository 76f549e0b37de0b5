"""Webhooks and tokens of the read API, and the log of what webhooks were told: /connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from bot.live import DESK
from bot.managers.teaching import read_form
from bot.systems.address import Destination
from bot.systems.connections import DAYS, Connections, NewHook, NewToken, NotConnectedError
from bot.systems.hooks import EVENTS
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import render
from dialogs.types import Struct
from storage import hooks, tokens
from storage.hooks import Counts, Hook
from storage.statements import ID_MAX

RIGHT: Mapping[str, str] = {"right": "connections"}
PAGE = 50
NONE = Counts(0, 0, 0, 0)
DONE = ("paused", "resumed", "tested", "redone", "removed", "revoked")


class _Told(Struct):
    """What the page says besides its lists."""

    secret: str = ""  # of a webhook, shown this once
    token: str = ""
    problem: str = ""
    about: str = ""  # the form with the problem: hook or token
    form: Mapping[str, str] = {}


@get("/connections", opt=dict(RIGHT))
async def show_connections(
    request: StaffRequest, deps: FromDeps, done: FromQuery[str] = ""
) -> Response[Any]:
    """Every webhook and every token."""
    return _show(deps, request, _Told(), done)


@post("/connections/webhooks", opt=dict(RIGHT), status_code=200)
async def add_hook(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Add a webhook; its secret is shown this once."""
    form = await read_form(request)
    new = NewHook(
        url=form.get("url", ""),
        events=tuple(each for each in EVENTS if form.get(f"event_{each}")),
        personal=bool(form.get("personal")),
    )
    try:
        _, secret = await _door(deps).add_hook(request.user.staff.id, new)
    except NotConnectedError as error:
        return _show(deps, request, _Told(problem=error.reason, about="hook", form=form))
    return _show(deps, request, _Told(secret=secret))


@get("/connections/webhooks/{hook:int}", opt=dict(RIGHT))
async def show_hook(
    request: StaffRequest,
    deps: FromDeps,
    hook: FromPath[int],
    before: FromQuery[int] = 0,
    done: FromQuery[str] = "",
) -> Response[Any]:
    """One webhook with its log of deliveries, newest first."""
    found = _require(deps, hook)
    below = before if 0 < before <= ID_MAX else ID_MAX
    rows = deps.db.peek(lambda tx: hooks.log(tx, hook, below, PAGE + 1))
    values = {
        "hook": found,
        "counts": deps.db.peek(hooks.counts).get(hook, NONE),
        "rows": rows[:PAGE],
        "older": rows[PAGE - 1].id if len(rows) > PAGE else 0,
        "before": before,
        "done": done if done in DONE else "",
    }
    return render(deps, request, "webhook", values)


@post("/connections/webhooks/{hook:int}", opt=dict(RIGHT))
async def change_hook(request: StaffRequest, deps: FromDeps, hook: FromPath[int]) -> Response[Any]:
    """`act`: pause, resume, test, redo (with `of`) or remove."""
    form = await read_form(request)
    _require(deps, hook)
    door, by, act = _door(deps), request.user.staff.id, form.get("act", "")
    address = f"/connections/webhooks/{hook}"
    try:
        match act:
            case "pause":
                await door.pause(by, hook)
            case "resume":
                await door.resume(by, hook)
            case "test":
                await door.test(by, hook)
            case "redo":
                await door.redo(by, hook, _number(form.get("of", "")))
            case "remove":
                await door.remove(by, hook)
                address = "/connections"
            case _:
                raise NotConnectedError("unknown")
    except NotConnectedError as error:
        raise NotFoundException("desk.error.404") from error
    deps.live.wake(DESK)
    done = {"pause": "paused", "resume": "resumed", "test": "tested", "redo": "redone"}
    return _to(f"{address}?done={done.get(act, 'removed')}")


@post("/connections/tokens", opt=dict(RIGHT), status_code=200)
async def add_token(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Make a token; it is shown this once."""
    form = await read_form(request)
    days = form.get("days", "")
    new = NewToken(
        name=form.get("name", ""),
        days=int(days) if days.isdecimal() and len(days) < 5 else -1,
        personal=bool(form.get("personal")),
    )
    try:
        _, token = await _door(deps).add_token(request.user.staff.id, new)
    except NotConnectedError as error:
        return _show(deps, request, _Told(problem=error.reason, about="token", form=form))
    return _show(deps, request, _Told(token=token))


@post("/connections/tokens/{token:int}/revoke", opt=dict(RIGHT))
async def revoke_token(
    request: StaffRequest, deps: FromDeps, token: FromPath[int]
) -> Response[Any]:
    """End a token at once."""
    if not 0 < token <= ID_MAX:
        raise NotFoundException("desk.error.404")
    await _door(deps).revoke_token(request.user.staff.id, token)
    return _to("/connections?done=revoked")


def _to(address: str) -> Response[Any]:
    return Response(None, status_code=303, headers={"Location": address})


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _door(deps: Deps) -> Connections:
    destination = Destination(deps.settings.webhook_hosts)
    return Connections(deps.db, deps.now, deps.secret, destination)


def _require(deps: Deps, hook: int) -> Hook:
    """The webhook. NotFoundException where there is none."""
    found = deps.db.peek(lambda tx: hooks.get_hook(tx, hook)) if 0 < hook <= ID_MAX else None
    if found is None:
        raise NotFoundException("desk.error.404")
    return found


def _show(deps: Deps, request: StaffRequest, told: _Told, done: str = "") -> Response[Any]:
    now, counts = deps.now(), deps.db.peek(hooks.counts)
    found = deps.db.peek(tokens.all_tokens)
    values = {
        "hooks": [(each, counts.get(each.id, NONE)) for each in deps.db.peek(hooks.all_hooks)],
        "tokens": [
            (each, not each.revoked_at and (not each.expires_at or each.expires_at > now))
            for each in reversed(found)
        ],
        "told": told,
        "all_events": EVENTS,
        "days": DAYS,
        "done": done if done in DONE else "",
    }
    return render(deps, request, "connections", values, 422 if told.problem else 200)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /connections, behind the guard."""
    handlers = [show_connections, add_hook, show_hook, change_hook, add_token, revoke_token]
    return close_off(deps, handlers)
