"""What a member of staff sets about themselves: absence, capacity, alerts, sessions: /account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from bot.alerting.mail import is_address
from bot.presales.fields import Fields, read_fields, read_moment
from bot.rights import may
from bot.web.access import FromDeps, StaffRequest, close_off, wants_page
from bot.web.deps import Deps
from bot.web.staffpages import render, show_time, speak_of
from dialogs.types import Struct
from storage import accounts, desk_people, sessions, staff_links
from storage.db import Tx
from storage.desk_people import DeskPerson, OwnSettings
from storage.sessions import SessionRow

PAGE = "/account"
RIGHT: Mapping[str, str] = {"right": "session"}
WAYS = ("browser", "telegram", "email")
CAPACITY_MAX = 99


class Shown(Struct):
    """An open session. `number` names it in the form; its token's hash stays here."""

    number: int
    device: str
    since: int
    seen: int
    here: bool


@get(PAGE, opt=dict(RIGHT))
async def show_own(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """The settings as they are."""
    return _show(deps, request)


@post(PAGE, opt=dict(RIGHT), status_code=200)
async def change_own(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """`act` "settings" keeps the form, "session" ends the session `since` and "others" all but
    this one."""
    fields = await read_fields(request)
    acts = {"settings": _keep, "session": _end_session, "others": _end_others}
    act = acts.get(fields.text("act"))
    if act is None:
        return Response({"error": speak_of(deps, request, "desk.error.request")}, status_code=400)
    wrong = await act(deps, request, fields)
    if wrong:
        if wants_page(request):
            return _show(deps, request, wrong)
        return Response({"error": speak_of(deps, request, "account.wrong")}, status_code=409)
    if wants_page(request):
        return Response(None, status_code=303, headers={"Location": f"{PAGE}?kept=1"})
    return Response({"kept": True})


async def _keep(deps: Deps, request: StaffRequest, fields: Fields) -> tuple[str, ...]:
    """Keep the settings; gives the names of fields that are wrong, and then keeps none."""
    own = _read(deps, request, fields)
    wrong = _find_wrong(deps, request, fields, own)
    if wrong:
        return wrong
    staff, now = request.user.staff.id, deps.now()

    def work(tx: Tx) -> None:
        desk_people.set_own(tx, staff, own)
        accounts.note_action(tx, now, staff, "account.settings", str(staff))

    await deps.db.write(work)
    return ()


def _read(deps: Deps, request: StaffRequest, fields: Fields) -> OwnSettings:
    chosen = [way for way in WAYS if way in fields.texts("alerts")]
    away = fields.text("away") == "yes"
    since = read_moment(deps, fields.text("away_from")) or deps.now()
    return OwnSettings(
        email=fields.text("email").strip(),
        away_from=since if away else 0,
        away_until=read_moment(deps, fields.text("away_until")) if away else 0,
        deputy=fields.text("deputy"),
        capacity=fields.number("capacity"),
        alerts="+".join(chosen),
    )


def _find_wrong(
    deps: Deps, request: StaffRequest, fields: Fields, own: OwnSettings
) -> tuple[str, ...]:
    wrong = []
    if own.email and not is_address(own.email):
        wrong.append("email")
    if "email" in own.alerts.split("+") and not own.email:
        wrong.append("email")
    if own.deputy and own.deputy not in _deputies(deps, request):
        wrong.append("deputy")
    if own.capacity > CAPACITY_MAX or (fields.text("capacity").strip("0 ") and not own.capacity):
        wrong.append("capacity")
    if own.away_from and own.away_until and own.away_until <= own.away_from:
        wrong.append("away_until")
    return tuple(dict.fromkeys(wrong))


def _deputies(deps: Deps, request: StaffRequest) -> tuple[str, ...]:
    """Who can stand in: everybody else with an account at the desk, and of the pack."""
    staff = deps.db.peek(desk_people.everybody)
    names = [each.shown for each in staff if not each.disabled and may(each.role, "talks")]
    names += [person.name for person in deps.pack.company.people]
    return tuple(dict.fromkeys(n for n in names if n != request.user.staff.display_name))


# --- sessions ------------------------------------------------------------------------------------


async def _end_session(deps: Deps, request: StaffRequest, fields: Fields) -> tuple[str, ...]:
    """End the session that the form names by its place in the list."""
    mine, number = _sessions(deps, request), fields.number("number")
    chosen = [row for place, row in enumerate(mine, 1) if place == number]
    if not chosen or chosen[0].created_at != fields.number("since"):
        return ("session",)  # the list has changed since it was shown
    await _end(deps, request, chosen)
    return ()


async def _end_others(deps: Deps, request: StaffRequest, fields: Fields) -> tuple[str, ...]:
    mine = _sessions(deps, request)
    await _end(deps, request, [row for row in mine if row.token_hash != request.user.session])
    return ()


async def _end(deps: Deps, request: StaffRequest, ending: list[SessionRow]) -> None:
    staff, now = request.user.staff.id, deps.now()

    def work(tx: Tx) -> None:
        for row in ending:
            sessions.revoke(tx, row.token_hash, now)
        accounts.note_action(tx, now, staff, "account.sessions", str(staff))

    await deps.db.write(work)


def _sessions(deps: Deps, request: StaffRequest) -> list[SessionRow]:
    staff, now = request.user.staff.id, deps.now()
    return deps.db.peek(lambda tx: sessions.of_account(tx, staff, now))


# --- the page ------------------------------------------------------------------------------------


def _show(deps: Deps, request: StaffRequest, wrong: tuple[str, ...] = ()) -> Response[Any]:
    staff = request.user.staff.id
    own = deps.db.peek(lambda tx: desk_people.get(tx, staff)) or DeskPerson(
        id=staff, name="", display_name="", role="", disabled=False
    )
    values = {
        "own": own,
        "wrong": wrong,
        "kept": request.query_params.get("kept") == "1",
        "deputies": _deputies(deps, request),
        "ways": WAYS,
        "mail_is_set": bool(deps.settings.smtp_host),
        "linked": deps.db.peek(lambda tx: staff_links.find_by_staff(tx, staff)) > 0,
        "local": lambda at: show_time(deps, at, "%Y-%m-%dT%H:%M"),
        "at_desk": may(request.user.staff.role, "talks"),
        "capacity_max": CAPACITY_MAX,
        "sessions": [
            Shown(
                number=number,
                device=each.device,
                since=each.created_at,
                seen=each.seen_at,
                here=each.token_hash == request.user.session,
            )
            for number, each in enumerate(_sessions(deps, request), 1)
        ],
    }
    return render(deps, request, "own", values, 409 if wrong else 200)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """/account, behind the guard."""
    return close_off(deps, [show_own, change_own])
