"""Who of the staff may do what, and the one guard in front of every staff route.

A staff route names its right with `opt={"right": ...}`; a route without one is closed to everybody.
Requests that change something must come from our own pages and carry the session's own token.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import MediaType, Request, Response, Router
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.exceptions import (
    HTTPException,
    NotAuthorizedException,
    PermissionDeniedException,
)
from litestar.handlers.base import BaseRouteHandler
from litestar.params import SkipValidation
from litestar.types import ControllerRouterHandler

from bot.rights import may, roles_of, sees_personal
from bot.web.deps import Deps
from bot.web.staffpages import SignedIn, Worker, language_of, render, speak
from storage import accounts, sessions
from storage.errors import StorageError

COOKIE = "firstline_session"
SEEN_EVERY = 60_000  # ms between two notes that a session is in use
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # `no-referrer` would turn the Origin of our own forms into "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FromDeps = NamedDependency[SkipValidation[Deps]]
StaffRequest = Request[SignedIn, Any, Any]
Connection = ASGIConnection[Any, Any, Any, Any]


def cookie_name(deps: Deps) -> str:
    """Name of the session cookie; with https it is bound to this host by its prefix."""
    return f"__Host-{COOKIE}" if deps.settings.public_url.startswith("https:") else COOKIE


def hash_token(token: str) -> str:
    """What is stored of a session token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_form_token(secret: bytes, token_hash: str) -> str:
    """The token that state-changing requests of one session carry."""
    key = hmac.digest(secret, b"firstline staff forms 1", "sha256")
    return hmac.digest(key, token_hash.encode(), "sha256").hex()


def check_origin(connection: Connection, public_url: str) -> None:
    """Refuse what another site's page sent. Raises PermissionDeniedException."""
    if connection.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise PermissionDeniedException("desk.error.origin")
    origin = connection.headers.get("origin")
    own = {connection.headers.get("host", ""), urlsplit(public_url).netloc} - {""}
    if origin is not None and urlsplit(origin).netloc not in own:
        raise PermissionDeniedException("desk.error.origin")


def recognise(connection: Connection, deps: Deps) -> SignedIn | None:
    """The staff member whose open session the request's cookie names, read from storage."""
    token = connection.cookies.get(cookie_name(deps), "")
    if not token:
        return None
    token_hash, now = hash_token(token), deps.now()
    found = deps.db.peek(lambda tx: accounts.find_session(tx, token_hash, now))
    if found is None or not roles_of(found.role):
        return None
    return SignedIn(
        staff=Worker(
            id=found.id,
            display_name=found.display_name or found.name,
            role=found.role,
            personal=sees_personal(found.role, found.personal),
        ),
        session=token_hash,
        form_token=make_form_token(deps.secret, token_hash),
    )


async def check_form_token(connection: Connection, signed_in: SignedIn) -> None:
    """The token comes as a header, or as the field `form_token` of a page without script."""
    given = connection.headers.get("x-form-token", "")
    if not given and isinstance(connection, Request):
        kind = connection.headers.get("content-type", "")
        if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
            given = str((await connection.form()).get("form_token", ""))
    if not hmac.compare_digest(given.encode(), signed_in.form_token.encode()):
        raise PermissionDeniedException("desk.error.form_token")


def make_guard(deps: Deps) -> Any:
    """The guard of every staff route: session, right, origin, form token, in this order."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        signed_in = recognise(connection, deps)
        if signed_in is None:
            raise NotAuthorizedException("desk.error.signed_out")
        if not may(signed_in.staff.role, str(handler.opt.get("right", ""))):
            # The page that says so has its reader's menu: the way on.
            connection.scope["user"] = signed_in
            raise PermissionDeniedException("desk.error.right")
        changes = connection.scope.get("method", "GET") not in SAFE_METHODS
        if changes or handler.opt.get("stream"):
            check_origin(connection, deps.settings.public_url)
        connection.scope["user"] = signed_in
        if changes:
            await check_form_token(connection, signed_in)
        await _note_seen(deps, signed_in.session)

    return guard


async def _note_seen(deps: Deps, session: str) -> None:
    """Once a minute, that the session is in use. A full disk keeps nobody from reading."""
    now = deps.now()
    found = deps.db.peek(lambda tx: sessions.get(tx, session, now))
    if found is not None and now - found.seen_at >= SEEN_EVERY:
        with contextlib.suppress(StorageError):
            await deps.db.write(lambda tx: sessions.touch(tx, session, now))


def wants_page(connection: Connection) -> bool:
    return "text/html" in connection.headers.get("accept", "")


def answer_refusal(
    deps: Deps, request: Request[Any, Any, Any], error: HTTPException
) -> Response[Any]:
    """A refusal as a page for a browser, as JSON `{"error": words}` for a script."""
    page = wants_page(request)
    if isinstance(error, NotAuthorizedException) and page and request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        target = quote(request.url.path + query, safe="/")
        return Response(
            None, status_code=303, headers={**HEADERS, "Location": f"/signin?next={target}"}
        )
    key = error.detail if error.detail.startswith("desk.") else f"desk.error.{error.status_code}"
    words = speak(deps, language_of(deps, request), key, "desk.error.request")
    if page:
        answer = render(deps, request, "refused", {"words": words}, error.status_code)
        answer.headers.update(HEADERS)
        return answer
    return Response(
        {"error": words},
        status_code=error.status_code,
        headers=dict(HEADERS),
        media_type=MediaType.JSON,
    )


def close_off(deps: Deps, handlers: list[Any]) -> list[ControllerRouterHandler]:
    """The handlers behind the guard, with the staff pages' headers and refusals."""
    refuse = partial(answer_refusal, deps)
    router = Router(
        path="/",
        route_handlers=handlers,
        guards=[make_guard(deps)],
        dependencies={"deps": Provide(lambda: deps, sync_to_thread=False)},
        exception_handlers={HTTPException: refuse},
        response_headers=dict(HEADERS),
        include_in_schema=False,
        request_max_body_size=200_000,
    )
    return [router]
