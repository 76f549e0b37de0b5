"""Signing in and out: GET and POST /signin, POST /signout. Sessions are rows that can be revoked.

Passwords are checked with argon2id in a thread; attempts are limited per address and per name.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

import argon2
import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import SkipValidation
from litestar.types import ControllerRouterHandler

from bot.limits import find_address
from bot.rights import home_of
from bot.web.access import (
    HEADERS,
    FromDeps,
    StaffRequest,
    answer_refusal,
    check_origin,
    close_off,
    cookie_name,
    hash_token,
    make_form_token,
    recognise,
    wants_page,
)
from bot.web.deps import Deps
from bot.web.device import name_device
from bot.web.staffpages import render, speak_of
from storage import accounts, sessions
from storage.db import Tx

HASHER = argon2.PasswordHasher()  # argon2id, 64 MiB, the library's current defaults
WINDOW = 15 * 60 * 1000  # ms in which failures are counted
HOUR = 3_600_000
NAME_MAX, PASSWORD_MAX = 100, 1_000
BODY_MAX = 16_000
CHECKS_AT_ONCE = 2  # each takes 64 MiB and a core for a while


def hash_password(password: str) -> str:
    """The argon2id hash that is stored. Takes some 50 ms; call it in a thread."""
    return HASHER.hash(password)


def password_fits(stored: str, password: str) -> bool:
    """Whether the password belongs to the hash. Takes some 50 ms; call it in a thread."""
    try:
        return HASHER.verify(stored, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


class Doorkeeper:
    """Checks names and passwords, with limits, and opens sessions."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._nobody = ""  # hash of a password that nobody knows, so unknown names take as long

    async def allows(self, name: str, address: str) -> bool:
        """Count an attempt, before its password is looked at; False when there were too many."""
        now, most = self._deps.now(), self._deps.settings.signin_attempts
        # Colleagues may share an address, so it is allowed a few names' attempts.
        limits = ((_name_key(name), most), (_address_key(address), 3 * most))

        def count(tx: Tx) -> bool:
            if any(sessions.failures(tx, key, now, WINDOW) >= limit for key, limit in limits):
                return False
            for key, _ in limits:
                sessions.count_failure(tx, key, now, WINDOW)
            return True

        return await self._deps.db.write(count)

    async def check(self, name: str, password: str) -> accounts.StaffRow | None:
        """The member of staff, or None for a wrong name or password or a disabled account."""
        found = self._deps.db.peek(lambda tx: accounts.find_staff(tx, name))
        async with self._checks:
            if not self._nobody:
                self._nobody = await asyncio.to_thread(hash_password, secrets.token_urlsafe())
            stored = found.password_hash if found is not None else self._nobody
            fits = await asyncio.to_thread(password_fits, stored, password)
        return found if found is not None and fits and not found.disabled else None

    async def note_failure(self, name: str) -> None:
        """Keep that a sign-in failed: whose account it was, if any, and never what was typed."""
        now = self._deps.now()

        def work(tx: Tx) -> None:
            found = accounts.find_staff(tx, name)
            subject = str(found.id) if found is not None else ""
            accounts.note_action(tx, now, 0, "signin.failed", subject)

        await self._deps.db.write(work)

    async def open_session(self, staff: accounts.StaffRow, address: str, device: str) -> str:
        """A new session's token; only its hash is stored. Forgives the failures before it.

        `device` is the browser's User-Agent.
        """
        token = secrets.token_urlsafe(32)
        now = self._deps.now()
        session = sessions.SessionRow(
            token_hash=hash_token(token),
            staff_id=staff.id,
            created_at=now,
            expires_at=now + self._deps.settings.session_hours * HOUR,
            device=name_device(device),
            seen_at=now,
        )

        def work(tx: Tx) -> None:
            sessions.open_session(tx, session)
            sessions.forgive(tx, _name_key(staff.name))
            sessions.forgive(tx, _address_key(address))
            accounts.note_action(tx, now, staff.id, "signed_in")

        await self._deps.db.write(work)
        return token


def _name_key(name: str) -> str:
    return f"name:{name.casefold()}"


def _address_key(address: str) -> str:
    return f"address:{address}"


FromDoorkeeper = NamedDependency[SkipValidation[Doorkeeper]]
AnyRequest = Request[Any, Any, Any]


class Entry(msgspec.Struct, frozen=True):
    """What was filled in at the sign-in page."""

    name: str = ""
    password: str = ""
    next: str = ""


async def read_entry(request: AnyRequest) -> Entry:
    """The entry from a form or from JSON; an empty one when the body is neither."""
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            return msgspec.json.decode(await request.body(), type=Entry)
        except msgspec.DecodeError:
            return Entry()
    form = await request.form()
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return Entry(texts.get("name", ""), texts.get("password", ""), texts.get("next", ""))


def safe_target(target: str, role: str) -> str:
    """A path on this site to go on to; never another site."""
    # "//host" and "/\\host" lead away from here in browsers.
    if target.startswith("/") and target[1:2] not in ("/", "\\") and target.isprintable():
        return target
    return home_of(role)


def _session_cookie(deps: Deps, token: str, seconds: int) -> Cookie:
    return Cookie(
        key=cookie_name(deps),
        value=token,
        path="/",
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=deps.settings.public_url.startswith("https:"),
    )


def _refuse(deps: Deps, request: AnyRequest, key: str, status: int) -> Response[Any]:
    if not wants_page(request):
        return Response({"error": speak_of(deps, request, key)}, status_code=status)
    return render(deps, request, "signin", {"error": key, "target": ""}, status)


def _welcome(
    deps: Deps, request: AnyRequest, staff: accounts.StaffRow, token: str, entry: Entry
) -> Response[Any]:
    cookie = _session_cookie(deps, token, deps.settings.session_hours * 3600)
    if wants_page(request):
        target = safe_target(entry.next, staff.role)
        return Response(None, status_code=303, headers={"Location": target}, cookies=[cookie])
    body: Mapping[str, str] = {
        "name": staff.display_name or staff.name,
        "role": staff.role,
        "form_token": make_form_token(deps.secret, hash_token(token)),
    }
    return Response(body, status_code=200, cookies=[cookie])


@get("/signin")
async def show_signin(request: AnyRequest, deps: FromDeps) -> Response[Any]:
    """The sign-in page; whoever is signed in goes on."""
    target = request.query_params.get("next", "")
    signed_in = recognise(request, deps)
    if signed_in is not None:
        return Response(
            None,
            status_code=303,
            headers={"Location": safe_target(target, signed_in.staff.role)},
        )
    return render(deps, request, "signin", {"error": "", "target": target})


@post("/signin", status_code=200)
async def sign_in(request: AnyRequest, deps: FromDeps, doorkeeper: FromDoorkeeper) -> Response[Any]:
    """Name and password from a form or from JSON; the answer sets the session cookie."""
    check_origin(request, deps.settings.public_url)
    entry = await read_entry(request)
    if not entry.name or not entry.password:
        return _refuse(deps, request, "desk.signin.empty", 400)
    if len(entry.name) > NAME_MAX or len(entry.password) > PASSWORD_MAX:
        return _refuse(deps, request, "desk.signin.wrong", 401)
    address = find_address(request, deps.settings.trusted_proxies)
    if not await doorkeeper.allows(entry.name, address):
        answer = _refuse(deps, request, "desk.signin.too_many", 429)
        answer.headers["Retry-After"] = str(WINDOW // 1000)
        return answer
    staff = await doorkeeper.check(entry.name, entry.password)
    if staff is None:
        await doorkeeper.note_failure(entry.name)
        return _refuse(deps, request, "desk.signin.wrong", 401)
    device = request.headers.get("user-agent", "")
    token = await doorkeeper.open_session(staff, address, device)
    return _welcome(deps, request, staff, token, entry)


@post("/signout", opt={"right": "session"}, status_code=200)
async def sign_out(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Revoke the session, for every tab that has it."""
    session, staff, now = request.user.session, request.user.staff, deps.now()

    def work(tx: Tx) -> None:
        sessions.revoke(tx, session, now)
        accounts.note_action(tx, now, staff.id, "signed_out")

    await deps.db.write(work)
    gone = _session_cookie(deps, "", 0)
    if wants_page(request):
        return Response(None, status_code=303, headers={"Location": "/signin"}, cookies=[gone])
    return Response({"signed_out": True}, cookies=[gone])


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The sign-in page for everybody, and signing out behind the guard."""
    doorkeeper = Doorkeeper(deps)
    door = Router(
        path="/",
        route_handlers=[show_signin, sign_in],
        dependencies={
            "deps": Provide(lambda: deps, sync_to_thread=False),
            "doorkeeper": Provide(lambda: doorkeeper, sync_to_thread=False),
        },
        exception_handlers={HTTPException: partial(answer_refusal, deps)},
        response_headers=dict(HEADERS),
        include_in_schema=False,
        request_max_body_size=BODY_MAX,
    )
    return [door, *close_off(deps, [sign_out])]
