"""The addresses to which the Bot API posts updates, when it is not asked for them.

Whoever does not know a bot's secret is turned away before a byte of the body is read. An update is
answered with 200 once it is committed, and not before: until then the Bot API sends it again.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, post
from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from bot.logs import describe_error, get_logger
from bot.telegram.border import DESK, PROSPECTS, Webhook
from bot.telegram.polling import Keeper
from bot.telegram.wire import UPDATE_MAX, read_update
from storage.errors import StorageError

HEADER = "x-telegram-bot-api-secret-token"
PATHS: Mapping[str, str] = {PROSPECTS: "/telegram/prospects", DESK: "/telegram/desk"}
RETRY_SECONDS = "5"  # after which an update that could not be stored may come again


def make_webhook(name: str, address: str, chosen: str, key: bytes) -> Webhook:
    """Where one bot's updates go, and the secret that comes with them.

    `address`: of the website, without a closing slash. `chosen`: the operator's secret; without one
    each bot has its own, made from the server's `key`.
    """
    made = hmac.digest(key, b"firstline telegram webhook 1 " + name.encode(), "sha256").hex()
    return Webhook(url=address + PATHS[name], secret=chosen or made)


def make_routes(secrets: Mapping[str, str], arrivals: Keeper) -> list[HTTPRouteHandler]:
    """One route for each bot in `secrets`, which maps its name to its secret."""
    return [_make_route(name, secret, arrivals) for name, secret in secrets.items()]


def _make_route(name: str, secret: str, arrivals: Keeper) -> HTTPRouteHandler:
    wanted = secret.encode()

    def check_secret(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        given = connection.headers.get(HEADER, "").encode()
        if not hmac.compare_digest(given, wanted):
            raise PermissionDeniedException

    @post(
        PATHS[name],
        name=f"telegram-{name}",
        guards=[check_secret],
        include_in_schema=False,
        request_max_body_size=UPDATE_MAX,
    )
    async def take_update(request: Request[Any, Any, Any]) -> Response[bytes]:
        update = read_update(await request.body())
        try:
            await arrivals.keep(name, (update,))
        except StorageError as error:
            get_logger().error("update_not_stored", channel=name, **describe_error(error))
            return Response(b"", status_code=503, headers={"Retry-After": RETRY_SECONDS})
        return Response(b"", status_code=200)

    return take_update
