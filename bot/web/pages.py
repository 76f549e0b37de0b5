"""The web application: the routes of every door, the headers of every answer, the error pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Litestar, MediaType, Request, Response, get
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler, Message, Scope

from bot.logs import describe_error, get_logger
from bot.managers import (
    articles,
    audit,
    figure_exports,
    questions,
    questions_export,
    reviewing,
    shelf,
    understanding,
    understanding_export,
    views,
)
from bot.managers.connections import pages as connections
from bot.managers.content import changes as content
from bot.managers.figures import funnel, quality
from bot.managers.figures import questions as asked_questions
from bot.managers.figures import talks as figure_talks
from bot.managers.insights import page as insights
from bot.managers.people import pages as people
from bot.managers.privacy import pages as privacy
from bot.managers.service import export as service_export
from bot.managers.service import pages as service
from bot.managers.transcripts import pages as transcripts
from bot.metrics import CONTENT_TYPE
from bot.presales import account, inbox, own
from bot.presales.calls import pages as calls
from bot.prospects import handover, papers, site, widget
from bot.prospects.problems import Answerer, has_left
from bot.prospects.words import choose_language, say_all
from bot.systems import api
from bot.web import assets, signin
from bot.web.deps import Deps
from bot.web.links import Signer
from storage import conversations

HttpRequest = Request[Any, Any, Any]
# Every answer has these unless its route says otherwise.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PROTOCOL = "1.1.0"  # of the routes under /api; grows with docs/widget.md
SECURE = "max-age=31536000"  # seconds for which a browser keeps to https


class ErrorPages:
    """What a browser sees when something is not there, or broke."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._answerer = Answerer(deps)

    def http(self, request: HttpRequest, error: HTTPException) -> Response[Any]:
        if error.status_code >= 500:
            return self.fault(request, error)
        return self._show(request, error)

    def fault(self, request: HttpRequest, error: Exception) -> Response[Any]:
        """A fault of ours: its place is logged, nothing of it is shown."""
        if has_left(error):
            return self._show(request, HTTPException(status_code=400))
        get_logger().error("request_failed", method=request.method, **describe_error(error))
        return self._show(request, HTTPException(status_code=500))

    def _show(self, request: HttpRequest, error: HTTPException) -> Response[Any]:
        if "text/html" not in request.headers.get("accept", ""):
            return self._answerer.http(request, error)
        deps, language = self._deps, choose_language(self._deps.pack, request)
        known = deps.texts.has(language, f"page.{error.status_code}.title")
        key = f"page.{error.status_code if known else 500 if error.status_code >= 500 else 400}"
        words = say_all(deps.texts, language, f"{key}.", "page.home")
        text = deps.pages.get_template("error.html.jinja").render(
            language=language,
            title=words[f"{key}.title"],
            text=words[f"{key}.text"],
            home=words["page.home"],
        )
        return Response(text, media_type=MediaType.HTML, status_code=error.status_code)


def _watch_routes(deps: Deps) -> list[HTTPRouteHandler]:
    """What an operator's tools ask for."""

    @get("/health", include_in_schema=False, sync_to_thread=False)
    def tell_health() -> dict[str, str]:
        """Answers only while the database can be read."""
        deps.db.peek(lambda tx: conversations.latest(tx, ""))
        return {"status": "ok", "pack": deps.pack.version}

    @get("/metrics", include_in_schema=False, sync_to_thread=False)
    def tell_metrics() -> Response[bytes]:
        deps.metrics.watches.set(deps.live.count())
        return Response(deps.metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    return [tell_health, tell_metrics]


def _add_headers(more: Mapping[str, str]) -> Any:
    async def add(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message)
            for name, value in more.items():
                headers.setdefault(name, value)

    return add


def _public_routes(deps: Deps) -> list[ControllerRouterHandler]:
    """What prospects and other systems use, and the sign-in page."""
    signer = Signer(deps.secret)
    return [
        *assets.routes(deps.assets),
        *site.routes(deps),
        *papers.routes(deps, signer),
        *widget.routes(deps, signer),
        *handover.routes(deps),
        *signin.routes(deps),
        *api.routes(deps),
    ]


def _staff_routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The pages of staff, each behind the guard."""
    return [
        *inbox.routes(deps),
        *account.routes(deps),
        *own.routes(deps),
        *calls.routes(deps),
        *service.routes(deps),
        *service_export.routes(deps),
        *transcripts.routes(deps),
        *reviewing.routes(deps),
        *views.routes(deps),
        *funnel.routes(deps),
        *asked_questions.routes(deps),
        *quality.routes(deps),
        *figure_talks.routes(deps),
        *insights.routes(deps),
        *content.routes(deps),
        *understanding.routes(deps),
        *understanding_export.routes(deps),
        *questions.routes(deps),
        *questions_export.routes(deps),
        *figure_exports.routes(deps),
        *articles.routes(deps),
        *shelf.routes(deps),
        *people.routes(deps),
        *connections.routes(deps),
        *audit.routes(deps),
        *privacy.routes(deps),
    ]


def make_application(deps: Deps, webhooks: Sequence[HTTPRouteHandler] = ()) -> Litestar:
    """All doors of the product as one ASGI application. `webhooks`: where bots' updates arrive."""
    errors = ErrorPages(deps)
    secure = deps.settings.public_url.startswith("https://")
    more = {"Strict-Transport-Security": SECURE} if secure else {}
    return Litestar(
        route_handlers=[
            *_public_routes(deps),
            *_staff_routes(deps),
            *_watch_routes(deps),
            *webhooks,
        ],
        exception_handlers={HTTPException: errors.http, Exception: errors.fault},
        before_send=[_add_headers({**HEADERS, **more})],
        request_max_body_size=deps.settings.body_max_bytes,
        openapi_config=OpenAPIConfig(
            title="Firstline",
            version=PROTOCOL,
            path="/api",
            components=Components(
                security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}
            ),
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        logging_config=None,
    )


def second_origin_app(deps: Deps) -> Litestar:
    """The demo page on an origin of its own, with the widget as a guest from the main one."""
    errors = ErrorPages(deps)

    @get("/", include_in_schema=False, sync_to_thread=False)
    def show_site(request: HttpRequest) -> Response[Any]:
        return site.render_site(deps, request, deps.settings.address)

    return Litestar(
        route_handlers=[*assets.routes(deps.assets), show_site],
        exception_handlers={HTTPException: errors.http, Exception: errors.fault},
        before_send=[_add_headers(HEADERS)],
        openapi_config=None,
        logging_config=None,
    )
