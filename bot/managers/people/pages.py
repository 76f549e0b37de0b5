"""People and rights: accounts, roles, who sees personal data, passwords and sessions: /people."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from bot.accounts import PERSONAL, NewAccount, People, PeopleRefusedError, make_password
from bot.managers.teaching import read_form
from bot.rights import JOIN, RIGHTS, ROLES, roles_of, sees_personal
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.signin import hash_password
from bot.web.staffpages import render
from dialogs.types import Struct
from storage import accounts, sessions
from storage.accounts import StaffRow
from storage.sessions import SessionRow
from storage.statements import ID_MAX

RIGHT: Mapping[str, str] = {"right": "people"}
ID_LENGTH = 24  # characters of a session's hash that name it in a form


class Account(Struct):
    """An account in the list; `seen` in ms, 0: never."""

    row: StaffRow
    roles: tuple[str, ...]
    personal: bool
    open: int  # sessions
    seen: int


@get("/people", opt=dict(RIGHT))
async def list_people(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Every account, and the form for a new one."""
    return _show_all(deps, request)


@post("/people", opt=dict(RIGHT), status_code=200)
async def add_account(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Add an account; its password is made here and shown this once."""
    form, password = await _read(request), make_password()
    new = NewAccount(
        name=form.get("name", ""),
        display_name=form.get("display_name", "").strip() or form.get("name", ""),
        role=form.get("roles", ""),
        password_hash=await asyncio.to_thread(hash_password, password),
        personal=form.get("personal", ""),
    )
    try:
        staff = await _people(deps).add(request.user.staff.id, new)
    except PeopleRefusedError as error:
        return _show_all(deps, request, form, error.reason)
    return _show_one(deps, request, staff, _Told(password=password, done="added"))


@get("/people/{staff:int}", opt=dict(RIGHT))
async def show_person(
    request: StaffRequest, deps: FromDeps, staff: FromPath[int], done: FromQuery[str] = ""
) -> Response[Any]:
    """One account with its open sessions."""
    return _show_one(deps, request, staff, _Told(done=done))


@post("/people/{staff:int}", opt=dict(RIGHT), status_code=200)
async def change_person(
    request: StaffRequest, deps: FromDeps, staff: FromPath[int]
) -> Response[Any]:
    """`act`: name, role, personal, disable, enable, password, session or sessions."""
    form = await _read(request)
    password = make_password() if form.get("act") == "password" else ""
    _require(deps, staff)
    try:
        done = await _change(deps, request, staff, {**form, "password": password})
    except PeopleRefusedError as error:
        return _show_one(deps, request, staff, _Told(problem=error.reason, form=form))
    if password:
        return _show_one(deps, request, staff, _Told(password=password, done=done))
    # Whoever took the page from themselves goes where they still may go.
    here = deps.db.peek(lambda tx: accounts.get(tx, request.user.staff.id))
    mine = here is not None and not here.disabled and "owner" in roles_of(here.role)
    address = f"/people/{staff}?done={done}" if mine else "/signin"
    return Response(None, status_code=303, headers={"Location": address})


async def _change(deps: Deps, request: StaffRequest, staff: int, form: Mapping[str, str]) -> str:
    """Make the change that the form asks for; gives its name."""
    people, by, act = _people(deps), request.user.staff.id, form.get("act", "")
    match act:
        case "name":
            await people.rename(by, staff, form.get("display_name", ""))
        case "role":
            await people.set_role(by, staff, form.get("roles", ""))
        case "personal":
            await people.set_personal(by, staff, form.get("personal", ""))
        case "disable" | "enable":
            await people.set_disabled(by, staff, act == "disable")
        case "password":
            hashed = await asyncio.to_thread(hash_password, form["password"])
            await people.set_password(by, staff, hashed)
        case "session":
            await people.end_session(by, staff, _find_session(deps, staff, form.get("of", "")))
        case "sessions":
            await people.end_sessions(by, staff)
        case _:
            raise PeopleRefusedError("unknown")
    return act


def _find_session(deps: Deps, staff: int, beginning: str) -> str:
    """The hash that begins so; "" for one that has ended, which ends nothing."""
    found = deps.db.peek(lambda tx: sessions.of_account(tx, staff, deps.now()))
    return next((each.token_hash for each in found if each.token_hash[:ID_LENGTH] == beginning), "")


async def _read(request: StaffRequest) -> Mapping[str, str]:
    """The fields of the form; ticked roles come joined as `roles`."""
    fields = await read_form(request)
    ticked = [role for role in ROLES if fields.get(f"role_{role}")]
    return {**fields, "roles": JOIN.join(ticked)}


def _people(deps: Deps) -> People:
    return People(deps.db, deps.now, deps.live)


def _require(deps: Deps, staff: int) -> StaffRow:
    """The account. NotFoundException where there is none."""
    found = deps.db.peek(lambda tx: accounts.get(tx, staff)) if 0 < staff <= ID_MAX else None
    if found is None:
        raise NotFoundException("desk.error.404")
    return found


def _show_all(
    deps: Deps, request: StaffRequest, form: Mapping[str, str] | None = None, problem: str = ""
) -> Response[Any]:
    counts = deps.db.peek(lambda tx: sessions.counts(tx, deps.now()))
    values = {
        "rows": [_account(each, counts) for each in deps.db.peek(accounts.all_staff)],
        "form": form or {},
        "ticked": roles_of((form or {}).get("roles", "presales")),
        "problem": problem,
        **_choices(),
    }
    return render(deps, request, "people", values, 422 if problem else 200)


class _Told(Struct):
    """What the page says besides the account itself."""

    password: str = ""  # shown this once
    done: str = ""
    problem: str = ""
    form: Mapping[str, str] = {}  # what was sent with the problem, to be shown again


def _show_one(deps: Deps, request: StaffRequest, staff: int, told: _Told) -> Response[Any]:
    row, now = _require(deps, staff), deps.now()
    found: list[SessionRow] = deps.db.peek(lambda tx: sessions.of_account(tx, staff, now))
    values = {
        "account": _account(row, {row.id: (len(found), 0)}),
        "sessions": [(each, each.token_hash[:ID_LENGTH]) for each in found],
        "this": request.user.session[:ID_LENGTH],
        "password": told.password,
        "done": told.done if told.done in DONE else "",
        "problem": told.problem,
        "form": told.form,
        "ticked": roles_of(told.form["roles"] if told.form.get("act") == "role" else row.role),
        **_choices(),
    }
    return render(deps, request, "person", values, 422 if told.problem else 200)


DONE = (
    "added", "name", "role", "personal", "disable", "enable", "password", "session", "sessions",
)  # fmt: skip


def _choices() -> dict[str, Any]:
    """What the forms offer, and what each role may do."""
    return {
        "all_roles": ROLES,
        "personal_choices": PERSONAL,
        "rights": [(right, [role for role in ROLES if role in who]) for right, who in _shown()],
    }


def _shown() -> list[tuple[str, frozenset[str]]]:
    return [(right, who) for right, who in RIGHTS.items() if right != "session"]


def _account(row: StaffRow, counts: Mapping[int, tuple[int, int]]) -> Account:
    open_now, seen = counts.get(row.id, (0, 0))
    return Account(
        row=row,
        roles=roles_of(row.role),
        personal=sees_personal(row.role, row.personal),
        open=open_now,
        seen=seen,
    )


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /people, behind the guard."""
    return close_off(deps, [list_people, add_account, show_person, change_person])
